"""The logistic law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .formulas import digamma_gap
from .location_scale import LocationScale


@dataclass(frozen=True, slots=True)
class Logistic(LocationScale):
    r"""Logistic law, :math:`P(X > x) = 1 / (1 + e^{(x - m) / s})`.

    Parameters
    ----------
    loc : float, default 0.0
        Mean and median :math:`m`, in the units of the values, finite.
    scale : float, default 1.0
        Scale :math:`s`, in the units of the values, finite and > 0.

    Raises
    ------
    ValueError
        If `loc` is not finite, or `scale` not finite and > 0.

    Notes
    -----
    The logarithm of a `LogLogistic` value. The support is the whole line; all moments
    exist.

    ====================  ====================  ==================
    tailrace              SciPy                 R
    ====================  ====================  ==================
    Logistic(loc, scale)  logistic(loc, scale)  logis(loc, scale)
    ====================  ====================  ==================

    References
    ----------
    .. [1] N. L. Johnson, S. Kotz, N. Balakrishnan, *Continuous Univariate Distributions*,
       2nd ed., vol. 2, Wiley, 1995, chapter 23.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.Logistic(5.0, 2.0).median()
    5.0
    >>> tr.Logistic().sf([0.0, 700.0])
    array([5.00000000e-001, 9.85967654e-305])
    """

    _name: ClassVar[str] = "logistic"
    _symmetric: ClassVar[bool] = True

    def _mean(self) -> float:
        return self.loc

    def _mean_of_rank(self, k: float, m: float) -> float:
        low, high = sorted((k, m))
        gap = digamma_gap(high - low, low)
        return self.loc + self.scale * math.copysign(gap, k - m)

    def _var(self) -> float:
        return math.pi**2 / 3.0 * self.scale * self.scale
