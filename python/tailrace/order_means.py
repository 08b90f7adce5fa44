"""The mean of an order statistic, estimated from data: best of n, fastest of n."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self, overload

import numpy as np
from numpy.typing import ArrayLike

from . import _check
from ._answer import Answer, Estimate, Interval
from .laws.base import Reals
from .order_weights import Integers, estimates, tail_shapes

# Intervals are refused for fewer groups of n than this among the values.
_FEWEST_GROUPS = 20


class MeanEstimate(Estimate):
    """An estimated mean, with its standard error.

    It is a float in every respect.

    Attributes
    ----------
    standard_error : Answer
        In the units of the value; NaN where there is none, and then its `reason` says
        why.

    Examples
    --------
    >>> import tailrace as tr
    >>> best = tr.order_statistic_mean([3.0, 1.0, 4.0, 1.0, 5.0], -1, 2)
    >>> best, round(best.standard_error, 4)
    (3.9, 0.8844)
    >>> best.confidence_interval().reason
    'the 5 values make 2 groups of 2, and the approximation needs 20'
    """

    standard_error: Answer

    def __new__(
        cls,
        value: float,
        interval: Callable[[float], Interval],
        standard_error: Answer | None = None,
    ) -> Self:
        """Make a float of `value`; `interval` is called with a confidence level."""
        self = super().__new__(cls, value, interval)
        if standard_error is None:
            standard_error = Answer(math.nan, "none was given")
        self.standard_error = standard_error
        return self

    def __reduce__(self) -> Any:
        """Keep the uncertainty through copies and pickles."""
        return type(self), (float(self), self._interval, self.standard_error)


@dataclass(frozen=True, slots=True, eq=False)
class OrderStatisticMeans:
    """Estimated means of several order statistics; made by `order_statistic_mean`.

    Attributes
    ----------
    n, k : ndarray of int64
        Values competing, and the rank looked at, as they were given; of one shape.
    estimate : ndarray of float64
        The estimates, in the units of the data; of the same shape.
    standard_error : ndarray of float64
        Their standard errors; NaN where there is none.
    size : int
        Values in the data.

    Examples
    --------
    >>> import tailrace as tr
    >>> curve = tr.order_statistic_mean([3.0, 1.0, 4.0, 1.0, 5.0], -1, [1, 2, 3])
    >>> curve.estimate
    array([2.8, 3.9, 4.5])
    >>> curve.to_dict()["n"]
    [1, 2, 3]
    """

    n: Integers
    k: Integers
    estimate: Reals
    standard_error: Reals
    size: int
    _tails: tuple[float, float] = field(repr=False)

    def at(self, index: Any) -> MeanEstimate:
        """Return one estimate, with its interval.

        Parameters
        ----------
        index : int or tuple of int
            Where it stands in the arrays.

        Returns
        -------
        MeanEstimate

        Raises
        ------
        IndexError
            If there is no such place, or more than one.

        Examples
        --------
        >>> import tailrace as tr
        >>> curve = tr.order_statistic_mean(range(1, 101), 1, [1, 2, 100])
        >>> curve.at(1).confidence_interval(0.9).method
        'jackknife, Student t with 49 degrees of freedom'
        """
        value = self.estimate[index]
        if np.ndim(value) != 0:
            msg = f"index must choose one of shape {self.n.shape}, got {index!r}"
            raise IndexError(msg)
        n, k = int(self.n[index]), int(self.k[index])
        error = float(self.standard_error[index])
        return _estimate(float(value), error, self._tails, self.size, n, k)

    def to_dict(self, *, confidence_level: float = 0.95) -> dict[str, list[Any]]:
        """Return `n`, `k`, `estimate`, `standard_error`, `low`, `high` as columns.

        Parameters
        ----------
        confidence_level : float, default 0.95
            That of the interval from `low` to `high`; both are NaN where there is none.

        Returns
        -------
        dict of str to list
        """
        level = _check.fraction("confidence_level", confidence_level)
        spans = [
            self.at(index).confidence_interval(level)
            for index in np.ndindex(self.n.shape)
        ]
        return {
            "n": self.n.ravel().tolist(),
            "k": self.k.ravel().tolist(),
            "estimate": self.estimate.ravel().tolist(),
            "standard_error": self.standard_error.ravel().tolist(),
            "low": [span.low for span in spans],
            "high": [span.high for span in spans],
        }

    def to_frame(self) -> Any:
        """Return `to_dict` as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.to_dict())

    def plot(self, ax: Any = None) -> Any:
        """Draw the estimates against n, within a standard error; return the axes."""
        from .plots import plot_order_means

        return plot_order_means(self, ax=ax)


@overload
def order_statistic_mean(
    x: ArrayLike, k: int, n: int, *, nan: str = "raise"
) -> MeanEstimate: ...


@overload
def order_statistic_mean(
    x: ArrayLike, k: ArrayLike, n: ArrayLike, *, nan: str = "raise"
) -> MeanEstimate | OrderStatisticMeans: ...


def order_statistic_mean(
    x: ArrayLike, k: ArrayLike, n: ArrayLike, *, nan: str = "raise"
) -> MeanEstimate | OrderStatisticMeans:
    r"""Estimate the mean of the k-th smallest of n values, without bias.

    Parameters
    ----------
    x : array_like of shape (N,)
        Independent values of one law, N >= n. Infinite ones are allowed: see Notes.
    k : int or array_like of int
        Rank, from 1, the smallest, to n, or counted from the top: -1 is the largest.
    n : int or array_like of int
        How many compete, from 1 to N. Arrays are broadcast against `k`.
    nan : {"raise", "omit"}, default "raise"
        What to do with NaN in `x`.

    Returns
    -------
    MeanEstimate or OrderStatisticMeans
        A float with `.standard_error` and `.confidence_interval`, in the units of `x`;
        for arrays, an object with arrays of the broadcast shape.

    Raises
    ------
    ValueError
        If `x` is empty or holds NaN (unless omitted), `n` is not from 1 to N, or `k`
        is 0 or beyond n.
    TypeError
        If `x` does not hold real numbers, or `k` or `n` no integers.

    Notes
    -----
    The estimate is the average of the k-th smallest over all subsets of n values,

    .. math:: \sum_i x_{(i)} \binom{i-1}{k-1} \binom{N-i}{n-k} /  \binom{N}{n},

    a U-statistic [1]_: of all unbiased estimates that serve every law, the one with the
    least variance. Ties need no care: equal values share their ranks' weights in
    whatever order they stand. With values 0 and 1 and ``k=-1`` it is pass@n [2]_. Each
    weight comes from its neighbour, from the mode outwards, by an exact ratio of
    integers; terms that sum to less than 2^-60 of the estimate are left out. Memory is
    bounded however many `n` there are.

    An infinite value, such as the time of a run that never ended, has no weight if
    every subset has its k-th smallest elsewhere: the estimate is finite if at most
    n - k values are inf and at most k - 1 are -inf. Otherwise it is infinite, or NaN
    where both infinities have weight.

    The standard error is the jackknife's [3]_ (one value deleted at a time), exact. Its
    square is too large on average, never too small, as an estimate for N - 1 values.
    For n = N, one subset only, there is none. The interval is an approximation, with
    Student's t of floor(N / n) - 1 degrees of freedom: for n = 1 the usual one of a
    mean. It needs a variance, and so a (n - k + 1) > 2 for a law of tail index a; it is
    refused where that fails for the index estimated from the data [4]_, or where
    N / n < 20. No data can prove a variance: near the limit, and for the largest of few
    values, intervals hold the mean less often than they say.

    References
    ----------
    .. [1] W. Hoeffding, "A class of statistics with asymptotically normal
       distribution", Ann. Math. Statist. 19 (1948), 293-325.
    .. [2] M. Chen et al., "Evaluating large language models trained on code",
       arXiv:2107.03374 (2021).
    .. [3] B. Efron, C. Stein, "The jackknife estimate of variance", Ann. Statist. 9
       (1981), 586-596.
    .. [4] A. L. M. Dekkers, J. H. J. Einmahl, L. de Haan, "A moment estimator for the
       index of an extreme-value distribution", Ann. Statist. 17 (1989), 1833-1855.

    Examples
    --------
    >>> import numpy as np, tailrace as tr
    >>> times = tr.Pareto(1.5).sample(1000, rng=3)
    >>> fastest = tr.order_statistic_mean(times, 1, 4)     # of the law: 1.2
    >>> interval = fastest.confidence_interval()
    >>> interval.low < 1.2 < interval.high
    True
    >>> tr.order_statistic_mean(times, -1, 4).confidence_interval().reason
    'too heavy a tail: the tail index of the k-th smallest is about 1, not above 2'
    >>> curve = tr.order_statistic_mean(times, -1, np.arange(1, 1001))
    >>> bool(curve.estimate[-1] == times.max())
    True
    >>> runs = [2.0, 7.0, np.inf, 4.0]                      # one never ended
    >>> tr.order_statistic_mean(runs, 1, 2), tr.order_statistic_mean(runs, 1, 1)
    (3.5, inf)
    """
    values = _check.data("x", x)
    if _check.choice("nan", nan, ("raise", "omit")) == "omit":
        values = values[~np.isnan(values)]
        if values.size == 0:
            msg = f"x must hold a value other than NaN, got {_check.said(x)}"
            raise ValueError(msg)
    _check.no_nan("x", values)
    of, rank = _ranks(k, n, values.size)
    flat_of = of.ravel()
    flat_rank = np.where(rank < 0, of + 1 + rank, rank).ravel()
    ordered = np.sort(values)
    found = estimates(ordered, flat_of, flat_rank)
    estimate, error = (array.reshape(of.shape) for array in found)
    tails = tail_shapes(ordered)
    size = ordered.size
    if of.ndim == 0:
        return _estimate(float(estimate), float(error), tails, size, int(of), int(rank))
    for array in (of, rank, estimate, error):
        array.flags.writeable = False
    return OrderStatisticMeans(of, rank, estimate, error, size, tails)


def _ranks(k: ArrayLike, n: ArrayLike, size: int) -> tuple[Integers, Integers]:
    """Return n and k, checked, as arrays of one shape."""
    of, rank = _check.integers("n", n), _check.integers("k", k)
    if (of < 1).any():
        msg = f"n must be >= 1, got {of[of < 1].flat[0]}"
        raise ValueError(msg)
    if (of > size).any():
        msg = f"n must be <= the number of values, {size}, got {of[of > size].flat[0]}"
        raise ValueError(msg)
    try:
        of, rank = (array.copy() for array in np.broadcast_arrays(of, rank))
    except ValueError as error:
        msg = f"k must broadcast with n, of shape {of.shape}, got shape {rank.shape}"
        raise ValueError(msg) from error
    bad = (rank == 0) | (rank > of) | (rank < -of)
    if bad.any():
        first = int(np.argmax(bad))
        top = of.flat[first]
        msg = (
            f"k must be from 1 to n or from -n to -1, n = {top}, got {rank.flat[first]}"
        )
        raise ValueError(msg)
    return of, rank


def _estimate(
    value: float, error: float, tails: tuple[float, float], size: int, n: int, k: int
) -> MeanEstimate:
    """Make the float that knows its uncertainty."""
    reason = _no_error(value, error, size, n)
    told = Answer(error, reason)
    reason = reason or _no_interval(error, tails, size, n, k)
    spread = partial(_interval, value, error, size // n, reason)
    return MeanEstimate(value, spread, told)


def _no_interval(
    error: float, tails: tuple[float, float], size: int, n: int, k: int
) -> str:
    """Return why there is no interval around a standard error, or nothing."""
    groups = size // n
    if error == 0.0:
        return "leaving out a value changes nothing, so the spread is unknown"
    if groups < _FEWEST_GROUPS:
        return (
            f"the {size} values make {groups} groups of {n}, and the approximation "
            f"needs {_FEWEST_GROUPS}"
        )
    # The k-th smallest is above t only if n - k + 1 values are, or below it if k are.
    rank = k if k > 0 else n + 1 + k
    for shape, needed in zip(tails, (n - rank + 1, rank), strict=True):
        if shape > 0.0 and needed / shape <= 2.0:
            return (
                "too heavy a tail: the tail index of the k-th smallest is about "
                f"{needed / shape:.2g}, not above 2"
            )
    return ""


def _no_error(value: float, error: float, size: int, n: int) -> str:
    """Return why there is no standard error, or nothing."""
    if math.isnan(value):
        return "inf and -inf both have weight"
    if math.isinf(value):
        return f"the estimate is {value}, as too many values are"
    if n == size:
        return f"n is the number of values, {size}: there is only one subset"
    if not math.isfinite(error):
        return "the spread of the values is too large for a double"
    return ""


def _interval(
    value: float, error: float, groups: int, reason: str, confidence_level: float
) -> Interval:
    if reason:
        return Interval(math.nan, math.nan, confidence_level, "none", reason)
    from scipy.special import stdtrit

    half = float(stdtrit(groups - 1, 0.5 + confidence_level / 2.0)) * error
    method = f"jackknife, Student t with {groups - 1} degrees of freedom"
    return Interval(value - half, value + half, confidence_level, method)
