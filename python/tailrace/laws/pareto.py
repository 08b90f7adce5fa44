"""The Pareto law of the first kind."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .base import Law
from .formulas import gamma_ratio, usable
from .shape_scale import ShapeScale


@dataclass(frozen=True, slots=True)
class Pareto(ShapeScale):
    r"""Pareto law of the first kind, :math:`P(X > x) = (x / s)^{-a}` for :math:`x > s`.

    Parameters
    ----------
    shape : float
        Tail index :math:`a`, dimensionless, finite and > 0.
    scale : float, default 1.0
        Lower end :math:`s` of the support, in the units of the values, finite and > 0.

    Raises
    ------
    ValueError
        If a parameter is not finite and > 0.

    Notes
    -----
    The mean is infinite for ``shape <= 1``, the variance for ``shape <= 2``. Closed
    under minima and under `beyond`.

    ====================  ==========================  ==============================
    tailrace              SciPy                       R
    ====================  ==========================  ==============================
    Pareto(shape, scale)  pareto(shape, scale=scale)  EnvStats: pareto(scale, shape)
    ====================  ==========================  ==============================

    References
    ----------
    .. [1] B. C. Arnold, *Pareto Distributions*, 2nd ed., CRC Press, 2015, section 3.2.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.Pareto(shape=2.0, scale=3.0)
    >>> law.sf(6.0), law.mean(), law.var()
    (0.25, 6.0, inf)
    """

    _name: ClassVar[str] = "pareto"

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        return self.scale, math.inf

    def _mean(self) -> float:
        return self.scale * (self.shape / (self.shape - 1.0))

    def _var(self) -> float:
        a, unit = self.shape, self.scale / (self.shape - 1.0)
        return unit * unit * (a / (a - 2.0))

    def _mean_of_rank(self, k: float, m: float) -> float:
        # P(X > x)^(-1/a) for a Beta(m, k) probability.
        d = 1.0 / self.shape
        return self.scale * gamma_ratio(m, -d) / gamma_ratio(k + m, -d)

    def _min_of(self, q: float) -> Law:
        shape = self.shape * q
        if not usable(shape):
            return self._derived("min_of", q)
        return Pareto(shape, self.scale)

    def _beyond(self, t: float) -> Law:
        return Pareto(self.shape, t)
