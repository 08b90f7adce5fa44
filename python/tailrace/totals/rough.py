"""Quantiles: Newton's iteration from a coarse table, which grows as it is asked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..laws.base import Reals

if TYPE_CHECKING:
    from .functions import TotalFunctions

#: Clocks of either tail up to which totals are known, as long as doubles hold them.
FARTHEST = 120.0

#: Farther away one value alone is as large as the total.
LAST = 1e280

_SETTLED = 2e-14

# Up to this clock of a tail the bulk knows it.
_BULK = 3.0

# How often places are put between others.
_HALVINGS = 12


class Rough:
    """A coarse table of a law, to start Newton's iteration from; it grows as needed.

    Distances are y = unit * sinh(v) around the center and, below it, such that those from
    the lower end keep their digits however small; exp(v) where there is no center.
    """

    def __init__(self, of: TotalFunctions) -> None:
        self.of = of
        self.lowest = of.total.lowest
        self.centred = self.lowest < 0.0
        self.two_sided = math.isinf(self.lowest)
        self.unit = 1.0 / of.total.scale
        far = math.log(LAST) - math.log(self.unit)
        self.most = far + math.log(2.0) if self.centred else far
        self.v = np.empty(0)
        self.lower = np.empty(0)
        self.upper = np.empty(0)

    @property
    def bulk(self) -> bool:
        """Whether there is a method for all but the tails."""
        return self.of.total.single or self.of.total.grid is not None

    def place(self, v: Reals) -> tuple[Reals, Reals]:
        """Return distances from the center and from the lower end."""
        with np.errstate(over="ignore", invalid="ignore"):
            if not self.centred:
                x = self.unit * np.exp(v)
                return x, x
            step = self.unit * np.sinh(v)
            if self.two_sided:
                return step, step
            shrink = np.exp(np.minimum(step, 0.0) / -self.lowest)
            below = self.lowest * -np.expm1(np.minimum(step, 0.0) / -self.lowest)
            y = np.where(v < 0.0, below, step)
            x = np.where(v < 0.0, -self.lowest * shrink, step - self.lowest)
        return y, x

    def slope(self, v: Reals, x: Reals) -> Reals:
        """Return the derivative of the distance."""
        if not self.centred:
            return x
        with np.errstate(over="ignore", invalid="ignore"):
            steep = self.unit * np.cosh(v)
            if self.two_sided:
                return steep
            return np.where(v < 0.0, steep * x / -self.lowest, steep)

    def _add(self, v: Reals, wanted: float = 0.01) -> None:
        found = self.of.values(*self.place(v), wanted=wanted)
        good = np.isfinite(found.lower + found.upper) | (found.error == 0.0)
        good &= ~(found.error > 0.5)
        self.v = np.concatenate([self.v, v[good]])
        self.lower = np.concatenate([self.lower, found.lower[good]])
        self.upper = np.concatenate([self.upper, found.upper[good]])
        order = np.argsort(self.v)
        self.v, self.lower, self.upper = (
            a[order] for a in (self.v, self.lower, self.upper)
        )

    def reach(self, upper: bool, clock: float) -> None:
        """Let the table reach a clock of a tail, if the law is known that far."""
        if self.v.size == 0:
            # By the bulk alone, as far as it goes, where there is one.
            self._add(np.arange(-3.0, 3.5, 0.5), math.inf if self.bulk else 0.01)
        # The bulk needs no methods for tails, where there is one.
        easy = clock <= _BULK and self.bulk
        wanted = math.inf if easy else 0.01
        self._reach(upper, clock, wanted)
        self._fill(upper, clock, wanted)

    def _fill(self, upper: bool, clock: float, wanted: float) -> None:
        """Add places between those whose clocks are far apart."""
        for _ in range(_HALVINGS):
            clocks = -self.upper if upper else -self.lower
            near, far = clocks[:-1], clocks[1:]
            if not upper:
                near, far = far, near
            gap = (near < clock) & (far > np.maximum(near + 2.0, 1.5 * near))
            gap &= np.diff(self.v) > 1e-6
            count = self.v.size
            if gap.any():
                self._add(0.5 * (self.v[:-1] + self.v[1:])[gap], wanted)
            if self.v.size == count:
                return

    def _reach(self, upper: bool, clock: float, wanted: float) -> None:
        step = 1.0
        for _ in range(60):
            if upper:
                if -self.upper[-1] >= clock:
                    return
                start = self.v[-1]
                more = start + step * np.arange(1.0, 5.0)
            else:
                if -self.lower[0] >= clock:
                    return
                start = self.v[0]
                more = start - step * np.arange(4.0, 0.0, -1.0)
            more = np.unique(np.clip(more, -self.most, self.most))
            more = more[more > start] if upper else more[more < start]
            count = self.v.size
            if more.size:
                self._add(more, wanted)
            if self.v.size > count:
                step *= 1.5
            elif step > 1e-6:
                # Nothing is known so far out, but perhaps nearer.
                step *= 0.25
            else:
                return

    def end(self, upper: bool) -> float:
        """Return the largest clock of a tail at which the law is known."""
        self.reach(upper, FARTHEST)
        last = -self.upper[-1] if upper else -self.lower[0]
        return float(min(last, FARTHEST))

    def solve(self, upper: NDArray[np.bool_], clocks: Reals) -> tuple[Reals, Reals]:
        """Return distances at clocks of tails, by Newton's iteration in brackets.

        NaN where the law is not known so far out.
        """
        for side in (False, True):
            # Past the middle in any case: what is asked may lie on either side of it.
            self.reach(side, float(clocks[upper == side].max(initial=1.0)))
        low, high, v = self._brackets(upper, clocks)
        middle = float(
            np.interp(-math.log(2.0), np.maximum.accumulate(self.lower), self.v)
        )
        open_ = np.flatnonzero(low < high)
        miss = np.zeros(v.size)
        for _ in range(60):
            if open_.size == 0:
                break
            y, x = self.place(v[open_])
            found = self.of.values(y, x)
            own = np.where(upper[open_], found.upper, found.lower)
            short = own + clocks[open_]
            # Positive where v is too small, whichever tail is asked.
            short = np.where(upper[open_], short, -short)
            # What is unknown is too far out, to its side of the middle.
            out = np.where(v[open_] < middle, math.inf, -math.inf)
            short = np.where(found.error < 0.5, short, out)
            miss[open_] = np.abs(short) / clocks[open_]
            rising = short > 0.0
            low[open_] = np.where(rising, v[open_], low[open_])
            high[open_] = np.where(rising, high[open_], v[open_])
            with np.errstate(all="ignore"):
                rate = np.exp(found.density - own) * self.slope(v[open_], x)
                step = short / rate
            new = v[open_] + step
            wild = ~((new > low[open_]) & (new < high[open_]))
            new = np.where(wild, 0.5 * (low[open_] + high[open_]), new)
            there = np.abs(short) <= _SETTLED * np.maximum(clocks[open_], 1.0)
            new = np.where(there, v[open_], new)
            moved = np.abs(new - v[open_])
            v[open_] = new
            open_ = open_[moved > _SETTLED * np.maximum(np.abs(new), 0.1)]
        y, x = self.place(v)
        known = np.where(upper, -self.upper[-1], -self.lower[0])
        # Of data the law has steps, at which nothing need be hit.
        most = math.inf if self.of.has_atoms else 1e-6
        gone = (miss > most) | (clocks > known * (1.0 + 1e-9))
        y[gone] = x[gone] = math.nan
        return y, x

    def _brackets(
        self, upper: NDArray[np.bool_], clocks: Reals
    ) -> tuple[Reals, Reals, Reals]:
        falling = np.maximum.accumulate(-self.upper)
        rising = np.maximum.accumulate(self.lower)
        v = np.where(
            upper,
            np.interp(clocks, falling, self.v),
            np.interp(-clocks, rising, self.v),
        )
        place = np.where(
            upper,
            np.searchsorted(falling, clocks),
            np.searchsorted(rising, -clocks),
        )
        last = self.v.size - 1
        # The table is rough: the place may be in the cell before or after.
        low = self.v[np.clip(place - 2, 0, last)]
        high = self.v[np.clip(place + 1, 0, last)]
        return low, high, v
