"""Moments of laws without a formula, by quadrature over the clock."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .base import Law, Reals
from .formulas import LOG_2, flip

#: What is integrated, from values and the probabilities beyond and up to each.
Integrand = Callable[[Reals, Reals, Reals], Reals]

# Clocks reach as far as values stay below about 1e280, and at most to where e^-clock is
# the last double: beyond, the clock of the other tail would be 0.
_LARGEST = 1e280
_REACH = 740.0


def mean(law: Law) -> float:
    """Return E[X]; both tail indices are above 1."""
    return expectation(law, lambda x, beyond, up_to: x, 1)


def var(law: Law) -> float:
    """Return E[(X - E[X])^2]; both tail indices are above 2."""
    center = mean(law)
    return expectation(law, lambda x, beyond, up_to: (x - center) ** 2, 2)


def l_moments(law: Law, count: int) -> Reals:
    """Return the first L-moments; both tail indices are above 1."""
    from scipy.special import eval_sh_legendre

    def part(r: int) -> float:
        # The shifted Legendre polynomial from the nearer end; all but the first ignore
        # a shift of the values.
        def integrand(x: Reals, beyond: Reals, up_to: Reals) -> Reals:
            near = np.where(beyond < up_to, beyond, up_to)
            sign = np.where(beyond < up_to, 1.0, (-1.0) ** (r - 1))
            weight = sign * (-1.0) ** (r - 1) * eval_sh_legendre(r - 1, near)
            product: Reals = (x - center) * np.asarray(weight)
            return product

        return expectation(law, integrand, 1)

    center = law.median()
    result = np.array([part(r) for r in range(1, count + 1)])
    result[0] += center
    result.flags.writeable = False
    return result


def atoms(law: Law) -> tuple[Reals, Reals] | None:
    """Return the atoms of a law that has nothing else, with their masses."""
    from .empirical import Empirical

    base = getattr(law, "base", law)
    if not isinstance(base, Empirical):
        return None
    return base.values, _masses(law, base.values)


def _masses(law: Law, values: Reals) -> Reals:
    """Return the mass of each atom, of values in ascending order."""
    # Each from whichever tail is smaller, so that neither end loses its digits.
    above, up_to = law.sf(values), law.cdf(values)
    by_sf = np.concatenate([[1.0], above[:-1]]) - above
    by_cdf = np.diff(up_to, prepend=0.0)
    masses: Reals = np.where(above < 0.5, by_sf, by_cdf)
    return masses


def _sum(law: Law, values: Reals, masses: Reals, g: Integrand) -> float:
    """Return the part of the expectation that atoms have, each seen at its middle."""
    middle = law.cdf(values) - 0.5 * masses
    return float(math.fsum(g(values, 1.0 - middle, middle) * masses))


def expectation(law: Law, g: Integrand, order: int) -> float:
    r"""Return E[g(X)] for g that grows like abs(x)^order.

    The halves above and below the median each run over the clock of their tail. With
    the clock e = log(1 + e^s) and s > 0 the weight decays exponentially. Beyond the
    point where values would overflow the tail is a power to the last digit, or
    lighter, and the rest is in closed form.
    """
    found = atoms(law)
    if found is not None:
        return _sum(law, *found, g)
    base: Any = getattr(law, "base", law)
    cut = getattr(base, "threshold", None)
    if base._has_atoms and cut is not None:
        return _spliced(law, base.values, cut, g, order)
    return _halves(law, g, order)


def _spliced(law: Law, values: Reals, cut: float, g: Integrand, order: int) -> float:
    """Return the expectation for data with a tail: a sum and an integral."""
    body = _sum(law, values, _masses(law, values), g)
    share = float(law.sf(cut))

    def beyond_it(x: Reals, beyond: Reals, up_to: Reals) -> Reals:
        return g(x, share * beyond, 1.0 - share * beyond)

    return body + share * _halves(law.beyond(cut), beyond_it, order)


def _halves(law: Law, g: Integrand, order: int) -> float:
    """Return the expectation for a law whose inverse is smooth but for kinks."""
    upper = _half(law, g, order, law._kinks())
    mirrored = law._scaled(-1.0, 0.0)

    def mirror(x: Reals, beyond: Reals, up_to: Reals) -> Reals:
        return g(-x, up_to, beyond)

    flipped = [float(flip(np.array(e))) for e in law._kinks() if e > 0]
    return upper + _half(mirrored, mirror, order, flipped)


def _half(law: Law, g: Integrand, order: int, kinks: list[float]) -> float:
    """Return the part of the expectation from the median up."""
    from scipy.integrate import tanhsinh

    hazard = float(law.hazard(_LARGEST ** (1.0 / order)))
    end = min(max(hazard, 60.0), _REACH)

    def values(s: Reals) -> tuple[Reals, Reals]:
        upper = np.logaddexp(0.0, s)
        lower = np.logaddexp(0.0, -s)
        x = np.asarray(law.inverse_hazard(upper))
        part = g(x, np.exp(-upper), np.exp(-lower))
        return part, np.exp(-upper - lower)

    def integrand(s: Any) -> Any:
        part, weight = values(np.asarray(s, dtype=np.float64))
        # A light tail is over long before its clock leaves the doubles.
        over = light & (weight < 1e-250) & ~np.isfinite(part)
        return np.where(over, 0.0, part) * weight

    light = math.isinf(law.tail_index)
    inside = [_place(e) for e in kinks if LOG_2 < e < end]
    cuts = sorted({0.0, end, *inside, *(c for c in _CUTS if c < end)})
    total = 0.0
    with np.errstate(all="ignore"):
        for low, high in itertools.pairwise(cuts):
            total += float(tanhsinh(integrand, low, high, rtol=1e-13).integral)
        index = law.tail_index
        if math.isfinite(index):
            part, _ = values(np.array(end))
            total += float(part) * math.exp(-end) / (1.0 - order / index)
    return total


_CUTS = (0.7, 2.0, 8.0, 24.0, 60.0, 250.0)


def _place(clock: float) -> float:
    """Return s with log(1 + e^s) = clock."""
    return clock + math.log(-math.expm1(-clock))
