"""The law of a sum at given places: every method where it is good, with its error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..laws.base import Reals
from . import across
from .across import Found
from .around import around
from .bulk import bulk
from .complexes import Places
from .sums import Sum

#: The methods, as numbers that arrays can hold.
METHODS = (
    "outside the support",
    "ray",
    "saddle",
    "cut",
    "saddle below 0",
    "atoms",
    "number cut",
    "bound of the lower tail",
)

#: What is said where the law is not known.
UNKNOWN = "so far out no method reaches for this law"

# Upper tails below e^_SMALL are computed by themselves; the bulk knows larger ones.
_SMALL = -5.0


@dataclass(frozen=True, slots=True)
class Values:
    """Logarithms of P(sum <= y), P(sum > y) and the density, with error and method.

    `error` is an estimate, relative to the smaller of the two probabilities; `method`
    is an index of `METHODS`.
    """

    lower: Reals
    upper: Reals
    density: Reals
    error: Reals
    method: Places


def values(total: Sum, y: Reals, x: Reals, wanted: float | None = None) -> Values:
    """Return the law of a sum at y, which is x above the lower end.

    Methods are tried until the error is as `wanted`, or the best that there is.
    """
    wanted = total.wanted if wanted is None else wanted
    lower = np.full(y.size, -math.inf)
    upper = np.zeros(y.size)
    density = np.full(y.size, -math.inf)
    error = np.zeros(y.size)
    method = np.zeros(y.size, dtype=np.int64)
    above = y >= total.highest
    with np.errstate(divide="ignore"):
        lower[above], upper[above] = total.kept, np.log(-np.expm1(total.kept))
    inside = (x > 0.0) & ~above
    if inside.any():
        found = _inside(total, y[inside], x[inside], wanted)
        lower[inside], upper[inside] = found.lower, found.upper
        density[inside], error[inside] = found.density, found.error
        method[inside] = found.method
    unknown = np.isnan(y) | ~(error < math.inf)
    for array in (lower, upper, density):
        array[unknown] = math.nan
    return Values(lower, upper, density, error, method)


def _inside(total: Sum, y: Reals, x: Reals, wanted: float) -> Values:
    whole = _bulk(total, y, x)
    if whole is not None:
        below, rate, absolute, method = whole
        # Where exp(K) grows on the ray, the bulk says nothing.
        good = (below > 0.0) & (below < 1.0) & (absolute < 0.01)
        below = np.clip(np.where(np.isnan(below), 0.5, below), 1e-300, 1.0 - 1e-16)
        least = np.minimum(below, 1.0 - below)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            lower, upper = np.log(below), np.log1p(-below)
            density = np.log(rate)
            error = np.where(good, absolute / least, math.inf)
    else:
        good = np.zeros(y.size, dtype=bool)
        lower, upper, density = (np.full(y.size, math.nan) for _ in range(3))
        error = np.full(y.size, math.inf)
        method = np.full(y.size, 2, dtype=np.int64)
    result = Values(lower, upper, density, error, method)
    if total.grid is not None:
        error[(upper < -9.0) | (lower < -9.0)] = math.inf

    def improve(mine: Places, found: Found, below: bool, number: int) -> None:
        """Take over what was found where it is better."""
        small = found.log
        # The methods for tails know nothing of the bulk.
        known = np.isfinite(small) & (small < (1e-9 if number != 3 else -2.0))
        small = np.minimum(small, 0.0)
        other = np.log(-np.expm1(np.minimum(small, -1e-300)))
        # The error of the tail that was found counts against the smaller of the two.
        with np.errstate(over="ignore"):
            own = found.error * np.exp(np.maximum(small - other, 0.0))
        take = known & (own < result.error[mine])
        which = mine[take]
        mine_of, rest_of = (result.lower, result.upper) if below else (upper, lower)
        mine_of[which], rest_of[which] = small[take], other[take]
        density[which], error[which] = found.density[take], own[take]
        method[which] = number

    wrong = error > wanted
    if wrong.any() and (total.light or not total.two_sided):
        mine = np.flatnonzero(wrong & ((lower < -0.2) | ~good))
        improve(mine, across.lower(total, y[mine], x[mine]), True, 2)
    wrong = error > wanted
    if wrong.any():
        # Where the lower tail is the smaller one and known, nothing is left to do.
        small = (lower < -0.7) & (error < 1e-3) & ~good
        first = _SMALL if total.grid is None else -2.0
        mine = np.flatnonzero(wrong & ((upper < first) | ~good) & ~small)
        if total.heavy:
            positive = mine[y[mine] > 0.0]
            improve(positive, around(total, y[positive]), False, 3)
        elif total.light:
            improve(mine, across.upper(total, y[mine]), False, 4)
    if total.error > 0.0:
        # A probability e^-clock has the errors of hazards of that size.
        error += 10.0 * total.error * np.maximum(1.0, -np.minimum(lower, upper))
    return result


def _bulk(total: Sum, y: Reals, x: Reals) -> tuple[Reals, Reals, Reals, Places] | None:
    """Return P(T <= y), the density, the absolute error and the method; or None."""
    with np.errstate(over="ignore", invalid="ignore"):
        if total.single:
            return *bulk(total, y), np.ones(y.size, dtype=np.int64)
        if total.grid is None:
            return None
        found = total.grid.at(x)
        beyond = x > total.grid.length
        found[2][beyond] = math.inf
        return *found, np.full(y.size, 5, dtype=np.int64)
