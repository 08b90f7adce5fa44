"""Sums of values that were cut off, written out by how many of them were.

With X before it was cut at M, p = P(X > M), and B what an X beyond M exceeds it by: where f
and g are the transforms of X and B, that of min(X, M) is f - p e^(-sM) (g - 1), and that of
X given X <= M is (f - p e^(-sM) g) / (1 - p). So their n-th powers are finite sums, and up
to a time x only the terms with e^(-skM), k M <= x, count: a few, where few values of M fit
in. Each is the law of a sum of values that were not cut.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..derived import Derived
from ..laws.base import Law, Reals
from .values import METHODS, Values

if TYPE_CHECKING:
    from .functions import TotalFunctions

# So many values of M may fit in: the number of laws grows like the square.
_MOST = 6

_METHOD = METHODS.index("number cut")


def before_cut(law: Law) -> tuple[Law, float, bool] | None:
    """Return a law before it was cut, where, and whether it was capped; None elsewhere.

    Truncated laws are conditioned on a smaller value, capped ones have an atom.
    """
    if not isinstance(law, Derived):
        return None
    free, limit, capped = law.base, math.inf, True
    for method, *arguments in law.steps:
        if method == "min_of" and capped:
            free = free.min_of(arguments[0])
        elif method == "capped" and capped:
            limit = min(limit, arguments[0])
        elif method == "truncated" and math.isinf(limit):
            low, limit, capped = arguments[0], arguments[1], False
            free = free.beyond(low) if low > free.support[0] else free
        else:
            return None
    if free._has_atoms or not math.isfinite(free.support[0]):
        return None
    # Beyond an end of its own the law has nothing that could be written out.
    return (free, limit, capped) if limit < free.support[1] else None


class Written:
    """The law of the sum of n values of one law that was cut.

    Parameters
    ----------
    free : Law
        The law before.
    limit : float
        Where it was cut.
    capped : bool
        Whether values beyond are at the limit; else there are none.
    n : int
        How many values.
    """

    def __init__(self, free: Law, limit: float, capped: bool, n: int) -> None:
        self.free, self.limit, self.capped, self.n = free, limit, capped, n
        self.gap = limit - free.support[0]
        self.log_share = float(free.logsf(limit))
        self.beyond = free.beyond(limit) - limit
        self._laws: dict[tuple[int, int], TotalFunctions] = {}

    def _sum(self, plain: int, beyond: int) -> TotalFunctions:
        """Return the sum of so many values that were not cut, and of what is beyond."""
        from .functions import TotalFunctions

        key = plain, beyond
        if key not in self._laws:
            parts = [(self.free, plain), (self.beyond, beyond)]
            self._laws[key] = TotalFunctions([p for p in parts if p[1]], False)
        return self._laws[key]

    def at(self, x: Reals, wanted: float) -> Values:
        """Return everything at distances from the lower end; errors are inf elsewhere."""
        lower, upper, density = (np.full(x.size, math.nan) for _ in range(3))
        error = np.full(x.size, math.inf)
        method = np.full(x.size, _METHOD, dtype=np.int64)
        # More cannot have been cut than there are.
        fit = np.minimum(np.floor(x / self.gap), self.n)
        inside = (x > 0.0) & (x < self.n * self.gap)
        mine = np.flatnonzero(inside & (fit <= _MOST))
        if mine.size:
            most = int(fit[mine].max())
            up_to, beyond, rate, doubt = self._terms(x[mine], most, wanted)
            small = np.minimum(up_to, beyond)
            with np.errstate(divide="ignore", invalid="ignore"):
                first = np.where(up_to < beyond, np.log(up_to), np.log1p(-beyond))
                lower[mine] = first
                upper[mine] = np.where(up_to < beyond, np.log1p(-up_to), np.log(beyond))
                density[mine] = np.log(np.maximum(rate, 0.0))
                own = np.where(small > 0.0, doubt / small, math.inf)
                error[mine] = np.where(np.isnan(own), math.inf, own)
        return Values(lower, upper, density, error, method)

    def _terms(self, x: Reals, most: int, wanted: float) -> tuple[Reals, ...]:
        """Return P(T <= x), P(T > x), the density and a bound of the errors."""
        up_to, beyond, rate, doubt = (np.zeros(x.size) for _ in range(4))
        share = 0.0 if self.capped else math.log1p(-math.exp(self.log_share))
        for k in range(most + 1):
            place = x - k * self.gap
            some = np.flatnonzero(place > 0.0)
            size = math.log(math.comb(self.n, k)) + k * self.log_share - self.n * share
            factor = (-1.0) ** k * math.exp(min(size, 700.0))
            for j in range(k + 1) if self.capped else (k,):
                term = factor
                if self.capped:
                    term *= (-1.0) ** (k - j) * math.comb(k, j)
                f, g, d, e = self._law(self.n - k, j, place[some], wanted)
                up_to[some] += term * f
                # The terms of every k > 0 have no mass on the whole, if capped.
                beyond[some] += term * g
                rate[some] += term * d
                doubt[some] += abs(term) * (e + 2e-16)
        return up_to, beyond if self.capped else 1.0 - up_to, rate, doubt

    def _law(
        self, plain: int, beyond: int, x: Reals, wanted: float
    ) -> tuple[Reals, Reals, Reals, Reals]:
        """Return P(T <= x), P(T > x), density and error of a sum of values not cut."""
        one, none = np.ones(x.size), np.zeros(x.size)
        if plain + beyond == 0:
            return one, none, none, none
        law = self._sum(plain, beyond)
        found = law.values(x + law.total.lowest, x, wanted)
        f, g, d = np.exp(found.lower), np.exp(found.upper), np.exp(found.density)
        return f, g, d, found.error * np.minimum(f, g)
