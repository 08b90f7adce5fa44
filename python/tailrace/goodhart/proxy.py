"""The proxy U = V + X: its law, and what each level of it is worth."""

from __future__ import annotations

import itertools
import math
import threading
from functools import cached_property

import numpy as np

from ..laws.base import Reals
from . import levels
from .curves import Curve, Panel, curves_of, nodes_between, resolved
from .filled import Jumps
from .known import Known
from .quadrature import NODES, WEIGHTS
from .sides import LAST

#: Ends of the first panels, by the log-odds of both terms, beside those where it bends.
_STEPS = (0.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, LAST[0])
# Of the last terms of a series, of log-odds, places and gains. What they leave out turns
# its sign so often that averages are right to far more digits.
_TOLERANCE = np.array([1e-10, 1e-10, 1e-9, 1e-9, math.inf, math.inf])
_MOST_PANELS = 2000
# Noise of odds that may be that of a single node; and else how much above that at the
# better one of both ends of a panel, between some of its nodes.
_FINE, _UNEVEN = 1e-9, 8.0
_ENDS = (0, 4), (NODES - 5, NODES - 1)
# What lies beyond is negligible that many clocks before the tails of the terms end: if
# they end with a jump, or fade out.
_MARGINS = 40.0, 9.0
_LARGEST = 1e290


class ProxyCurve:
    """Log-odds of the proxy, and the gains at each, as curves over a coordinate s.

    They are made as far out as they are asked for. A place s is the value that two
    equally lucky terms sum to: so the coordinate has the scale of either, where that
    matters.

    Attributes
    ----------
    known : Known
        What they are made from.
    bends : list of float
        Values of s at which the law of the proxy is not smooth.
    farthest : list of float
        Log-odds down and up to which there may be curves.
    """

    def __init__(self, known: Known, *, gains: bool = True) -> None:
        """Make no curves yet; without `gains`, none that are right for these."""
        self.known = known
        # Of the curves, and of what is made from them, against other threads.
        self._lock = threading.RLock()
        self._tolerance = _TOLERANCE.copy()
        self._tolerance[2:] = _TOLERANCE[2:] if gains else math.inf
        self._panels: list[Panel] = []
        self._curves: list[Curve] = []
        # The number of steps made downwards and upwards, and where they must end.
        self.farthest = [
            end - _MARGINS[end == LAST[0]]
            for end in (known.known_to[0], known.known_to[1])
        ]
        self._made = [0, 0]
        self._limits = [self._limit(side) for side in (0, 1)]
        self.bends = sorted(known.bends())
        self._center = float(known.place(np.zeros(1))[0])
        self._scale = sum(known.scales)

    def _limit(self, side: int) -> float:
        """Return how far in s values are doubles with digits of their own."""
        sign, end = 2 * side - 1, self.known.support[side]
        finite = math.isfinite(end)

        def tells(s: float) -> bool:
            u = float(self.known.place(np.array([sign * s]))[0])
            near = max(1e-13 * self._end_size(side), 1e-290) if finite else 0.0
            return abs(u) < _LARGEST and not abs(end - u) <= near

        low, high = 0.0, LAST[0]
        if tells(high):
            return high
        for _ in range(20):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if tells(middle) else (low, middle)
        return low

    def _end_size(self, side: int) -> float:
        """Return how large what sums to an end of the support is."""
        return max(abs(self.known.support[side]), self.known.end_sizes[side])

    def ends_early(self, side: int) -> bool:
        """Whether what lies beyond the curves is an end of the support, to rounding."""
        u = self.known.place(np.array([self.odds.cuts[-side]]))
        end = self.known.support[side]
        return math.isfinite(end) and abs(end - float(u[0])) <= 1e-12 * self._end_size(
            side
        )

    @property
    def odds(self) -> Curve:
        """Log-odds of the proxy, log P(U < u) / P(U >= u)."""
        return self._curves[0]

    def gain(self, which: int, s: Reals) -> Reals:
        """Return what E[V | U >= u], or E[X | U >= u], exceeds E[V], or E[X], by."""
        gain = self._curves[2 + which](s)
        if self.known.keeps_digits:
            return np.exp(gain)
        return self.known.scales[which] * np.sinh(gain)

    def reaching(self, low: float, high: float) -> ProxyCurve:
        """Make the curves from log-odds `low` to `high`, as far as there are any."""
        with self._lock:
            before = [*self._made], [*self._limits], [*self._panels]
            try:
                self._reach((-low, high))
            except BaseException:
                # Interrupted: what is half made would be taken for whole.
                self._made, self._limits, self._panels = before
                raise
        return self

    def _reach(self, wanted: tuple[float, float]) -> None:
        while True:
            new = []
            for side in (0, 1):
                have = -1.0
                if self._curves and self._made[side]:
                    have = abs(float(self.odds.at_cuts[-side]))
                # The tails of the terms are between that of the proxy and its root.
                while have < wanted[side] and self._reached(side) < self._limits[side]:
                    new += self._step(side)
                    have = 2.0 * self._reached(side)
            if not new:
                return
            self._panels += resolved(new, self._values, _MOST_PANELS)
            self._leave_out_unknown_ends()
            self._curves = curves_of(self._panels)
            for made in ("_doubts", "_odds_of_bent"):
                self.__dict__.pop(made, None)

    def _leave_out_unknown_ends(self) -> None:
        """Take away panels at the ends with values within rounding of where U begins."""
        self._panels.sort(key=lambda panel: panel[0])
        for side, place in ((0, 0), (1, -1)):
            while len(self._panels) > 1:
                low, high, found = self._panels[place]
                if np.isfinite(found[0]).all():
                    break
                self._limits[side] = abs(low if side else high)
                self._panels.pop(place)

    def _reached(self, side: int) -> float:
        return min(_STEPS[self._made[side]], self._limits[side])

    def _step(self, side: int) -> list[tuple[float, float]]:
        """Return the panels of the next step down or up."""
        low = self._reached(side)
        self._made[side] += 1
        high = self._reached(side)
        if self.known.uneven or 2.0 * high > self.farthest[side]:
            reach = self._within_reach(low, high, side)
            if reach < high:
                high = self._limits[side] = reach
        if high == low:
            return []
        low, high = (low, high) if side else (-high, -low)
        cuts = [low, *(b for b in self.bends if low < b < high), high]
        return list(itertools.pairwise(cuts))

    def _within_reach(self, low: float, high: float, side: int) -> float:
        """Return where the panels must end: before probabilities leave the tables."""
        sign = 2 * side - 1

        def beyond(s: float) -> bool:
            found = self.known.given_beyond(self.known.place(np.array([sign * s])))
            return (
                not sign * float((found.log_q - found.log_p)[0]) <= self.farthest[side]
            )

        if not beyond(high):
            return high
        for _ in range(12):
            middle = 0.5 * (low + high)
            low, high = (low, middle) if beyond(middle) else (middle, high)
        return low

    def _values(self, s: Reals) -> tuple[Reals, Reals]:
        u = self.known.place(s)
        found = self.known.given_beyond(u.ravel())
        gains = [found.truth_gain, found.error_gain]
        errors = [found.truth_error, found.error_error]
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = (found.log_q - found.log_p).reshape(u.shape)
            if self.known.keeps_digits:
                # The mean brings an error of its own, which is not the gain's.
                errors = [found.p_error * 4.0] * 2
                gains = [np.log(g) for g in gains]
            else:
                pairs = list(zip(gains, self.known.scales, strict=True))
                sizes = [np.abs(g) + scale for g, scale in pairs]
                errors = [e / size for e, size in zip(errors, sizes, strict=True)]
                gains = [np.arcsinh(g / scale) for g, scale in pairs]
            # What rounding of u does to the odds, close to an end of the support.
            steep = np.abs(np.diff(odds) / np.diff(u))
            ends = [
                np.abs((odds[:, b] - odds[:, a]) / (u[:, b] - u[:, a]))
                for a, b in _ENDS
            ]
        size = 2.0**-50 * np.abs(u).max(axis=1)
        # Nodes that are one double have no slope.
        worst = size * np.where(np.isnan(steep), math.inf, steep).max(axis=1)
        # Where only one end of a panel has much noise, halves are better.
        even = size * _UNEVEN * np.fmin(*ends)
        noise = np.where(worst < math.inf, np.minimum(worst, even + _FINE), worst)
        rows = [odds, self.bent(u), *(r.reshape(u.shape) for r in (*gains, *errors))]
        return np.stack(rows), self._tolerance[:, None] + noise

    # A coordinate of values in which they are smooth.

    def bent(self, u: Reals) -> Reals:
        """Return the coordinate of values."""
        with np.errstate(divide="ignore", invalid="ignore"):
            if math.isfinite(self.known.support[0]):
                bent: Reals = np.log((u - self.known.support[0]) / self._scale)
            else:
                bent = np.arcsinh((u - self._center) / self._scale)
        return bent

    def s_of(self, u: Reals) -> Reals:
        """Return the coordinates s of values."""
        return self._curves[1].inverse(self.bent(u))

    @cached_property
    def _odds_of_bent(self) -> Curve:
        """Log-odds over the coordinate of values: without an inversion at each."""
        bent = self._curves[1]
        cuts = np.unique(bent.at_cuts)

        def values(b: Reals) -> tuple[Reals, Reals]:
            s = bent.inverse(b)
            odds = self.odds(s)
            noise = (
                2.0**-50
                * (1.0 + np.abs(b).max(axis=1))
                * np.nan_to_num((self.odds.slope(s) / bent.slope(s)).max(axis=1))
            )
            return odds[None], (1e-11 + noise)[None]

        pairs = list(itertools.pairwise(cuts.tolist()))
        return curves_of(resolved(pairs, values, 4 * _MOST_PANELS))[0]

    def odds_of(self, u: Reals) -> Reals:
        """Return the log-odds of values."""
        with self._lock:
            return self._odds_of_bent(self.bent(u))

    def log_slope(self, u: Reals, s: Reals) -> Reals:
        """Return log du/ds."""
        if math.isfinite(self.known.support[0]):
            stretch = np.log(u - self.known.support[0])
        else:
            with np.errstate(divide="ignore"):
                z = np.log(np.abs((u - self._center) / self._scale))
            stretch = 0.5 * np.logaddexp(0.0, 2.0 * z) + math.log(self._scale)
        result: Reals = stretch + np.log(self._curves[1].slope(s))
        return result

    # Averages over levels.

    @cached_property
    def _doubts(self) -> tuple[Reals, Reals, Reals]:
        """Nodes, and at each the errors of both gains, relative to these.

        Or to them and the scale, where they do not keep their digits.
        """
        found = np.stack([curve.values for curve in self._curves[4:6]])
        series = np.stack([curve.series for curve in self._curves[2:4]])
        s = nodes_between(self.odds.cuts)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = found + np.abs(series[:, :, -2:]).max(axis=2)[:, :, None]
            # Levels that are off have the gain of others.
            off = np.abs(self.odds.series[:, -2:]).max(axis=1)[:, None]
            off = off / np.abs(self.odds.slope(s))
            slopes = np.stack([curve.slope(s) for curve in self._curves[2:4]])
            moved = np.abs(slopes) * off
        found = found + np.where(np.isfinite(moved), moved, 0.0)
        return s.ravel(), *found.reshape(2, -1)

    def average(self, k: float, n: float) -> tuple[Reals, Reals]:
        """Return the mean gains of V and X among the k best of n, and their errors."""
        if n == k:
            return np.zeros(2), np.zeros(2)
        with self._lock:
            return self._average(k, n)

    def _average(self, k: float, n: float) -> tuple[Reals, Reals]:
        cuts = levels.edges(k, n)
        self.reaching(cuts[0], cuts[-1])
        odds = self.odds
        ends = odds.at_cuts[[0, -1]]
        if self._jumps.low.size and abs(self._jumps.low[-1] - ends[1]) < 1e-3:
            ends[1] = self._jumps.high[-1]
        inside = odds.inverse(np.clip(cuts, *ends))
        panels = odds.cuts[(odds.cuts > inside[0]) & (odds.cuts < inside[-1])]
        s_cuts = np.unique([*inside, *panels])
        if s_cuts.size < 2:  # all that matters lies beyond the curves
            return np.full(2, math.nan), np.full(2, math.inf)
        s = nodes_between(s_cuts)
        weight = np.exp(levels.log_density(odds(s), k, n)) * odds.slope(s)
        weight *= 0.5 * np.diff(s_cuts)[:, None] * WEIGHTS
        nodes, *doubts = self._doubts
        nearest = np.clip(np.searchsorted(nodes, s), 0, nodes.size - 1)
        means, errors = np.empty((2, 2))
        for which in (0, 1):
            gain = self.gain(which, s)
            faint = _faint(gain, self.known.scales[which])
            least, gain[:faint] = abs(gain[faint, 0]), 0.0
            means[which] = (weight * gain).sum()
            size = np.abs(gain)
            if not self.known.keeps_digits:
                size += self.known.scales[which]
            # Far below gains are too small for a double, and weights are 0.
            doubt = np.where(weight > 0.0, weight * size * doubts[which][nearest], 0.0)
            doubt[:faint] = weight[:faint] * least
            # Beyond the curves nothing is known but that it happens rarely.
            at_ends = np.nan_to_num(np.abs(self.gain(which, odds.cuts[[0, -1]])))
            errors[which] = (
                doubt.sum()
                + (at_ends * levels.missed(float(ends[0]), float(ends[1]), k, n)).sum()
            )
        return means + self._jumps.average(k, n), errors

    @cached_property
    def _jumps(self) -> Jumps:
        """Levels that values with a probability fill."""
        return Jumps(self.known)

    def divergence(self, k: float, n: float) -> float:
        """Return KL(one of the k best of n || any)."""
        if n == k:
            return 0.0
        return levels.divergence(k, n) + self._jumps.divergence(k, n)


def _faint(gain: Reals, scale: float) -> int:
    """Return how many panels there are below the first gain that a double can hold."""
    first = int(np.argmax(np.isfinite(gain).all(axis=1)))
    return first if abs(gain[first, 0]) < 1e-30 * scale else 0
