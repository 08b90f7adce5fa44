"""Transforms of laws on the whole line: one leaf above a point, one below it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .complexes import Complex
from .continued import Continued
from .leaf import LeafTransform
from .transform import Transform


class TwoSided(Transform):
    """log E exp(-s (X - point)), plus s times the mean where both sides have one.

    Above and below the point X is at the distance of a leaf from it, with its share of
    the mass. On the imaginary axis and a little to its left both transforms exist: as far
    as the bulk, and tails around the cut, need it. The lower tail is the upper one of the
    mirrored law.
    """

    def __init__(
        self, above: Continued, below: Continued, share: float, unit: float
    ) -> None:
        self.law = above
        self.unit = unit
        leaves = (above.single, below.single)
        self.terms = [LeafTransform(leaf, unit) for leaf in leaves if leaf is not None]
        self.share = share
        self.past = min(term.past for term in self.terms)
        self.tail = None
        self.centred = all(term.centred for term in self.terms)
        self.mean = math.inf
        if self.centred:
            up, down = (term.mean for term in self.terms)
            self.mean = share * up - (1.0 - share) * down

    @property
    def two_sided(self) -> bool:
        """Whether the law has no lower end."""
        return True

    @property
    def heavy(self) -> bool:
        """Whether the far upper tail of sums can be computed around the cut."""
        return self.terms[0].leaf.heavy

    @property
    def light(self) -> bool:
        """Whether transforms exist off the imaginary axis, on both sides."""
        return not any(
            term.leaf.heavy or math.isfinite(term.leaf.tail_index)
            for term in self.terms
        )

    @property
    def most(self) -> float:
        """How far below 0 transforms exist, for a law that is `light`."""
        return self.terms[0].most

    def psi(self, s: Complex, plain: bool = False) -> Complex:
        """Return the logarithm at points of the upper half-plane: see Transform."""
        result = np.empty(s.shape, dtype=np.complex128)
        up, down = self.terms
        # Below the point distances are minus what they are above: s changes its sign.
        other = -s.conj()
        big = np.abs(s) * self.unit > 2.0
        if big.any():
            phi = self.joined([_phi(up, s[big]), _phi(down, other[big])])
            result[big] = self.log_of_phi(phi, s[big])
        if not big.all():
            parts = [_deficit(up, s[~big]), _deficit(down, other[~big])]
            e = self.joined_deficit(parts, s[~big])
            result[~big] = self.log_of_deficit(e, s[~big])
        return result - s * self.mean if plain and self.centred else result

    def joined(self, parts: Sequence[Complex]) -> Complex:
        """Return the transform, of those of both sides: the lower one at -conj(s)."""
        up, down = parts
        return self.share * up + (1.0 - self.share) * down.conj()

    def joined_deficit(self, parts: Sequence[Complex], s: Complex) -> Complex:
        """Return the deficit likewise."""
        up, down = parts
        other = down.conj()
        # Real for real s, to the last digit: the imaginary part of `up` may be tiny.
        other.imag[s.imag == 0.0] = 0.0
        if not self.centred:
            above, below = self.terms
            up = up - s * above.mean if above.centred else up
            other = other + s * below.mean if below.centred else other
        return self.share * up + (1.0 - self.share) * other

    def _deficit_around(self, s: Complex) -> Complex:
        up, down = self.terms
        return self.joined_deficit([up.around(s), _deficit(down, -s.conj())], s)


def _is_left(leaf: LeafTransform, s: Complex) -> bool:
    """Return whether points lie farther left than where a leaf's rays reach."""
    return bool((s.real < -math.sin(leaf.past) * np.abs(s) * (1.0 + 1e-9)).any())


def _deficit(leaf: LeafTransform, s: Complex) -> Complex:
    return leaf.tilted(s) if _is_left(leaf, s) else leaf.deficit(s)


def _phi(leaf: LeafTransform, s: Complex) -> Complex:
    if _is_left(leaf, s):
        return 1.0 + leaf.tilted(s) - s * leaf.mean
    return leaf.phi(s)
