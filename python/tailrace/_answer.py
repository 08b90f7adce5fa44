"""Numbers that know more than their value: why they are not finite, how sure they are."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from . import _check


class Answer(float):
    """An exact number, with the reason where it is infinite or unknown.

    It is a float in every respect, so that a loop over many laws goes through.

    Attributes
    ----------
    reason : str
        Why the value is infinite or NaN; empty for an ordinary number.

    Examples
    --------
    >>> import tailrace as tr
    >>> mean = tr.Pareto(0.9).mean()
    >>> mean
    inf
    >>> mean.reason
    'the tail index 0.9 is not above 1'
    """

    reason: str

    def __new__(cls, value: float, reason: str = "") -> Self:
        """Make a float of `value`."""
        self = super().__new__(cls, value)
        self.reason = reason
        return self

    def __getnewargs__(self) -> tuple[float, str]:  # type: ignore[override]
        """Keep the reason through copies and pickles."""
        return float(self), self.reason


class Computed(Answer):
    """An exact number by numerical means, with an estimate of its numerical error.

    It is a float in every respect.

    Attributes
    ----------
    reason : str
        Why the value is infinite or NaN; empty for an ordinary number.
    numerical_error : float
        Estimate of the absolute error.
    method : str
        How it was computed, where there are several ways; or else empty.

    Examples
    --------
    >>> import tailrace as tr
    >>> total = tr.Pareto(1.2).sum_of(1000)
    >>> p = total.sf(10_000.0)
    >>> p, p.numerical_error < 1e-12, p.method
    (0.036312..., True, 'ray')
    """

    numerical_error: float
    method: str

    def __new__(
        cls,
        value: float,
        reason: str = "",
        numerical_error: float = 0.0,
        method: str = "",
    ) -> Self:
        """Make a float of `value`."""
        self = super().__new__(cls, value, "" if math.isfinite(value) else reason)
        self.numerical_error = numerical_error
        self.method = method
        return self

    def __getnewargs__(self) -> tuple[float, str, float, str]:  # type: ignore[override]
        """Keep all through copies and pickles."""
        return float(self), self.reason, self.numerical_error, self.method


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval.

    Attributes
    ----------
    low, high : float
        Its ends. Infinite where the data set no bound on that side; NaN where no valid
        interval exists, and then `reason` says why.
    confidence_level : float
        The chance, at least, that such an interval holds the truth.
    method : str
        How it was made.
    reason : str
        Why there is none; empty where there is one.

    Examples
    --------
    >>> import tailrace as tr
    >>> result = tr.IndependentSteps(tr.Pareto(1.2)).simulate(10, 100, rng=7)
    >>> interval = result.sample_mean().confidence_interval()
    >>> interval.low, interval.reason
    (nan, 'no valid interval: the tail index 1.2 is not above 2')
    """

    low: float
    high: float
    confidence_level: float
    method: str
    reason: str = ""


class Estimate(float):
    """A number from simulation or data, with its uncertainty.

    Examples
    --------
    >>> import tailrace as tr
    >>> result = tr.IndependentSteps(tr.Pareto(1.2)).simulate(100, 10_000, rng=7)
    >>> interval = result.median().confidence_interval(0.99)
    >>> interval.low < 398.255 < interval.high  # the exact median
    True
    """

    _interval: Callable[[float], Interval]

    def __new__(cls, value: float, interval: Callable[[float], Interval]) -> Self:
        """Make a float of `value`; `interval` is called with a confidence level."""
        self = super().__new__(cls, value)
        self._interval = interval
        return self

    def __reduce__(self) -> Any:
        """Keep the uncertainty through copies and pickles."""
        return type(self), (float(self), self._interval)

    def confidence_interval(self, confidence_level: float = 0.95) -> Interval:
        """Return an interval that holds the true value with at least this chance.

        Parameters
        ----------
        confidence_level : float, default 0.95
            Between 0 and 1.

        Returns
        -------
        Interval
            With `.low` and `.high`.

        Raises
        ------
        ValueError
            If `confidence_level` is not between 0 and 1.
        """
        return self._interval(_check.fraction("confidence_level", confidence_level))


def finite_or(value: float, reason: str) -> Answer:
    """Return an answer that carries `reason` only where the value is not finite."""
    return Answer(value, "" if math.isfinite(value) else reason)
