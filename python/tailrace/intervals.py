"""Confidence intervals that hold without a model of the data."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from ._answer import Estimate, Interval
from .laws.base import Reals


def quantile(
    ordered: Reals, q: float, *, low: float, high: float, unit: float = 1.0
) -> Estimate:
    """Estimate a quantile, in multiples of `unit`, from an ordered sample.

    The estimate is NumPy's ``inverted_cdf``: the smallest value whose rank reaches q n.
    The interval is between two order statistics, with exact binomial coverage whatever
    the law, atoms included; `low` and `high`, the ends of the support, stand in where
    the sample is too small to have such an order statistic.

    Reference: H. A. David, H. N. Nagaraja, *Order Statistics*, 3rd ed., Wiley, 2003,
    section 7.1.
    """
    n = ordered.size
    value = float(ordered[max(math.ceil(q * n), 1) - 1]) / unit
    return Estimate(value, partial(_quantile_interval, ordered, q, low, high, unit))


def _quantile_interval(
    ordered: Reals,
    q: float,
    low: float,
    high: float,
    unit: float,
    confidence_level: float,
) -> Interval:
    n = ordered.size
    first, last = binomial_ranks(n, q, confidence_level)
    return Interval(
        (float(ordered[first - 1]) if first >= 1 else low) / unit,
        (float(ordered[last - 1]) if last <= n else high) / unit,
        confidence_level,
        "order statistics, exact binomial coverage",
    )


def binomial_ranks(n: int, q: float, confidence_level: float) -> tuple[int, int]:
    """Return the ranks, from 1, of the order statistics around a quantile.

    0 and n + 1 stand for those that a sample of n is too small to have.
    """
    from scipy.stats import binom

    miss = (1.0 - confidence_level) / 2.0
    # K values lie at or below the quantile, K binomial; the l-th is above it iff K < l.
    first = int(binom.ppf(miss, n, q))
    while first > 0 and binom.cdf(first - 1, n, q) > miss:
        first -= 1
    last = int(binom.isf(miss, n, q)) + 1
    while last <= n and binom.sf(last - 1, n, q) > miss:
        last += 1
    return first, last


def mean(x: Reals, *, variance_reason: str) -> Estimate:
    """Estimate a mean; normal interval, or none where `variance_reason` says why."""
    n = x.size
    value = float(np.mean(x))
    if n < 2:
        variance_reason = variance_reason or "one value says nothing of the spread"
    error = 0.0
    if not variance_reason:
        with np.errstate(over="ignore", invalid="ignore"):
            error = float(np.std(x, ddof=1)) / math.sqrt(n)
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


def mean_of_bounded(x: Reals) -> Estimate:
    """Estimate the mean of values between 0 and 1, without a model.

    Reference: A. Maurer, M. Pontil, "Empirical Bernstein bounds and sample variance
    penalization", COLT 2009, theorem 4.
    """
    n = x.size
    value = float(np.mean(x))
    spread = float(np.var(x, ddof=1)) if n > 1 else 0.25
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
