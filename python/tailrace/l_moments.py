"""L-moments of data: location, scale and shape where ordinary moments are too wild."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import _check
from ._answer import Answer
from .laws.base import Reals


@dataclass(frozen=True, slots=True, eq=False)
class LMoments:
    """L-moments of data or of a law; made by `l_moments` and `Law.l_moments`.

    Attributes
    ----------
    moments : ndarray of shape (order,)
        l1, l2, ... in the units of the data.
    size : int or None
        Values in the data; None for those of a law.
    reason : str
        Why there are none; empty where there are.

    Examples
    --------
    >>> import tailrace as tr
    >>> found = tr.l_moments([1.0, 2.0, 4.0, 8.0])
    >>> found.l1, round(found.l2, 4), round(found.tau3, 4)
    (3.75, 1.9167, 0.3913)
    >>> tr.l_moments([3.0, 3.0, 3.0], order=3).tau3.reason
    'l2 is 0'
    """

    moments: Reals
    size: int | None
    reason: str = ""

    def _moment(self, order: int) -> Answer:
        if order <= self.moments.size:
            return Answer(float(self.moments[order - 1]), self.reason)
        return Answer(math.nan, f"only {self.moments.size} were asked for")

    def _over(self, order: int, under: int) -> Answer:
        above, below = self._moment(order), self._moment(under)
        reason = above.reason or below.reason
        if not reason and below == 0.0:
            reason = f"l{under} is 0"
        return Answer(math.nan, reason) if reason else Answer(above / below)

    @property
    def l1(self) -> Answer:
        """The mean."""
        return self._moment(1)

    @property
    def l2(self) -> Answer:
        """Scale: half the mean distance of two values."""
        return self._moment(2)

    @property
    def l3(self) -> Answer:
        """A third of the mean of max - 2 median + min of three values."""
        return self._moment(3)

    @property
    def l4(self) -> Answer:
        """A quarter of the mean of max - 3 third + 3 second - min of four values."""
        return self._moment(4)

    @property
    def tau(self) -> Answer:
        """The L-coefficient of variation, l2 / l1: for values above 0, from 0 to 1."""
        return self._over(2, 1)

    @property
    def tau3(self) -> Answer:
        """L-skewness, l3 / l2, from -1 to 1."""
        return self._over(3, 2)

    @property
    def tau4(self) -> Answer:
        """L-kurtosis, l4 / l2, from -1/4 to 1 for a law; a sample may fall below."""
        return self._over(4, 2)

    def ratio(self, order: int) -> Answer:
        """Return l_order / l2, which has no unit.

        Parameters
        ----------
        order : int
            At least 3.

        Returns
        -------
        Answer
            NaN, with a reason, where l2 is 0 or `order` was not asked for.

        Raises
        ------
        ValueError
            If `order` is below 3.
        TypeError
            If `order` is no integer.
        """
        return self._over(_check.count("order", order, low=3), 2)

    def to_dict(self) -> dict[str, list[Any]]:
        """Return `order`, `moment` and `ratio`, as columns; the first two have none."""
        orders = range(1, self.moments.size + 1)
        return {
            "order": list(orders),
            "moment": self.moments.tolist(),
            "ratio": [float(self.ratio(r)) if r > 2 else math.nan for r in orders],
        }

    def to_frame(self) -> Any:
        """Return `to_dict` as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.to_dict())


def l_moments(x: ArrayLike, order: int = 4, *, nan: str = "raise") -> LMoments:
    r"""Estimate the first L-moments of a law from data, without bias.

    Parameters
    ----------
    x : array_like of shape (N,)
        Independent values of one law, finite.
    order : int, default 4
        How many L-moments, from 1 to N.
    nan : {"raise", "omit"}, default "raise"
        What to do with NaN in `x`.

    Returns
    -------
    LMoments

    Raises
    ------
    ValueError
        If `x` is empty, holds NaN (unless omitted) or an infinite value, or `order` is
        not from 1 to N.
    TypeError
        If `x` does not hold real numbers, or `order` is no integer.

    Notes
    -----
    The r-th L-moment of a law [1]_ is

    .. math:: \lambda_r = \frac1r \sum_{j=0}^{r-1} (-1)^j \binom{r-1}{j}
        \mathrm{E} X_{r-j:r};

    it exists wherever the mean does. The estimate is the average over all subsets of r
    values. The usual way through probability-weighted moments subtracts large numbers
    from each other; here the weights of the ordered values, which are the discrete
    Legendre polynomials [2]_, come from their three-term recursion instead: O(N) for
    each order, after the sort.

    References
    ----------
    .. [1] J. R. M. Hosking, "L-moments: analysis and estimation of distributions using
       linear combinations of order statistics", J. R. Stat. Soc. B 52 (1990), 105-124.
    .. [2] C. P. Neuman, D. I. Schonbach, "Discrete (Legendre) orthogonal polynomials: a
       survey", Int. J. Numer. Methods Eng. 8 (1974), 743-770.

    Examples
    --------
    >>> import tailrace as tr
    >>> x = tr.Pareto(3.0).sample(100_000, rng=7)
    >>> found = tr.l_moments(x)
    >>> abs(found.l2 / 0.3 - 1) < 0.02, abs(found.tau3 / 0.5 - 1) < 0.05  # exact ones
    (True, True)
    """
    values = _check.data("x", x)
    if _check.choice("nan", nan, ("raise", "omit")) == "omit":
        values = values[~np.isnan(values)]
        if values.size == 0:
            msg = f"x must hold a value other than NaN, got {_check.said(x)}"
            raise ValueError(msg)
    _check.no_nan("x", values)
    if not np.isfinite(values).all():
        msg = f"x must be finite, got {float(values[~np.isfinite(values)][0])}"
        raise ValueError(msg)
    size = values.size
    most = _check.count("order", order)
    if most > size:
        msg = f"order must be <= the number of values, {size}, got {_check.said(order)}"
        raise ValueError(msg)
    # All but the first ignore a common shift, so that the centre costs them no digits;
    # no sum of quarters overflows before the end.
    ordered = np.sort(values)
    center = 0.25 * ordered[size // 2]
    offset = 0.25 * ordered - center
    moments = np.empty(most)
    moments[0] = center + np.mean(offset)
    across = 2.0 * np.arange(size) - (size - 1)
    before, now = np.zeros(size), np.ones(size)
    for r in range(1, most):
        ahead = (2 * r - 1) * across * now - (r - 1) * (size + r - 1.0) * before
        before, now = now, ahead / (r * (size - r))
        moments[r] = np.mean(now * offset)
    with np.errstate(over="ignore"):
        moments *= 4.0
    moments.flags.writeable = False
    return LMoments(moments, size)
