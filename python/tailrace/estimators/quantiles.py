"""Quantiles within a relative error, from counts in buckets."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _check
from .._answer import Interval
from ..laws.base import Reals
from .base import Estimator
from .levels import METHODS, between, binomial_ranks, levels, mix


class Rows(NamedTuple):
    """Buckets that hold values, in order: their ends, and how many lie up to each.

    `top` and `bottom` are the largest and the smallest values that are kept, in order.
    """

    least: Reals
    greatest: Reals
    upto: NDArray[np.int64]
    top: Reals
    bottom: Reals

    @property
    def n(self) -> int:
        """How many values there are."""
        return int(self.upto[-1])

    def at(self, places: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the buckets of places in the order of all values, from 0."""
        return np.searchsorted(self.upto, places, side="right")

    def known(self, places: NDArray[np.int64], values: Reals) -> Reals:
        """Put in the order statistics that are known: those among the extremes."""
        for kept, from_end in ((self.bottom, places), (self.top, self.n - 1 - places)):
            known = from_end < kept.size
            values[known] = kept[from_end[known]]
        return values


class QuantileMethods(Estimator):
    """What is known of ranks."""

    __slots__ = ()

    @property
    def relative_error(self) -> float:
        """Most that a quantile differs from the order statistic, relatively."""
        bits: int = self._state.kept()[1]
        return 0.5 ** (bits + 1)

    def _rows(self) -> Rows:
        least, greatest, counts, top, bottom = self._state.buckets()
        if not counts.size:
            msg = "the estimator must have seen a value, got none yet"
            raise ValueError(msg)
        return Rows(least, greatest, np.cumsum(counts).astype(np.int64), top, bottom)

    def _order_statistics(self, rows: Rows, places: NDArray[np.int64]) -> Reals:
        which = rows.at(places)
        low, high = rows.least[which], rows.greatest[which]
        # The middle, without overflow; infinite ends are equal.
        middle = np.where(low == high, low, low * 0.5 + high * 0.5)
        middle[places == 0] = rows.least[0]
        middle[places == rows.n - 1] = rows.greatest[-1]
        return rows.known(places, middle)

    def quantile(self, q: ArrayLike, *, method: str = "inverted_cdf") -> Any:
        r"""Quantiles, within `relative_error` of those of the values.

        Parameters
        ----------
        q : array_like
            Levels from 0 to 1.
        method : str, default "inverted_cdf"
            One of the thirteen of `numpy.quantile`. The default is the order statistic
            with rank :math:`\lceil q n \rceil`.

        Returns
        -------
        float or ndarray of float64, shape of `q`
            For any data in any order, an order statistic is within `relative_error` of that
            of the values, as long as this is a normal number; below 2.2e-308 the error is
            at most ``relative_error * 2.2e-308``. The smallest and the largest are exact.
            Methods that mix two order statistics do so where both are of one sign, and are
            then within `relative_error` of NumPy's answer; of two signs no mixture would
            be, and the one that weighs more is returned.

        Raises
        ------
        ValueError
            If a level is not between 0 and 1, `method` is none of NumPy's, or there are no
            values yet.
        TypeError
            If `q` does not hold real numbers.

        Examples
        --------
        >>> import tailrace as tr
        >>> law = tr.Pareto(1.2)
        >>> sketch = tr.Quantiles(relative_error=1e-3)
        >>> sketch.update(law.sample(10**6, rng=7))
        >>> bool(abs(sketch.quantile(0.5) / law.ppf(0.5) - 1) < 0.01)
        True
        >>> sketch.quantile([0.5, 0.99, 0.99999]).shape
        (3,)
        """
        _check.choice("method", method, METHODS)
        at = levels(q)
        rows = self._rows()
        low, high, weight = mix(rows.n, at, method)
        places = np.stack([low, high]).ravel()
        a, b = self._order_statistics(rows, places).reshape(2, *at.shape)
        mixed = between(a, b, weight)
        apart = np.sign(a) != np.sign(b)
        out = np.where(apart, np.where(weight > 0.5, b, a), mixed)
        return out if at.ndim else float(out)

    def median(self) -> float:
        """Median: the order statistic with rank n / 2, rounded up. See `quantile`."""
        return float(self.quantile(0.5))

    def cdf(self, x: ArrayLike) -> Any:
        """Share of the values at or below `x`.

        Parameters
        ----------
        x : array_like
            Values; NaN gives NaN.

        Returns
        -------
        float or ndarray of float64, shape of `x`
            Between the exact share at `x` and that at ``x * (1 + 2 * relative_error)``; for
            negative `x` between that at ``x * (1 + 2 * relative_error)`` and that at `x`.
            Exact where all values are integers below ``1 / relative_error`` in size, or
            others that begin a bucket, and where `x` is among the extremes kept.

        Raises
        ------
        ValueError
            If there are no values yet.
        TypeError
            If `x` does not hold real numbers.
        """
        return self._share(x, below=True)

    def sf(self, x: ArrayLike) -> Any:
        """Share of the values above `x`; small shares keep their digits. See `cdf`."""
        return self._share(x, below=False)

    def _share(self, x: ArrayLike, *, below: bool) -> Any:
        points = _check.points("x", x)
        rows = self._rows()
        # A bucket counts as if all of it were at its end next to 0, where integers are.
        place = np.where(rows.least >= 0.0, rows.least, rows.greatest)
        upto = np.insert(rows.upto, 0, 0)[np.searchsorted(place, points, side="right")]
        # Beyond the last of the extremes every value is known.
        if rows.bottom.size:
            known = points < rows.bottom[-1]
            upto = np.where(
                known, np.searchsorted(rows.bottom, points, side="right"), upto
            )
        if rows.top.size:
            known = points > rows.top[-1]
            above = np.searchsorted(-rows.top, -points, side="left")
            upto = np.where(known, rows.n - above, upto)
        share = (upto if below else rows.n - upto) / rows.n
        share = np.where(np.isnan(points), math.nan, share)
        return share if points.ndim else float(share)

    def confidence_interval(self, q: float, confidence_level: float = 0.95) -> Interval:
        """Interval for a quantile of the law behind the values, whatever that law is.

        Parameters
        ----------
        q : float
            Level, between 0 and 1.
        confidence_level : float, default 0.95
            The chance, at least, that such an interval holds the quantile.

        Returns
        -------
        Interval
            From the lower end of the bucket of one order statistic to the upper end of the
            bucket of another, with exact binomial coverage for independent values of any
            law, atoms included [1]_. An end is infinite where there are too few values.

        Raises
        ------
        ValueError
            If `q` or `confidence_level` is not between 0 and 1, or there are no values yet.

        References
        ----------
        .. [1] H. A. David, H. N. Nagaraja, *Order Statistics*, 3rd ed., Wiley, 2003,
           section 7.1.

        Examples
        --------
        >>> import tailrace as tr
        >>> law = tr.Cauchy()
        >>> sketch = tr.Quantiles()
        >>> sketch.update(law.sample(10_000, rng=7))
        >>> interval = sketch.confidence_interval(0.99, 0.999)
        >>> interval.low < law.ppf(0.99) < interval.high
        True
        """
        level = _check.fraction("q", q)
        confidence = _check.fraction("confidence_level", confidence_level)
        rows = self._rows()
        ends = [-math.inf, math.inf]
        for side, rank in enumerate(binomial_ranks(rows.n, level, confidence)):
            if 1 <= rank <= rows.n:
                place = np.array([rank - 1])
                end = (rows.least, rows.greatest)[side][rows.at(place)]
                ends[side] = float(rows.known(place, end)[0])
        low, high = ends
        return Interval(
            low, high, confidence, "order statistics, exact binomial coverage"
        )

    def plot(self, ax: Any = None, label: str = "") -> Any:
        """Draw the share of values above x, on log-log axes.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw; on a new figure by default.
        label : str, default ""
            Name of the line in the legend.

        Returns
        -------
        matplotlib axes

        Raises
        ------
        TypeError
            If `ax` is something else.
        ValueError
            If there are no values yet.
        ImportError
            If matplotlib is not installed.
        """
        from ..plots import plot_shares

        rows = self._rows()
        n, kept = rows.n, rows.top
        # Lower ends of buckets; in the tail single values, as far as they are known.
        at_or_above = n - np.insert(rows.upto[:-1], 0, 0)
        body = at_or_above > kept.size
        x = np.concatenate([rows.least[body], kept[::-1]])
        above = np.concatenate([at_or_above[body], np.arange(kept.size, 0, -1)])
        return plot_shares(x, above / n, ax=ax, label=label)


class Quantiles(QuantileMethods):
    """Quantiles of data seen in pieces, each within a relative error of the exact one.

    Parameters
    ----------
    relative_error : float, default 1e-3
        Most that a quantile may differ from the order statistic, relatively: from 2^-17,
        7.6e-6, to 0.5. It is lowered to the next power of 2.

    Raises
    ------
    TypeError
        If `relative_error` is no real number.
    ValueError
        If it is out of that range.

    Notes
    -----
    Values are counted in buckets of constant relative width, of which the doubles
    themselves show the number: the leading bits of their place in the order of all
    doubles, 512 buckets an octave at 1e-3. Zeros and infinite values are counted apart,
    both signs alike. There is no randomness and no assumption about the data: the guarantee
    holds for any values in any order, however many sketches are merged, and far in the tail
    as well as in the middle. Memory is that of the octaves in which there are values, 2 KB
    each at 1e-3, and at most 17 MB there.

    References
    ----------
    .. [1] C. Masson, J. E. Rim, H. K. Lee, "DDSketch: a fast and fully-mergeable quantile
       sketch with relative-error guarantees", PVLDB 12 (2019), 2195-2205.

    Examples
    --------
    >>> import tailrace as tr
    >>> sketch = tr.Quantiles(relative_error=1e-3)
    >>> for seed in range(10):
    ...     sketch.update(tr.Pareto(0.5).sample(100_000, rng=seed))
    >>> sketch.count
    1000000
    >>> round(sketch.quantile(0.999) / tr.Pareto(0.5).ppf(0.999), 1)
    1.0
    """

    __slots__ = ()

    def __init__(self, relative_error: float = 1e-3) -> None:
        """Start with no values."""
        self._keep(bits=bits_for(relative_error))

    @classmethod
    def _fits(cls, kept: tuple[int, ...]) -> bool:
        return len(kept) == 4 and kept[1] >= 0 and (kept[0], *kept[2:]) == (0, 0, 0)

    def __repr__(self) -> str:
        """Show the count, the median and the ends."""
        error = f"relative_error={self.relative_error:.3g}"
        if not self.count:
            return f"Quantiles({error}, count=0)"
        return (
            f"Quantiles({error}, count={self.count}, median={self.median():.6g}, "
            f"min={self.min:.6g}, max={self.max:.6g})"
        )


def bits_for(relative_error: float) -> int:
    """Return how many bits of a double tell buckets that are narrow enough."""
    error = _check.at_least("relative_error", relative_error, 2.0**-17, 0.5)
    return max(math.ceil(-math.log2(error)) - 1, 0)
