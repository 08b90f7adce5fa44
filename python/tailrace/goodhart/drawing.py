"""Ways to draw the best of n: what the core is told, and what Python draws itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .. import _core
from ..estimators import Summary
from ..laws.base import Law, Reals
from ..simulation import BITS, EXTREMES
from . import levels
from .boxes import Boxes, boxes_for

if TYPE_CHECKING:
    from .dependent import Dependent
    from .discrete import DiscreteProxy
    from .independent import Independent

Words = NDArray[np.uint64]
Watch = Callable[[float], object] | None
#: A pair of arrays: V and X.
Pairs = tuple[Reals, Reals]

# Rungs of the ladder an octave of the level, and octaves.
_RUNGS, _OCTAVES = 16, 64
# What draws may differ by from what a law says of itself: far more than any table.
_SLACK = 1e-7
# Log-odds from one bin of thresholds to the next; in the lowest nearly all pairs are
# beyond the threshold.
_BIN = 0.3
# In deviations of the threshold from its mode: it is that far off once in 1e100 times
# below, and in 1e7 above, where more proposals are made.
_BELOW, _ABOVE = 8.0, 12.0
_ALMOST_ALL = -3.0
# Candidates made at a time by Python.
_AT_ONCE = 2**13
# Spawn keys of generators: apart from what others may spawn of the same seed.
_PICK, _PAIRS = 0x7A11, 0x7A12


def ladder(truth: Law, error: Law) -> tuple[Reals, Words]:
    """Return which candidates can be the best by their words: see goodhart.hpp."""
    exponents = 64.0 - np.arange(_RUNGS, _RUNGS * _OCTAVES) / _RUNGS
    words = np.unique(np.floor(np.exp2(exponents)).astype(np.uint64))[::-1].copy()
    clocks = _core.clocks_from_bits(words)
    terms = [np.asarray(law.inverse_hazard(clocks)) for law in (truth, error)]
    with np.errstate(invalid="ignore", over="ignore"):
        slack = _SLACK * sum(np.abs(x) + _width(x) for x in terms)
        values = terms[0] + terms[1] + slack
    good = np.isfinite(values)
    values = np.maximum.accumulate(values[good])
    return values, words[good]


def _width(x: Reals) -> float:
    """Return the size of values on the first rungs."""
    return float(np.abs(x[: 2 * _RUNGS]).max()) if np.isfinite(x[0]) else 1.0


def summaries() -> list[Summary]:
    """Return empty summaries of V, X and U."""
    return [Summary(2.0 ** -(BITS + 1), EXTREMES) for _ in range(3)]


def seen_in(pieces: Iterator[Pairs], total: int, watch: Watch) -> list[Summary]:
    """Return summaries of pairs that come in pieces."""
    seen = summaries()
    for v, x in pieces:
        for summary, column in zip(seen, (v, x, v + x), strict=True):
            summary.update(column)
        if watch is not None:
            watch(min(seen[0].count / total, 1.0))
    return seen


def generator(seed: int, *places: int) -> np.random.Generator:
    """Return the generator of a place, the same for the same seed."""
    sequence = np.random.SeedSequence(seed, spawn_key=places)
    return np.random.Generator(np.random.PCG64(sequence))


def best_of_dependent(
    terms: Dependent, n: int, trials: int, seed: int
) -> Iterator[Pairs]:
    """Draw all candidates of an error that depends on the truth, a piece at a time."""
    rows = max(_AT_ONCE // n, 1)
    for task, first in enumerate(range(0, trials, rows)):
        v, x = (np.full(rows, math.nan) for _ in range(2))
        best = np.full(rows, -math.inf)
        for piece, done in enumerate(range(0, n, _AT_ONCE)):
            width = min(n - done, _AT_ONCE)
            rng = generator(seed, _PICK, task, piece)
            truths = terms.truth.sample((rows, width), rng=rng)
            errors = terms.given.sample(truths.ravel(), rng).reshape(truths.shape)
            proxies = truths + errors
            at = np.argmax(proxies, axis=1)[:, None]
            top, a, b = (
                np.take_along_axis(array, at, axis=1)[:, 0]
                for array in (proxies, truths, errors)
            )
            ahead = (top > best) | np.isnan(v)
            best, v, x = (
                np.where(ahead, new, old) for new, old in ((top, best), (a, v), (b, x))
            )
        last = min(rows, trials - first)
        yield v[:last], x[:last]


def best_of_data(
    terms: Independent,
    curve: DiscreteProxy,
    chances: Reals,
    trials: int,
    seed: int,
) -> Iterator[Pairs]:
    """Draw pairs of data and data, whose sums have these chances; ties at random."""
    (_, truth), (_, error) = (parts[0] for parts in terms.parts)
    sums = np.add.outer(truth.values, error.values)  # type: ignore[union-attr]
    masses = np.outer(truth.masses, error.masses)  # type: ignore[union-attr]
    place = np.searchsorted(curve.values, sums)
    shares = masses * (chances / curve.masses)[place]
    order = np.argsort(place.ravel(), kind="stable")
    steps = np.cumsum(shares.ravel()[order])
    steps /= steps[-1]
    # The last that has a chance ends them.
    last = int(np.flatnonzero(shares.ravel()[order])[-1])
    for task, first in enumerate(range(0, trials, _AT_ONCE)):
        count = min(trials - first, _AT_ONCE)
        level = generator(seed, _PAIRS, task).random(_AT_ONCE)[:count]
        chosen = order[np.minimum(np.searchsorted(steps, level, "right"), last)]
        i, j = np.divmod(chosen, sums.shape[1])
        yield truth.values[i], error.values[j]  # type: ignore[union-attr]


class Plan:
    """How pairs beyond a threshold, the same or a random one, are drawn: the boxes.

    Attributes
    ----------
    boxes : Boxes
        Proposals.
    law : Law or None
        The law of the threshold; None where it is `fixed`.
    fixed : float
        The threshold.
    """

    def __init__(
        self, truth: Law, error: Law, boxes: Boxes, law: Law | None, fixed: float
    ) -> None:
        core = law._core_law if law is not None else None
        self.boxes, self.law, self.fixed = boxes, law, fixed
        self._asked = (
            truth._core_law,
            error._core_law,
            boxes.arrays(),
            boxes.first,
            boxes.alias,
            core,
            fixed,
        )

    def simulate(
        self, seed: bytes, trials: int, keep: bool, threads: int, watch: Watch
    ) -> Any:
        """Return summaries of the core, and pairs; None where some are not known."""
        return _core.simulate_directly(
            *self._asked, seed, trials, BITS, EXTREMES, keep, threads, watch
        )

    def pairs(self, seed: bytes, count: int, threads: int) -> Pairs | None:
        """Return pairs, or None where a threshold is not known."""
        return _core.pairs_beyond(*self._asked, seed, count, threads)


def plan_beyond(truth: Law, error: Law, t: float) -> Plan:
    """Return the plan for one threshold."""
    edges = np.array([-math.inf] if t == -math.inf else [-math.inf, t])
    return Plan(truth, error, boxes_for(truth, error, edges), None, t)


def plan_of_top(truth: Law, error: Law, proxy: Law, k: int, n: float) -> Plan:
    """Return the plan for one of the k best of n, n > k: beyond the next best."""
    mode, width = levels.spread(float(k), n)
    low, high = max(mode - _BELOW * width, _ALMOST_ALL), mode + _ABOVE * width
    odds = np.arange(low, max(high, low + _BIN), _BIN)
    edges = np.asarray(proxy.inverse_hazard(np.logaddexp(0.0, odds)))
    edges = np.unique(edges[np.isfinite(edges)])
    boxes = boxes_for(truth, error, np.append(-math.inf, edges))
    return Plan(truth, error, boxes, proxy.order_statistic(-(k + 1), n), math.nan)
