"""The plain twin of the estimators: a sorted list, fractions, and no idea of speed."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np


class Twin:
    """All values seen, and what follows from them."""

    def __init__(self, values=(), labels=None):
        labels = [-1] * len(values) if labels is None else labels
        # A zero has no sign.
        pairs = [
            (float(v) + 0.0, label) for v, label in zip(values, labels, strict=True)
        ]
        self.pairs = sorted(pairs, key=lambda pair: (pair[0], -pair[1]))

    def __add__(self, other):
        """Put all values together."""
        total = Twin()
        total.pairs = sorted(
            self.pairs + other.pairs, key=lambda pair: (pair[0], -pair[1])
        )
        return total

    @property
    def values(self):
        """Return all of them in order."""
        return [value for value, _ in self.pairs]

    def sum(self):
        """Return the exact sum."""
        return sum(map(Fraction, self.values), Fraction(0))

    def squares(self):
        """Return the exact sum of the squares."""
        return sum((Fraction(v) ** 2 for v in self.values), Fraction(0))

    def mean(self):
        """Return the mean, rounded once."""
        return rounded(self.sum() / len(self.pairs))

    def var(self, ddof=1):
        """Return the variance, rounded once."""
        n = len(self.pairs)
        return rounded((self.squares() - self.sum() ** 2 / n) / (n - ddof))

    def order_statistic(self, q):
        """Return the quantile that NumPy calls inverted_cdf."""
        n = len(self.pairs)
        rank = np.quantile(np.arange(n), q, method="inverted_cdf")
        return self.values[int(rank)]

    def largest(self, k):
        """Return the k largest values with their labels."""
        best = sorted(self.pairs, key=lambda pair: (-pair[0], pair[1]))[:k]
        return [v for v, _ in best], [label for _, label in best]

    def smallest(self, k):
        """Return the k smallest values with their labels."""
        best = sorted(self.pairs)[:k]
        return [v for v, _ in best], [label for _, label in best]


def rounded(x):
    """Round a fraction once; infinite beyond the doubles."""
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf


def is_within(got, want, relative_error):
    """Tell whether a quantile keeps its promise, subnormal numbers included."""
    if math.isinf(want):
        return got == want
    # Rounding the middle of a bucket may add half an ULP.
    allowed = relative_error * max(abs(want), 2.0**-1022) * (1 + 2.0**-50)
    return abs(got - want) <= allowed + 5e-324


def seen(one, *parts):
    """Return the estimator after it saw the parts."""
    for part in parts:
        one.update(part)
    return one
