"""The generalized extreme value law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .. import _check
from .base import Law
from .formulas import gamma_slope, gamma_spread, placed, power, usable


@dataclass(frozen=True, slots=True)
class GeneralizedExtremeValue(Law):
    r"""Generalized extreme value law, :math:`P(X \le x) = \exp(-(1 + \xi (x - m) / s)^{-1 / \xi})`.

    Parameters
    ----------
    xi : float
        Shape :math:`\xi`, finite: heavy-tailed if positive, `Gumbel` at 0, bounded above
        if negative. The opposite of SciPy's sign.
    scale : float, default 1.0
        Scale :math:`s`, in the units of the values, finite and > 0.
    loc : float, default 0.0
        Location :math:`m`, in the units of the values, finite.

    Raises
    ------
    ValueError
        If `xi` or `loc` is not finite, or `scale` not finite and > 0.

    Notes
    -----
    The limit law of maxima. The support begins at ``loc - scale / xi`` for positive
    `xi`, ends there for negative `xi`, and is the whole line for ``xi = 0``. The mean is
    infinite for ``xi >= 1``, the variance for ``xi >= 1/2``. Closed under maxima; for
    negative `xi` these are kept as a selection, so that the upper end stays where it is.

    =======================================  ===========================  =========================
    tailrace                                 SciPy                        R
    =======================================  ===========================  =========================
    GeneralizedExtremeValue(xi, scale, loc)  genextreme(-xi, loc, scale)  evd: gev(loc, scale, xi)
    =======================================  ===========================  =========================

    References
    ----------
    .. [1] L. de Haan, A. Ferreira, *Extreme Value Theory*, Springer, 2006, section 1.1.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.GeneralizedExtremeValue(0.5, 2.0).support
    (-4.0, inf)
    >>> tr.GeneralizedExtremeValue(1.0).max_of(100)
    GeneralizedExtremeValue(xi=1.0, scale=100.0, loc=99.0...)
    """

    _name: ClassVar[str] = "gev"

    xi: float
    scale: float = 1.0
    loc: float = 0.0

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        self._set(
            xi=_check.finite("xi", self.xi),
            scale=_check.positive("scale", self.scale),
            loc=_check.finite("loc", self.loc),
        )

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        # The core has rounded the end once; the same double is wanted here.
        low, high = self._core_law.evaluate("inverse_hazard", np.array([0.0, np.inf]))
        return float(low), float(high)

    @property
    def tail_index(self) -> float:
        """1 / xi for positive xi, else infinite."""
        return 1.0 / self.xi if self.xi > 0.0 else math.inf

    def _mean(self) -> float:
        return self.loc + self.scale * -gamma_slope(-self.xi)

    def _var(self) -> float:
        return self.scale * self.scale * gamma_spread(-self.xi)

    def _max_of(self, n: float) -> Law:
        growth = self.xi * math.log(n)
        slope = math.expm1(growth) / self.xi if abs(growth) > 1e-300 else math.log(n)
        scale, loc = self.scale * power(n, self.xi), self.loc + self.scale * slope
        if self.xi < 0.0 or not usable(scale) or not placed(loc, scale):
            return self._derived("max_of", n)
        return GeneralizedExtremeValue(self.xi, scale, loc)
