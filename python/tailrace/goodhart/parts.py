"""A law as a mixture of laws without atoms and of atoms alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..derived import Derived
from ..laws.base import Law, Reals
from ..laws.empirical import Empirical
from ..laws.moments import atoms
from ..mixture import Mixture
from ..spliced import Spliced


@dataclass(frozen=True, slots=True, eq=False)
class Atoms:
    """Values with probabilities, ascending, and nothing else.

    Attributes
    ----------
    values, masses : ndarray of shape (atoms,)
        The values, and their probabilities, which sum to 1.
    """

    values: Reals
    masses: Reals

    @property
    def mean(self) -> float:
        """E[Y]."""
        return math.fsum(self.values * self.masses)


#: A weight, and what has it.
Part = tuple[float, "Law | Atoms"]


def parts_of(law: Law) -> list[Part]:
    """Return parts whose mixture is the law: each without atoms, or atoms alone."""
    found = atoms(law)
    if found is not None:
        return [(1.0, Atoms(*found))]
    if isinstance(law, Mixture):
        pairs = zip(law.weights, law.laws, strict=True)
        return [(w * v, part) for w, each in pairs for v, part in parts_of(each)]
    if isinstance(law, Spliced):
        share = law.share_beyond
        return [
            (1.0 - share, Atoms(law.values, law.masses / (1.0 - share))),
            (share, law.tail),
        ]
    if isinstance(law, Derived) and law.steps[-1][0] == "scaled":
        _, scale, shift = law.steps[-1]
        before = parts_of(law._before())
        if len(before) > 1:
            return [(w, _scaled(part, scale, shift)) for w, part in before]
    if not law._has_atoms:
        return [(1.0, law)]
    return _of_mixed(law)


def _scaled(part: Law | Atoms, scale: float, shift: float) -> Law | Atoms:
    if isinstance(part, Law):
        return part._scaled(scale, shift)
    order = slice(None, None, 1 if scale > 0 else -1)
    return Atoms(scale * part.values[order] + shift, part.masses[order])


def _of_mixed(law: Law) -> list[Part]:
    """Return the atoms of a law that was capped or spliced, and what lies between."""
    places, body, cap = _places(law)
    masses = _jumps(law, places)
    places, masses = places[masses > 0.0], masses[masses > 0.0]
    total = math.fsum(masses)
    found: list[Part] = [(total, Atoms(places, masses / total))]
    if total < 1.0:
        low, high = body if body is not None else (-math.inf, math.inf)
        if cap < math.inf:  # just short of it, since it is an atom
            high = min(high, math.nextafter(cap, -math.inf))
        found.append((1.0 - total, law.truncated(low, high)))
    return found


def _places(law: Law) -> tuple[Reals, tuple[float, float] | None, float]:
    """Return where atoms may be, the interval that has none, and the lowest cap."""
    base = law.base if isinstance(law, Derived) else law
    places: Reals = np.empty(0)
    free: tuple[float, float] | None = None
    if isinstance(base, Spliced):
        places, free = base.values, (base.threshold, math.inf)
    cap = math.inf
    for method, *arguments in law.steps if isinstance(law, Derived) else ():
        if method == "capped":
            cap = min(cap, arguments[0])
            places = np.append(places[places < cap], cap)
        elif method == "scaled":
            scale, shift = arguments
            places = np.sort(scale * places + shift)
            if free is not None:
                low, high = sorted(scale * end + shift for end in free)
                free = low, high
            cap = scale * cap + shift if scale > 0 else math.inf
    return places, free, cap


def _jumps(law: Law, places: Reals) -> Reals:
    """Return P(Y = y) at every place, from whichever tail is smaller."""
    before = np.nextafter(places, -math.inf)
    above = np.asarray(law.sf(places))
    by_sf = np.asarray(law.sf(before)) - above
    by_cdf = np.asarray(law.cdf(places)) - np.asarray(law.cdf(before))
    jumps: Reals = np.where(above < 0.5, by_sf, by_cdf)
    return np.maximum(jumps, 0.0)


def is_data(law: Law) -> bool:
    """Return whether a law is data, some of them perhaps censored."""
    return isinstance(law.base if isinstance(law, Derived) else law, Empirical)
