"""The proxy U = V + X: its law, and what each level of it is worth."""

from __future__ import annotations

import itertools
import math
from functools import cached_property
from typing import Protocol

import numpy as np

from ..laws.base import Reals
from . import levels
from .discrete import divergence_of
from .curves import Curve, Panel, curves_of, nodes_between, resolved
from .quadrature import WEIGHTS
from .sides import LAST
from .threshold import Conditional

#: Ends of the first panels, by the log-odds of both terms, beside those where it bends.
_STEPS = (0.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, LAST[0])
# Of the last terms of a series, of log-odds, places and gains. What they leave out turns
# its sign so often that averages are right to far more digits.
_TOLERANCE = np.array([1e-10, 1e-10, 1e-9, 1e-9, math.inf, math.inf])
_MOST_PANELS = 2000
# Log-odds down and up to which there are curves: short of where the tails of the terms
# are known to, so that what is missing there is negligible.
FARTHEST = (660.0, 735.0)
_LARGEST = 1e290


class Known(Protocol):
    """What a curve of the proxy rests on."""

    #: Whether gains are sums of positive terms, right to their own last digits.
    keeps_digits: bool
    #: Scales of V and X.
    scales: tuple[float, float]
    #: E[V] and E[X].
    mean_truth: float
    mean_error: float
    #: The lower end of the support of the proxy.
    low: float
    #: Values with a probability, ascending; that; and E[V | U] and E[X | U] there.
    atoms: tuple[Reals, Reals, Reals]

    def place(self, s: Reals) -> Reals:
        """Return values of the proxy, ascending with s from -744 to 744."""

    def bends(self) -> list[float]:
        """Return values of s at which the law of the proxy is not smooth."""

    def given_beyond(self, t: Reals) -> Conditional:
        """Return what is known given U >= t."""


class ProxyCurve:
    """Log-odds of the proxy, and the gains at each, as curves over a coordinate s.

    They are made as far out as they are asked for. A place s is the value that two
    equally lucky terms sum to: so the coordinate has the scale of either, where that
    matters.
    """

    def __init__(self, known: Known) -> None:
        self.known = known
        self._panels: list[Panel] = []
        self._curves: list[Curve] = []
        far = known.place(np.array([-s for s in _STEPS[:0:-1]] + list(_STEPS)))
        middle = len(_STEPS) - 1
        good = np.isfinite(far) & (np.abs(far) < _LARGEST)
        good[1:middle] &= far[1:middle] > far[: middle - 1]
        good[middle + 1 :] &= np.diff(far)[middle:] > 0.0
        # The number of steps made downwards and upwards, and of those there are.
        self._made = [0, 0]
        self._last = [int(good[:middle].sum()), int(good[middle + 1 :].sum())]
        self._bends = sorted(known.bends())
        self._center, self._scale = float(far[middle]), sum(known.scales)

    @property
    def odds(self) -> Curve:
        """Log-odds of the proxy, log P(U < u) / P(U >= u)."""
        return self._curves[0]

    def gain(self, which: int, s: Reals) -> Reals:
        """Return what E[V | U >= u], or E[X | U >= u], exceeds E[V], or E[X], by."""
        gain = self._curves[2 + which](s)
        return np.exp(gain) if self.known.keeps_digits else gain

    def reaching(self, low: float, high: float) -> ProxyCurve:
        """Make the curves from log-odds `low` to `high`, as far as there are any."""
        wanted = -low, high
        while True:
            new = []
            for side in (0, 1):
                have = -1.0
                if self._curves and self._made[side]:
                    have = abs(float(self.odds.at_cuts[-side]))
                # The tails of the terms are between that of the proxy and its root.
                while have < wanted[side] and self._made[side] < self._last[side]:
                    new += self._step(side)
                    have = 2.0 * _STEPS[self._made[side]]
            if not new:
                return self
            self._panels += resolved(new, self._values, _MOST_PANELS)
            self._curves = curves_of(self._panels)
            self.__dict__.pop("_doubts", None)

    def _step(self, side: int) -> list[tuple[float, float]]:
        """Return the panels of the next step down or up."""
        k = self._made[side]
        low, high = _STEPS[k], _STEPS[k + 1]
        if 2.0 * high > FARTHEST[side]:
            high = self._within_reach(low, high, side)
            if high < _STEPS[k + 1]:
                self._last[side] = k + 1
        self._made[side] += 1
        low, high = (low, high) if side else (-high, -low)
        cuts = [low, *(b for b in self._bends if low < b < high), high]
        return list(itertools.pairwise(cuts))

    def _within_reach(self, low: float, high: float, side: int) -> float:
        """Return where the panels must end: before probabilities leave the tables."""
        sign = 2 * side - 1

        def beyond(s: float) -> bool:
            found = self.known.given_beyond(self.known.place(np.array([sign * s])))
            return not sign * float((found.log_q - found.log_p)[0]) <= FARTHEST[side]

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
            # What rounding of u does to the odds, close to an end of the support.
            steep = np.abs(np.diff(odds) / np.diff(u)).max(axis=1)
        # Nodes that are one double have no slope.
        steep = np.where(np.isnan(steep), math.inf, steep)
        noise = 2.0**-50 * np.abs(u).max(axis=1) * steep
        rows = [odds, self.bent(u), *(r.reshape(u.shape) for r in (*gains, *errors))]
        unit = np.ones(6)
        if not self.known.keeps_digits:
            unit[2:4] = self.known.scales
        return np.stack(rows), (_TOLERANCE * unit)[:, None] + noise

    # A coordinate of values in which they are smooth.

    def bent(self, u: Reals) -> Reals:
        """Return the coordinate of values."""
        with np.errstate(divide="ignore", invalid="ignore"):
            if math.isfinite(self.known.low):
                bent: Reals = np.log((u - self.known.low) / self._scale)
            else:
                bent = np.arcsinh((u - self._center) / self._scale)
        return bent

    def s_of(self, u: Reals) -> Reals:
        """Return the coordinates s of values."""
        return self._curves[1].inverse(self.bent(u))

    def log_slope(self, u: Reals, s: Reals) -> Reals:
        """Return log du/ds."""
        if math.isfinite(self.known.low):
            stretch = np.log(u - self.known.low)
        else:
            z = np.abs((u - self._center) / self._scale)
            stretch = np.log(np.hypot(1.0, np.minimum(z, 1e150))) + math.log(self._scale)
        result: Reals = stretch + np.log(self._curves[1].slope(s))
        return result

    # Averages over levels.

    @cached_property
    def _doubts(self) -> tuple[Reals, Reals, Reals]:
        """Nodes, and at each the errors of both gains, relative if they keep digits."""
        found = np.stack([curve.values for curve in self._curves[4:6]])
        series = np.stack([curve.series for curve in self._curves[2:4]])
        with np.errstate(invalid="ignore"):
            found = found + np.abs(series[:, :, -2:]).max(axis=2)[:, :, None]
        return nodes_between(self.odds.cuts).ravel(), *found.reshape(2, -1)

    def average(self, k: float, n: float) -> tuple[Reals, Reals]:
        """Return the mean gains of V and X among the k best of n, and their errors."""
        if n == k:
            return np.zeros(2), np.zeros(2)
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
            means[which] = (weight * gain).sum()
            size = np.abs(gain) if self.known.keeps_digits else 1.0
            doubt = weight * size * doubts[which][nearest]
            # Beyond the curves nothing is known but that it happens rarely.
            at_ends = np.abs(self.gain(which, odds.cuts[[0, -1]]))
            errors[which] = doubt.sum() + (at_ends * _missed(*ends, k, n)).sum()
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


class Jumps:
    """The levels of a proxy that single values have, where others have none.

    A value with the probability p - q has the levels from P(U > u) = q to P(U >= u) =
    p, all of them of the same worth; ties are broken at random.

    Attributes
    ----------
    low, high : ndarray of shape (values,)
        Log-odds of its lowest and highest level, for each.
    """

    def __init__(self, known: Known) -> None:
        values, self._masses, worth = known.atoms
        found = known.given_beyond(values)
        self._beyond = np.exp(found.log_p)
        self._after = np.maximum(self._beyond - self._masses, 0.0)
        with np.errstate(divide="ignore"):
            self.low = found.log_q - found.log_p
            self.high = np.log1p(-self._after) - np.log(self._after)
        self.high = np.minimum(self.high, LAST[0])
        # E[V - E V; level beyond] is linear in what lies beyond.
        self._gain = worth - np.array([[known.mean_truth], [known.mean_error]])
        gains = np.array([found.truth_gain, found.error_gain])
        self._rest = self._beyond * (gains - self._gain)

    def average(self, k: float, n: float) -> Reals:
        """Return what these levels add to the mean gains of V and X."""
        total = np.zeros(2)
        if not self._masses.size:
            return total
        cuts = levels.edges(k, n)
        for i in range(self._masses.size):
            inside = np.unique(np.clip(cuts, self.low[i], self.high[i]))
            odds = nodes_between(inside)
            weight = 0.5 * np.diff(inside)[:, None] * WEIGHTS
            weight = weight * np.exp(levels.log_density(odds, k, n))
            over = (weight * (1.0 + np.exp(odds))).sum()
            total += self._rest[:, i] * over + self._gain[:, i] * weight.sum()
        return total

    def divergence(self, k: float, n: float) -> float:
        """Return what these levels add to the divergence of a proxy without them."""
        if not self._masses.size:
            return 0.0
        chances = levels.mass_above(self._beyond, k, n)
        chances = chances - levels.mass_above(self._after, k, n)
        some = chances > 0.0
        told = divergence_of(chances[some], self._masses[some])
        ends = zip(self.low, self.high, strict=True)
        return told - sum(levels.divergence_between(a, b, k, n) for a, b in ends)


def _missed(low: float, high: float, k: float, n: float) -> Reals:
    """Return the chances that a threshold lies below and above two log-odds."""
    mode, _ = levels.spread(k, n)
    ends = np.exp(levels.log_density(np.array([low, high]), k, n))
    ends /= np.array([n - k, k + 1.0])
    ends = np.where([low < mode, high > mode], np.minimum(ends, 1.0), 1.0)
    # The gain vanishes below like the probability there.
    ends[0] *= math.exp(min(low, 0.0))
    return ends
