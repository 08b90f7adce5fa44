"""Transforms and exact sums of data: atoms, perhaps with a tail."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..laws.base import Law, Reals
from ..laws.empirical import Empirical
from ..laws.moments import atoms
from ..laws.st_petersburg import StPetersburg
from .complexes import Complex, dot, expm1
from .continued import Continued, continued
from .leaf import LeafTransform
from .transform import Transform

# Atoms are put together up to this angle s times their length, on so many nodes.
_RESOLVED = 400.0
_NODES = 256

#: As many atoms a sum may have that is written out.
MOST = 2**18


@dataclass(frozen=True, slots=True)
class Data:
    """Atoms of a law, with what lies beyond the last of them.

    Attributes
    ----------
    values, masses : ndarray
        The atoms that are finite, ascending.
    beyond : Law or None
        Law of the distance beyond `cut`, with the share of mass `share`.
    cut, share : float
        See there.
    """

    values: Reals
    masses: Reals
    beyond: Law | None = None
    cut: float = math.inf
    share: float = 0.0


def data_of(law: Law) -> Data | None:
    """Return the atoms of a law of data; None for other laws.

    Refuses laws on a lattice without an end: no lattice of ours is as wide, and waves of
    their sums never fade.
    """
    found = atoms(law)
    lattice_law = isinstance(getattr(law, "base", law), StPetersburg)
    if lattice_law and not np.isfinite(law.support).all():
        msg = (
            "law must not sit on a lattice without an end for its sums (cap it), got "
            f"{law!r}"
        )
        raise ValueError(msg)
    if found is not None:
        known = np.isfinite(found[0]) & (found[1] > 0.0)
        return Data(found[0][known], found[1][known])
    base: Any = getattr(law, "base", law)
    cut = getattr(base, "threshold", None)
    if not base._has_atoms or cut is None:
        return None
    values = base.values
    above, up_to = np.asarray(law.sf(values)), np.asarray(law.cdf(values))
    by_sf = np.concatenate([[1.0], above[:-1]]) - above
    masses = np.where(above < 0.5, by_sf, np.diff(up_to, prepend=0.0))
    kept = masses > 0.0
    share = float(law.sf(cut))
    beyond = law.beyond(cut)
    steps = getattr(law, "steps", ())
    if all(step[0] == "min_of" for step in steps):
        # Minima of the tail are known by their formula.
        beyond = base.tail
        for _, q in steps:
            beyond = beyond.min_of(q)
    return Data(values[kept], masses[kept], beyond, cut, share)


class DataTransform(Transform):
    """log E exp(-s (X - start)) for data: a sum over atoms, with that of a tail."""

    expands = False

    def __init__(self, data: Data, unit: float) -> None:
        start = float(data.values[0])
        self.unit = unit
        self.y = data.values - start
        self.masses = data.masses
        self.last = data.cut - start if data.beyond is not None else float(self.y[-1])
        self.tail = None
        self.tail_mass = data.share
        self.terms = []
        index, end = math.inf, self.last
        missing = 1.0 - math.fsum(data.masses) - data.share
        # Mass at infinity, as of censored data, leaves nothing to center on.
        self.centred = missing < 1e-12
        self.mean = float(self.masses @ self.y)
        self.past = 0.1 * math.pi
        if data.beyond is not None:
            own = continued(data.beyond)
            leaf = own.last_leaf()
            if own.single is None or leaf is None:
                msg = f"law must have a tail without ends, got {data.beyond!r}"
                raise ValueError(msg)
            self.tail = LeafTransform(leaf, unit)
            self.terms = [self.tail]
            self.past = self.tail.past
            self.centred &= self.tail.centred
            self.mean += self.tail_mass * (self.last + self.tail.mean)
            index, end = own.tail_index, math.inf
        self.law = Continued(start, (), index, end)
        self.defective = missing >= 1e-12
        self.log_mass = math.log1p(-missing) if self.defective else 0.0
        self._put_together()

    def _put_together(self) -> None:
        """Put atoms on few nodes, such that waves of low frequency see no difference."""
        self.nodes, self.weights = self.y, self.masses
        if self.y.size <= 2 * _NODES or self.last <= 0.0:
            return
        k = np.arange(_NODES)
        angles = math.pi * (k + 0.5) / _NODES
        x = np.clip(2.0 * self.y / self.last - 1.0, -1.0, 1.0)
        moments = np.polynomial.chebyshev.chebvander(x, _NODES - 1).T @ self.masses
        moments[0] *= 0.5
        self.nodes = 0.5 * self.last * (1.0 + np.cos(angles))
        self.weights = (2.0 / _NODES) * np.cos(np.outer(angles, k)) @ moments

    @property
    def heavy(self) -> bool:
        """Whether the far tail of sums can be computed around the cut."""
        return self.tail is not None and self.tail.leaf.heavy

    @property
    def light(self) -> bool:
        """Whether transforms exist to the left of 0 as well."""
        return self.tail is None or (
            math.isinf(self.tail.leaf.tail_index) and not self.tail.leaf.heavy
        )

    @property
    def most(self) -> float:
        """How far below 0 transforms exist, for a law that is `light`."""
        return math.inf if self.tail is None else self.tail.most

    def phi_of_terms(self, s: Complex) -> Complex:
        """Return the transform as a sum over all atoms."""
        waves = np.exp(np.multiply.outer(-s, self.y))
        total: Complex = dot(waves, self.masses)
        if self.tail is not None:
            total += self.tail_mass * np.exp(-s * self.last) * self.tail.phi(s)
        return total

    def psi(self, s: Complex, plain: bool = False) -> Complex:
        """Return the logarithm at points of the upper half-plane: see Transform."""
        result = np.empty(s.shape, dtype=np.complex128)
        big = np.abs(s) * max(self.last, self.unit) > _RESOLVED
        for first in range(0, s.size, 256):
            part = slice(first, first + 256)
            own, far = s[part], big[part]
            found = np.empty(own.shape, dtype=np.complex128)
            if far.any():
                found[far] = self.log_of_phi(self.phi_of_terms(own[far]), own[far])
            if not far.all():
                near = own[~far]
                tail = None
                if self.tail is not None:
                    left = (near.real < -math.sin(self.past) * np.abs(near)).any()
                    tail = (self.tail.tilted if left else self.tail.deficit)(near)
                found[~far] = self.log_of_deficit(self._with_atoms(near, tail), near)
            result[part] = found
        return result - s * self.mean if plain and self.centred else result

    def _deficit_around(self, s: Complex) -> Complex:
        assert self.tail is not None
        return self._with_atoms(s, self.tail.around(s))

    def _with_atoms(self, s: Complex, tail: Complex | None) -> Complex:
        """Return the deficit: of the atoms, and with that of the tail."""
        wave = np.multiply.outer(-s, self.nodes)
        if self.centred:
            # exp(w) - 1 - w, by its series where it would cancel.
            small = np.abs(wave) < 0.1
            w = np.where(small, wave, 0.0)
            series = 0.0 * w
            for k in range(12, 2, -1):
                series = w / k * (1.0 + series)
            series = 0.5 * w * w * (1.0 + series)
            e: Complex = dot(np.where(small, series, expm1(wave) - wave), self.weights)
        else:
            e = dot(expm1(wave), self.weights)
        if self.defective:
            e = e - (1.0 - math.fsum(self.masses) - self.tail_mass)
        if self.tail is None or tail is None:
            return e
        step = expm1(-s * self.last)
        e = e + self.tail_mass * (tail * (1.0 + step) + step)
        if not self.centred:
            own = -s * self.tail.mean * (1.0 + step) if self.tail.centred else 0.0
            return e + self.tail_mass * own
        return e + self.tail_mass * s * (self.last - self.tail.mean * step)


def written_out(law: Law, n: int) -> Empirical | None:
    """Return the law of a sum of data atom by atom; None where there are too many."""
    data = data_of(law)
    if data is None or data.beyond is not None:
        return None
    found = _of_lattice(data, n) or _of_pairs(data, n)
    if found is None:
        return None
    values, masses = found
    missing = 1.0 - math.fsum(data.masses)
    if missing < 1e-12:
        return Empirical(values, weights=masses)
    # A sum with a censored value is not known: beyond all that are.
    limit = math.nextafter(float(values[-1]), math.inf)
    lost = -math.expm1(n * math.log1p(-missing))
    return Empirical(
        np.append(values, math.inf),
        weights=np.append(masses, lost),
        censored_at=limit,
    )


def _of_lattice(data: Data, n: int) -> tuple[Reals, Reals] | None:
    """Return the atoms of the sum of values on a lattice: powers of polynomials."""
    found = lattice(data.values)
    if found is None:
        return None
    step, places = found
    start = float(data.values[0])
    length = int(places[-1])
    if n * length > MOST or n * length * length > 4e9:
        return None
    power = np.zeros(length + 1)
    power[places] = data.masses
    result = np.ones(1)
    rest = n
    while rest:
        if rest & 1:
            result = np.convolve(result, power)
        rest >>= 1
        if rest:
            power = np.convolve(power, power)
    kept = np.flatnonzero(result > 0.0)
    return np.asarray(n * start + kept * step, dtype=np.float64), result[kept]


def lattice(values: Reals) -> tuple[float, Reals] | None:
    """Return the step of the lattice that values lie on, and their places; or None."""
    y = values - values[0]
    for digits in range(7):
        scaled = y * 10.0**digits
        places = np.round(scaled)
        if places[-1] < 2.0**40 and (np.abs(scaled - places) < 1e-7).all():
            whole = places.astype(np.int64)
            common = int(np.gcd.reduce(whole)) or 1
            return common / 10.0**digits, whole // common
    return None


def _of_pairs(data: Data, n: int) -> tuple[Reals, Reals] | None:
    """Return the atoms of the sum, by all pairs of those of its halves."""
    count = data.values.size
    if math.lgamma(n + count) - math.lgamma(n + 1) - math.lgamma(count) > math.log(
        MOST
    ):
        return None
    result: tuple[Reals, Reals] = np.zeros(1), np.ones(1)
    power = data.values, data.masses
    rest = n
    while rest:
        if rest & 1:
            result = added(result, power)
        rest >>= 1
        if rest:
            power = added(power, power)
    return result


def added(
    first: tuple[Reals, Reals], second: tuple[Reals, Reals]
) -> tuple[Reals, Reals]:
    """Return the atoms of the sum of two values, and their masses."""
    sums = np.add.outer(first[0], second[0]).ravel()
    values, where = np.unique(sums, return_inverse=True)
    masses = np.multiply.outer(first[1], second[1]).ravel()
    weights = np.bincount(where.ravel(), masses)
    # Sums that differ by rounding alone are one.
    gap = np.diff(values) > 1e-13 * np.abs(values).max()
    group = np.concatenate([[0], np.cumsum(gap)])
    starts = np.concatenate([[True], gap])
    return values[starts], np.asarray(np.bincount(group, weights), dtype=np.float64)
