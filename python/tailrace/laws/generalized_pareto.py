"""The generalized Pareto law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .. import _check
from .base import Law
from .formulas import usable


@dataclass(frozen=True, slots=True)
class GeneralizedPareto(Law):
    r"""Generalized Pareto law, :math:`P(X > x) = (1 + \xi (x - u) / s)^{-1 / \xi}`, :math:`x > u`.

    Parameters
    ----------
    xi : float
        Shape :math:`\xi`, finite: heavy-tailed if positive, exponential at 0, bounded if
        negative. SciPy's sign; the opposite of some engineering texts.
    scale : float, default 1.0
        Scale :math:`s`, in the units of the values, finite and > 0.
    threshold : float, default 0.0
        Lower end :math:`u`, in the units of the values.

    Raises
    ------
    ValueError
        If `xi` or `threshold` is not finite, or `scale` not finite and > 0.

    Notes
    -----
    The limit law of excesses over a high threshold. The mean is infinite for
    ``xi >= 1``, the variance for ``xi >= 1/2``. Closed under minima.

    =======================================  ===============================  ===============================
    tailrace                                 SciPy                            R
    =======================================  ===============================  ===============================
    GeneralizedPareto(xi, scale, threshold)  genpareto(xi, threshold, scale)  evir: gpd(xi, threshold, scale)
    =======================================  ===============================  ===============================

    References
    ----------
    .. [1] L. de Haan, A. Ferreira, *Extreme Value Theory*, Springer, 2006, section 3.1.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.GeneralizedPareto(0.5, 2.0).min_of(2)
    GeneralizedPareto(xi=0.25, scale=1.0, threshold=0.0)
    >>> tr.GeneralizedPareto(-0.5, 2.0).support
    (0.0, 4.0)
    """

    _name: ClassVar[str] = "gpd"

    xi: float
    scale: float = 1.0
    threshold: float = 0.0

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        self._set(
            xi=_check.finite("xi", self.xi),
            scale=_check.positive("scale", self.scale),
            threshold=_check.finite("threshold", self.threshold),
        )

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        return self.threshold, self._upper()

    @property
    def tail_index(self) -> float:
        """1 / xi for positive xi, else infinite."""
        return 1.0 / self.xi if self.xi > 0.0 else math.inf

    def _mean(self) -> float:
        return self.threshold + self.scale / (1.0 - self.xi)

    def _var(self) -> float:
        unit = self.scale / (1.0 - self.xi)
        return unit * unit / (1.0 - 2.0 * self.xi)

    def _upper(self) -> float:
        # Below 2^-200 in size xi counts as 0, in the core too.
        bounded = self.xi <= -(2.0**-200)
        return self.threshold - self.scale / self.xi if bounded else math.inf

    def _min_of(self, q: float) -> Law:
        xi, scale = self.xi / q, self.scale / q
        if not usable(scale) or abs(xi) > 1e300:
            return self._derived("min_of", q)
        return GeneralizedPareto(xi, scale, self.threshold)
