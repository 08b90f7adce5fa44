"""The Laplace law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .location_scale import LocationScale


@dataclass(frozen=True, slots=True)
class Laplace(LocationScale):
    r"""Laplace law, :math:`P(X > x) = e^{-(x - m) / s} / 2` for :math:`x > m`, and symmetric.

    Parameters
    ----------
    loc : float, default 0.0
        Mean and median :math:`m`, in the units of the values, finite.
    scale : float, default 1.0
        Scale :math:`s`, the mean distance from `loc`, in the units of the values, finite
        and > 0.

    Raises
    ------
    ValueError
        If `loc` is not finite, or `scale` not finite and > 0.

    Notes
    -----
    Also called double exponential. The support is the whole line; all moments exist.

    ===================  ===================  ===========================
    tailrace             SciPy                R
    ===================  ===================  ===========================
    Laplace(loc, scale)  laplace(loc, scale)  VGAM: laplace(loc, scale)
    ===================  ===================  ===========================

    References
    ----------
    .. [1] N. L. Johnson, S. Kotz, N. Balakrishnan, *Continuous Univariate Distributions*,
       2nd ed., vol. 2, Wiley, 1995, chapter 24.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.Laplace().median(), tr.Laplace(1.0, 2.0).var()
    (0.0, 8.0)
    >>> tr.Laplace().cdf(-600.0)
    1.3251...e-261
    """

    _name: ClassVar[str] = "laplace"
    _symmetric: ClassVar[bool] = True

    def _mean(self) -> float:
        return self.loc

    def _var(self) -> float:
        return 2.0 * self.scale * self.scale
