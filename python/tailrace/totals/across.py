"""Inversion across a saddle: tails that keep their digits, however small.

K(s) = y s + the logarithm of the transform of the sum is real on the numbers, and has a
least value there; exp(K) is largest across. A path that crosses the numbers at that
place, or near it, has an integral of exp(K(s)) / s of the size of the probability [1]_.
Places above 0 give the lower tail, places below 0, where the law is light enough for
transforms there, the upper one.

References
----------
.. [1] H. E. Daniels, "Saddlepoint approximations in statistics", Ann. Math. Statist. 25
   (1954), 631-650.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..laws.base import Reals
from .bulk import BLOCK, ROUNDING, of_step
from .complexes import Complex
from .expansion import Expansion
from .saddles import refined, saddles
from .sums import Sum

# exp(K) may be larger at a shared crossing than at one's own by e^3.
_SHARED = 5.0

# Nor is a crossing shared by places farther apart than this.
_FAR = 16.0

# Peaks are narrow if places are more widths apart.
_NARROW = 8.0

# So many paths are kept.
_KEPT = 256

# A crossing is at least this many widths of the peak away from the pole at 0.
_APART = 0.25


@dataclass(frozen=True, slots=True)
class Found:
    """Logarithms of a probability and of the density, and an error of the former.

    NaN where nothing was found.
    """

    log: Reals
    density: Reals
    error: Reals


def lower(total: Sum, y: Reals, x: Reals) -> Found:
    """Return the lower tail at y, which is x above the lower end."""
    log, density, error = (np.full(y.size, np.nan) for _ in range(3))
    # Near the lower end differences from the center have no digits left.
    low = x < -0.5 * total.lowest
    for plain, mine in ((True, low), (False, ~low)):
        if mine.any():
            found = _across(total, y[mine], x[mine], 1, plain)
            log[mine], density[mine], error[mine] = found
    return Found(log, density, error)


def upper(total: Sum, y: Reals) -> Found:
    """Return the upper tail at y."""
    return Found(*_across(total, y, y, -1, False))


def _across(
    total: Sum, y: Reals, x: Reals, sign: int, plain: bool
) -> tuple[Reals, Reals, Reals]:
    log, density, error = (np.full(y.size, np.nan) for _ in range(3))
    distance = x if plain else y
    sizes, logs, place = saddles(total, distance, sign, plain)
    # The width of the peak of exp(K), and the distance of places in widths.
    bend = np.gradient(np.gradient(logs, sizes), sizes)
    peak = 1.0 / np.sqrt(np.maximum(bend, 1e-4 / sizes**2))
    apart = np.gradient(sizes) / peak
    last = sizes.size - 2
    known = (place <= last) & (sizes[np.minimum(place, last)] < 1e285)
    far = np.flatnonzero(sizes > _APART * peak)
    first = int(far[0]) if far.size else 1
    place = np.clip(place, first, last)
    known &= np.isfinite(peak)[place]
    # One crossing for several y, where little is lost by it.
    width = np.clip(_SHARED / apart, 1.0, _FAR).astype(int)[place]
    crossing = np.clip(np.round(place / width) * width, first, last).astype(int)
    # Where peaks are narrower than places are apart, to each its own.
    alone = known & (apart[place] > _NARROW)
    for k in np.flatnonzero(alone):
        low, high = float(sizes[place[k] - 1]), float(sizes[place[k] + 1])
        size, wide = refined(total, float(distance[k]), low, high, sign, plain)
        one = slice(k, k + 1)
        log[one], density[one], error[one] = _cross(
            total, distance[one], x[one], sign * size, wide, plain
        )
    known &= ~alone
    for v in np.unique(crossing[known]):
        mine = np.flatnonzero(known & (crossing == v))
        for first in range(0, mine.size, BLOCK):
            block = mine[first : first + BLOCK]
            point, wide = sign * float(sizes[v]), float(peak[v])
            log[block], density[block], error[block] = _cross(
                total, distance[block], x[block], point, wide, plain
            )
    return log, density, error


def _cross(
    total: Sum, y: Reals, x: Reals, point: float, width: float, plain: bool
) -> tuple[Reals, Reals, Reals]:
    """Return logarithms of a tail and of the density, and an error."""
    if len(total.paths) > _KEPT:
        total.paths.clear()
    if total.single:
        # Finer where a pole or the end of what exists may be near.
        key = point, width, plain
        if key not in total.paths:
            steps = (0.05, 140) if point < 12.0 * width else (0.1, 70)
            s, along = _path(point, width, total.past, *steps)
            total.paths[key] = s, along, total.log(s, plain)
        s, along, logs = total.paths[key]
        k = np.multiply.outer(y, s)
        k += logs
        found = _read(k, s, along, point)
        if point > 0.0 or (found[2] < 1e-6).all():
            return found
        return _better(found, _upright(total, y, point, width, plain))
    best = None
    if point > 0.0 and total.expansion is None:
        total.expansion = Expansion.of(total) or False
    expansion = total.expansion if point > 0.0 else False
    if expansion:
        # At a point of its own: the products are larger than their sum.
        points = point * 2.0 ** np.arange(0.0, 8.0)
        own = expansion.crossing(float(x.mean()), points)
        s, along = _path(own, own, total.past, 0.05, 220)
        best = _read(expansion.log(x, s, own), s, along, own, slow=True)
        if (best[2] < total.wanted).all():
            return best
    other = _upright(total, y, point, width, plain)
    return other if best is None else _better(best, other)


def _better(
    found: tuple[Reals, Reals, Reals], other: tuple[Reals, Reals, Reals]
) -> tuple[Reals, Reals, Reals]:
    """Return for each y what has the smaller error."""
    better = found[2] < other[2]
    first, second, third = (
        np.where(better, a, b) for a, b in zip(found, other, strict=True)
    )
    return first, second, third


def _path(
    point: float, width: float, past: float, step: float, count: int
) -> tuple[Complex, Complex]:
    """Return half a hyperbola that crosses the numbers at a point, and ds on it."""
    tau = np.arange(count) * step
    lean = math.tan(past)
    s = point + width * (1j * np.sinh(tau) - lean * (np.cosh(tau) - 1.0))
    along = width * (1j * np.cosh(tau) - lean * np.sinh(tau)) * step
    along[0] *= 0.5
    return s, along


def _upright(
    total: Sum, y: Reals, point: float, width: float, plain: bool
) -> tuple[Reals, Reals, Reals]:
    """Return the same along an upright line, as fine and as long as is needed."""
    step = 0.1
    # Sums over atoms cost more, and their waves do not fade.
    expands = all(terms.transform.expands for _, terms in total.groups)
    most, finest = (4096, 0.01) if expands else (1024, 0.025)
    before = math.inf
    while True:
        key = "upright", point, width, plain, step
        if key not in total.paths:
            total.paths[key] = _up(total, point, width, plain, step, most)
        s, along, logs = total.paths[key]
        k = np.multiply.outer(y, s)
        k += logs
        atom: tuple[Complex, float] | None = None
        if total.atom > -math.inf and not plain:
            # Of the atom at the upper end the transform never fades.
            own: Complex = np.multiply.outer(y - total.highest, s)
            atom = own + total.atom, total.atom
        log, density, error = _read(k, s, along, point, atom, slow=True)
        # What lies beyond the last place falls like a power.
        last = np.exp(k[:, -1].real - log) * np.abs(along[-1] / s[-1])
        error = error + last / step**2
        worst = float(np.max(error / np.maximum(total.wanted, 1e-300)))
        # Where waves never fade, steps that are finer are of little use.
        if worst < 1.0 or step < finest or not worst < before / 4.0:
            return log, density, error
        before = worst
        step *= 0.5


def _up(
    total: Sum, point: float, width: float, plain: bool, step: float, most: int
) -> tuple[Complex, Complex, Complex]:
    """Return places on an upright line, ds and the logarithms there."""
    pieces: list[tuple[Complex, Complex, Complex]] = []
    for first in range(0, most, 64):
        tau = (first + np.arange(64)) * step
        s = point + 1j * width * np.sinh(tau)
        along = 1j * width * np.cosh(tau) * step
        if first == 0:
            along[0] *= 0.5
        logs = total.log(s, plain)
        pieces.append((s, along, logs))
        top = pieces[0][2][0].real
        if (logs.real + np.log(np.abs(along / s)) < top - 38.0).all():
            break
        if np.sinh(tau[-1]) > 1e8:
            break
    s, along, logs = (np.concatenate(part) for part in zip(*pieces, strict=True))
    return s, along, logs


def _read(
    k: Complex,
    s: Complex,
    along: Complex,
    point: float,
    atom: tuple[Complex, float] | None = None,
    slow: bool = False,
) -> tuple[Reals, Reals, Reals]:
    """Return what the values of K on a path say.

    `atom`, if given, is the part of K that is an atom's, and the log of its mass. Where
    convergence may be `slow`, steps twice as long say how fast it is.
    """
    top = k[:, 0].real
    with np.errstate(under="ignore", over="ignore", invalid="ignore"):
        grown = np.exp(k - top[:, None])
        apart: Reals = np.zeros(top.size)
        if atom is not None:
            grown -= np.exp(atom[0] - top[:, None])
            if point < 0.0:
                apart = np.exp(atom[1] - top)
        grown *= along
    parts = (grown / s).imag
    whole = apart + math.copysign(1.0 / math.pi, point) * parts.sum(axis=1)
    half = apart + math.copysign(2.0 / math.pi, point) * parts[:, ::2].sum(axis=1)
    size = np.abs(grown / s).sum(axis=1) / math.pi
    end = np.abs(parts[:, -1])
    with np.errstate(divide="ignore", invalid="ignore"):
        rough = np.abs(whole - half) / np.abs(whole)
        rounding = ROUNDING * size * (10.0 + np.abs(k[:, 0])) / np.abs(whole)
        error = rounding + of_step(rough, 1e4) + end / np.abs(whole)
        if slow:
            sign = math.copysign(4.0 / math.pi, point)
            fourth = apart + sign * parts[:, ::4].sum(axis=1)
            rougher = np.abs(half - fourth) / np.abs(whole)
            # Halving once more gains no less than the last halving did.
            gained = np.minimum(rough / np.maximum(rougher, 1e-300), 1.0)
            error = np.maximum(error, rough * gained)
        # Both halves of the path must meet: terms that jump beyond their end do not.
        error += np.abs(np.sin(k[:, 0].imag)) / np.abs(whole)
        density = top + np.log(grown.imag.sum(axis=1) / math.pi)
        return top + np.log(whole), density, error
