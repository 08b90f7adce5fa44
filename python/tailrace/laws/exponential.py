"""The exponential law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .. import _check
from .base import Law
from .formulas import digamma_gap, usable


@dataclass(frozen=True, slots=True)
class Exponential(Law):
    r"""Exponential law, :math:`P(X > x) = e^{-x / s}` for :math:`x > 0`.

    Parameters
    ----------
    scale : float, default 1.0
        Mean :math:`s`, in the units of the values, finite and > 0.

    Raises
    ------
    ValueError
        If `scale` is not finite and > 0.

    Notes
    -----
    All moments exist. Closed under minima.

    ==================  ==================  =================
    tailrace            SciPy               R
    ==================  ==================  =================
    Exponential(scale)  expon(scale=scale)  exp(rate=1/scale)
    ==================  ==================  =================

    References
    ----------
    .. [1] N. L. Johnson, S. Kotz, N. Balakrishnan, *Continuous Univariate Distributions*,
       2nd ed., vol. 1, Wiley, 1994, chapter 19.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.Exponential(2.0).min_of(4)
    Exponential(scale=0.5)
    """

    _name: ClassVar[str] = "exponential"

    scale: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        self._set(scale=_check.positive("scale", self.scale))

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        return 0.0, math.inf

    @property
    def tail_index(self) -> float:
        """Infinite: the tail is light."""
        return math.inf

    def _mean(self) -> float:
        return self.scale

    def _var(self) -> float:
        return self.scale * self.scale

    def _scaled(self, scale: float, shift: float) -> Law:
        if shift != 0.0 or not usable(scale * self.scale):
            return self._derived("scaled", scale, shift)
        return Exponential(scale * self.scale)

    def _mean_of_rank(self, k: float, m: float) -> float:
        return self.scale * digamma_gap(k, m)

    def _min_of(self, q: float) -> Law:
        scale = self.scale / q
        if not usable(scale):
            return self._derived("min_of", q)
        return Exponential(scale)
