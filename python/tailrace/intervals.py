"""Confidence intervals that hold without a model of the data."""

from __future__ import annotations

import math
from functools import partial

from ._answer import Estimate, Interval
from .estimators import Mean, Summary


def quantile(
    seen: Summary, q: float, *, low: float, high: float, unit: float = 1.0
) -> Estimate:
    """Estimate a quantile, in multiples of `unit`.

    The estimate is NumPy's ``inverted_cdf``: the smallest value whose rank reaches q n.
    The interval is between two order statistics, with exact binomial coverage whatever
    the law, atoms included; `low` and `high`, the ends of the support, stand in where
    there are too few values to have such an order statistic.
    """
    value = float(seen.quantile(q)) / unit
    return Estimate(value, partial(_quantile_interval, seen, q, low, high, unit))


def _quantile_interval(
    seen: Summary,
    q: float,
    low: float,
    high: float,
    unit: float,
    confidence_level: float,
) -> Interval:
    span = seen.confidence_interval(q, confidence_level)
    return Interval(
        max(span.low, low) / unit,
        min(span.high, high) / unit,
        confidence_level,
        span.method,
    )


def mean(seen: Summary, *, variance_reason: str, unit: float = 1.0) -> Estimate:
    """Estimate a mean; normal interval, or none where `variance_reason` says why."""
    n = seen.count
    value = float(seen.mean()) / unit
    if n < 2:
        variance_reason = variance_reason or "one value says nothing of the spread"
    error = 0.0
    if not variance_reason:
        error = seen.std() / math.sqrt(n) / unit
        if not math.isfinite(error):
            variance_reason = "the spread of the values is too large for a double"
    return Estimate(value, partial(_normal_interval, value, error, variance_reason))


def _normal_interval(
    value: float, error: float, reason: str, confidence_level: float
) -> Interval:
    if reason:
        return Interval(math.nan, math.nan, confidence_level, "none", reason)
    from scipy.special import ndtri

    half = float(ndtri(0.5 + confidence_level / 2.0)) * error
    return Interval(value - half, value + half, confidence_level, "normal")


def mean_of_bounded(seen: Mean) -> Estimate:
    """Estimate the mean of values between 0 and 1, without a model.

    Reference: A. Maurer, M. Pontil, "Empirical Bernstein bounds and sample variance
    penalization", COLT 2009, theorem 4.
    """
    n = seen.count
    value = float(seen.mean())
    spread = float(seen.var()) if n > 1 else 0.25
    return Estimate(value, partial(_bernstein_interval, value, spread, n))


def _bernstein_interval(
    value: float, variance: float, n: int, confidence_level: float
) -> Interval:
    term = math.log(4.0 / (1.0 - confidence_level))
    half = math.sqrt(2.0 * variance * term / n) + 7.0 * term / (3.0 * max(n - 1, 1))
    return Interval(
        max(value - half, 0.0),
        min(value + half, 1.0),
        confidence_level,
        "empirical Bernstein",
    )


def normal_or_none(
    value: float,
    confidence_level: float,
    *,
    error: float,
    reason: str,
    low: float = -math.inf,
) -> Interval:
    """Return a normal interval from a standard error, cut at `low`; none with a reason."""
    found = _normal_interval(value, error, reason, confidence_level)
    if reason or found.low >= low:
        return found
    return Interval(low, found.high, confidence_level, found.method)
