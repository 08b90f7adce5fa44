"""The generalized normal law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .. import _check
from .base import Law
from .formulas import log_gamma_step, scaled_exp


@dataclass(frozen=True, slots=True)
class GeneralizedNormal(Law):
    r"""Generalized normal law, with density :math:`\propto e^{-|(x - m) / s|^\beta}`.

    Parameters
    ----------
    beta : float
        Shape :math:`\beta`, dimensionless, from 0.01 to 1000: 2 for a normal law of
        standard deviation :math:`s / \sqrt 2`, 1 for a Laplace law.
    loc : float, default 0.0
        Mean and median :math:`m`, in the units of the values, finite.
    scale : float, default 1.0
        Scale :math:`s`, in the units of the values, finite and > 0.

    Raises
    ------
    ValueError
        If `beta` is not from 0.01 to 1000, `loc` not finite, or `scale` not finite and
        > 0.

    Notes
    -----
    Also known as the exponential power law. The support is the whole line; all moments
    exist.

    ===================================  =========================  ============================================
    tailrace                             SciPy                      R
    ===================================  =========================  ============================================
    GeneralizedNormal(beta, loc, scale)  gennorm(beta, loc, scale)  gnorm: gnorm(mu=loc, alpha=scale, beta=beta)
    ===================================  =========================  ============================================

    References
    ----------
    .. [1] M. T. Subbotin, "On the law of frequency of error", Mat. Sb. 31 (1923).

    Examples
    --------
    >>> import tailrace as tr
    >>> round(tr.GeneralizedNormal(2.0).var(), 12)
    0.5
    >>> round(tr.GeneralizedNormal(0.5).max_of(1000).median(), 2)
    78.7
    """

    _name: ClassVar[str] = "gennorm"

    beta: float
    loc: float = 0.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        self._set(
            beta=_check.at_least("beta", self.beta, 0.01, 1e3),
            loc=_check.finite("loc", self.loc),
            scale=_check.positive("scale", self.scale),
        )

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        return -math.inf, math.inf

    @property
    def tail_index(self) -> float:
        """Infinite: the tails fall faster than any power."""
        return math.inf

    def _mean(self) -> float:
        return self.loc

    def _var(self) -> float:
        shape = 1.0 / self.beta
        root = scaled_exp(0.5 * log_gamma_step(shape, 2.0 * shape), self.scale)
        return root * root
