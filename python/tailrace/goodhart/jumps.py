"""Where an error that depends on the truth jumps: looked for once, on a grid."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..laws.base import Law, Reals
from .conditionals import FunctionGiven, ScaleGiven
from .parts import parts_of
from .sides import Side, side_of

# Points of the grid from the middle half of V to its last tails, and of one for a
# function that is called for every value.
_POINTS, _POINTS_OF_FUNCTION = 2000, 200
# Log-odds within which most of them lie: bands as narrow as their distance are found.
_NEAR = 14.0
# Log-odds of the quantiles by which laws are compared.
_LEVELS = np.array([-20.0, -1.0, 0.0, 1.0, 20.0])
_HALVINGS = 70
# A relative change between adjacent doubles from which it is a jump: smooth functions
# change by some 1e-15 there.
_JUMP = 1e-9
# Calls of functions take long: after so many halvings those changes are given up that
# fell to so small a share, as smooth ones do.
_TRIED, _SHARE = 6, 0.2
# With more than that there is no end of them: the largest are taken.
_MOST = 64

#: From truths to what tells their laws apart, of shape (truths, features).
Features = Callable[[Reals], Reals]


def jumps_of(
    truth: Law, given: ScaleGiven | FunctionGiven, breaks: tuple[float, ...]
) -> tuple[float, ...]:
    """Return truths at which the law of X given V jumps: `breaks`, and what is found.

    A band that lies between two points of the grid is not found.
    """
    vectors = isinstance(given, ScaleGiven)
    features = _of_scale(given) if vectors else _of_function(given)  # type: ignore[arg-type]
    found: list[float] = []
    for _, part in parts_of(truth):
        if isinstance(part, Law):
            grid = _grid(side_of(part), _POINTS if vectors else _POINTS_OF_FUNCTION)
            found += _search(features, grid, 0.0 if vectors else _SHARE)
    known = list(breaks)
    for place in found:
        if all(abs(place - b) > 1e-12 * abs(b) for b in known):
            known.append(place)
    return tuple(sorted(known))


def _grid(side: Side, points: int) -> Reals:
    """Return values of V, dense where it is common, up to the ends of its tails."""
    low, high = side.edges[[0, -1]]
    far = np.geomspace(_NEAR, max(-low, high), points // 10)
    s = np.concatenate([-far, np.linspace(-_NEAR, _NEAR, points), far])
    return np.unique(side.at(s[(s >= low) & (s <= high)]))


def _of_scale(given: ScaleGiven) -> Features:
    return lambda v: given.error.scales(v)[:, None]


def _of_function(given: FunctionGiven) -> Features:
    clocks = np.logaddexp(0.0, _LEVELS)

    def features(v: Reals) -> Reals:
        rows = np.empty((v.size, _LEVELS.size))
        for i, each in enumerate(v):
            law = given.at(float(each))
            rows[i] = law.inverse_hazard(clocks) if isinstance(law, Law) else law
        return rows

    return features


def _change(low: Reals, high: Reals) -> Reals:
    """Return how far features differ, relative to the largest of them."""
    with np.errstate(invalid="ignore", over="ignore"):
        size = np.maximum(np.abs(low), np.abs(high)).max(axis=1)
        change = np.abs(high - low).max(axis=1)
        # Subnormal scales are of no use, and equal ones no change.
        return np.asarray(np.nan_to_num(change / np.maximum(size, 1e-300)))


def _search(features: Features, grid: Reals, share: float) -> list[float]:
    """Halve every step of the grid, towards the larger change, to adjacent doubles."""
    low, high = grid[:-1], grid[1:]
    rows = features(grid)
    at_low, at_high = rows[:-1], rows[1:]
    change = first = _change(at_low, at_high)
    for i in range(_HALVINGS):
        keep = change > (share * first if i == _TRIED else 0.0)
        keep &= change > _JUMP
        low, high, first = low[keep], high[keep], first[keep]
        at_low, at_high = at_low[keep], at_high[keep]
        if not low.size:
            return []
        middle = 0.5 * low + 0.5 * high
        here = features(middle)
        left, right = _change(at_low, here), _change(here, at_high)
        lower = left >= right
        low, high = np.where(lower, low, middle), np.where(lower, middle, high)
        at_low = np.where(lower[:, None], at_low, here)
        at_high = np.where(lower[:, None], here, at_high)
        change = np.maximum(left, right)
    largest = np.argsort(-change, kind="stable")[:_MOST]
    places = 0.5 * low[largest] + 0.5 * high[largest]
    return [float(x) for x in places[change[largest] > _JUMP] if math.isfinite(x)]
