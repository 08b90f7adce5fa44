"""Student's t law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .. import _check
from .location_scale import OnTheLine


@dataclass(frozen=True, slots=True)
class StudentT(OnTheLine):
    r"""Student's t law, with density :math:`\propto (1 + z^2 / \nu)^{-(\nu + 1) / 2}`.

    Here :math:`z = (x - m) / s`.

    Parameters
    ----------
    df : float
        Degrees of freedom :math:`\nu`, dimensionless, from 0.01 to 1e12: the tail
        index of both tails. `Normal` is the limit of large ones.
    loc : float, default 0.0
        Median :math:`m`, in the units of the values, finite.
    scale : float, default 1.0
        Scale :math:`s`, in the units of the values, finite and > 0.

    Raises
    ------
    ValueError
        If `df` is not from 0.01 to 1e12, `loc` not finite, or `scale` not finite and
        > 0.

    Notes
    -----
    The support is the whole line. The mean exists for ``df > 1``, the variance for
    ``df > 2``. ``StudentT(1)`` is the law `Cauchy`.

    ========================  =================  ===============================
    tailrace                  SciPy              R
    ========================  =================  ===============================
    StudentT(df, loc, scale)  t(df, loc, scale)  extraDistr: lst(df, loc, scale)
    ========================  =================  ===============================

    References
    ----------
    .. [1] R. W. Bailey, "Polar generation of random variates with the t-distribution",
       Math. Comp. 62 (1994).

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.StudentT(3.0)
    >>> law.sf(1e100)
    1.10265779084358...e-300
    >>> law.tail_index, law.var()
    (3.0, 3.0)
    """

    _name: ClassVar[str] = "student_t"
    _symmetric: ClassVar[bool] = True

    df: float
    loc: float = 0.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        self._set(
            df=_check.at_least("df", self.df, 0.01, 1e12),
            loc=_check.finite("loc", self.loc),
            scale=_check.positive("scale", self.scale),
        )

    @property
    def tail_index(self) -> float:
        """The degrees of freedom."""
        return self.df

    @property
    def _lower_tail_index(self) -> float:
        return self.df

    def _mean(self) -> float:
        return self.loc

    def _var(self) -> float:
        return self.scale * self.scale * (self.df / (self.df - 2.0))
