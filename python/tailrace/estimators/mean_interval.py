"""Means and variances from exact sums, and the interval of a mean."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

from .._answer import Answer, Interval
from ..laws.base import Reals
from ..tails import TailEstimate
from .looks import Look, look


class Moments(NamedTuple):
    """Exact sums of n finite values: `total` / 2^unit, and that of their squares.

    `top` and `bottom` are the largest and the smallest values that are kept, in order.
    """

    n: int
    total: int
    unit: int
    squares: int | None
    square_unit: int
    top: Reals
    bottom: Reals

    def sum(self) -> Answer:
        """Return the sum, rounded once."""
        return _rounded(self.total, 1 << self.unit, "sum")

    def mean(self) -> float:
        """Return the mean, rounded once."""
        return self.total / (self.n << self.unit)

    def var(self, ddof: int) -> Answer:
        """Return the variance, rounded once."""
        if self.n <= ddof:
            return Answer(math.nan, f"{self.n} values are not more than ddof, {ddof}")
        return _rounded(*self._variance(ddof), "variance")

    def std(self, ddof: int) -> Answer:
        """Return the root of the variance, within an ULP; it need not be a double itself."""
        if self.n <= ddof:
            return Answer(math.nan, f"{self.n} values are not more than ddof, {ddof}")
        above, below = self._variance(ddof)
        # An integer root of 64 bits or more, whatever the size of the fraction.
        shift = max(128 - above.bit_length() + below.bit_length(), 0)
        shift += shift % 2
        root = math.isqrt((above << shift) // below)
        return _rounded(root, 1 << (shift // 2), "standard deviation")

    def is_possible(self) -> bool:
        """Return whether values could have these sums: their variance is not negative."""
        return self.n == 0 or self.squares is None or self._variance(0)[0] >= 0

    def _variance(self, ddof: int) -> tuple[int, int]:
        assert self.squares is not None
        # Sums and squares are integers; those of the squares have twice the unit.
        above = self.n * self.squares - self.total * self.total
        return above, self.n * (self.n - ddof) << self.square_unit

    def looks(self) -> tuple[Look, Look]:
        """Look at the upper and the lower tail; the latter has its sign turned."""
        return (
            look(self.top, self.bottom, self.n),
            look(-self.bottom, -self.top, self.n),
        )


def _rounded(above: int, below: int, name: str) -> Answer:
    try:
        return Answer(above / below)
    except OverflowError:
        value = math.inf if above > 0 else -math.inf
        return Answer(value, f"the {name} is too large for a double")


class Heavy(NamedTuple):
    """A tail so heavy that it is fitted: its sign, the fit, and the values in it."""

    sign: int
    tail: TailEstimate
    values: Reals


def interval(moments: Moments, confidence_level: float) -> Interval:
    """Return the interval of a mean."""

    def refused(reason: str) -> Interval:
        return Interval(math.nan, math.nan, confidence_level, "none", reason)

    heavy = []
    values = (moments.top, moments.bottom)
    for sign, (tail, is_light), own in zip(
        (1, -1), moments.looks(), values, strict=True
    ):
        if is_light:
            continue
        if tail.reason:
            return refused(tail.reason)
        span = tail.tail_index.confidence_interval(confidence_level)
        if span.high < 1.0:
            side = "tail index" if sign > 0 else "index of the lower tail"
            return refused(
                f"the {side} of the data, {tail.tail_index:.3g}, is below 1: there is no "
                "mean"
            )
        if tail.tail_index < 2.0:
            heavy.append(Heavy(sign, tail, own[: tail.k]))
    if moments.squares is None:
        return refused("no squares are kept: make the estimator with moments=2")
    if heavy:
        return _of_parts(moments, heavy, confidence_level)
    from scipy.special import stdtrit

    std = moments.std(1)
    if std.reason:
        return refused(std.reason)
    quantile = float(stdtrit(moments.n - 1, 0.5 + confidence_level / 2.0))
    half = quantile * std / math.sqrt(moments.n)
    middle = moments.mean()
    return Interval(middle - half, middle + half, confidence_level, "Student's t")


def _of_parts(
    moments: Moments, heavy: list[Heavy], confidence_level: float
) -> Interval:
    """Put the mean of the values between the thresholds and those of the tails together."""
    from scipy.special import ndtri

    assert moments.squares is not None
    n = moments.n
    # From exact sums, so that nothing cancels.
    body = Fraction(moments.total, 1 << moments.unit)
    squares = Fraction(moments.squares, 1 << moments.square_unit)
    for _, _, values in heavy:
        exact = [Fraction(v) for v in values.tolist()]
        body -= sum(exact)
        squares -= sum(v * v for v in exact)
    try:
        middle, spread = float(body / n), float(squares / n)
    except OverflowError:
        reason = "the spread of the values is too large for a double"
        return Interval(math.nan, math.nan, confidence_level, "none", reason)
    below = above = 0.0
    for sign, tail, _ in heavy:
        share = tail.k / n
        index = tail.tail_index.confidence_interval(confidence_level)
        least = _beyond(tail, index.high)
        usual = _beyond(tail, float(tail.tail_index))
        # Where the tail as fitted has no mean, the least that it may have stands for it.
        usual = usual if math.isfinite(usual) else least
        middle += sign * share * usual
        spread += share * usual * usual
        low, high = share * (usual - least), share * (_beyond(tail, index.low) - usual)
        below += (low if sign > 0 else high) ** 2
        above += (high if sign > 0 else low) ** 2
    variance = max(spread - middle * middle, 0.0) / n
    half = float(ndtri(0.5 + confidence_level / 2.0)) * math.sqrt(variance)
    return Interval(
        middle - math.hypot(half, math.sqrt(below)),
        middle + math.hypot(half, math.sqrt(above)),
        confidence_level,
        "mean of the body and of a Pareto tail",
    )


def _beyond(tail: TailEstimate, index: float) -> float:
    """Return the mean of the values beyond the threshold; infinite where it has none."""
    if index <= 1.0:
        return math.inf
    c = tail.location
    return c + (tail.threshold - c) * index / (index - 1.0)
