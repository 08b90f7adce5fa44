"""The Gumbel law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .base import Law
from .formulas import EULER_GAMMA, placed
from .location_scale import LocationScale


@dataclass(frozen=True, slots=True)
class Gumbel(LocationScale):
    r"""Gumbel law of maxima, :math:`P(X \le x) = \exp(-e^{-(x - m) / s})`.

    Parameters
    ----------
    loc : float, default 0.0
        Mode :math:`m`, in the units of the values, finite.
    scale : float, default 1.0
        Scale :math:`s`, in the units of the values, finite and > 0.

    Raises
    ------
    ValueError
        If `loc` is not finite, or `scale` not finite and > 0.

    Notes
    -----
    The limit law of maxima of light-tailed values. The support is the whole line; all
    moments exist. Closed under maxima, which move it by ``scale * log(n)``.

    ==================  ====================  =======================
    tailrace            SciPy                 R
    ==================  ====================  =======================
    Gumbel(loc, scale)  gumbel_r(loc, scale)  evd: gumbel(loc, scale)
    ==================  ====================  =======================

    References
    ----------
    .. [1] L. de Haan, A. Ferreira, *Extreme Value Theory*, Springer, 2006, section 1.1.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.Gumbel().max_of(1000)
    Gumbel(loc=6.90775527898213..., scale=1.0)
    """

    _name: ClassVar[str] = "gumbel"

    def _mean(self) -> float:
        return self.loc + EULER_GAMMA * self.scale

    def _var(self) -> float:
        return math.pi**2 / 6.0 * self.scale * self.scale

    def _max_of(self, n: float) -> Law:
        loc = self.loc + self.scale * math.log(n)
        if not placed(loc, self.scale):
            return self._derived("max_of", n)
        return Gumbel(loc, self.scale)
