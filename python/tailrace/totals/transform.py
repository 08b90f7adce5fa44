"""Logarithms of transforms of laws, on rays and at single points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ..laws.base import Reals
from .complexes import Complex, dot, expm1, log1p, log1p_less
from .continued import Continued
from .leaf import LeafTransform

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)

# Up to this angle s times the last break is small: real nodes resolve the rest.
_RESOLVED = 40.0

# Beyond the imaginary axis nodes get denser towards an end of the support, by this factor
# each time: waves have at most three radians where they fall by e.
_DENSER = 2.0**-0.25


class Panels:
    """Nodes and weights on the numbers up to the last break, dense at every break.

    `denser`, if given, is the factor by which they get denser towards the last one.
    """

    def __init__(
        self, law: Continued, fastest: float, denser: float | None = None
    ) -> None:
        edges: list[float] = []
        breaks = (0.0, *law.breaks)
        for low, high in itertools.pairwise(breaks):
            length = high - low
            down = length * 2.0 ** -np.arange(1.0, 56.0)
            up = length * 2.0 ** -np.arange(2.0, 50.0)
            inside = np.concatenate([[low], low + down[::-1], high - up])
            edges += [*np.unique(inside[inside < high])]
        edges.append(breaks[-1])
        if denser is not None:
            near = denser ** np.arange(1.0, math.log(2.0**-49) / math.log(denser))
            edges += [*(breaks[-1] * (1.0 - near))]
        cuts = np.unique(edges)
        # No panel is longer than twelve radians of the fastest wave.
        wide = np.maximum(np.ceil(np.diff(cuts) * fastest / 12.0), 1.0).astype(int)
        starts = np.repeat(cuts[:-1], wide)
        lengths = np.repeat(np.diff(cuts) / wide, wide)
        number = np.arange(wide.sum()) - np.repeat(np.cumsum(wide) - wide, wide)
        starts = starts + number * lengths
        half = 0.5 * lengths[:, None]
        self.y: Reals = (starts[:, None] + half * (1.0 + _NODES)).ravel()
        self.weights: Reals = (half * _WEIGHTS).ravel()
        values = np.empty(self.y.size)
        for low, high in itertools.pairwise(breaks):
            mine = (self.y >= low) & (self.y < high)
            values[mine] = np.exp(-law.piece(low)(self.y[mine] + 0j)).real
        self.survival = values


class Transform:
    """log E exp(-s (X - start)), plus s times the mean where the law is `centred`.

    Attributes
    ----------
    centred : bool
        Whether the linear term is left out.
    mean : float
        E X - start; inf where not centred.
    unit : float
        The size of X - start.
    """

    #: Whether the law is a sum of terms, whose powers can be expanded.
    expands = True
    #: Logarithm of the mass that is not at infinity.
    log_mass = 0.0

    def __init__(self, law: Continued, unit: float) -> None:
        self.law = law
        self.unit = unit
        self.terms = [LeafTransform(term.leaf, unit) for term in law.terms]
        self.past = min(term.past for term in self.terms)
        self.tail: LeafTransform | None = None
        self.tail_mass = 0.0
        if law.single is not None:
            self.centred, self.mean = self.terms[0].centred, self.terms[0].mean
            return
        self.last = law.breaks[-1] if law.breaks else 0.0
        #: Up to this size of s the numbers up to the last break resolve its waves.
        self.resolved = _RESOLVED / self.last if law.breaks else 2.0 / unit
        self.panels = Panels(law, self.resolved)
        self.centred, self.mean = (
            True,
            float(self.panels.weights @ self.panels.survival),
        )
        leaf = law.last_leaf()
        if leaf is not None:
            self.tail = LeafTransform(leaf, unit)
            self.tail_mass = law.sf(self.last)
            self.centred = self.tail.centred
            self.mean += self.tail_mass * self.tail.mean

    @property
    def two_sided(self) -> bool:
        """Whether the law has no lower end."""
        return False

    @property
    def error(self) -> float:
        """Relative error of hazards that are known by polynomials only."""
        return max((term.leaf.error for term in self.terms), default=0.0)

    @property
    def heavy(self) -> bool:
        """Whether the far tail of sums can be computed around the cut."""
        if self.law.mixture:
            return any(term.leaf.heavy for term in self.law.terms)
        return self.tail is not None and self.tail.leaf.heavy

    @property
    def most(self) -> float:
        """How far below 0 transforms exist, for a law that is `light`."""
        if math.isfinite(self.law.end):
            return math.inf
        return (self.terms[0] if self.tail is None else self.tail).most

    @property
    def light(self) -> bool:
        """Whether transforms exist to the left of 0 as well."""
        if math.isfinite(self.law.end):
            return True
        heavy = any(term.leaf.heavy for term in self.law.terms)
        return math.isinf(self.law.tail_index) and not heavy

    def psi(self, s: Complex, plain: bool = False) -> Complex:
        """Return the logarithm at points of the upper half-plane.

        As far as `past` beyond the imaginary axis; farther where the law is `light`.
        `plain` keeps the linear term of a law that is centred, for large s.
        """
        if plain and self.centred:
            small = np.abs(s) * self.unit <= 2.0
            result = np.empty(s.shape, dtype=np.complex128)
            result[small] = self.psi(s[small]) - s[small] * self.mean
            with np.errstate(divide="ignore"):
                if self.law.single is not None:
                    result[~small] = np.log(self.terms[0].phi(s[~small]))
                else:
                    result[~small] = np.log(self.phi_of_terms(s[~small]))
            return result
        if self.law.single is None:
            return self._psi_of_many(s)
        leaf = self.terms[0]
        left = s.real < -math.sin(self.past) * np.abs(s)
        if left.any():
            result = np.empty(s.shape, dtype=np.complex128)
            e = leaf.tilted(s[left])
            result[left] = self.log_of_deficit(e, s[left])
            if not left.all():
                result[~left] = self.psi(s[~left])
            return result
        big = np.abs(s) * self.unit > 2.0
        result = np.empty(s.shape, dtype=np.complex128)
        if big.any():
            result[big] = self.log_of_phi(leaf.phi(s[big]), s[big])
        if not big.all():
            result[~big] = self.log_of_deficit(leaf.deficit(s[~big]), s[~big])
        return result

    def psi_around(self, s: Complex) -> Complex:
        """Return the logarithm in the upper left quadrant, as it goes on around 0.

        Between the imaginary axis and the numbers below 0, on whose upper lip the
        imaginary part keeps all its digits. For `heavy` laws.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            e = self._deficit_around(s)
            logs = self.log_of_deficit(e, s)
            # From the transform itself: no digit of a tiny imaginary part may be lost.
            phi = 1.0 + e - (s * self.mean if self.centred else 0.0)
        logs.imag = np.arctan2(phi.imag, phi.real)
        if self.centred:
            logs.imag += s.imag * self.mean
        return logs

    def _deficit_around(self, s: Complex) -> Complex:
        if not self.law.mixture:
            assert self.tail is not None
            return self._with_panels(s, self.tail.around(s))
        e = np.zeros(s.shape, dtype=np.complex128)
        for term, leaf in zip(self.law.terms, self.terms, strict=True):
            own = leaf.around(s)
            if leaf.centred and not self.centred:
                own = own - s * leaf.mean
            e += term.weight * self._moved(own, s, term.shift, leaf.mean)
        return e

    def _moved(self, e: Complex, s: Complex, shift: float, mean: float) -> Complex:
        """Return the deficit of a law moved up by a shift."""
        if shift == 0.0:
            return e
        step = expm1(-s * shift)
        moved = e * (1.0 + step) + step
        if self.centred:
            moved = moved + s * shift - mean * s * step
        return moved

    def joined(self, parts: Sequence[Complex]) -> Complex:
        """Return the transform, of those of what the law is made of on a ray."""
        return parts[0]

    def joined_deficit(self, parts: Sequence[Complex], s: Complex) -> Complex:
        """Return the deficit likewise."""
        return parts[0]

    def log_of_phi(self, phi: Complex, s: Complex) -> Complex:
        """Return the logarithm, of the transform itself."""
        with np.errstate(divide="ignore"):
            logs: Complex = np.log(phi)
        return logs + s * self.mean if self.centred else logs

    def log_of_deficit(self, e: Complex, s: Complex) -> Complex:
        """Return the logarithm, of the transform less 1 and its linear term."""
        if not self.centred:
            return log1p(e)
        w = e - s * self.mean
        near = np.abs(w) < 0.5
        small = np.where(near, w, 0.0)
        with np.errstate(invalid="ignore"):
            result: Complex = np.where(
                near, e + log1p_less(small), log1p(w) + s * self.mean
            )
        return result

    def _psi_of_many(self, s: Complex) -> Complex:
        result = np.empty(s.shape, dtype=np.complex128)
        big = np.abs(s) > self.resolved
        if not big.all():
            own = None if self.tail is None else self.tail.deficit(s[~big])
            e = self._with_panels(s[~big], own)
            result[~big] = self.log_of_deficit(e, s[~big])
        if self.law.end == self.last:
            left = big & (s.real < -math.sin(self.past) * np.abs(s))
            result[left] = self._towards_end(s[left])
            big &= ~left
        if big.any():
            result[big] = self._log_of_terms(s[big])
        return result

    def _log_of_terms(self, s: Complex) -> Complex:
        """Return the logarithm of the sum of the terms."""
        if self.law.end < self.last or not (s.real * self.last < -600.0).any():
            return self.log_of_phi(self.phi_of_terms(s), s)
        # Waves may be larger than doubles hold, unless they count from the end.
        from_end = np.where(s.real < 0.0, self.last, 0.0)
        scaled = np.zeros_like(s)
        for term, leaf in zip(self.law.terms, self.terms, strict=True):
            scaled += term.weight * np.exp(s * (from_end - term.shift)) * leaf.phi(s)
        return self.log_of_phi(scaled, s) - s * from_end

    @cached_property
    def _end_panels(self) -> Panels:
        return Panels(self.law, self.resolved, _DENSER)

    def _towards_end(self, s: Complex) -> Complex:
        """Return the logarithm beyond the imaginary axis, for a law with an upper end.

        All that counts there is near the end, at which exp(-s x) is largest: with y up
        to it, exp(s end) E exp(-s X) = exp(s end) - the integral of s exp(s y) P(X > y).
        """
        if s.size == 0:
            return s
        p = self._end_panels
        wave = np.multiply.outer(s, self.last - p.y)
        scaled = np.exp(s * self.last) - s * dot(np.exp(wave), p.weights * p.survival)
        with np.errstate(divide="ignore"):
            logs: Complex = np.log(scaled) - s * self.last
        return logs + s * self.mean if self.centred else logs

    def phi_of_terms(self, s: Complex) -> Complex:
        """Return the transform as the sum of its terms."""
        total = np.zeros_like(s)
        for term, leaf in zip(self.law.terms, self.terms, strict=True):
            total += term.weight * np.exp(-s * term.shift) * leaf.phi(s)
        return total

    def _with_panels(self, s: Complex, tail: Complex | None) -> Complex:
        """Return the deficit: up to the last break, and with that of the tail beyond."""
        p = self.panels
        e: Complex
        wave = np.multiply.outer(-s, p.y)
        with np.errstate(over="ignore", invalid="ignore"):
            if self.centred:
                e = s * dot(-expm1(wave), p.weights * p.survival)
            else:
                e = -s * dot(np.exp(wave), p.weights * p.survival)
        if self.tail is not None and tail is not None:
            step = expm1(-s * self.last)
            e += self.tail_mass * tail * (1.0 + step)
            if self.centred:
                e -= self.tail_mass * self.tail.mean * s * step
        return e
