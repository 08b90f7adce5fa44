"""Estimates of means with an interval from a bound on a moment."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from .._answer import Estimate, Interval
from .deviations import MomentBound


def estimate(
    value: float,
    bound: MomentBound | None,
    radius: Callable[[MomentBound, float], float],
) -> Estimate:
    """Return an estimate whose interval has the radius at the chance to fail."""
    return Estimate(value, partial(_interval, value, bound, radius))


def _interval(
    value: float,
    bound: MomentBound | None,
    radius: Callable[[MomentBound, float], float],
    confidence_level: float,
) -> Interval:
    if bound is None:
        reason = "no bound without a moment: give moment=(p, v)"
        return Interval(math.nan, math.nan, confidence_level, "none", reason)
    half = radius(bound, 1.0 - confidence_level)
    return Interval(value - half, value + half, confidence_level, "moment bound")
