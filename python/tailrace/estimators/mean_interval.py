"""Means and variances from exact sums, and the interval of a mean."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

from .._answer import Answer, Interval
from ..laws.base import Reals
from ..tails import TailEstimate, hill

#: How many of the largest and smallest values a look at the tails takes, at most.
TAIL = 256
#: With fewer values their tails cannot be seen.
FEWEST = 100


class Moments(NamedTuple):
    """Exact sums of finite values: `total` / 2^unit, and that of their squares."""

    n: int
    total: int
    unit: int
    squares: int | None
    square_unit: int

    def sum(self) -> Answer:
        """Return the sum, rounded once."""
        return _rounded(self.total, 1 << self.unit, "sum")

    def mean(self) -> float:
        """Return the mean, rounded once."""
        return self.total / (self.n << self.unit)

    def var(self, ddof: int) -> Answer:
        """Return the variance, rounded once."""
        n = self.n
        if n <= ddof:
            return Answer(math.nan, f"{n} values are not more than ddof, {ddof}")
        assert self.squares is not None
        # Sums and squares are integers; those of the squares have twice the unit.
        above = n * self.squares - self.total * self.total
        return _rounded(above, n * (n - ddof) << self.square_unit, "variance")


def _rounded(above: int, below: int, name: str) -> Answer:
    try:
        return Answer(above / below)
    except OverflowError:
        value = math.inf if above > 0 else -math.inf
        return Answer(value, f"the {name} is too large for a double")


def tail_of(top: Reals, count: int) -> TailEstimate | None:
    """Fit a tail to the values kept, in order; None where they are too few to tell."""
    if count < FEWEST:
        return None
    return hill(top, min(top.size - 1, count // 10, TAIL), count)


def interval(
    moments: Moments, top: Reals, bottom: Reals, confidence_level: float
) -> Interval:
    """Return the interval of a mean; `bottom` are the smallest values, sign turned."""

    def refused(reason: str) -> Interval:
        return Interval(math.nan, math.nan, confidence_level, "none", reason)

    n = moments.n
    if moments.squares is None:
        return refused("no squares are kept: make the estimator with moments=2")
    tails = [(1, tail_of(top, n), top), (-1, tail_of(bottom, n), -bottom)]
    heavy = []
    for sign, tail, values in tails:
        if tail is None:
            return refused(f"fewer than {FEWEST} values do not show their tails")
        if not tail.reason and tail.tail_index < 2:
            heavy.append((sign, tail, values[: tail.k]))
            if tail.tail_index < 1:
                side = "tail index" if sign > 0 else "index of the lower tail"
                return refused(
                    f"the {side} of the data, {tail.tail_index:.3g}, is below 1: there "
                    "is no mean"
                )
    from scipy.special import ndtri, stdtrit

    level = 0.5 + confidence_level / 2.0
    if not heavy:
        var = moments.var(1)
        if var.reason:
            return refused(var.reason)
        half = float(stdtrit(n - 1, level)) * math.sqrt(var / n)
        middle = moments.mean()
        return Interval(middle - half, middle + half, confidence_level, "Student's t")
    # The values between the thresholds, from exact sums, so that nothing cancels.
    body = Fraction(moments.total, 1 << moments.unit)
    squares = Fraction(moments.squares, 1 << moments.square_unit)
    for _, _, values in heavy:
        exact = [Fraction(v) for v in values.tolist()]
        body -= sum(exact)
        squares -= sum(v * v for v in exact)
    try:
        middle, spread = float(body / n), float(squares / n)
    except OverflowError:
        return refused("the spread of the values is too large for a double")
    below = above = 0.0
    for sign, tail, _ in heavy:
        share = tail.k / n
        beyond = tail.threshold / (1.0 - tail.xi)
        middle += sign * share * beyond
        spread += share * beyond * beyond
        index = tail.tail_index.confidence_interval(confidence_level)
        low, high = (
            share * (_beyond(tail.threshold, i) - beyond)
            for i in (index.high, index.low)
        )
        below += (low if sign > 0 else high) ** 2
        above += (high if sign > 0 else low) ** 2
    variance = max(spread - middle * middle, 0.0) / n
    half = float(ndtri(level)) * math.sqrt(variance)
    return Interval(
        middle - math.hypot(half, math.sqrt(below)),
        middle + math.hypot(half, math.sqrt(above)),
        confidence_level,
        "mean of the body and of a Pareto tail",
    )


def _beyond(threshold: float, index: float) -> float:
    """Return the mean of a Pareto tail; infinite where it has none."""
    return threshold * index / (index - 1.0) if index > 1.0 else math.inf
