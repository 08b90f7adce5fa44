"""The inverse gamma law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .. import _check
from .base import Law


@dataclass(frozen=True, slots=True)
class InverseGamma(Law):
    r"""Inverse gamma law, with density :math:`\propto x^{-a - 1} e^{-s / x}`, :math:`x > 0`.

    Parameters
    ----------
    shape : float
        Tail index :math:`a`, dimensionless, from 0.01 to 1e15.
    scale : float, default 1.0
        Scale :math:`s`, in the units of the values, finite and > 0.

    Raises
    ------
    ValueError
        If `shape` is not from 0.01 to 1e15, or `scale` not finite and > 0.

    Notes
    -----
    The law of ``scale / G`` for a standard gamma variable ``G``; its upper tail is a
    power law, its lower one falls like :math:`e^{-s / x}`. The mean is infinite for
    ``shape <= 1``, the variance for ``shape <= 2``.

    ==========================  ============================  ====================================
    tailrace                    SciPy                         R
    ==========================  ============================  ====================================
    InverseGamma(shape, scale)  invgamma(shape, scale=scale)  actuar: invgamma(shape, scale=scale)
    ==========================  ============================  ====================================

    References
    ----------
    .. [1] C. P. Robert, *The Bayesian Choice*, 2nd ed., Springer, 2007, appendix A.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.InverseGamma(1.5, 2.0)
    >>> law.mean(), law.var(), law.tail_index
    (4.0, inf, 1.5)
    >>> law.min_of(4).tail_index
    6.0
    """

    _name: ClassVar[str] = "inverse_gamma"

    shape: float
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        self._set(
            shape=_check.at_least("shape", self.shape, 0.01, 1e15),
            scale=_check.positive("scale", self.scale),
        )

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        return 0.0, math.inf

    @property
    def tail_index(self) -> float:
        """The shape."""
        return self.shape

    def _mean(self) -> float:
        return self.scale / (self.shape - 1.0)

    def _var(self) -> float:
        mean = self._mean()
        return mean * (mean / (self.shape - 2.0))
