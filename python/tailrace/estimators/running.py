"""Curves in which a heavy tail shows itself: means and medians of the first n values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from .. import _check, _core
from ..laws.base import Reals
from .pieces import doubles, measured


def running_mean(x: ArrayLike, axis: int = -1) -> Reals:
    r"""Mean of the first 1, 2, 3, ... values along an axis.

    Where the law has a mean the curve settles; where it has none it jumps for ever, each
    time a value comes that outweighs all before it.

    Parameters
    ----------
    x : array_like
        Real numbers, none of them masked.
    axis : int, default -1
        Along which the values follow each other.

    Returns
    -------
    ndarray of float64, shape of `x`
        Each within an ULP of the exact mean where the values have one sign, since sums are
        carried in twice the precision; infinite from an infinite value on.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers, or `axis` is no integer.
    ValueError
        If `x` holds NaN or masked values, is a single number, or has no such axis.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.running_mean([4.0, 2.0, 9.0])
    array([4., 3., 5.])
    """
    return _along(x, axis, _core.running_means)


def running_median(x: ArrayLike, axis: int = -1) -> Reals:
    """Median of the first 1, 2, 3, ... values along an axis, exact.

    Parameters
    ----------
    x : array_like
        Real numbers, none of them masked; fewer than 2^32 along the axis.
    axis : int, default -1
        Along which the values follow each other.

    Returns
    -------
    ndarray of float64, shape of `x`
        For an even number of values the mean of the middle two. Takes the time of a sort.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers, or `axis` is no integer.
    ValueError
        If `x` holds NaN or masked values, is a single number, or has no such axis.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.running_median([4.0, 2.0, 9.0])
    array([4., 3., 4.])
    """
    return _along(x, axis, _core.running_medians)


def _along(x: ArrayLike, axis: int, run: Callable[[Reals], Reals]) -> Reals:
    if np.ma.is_masked(x):
        msg = f"x must not be masked, got {_check.said(x)}"
        raise ValueError(msg)
    array = doubles("x", measured("x", np.asarray(x)))
    if array.ndim == 0:
        msg = f"x must have an axis, got {_check.said(x)}"
        raise ValueError(msg)
    _check.no_nan("x", array)
    along = _check.count("axis", axis, -array.ndim, array.ndim - 1)
    lines = np.ascontiguousarray(np.moveaxis(array, along, -1))
    if lines.shape[-1] >= 2**32:
        msg = f"x must have fewer than 2^32 values on the axis, got {lines.shape[-1]}"
        raise ValueError(msg)
    if lines.ndim == 1:
        return run(lines)
    out = np.empty_like(lines)
    for place in np.ndindex(lines.shape[:-1]):
        out[place] = run(lines[place])
    return np.moveaxis(out, -1, along)
