"""How far a mean can be moved within a divergence from the law that one started from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _check
from .._tabular import Tabular
from ..laws.base import Law, Reals
from .cumulants import cumulants, domain, tilt, top_mass
from .parts import Atoms, parts_of
from .quadrature import Panels, integrate
from .selection import computed
from .sides import log_weight, side_of
from .tails import tails_of

HEAVY = "the upper tail is heavy: E[e^(sX)] is infinite for every s > 0"
FAR = "the tilted law lies further out than tails are known to"


@dataclass(frozen=True, slots=True, eq=False)
class Frontier(Tabular):
    """The largest means within divergences; made by `divergence_frontier`.

    Attributes
    ----------
    law : Law
        The law that one starts from.
    order : float
        1 for the KL divergence, 2 for the chi-square one: see `divergence_frontier`.
    budget : ndarray
        Largest divergences.
    mean : Computed or ndarray
        The supremum of the mean of a law that is no further away, of the same shape.
    reason : str
        Why a mean is infinite or NaN; empty where none is.

    Examples
    --------
    >>> import tailrace as tr
    >>> found = tr.divergence_frontier(tr.Laplace(), [0.1, 1.0, 10.0])
    >>> found.mean
    array([ 0.64761498,  2.38165292, 12.90304752])
    """

    law: Law
    order: float
    budget: Reals
    mean: Any = field(repr=False)
    reason: str

    def to_dict(self) -> dict[str, list[Any]]:
        """Return `budget` and `mean` as columns."""
        return {
            "budget": self.budget.ravel().tolist(),
            "mean": np.ravel(self.mean).tolist(),
        }

    def plot(self, ax: Any = None) -> Any:
        """Draw the means against the square roots of the budgets; return the axes."""
        from .plots import plot_frontier

        return plot_frontier(self, ax=ax)


def divergence_frontier(law: Law, budget: ArrayLike, *, order: float = 1.0) -> Frontier:
    r"""Find how large a mean can be within a divergence from a law Q.

    Parameters
    ----------
    law : Law
        Q, say the law of a reward before optimisation.
    budget : array_like
        Largest divergences d, at least 0.
    order : float, default 1.0
        The divergence of P from Q with :math:`r = dP/dQ` is
        :math:`(E_Q\, r^p - 1) / (p - 1)` of this order p: chi-square for 2, and
        :math:`E_P \log r`, the KL divergence in nats, for 1, the limit. At least 1.

    Returns
    -------
    Frontier
        With :math:`\sup \{E_P[X] : D(P \| Q) \le d\}`; infinite, with a reason, where a
        divergence does not control the tail.

    Raises
    ------
    TypeError
        If `law` is no Law, or a number is none.
    ValueError
        If a budget is negative or `order` below 1.

    Notes
    -----
    For KL the supremum is :math:`\inf_{s > 0} (d + K(s)) / s` with the cumulant
    generating function K [1]_, reached by the tilted law :math:`\propto e^{s x} Q`. It
    is finite for every d if Q has an exponential moment, and infinite for every d > 0 if
    it has none: that is what a heavy tail is. For order p > 1 it is reached by the
    density :math:`\propto (x - \tau)_+^{1 / (p - 1)}` and finite if Q has the moment of
    order :math:`q = p / (p - 1)`, by Hölder's inequality: so chi-square controls every
    law with a variance.

    References
    ----------
    .. [1] M. D. Donsker, S. R. S. Varadhan, "Asymptotic evaluation of certain Markov
       process expectations for large time, I", Comm. Pure Appl. Math. 28 (1975), 1-47.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.divergence_frontier(tr.StudentT(3), 0.01).reason
    'the upper tail is heavy: E[e^(sX)] is infinite for every s > 0'
    >>> tr.divergence_frontier(tr.StudentT(3), [0.01, 1.0], order=2).mean
    array([0.171..., 1.533...])
    """
    if not isinstance(law, Law):
        msg = f"law must be a Law, got {_check.said(law)}"
        raise TypeError(msg)
    budgets = _check.points("budget", budget)
    bad = ~((budgets >= 0.0) & (budgets < math.inf))
    if bad.any():
        msg = f"budget must be finite and >= 0, got {float(budgets[bad].flat[0])!r}"
        raise ValueError(msg)
    power = _check.at_least("order", order, 1.0, 1e6)
    find = _by_tilt if power == 1.0 else lambda law, d: _by_power(law, d, power)
    found = [find(law, float(d)) for d in budgets.ravel()]
    mean = np.array([value for value, _ in found]).reshape(budgets.shape)
    reasons = [reason for _, reason in found if reason]
    why = reasons[0] if reasons else ""
    bound = 1e-10 * np.abs(mean - law.median()) + 2.0**-51 * np.abs(mean)
    return Frontier(law, power, budgets, computed(mean, bound, why), why)


def _by_tilt(law: Law, d: float) -> tuple[float, str]:
    """Return the frontier of the KL divergence."""
    if d == 0.0:
        mean = law.mean()
        return float(mean), mean.reason
    s, reason = tilt_within([law], d)
    end = law.support[1]
    if s == math.inf:
        return end, ""
    if math.isnan(s):
        return (math.inf if reason == HEAVY else math.nan), reason
    return min((d + cumulants(law, s)[0]) / s, end), ""


def tilt_within(laws: Sequence[Law], d: float) -> tuple[float, str]:
    """Return s > 0 with the divergence s K'(s) - K(s) = d, or the last one before it.

    K is that of the sum of independent terms. inf where the tilted mean is within
    rounding of the end of the support before that; NaN, with a reason, where there is no
    s.
    """
    from scipy.optimize import brentq

    domains = [domain(law) for law in laws]
    high = min(rate for _, rate, _ in domains)
    if any(math.isnan(rate) for _, rate, _ in domains):
        return math.nan, "the upper tail is unknown"
    if high == 0.0:
        return math.nan, HEAVY
    closed = all(is_in for _, rate, is_in in domains if rate == high)
    widths = [float(law.isf(0.25)) - float(law.isf(0.75)) for law in laws]
    unit = 1.0 / (max(widths) or 1.0)
    if d >= most_divergence(laws) * (1.0 - 1e-14):
        # Farther than all of the mass on an atom at the top: any s that puts it there.
        while any(tilt(law, unit)[1] < law.support[1] for law in laws):
            unit *= 2.0
        return unit, ""
    room = math.fsum(law.support[1] - law.median() for law in laws)

    def slope_at(z: float) -> float:
        return high / (1.0 + math.exp(-z)) if high < math.inf else unit * math.exp(z)

    def short(z: float) -> float:
        return math.fsum(tilt(law, slope_at(z))[3] for law in laws) - d

    def is_at_end(z: float) -> bool:
        gaps = [law.support[1] - tilt(law, slope_at(z))[1] for law in laws]
        return room < math.inf and math.fsum(gaps) <= 1e-13 * room

    low, up = -1.0, 0.0
    while short(low) > 0.0 and low > -300.0:
        low *= 2.0
    while (found := short(up)) < 0.0 and up < (40.0 if high < math.inf else 350.0):
        if is_at_end(up):
            return math.inf, ""
        up += max(1.0, 0.1 * up)
    if not (found >= 0.0 and short(low) <= 0.0):
        if closed and high < math.inf and found < 0.0:
            return high, ""
        return math.nan, FAR
    return slope_at(float(brentq(short, low, up, xtol=1e-15, rtol=1e-15))), ""


def most_divergence(laws: Sequence[Law]) -> float:
    """Return the divergence at which all of the mass is at the top: inf if it has none."""
    masses = [top_mass(law) for law in laws]
    return -math.fsum(map(math.log, masses)) if all(masses) else math.inf


def _by_power(law: Law, d: float, p: float) -> tuple[float, str]:
    """Return the frontier of the divergence of an order above 1."""
    from scipy.optimize import brentq

    q = p / (p - 1.0)
    mean = law.mean()
    if d == 0.0:
        return float(mean), mean.reason
    upper = tails_of(law)[1]
    if upper.kind in ("power", "lattice") and upper.a <= q:
        return math.inf, f"the tail index {upper.a:.6g} is not above {q:.6g}"
    if upper.kind == "unknown":
        return math.nan, "the upper tail is unknown"
    center, scale = law.median(), float(law.isf(0.25)) - law.median() or 1.0

    def place(z: float) -> float:
        return center + scale * math.sinh(z)

    def short(z: float) -> float:
        first, second = _partial_moments(law, place(z), q)
        return math.log1p((p - 1.0) * d) - (second - p * first)

    top = _last_place(law, center, scale)
    low, high = -1.0, 0.5
    while short(low) < 0.0 and low > -600.0:
        low *= 2.0
    while high < top and short(min(high, top)) > 0.0:
        high += 1.0
    high = min(high, top)
    if short(high) > 0.0:
        return math.nan, "the optimum lies further out than tails are known to"
    tau = place(float(brentq(short, low, high, xtol=1e-13, rtol=1e-13)))
    first, second = _partial_moments(law, tau, q)
    return tau + math.exp(second - first), ""


def _last_place(law: Law, center: float, scale: float) -> float:
    end = min(float(law.isf(1e-280)), law.support[1], 1e280)
    return math.asinh((end - center) / scale) * (1.0 - 1e-9)


def _partial_moments(law: Law, tau: float, q: float) -> tuple[float, float]:
    """Return log E[(X - tau)_+^(q - 1)] and log E[(X - tau)_+^q]."""
    total = np.full(2, -math.inf)
    powers = np.array([[[q - 1.0]], [[q]]])
    for weight, part in parts_of(law):
        if isinstance(part, Atoms):
            with np.errstate(divide="ignore"):
                logs = np.log(np.maximum(part.values - tau, 0.0))
            found = np.logaddexp.reduce(
                np.log(part.masses)
                + np.where(logs > -math.inf, powers[:, 0] * logs, -math.inf),
                axis=1,
            )
        else:
            side = side_of(part)
            start = float(side.odds(np.array([tau]))[0])
            edges = np.unique([start, *side.edges[side.edges > start]])
            edges = edges[edges >= side.edges[0]]
            if edges.size < 2:
                continue
            owner = np.zeros(edges.size - 1, dtype=np.int64)
            panels = Panels(owner, edges[:-1], edges[1:], owner - 1)

            def log_f(some: Panels, s: Reals, at: Any = side.at) -> tuple[Reals, Reals]:
                with np.errstate(divide="ignore"):
                    log_x = np.log(np.maximum(at(s) - tau, 0.0))
                return powers * log_x + log_weight(s), np.zeros(s.shape[0])

            found = integrate(panels, log_f, np.full((2, 1), -math.inf))[0][:, 0]
            index = side.tail_index
            if math.isfinite(index):
                # Beyond the last point, a power: E[X^k; X > x] = a / (a - k) x^k P(X > x).
                k = powers[:, 0, 0]
                last = k * math.log(side.points[-1] - tau) - side.edges[-1]
                found = np.logaddexp(found, last + np.log(index / (index - k)))
        total = np.logaddexp(total, found + math.log(weight))
    return float(total[0]), float(total[1])
