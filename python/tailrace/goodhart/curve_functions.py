"""From log-odds that are a curve, and from a density, to the functions of a law."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np

from ..laws.base import Law, Reals
from ..outside import FARTHEST
from .curves import Curve, curves_of, nodes_between, resolved
from .proxy import ProxyCurve
from .quadrature import NODES, PLACES, TO_SERIES
from .sides import STEPS, log_weight, side_of

# E-folds across a panel at most, so that parts of its integral keep their digits.
_STEEPEST = 6.0
# Below that share of the largest, in e-folds, no mass is looked for.
_DEEPEST = 760.0
_MOST_PANELS = 4000


class CurveFunctions:
    """The functions of a law whose log-odds are a curve: see outside.Functions.

    Attributes
    ----------
    odds : Curve
        Log-odds over a coordinate s.
    """

    def __init__(
        self,
        odds: Curve,
        support: tuple[float, float],
        at: Callable[[Reals], Reals],
        place_of: Callable[[Reals], Reals],
        odds_of: Callable[[Reals], Reals],
        log_slope: Callable[[Reals, Reals], Reals],
        bends: list[float],
        early: tuple[bool, bool] = (False, False),
    ) -> None:
        self.odds = odds
        self.support = support
        low, high = odds.at_cuts[[0, -1]]
        ends = -float(low), float(high)
        # Beyond an early end all values are the end of the support, to rounding.
        known = [
            FARTHEST if at_end else min(e, FARTHEST)
            for e, at_end in zip(ends, early, strict=True)
        ]
        self.ends = known[0], known[1]
        self._at, self._place_of, self._odds_of = at, place_of, odds_of
        self._log_slope = log_slope
        self._bends = bends

    def log_tails(self, x: Reals) -> tuple[Reals, Reals]:
        """Return log P(X <= x) and log P(X > x)."""
        odds = self._odds_of(x)
        lower, upper = -np.logaddexp(0.0, -odds), -np.logaddexp(0.0, odds)
        low, high = self.support
        lower = np.where(x <= low, -math.inf, np.where(x >= high, 0.0, lower))
        upper = np.where(x <= low, 0.0, np.where(x >= high, -math.inf, upper))
        return lower, upper

    def logpdf(self, x: Reals) -> Reals:
        """Return the logarithm of the density."""
        s = self._place_of(x)
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.log(self.odds.slope(s)) - self._log_slope(x, s)
        found: Reals = log_weight(self.odds(s)) + slope
        low, high = self.support
        inside = (x >= low) & (x <= high) & ~np.isnan(found)
        return np.where(inside, found, -math.inf)

    def quantile(self, upper: bool, clocks: Reals) -> Reals:
        """Return the value beyond which, or up to which, e^-clock of the mass lies."""
        with np.errstate(divide="ignore"):
            odds = clocks + np.log(-np.expm1(-clocks))
        return self._at(self.odds.inverse(odds if upper else -odds))

    def kinks(self) -> list[float]:
        """Return clocks at which the inverse hazard is not smooth."""
        odds = self.odds(np.array(self._bends)) if self._bends else np.empty(0)
        return sorted({float(c) for c in np.logaddexp(0.0, odds) if c > 0.0})


def functions_of_proxy(curve: ProxyCurve) -> CurveFunctions:
    """Return the functions of the proxy."""
    curve.reaching(-FARTHEST, FARTHEST)
    odds = curve.odds
    # What is not known at the very ends, as within rounding of the first atom, is left out.
    known = np.flatnonzero(np.isfinite(odds.values).all(axis=1))
    if known.size and known[-1] - known[0] + 1 < odds.values.shape[0]:
        first, last = int(known[0]), int(known[-1]) + 1
        odds = Curve(odds.cuts[first : last + 1], odds.values[first:last])
    return CurveFunctions(
        odds,
        curve.known.support,
        curve.known.place,
        curve.s_of,
        curve.odds_of,
        curve.log_slope,
        curve.bends,
        (curve.ends_early(0), curve.ends_early(1)),
    )


def functions_of(
    base: Law,
    log_w: Callable[[Reals], Reals],
    seeds: list[float],
    bends: list[float],
    depth: float = _DEEPEST,
) -> CurveFunctions:
    """Return the functions of a law whose density is that of another times e^log_w.

    Parameters
    ----------
    base : Law
        The other law, without atoms.
    log_w : callable
        From values to the logarithm of the weight, up to a constant.
    seeds : list of float
        Values around which the weight changes, as dense as it does.
    bends : list of float
        Values at which it jumps or bends.
    depth : float
        E-folds below the largest mass up to which to look for more.
    """

    def at(s: Reals) -> Reals:
        return np.asarray(base.inverse_hazard(np.logaddexp(0.0, s)))

    def place_of(x: Reals) -> Reals:
        lower, upper = np.asarray(base.logcdf(x)), np.asarray(base.logsf(x))
        with np.errstate(invalid="ignore"):
            odds: Reals = lower - upper
        return odds

    def log_slope(x: Reals, s: Reals) -> Reals:
        slope: Reals = log_weight(s) - np.asarray(base.logpdf(x))
        return slope

    def log_mass(s: Reals) -> Reals:
        mass = log_w(at(s)) + log_weight(s)
        return np.where(np.isnan(mass), -math.inf, mass)

    turns = [float(place_of(np.array(x))) for x in bends]
    starts = turns + [float(place_of(np.array(x))) for x in seeds]
    up, down = side_of(base).ends()
    edges = np.array([-down, *(-s for s in STEPS[:0:-1]), *STEPS, up])
    known = (np.abs(at(edges)) < 1e290) & (edges >= -down) & (edges <= up)
    edges = edges[known]
    edges = np.unique([*edges, *(b for b in starts if edges[0] < b < edges[-1])])
    odds, hard = _log_odds(log_mass, edges, depth)
    low, high = odds.cuts[[0, -1]]
    support = [
        float(at(np.array(cut))) if no_more else end
        for cut, no_more, end in zip((low, high), hard, base.support, strict=True)
    ]
    inner = [b for b in turns if low < b < high]
    inner += [math.log(math.expm1(c)) for c in base._kinks() if 0.0 < c < 700.0]
    early = tuple(
        math.isfinite(end) and abs(float(x) - end) <= 1e-12 * abs(end)
        for x, end in zip(at(odds.cuts[[0, -1]]), support, strict=True)
    )
    return CurveFunctions(
        odds,
        (support[0], support[1]),
        at,
        place_of,
        lambda x: odds(place_of(x)),
        log_slope,
        inner,
        (early[0], early[1]),
    )


def _log_odds(
    log_mass: Callable[[Reals], Reals], edges: Reals, depth: float
) -> tuple[Curve, tuple[bool, bool]]:
    """Return the log-odds of a law with the density e^log_mass, up to a factor.

    And whether there is no mass at all right beyond its ends.
    """
    top = float(log_mass(nodes_between(edges).ravel()).max())

    def values(s: Reals) -> tuple[Reals, Reals]:
        found = log_mass(s.ravel()).reshape(s.shape)
        peak = found.max(axis=1)
        with np.errstate(invalid="ignore"):
            spread = peak - found.min(axis=1)
        # A steep panel is none that has settled; one without mass is.
        # And on a narrow one an error weighs less.
        fine = np.minimum(1e-9 / np.minimum(np.ptp(s, axis=1), 1.0), 1e-6)
        allowed = np.where(spread > _STEEPEST, 0.0, fine)
        allowed = np.where(peak < top - depth - _STEEPEST, math.inf, allowed)
        return found[None], allowed[None]

    pairs = list(itertools.pairwise(edges.tolist()))
    panels = sorted(resolved(pairs, values, _MOST_PANELS), key=lambda panel: panel[0])
    # A panel that holds the very end of the mass is narrower than rounding.
    least = top - depth - _STEEPEST
    full = [
        i
        for i, (_, _, found) in enumerate(panels)
        if found.max() > least and found.min() > -math.inf
    ]
    (mass,) = curves_of(panels[full[0] : full[-1] + 1])
    # Where there is no mass at all right beyond an end, log-odds have a logarithm there.
    ends = mass.cuts[[0, -1]]
    step = 1e-9 * (1.0 + np.abs(ends)) * np.array([-1.0, 1.0])
    hard = log_mass(ends + step) == -math.inf
    cuts = mass.cuts
    grades = 0.5 ** np.arange(1.0, 50.0)
    if hard[0]:
        cuts = np.union1d(cuts, cuts[0] + (cuts[1] - cuts[0]) * grades)
    if hard[1]:
        cuts = np.union1d(cuts, cuts[-1] - (cuts[-1] - cuts[-2]) * grades)
    if hard.any():
        mass = Curve(cuts, log_mass(nodes_between(cuts).ravel()).reshape(-1, NODES))
    # Elsewhere the mass goes on to fall as it does there.
    with np.errstate(divide="ignore", invalid="ignore"):
        signs = np.array([1.0, -1.0])
        rest = mass(ends) - np.log(signs * mass.slope(ends))
    rest = np.nan_to_num(rest, nan=-math.inf, neginf=-math.inf)
    rest[hard] = -math.inf
    return _odds_of_mass(mass, rest, top), (bool(hard[0]), bool(hard[1]))


def _odds_of_mass(mass: Curve, rest: Reals, top: float) -> Curve:
    """Return log-odds from the logarithm of a density, and what lies beyond its ends."""
    low, high = mass.cuts[:-1, None], mass.cuts[1:, None]
    # Within a gap there is nothing.
    gap = mass.values.min(axis=1) == -math.inf
    mass.values[gap] = -math.inf
    peak = np.maximum(mass.values.max(axis=1, keepdims=True), top - 2.0 * _DEEPEST)
    series = (np.exp(mass.values - peak) @ TO_SERIES).T
    half = 0.5 * (high - low)
    legendre = np.polynomial.legendre
    integral = legendre.legint(series, lbnd=-1)
    from_low = legendre.legval(PLACES, integral) * half
    to_high = -legendre.legval(PLACES, legendre.legint(series, lbnd=1)) * half
    whole = legendre.legval(1.0, integral) * half[:, 0]
    # Rounding may leave less than nothing at the first node, or the last.
    from_low, to_high = np.maximum(from_low, 0.0), np.maximum(to_high, 0.0)
    with np.errstate(divide="ignore"):
        logs = np.log(whole) + peak[:, 0]
        before = np.logaddexp.accumulate(np.append(rest[0], logs))[:-1]
        after = np.logaddexp.accumulate(np.append(rest[1], logs[::-1]))[-2::-1]
        lower = np.logaddexp(before[:, None], np.log(from_low) + peak)
        upper = np.logaddexp(after[:, None], np.log(to_high) + peak)
    return Curve(mass.cuts, lower - upper)
