"""The normal law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .location_scale import LocationScale


@dataclass(frozen=True, slots=True)
class Normal(LocationScale):
    r"""Normal law, with density :math:`\propto e^{-((x - m) / s)^2 / 2}`.

    Parameters
    ----------
    loc : float, default 0.0
        Mean and median :math:`m`, in the units of the values, finite.
    scale : float, default 1.0
        Standard deviation :math:`s`, in the units of the values, finite and > 0.

    Raises
    ------
    ValueError
        If `loc` is not finite, or `scale` not finite and > 0.

    Notes
    -----
    The support is the whole line; all moments exist. A table is the inverse of its
    hazard, exact to about 1e-13 of the scale in draws; single functions are exact to a
    few units in the last place, however far in either tail.

    ==================  ================  ========================
    tailrace            SciPy             R
    ==================  ================  ========================
    Normal(loc, scale)  norm(loc, scale)  norm(mean=loc, sd=scale)
    ==================  ================  ========================

    References
    ----------
    .. [1] G. E. P. Box, M. E. Muller, "A note on the generation of random normal
       deviates", Ann. Math. Statist. 29 (1958).

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.Normal().sf(38.0)
    2.88542835e-316
    >>> round(tr.Normal().max_of(10**6).median(), 6)
    4.826965
    """

    _name: ClassVar[str] = "normal"
    _symmetric: ClassVar[bool] = True

    def _mean(self) -> float:
        return self.loc

    def _var(self) -> float:
        return self.scale * self.scale
