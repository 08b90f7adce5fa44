"""The gamma law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .. import _check
from .base import Law


@dataclass(frozen=True, slots=True)
class Gamma(Law):
    r"""Gamma law, with density :math:`\propto x^{k - 1} e^{-x / s}` for :math:`x > 0`.

    Parameters
    ----------
    shape : float
        Shape :math:`k`, dimensionless, from 0.001 to 1e15.
    scale : float, default 1.0
        Scale :math:`s`, in the units of the values, finite and > 0: the inverse of the
        rate.

    Raises
    ------
    ValueError
        If `shape` is not from 0.001 to 1e15, or `scale` not finite and > 0.

    Notes
    -----
    The support is the positive numbers; all moments exist. The sum of the waiting times
    for `shape` events at a rate of ``1 / scale``.

    ===================  =========================  =========================
    tailrace             SciPy                      R
    ===================  =========================  =========================
    Gamma(shape, scale)  gamma(shape, scale=scale)  gamma(shape, scale=scale)
    ===================  =========================  =========================

    References
    ----------
    .. [1] N. L. Johnson, S. Kotz, N. Balakrishnan, *Continuous Univariate
       Distributions* 1, 2nd ed., Wiley, 1994, chapter 17.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.Gamma(2.5, 2.0)
    >>> law.mean(), law.var()
    (5.0, 10.0)
    >>> round(law.min_of(8).median(), 4)
    1.4656
    """

    _name: ClassVar[str] = "gamma"

    shape: float
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        self._set(
            shape=_check.at_least("shape", self.shape, 1e-3, 1e15),
            scale=_check.positive("scale", self.scale),
        )

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        return 0.0, math.inf

    @property
    def tail_index(self) -> float:
        """Infinite: the tail falls like an exponential."""
        return math.inf

    def _mean(self) -> float:
        return self.shape * self.scale

    def _var(self) -> float:
        return self.shape * self.scale * self.scale
