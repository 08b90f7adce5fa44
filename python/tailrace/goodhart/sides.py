"""A law as quadrature sees it: points by log-odds, tails, and what lies beyond."""

from __future__ import annotations

import math
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from ..derived import Derived
from ..laws.base import Law, Reals
from ..laws.formulas import LOG_2
from ..mixture import Mixture
from ..outside import Tabulated
from .curves import Curve, nodes_between
from .quadrature import PLACES, TO_SERIES, Integers

#: Where panels end, in log-odds.
STEPS = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0)
#: The last log-odds: of an upper tail, which is known by its hazard, and of a lower one,
#: whose masses are doubles.
LAST = (744.0, 700.0)
# Beyond, squares and sums of values leave the doubles.
_LARGEST = 1e290
# Laws known by polynomials of their log-odds, or from elsewhere, are not smooth to the
# last digit.
_NOISE = {"SumOf": 2e-10, "SelectedLaw": 2e-10, "ScipyLaw": 1e-12, "Stable": 1e-12}
# Panels of a table over the clock: narrow, for a sum that falls by e^-1 a clock.
_STEP = 4.0
_FIRST = np.array([LOG_2, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0])


def log_weight(s: Reals) -> Reals:
    """Return log dF/ds at the log-odds s = log F - log(1 - F)."""
    size = np.abs(s)
    weight: Reals = -size - 2.0 * np.log1p(np.exp(-size))
    return weight


class Side:
    r"""A law without atoms, or minus it: a variable Y looked at from above.

    A point is addressed by its log-odds s, with P(Y <= y) / P(Y > y) = e^s. All else
    is in logarithms, so that no probability is too small.

    Attributes
    ----------
    law : Law
        The law.
    sign : float
        1, or -1 for minus the variable.
    opposite : Side
        That of minus the variable.
    mean, mean_error : float
        E[Y], infinite or NaN where there is none, and how far it may be off.
    noise : float
        What is wrong with its tails from one point to the next, relative.
    median, scale : float
        The middle, and the width of the middle half.
    kinks : ndarray
        Values at which the tail is not smooth: finite ends of the support, and others
        that the law knows.
    """

    def __init__(self, law: Law, sign: float = 1.0, opposite: Side | None = None):
        self.law, self.sign = law, sign
        self.noise = _NOISE.get(type(getattr(law, "base", law)).__name__, 0.0)
        middle = self.at(np.array([-math.log(3.0), 0.0, math.log(3.0)]))
        self.median = float(middle[1])
        self.scale = float(middle[2] - middle[0])
        up, down = self.ends()
        # Where the mass is a subnormal double it has few digits, or none.
        self._least = -up - 6.0 if up < LAST[0] else -math.inf
        edges = np.array([-down, *(-s for s in STEPS[:0:-1]), *STEPS, up])
        points = self.at(edges)
        known = np.abs(points) < _LARGEST  # NaN is not
        last = np.array([self._last(edges, known, step) for step in (-1, 1)])
        self._edges = np.unique([*edges[known], *last[np.isfinite(last)]])
        self._points = self.at(self._edges)
        inner = [float(law.inverse_hazard(clock)) for clock in law._kinks()]
        ends = [*law.support, *inner]
        self.kinks = np.unique([sign * x for x in ends if math.isfinite(x)])
        self.opposite = Side(law, -sign, self) if opposite is None else opposite

    def ends(self) -> tuple[float, float]:
        """Return the log-odds up and down to which the law is known."""
        up, down = LAST
        base = getattr(self.law, "base", self.law)
        if isinstance(base, Tabulated) and not isinstance(base, Mixture):
            lower, upper = base._functions.ends
            up, down = min(up, upper), min(down, lower)
        return (up, down) if self.sign > 0.0 else (down, up)

    def _last(self, edges: Reals, known: NDArray[np.bool_], step: int) -> float:
        """Return how far values are doubles, past the last edge that is one; or NaN."""
        place = np.flatnonzero(known)[-1 if step > 0 else 0] + step
        if not 0 <= place < edges.size:
            return math.nan
        low, high = edges[place - step], edges[place]
        for _ in range(40):
            middle = 0.5 * (low + high)
            fine = abs(float(self.at(np.array([middle]))[0])) < _LARGEST
            low, high = (middle, high) if fine else (low, middle)
        return float(low)

    @cached_property
    def edges(self) -> Reals:
        """Log-odds at which panels end; the mean is among them."""
        return self._edges_and_points[0]

    @cached_property
    def points(self) -> Reals:
        """The values at the edges."""
        return self._edges_and_points[1]

    @cached_property
    def _edges_and_points(self) -> tuple[Reals, Reals]:
        edges, points = self._edges, self._points
        if math.isfinite(self.mean) and points[0] < self.mean < points[-1]:
            place = float(self.odds(np.array([self.mean]))[0])
            if np.abs(edges - place).min() > 1e-9:
                i = int(np.searchsorted(edges, place))
                edges = np.insert(edges, i, place)
                points = np.insert(points, i, self.mean)
        return edges, points

    @property
    def end(self) -> float:
        """Upper end of the support."""
        low, high = self.law.support
        return high if self.sign > 0 else -low

    @cached_property
    def spiked(self) -> bool:
        """Whether the density is infinite at a finite upper end."""
        if not math.isfinite(self.end):
            return False
        near, nearer = self.log_density(self.at(np.array([30.0, 60.0])))
        return bool(nearer > near + 0.05)

    @property
    def tail_index(self) -> float:
        """Index of the tail above."""
        law = self.law
        return law.tail_index if self.sign > 0 else law._lower_tail_index

    def at(self, s: Reals) -> Reals:
        """Return the values at log-odds."""
        clock = np.logaddexp(0.0, self.sign * s)
        return self.sign * np.asarray(self.law.inverse_hazard(clock))

    def at_nodes(self, place: Integers, s: Reals) -> Reals:
        """Return the values at log-odds s of panels: known where these have a place."""
        known = place >= 0
        y = np.empty(s.shape)
        y[known] = self.nodes[place[known]]
        y[~known] = self.at(s[~known])
        return y

    def log_beyond(self, y: Reals) -> Reals:
        """Return log P(Y > y)."""
        law = self.law
        beyond = np.asarray(law.logsf(y) if self.sign > 0 else law.logcdf(-y))
        if self._least == -math.inf:
            return beyond
        return np.where(beyond > self._least, beyond, -math.inf)

    def log_density(self, y: Reals) -> Reals:
        """Return the logarithm of the density."""
        return np.asarray(self.law.logpdf(self.sign * y))

    def odds(self, y: Reals) -> Reals:
        """Return the log-odds of values."""
        beyond = self.log_beyond(y)
        upper = beyond <= -LOG_2
        with np.errstate(divide="ignore", invalid="ignore"):
            s: Reals = -beyond + np.log(-np.expm1(beyond))
            if not upper.all():
                up_to = self.opposite.log_beyond(-y[~upper])
                s[~upper] = up_to - np.log(-np.expm1(up_to))
        return s

    # What the variable exceeds its median and its mean by, beyond a point.

    @cached_property
    def mean(self) -> float:
        """E[Y]: by formula where there is one, so that a 0 is a 0."""
        law = self.law
        if _has_formula(law):
            return self.sign * float(law.mean())
        missing = law._missing_mean("mean")
        if missing is not None:
            return self.sign * float(missing)
        return self.median + 0.5 * (self._surplus - self.opposite._surplus)

    @cached_property
    def mean_error(self) -> float:
        """How far the mean may be off by rounding; 0 where there is none."""
        if not math.isfinite(self.mean):
            return 0.0
        if _has_formula(self.law):
            return 2.0**-52 * abs(self.mean)
        return 2.0**-50 * (self._surplus + self.opposite._surplus + abs(self.median))

    @property
    def _surplus(self) -> float:
        """E[Y - median | Y > median]."""
        start = np.polynomial.legendre.legval(-1.0, self._excess.series[0])
        return math.exp(float(start)) * self.scale

    @cached_property
    def _excess(self) -> Curve:
        """Log of E[Y - median | Y > y] / (y - median + scale) over clocks from log 2.

        The ratio is smooth for light and heavy tails alike; its logarithm also where it
        falls by many powers of ten within a panel. A panel's share of the mean
        is the integral of its series; beyond the last point the tail is a power, or
        one of constant hazard rate.
        """
        top = float(self._edges[-1])
        cuts = np.concatenate([_FIRST, np.arange(12.0, top, _STEP), [top]])
        kinks = -self.log_beyond(self.kinks)
        cuts = np.unique([*cuts, *kinks[(kinks > LOG_2) & (kinks < top)]])
        cuts = cuts[np.append(True, np.diff(cuts) > 1e-12 * cuts[1:])]
        low, width = cuts[:-1, None], np.diff(cuts)[:, None]
        clock = nodes_between(cuts)
        above = self.at(clock + np.log(-np.expm1(-clock))) - self.median
        series = (above * np.exp(low - clock)) @ TO_SERIES
        integral = np.polynomial.legendre.legint(series.T, lbnd=-1)
        part = 0.5 * width * np.polynomial.legendre.legval(PLACES, integral)
        whole = 0.5 * width[:, 0] * np.polynomial.legendre.legval(1.0, integral)
        # From the last panel back: what lies beyond each, relative to P there.
        index = self.tail_index
        rest = np.empty(cuts.size)
        rest[-1] = self._points[-1] - self.median
        if math.isfinite(index):
            rest[-1] *= index / (index - 1.0)
        elif self.end == math.inf:
            with np.errstate(over="ignore"):
                mean = np.exp(-top - self.log_density(self._points[-1:]))[0]
            rest[-1] += mean if math.isfinite(mean) else 0.0
        shrink = np.exp(-width[:, 0])
        for i in range(cuts.size - 2, -1, -1):
            rest[i] = whole[i] + shrink[i] * rest[i + 1]
        beyond = (rest[:-1, None] - part) * np.exp(clock - low)
        with np.errstate(divide="ignore", invalid="ignore"):
            return Curve(cuts, np.log(beyond / (above + self.scale)))

    def log_excess(self, y: Reals, log_beyond: Reals) -> Reals:
        """Return log E[Y - mean; Y > y] for y from the median up, with P(Y > y) known."""
        ratio = np.exp(self._excess(-log_beyond))
        with np.errstate(divide="ignore", invalid="ignore"):
            above = ratio * (y - self.median + self.scale) - (self.mean - self.median)
            excess: Reals = log_beyond + np.log(above)
        return np.where(log_beyond == -math.inf, -math.inf, excess)

    def log_excess_anywhere(self, y: Reals) -> Reals:
        """Return log E[Y - mean; Y > y]: below the median, that of the other side."""
        beyond = self.log_beyond(y)
        upper = beyond <= -LOG_2
        result = self.log_excess(y, beyond)
        if not upper.all():
            mirrored = -y[~upper]
            other = self.opposite
            result[~upper] = other.log_excess(mirrored, other.log_beyond(mirrored))
        return result

    # Nodes of the panels between the edges.

    @cached_property
    def nodes(self) -> Reals:
        """Values at the nodes of every panel, of shape (panels, NODES)."""
        return self.at(self._node_odds)

    @property
    def _node_odds(self) -> Reals:
        return nodes_between(self.edges)

    def log_lever(self, s: Reals, y: Reals) -> Reals:
        """Return log of E[Y - mean; Y > y] dy/ds."""
        with np.errstate(invalid="ignore"):
            lever: Reals = self.log_excess_anywhere(y) + log_weight(s)
            lever = lever - self.log_density(y)
        return np.where(np.isnan(lever), -math.inf, lever)

    @cached_property
    def levers(self) -> Reals:
        """`log_lever` at the nodes of every panel."""
        return self.log_lever(self._node_odds, self.nodes)

    @cached_property
    def largest_excess(self) -> Reals:
        """Largest logarithm of E[Y - mean; Y > y] in every panel."""
        ends = self.log_excess_anywhere(self.points)
        largest = np.maximum(ends[:-1], ends[1:])
        around = (self.points[:-1] < self.mean) & (self.mean < self.points[1:])
        peak = self.log_excess_anywhere(np.array([self.mean]))
        return np.where(around, peak, largest)


def _has_formula(law: Law) -> bool:
    """Return whether the mean of a law comes from a formula, not from quadrature."""
    if isinstance(law, Derived):
        return all(s[0] == "scaled" for s in law.steps) and _has_formula(law.base)
    return type(law)._mean is not Law._mean


@lru_cache(maxsize=64)
def side_of(law: Law) -> Side:
    """Return the side of a law, kept: its tables serve every model that holds it."""
    return Side(law)
