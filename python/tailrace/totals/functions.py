"""What a total knows of itself: probabilities at times, and times at probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .. import laws
from ..laws.base import Law, Reals
from ..variants import Restarted
from .continued import continued
from .datalaws import DataTransform, data_of
from .grid import MOST, Grid, Halves
from .restarts import RestartedTransform
from .sums import Sum, Terms
from .transform import Transform
from .twosided import TwoSided
from .values import Values, values

#: Clocks of either tail up to which totals are known, as long as doubles hold them.
FARTHEST = 120.0

# Farther away one value alone is as large as the total.
_LAST = 1e280

_SETTLED = 2e-14


# Where numbers overflow or are none, estimates of errors say so.
_silent = np.errstate(all="ignore")


@lru_cache(maxsize=128)
@_silent
def terms_of(law: Law) -> Terms:
    """Return a law ready to be added up; laws that were asked for lately are kept."""
    data = data_of(law)
    if data is not None:
        unit = float(law.inverse_hazard(math.log(2.0))) - float(data.values[0])
        longest = float(data.values[-1] - data.values[0])
        return Terms(DataTransform(data, min(unit, longest) or longest or 1.0))
    if not math.isfinite(law.support[0]):
        middle = law.median()
        above = continued(law.beyond(middle))
        below = continued((-law).beyond(-middle))
        unit = float(law.isf(0.25)) - middle
        return Terms(TwoSided(above, below, float(law.sf(middle)), unit))
    unit = float(law.inverse_hazard(math.log(2.0))) - law.support[0]
    if isinstance(law, Restarted):
        return Terms(RestartedTransform(law, unit))
    return Terms(Transform(continued(law), unit))


def _mean_beyond_start(law: Law, transform: Transform) -> Fraction:
    """Return the mean, as exactly as it is known."""
    if isinstance(law, laws.Pareto):
        return Fraction(law.scale) / (Fraction(law.shape) - 1)
    if transform.centred:
        return Fraction(transform.mean)
    return Fraction(float(law.mean())) - Fraction(transform.law.start)


class TotalFunctions:
    """The functions of the sum of independent values: see outside.Functions.

    Attributes
    ----------
    total : Sum
        The transforms.
    start : Fraction
        Lower end of the support.
    origin : Fraction
        What times are counted from: 0, or the center.
    """

    @_silent
    def __init__(self, parts: Sequence[tuple[Law, int]], centred: bool) -> None:
        self.parts = tuple(parts)
        groups = [(n, terms_of(law)) for law, n in parts]
        #: Whether there is no density.
        self.of_data = all(data_of(law) is not None for law, _ in parts)
        self.start = sum(
            (n * Fraction(t.transform.law.start) for n, t in groups), Fraction(0)
        )
        center = mean = self.start
        for (law, n), (_, terms) in zip(parts, groups, strict=True):
            if terms.transform.centred:
                center += n * _mean_beyond_start(law, terms.transform)
            if centred:
                mean += n * _mean_beyond_start(law, terms.transform)
        self.center = center
        self.origin = mean if centred else Fraction(0)
        self._ends: tuple[float, float] | None = None
        self.mirror: Sum | None = None
        if any(t.transform.two_sided for _, t in groups):
            self.support = -math.inf, math.inf
            self.total = Sum(groups, center, -math.inf, math.inf)
            mirrored = [(n, terms_of(-law)) for law, n in parts]
            self.mirror = Sum(mirrored, -center, -math.inf, math.inf)
        else:
            length = math.fsum(n * t.transform.law.end for n, t in groups)
            lowest = float(self.start - center)
            self.total = Sum(groups, center, lowest, lowest + length)
            low = float(self.start - self.origin)
            self.support = low, low + length
        self.total.grid = self._grid()
        self._rough = _Rough(self)

    def _grid(self) -> Grid | Halves | None:
        """Return the law of a sum of few data on a lattice."""
        law, n = self.parts[0]
        data = data_of(law) if len(self.parts) == 1 and n <= MOST else None
        if data is None:
            return None
        if Halves.fits(data, n):
            return Halves(data, n)
        length = min(60.0 / self.total.scale, self.support[1] - self.support[0])
        if self.total.lowest < 0.0:
            length = min(length - self.total.lowest, self.support[1] - self.support[0])
        return Grid(data, n, length)

    @_silent
    def values(self, y: Reals, x: Reals, wanted: float | None = None) -> Values:
        """Return everything at distances from the center and from the lower end."""
        if self.mirror is None:
            return values(self.total, y, x, wanted)
        # Each side by the law that has it as its upper one.
        x = np.full(y.size, math.inf)
        below = y < 0.0
        found = values(self.total, np.abs(y), x, wanted)
        if below.any():
            other = values(self.mirror, np.abs(y), x, wanted)
            return Values(
                np.where(below, other.upper, found.lower),
                np.where(below, other.lower, found.upper),
                np.where(below, other.density, found.density),
                np.where(below, other.error, found.error),
                np.where(below, other.method, found.method),
            )
        return found

    # From times to distances from the center and from the lower end, and back.

    def distances(self, t: Reals) -> tuple[Reals, Reals]:
        """Return how far times lie from the center, and from the lower end."""
        return _less(t, self.center - self.origin), _less(t, self.start - self.origin)

    def times(self, y: Reals, x: Reals) -> Reals:
        """Return the times at distances: from whichever is known to more digits."""
        from_center = _less(y, self.origin - self.center)
        if self.mirror is not None:
            return from_center
        near = x < -0.5 * self.total.lowest
        return np.where(near, _less(x, self.origin - self.start), from_center)

    def at(self, t: Reals) -> Values:
        """Return everything at times."""
        y, x = self.distances(t)
        found = self.values(np.clip(y, -_LAST, _LAST), np.minimum(x, _LAST))
        far = (y > _LAST) & math.isinf(self.support[1])
        if far.any():
            # So far out there is one large value, to the last digit.
            upper, density = self._one_large(t[far])
            found.upper[far], found.density[far] = upper, density
            found.lower[far], found.error[far] = -np.exp(upper), 1e-15
        return found

    def _one_large(self, t: Reals) -> tuple[Reals, Reals]:
        logs = [
            (math.log(n) + np.asarray(law.logsf(t)), math.log(n) + law.logpdf(t))
            for law, n in self.parts
        ]
        upper, density = (np.logaddexp.reduce(part) for part in zip(*logs, strict=True))
        return upper, density

    # As a law outside the core.

    @property
    def ends(self) -> tuple[float, float]:
        """Largest clocks of the lower and the upper tail at which the law is known."""
        if self._ends is None:
            self._ends = self._rough.end(False), self._rough.end(True)
        return self._ends

    def log_tails(self, t: Reals) -> tuple[Reals, Reals]:
        """Return log P(T <= t) and log P(T > t)."""
        found = self.at(t)
        return found.lower, found.upper

    def logpdf(self, t: Reals) -> Reals:
        """Return the logarithm of the density."""
        return self.at(t).density

    def kinks(self) -> list[float]:
        """Return nothing: a sum is smooth, but for its ends."""
        return []

    def quantile(self, upper: bool, clocks: Reals) -> Reals:
        """Return the time beyond which, or up to which, e^-clock of the mass lies."""
        t = self.times(*self._rough.solve(np.full(clocks.shape, upper), clocks))
        far = t > 0.9 * _LAST
        if upper and far.any() and math.isinf(self.support[1]):
            # The largest value alone, of laws with the heaviest tail.
            heaviest = self.total.tail_index
            n = sum(n for law, n in self.parts if law.tail_index == heaviest)
            law = next(law for law, _ in self.parts if law.tail_index == heaviest)
            t[far] = law.inverse_hazard(clocks[far] + math.log(n))
        return t


def _less(t: Reals, origin: Fraction) -> Reals:
    """Return t - origin, as exactly as t is known."""
    high = float(origin)
    low = float(origin - Fraction(high))
    result: Reals = (t - high) - low
    return result


class _Rough:
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
        far = math.log(_LAST) - math.log(self.unit)
        self.most = far + math.log(2.0) if self.centred else far
        self.v = np.empty(0)
        self.lower = np.empty(0)
        self.upper = np.empty(0)

    def place(self, v: Reals) -> tuple[Reals, Reals]:
        """Return distances from the center and from the lower end."""
        with np.errstate(over="ignore"):
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
        with np.errstate(over="ignore"):
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
            bulk = self.of.total.single or self.of.total.grid is not None
            first = math.inf if bulk else 0.01
            self._add(np.arange(-3.0, 3.5, 0.5), first)
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
                self._add(more)
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
        """Return distances at clocks of tails, by Newton's iteration in brackets."""
        for side in (False, True):
            # Past the middle in any case: what is asked may lie on either side of it.
            self.reach(side, float(clocks[upper == side].max(initial=1.0)))
        low, high, v = self._brackets(upper, clocks)
        middle = float(
            np.interp(-math.log(2.0), np.maximum.accumulate(self.lower), self.v)
        )
        open_ = np.flatnonzero(low < high)
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
        return self.place(v)

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
