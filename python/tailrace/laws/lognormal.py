"""The log-normal law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .. import _check
from .base import Law
from .formulas import scaled_exp


@dataclass(frozen=True, slots=True)
class LogNormal(Law):
    r"""Log-normal law: :math:`X = e^{\mu + \sigma Z}` for a standard normal :math:`Z`.

    Parameters
    ----------
    mu : float, default 0.0
        Mean :math:`\mu` of the logarithm of the values, dimensionless, finite.
    sigma : float, default 1.0
        Standard deviation :math:`\sigma` of the logarithm of the values,
        dimensionless, finite and > 0.

    Raises
    ------
    ValueError
        If `mu` is not finite, or `sigma` not finite and > 0.

    Notes
    -----
    The support is the positive numbers. All moments exist, though no power of the
    values has a finite exponential moment. The median is ``exp(mu)``.

    ====================  =============================  ==============================
    tailrace              SciPy                          R
    ====================  =============================  ==============================
    LogNormal(mu, sigma)  lognorm(sigma, scale=exp(mu))  lnorm(meanlog=mu, sdlog=sigma)
    ====================  =============================  ==============================

    References
    ----------
    .. [1] N. L. Johnson, S. Kotz, N. Balakrishnan, *Continuous Univariate
       Distributions* 1, 2nd ed., Wiley, 1994, chapter 14.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.LogNormal(0.0, 2.0)
    >>> law.median(), law.mean()
    (1.0, 7.38905609893065)
    >>> round(law.max_of(1000).median(), 2)
    598.95
    """

    _name: ClassVar[str] = "lognormal"

    mu: float = 0.0
    sigma: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        self._set(
            mu=_check.finite("mu", self.mu),
            sigma=_check.positive("sigma", self.sigma),
        )

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        return 0.0, math.inf

    @property
    def tail_index(self) -> float:
        """Infinite: the tail falls faster than any power."""
        return math.inf

    def _mean(self) -> float:
        return scaled_exp(self.mu + 0.5 * self.sigma * self.sigma, 1.0)

    def _var(self) -> float:
        square = self.sigma * self.sigma
        if square < 1.0:
            # sigma comes in last, so that its square may underflow.
            slope = math.sqrt(math.expm1(square) / square) if square > 0.0 else 1.0
            root = scaled_exp(self.mu + 0.5 * square, self.sigma * slope)
            return root * root
        rest = math.log(-math.expm1(-square))
        return scaled_exp(2.0 * (self.mu + square) + rest, 1.0)
