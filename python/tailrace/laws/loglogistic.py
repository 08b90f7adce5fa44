"""The log-logistic law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .formulas import gamma_ratio
from .shape_scale import ShapeScale


@dataclass(frozen=True, slots=True)
class LogLogistic(ShapeScale):
    r"""Log-logistic law, :math:`P(X > x) = 1 / (1 + (x / s)^c)` for :math:`x > 0`.

    Parameters
    ----------
    shape : float
        Tail index :math:`c`, dimensionless, finite and > 0.
    scale : float, default 1.0
        Median :math:`s`, in the units of the values, finite and > 0.

    Raises
    ------
    ValueError
        If a parameter is not finite and > 0.

    Notes
    -----
    Also called Fisk. The mean is infinite for ``shape <= 1``, the variance for
    ``shape <= 2``.

    =========================  ========================  ==============================
    tailrace                   SciPy                     R
    =========================  ========================  ==============================
    LogLogistic(shape, scale)  fisk(shape, scale=scale)  flexsurv: llogis(shape, scale)
    =========================  ========================  ==============================

    References
    ----------
    .. [1] N. L. Johnson, S. Kotz, N. Balakrishnan, *Continuous Univariate Distributions*,
       2nd ed., vol. 2, Wiley, 1995, section 23.11.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.LogLogistic(2.0, scale=5.0).median()
    5.0
    """

    _name: ClassVar[str] = "loglogistic"

    def _mean(self) -> float:
        b = math.pi / self.shape
        return self.scale * b / math.sin(b)

    def _mean_of_rank(self, k: float, m: float) -> float:
        b = 1.0 / self.shape
        return self.scale * gamma_ratio(k, b) * gamma_ratio(m, -b)

    def _var(self) -> float:
        # E[X^2] - E[X]^2 = b (tan b - b) / sin(b)^2; (tan b - b) / b by its series near 0.
        b = math.pi / self.shape
        z = b * b
        series = z * (1 / 3 + z * (2 / 15 + z * (17 / 315 + z * 62 / 2835)))
        gap = series if b < 0.02 else math.tan(b) / b - 1.0
        unit = self.scale * (b / math.sin(b))
        return unit * unit * gap
