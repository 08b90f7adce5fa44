"""Laplace transforms of one leaf: E exp(-s X) for complex s, from a continued hazard."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from .complexes import Complex, dot, expm1
from .continued import Leaf
from .lip import Lip

# Trapezoid sums along rays have errors of about e^-_NATS.
_NATS = 36.0

#: Below this tail index a mean is too much the work of events too rare to center on.
LEAST_CENTRED = 1.3


def grid_step(width: float, nats: float) -> float:
    """Return the trapezoid step for a strip of half this width, a power of 2."""
    return 2.0 ** math.floor(math.log2(1.05 * 2.0 * math.pi * width / nats))


class LeafTransform:
    """The transform of one leaf, by the trapezoid rule along a ray.

    With z = exp(u - i angle) the integrals over the survival function G are sums over a
    grid in u, since integrands are analytic in a strip around it:

        1 - E exp(-s X) = integral of s exp(-s z) G(z) dz.
    """

    def __init__(self, leaf: Leaf, unit: float) -> None:
        self.leaf = leaf
        self.unit = unit
        half = min(leaf.angle, 0.5 * math.pi)
        #: How far beyond the imaginary axis s may lie.
        self.past = min(0.1 * math.pi, 0.4 * half)
        self.angle = 0.5 * (half + self.past)
        width = 0.5 * (half - self.past)
        self.step = grid_step(width, _NATS)
        self.centred = leaf.tail_index > LEAST_CENTRED and leaf.mass == 1.0
        self.mean = self._mean() if self.centred else math.inf
        self._lip: Lip | None = None
        self._far: dict[float, tuple[Complex, Complex]] = {}

    def _grid(self, low: float, high: float) -> Complex:
        k = np.arange(math.floor(low / self.step), math.ceil(high / self.step) + 1)
        result: Complex = np.exp(k * self.step - 1j * self.angle)
        return result

    def _nodes(self, s: Complex, near: float) -> Complex:
        """Return a grid that reaches from where nothing is left to where exp(-s z) is 0.

        `near` is the size below which the integrand vanishes.
        """
        size = np.abs(s)
        slowest = math.cos(max(self.angle, 0.5 * math.pi + self.past - self.angle))
        low = min(-math.log(size.max()), math.log(near)) - 40.0
        high = -math.log(size.min()) + math.log(60.0 / slowest)
        return self._grid(low, high)

    def end(self, turn: float, start: float) -> float:
        """Return log abs(z), at an angle, where z P(X > z) is as nothing.

        Of what it is at `start`, or at the unit if that is farther out.
        """
        first = max(start, math.log(self.unit))
        places = np.arange(first, max(700.0, first + 2.0), 1.0)
        z = np.exp(np.minimum(places, 705.0) - 1j * turn)
        with np.errstate(all="ignore"):
            level = places + np.log(np.abs(self.leaf.survival(z)))
        there = np.flatnonzero(level > level[0] - _NATS - 4.0)
        last = float(places[there[-1]]) if there.size else first
        return min(last + 1.0, 705.0)

    def _mean(self) -> float:
        """Return the mean: the integral of the survival function along the ray."""
        z = self._grid(math.log(self.unit) - 40.0, self.end(self.angle, -700.0))
        return float((z * self.leaf.survival(z)).sum().real) * self.step

    def phi(self, s: Complex) -> Complex:
        """Return E exp(-s X), to an error of 1e-16."""
        if s.size == 0:
            return s
        z = self._nodes(s, math.inf)
        return self._summed(s, z, self.leaf.incidence(z))

    def deficit(self, s: Complex) -> Complex:
        """Return E exp(-s X) - 1, plus s E X where centred, to its relative digits."""
        if s.size == 0:
            return s
        if not self.centred:
            z = self._nodes(s, self.unit)
            return (self.leaf.mass - 1.0) - self._summed(s, z, self.leaf.survival(z))
        size = np.abs(s)
        log_unit = math.log(self.unit)
        low = min(-math.log(size.max()), log_unit) - 40.0
        z = self._grid(low, self.end(self.angle, -math.log(size.min())))
        survival = self.leaf.survival(z)
        kept = np.abs(survival) > 1e-300
        z, survival = z[kept], survival[kept]
        w = np.multiply.outer(s, z)
        kernel = w * -expm1(-np.where(w.real > 60.0, 60.0 + 0j, w))
        result: Complex = dot(kernel, survival) * self.step
        return result

    @cached_property
    def most(self) -> float:
        """How far below 0 transforms exist; inf for very light laws."""
        grid = self._far_grid(0.0)

        def exists(v: float) -> bool:
            return bool(np.isfinite(self._tilted(np.array([-v + 0j]), *grid)[0]))

        low, high = 0.0, 1.0 / self.unit
        while exists(high):
            low, high = high, 4.0 * high
            if high > 1e6 / self.unit:
                return math.inf
        # Many powers of ten below 1 / unit where the median says nothing of the tail.
        for _ in range(400):
            if high - low <= 2.0**-40 * high:
                break
            middle = 0.5 * (low + high)
            low, high = (middle, high) if exists(middle) else (low, middle)
        return low

    def around(self, s: Complex) -> Complex:
        """Return `deficit` in the upper left quadrant, gone on to around 0."""
        if not self.leaf.heavy:
            return self.tilted(s)
        if self._lip is None:
            self._lip = Lip(self.leaf, self.unit, self.mean)
        return self._lip.deficit(s)

    def tilted(self, s: Complex) -> Complex:
        """Return `deficit` to the left of 0, for a law light enough for it; else inf."""
        # Along the numbers a tilted law is positive; to the side waves fade that the
        # grid would not resolve.
        result = np.full(s.shape, math.inf, dtype=np.complex128)
        z, hazard = self._far_grid(0.0)
        level = np.multiply.outer(-s.real, z[::8].real) - hazard[::8].real
        level += np.log(z[::8].real)
        there = level > level.max(axis=1, keepdims=True) - 37.0
        last = z[::8].real[there.shape[1] - 1 - np.argmax(there[:, ::-1], axis=1)]
        aside = (np.abs(s.imag) * last > 100.0) | (s.real < -self.most)
        for turn, which in ((0.0, ~aside), (self.angle, aside)):
            mine = np.flatnonzero(which)
            for first in range(0, mine.size, 64):
                part = mine[first : first + 64]
                result[part] = self._tilted(s[part], *self._far_grid(turn))
        return result

    def _far_grid(self, turn: float) -> tuple[Complex, Complex]:
        """Return a grid as far as anything is left of the law, and hazards there."""
        found = self._far.get(turn)
        if found is None:
            log_unit = math.log(self.unit)
            # A median may lie far below where the tail of the law is.
            last = max(log_unit + 12.0, self.end(turn, -700.0) + 6.0)
            k = np.arange(128 * math.floor(log_unit - 22.0), 128 * last)
            z = np.exp(k / 128.0 - 1j * turn)
            with np.errstate(all="ignore"):
                hazard = self.leaf.hazard(z)
            kept = np.isfinite(hazard) & (hazard.real < 1e5) & (hazard.real > -30.0)
            kept[int(np.argmin(kept)) if not kept.all() else kept.size :] = False
            found = self._far[turn] = z[kept], hazard[kept]
        return found

    def _tilted(self, s: Complex, z: Complex, hazard: Complex) -> Complex:
        """Return the deficits along a grid, where there is anything to sum up."""
        # First only every eighth place.
        coarse = np.multiply.outer(-s.real, z[::8].real)
        coarse += np.multiply.outer(s.imag, z[::8].imag) - hazard[::8].real
        coarse += np.log(np.abs(z[::8]))
        top = coarse.max(axis=1)
        cut = coarse[:, -1] > top - 40.0
        some = (coarse > top[:, None] - 45.0) | (hazard[::8].real < 45.0)
        found = np.flatnonzero(some.any(axis=0))
        low, high = max(8 * (found[0] - 1), 0), 8 * (found[-1] + 2)
        z, hazard = z[low:high], hazard[low:high]
        w = np.multiply.outer(-s, z)
        small = np.abs(w) < 1.0
        near = expm1(np.where(small, w, 0.0)) * np.exp(-hazard)
        with np.errstate(over="ignore", invalid="ignore"):
            far = np.exp(w - hazard) - np.exp(-hazard)
            sums = (w * np.where(small, near, far)).sum(axis=1) / 128.0
        result: Complex = np.where(cut | ~np.isfinite(sums), math.inf, sums)
        return result

    def _summed(self, s: Complex, z: Complex, values: Complex) -> Complex:
        """Return the integral of s exp(-s z) times a function."""
        w = np.multiply.outer(s, z)
        kernel = np.where(
            w.real > 60.0, 0.0, w * np.exp(-np.where(w.real > 60.0, 0.0, w))
        )
        result: Complex = dot(kernel, values) * self.step
        return result
