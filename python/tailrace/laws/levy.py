"""The Levy law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .. import _core
from .location_scale import LocationScale


@dataclass(frozen=True, slots=True)
class Levy(LocationScale):
    r"""Levy law: :math:`X = m + s / Z^2` for a standard normal :math:`Z`.

    Parameters
    ----------
    loc : float, default 0.0
        Lower end :math:`m`, in the units of the values, finite.
    scale : float, default 1.0
        Scale :math:`s`, in the units of the values, finite and > 0.

    Raises
    ------
    ValueError
        If `loc` is not finite, or `scale` not finite and > 0.

    Notes
    -----
    The law of the time at which a Brownian motion first reaches a level. The support is
    the numbers above `loc`. The mean is infinite: the tail index is 1/2. It is an
    inverse gamma law of shape 1/2 and scale ``scale / 2``, moved by `loc`.

    ================  ================  ============================
    tailrace          SciPy             R
    ================  ================  ============================
    Levy(loc, scale)  levy(loc, scale)  rmutil: levy(m=loc, s=scale)
    ================  ================  ============================

    References
    ----------
    .. [1] W. Feller, *An Introduction to Probability Theory and Its Applications* 2,
       2nd ed., Wiley, 1971, section II.4.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.Levy()
    >>> law.mean().reason
    'the tail index 0.5 is not above 1'
    >>> round(law.min_of(4).median(), 4)
    0.5044
    """

    _name: ClassVar[str] = "levy"

    def _make_core_law(self) -> _core.Law:
        return _core.make_law(self._name, [0.5, self.loc, self.scale])

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        return self.loc, math.inf

    @property
    def tail_index(self) -> float:
        """One half."""
        return 0.5
