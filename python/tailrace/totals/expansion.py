"""Powers of transforms that are sums of terms: each product has a path of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..laws.base import Reals
from .complexes import Complex
from .sums import Sum
from .transform import Transform

# More products than this, and powers higher than this, are not worth it.
_MOST = 3000
_HIGHEST = 100


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
    products: tuple[tuple[int, ...], ...]

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
        return cls(n, terms.transform, np.array(shifts), tuple(products))

    def _factors(self, s: Complex) -> list[Complex]:
        """Return C_j(s) for each shift."""
        factors = [np.zeros_like(s) for _ in self.shifts]
        for term, leaf in zip(self.law.law.terms, self.law.terms, strict=True):
            place = int(np.searchsorted(self.shifts, term.shift))
            factors[place] += term.weight * leaf.phi(s)
        return factors

    def crossing(self, x: float, points: Reals) -> float:
        """Return the point, of some, at which the products are smallest in all."""
        parts = [
            np.abs(c) * np.exp(-points * d)
            for c, d in zip(
                self._factors(points.astype(np.complex128)), self.shifts, strict=True
            )
        ]
        size = points * x + self.n * np.log(np.sum(parts, axis=0))
        return float(points[np.argmin(size)])

    def log(self, x: Reals, s: Complex) -> Complex:
        """Return K(s) for each distance from the lower end, shape (x, s)."""
        n = self.n
        with np.errstate(divide="ignore"):
            logs = [np.log(f) for f in self._factors(s)]
        sums = []
        for product in self.products:
            rest = n - sum(product)
            log = np.full_like(s, math.lgamma(n + 1.0) - math.lgamma(rest + 1.0))
            if rest:
                log += rest * logs[0]
            for k, own in zip(product, logs[1:], strict=True):
                if k:
                    log += k * own - math.lgamma(k + 1.0)
            shift = float(self.shifts[1:] @ np.array(product)) if product else 0.0
            sums.append((shift, log))
        result = np.empty((x.size, s.size), dtype=np.complex128)
        for i, own_x in enumerate(x):
            seen = np.array(
                [log + s * (own_x - shift) for shift, log in sums if shift < own_x]
            )
            top = seen.real.max(axis=0)
            with np.errstate(divide="ignore", invalid="ignore"):
                result[i] = top + np.log(np.exp(seen - top).sum(axis=0))
        return result
