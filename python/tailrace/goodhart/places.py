"""Values of a law by log-odds, made smooth: the coordinate of a proxy."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..derived import Derived
from ..laws.base import Law, Reals
from ..spliced import Spliced
from .parts import Atoms, Part, parts_of
from .sides import Side, side_of

Quantile = Callable[[Reals], Reals]


def holds_data(law: Law) -> bool:
    """Return whether a law is data, perhaps with a tail."""
    return isinstance(law.base if isinstance(law, Derived) else law, Spliced) or all(
        isinstance(part, Atoms) for _, part in parts_of(law)
    )


def has_humps(parts: list[Part]) -> bool:
    """Return whether a law is a mixture without atoms: it may have gaps."""
    return len(parts) > 1 and not any(isinstance(part, Atoms) for _, part in parts)


def log_odds(law: Law, x: float) -> float:
    """Return log P(Y <= x) - log P(Y > x)."""
    with np.errstate(divide="ignore"):
        return float(np.asarray(law.logcdf(x)) - np.asarray(law.logsf(x)))


def smooth_quantile(law: Law) -> Quantile:
    """Return increasing values by log-odds: quantiles, where these are smooth.

    For data, a curve through their range. For a mixture, whose quantiles jump across a
    gap between two parts, a curve from part to part, with the tails of all.
    """
    parts = parts_of(law)
    if holds_data(law):
        return _through_data(parts)
    if has_humps(parts):
        return _through_parts(law, [p for _, p in parts if isinstance(p, Law)])
    return lambda s: np.asarray(law.inverse_hazard(np.logaddexp(0.0, s)))


def _step(s: Reals) -> Reals:
    with np.errstate(over="ignore"):
        step: Reals = 1.0 / (1.0 + np.exp(-s))
    return step


def _through_data(parts: list[Part]) -> Quantile:
    bodies = [part for _, part in parts if isinstance(part, Atoms)]
    rest = [side_of(part) for _, part in parts if isinstance(part, Law)]
    low = min(float(body.values[0]) for body in bodies)
    high = max(float(body.values[-1]) for body in bodies)

    def through(s: Reals) -> Reals:
        x = low + (high - low) * _step(s)
        for side in rest:
            x = x + (side.at(s) - side.median)
        return x

    return through


def _largest(x: Reals) -> Reals:
    """Return about the largest along the first axis, smoothly: all are >= 0."""
    top = x.max(axis=0)
    safe = np.where((top > 0.0) & (top < math.inf), top, 1.0)
    with np.errstate(over="ignore"):  # beside an infinite one
        sums = ((x / safe) ** 32 + (top == 0.0)).sum(axis=0)
    result: Reals = top * sums ** (1.0 / 32.0)
    return result


def _through_parts(law: Law, parts: list[Law]) -> Quantile:
    sides = [side_of(part) for part in parts]
    medians = [side.median for side in sides]
    low, high = min(medians), max(medians)
    bottom, top = law.support
    middle = 0.5 * (low + high)
    mirrored = [side.opposite for side in sides]
    up = _one_way(sides, high - middle, top - middle)
    down = _one_way(mirrored, middle - low, middle - bottom)

    def through(s: Reals) -> Reals:
        x: Reals = middle + up(np.maximum(s, 0.0)) - down(np.maximum(-s, 0.0))
        # Close to an end of the support, from there: its digits are those that count.
        if bottom > -math.inf:
            near = s < 0.0
            x[near] = bottom + (middle - bottom) * _rest(mirrored, -s[near])
        if top < math.inf:
            near = s > 0.0
            x[near] = top - (top - middle) * _rest(sides, s[near])
        return x

    return through


def _one_way(sides: list[Side], gap: float, room: float) -> Quantile:
    """Return how far up it goes from the middle: past all medians, and like all tails."""
    endless = [side for side in sides if side.end == math.inf]
    if room < math.inf or not endless:
        return np.zeros_like

    def way(s: Reals) -> Reals:
        rises = np.array([side.at(s) - side.median for side in endless])
        found: Reals = gap * (2.0 * _step(s) - 1.0) + _largest(rises)
        return found

    return way


def _rest(sides: list[Side], s: Reals) -> Reals:
    """Return what is left of the way to the end, 1 at s = 0: of parts that reach it."""
    end = max(side.end for side in sides)
    shares = [
        (end - side.at(s)) / (end - side.median) for side in sides if side.end == end
    ]
    left: Reals = np.mean(shares, axis=0)
    return left
