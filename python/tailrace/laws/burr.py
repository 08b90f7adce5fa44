"""The Burr law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from .. import _check
from .base import Law
from .formulas import (
    gamma_gap,
    log_gamma,
    log_gamma_bend,
    log_gamma_step,
    scaled_exp,
    usable,
)


@dataclass(frozen=True, slots=True)
class Burr(Law):
    r"""Burr law of type XII, :math:`P(X > x) = (1 + (x / s)^c)^{-k}` for :math:`x > 0`.

    Parameters
    ----------
    c : float
        Shape :math:`c`, dimensionless, finite and > 0; decides how the law begins.
    k : float
        Shape :math:`k`, dimensionless, finite and > 0.
    scale : float, default 1.0
        Scale :math:`s`, in the units of the values, finite and > 0.

    Raises
    ------
    ValueError
        If a parameter is not finite and > 0.

    Notes
    -----
    Also called Singh-Maddala; `LogLogistic` for ``k = 1``, `Lomax` for ``c = 1``. The
    tail index is ``c * k``: the mean is infinite for ``c * k <= 1``, the variance for
    ``c * k <= 2``. Closed under minima.

    =================  ==========================  =================================
    tailrace           SciPy                       R
    =================  ==========================  =================================
    Burr(c, k, scale)  burr12(c, k, scale=scale)   actuar: burr(k, c, scale=scale)
    =================  ==========================  =================================

    References
    ----------
    .. [1] N. L. Johnson, S. Kotz, N. Balakrishnan, *Continuous Univariate Distributions*,
       2nd ed., vol. 1, Wiley, 1994, section 12.4.
    .. [2] S. K. Singh, G. S. Maddala, "A function for size distribution of incomes",
       Econometrica 44 (1976).

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.Burr(2.0, 0.75).min_of(4)
    Burr(c=2.0, k=3.0, scale=1.0)
    >>> tr.Burr(2.0, 0.75).tail_index
    1.5
    """

    _name: ClassVar[str] = "burr"

    c: float
    k: float
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        self._set(
            c=_check.positive("c", self.c),
            k=_check.positive("k", self.k),
            scale=_check.positive("scale", self.scale),
        )

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        return 0.0, math.inf

    @property
    def tail_index(self) -> float:
        """The product of the shapes."""
        return max(self.c * self.k, math.ulp(0.0))  # too small for a double, but not 0

    def _left(self, order: int) -> float:
        """Return k - order / c, rounded once: next to 0 it decides the moment."""
        return float(Fraction(self.k) - order / Fraction(self.c))

    def _log_moment(self, order: int) -> float:
        """Return log E[(X / scale)^order], Gamma(1 + p) Gamma(k - p) / Gamma(k)."""
        p = order / self.c
        if p > 1e280:
            return -math.inf
        return log_gamma(1.0 + p) - log_gamma_step(self._left(order), p)

    def _mean(self) -> float:
        return scaled_exp(self._log_moment(1), self.scale)

    def _var(self) -> float:
        p = 1.0 / self.c
        if p > 1e280:
            return 0.0
        # log E[X^2] - 2 log E[X], by its parts that belong to either Gamma.
        bend = log_gamma_bend(self._left(2), self._left(1), self.k, p)
        gap = gamma_gap(p) + bend
        if gap > 1.0:
            unit = scaled_exp(0.5 * self._log_moment(2), self.scale)
            return unit * unit * -math.expm1(-gap)
        unit = self._mean()
        return unit * unit * math.expm1(gap)

    def _min_of(self, q: float) -> Law:
        k = self.k * q
        if not usable(k):
            return self._derived("min_of", q)
        return Burr(self.c, k, self.scale)
