"""The Lomax law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Law
from .formulas import usable
from .shape_scale import ShapeScale


@dataclass(frozen=True, slots=True)
class Lomax(ShapeScale):
    r"""Lomax law, :math:`P(X > x) = (1 + x / s)^{-a}` for :math:`x > 0`.

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
    The Pareto law of the second kind from zero: a `Pareto` draw less its scale. The
    mean is infinite for ``shape <= 1``, the variance for ``shape <= 2``. Closed under
    minima.

    ===================  =========================  ============================
    tailrace             SciPy                      R
    ===================  =========================  ============================
    Lomax(shape, scale)  lomax(shape, scale=scale)  actuar: pareto(shape, scale)
    ===================  =========================  ============================

    References
    ----------
    .. [1] B. C. Arnold, *Pareto Distributions*, 2nd ed., CRC Press, 2015, section 3.2.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.Lomax(2.0).sf(1.0)
    0.25
    """

    _name: ClassVar[str] = "lomax"

    def _mean(self) -> float:
        return self.scale / (self.shape - 1.0)

    def _var(self) -> float:
        a, unit = self.shape, self.scale / (self.shape - 1.0)
        return unit * unit * (a / (a - 2.0))

    def _min_of(self, q: float) -> Law:
        shape = self.shape * q
        if not usable(shape):
            return self._derived("min_of", q)
        return Lomax(shape, self.scale)
