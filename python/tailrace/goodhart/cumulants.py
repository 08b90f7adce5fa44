"""The cumulant generating function of a law, and its slopes, by quadrature."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from ..laws.base import Law, Reals
from .parts import Atoms, parts_of
from .quadrature import Panels, integrate
from .sides import Side, log_weight, side_of
from .tails import Tail, tails_of

# Rows: E[e^(sY)], and that times (Y - c)^+, (Y - c)^- and (Y - c)^2.
_ROWS = 4


def domain(law: Law) -> tuple[float, float, bool]:
    """Return the ends of the s with E[e^(sX)] finite, and whether the upper is one.

    NaN where a tail is unknown.
    """
    lower, upper = tails_of(law)
    return -lower.rate, upper.rate, includes_end(upper)


def includes_end(tail: Tail) -> bool:
    """Return whether E[e^(sX)] is finite at the rate of an upper tail as well."""
    return (tail.kind == "exponential" and tail.power < -1.0) or tail.rate == 0.0


@lru_cache(maxsize=4096)
def cumulants(law: Law, s: float) -> tuple[float, float, float]:
    """Return K(s) = log E[e^(sX)] and its first two derivatives.

    inf where E[e^(sX)] is, NaN where that is unknown or the mass lies too far out.
    """
    if s == 0.0:
        return 0.0, float(law.mean()), float(law.var())
    low, high, closed = domain(law)
    if math.isnan(high if s > 0.0 else low):
        return (math.nan,) * 3
    if (s > high or (s == high and not closed)) or s < low:
        return (math.inf,) * 3
    center = law.median()
    rows = np.full(_ROWS, -math.inf)
    for weight, part in parts_of(law):
        found = (
            _of_atoms(part, s, center)
            if isinstance(part, Atoms)
            else _of(part, s, center)
        )
        if found is None:
            return (math.nan,) * 3
        rows = np.logaddexp(rows, found + math.log(weight))
    plus, minus, square = np.exp(rows[1:] - rows[0])
    slope = plus - minus
    return float(rows[0]), center + slope, max(square - slope * slope, 0.0)


def _rows(log_f: Reals, distance: Reals) -> Reals:
    with np.errstate(divide="ignore"):
        up, down = np.log(np.maximum(distance, 0.0)), np.log(np.maximum(-distance, 0.0))
    return np.stack(
        [log_f, log_f + up, log_f + down, log_f + 2.0 * np.maximum(up, down)]
    )


def _of_atoms(atoms: Atoms, s: float, center: float) -> Reals:
    log_f = np.log(atoms.masses) + s * atoms.values
    found: Reals = np.logaddexp.reduce(_rows(log_f, atoms.values - center), axis=1)
    return found


def _of(law: Law, s: float, center: float) -> Reals | None:
    """Return the rows of a law without atoms; None where its tables do not reach."""
    side = side_of(law)
    middle = float(side.odds(np.array([center]))[0])
    inside = side.edges[0] < middle < side.edges[-1]
    edges = np.unique([*side.edges, middle]) if inside else side.edges
    count = edges.size - 1
    owner, none = np.zeros(count, dtype=np.int64), np.full(count, -1)
    panels = Panels(owner, edges[:-1], edges[1:], none)

    def log_f(some: Panels, odds: Reals) -> tuple[Reals, Reals]:
        y = side.at(odds)
        rows = _rows(log_weight(odds) + s * y, y - center)
        return rows, np.zeros(odds.shape[0])

    logs, _ = integrate(panels, log_f, np.full((_ROWS, 1), -math.inf))
    found = logs[:, 0]
    for at_end, end in ((side.points[-1], edges[-1]), (side.points[0], edges[0])):
        more = _beyond(side, s, float(at_end), float(end), center, float(found[0]))
        if more is None:
            return None
        found = np.logaddexp(found, more)
    known = (found[0] < math.inf) and found[0] > -math.inf
    return found if known else None


def _beyond(
    side: Side, s: float, y: float, end: float, center: float, total: float
) -> Reals | None:
    """Return what lies beyond the last point: of an exponential tail, or nothing.

    None where it would be something else that counts.
    """
    tail = tails_of(side.law)[1 if end > 0.0 else 0]
    s, sign = (s, 1.0) if end > 0.0 else (-s, -1.0)
    log_f = s * sign * y - abs(end)
    distance = sign * (y - center)
    if tail.kind == "exponential" and s > 0.0:
        over = 1.0 / (tail.a - s) if s < tail.a else math.inf
        if over == math.inf:
            return None
        log_f += math.log(tail.a * over)
        first, second = (
            distance + over,
            distance**2 + 2.0 * distance * over + 2.0 * over**2,
        )
        logs = [log_f, log_f + math.log(first), -math.inf, log_f + math.log(second)]
        if sign < 0.0:
            logs[1], logs[2] = logs[2], logs[1]
        return np.array(logs)
    # Elsewhere the mass must have died away, and e^-36 is rounding.
    if tail.kind != "bounded" and log_f > total - 36.0:
        return None
    return np.full(_ROWS, -math.inf)
