"""The Weibull law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .base import Law
from .formulas import gamma_mean, gamma_var, power, usable
from .shape_scale import ShapeScale


@dataclass(frozen=True, slots=True)
class Weibull(ShapeScale):
    r"""Weibull law, :math:`P(X > x) = e^{-(x / s)^k}` for :math:`x > 0`.

    Parameters
    ----------
    shape : float
        Shape :math:`k`; the tail is a stretched exponential for ``shape < 1``, dimensionless, finite and > 0.
    scale : float, default 1.0
        Scale :math:`s`, in the units of the values, finite and > 0.

    Raises
    ------
    ValueError
        If a parameter is not finite and > 0.

    Notes
    -----
    All moments exist, although for ``shape < 1`` the tail is heavier than any
    exponential. Closed under minima.

    =====================  ===============================  =====================
    tailrace               SciPy                            R
    =====================  ===============================  =====================
    Weibull(shape, scale)  weibull_min(shape, scale=scale)  weibull(shape, scale)
    =====================  ===============================  =====================

    References
    ----------
    .. [1] N. L. Johnson, S. Kotz, N. Balakrishnan, *Continuous Univariate Distributions*,
       2nd ed., vol. 1, Wiley, 1994, chapter 21.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.Weibull(0.5).min_of(10)
    Weibull(shape=0.5, scale=0.01)
    >>> tr.Weibull(0.5).mean()
    2.0
    """

    _name: ClassVar[str] = "weibull"

    @property
    def tail_index(self) -> float:
        """Infinite: every power of the values has a mean."""
        return math.inf

    def _mean(self) -> float:
        return self.scale * gamma_mean(1.0 / self.shape)

    def _var(self) -> float:
        return self.scale * self.scale * gamma_var(1.0 / self.shape)

    def _min_of(self, q: float) -> Law:
        scale = self.scale * power(q, -1.0 / self.shape)
        if not usable(scale):
            return self._derived("min_of", q)
        return Weibull(self.shape, scale)
