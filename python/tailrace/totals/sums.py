"""Sums of independent values, several of each law: their transforms, put together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..laws.base import Reals
from .complexes import Complex
from .grid import Grid, Halves
from .rays import Ray
from .tables import Table
from .transform import Transform

if TYPE_CHECKING:
    from .expansion import Expansion


def _complex(sizes: Reals) -> Complex:
    return sizes.astype(np.complex128)


def _below(sizes: Reals) -> Complex:
    """Return numbers below 0, seen from above the cut that may be there."""
    result: Complex = np.empty(sizes.shape, dtype=np.complex128)
    result.real, result.imag = -sizes, 0.0
    return result


def sum_of(parts: Sequence[Any]) -> Any:
    """Return the sum of arrays."""
    return np.sum(parts, axis=0) if len(parts) > 1 else parts[0]


class Terms:
    """A law, ready to be added up: its transform, with tables that serve every sum."""

    def __init__(self, transform: Transform) -> None:
        self.transform = transform
        self.numbers = Table(self._on_numbers, 0.0625, 64)
        self.plain = Table(self._plainly, 0.0625, 64)
        self.below = Table(self._below_zero, 0.0625, 64)
        # The higher the power that is integrated, the narrower is its peak.
        step = 0.25 if transform.law.tail_index < 6.0 else 0.0625
        self.lips = [Table(self._on_lip, step * 4.0**-k, 64) for k in range(3)]
        self._rays: dict[tuple[float, float], Ray] = {}

    def _on_numbers(self, places: Reals) -> Reals:
        return self.transform.psi(_complex(np.exp(places))).real

    def _plainly(self, places: Reals) -> Reals:
        return self.transform.psi(_complex(np.exp(places)), plain=True).real

    def _below_zero(self, places: Reals) -> Reals:
        return self.transform.psi(_below(self.below_zero(np.exp(places)))).real

    def below_zero(self, q: Reals) -> Reals:
        """Return how far below 0: q, but short of where transforms cease to exist."""
        return q / (1.0 + q / self.transform.most)

    def _on_lip(self, places: Reals) -> Complex:
        return self.transform.psi_around(_below(np.exp(places)))

    def ray(self, past: float, step: float) -> Ray:
        """Return the ray at an angle, with its table."""
        key = past, step
        if key not in self._rays:
            self._rays[key] = Ray(self.transform, past, step)
        return self._rays[key]


class Sum:
    """The sum of independent values, `count` of each of some laws.

    Arguments y of the methods of inversion are distances from `center`.

    Attributes
    ----------
    groups : tuple of (int, Terms)
        How many of which law.
    center : Fraction
        Where y = 0 is: the mean, or for laws that are not centred the lower end.
    lowest, highest : float
        The ends of the support, as y.
    error : float
        Relative error of the hazards of the laws.
    """

    def __init__(
        self,
        groups: Sequence[tuple[int, Terms]],
        center: Fraction,
        lowest: float,
        highest: float,
    ) -> None:
        self.groups = tuple(groups)
        self.center = center
        self.lowest = lowest
        self.highest = highest
        laws = [terms.transform for _, terms in groups]
        self.past = min(law.past for law in laws)
        self.light = all(law.light for law in laws)
        self.heavy = any(law.heavy for law in laws)
        self.tail_index = min(law.law.tail_index for law in laws)
        self.single = all(law.law.single is not None for law in laws)
        self.two_sided = any(law.two_sided for law in laws)
        self.error = max(law.error for law in laws)
        #: Log of the mass that is not at infinity.
        self.kept = math.fsum(n * t.transform.log_mass for n, t in groups)
        #: Log of the mass of an atom at the upper end.
        self.atom = math.fsum(n * t.transform.law.log_last_atom() for n, t in groups)
        #: Paths that were asked for, with what is known on them.
        self.paths: dict[tuple[object, ...], tuple[Complex, Complex, Complex]] = {}
        self._step = 1.0
        if self.single:
            self._step = min(Ray.finest(law, self.past) for law in laws)
        self.scale = self._scale()
        #: A relative error as good as none; of laws in pieces less is to be had.
        self.wanted = 2e-11 if self.single else 1e-9
        #: For powers of few terms, once asked for: their products; False where many.
        self.expansion: Expansion | Literal[False] | None = None
        #: For sums of few data: their law on a lattice.
        self.grid: Grid | Halves | None = None

    def log(self, s: Complex, plain: bool = False) -> Complex:
        """Return the logarithm of the transform at points.

        `plain` goes with distances from the lower end instead of the center.
        """
        total = np.zeros(s.shape, dtype=np.complex128)
        for n, terms in self.groups:
            total += n * terms.transform.psi(s, plain)
        return total

    def log_around(self, s: Complex) -> Complex:
        """Return the same in the upper left quadrant, beyond the imaginary axis."""
        total = np.zeros(s.shape, dtype=np.complex128)
        for n, terms in self.groups:
            total += n * terms.transform.psi_around(s)
        return total

    def on_ray(self, low: float, high: float) -> tuple[Complex, Complex, float]:
        """Return s on the ray, the logarithms there, and the step."""
        rays = [(n, terms.ray(self.past, self._step)) for n, terms in self.groups]
        spans = [(n, *ray.table.span(low, high)) for n, ray in rays]
        total: Complex = sum_of([n * psi for n, _, psi in spans])
        s = spans[0][1] * np.exp(1j * (0.5 * math.pi + self.past))
        return s, total, self._step

    def on_numbers(
        self, low: float, high: float, sign: int = 1, plain: bool = False
    ) -> tuple[Reals, Reals]:
        """Return sizes of s, above or below 0, and the logarithms there: see `log`."""
        if sign < 0 and len(self.groups) > 1:
            return self._below_zero(low, high)
        parts = []
        for n, terms in self.groups:
            above = terms.plain if plain else terms.numbers
            table = above if sign > 0 else terms.below
            sizes, psi = table.span(low, high)
            parts.append(n * psi)
        if sign < 0:
            sizes = self.groups[0][1].below_zero(sizes)
        return sizes, sum_of(parts)

    def _below_zero(self, low: float, high: float) -> tuple[Reals, Reals]:
        """Return the same below 0 for several laws, which end at different places."""
        most = min(terms.transform.most for _, terms in self.groups)
        q = np.exp(np.arange(math.log(low), math.log(high), 0.0625))
        sizes = q / (1.0 + q / most)
        return sizes, self.log(_below(sizes)).real

    def on_lip(
        self, low: float, high: float, finer: int
    ) -> tuple[Reals, Complex, float]:
        """Return sizes of s, the logarithms on the upper lip of the cut, and the step."""
        parts = []
        # Laws of one sum have one step: the finest.
        step = min(terms.lips[finer].step for _, terms in self.groups)
        for n, terms in self.groups:
            table = next(t for t in terms.lips if t.step == step)
            sizes, psi = table.span(low, high)
            parts.append(n * psi)
        return sizes, sum_of(parts), step

    def _scale(self) -> float:
        """Return the size of s at which the transform of the sum begins to differ from 1."""
        low, high = 1e-3, 1.0
        unit = max(terms.transform.unit for _, terms in self.groups)
        for _ in range(200):
            if self.single:
                # On the ray, which the bulk needs in any case.
                s, logs, _ = self.on_ray(low / unit, high / unit)
                sizes, size = np.abs(s), np.abs(logs)
            else:
                sizes, psi = self.on_numbers(low / unit, high / unit)
                size = np.abs(psi - self.kept)
            if size[0] > 1.0:
                low, high = low * 1e-4, low
            elif size[-1] < 1.0:
                low, high = high, high * 1e4
            else:
                return float(sizes[np.argmax(size >= 1.0)])
        return 1.0 / unit
