"""The Frechet law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Law
from .formulas import gamma_mean, gamma_var, power, usable
from .shape_scale import ShapeScale


@dataclass(frozen=True, slots=True)
class Frechet(ShapeScale):
    r"""Frechet law, :math:`P(X \le x) = e^{-(x / s)^{-a}}` for :math:`x > 0`.

    Parameters
    ----------
    shape : float
        Tail index :math:`a`, dimensionless, finite and > 0.
    scale : float, default 1.0
        Scale :math:`s`, in the units of the values, finite and > 0.

    Raises
    ------
    ValueError
        If a parameter is not finite and > 0.

    Notes
    -----
    The limit law of maxima of heavy-tailed values. The mean is infinite for
    ``shape <= 1``, the variance for ``shape <= 2``. Closed under maxima.

    =====================  ==============================  =============================
    tailrace               SciPy                           R
    =====================  ==============================  =============================
    Frechet(shape, scale)  invweibull(shape, scale=scale)  evd: frechet(0, scale, shape)
    =====================  ==============================  =============================

    References
    ----------
    .. [1] L. de Haan, A. Ferreira, *Extreme Value Theory*, Springer, 2006, section 1.1.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.Frechet(2.0).max_of(100)
    Frechet(shape=2.0, scale=10.0)
    """

    _name: ClassVar[str] = "frechet"

    def _mean(self) -> float:
        return self.scale * gamma_mean(-1.0 / self.shape)

    def _var(self) -> float:
        return self.scale * self.scale * gamma_var(-1.0 / self.shape)

    def _max_of(self, n: float) -> Law:
        scale = self.scale * power(n, 1.0 / self.shape)
        if not usable(scale):
            return self._derived("max_of", n)
        return Frechet(self.shape, scale)
