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
from .rough import LAST, Rough
from .sums import Sum, Terms
from .transform import Transform
from .twosided import TwoSided
from .values import METHODS, Values, values
from .written import Written, before_cut

# Logarithms of probabilities that are nothing, to any other.
_NEVER = -700.0

# Of laws that were cut other methods are asked where errors are larger.
_GOOD = 1e-7

# Relative errors from here on are no answers.
_VAGUE = 1e-2

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


def fits(law: Law, n: int) -> bool:
    """Return whether doubles can hold the largest of n values, in nine cases of ten."""
    if law._has_atoms:
        return True
    return 1e-250 < n * float(law.isf(0.1 / n)) < LAST or law.support[0] < 0.0


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
        for law, n in parts:
            if not fits(law, n):
                msg = f"n must leave totals that doubles can hold, got {n} of {law!r}"
                raise ValueError(msg)
        groups = [(n, terms_of(law)) for law, n in parts]
        # That of a cap is at the end.
        self.has_atoms = any(
            law._has_atoms and before_cut(law) is None for law, _ in parts
        )
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
        self._written = self._written_out()
        self._rough = Rough(self)

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
        if self._written is not None:
            return self._of_cut(self._written, y, x, wanted)
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

    def _written_out(self) -> Written | None:
        """Return the sum of values of a law that was cut, as far as it can be written."""
        law, n = self.parts[0]
        cut = before_cut(law) if len(self.parts) == 1 else None
        if cut is None or not terms_of(cut[0]).transform.law.single:
            return None
        return Written(*cut, n)

    def _of_cut(
        self, written: Written, y: Reals, x: Reals, wanted: float | None
    ) -> Values:
        wanted = self.total.wanted if wanted is None else wanted
        found = written.at(x, wanted)
        rest = np.flatnonzero(~(found.error <= max(wanted, _GOOD)))
        other = values(self.total, y[rest], x[rest], wanted)
        better = other.error < found.error[rest]
        for name in ("lower", "upper", "density", "error", "method"):
            getattr(found, name)[rest[better]] = getattr(other, name)[better]
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
        found = self.values(np.clip(y, -LAST, LAST), np.minimum(x, LAST))
        # What is as good as unknown is no number at all; of probabilities less than
        # doubles hold only the logarithm counts.
        logs = np.minimum(found.lower, found.upper)
        vague = ~(found.error < _VAGUE * np.maximum(1.0, logs / -700.0))
        for array in (found.lower, found.upper, found.density):
            array[vague] = math.nan
        found.error[vague] = math.inf
        unknown = np.isnan(found.lower) & (x > 0.0)
        if unknown.any() and self.mirror is None:
            self._bound(found, x, unknown)
        far = (y > LAST) & math.isinf(self.support[1])
        if far.any():
            # So far out there is one large value, to the last digit.
            upper, density = self._one_large(t[far])
            found.upper[far], found.density[far] = upper, density
            found.lower[far], found.error[far] = -np.exp(upper), 1e-15
        return found

    def _bound(self, found: Values, x: Reals, unknown: NDArray[np.bool_]) -> None:
        """Fill in what is unknown and so small that no value may be large.

        All values are less than the total less the starts of the others, which is often
        less likely than anything doubles hold.
        """
        logs = [
            n * np.asarray(law.logcdf(law.support[0] + x[unknown]))
            for law, n in self.parts
        ]
        most = np.sum(logs, axis=0)
        small = most < _NEVER
        place = np.flatnonzero(unknown)[small]
        found.lower[place], found.upper[place] = most[small], -np.exp(most[small])
        found.density[place], found.error[place] = -math.inf, 1.0
        found.method[place] = len(METHODS) - 1

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
        kept, atom = self.total.kept, self.total.atom
        # What is left of the upper tail may be an atom, at the end or at infinity.
        last = -math.log(-math.expm1(kept)) if kept < 0.0 else -atom
        inside = clocks < last if upper else clocks >= -kept
        t = np.full(clocks.shape, math.inf if kept < 0.0 else self.support[1])
        if inside.any():
            t[inside] = self._inside(upper, clocks[inside])
        return t

    def _inside(self, upper: bool, clocks: Reals) -> Reals:
        t = self.times(*self._rough.solve(np.full(clocks.shape, upper), clocks))
        far = ~(t <= 0.9 * LAST)
        if upper and far.any() and math.isfinite(self.total.tail_index):
            # The largest value alone, of laws with the heaviest tail.
            heaviest = self.total.tail_index
            n = sum(n for law, n in self.parts if law.tail_index == heaviest)
            law = next(law for law, _ in self.parts if law.tail_index == heaviest)
            alone = np.asarray(law.inverse_hazard(clocks[far] + math.log(n)))
            t[far] = np.where(alone > 0.5 * LAST, alone, t[far])
        return t


def _less(t: Reals, origin: Fraction) -> Reals:
    """Return t - origin, as exactly as t is known."""
    high = float(origin)
    low = float(origin - Fraction(high))
    result: Reals = (t - high) - low
    return result
