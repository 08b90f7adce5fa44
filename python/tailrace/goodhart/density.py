"""What V is worth given the value of V + X itself, by quadrature."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..laws.base import Law, Reals
from .parts import Atoms
from .quadrature import PLACES, TO_SERIES, Panels, integrate_halves
from .sides import Side, log_weight, side_of

if TYPE_CHECKING:
    from .dependent import Dependent
    from .independent import Independent

_CHUNK = 128
_ROUNDING = 2.0**-50
# A difference of smaller share than that is found in another way.
_CLOSE = 1e-4
# Rows: the density, and E[(V - c)^+] and E[(V - c)^-] times it.
_ROWS = 3


@dataclass(frozen=True, slots=True)
class At:
    """Given U = u, of shape (count,): log density, E[V] and a bound of its error."""

    log_density: Reals
    truth: Reals
    truth_error: Reals


@dataclass(frozen=True, slots=True)
class _Half:
    """The values u in halves: those of which one variable lies below its cut."""

    measure: Side
    other: Side
    u: Reals
    cut: Reals
    center: float  # what V is compared with
    is_truth: bool  # whether the measure is V

    def panels(self) -> Panels:
        side, other, u = self.measure, self.other, self.u
        cuts = [u - kink for kink in other.kinks]
        if not self.is_truth:
            cuts.append(u - self.center)
        step = other.scale
        while step < 0.5 * side.scale:
            cuts += [self.cut - step]
            cuts += [u - other.median + sign * step for sign in (-1.0, 1.0)]
            step *= 4.0
        extra = np.array(cuts).reshape(len(cuts), u.size).T
        inside = np.minimum(extra, self.cut[:, None])
        last = np.minimum(side.odds(self.cut), side.edges[-1])
        odds = np.clip(side.odds(inside), side.edges[0], last[:, None])
        fixed = np.minimum(side.edges, last[:, None])
        edges = np.sort(np.concatenate([fixed, odds], axis=1), axis=1)
        owner, j = np.nonzero(edges[:, 1:] > edges[:, :-1])
        low, high = edges[owner, j], edges[owner, j + 1]
        place = np.searchsorted(side.edges, low, side="right") - 1
        place = np.clip(place, 0, side.edges.size - 2)
        whole = (low == side.edges[place]) & (high == side.edges[place + 1])
        return Panels(owner, low, high, np.where(whole, place, -1))

    def integrands(self, panels: Panels, s: Reals) -> tuple[Reals, Reals]:
        side = self.measure
        y = side.at_nodes(panels.place, s)
        u = self.u[panels.owner][:, None]
        log_f = log_weight(s) + self.other.log_density(u - y)
        distance = (y if self.is_truth else u - y) - self.center
        rows = np.empty((_ROWS, *s.shape))
        rows[0] = log_f
        with np.errstate(divide="ignore"):
            rows[1] = log_f + np.log(np.maximum(distance, 0.0))
            rows[2] = log_f + np.log(np.maximum(-distance, 0.0))
        rows[np.isnan(rows)] = -math.inf
        return rows, np.full(s.shape[0], side.noise + self.other.noise)


def _cut(truth: Side, error: Side, u: Reals) -> Reals:
    """Return where the plane is cut: each variable has the measure near its own spikes."""
    middle = 0.5 * (truth.median + (u - error.median))
    low = u < truth.median + error.median
    spiked = truth.opposite.spiked, error.opposite.spiked
    if spiked == (True, True):
        ends = 0.5 * (-truth.opposite.end + (u + error.opposite.end))
        return np.where(low, ends, middle)
    if spiked[0]:
        return np.where(low, truth.median, middle)
    if spiked[1]:
        return np.where(low, u - error.median, middle)
    return middle


def _rows(truth: Side, error: Side, u: Reals) -> tuple[Reals, Reals]:
    """Return the rows and their errors for laws without atoms, in logarithms."""
    logs, errors = np.empty((2, _ROWS, u.size))
    upper = u >= truth.median + error.median
    spiked = [truth.spiked or error.spiked]
    spiked.append(truth.opposite.spiked or error.opposite.spiked)
    straight = np.where(upper, not spiked[0], spiked[1])
    for mine, up in ((straight, True), (~straight, False)):
        if not mine.any():
            continue
        sides = (truth, error) if up else (truth.opposite, error.opposite)
        found = _of_sides(*sides, u[mine] if up else -u[mine])
        order = [0, 1, 2] if up else [0, 2, 1]
        for rows, each in zip((logs, errors), found, strict=True):
            rows[:, mine] = each[order]
    return logs, errors


def _of_sides(truth: Side, error: Side, u: Reals) -> tuple[Reals, Reals]:
    count = u.size
    cut = _cut(truth, error, u)
    halves = (
        _Half(truth, error, u, cut, truth.mean, True),
        _Half(error, truth, u, u - cut, truth.mean, False),
    )

    floor = np.full((_ROWS, count), -math.inf)
    return integrate_halves(halves, [half.panels() for half in halves], floor)


def given_value(terms: Independent, u: Reals) -> At:
    """Return what is known given V + X = u, for independent terms."""
    found = [_chunk(terms, u[i : i + _CHUNK]) for i in range(0, u.size, _CHUNK)]
    return At(*(np.concatenate([getattr(f, n) for f in found]) for n in At.__slots__))


def _chunk(terms: Independent, u: Reals) -> At:
    logs = np.full((_ROWS, u.size), -math.inf)
    errors = logs.copy()
    center = terms.mean_truth
    for w, truth in terms.parts[0]:
        for v, error in terms.parts[1]:
            if isinstance(truth, Law) and isinstance(error, Law):
                part, bound = _rows(side_of(truth), side_of(error), u)
                own = side_of(truth).mean
            else:
                part, own = _with_atoms(truth, error, u, center), center
                bound = part + math.log(_ROUNDING)
            # Compared with the mean of all, not of this part.
            row = 1 if own > center else 2
            if own != center and math.isfinite(own):
                more = part[0] + math.log(abs(own - center))
                part[row] = np.logaddexp(part[row], more)
            logs = np.logaddexp(logs, part + math.log(w * v))
            errors = np.logaddexp(errors, bound + math.log(w * v))
    with np.errstate(invalid="ignore", over="ignore"):
        plus, minus = np.exp(logs[1:] - logs[0])
        bounds = np.exp(errors - logs[0])
    gain = plus - minus
    bound = bounds[1] + bounds[2] + (plus + minus) * (bounds[0] + _rounding(logs[0]))
    if terms.keeps_digits:
        # In the middle such a difference is what it should be.
        away = np.abs(u - _middle(terms)) > sum(terms.scales)
        close = away & (np.abs(gain) < _CLOSE * (plus + minus))
        if close.any():
            gain[close], bound[close] = _by_slope(terms, u[close], logs[0, close])
    return At(logs[0], center + gain, bound + _ROUNDING * abs(center))


def _rounding(log_f: Reals) -> Reals:
    """Return what rounding of two logarithms does to a share, which has their digits."""
    size = np.where(np.isfinite(log_f), np.abs(log_f), 0.0)
    share: Reals = _ROUNDING + 2.0**-51 * size
    return share


def _with_atoms(
    truth: Law | Atoms, error: Law | Atoms, u: Reals, center: float
) -> Reals:
    """Return the rows where one of two parts is atoms: sums over them."""
    if isinstance(truth, Atoms) and isinstance(error, Atoms):
        return np.full((_ROWS, u.size), -math.inf)  # no density
    if isinstance(truth, Atoms):
        assert isinstance(error, Law)
        values, masses, side = truth.values, truth.masses, side_of(error)
    else:
        assert isinstance(error, Atoms)
        values, masses, side = error.values, error.masses, side_of(truth)
    rows = np.empty((_ROWS, u.size))
    for i, each in enumerate(u):
        log_f = np.log(masses) + side.log_density(each - values)
        v = values if isinstance(truth, Atoms) else each - values
        with np.errstate(divide="ignore"):
            parts = [log_f] + [
                log_f + np.log(np.maximum(sign * (v - center), 0.0))
                for sign in (1.0, -1.0)
            ]
        rows[:, i] = [np.logaddexp.reduce(part) for part in parts]
    return rows


def _middle(terms: Independent) -> float:
    """Return a middle value of the proxy."""
    return float(terms.place(np.zeros(1))[0])


def _by_slope(terms: Independent, u: Reals, log_f: Reals) -> tuple[Reals, Reals]:
    """Return E[V | U = u] - E[V] as the slope of E[V - E V; U >= u] over the density.

    Of a function that is smooth on the scale of its distance from the middle.
    """
    half = 0.2 * np.abs(u - _middle(terms))
    points = u[:, None] + half[:, None] * PLACES
    found = terms.truth_beyond(points.ravel())
    with np.errstate(divide="ignore"):
        log_n = (np.log(found.truth_gain) + found.log_p).reshape(points.shape)
    series = log_n @ TO_SERIES
    slope = np.polynomial.legendre.legval(0.0, np.polynomial.legendre.legder(series.T))
    here = np.polynomial.legendre.legval(0.0, series.T)
    gain = -slope / half * np.exp(here - log_f)
    last = np.abs(series[:, -2:]).max(axis=1)
    return gain, np.abs(gain) * (100.0 * last + 1e-11)


def given_value_of(terms: Dependent, u: Reals) -> At:
    """Return what is known given U = u, for an error that depends on the truth."""
    rows, errors = terms.rows_at(u)
    with np.errstate(invalid="ignore"):
        plus, minus = np.exp(rows[1:] - rows[0])
        bounds = np.exp(errors - rows[0])
    bound = bounds[1] + bounds[2] + (plus + minus) * (bounds[0] + _rounding(rows[0]))
    center = terms.mean_truth
    return At(rows[0], center + plus - minus, bound + _ROUNDING * abs(center))
