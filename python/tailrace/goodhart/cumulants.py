"""The cumulant generating function of a law, and its slopes, by quadrature."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from ..laws.base import Law, Reals
from ..laws.normal import Normal
from ..laws.uniform import Uniform
from .parts import Atoms, parts_of
from .quadrature import Panels, integrate
from .sides import Side, log_weight, side_of
from .tails import Tail, tails_of

# Rows: E[e^(sY)], and that times (Y - c)^+, (Y - c)^- and (Y - c)^2.
_ROWS = 4
# coth h - 1 / h = sum of these times h, h^3, h^5, ...: of a uniform law.
_LANGEVIN = np.array(
    [1 / 3, -1 / 45, 2 / 945, -1 / 4725, 2 / 93555, -1382 / 638512875, 4 / 18243225]
)
_EVEN = 2.0 * np.arange(1, _LANGEVIN.size + 1)


def domain(law: Law) -> tuple[float, float, bool]:
    """Return the ends of the s with E[e^(sX)] finite, and whether the upper is one.

    NaN where a tail is unknown.
    """
    lower, upper = tails_of(law)
    return -lower.rate, upper.rate, includes_end(upper)


def includes_end(tail: Tail) -> bool:
    """Return whether E[e^(sX)] is finite at the rate of an upper tail as well."""
    return (tail.kind == "exponential" and tail.power < -1.0) or tail.rate == 0.0


def cumulants(law: Law, s: float) -> tuple[float, float, float]:
    """Return K(s) = log E[e^(sX)] and its first two derivatives.

    inf where E[e^(sX)] is, NaN where that is unknown or the mass lies too far out.
    """
    return tilt(law, s)[:3]


@lru_cache(maxsize=4096)
def tilt(law: Law, s: float) -> tuple[float, float, float, float]:
    """Return K(s), K'(s), K''(s), and the KL divergence s K'(s) - K(s) of the tilted law.

    As in `cumulants`; and NaN where one of them is no double.
    """
    if s == 0.0:
        return 0.0, float(law.mean()), float(law.var()), 0.0
    low, high, closed = domain(law)
    if math.isnan(high if s > 0.0 else low) or s == high == math.inf:
        return (math.nan,) * 4
    if (s > high or (s == high and not closed)) or s < low:
        return (math.inf,) * 4
    # Y - c is what is tilted, so that s K'(s) - K(s) = s (K'(s) - c) - log E[e^(s(Y - c))]
    # does not cancel: of a law that is pressed against its end, c is the end.
    c, log_mean, gain, spread = _closed(law, s) or _by_parts(law, s)
    k, kl = s * c + log_mean, s * gain - log_mean
    if not (math.isfinite(k) and math.isfinite(kl)):
        return (math.nan,) * 4
    return k, c + gain, spread, max(kl, 0.0)


def top_mass(law: Law) -> float:
    """Return the probability of the upper end of the support."""
    end = law.support[1]
    return math.fsum(
        weight * float(part.masses[-1])
        for weight, part in parts_of(law)
        if isinstance(part, Atoms) and part.values[-1] == end
    )


def _closed(law: Law, s: float) -> tuple[float, float, float, float] | None:
    """Return c, K(s) - s c, K'(s) - c and K''(s) in closed form, where there is one."""
    if isinstance(law, Normal):
        size = law.scale * s
        return law.loc, 0.5 * size * size, law.scale * size, law.scale * law.scale
    if isinstance(law, Uniform):
        half = 0.5 * law.high - 0.5 * law.low
        h = half * abs(s)
        middle, sign = law.low + half, math.copysign(1.0, s)
        if h < 0.2:
            by = h ** (2 * np.arange(_LANGEVIN.size))
            log_mean = h * h * float((_LANGEVIN * by / _EVEN).sum())
            gain = h * float((_LANGEVIN * by).sum())
            square = float((_LANGEVIN * by * (_EVEN - 1)).sum())
            return middle, log_mean, sign * half * gain, half * half * square
        # From the end, at a distance of about 1 / s.
        left = math.exp(-2.0 * h)
        rest = left / -math.expm1(-2.0 * h)
        gap = half * (1.0 / h - 2.0 * rest)
        square = 1.0 / h / h - 4.0 * rest * (1.0 + rest)
        end = law.high if s > 0.0 else law.low
        log_mean = math.log(-math.expm1(-2.0 * h)) - math.log(2.0 * h)
        return end, log_mean, -sign * gap, half * half * square
    return None


def _by_parts(law: Law, s: float) -> tuple[float, float, float, float]:
    """Return the same by quadrature; NaN where tables do not reach far enough."""
    center, end = law.median(), law.support[1]
    if 1.0 < s * (end - center) < math.inf:
        center = end
    rows = np.full(_ROWS, -math.inf)
    for weight, part in parts_of(law):
        found: Reals | None
        if isinstance(part, Atoms):
            found = _of_atoms(part, s, center)
        elif (known := _closed(part, s)) is not None:
            found = _of_closed(known, s, center)
        else:
            found = _of(part, s, center)
        if found is None:
            return (math.nan,) * 4
        rows = np.logaddexp(rows, found + math.log(weight))
    plus, minus, square = np.exp(rows[1:] - rows[0])
    gain = float(plus - minus)
    return center, float(rows[0]), gain, max(float(square) - gain * gain, 0.0)


def _of_closed(
    known: tuple[float, float, float, float], s: float, center: float
) -> Reals:
    c, log_mean, gain, spread = known
    log_f, distance = log_mean + s * (c - center), gain + (c - center)
    with np.errstate(divide="ignore"):
        logs = np.log([max(distance, 0.0), max(-distance, 0.0), spread + distance**2])
    return np.array([log_f, *(log_f + logs)])


def _rows(log_f: Reals, distance: Reals) -> Reals:
    with np.errstate(divide="ignore"):
        up, down = np.log(np.maximum(distance, 0.0)), np.log(np.maximum(-distance, 0.0))
    return np.stack(
        [log_f, log_f + up, log_f + down, log_f + 2.0 * np.maximum(up, down)]
    )


def _of_atoms(atoms: Atoms, s: float, center: float) -> Reals:
    log_f = np.log(atoms.masses) + s * (atoms.values - center)
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
        rows = _rows(log_weight(odds) + s * (y - center), y - center)
        # Of y the last digit is rounded, which steep weights see.
        return rows, 2.0**-53 * abs(s) * np.abs(y).max(axis=1)

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
    distance = sign * (y - center)
    log_f = s * distance - abs(end)
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
    if tail.kind == "bounded":
        log_f += max(s, 0.0) * (tail.end - sign * y)
    if log_f > total - 36.0:
        return None
    return np.full(_ROWS, -math.inf)
