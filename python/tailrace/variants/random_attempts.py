"""The fastest of a random number of attempts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .. import _check
from ..laws.base import Law, Reals
from ..outside import FARTHEST
from .hazards import Hazards, OfHazards, attempt, log_rate

# Probabilities below this share of the largest do not count.
_LEAST = 1e-30

# So many numbers at most, each of which takes milliseconds; those of distributions are
# looked for up to there.
_MOST = 10_000
_FARTHEST = 2.0**18


class RandomAttempts(OfHazards):
    r"""Law of the fastest of a random number of attempts, given that there is one.

    Parameters
    ----------
    law : Law
        Time of one attempt; without atoms.
    attempts : mapping of numbers to weights, or discrete distribution of scipy.stats
        How many attempts run at once: any real numbers >= 0. No attempt at all, 0, means
        that the step never ends; `never` keeps that chance, and the law is that of a step
        that does end.

    Raises
    ------
    ValueError
        If a number is negative or a weight not > 0, no number is above 0, there are more
        than 10^4 numbers that count, or `law` has atoms.
    TypeError
        If `law` is no law, or `attempts` neither a mapping nor a distribution.

    Attributes
    ----------
    law : Law
        Time of one attempt.
    attempts : tuple of float
        The numbers above 0, ascending.
    weights : tuple of float
        Their probabilities, given that the number is not 0.
    never : float
        The probability of 0.
    table_error : float
        Largest error found in the table that draws come from, relative to
        max(abs(x), scale).
    table_hash : str
        Of the table; equal tables give equal draws.

    Notes
    -----
    :math:`P(T > x) = E[P(X > x)^K]`, the generating function of the number K at the
    survival function. Far out the fewest attempts are all that counts: the tail index is
    the smallest number times that of the law, however rare it is. For real numbers this
    is a frailty model [1]_.

    What is made of this law, as minima, sums and `IndependentSteps`, knows nothing of
    `never`: it is about steps with an attempt.

    References
    ----------
    .. [1] J. W. Vaupel, K. G. Manton, E. Stallard, "The impact of heterogeneity in
       individual frailty on the dynamics of mortality", *Demography* 16 (1979), 439-454.

    Examples
    --------
    >>> import tailrace as tr
    >>> from scipy import stats
    >>> step = tr.RandomAttempts(tr.Pareto(0.8), stats.poisson(4.0))
    >>> step.tail_index, round(step.never, 4)  # steps with a single attempt decide
    (0.8, 0.0183)
    >>> tr.RandomAttempts(tr.Pareto(0.8), {2: 0.5, 6: 0.5}).tail_index
    1.6
    """

    __slots__ = ("attempts", "law", "never", "weights")
    _fields = ("law", "attempts", "weights", "never")

    law: Law
    attempts: tuple[float, ...]
    weights: tuple[float, ...]
    never: float

    def __init__(self, law: Law, attempts: Any) -> None:
        checked = attempt("law", law)
        numbers, weights, never = _counts(attempts)
        self._made_of(law=checked, attempts=numbers, weights=weights, never=never)

    def _hazards(self) -> Hazards:
        return Generating(self.law, self.attempts, self.weights)

    def __repr__(self) -> str:
        """Return the call that makes this law, the numbers in short."""
        pairs = zip(self.attempts, self.weights, strict=True)
        said = ", ".join(f"{k:g}: {w:.3g}" for k, w in list(pairs)[:4])
        more = ", ..." if len(self.attempts) > 4 else ""
        return f"RandomAttempts({self.law!r}, {{{said}{more}}})"

    @property
    def tail_index(self) -> float:
        """The smallest number of attempts times the index of the law."""
        return self.attempts[0] * self.law.tail_index

    @property
    def _lower_tail_index(self) -> float:
        return self.law._lower_tail_index


def _counts(attempts: Any) -> tuple[tuple[float, ...], tuple[float, ...], float]:
    """Return numbers above 0 with their probabilities, and the probability of 0."""
    if isinstance(attempts, Mapping):
        numbers = _check.data("attempts", list(attempts.keys()))
        weights = _check.data("attempts", list(attempts.values()))
    elif hasattr(attempts, "pmf") and hasattr(attempts, "ppf"):
        numbers, weights = _of_distribution(attempts)
    else:
        msg = (
            "attempts must be a mapping of numbers to weights or a discrete "
            f"distribution of scipy.stats, got {_check.said(attempts)}"
        )
        raise TypeError(msg)
    bad = ~((numbers >= 0.0) & (numbers < math.inf))
    if bad.any():
        msg = f"attempts must be finite and >= 0, got {float(numbers[bad][0])!r}"
        raise ValueError(msg)
    bad = ~((weights > 0.0) & (weights < math.inf))
    if bad.any():
        msg = f"attempts must have weights > 0, got {float(weights[bad][0])!r}"
        raise ValueError(msg)
    total = math.fsum(weights)
    some = numbers > 0.0
    if not some.any():
        msg = f"attempts must have a number above 0, got {_check.said(attempts)}"
        raise ValueError(msg)
    never = math.fsum(weights[~some]) / total
    order = np.argsort(numbers[some])
    numbers, weights = numbers[some][order], weights[some][order]
    kept = (weights > _LEAST * weights.max()) | (np.arange(weights.size) == 0)
    numbers, weights = numbers[kept], weights[kept] / math.fsum(weights[kept])
    if numbers.size > _MOST:
        msg = f"attempts must be at most {_MOST} numbers, got {numbers.size}"
        raise ValueError(msg)
    return tuple(numbers.tolist()), tuple(weights.tolist()), never


def _of_distribution(attempts: Any) -> tuple[Reals, Reals]:
    """Return the numbers of a distribution of scipy.stats, and their weights."""
    low, high = (float(end) for end in attempts.support())
    # Not by its quantiles: without a formula SciPy looks for them one by one.
    reach = 16.0
    while low + reach < high and attempts.sf(low + reach) > 1e-15:
        reach *= 2.0
        if reach > _FARTHEST:
            msg = (
                f"attempts must be below {_FARTHEST:g} but for 1e-15 of their mass, got "
                f"{_check.said(attempts)}"
            )
            raise ValueError(msg)
    # Twice as far, as sf may come from 1 - cdf and be no smaller.
    numbers = np.arange(low, min(high, low + 2.0 * reach) + 1.0)
    weights = np.asarray(attempts.pmf(numbers), dtype=np.float64)
    # Large numbers, unlike small ones, matter no more than their mass.
    kept = (weights > 0.0) & (np.cumsum(weights[::-1])[::-1] > 1e-18)
    return numbers[kept], weights[kept]


class Generating:
    """-log E exp(-K h) of a hazard h: see hazards.Hazards."""

    ends = FARTHEST, FARTHEST

    def __init__(
        self, law: Law, numbers: tuple[float, ...], weights: tuple[float, ...]
    ) -> None:
        self.law = law
        self.support = law.support
        self.numbers = np.array(numbers)
        self.log_weights = np.log(weights)

    def of(self, h: Reals) -> Reals:
        """Return the hazard, of that of one attempt."""
        least, more = self.numbers[0], self.numbers - self.numbers[0]
        # Near 0 from the mean of 1 - exp(-k h), far out from the fewest attempts.
        small = np.exp(self.log_weights) @ -np.expm1(
            -np.multiply.outer(self.numbers, h)
        )
        rest = np.exp(self.log_weights) @ np.exp(-np.multiply.outer(more, h))
        with np.errstate(divide="ignore"):
            far = least * h - np.log(rest)
            near = -np.log1p(-np.minimum(small, 0.9))
        result: Reals = np.where(small < 0.5, near, far)
        return result

    def _log_slope(self, h: Reals) -> Reals:
        """Return the logarithm of d of / dh: the mean number of those still running."""
        more = self.numbers - self.numbers[0]
        weights = np.exp(self.log_weights)
        running = np.exp(-np.multiply.outer(more, h))
        result: Reals = np.log((weights * self.numbers) @ running / (weights @ running))
        return result

    def hazard(self, x: Reals) -> Reals:
        """Return the hazard."""
        return self.of(np.asarray(self.law.hazard(x)))

    def log_rate(self, x: Reals) -> Reals:
        """Return the logarithm of its rate."""
        return self._log_slope(np.asarray(self.law.hazard(x))) + log_rate(self.law, x)

    def inverse(self, clocks: Reals) -> Reals:
        """Return values: the clock of one attempt by Newton's iteration, then its law."""
        mean = float(np.exp(self.log_weights) @ self.numbers)
        # `of` is concave: Newton's steps from below never pass the root.
        h = clocks / mean
        for _ in range(80):
            step = (clocks - self.of(h)) * np.exp(-self._log_slope(h))
            h = np.minimum(h + np.maximum(step, 0.0), clocks / self.numbers[0])
            if (step <= 4e-16 * h).all():
                break
        return np.asarray(self.law.inverse_hazard(h))

    def kinks(self) -> list[float]:
        """Return the clocks of the kinks of the law."""
        return [float(self.of(np.array(clock))) for clock in self.law._kinks()]
