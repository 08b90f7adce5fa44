"""Moments of laws without a formula, by quadrature over the clock."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .base import Law, Reals

# The lower clock reaches 745, where e^-745 is the last double; the upper one as far as
# values stay below about 1e280.
_REACH = 745.0
_LARGEST = 1e280


def mean(law: Law) -> float:
    """Return E[X]; the tail index is above 1."""
    steps = _atoms(law)
    if steps is not None:
        values, masses = steps
        return float(math.fsum(values * masses))
    return _expectation(law, lambda x: x, 1)


def var(law: Law) -> float:
    """Return E[(X - E[X])^2]; the tail index is above 2."""
    center = mean(law)
    steps = _atoms(law)
    if steps is not None:
        values, masses = steps
        return float(math.fsum((values - center) ** 2 * masses))
    return _expectation(law, lambda x: (x - center) ** 2, 2)


def _atoms(law: Law) -> tuple[Reals, Reals] | None:
    """Return the atoms of a law that has them, with their masses."""
    base = getattr(law, "base", law)
    values = getattr(base, "values", None)
    if values is None:
        return None
    # Each mass from whichever tail is smaller, so that neither end loses its digits.
    above, up_to = law.sf(values), law.cdf(values)
    by_sf = np.concatenate([[1.0], above[:-1]]) - above
    by_cdf = np.diff(up_to, prepend=0.0)
    return values, np.where(above < 0.5, by_sf, by_cdf)


def _expectation(law: Law, g: Callable[[Reals], Reals], order: int) -> float:
    r"""Return E[g(X)] for g that grows like x^order.

    With the clock e = log(1 + e^s) the integral runs over the real line, against the
    logistic density, and both tails decay exponentially in s. Beyond the point where
    values would overflow the law is a power law to the last digit, or lighter, and the
    rest is in closed form.
    """
    from scipy.integrate import tanhsinh

    end = min(max(float(law.hazard(_LARGEST ** (1.0 / order))), 60.0), _REACH * 4)

    def integrand(s: Any) -> Any:
        s = np.asarray(s, dtype=np.float64)
        upper = np.logaddexp(0.0, s)
        lower = np.logaddexp(0.0, -s)
        return g(np.asarray(law.inverse_hazard(upper))) * np.exp(-upper - lower)

    cuts = [-_REACH, -60.0, -8.0, 0.0, 8.0, 60.0, 250.0, 700.0, 1500.0]
    cuts = [c for c in cuts if c < end] + [end]
    total = 0.0
    with np.errstate(all="ignore"):
        for low, high in itertools.pairwise(cuts):
            total += float(tanhsinh(integrand, low, high, rtol=1e-13).integral)
        index = law.tail_index
        if math.isfinite(index):
            edge = float(g(np.asarray(law.inverse_hazard(end)))) * math.exp(-end)
            total += edge / (1.0 - order / index)
    return total
