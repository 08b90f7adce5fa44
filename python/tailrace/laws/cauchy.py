"""The Cauchy law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .. import _core
from .location_scale import LocationScale


@dataclass(frozen=True, slots=True)
class Cauchy(LocationScale):
    r"""Cauchy law, :math:`P(X > x) = 1/2 - \arctan((x - m) / s) / \pi`.

    Parameters
    ----------
    loc : float, default 0.0
        Median :math:`m`, in the units of the values, finite.
    scale : float, default 1.0
        Half the distance :math:`s` between the quartiles, in the units of the values,
        finite and > 0.

    Raises
    ------
    ValueError
        If `loc` is not finite, or `scale` not finite and > 0.

    Notes
    -----
    The support is the whole line. There is no mean, and no higher moment: both tails
    have index 1. It is Student's t law with one degree of freedom.

    ==================  ==================  ==================
    tailrace            SciPy               R
    ==================  ==================  ==================
    Cauchy(loc, scale)  cauchy(loc, scale)  cauchy(loc, scale)
    ==================  ==================  ==================

    References
    ----------
    .. [1] N. L. Johnson, S. Kotz, N. Balakrishnan, *Continuous Univariate
       Distributions* 1, 2nd ed., Wiley, 1994, chapter 16.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.Cauchy()
    >>> law.sf([0.0, 1.0, 1e300])
    array([5.00000000e-001, 2.50000000e-001, 3.18309886e-301])
    >>> round(law.max_of(100).median(), 1)
    46.1
    """

    _name: ClassVar[str] = "cauchy"
    _symmetric: ClassVar[bool] = True

    def _make_core_law(self) -> _core.Law:
        return _core.make_law(self._name, [1.0, self.loc, self.scale])

    @property
    def tail_index(self) -> float:
        """1, of both tails."""
        return 1.0

    @property
    def _lower_tail_index(self) -> float:
        return 1.0
