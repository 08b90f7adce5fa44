"""The stable laws."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .. import _check, _core
from .base import Law

#: Nearer to 1 the two parametrisations part, and the tables would lose digits.
_GAP = 0.02
_LEAST = 0.1
_MOST = 1.999999


def _alpha(value: object) -> float:
    alpha = _check.number("alpha", value)
    if not (_LEAST <= alpha <= _MOST or alpha == 2.0):
        msg = f"alpha must be from {_LEAST} to {_MOST}, or 2, got {value!r}"
        raise ValueError(msg)
    return alpha


@dataclass(frozen=True, slots=True)
class Stable(Law):
    r"""Stable law: sums of independent values have the law again, scaled and moved.

    For :math:`\alpha \ne 1` and ``parametrization="S1"`` the characteristic function is

    .. math:: E\, e^{itX} = \exp\bigl(i \delta t
        - |\gamma t|^\alpha (1 - i \beta \operatorname{sign}(t)
        \tan \tfrac{\pi \alpha}{2})\bigr).

    Parameters
    ----------
    alpha : float
        Tail index :math:`\alpha`, dimensionless: from 0.1 to 0.98, from 1.02 to
        1.999999, or 2; with ``beta=0`` also 1.
    beta : float, default 0.0
        Skewness :math:`\beta`, dimensionless, from -1 to 1; without effect for
        ``alpha=2``.
    loc : float, default 0.0
        Location :math:`\delta`, in the units of the values, finite.
    scale : float, default 1.0
        Scale :math:`\gamma`, in the units of the values, finite and > 0.
    parametrization : {"S1", "S0"}, default "S1"
        What `loc` is. In Nolan's S0, which moves little with `alpha`, it is
        :math:`\delta + \beta \gamma \tan(\pi \alpha / 2)`.

    Raises
    ------
    TypeError
        If a number is no real number.
    ValueError
        If a parameter is outside its range.

    Notes
    -----
    The support is the whole line, but for ``alpha < 1`` and ``beta=1`` it begins, with
    ``beta=-1`` it ends, at :math:`\delta`. For ``alpha < 2`` the upper tail is
    :math:`P(X > x) \sim \frac{1 + \beta}{\pi} \Gamma(\alpha) \sin(\tfrac{\pi \alpha}{2})
    (\gamma / x)^\alpha`, and light for ``beta=-1``; the lower tail is that of
    ``-beta``. The mean exists for ``alpha > 1`` and is :math:`\delta`, the variance for
    ``alpha=2`` only: then the law is normal with standard deviation
    ``sqrt(2) * scale``. ``alpha=1`` is Cauchy's law, ``alpha=0.5`` with ``beta=1``
    Levy's.

    There is no closed form: the tails come from Zolotarev's integrals, tabulated once
    for an `alpha` and `beta` and kept. `sf` and `cdf` err by less than 1e-12 of their
    value in heavy tails, however far, `isf` and `ppf` by less than 1e-12 of the value
    or of the scale; a light tail beyond 1e-100, or ``alpha`` next to 1, may err by
    1e-12 times its logarithm, and a density by 1e-10. `alpha` closer than 0.02 to 1, or below 0.1, is refused.

    ===================================  ==================================  =======================================
    tailrace                             SciPy                               R
    ===================================  ==================================  =======================================
    Stable(alpha, beta, loc, scale)      levy_stable(alpha, beta, loc,       stabledist: stable(alpha, beta, scale,
                                         scale)                              loc, pm=1)
    Stable(.., parametrization="S0")     the same with parameterization      stabledist: stable(alpha, beta, scale,
                                         "S0"                                loc)
    ===================================  ==================================  =======================================

    References
    ----------
    .. [1] V. M. Zolotarev, *One-dimensional Stable Distributions*, AMS, 1986.
    .. [2] J. P. Nolan, "Numerical calculation of stable densities and distribution
       functions", *Comm. Statist. Stochastic Models* 13 (1997), 759-774.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.Stable(1.5, 0.5)
    >>> round(law.sf(1e150) / 1e-225, 6)
    0.299207
    >>> law.mean(), law.var().reason
    (0.0, 'the tail index 1.5 is not above 2')
    """

    _name: ClassVar[str] = "stable"

    alpha: float
    beta: float = 0.0
    loc: float = 0.0
    scale: float = 1.0
    parametrization: str = "S1"

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        alpha = _alpha(self.alpha)
        beta = _check.number("beta", self.beta)
        if not -1.0 <= beta <= 1.0:
            msg = f"beta must be from -1 to 1, got {self.beta!r}"
            raise ValueError(msg)
        if abs(alpha - 1.0) < _GAP - 1e-12 and not (alpha == 1.0 and beta == 0.0):
            msg = (
                f"alpha must be at least {_GAP} away from 1, or 1 with beta 0, "
                f"got {self.alpha!r} and beta {self.beta!r}"
            )
            raise ValueError(msg)
        self._set(
            alpha=alpha,
            beta=beta,
            loc=_check.finite("loc", self.loc),
            scale=_check.positive("scale", self.scale),
            parametrization=_check.choice(
                "parametrization", self.parametrization, ("S1", "S0")
            ),
        )

    def _make_core_law(self) -> _core.Law:
        if self.alpha == 2.0:
            scale = _check.positive("scale * sqrt(2)", math.sqrt(2.0) * self.scale)
            return _core.make_law("normal", [self.loc, scale])
        if self.alpha == 1.0:
            return _core.make_law("cauchy", [1.0, self.loc, self.scale])
        s1 = float(self.parametrization == "S1")
        parameters = [self.alpha, self.beta, self.loc, self.scale, s1]
        return _core.make_law(self._name, parameters)

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        if self.alpha >= 1.0 or abs(self.beta) < 1.0:
            return -math.inf, math.inf
        if self.beta > 0.0:
            return self._end(0.0), math.inf
        return -math.inf, self._end(math.inf)

    def _end(self, clock: float) -> float:
        return float(self.inverse_hazard(clock))

    @property
    def tail_index(self) -> float:
        """Index `alpha`; inf for the light tail of ``beta=-1`` or ``alpha=2``."""
        return math.inf if self.alpha == 2.0 or self.beta == -1.0 else self.alpha

    @property
    def _lower_tail_index(self) -> float:
        return math.inf if self.alpha == 2.0 or self.beta == 1.0 else self.alpha

    def _mean(self) -> float:
        if self.alpha < 1.0:
            return -math.inf
        if self.parametrization == "S1" or self.alpha == 2.0:
            return self.loc
        # tan(pi alpha / 2) from 2 - alpha, which is exact.
        tangent = -math.tan(0.5 * math.pi * (2.0 - self.alpha))
        return self.loc - self.beta * self.scale * tangent

    def _var(self) -> float:
        return 2.0 * self.scale * self.scale if self.alpha == 2.0 else math.inf
