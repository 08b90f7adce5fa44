"""Laws for complex values: sums of shifted laws that are analytic from their start on."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..laws.base import Law
from .complexes import Complex, expm1, log1p

# Off the numbers a survival function may grow to e^_GROWN; looked at every _TURN.
_GROWN = 8.0
_TURN = 0.03

#: A cumulative hazard at complex distances from the start of the support.
Hazard = Callable[[Complex], Complex]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A survival function from 0 on, by its hazard, for complex values as well.

    Attributes
    ----------
    hazard : callable
        Near 0 it keeps its digits.
    angle : float
        The survival function is analytic, and bounded, this far off the numbers > 0.
    tail_index : float
        Index of its tail.
    heavy : bool
        Whether it is heavy-tailed and, far out, goes on to beyond the imaginary axis, so
        that tails of sums may be computed around it.
    mass : float
        The survival function at 0: 1, or 0 for what is left of a law beyond its end.
    error : float
        Relative error of the hazard, where it is more than rounding.
    """

    hazard: Hazard
    angle: float
    tail_index: float
    heavy: bool = False
    mass: float = 1.0
    error: float = 0.0

    def survival(self, y: Complex) -> Complex:
        """Return P(X > y), continued."""
        result: Complex = np.exp(-self.hazard(y))
        return result

    def incidence(self, y: Complex) -> Complex:
        """Return `mass` - P(X > y), which keeps its digits near 0."""
        return -expm1(-self.hazard(y)) if self.mass else -self.survival(y)

    def at(self, y: float) -> float:
        """Return the survival function of a number."""
        return float(self.survival(np.array([y + 0j]))[0].real)

    def trusted(self, unit: float) -> Leaf:
        """Return the leaf with a smaller angle, where its own promises too much.

        Logarithms of what is selected may jump off the numbers, and powers grow.
        """
        sizes = np.exp(math.log(unit) + np.arange(-36.0, 80.0, 0.5))
        steps = math.ceil(self.angle / _TURN)
        angles = np.linspace(0.0, self.angle, steps + 1)
        with np.errstate(all="ignore"):
            hazard = self.hazard(np.multiply.outer(sizes, np.exp(-1j * angles)))
            wild = ~np.isfinite(hazard) | (hazard.real < -_GROWN)
            wild[:, 1:-1] |= np.abs(np.diff(hazard.imag, 2, axis=1)) > 2.0
        # Of what nothing is left of, nothing is to be feared.
        wild &= ~(hazard.real.min(axis=1, keepdims=True) > 800.0)
        first = np.flatnonzero(wild.any(axis=0))
        if first.size == 0:
            return self
        return replace(self, angle=float(angles[max(first[0] - 1, 1)]))

    def beyond(self, t: float) -> Leaf:
        """Return the law of the distance beyond t."""
        if t == 0.0:
            return self
        own = self.hazard
        before = float(own(np.array([t + 0j]))[0].real)
        return replace(self, hazard=lambda y: own(t + y) - before)


#: All mass at 0.
ATOM = Leaf(lambda y: np.full_like(y, 1e4), math.pi, math.inf)


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a law: a weight, perhaps negative, on a leaf moved up by a shift."""

    weight: float
    shift: float
    leaf: Leaf


@dataclass(frozen=True, slots=True)
class Continued:
    """A law as a weighted sum of shifted leaves.

    Attributes
    ----------
    start : float
        Lower end of the support; shifts count from there.
    terms : tuple of Term
        Weights add up to 1.
    tail_index : float
        Index of the tail.
    end : float
        Upper end of the support, counted from the start.
    pieces : tuple of (float, Hazard)
        The hazard from each edge on, where that is known: a sum of terms loses the
        digits of what is left where they all but cancel.
    """

    start: float
    terms: tuple[Term, ...]
    tail_index: float
    end: float = math.inf
    pieces: tuple[tuple[float, Hazard], ...] = ()

    @classmethod
    def of(cls, start: float, leaf: Leaf) -> Continued:
        """Return the law of one leaf."""
        return cls(start, (Term(1.0, 0.0, leaf),), leaf.tail_index)

    @property
    def single(self) -> Leaf | None:
        """The leaf, where there is but one."""
        return self.terms[0].leaf if len(self.terms) == 1 else None

    @property
    def mixture(self) -> bool:
        """Whether all weights are positive."""
        return all(term.weight > 0.0 for term in self.terms)

    @property
    def breaks(self) -> tuple[float, ...]:
        """Where one piece of the survival function ends and the next begins."""
        return tuple(sorted({t.shift for t in self.terms if t.shift > 0.0}))

    @property
    def angle(self) -> float:
        """Smallest angle of a leaf."""
        return min(term.leaf.angle for term in self.terms)

    def piece(self, edge: float) -> Hazard:
        """Return the hazard as it goes on from an edge."""
        known = [hazard for first, hazard in self.pieces if first <= edge]
        if known:
            return known[-1]
        active = [term for term in self.terms if term.shift <= edge]
        waiting = math.fsum(
            term.weight * term.leaf.mass for term in self.terms if term.shift > edge
        )
        if len(active) == 1 and not waiting and active[0].shift == 0.0:
            return active[0].leaf.hazard

        def hazard(y: Complex) -> Complex:
            up_to = np.zeros_like(y)
            own = []
            for term in active:
                up_to += term.weight * term.leaf.incidence(y - term.shift)
                own.append(term.leaf.hazard(y - term.shift))
            near = np.abs(up_to) < 0.5
            # Farther out from logarithms, which know what is below the least double.
            least = np.min([h.real for h in own], axis=0)
            least = np.minimum(least, 0.0) if waiting else least
            left = waiting * np.exp(least) + np.zeros_like(y)
            for term, h in zip(active, own, strict=True):
                left += term.weight * np.exp(least - h)
            far = least - np.log(np.where(left == 0.0, 1e-300, left))
            return np.where(near, of_incidence(np.where(near, up_to, 0.0)), far)

        return hazard

    def sf(self, y: float) -> float:
        """Return P(X > y) for a number, counted from the start."""
        if y >= self.end:
            return 0.0
        return math.exp(-float(self.piece(y)(np.array([y + 0j]))[0].real))

    def log_last_atom(self) -> float:
        """Return the logarithm of the mass of an atom at the upper end."""
        own = [t.weight for t in self.terms if t.leaf is ATOM and t.shift == self.end]
        return math.log(sum(own)) if own else -math.inf

    def last_leaf(self) -> Leaf | None:
        """Return the law of the distance beyond the last break; None if it ends there."""
        edge = self.breaks[-1] if self.breaks else 0.0
        if edge >= self.end:
            return None
        if self.single is not None:
            return self.single
        heavy = all(t.leaf.heavy for t in self.terms)
        own = self.piece(edge)
        start = own(np.array([edge + 0j]))[0] if edge > 0.0 else 0.0

        def hazard(y: Complex) -> Complex:
            return own(edge + y) - start

        return Leaf(hazard, self.angle, self.tail_index, heavy)


def of_incidence(f: Complex) -> Complex:
    """Return the hazard of a probability up to y: -log(1 - f)."""
    return -log1p(-f)


def hazard_of(beyond: Complex, up_to: Complex) -> Complex:
    """Return the hazard, of P(X > y) and P(X <= y): from the one that is not near 1."""
    near = np.abs(up_to) < 0.5
    result: Complex = np.where(
        near,
        of_incidence(np.where(near, up_to, 0.0)),
        -np.log(np.where(near | (beyond == 0.0), 1e-300, beyond)),
    )
    return result


def continued(law: Law) -> Continued:
    """Return a law for complex values.

    By its formula where there is one, by polynomials through its values elsewhere.
    """
    from .formulas import of_formula
    from .numerical import of_values

    found = of_formula(law)
    return of_values(law) if found is None else found
