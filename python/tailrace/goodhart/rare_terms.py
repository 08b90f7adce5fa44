"""The terms of a rare sum: their tails, what lies beyond, and their tilts."""

from __future__ import annotations

import math
from functools import cached_property, partial

import numpy as np

from ..laws.base import Law, Reals
from ..laws.empirical import Empirical
from ..laws.exponential import Exponential
from ..laws.gamma import Gamma
from ..laws.laplace import Laplace
from ..laws.normal import Normal
from ..mixture import Mixture
from .cumulants import cumulants, domain
from .curve_functions import CurveFunctions, functions_of
from .laws import SelectedLaw
from .parts import Atoms, parts_of
from .sides import side_of
from .tails import Tail, tails_of


class Term:
    """One term of a sum.

    Attributes
    ----------
    law : Law
        Its law.
    """

    def __init__(self, law: Law) -> None:
        self.law = law

    @cached_property
    def tail(self) -> Tail:
        """The upper tail."""
        return tails_of(self.law)[1]

    @cached_property
    def mean(self) -> float:
        """E[Y]; infinite or NaN where there is none."""
        return float(self.law.mean())

    def log_beyond(self, y: Reals) -> Reals:
        """Return log P(Y >= y)."""
        below = np.nextafter(y, -math.inf)
        return -np.asarray(self.law.hazard(below))

    @cached_property
    def _parts(self) -> list[tuple[float, Law | Atoms]]:
        return parts_of(self.law)

    def log_excess(self, y: Reals) -> Reals:
        """Return log E[Y - E Y; Y >= y]."""
        if len(self._parts) == 1:
            return _excess_of(self._parts[0][1], y)
        total = np.zeros(y.shape)
        for weight, part in self._parts:
            mean = part.mean if isinstance(part, Atoms) else side_of(part).mean
            beyond = _beyond(part, y)
            total += weight * (
                np.exp(_excess_of(part, y)) + (mean - self.mean) * beyond
            )
        with np.errstate(divide="ignore"):
            logs: Reals = np.log(np.maximum(total, 0.0))
        return logs


def _beyond(part: Law | Atoms, y: Reals) -> Reals:
    if isinstance(part, Law):
        return np.exp(side_of(part).log_beyond(y))
    return _from(part.masses)[np.searchsorted(part.values, y)]


def _from(masses: Reals) -> Reals:
    """Return sums from each on, and 0 after the last."""
    return np.append(np.cumsum(masses[::-1])[::-1], 0.0)


def _excess_of(part: Law | Atoms, y: Reals) -> Reals:
    """Return log E[Y - E Y; Y >= y], of a part alone."""
    if isinstance(part, Law):
        return side_of(part).log_excess_anywhere(y)
    sums = _from(part.masses * (part.values - part.mean))
    sums[0] = 0.0
    with np.errstate(divide="ignore"):
        logs = np.log(np.maximum(sums, 0.0))
    return np.asarray(logs[np.searchsorted(part.values, y)])


def tilting(
    laws: list[Law], drawn: list[int], t: float
) -> tuple[float, float, list[Law], str]:
    """Return the tilt at which the mean sum is t, log E[e^(tilt sum)], and tilted laws.

    The last two are of the laws that are drawn. Without a tilt where t is no more than
    the mean. And a reason, where there is no such tilt.
    """
    from scipy.optimize import brentq

    ends = [domain(law)[1] for law in laws]

    def surplus(s: float) -> float:
        slopes = [cumulants(law, s)[1] for law in laws]
        total = math.fsum(slopes) if all(map(math.isfinite, slopes)) else math.nan
        return math.inf if math.isnan(total) else total - t

    theta, doubt = 0.0, ""
    within = t < math.fsum(law.support[1] for law in laws)
    if within and surplus(0.0) < 0.0:
        end = min(ends)
        low, high = 0.0, 0.5 * end if end < math.inf else 1.0
        # Up to where the mean is t, or is not known.
        for _ in range(60):
            if not surplus(high) < 0.0:
                break
            low, high = high, 0.5 * (high + end) if end < math.inf else 2.0 * high
        if math.isfinite(surplus(high)):
            theta = float(brentq(surplus, low, high, xtol=1e-14, rtol=1e-12))
        else:
            for _ in range(40):
                middle = 0.5 * (low + high)
                low, high = (middle, high) if surplus(middle) < 0.0 else (low, middle)
            theta = low
        most = min(_most(laws[i]) for i in drawn)
        if theta > most:
            theta, doubt = most, "the laws are not known where their tilts lie"
    log_mgf = math.fsum(cumulants(laws[i], theta)[0] for i in drawn)
    return theta, log_mgf, [tilted(laws[i], theta) for i in drawn], doubt


def _most(law: Law) -> float:
    """Return up to which tilt all of the tilted mass lies where the law is known."""
    rate = domain(law)[1]
    if rate == math.inf or _in_closed_form(law):
        return math.inf
    return rate - 40.0 / abs(float(side_of(law).points[-1]))


def _in_closed_form(law: Law) -> bool:
    return isinstance(law, Normal | Exponential | Gamma | Laplace)


def tilted(law: Law, s: float) -> Law:
    """Return the law with the density of another times e^(sy), up to a factor."""
    if s == 0.0:
        return law
    if isinstance(law, Normal):
        return Normal(law.loc + s * law.scale**2, law.scale)
    if isinstance(law, Exponential):
        return Exponential(law.scale / (1.0 - s * law.scale))
    if isinstance(law, Gamma):
        return Gamma(law.shape, law.scale / (1.0 - s * law.scale))
    if isinstance(law, Laplace):
        # Above the middle with the rate 1 / scale - s, below it with 1 / scale + s.
        up, down = 1.0 - s * law.scale, 1.0 + s * law.scale
        halves = [Exponential(law.scale / up), -1.0 * Exponential(law.scale / down)]
        return law.loc + Mixture(halves, [0.5 * down, 0.5 * up])
    (_, atoms), *more = parts_of(law)
    if isinstance(atoms, Atoms) and not more:
        chances = np.log(atoms.masses) + s * atoms.values
        return Empirical(atoms.values, weights=np.exp(chances - chances.max()))
    if law._has_atoms:
        msg = f"truth must be data or without atoms to be tilted, got {law!r}"
        raise ValueError(msg)
    mean = cumulants(law, s)[1]
    said = f"e^({s:.6g} y), {law!r}"
    indices = math.inf, math.inf
    return SelectedLaw(said, partial(_functions, law, s), indices, mean)


def _functions(law: Law, s: float) -> CurveFunctions:
    return functions_of(law, lambda y: s * y, [], [])
