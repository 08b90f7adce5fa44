"""Moments of powers of an exponential variable, through the gamma function."""

from __future__ import annotations

import math


def gamma_mean(p: float) -> float:
    """Return E[E^p] for a standard exponential E and p > -1."""
    return math.gamma(1.0 + p) if p < 170.0 else math.inf


def gamma_var(p: float) -> float:
    """Return the variance of E^p, p > -1/2; its digits survive a small p."""
    if p >= 85.0:
        return math.inf
    ratio = math.lgamma(1.0 + 2.0 * p) - 2.0 * math.lgamma(1.0 + p)
    return math.gamma(1.0 + p) ** 2 * math.expm1(ratio)
