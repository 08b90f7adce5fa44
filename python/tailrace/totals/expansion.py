"""Powers of transforms that are sums of terms: each product has a path of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from ..laws.base import Reals
from .complexes import Complex
from .sums import Sum
from .transform import Transform

# More products than this, and powers higher than this, are not worth it.
_MOST = 3000
_HIGHEST = 100

# So many paths are kept.
_KEPT = 24


@dataclass(frozen=True, slots=True)
class Expansion:
    r"""The n-th power of :math:`\sum_j C_j(s) e^{-s d_j}`, product by product.

    Distances from the lower end that are less than the shift d of a product do not see
    it: more is needed for it than there is. So each path may lean to the left, where
    exp(s (x - d)) fades, although the power as a whole grows there.
    """

    n: int
    law: Transform
    shifts: Reals
    #: Shifts and powers of the factors after the first, by shift.
    products: tuple[tuple[float, tuple[int, ...]], ...]
    edges: Reals
    known: dict[float, Complex] = field(default_factory=dict)
    sizes: dict[float, Reals] = field(default_factory=dict)

    @classmethod
    def of(cls, total: Sum) -> Expansion | None:
        """Return the expansion of a sum; None where there are too many products."""
        if len(total.groups) > 1 or total.groups[0][0] > _HIGHEST:
            return None
        n, terms = total.groups[0]
        if not terms.transform.expands:
            return None
        shifts = (0.0, *terms.transform.law.breaks)
        if math.comb(n + len(shifts) - 1, n) > _MOST:
            return None
        products: list[tuple[int, ...]] = [()]
        for _ in shifts[1:]:
            products = [(*p, k) for p in products for k in range(n - sum(p) + 1)]
        moved = sorted(
            (float(np.dot(shifts[1:], product)), product) for product in products
        )
        edges = np.array([shift for shift, _ in moved])
        return cls(n, terms.transform, np.array(shifts), tuple(moved), edges)

    def _factors(self, s: Complex) -> list[Complex]:
        """Return C_j(s) for each shift."""
        factors = [np.zeros_like(s) for _ in self.shifts]
        for term, leaf in zip(self.law.law.terms, self.law.terms, strict=True):
            place = int(np.searchsorted(self.shifts, term.shift))
            factors[place] += term.weight * leaf.phi(s)
        return factors

    def crossing(self, x: float, points: Reals) -> float:
        """Return the point, of some, at which the products are smallest in all."""
        key = float(points[0])
        if key not in self.sizes:
            factors = self._factors(points.astype(np.complex128))
            parts = [
                np.abs(c) * np.exp(-points * d)
                for c, d in zip(factors, self.shifts, strict=True)
            ]
            self.sizes[key] = self.n * np.log(np.sum(parts, axis=0))
        return float(points[np.argmin(points * x + self.sizes[key])])

    def log(self, x: Reals, s: Complex, key: float) -> Complex:
        """Return K(s) for each distance from the lower end, shape (x, s).

        Where only `key` tells paths apart, they are computed once.
        """
        found = self.known.get(key)
        if found is None:
            if len(self.known) >= _KEPT:
                self.known.clear()
            found = self.known[key] = self._sums(s)
        seen = np.searchsorted(self.edges, x, side="left") - 1
        result: Complex = np.multiply.outer(x, s) + found[np.maximum(seen, 0)]
        return result

    def _sums(self, s: Complex) -> Complex:
        """Return logarithms of the sums of products, up to each shift."""
        n = self.n
        with np.errstate(divide="ignore"):
            logs = [np.log(f) for f in self._factors(s)]
        rows = []
        total = np.full_like(s, -np.inf)
        for shift, product in self.products:
            rest = n - sum(product)
            log = math.lgamma(n + 1.0) - math.lgamma(rest + 1.0) - s * shift
            if rest:
                log = log + rest * logs[0]
            for k, own in zip(product, logs[1:], strict=True):
                if k:
                    log = log + k * own - math.lgamma(k + 1.0)
            top = np.maximum(total.real, log.real)
            with np.errstate(divide="ignore", invalid="ignore"):
                total = top + np.log(np.exp(total - top) + np.exp(log - top))
            rows.append(total)
        return np.array(rows)
