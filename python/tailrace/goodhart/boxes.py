"""Proposals for pairs with V + X >= t: boxes of clocks that cover all such pairs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import _core
from ..laws.base import Law, Reals

# Ends of boxes, in log-odds, and how much a tail may fall across one.
_STEP = 0.25
_LAST = 720.0
# What boxes may be too large by, in all, for the sake of their number.
_WASTE = 0.15
# E-folds below the whole at which a box is left out.
_DEEPEST = 60.0
Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """Boxes for thresholds in bins, as the core takes them.

    Attributes
    ----------
    edges : ndarray of shape (bins,)
        Lower edges of the bins; the first is -inf.
    first : ndarray of uint64, shape (bins + 1,)
        The first box of every bin, and the number of boxes.
    stay, alias : ndarray of shape (boxes,)
        For the choice of a box: see goodhart.hpp.
    truth_clock, truth_mass, error_clock, error_mass : ndarray of shape (boxes,)
        Where a box begins on either axis, and its share of what lies beyond.
    size : ndarray of shape (bins,)
        The total probability of the boxes of a bin.
    """

    edges: Reals
    first: Words
    stay: Reals
    alias: Words
    truth_clock: Reals
    truth_mass: Reals
    error_clock: Reals
    error_mass: Reals
    size: Reals

    def arrays(self) -> list[Reals]:
        """Return the arrays of doubles, in the order of the core."""
        names = (
            "edges",
            "stay",
            "truth_clock",
            "truth_mass",
            "error_clock",
            "error_mass",
        )
        return [np.ascontiguousarray(getattr(self, name)) for name in names]


def _of(function: str, x: Reals) -> Reals:
    """Return a function by the core, which has the same bits everywhere."""
    return _core.apply(function, False, np.ascontiguousarray(x, dtype=np.float64))


def _clock_of(s: Reals) -> Reals:
    """Return the clocks of log-odds."""
    result: Reals = np.maximum(s, 0.0) + _of("log1p", _of("exp", -np.abs(s)))
    return result


def _log_sum(logs: Reals) -> float:
    top = logs.max()
    total = np.array([math.fsum(_of("exp", logs - top))])
    return float(top + _of("log", total)[0])


def _at(law: Law, s: Reals) -> Reals:
    return np.asarray(law.inverse_hazard(_clock_of(s)))


def _clock_from(law: Law, y: Reals) -> Reals:
    """Return -log P(Y >= y)."""
    return np.asarray(law.hazard(np.nextafter(y, -math.inf)))


@dataclass(frozen=True, slots=True)
class _Half:
    """Boxes with one variable, the measure, up to a cut, before any are joined.

    Attributes
    ----------
    low, high : ndarray
        The clocks of the measure where each begins and ends.
    rest : ndarray
        The clock of the other variable where it begins.
    """

    low: Reals
    high: Reals
    rest: Reals

    @property
    def log_mass(self) -> Reals:
        """Logarithms of the probabilities of the measure."""
        share = -_of("expm1", self.low - self.high)
        result: Reals = _of("log", share) - self.low
        return result

    def joined(self, total: float) -> Reals:
        """Return boxes as rows of begin and mass, for the measure and for the other.

        Neighbours are one box where that costs little of the `total` logarithm: then
        the lower has the larger tail of its neighbour. What is less than e^-60 of it is
        left out.
        """
        counts = np.flatnonzero(self.log_mass - self.rest > total - _DEEPEST)
        rows = []
        if not counts.size:
            return np.empty((0, 4))
        # Plain numbers: the loop is over few, and they are all that it meets.
        places = counts.tolist()
        masses, rest = _of("exp", self.log_mass - total).tolist(), self.rest.tolist()
        low, high = self.low.tolist(), self.high.tolist()
        chances = _of("exp", -self.rest).tolist()
        first, mass, waste = places[0], masses[places[0]], 0.0
        allowed = _WASTE / len(places)
        for number, i in enumerate(places[1:], start=1):
            more = mass * (chances[i] - chances[i - 1])
            if waste + more < allowed * (number + 1):
                waste += more
                mass += masses[i]
            else:
                rows.append((low[first], high[i - 1], rest[i - 1]))
                first, mass = i, masses[i]
        rows.append((low[first], high[places[-1]], rest[places[-1]]))
        begin, end, others = np.array(rows).T
        share = -_of("expm1", begin - end)
        return np.stack([begin, share, others, np.ones(begin.size)], axis=1)


def _half(measure: Law, other: Law, t: float, last: float) -> _Half:
    """Return boxes with the measure up to the log-odds `last`."""
    own = np.arange(-40.0, last, _STEP)
    y = t - _at(other, np.arange(-4.0, 60.0, _STEP))
    with np.errstate(divide="ignore", invalid="ignore"):
        turned = np.asarray(measure.logcdf(y)) - np.asarray(measure.logsf(y))
    inside = turned[(turned > -_LAST) & (turned < last)]
    clocks = _clock_of(np.unique([-_LAST, *own, *inside, last]))
    clocks[0] = 0.0
    # Of the other variable what the upper end of the box leaves.
    rest = _clock_from(other, t - np.asarray(measure.inverse_hazard(clocks[1:])))
    return _Half(clocks[:-1], clocks[1:], rest)


def _odds(law: Law, y: float) -> float:
    """Return log-odds, not beyond where boxes may begin."""
    odds = float(law.logcdf(y)) - float(law.logsf(y))
    return min(max(odds, -_LAST), _LAST)


def _bin(truth: Law, error: Law, t: float) -> Reals:
    """Return the boxes for one threshold, as rows: begin and mass, on either axis."""
    if t == -math.inf:
        return np.array([[0.0, 1.0, 0.0, 1.0]])
    odds = _odds(truth, 0.5 * (truth.median() + (t - error.median())))
    clock = float(_clock_of(np.array([odds]))[0])
    # The cut is where this clock says, for boxes to adjoin.
    cut = float(np.asarray(truth.inverse_hazard(clock)))
    below = _half(truth, error, t, odds)
    # And on the other axis where that leaves the error.
    other_clock = float(_clock_from(error, np.array(t - cut)))
    beside = None
    if other_clock > 0.0:
        share = -_of("expm1", np.array([-other_clock]))
        other_odds = other_clock + float(_of("log", share)[0])
        beside = _half(error, truth, t, min(other_odds, _LAST))
        np.maximum(beside.rest, clock, out=beside.rest)
    sizes = [below.log_mass - below.rest, np.array([-clock - other_clock])]
    if beside is not None:
        sizes.append(beside.log_mass - beside.rest)
    total = _log_sum(np.concatenate(sizes))
    parts = [below.joined(total), np.array([[clock, 1.0, other_clock, 1.0]])]
    if beside is not None:
        parts.append(beside.joined(total)[:, [2, 3, 0, 1]])
    return np.concatenate(parts)


def boxes_for(truth: Law, error: Law, thresholds: Reals) -> Boxes:
    """Return boxes for bins that begin at thresholds, ascending; the first is -inf."""
    bins = [_bin(truth, error, float(t)) for t in thresholds]
    sizes, stays, aliases = [], [], []
    start = 0
    for rows in bins:
        masses = _of("log", rows[:, 1]) + _of("log", rows[:, 3])
        log_size = masses - rows[:, 0] - rows[:, 2]
        sizes.append(_log_sum(log_size))
        stay, alias = _alias(_of("exp", log_size - sizes[-1]))
        stays.append(stay)
        aliases.append(alias + start)
        start += rows.shape[0]
    truth_clock, truth_mass, error_clock, error_mass = np.concatenate(bins).T
    counts = np.cumsum([0, *(rows.shape[0] for rows in bins)])
    return Boxes(
        np.asarray(thresholds, dtype=np.float64),
        counts.astype(np.uint64),
        np.concatenate(stays),
        np.concatenate(aliases).astype(np.uint64),
        truth_clock,
        truth_mass,
        error_clock,
        error_mass,
        np.exp(sizes),
    )


def _alias(chances: Reals) -> tuple[Reals, NDArray[np.int64]]:
    """Return Walker's tables for chances that sum to 1."""
    count = chances.size
    scaled = chances * count / chances.sum()
    stay, alias = np.ones(count), np.arange(count)
    small = [i for i in range(count) if scaled[i] < 1.0]
    large = [i for i in range(count) if scaled[i] >= 1.0]
    while small and large:
        i, j = small.pop(), large[-1]
        stay[i], alias[i] = scaled[i], j
        scaled[j] -= 1.0 - scaled[i]
        if scaled[j] < 1.0:
            small.append(large.pop())
    return stay, alias
