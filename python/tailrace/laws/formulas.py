"""Small formulas that several laws share."""

from __future__ import annotations

import math


def gamma_mean(p: float) -> float:
    """Return E[E^p] for a standard exponential E and p > -1."""
    return math.gamma(1.0 + p) if p < 170.0 else math.inf


def gamma_var(p: float) -> float:
    """Return the variance of E^p, p > -1/2; its digits survive a small p."""
    if p >= 85.0:
        return math.inf
    if abs(p) < 1e-4:
        # log E[E^2p] - 2 log E[E^p] from the series of log gamma, zeta(2) to zeta(5).
        series = 3.787311537, -6.221566530
        ratio = p * p * (1.6449340668482264 + p * (-2.404113806319189 + p * series[0]))
        ratio += p**5 * series[1]
    else:
        ratio = math.lgamma(1.0 + 2.0 * p) - 2.0 * math.lgamma(1.0 + p)
    mean = math.gamma(1.0 + p)
    return mean * mean * math.expm1(ratio)


def power(x: float, p: float) -> float:
    """Return x^p for x > 0; inf where it is too large for a double."""
    try:
        return float(x**p)
    except OverflowError:
        return math.inf


def usable(parameter: float) -> bool:
    """Return whether a closed form may take this as its shape or scale."""
    return 1e-300 < parameter < 1e300
