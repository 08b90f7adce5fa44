"""Means that few wild values cannot carry away, for tails that have a mean but no variance."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from .. import _check
from .._answer import Estimate
from ..laws.base import Reals
from . import deviations
from .deviations import MomentBound, moment_bound
from .intervals import estimate
from .mean import Mean
from .medians import MOST_BLOCKS, MedianOfMeans
from .pieces import doubles, measured

METHODS = ("median_of_means", "trimmed", "catoni")
#: The order of the moment that is taken where none is given, and guessed from the data.
_USUAL = 1.5


def robust_mean(
    x: ArrayLike,
    method: str = "median_of_means",
    *,
    confidence_level: float = 0.95,
    moment: tuple[float, float] | None = None,
) -> Estimate:
    r"""Estimate a mean, where a few values may be larger than all others together.

    Parameters
    ----------
    x : array_like
        Independent values, of any shape; masked ones are left out.
    method : {"median_of_means", "trimmed", "catoni"}
        The median of the means of blocks, to which values are dealt in turn [1]_; the mean
        without some of the smallest and largest [2]_; or Catoni's, the root of
        :math:`\sum \psi(\alpha (x_i - \theta))` with :math:`\psi(y) = \pm \log(1 + |y| +
        |y|^p / p)` [3]_.
    confidence_level : float, default 0.95
        What blocks, cuts and scale are chosen for.
    moment : tuple of float, optional
        (p, v): a bound :math:`v \ge E|X - \mu|^p` for one p above 1 and up to 2, in the
        units of `x` to the p. Without it there is no guarantee, and no interval.

    Returns
    -------
    Estimate
        Its `confidence_interval` holds the mean with at least that chance, for every law
        with such a moment and every number of values: a proved bound, without asymptotics.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers, or `moment` is no pair.
    ValueError
        If `x` is empty, holds NaN or infinite values, or an argument is out of range.

    Notes
    -----
    All three are off by :math:`C v^{1/p} (\log(1 / \delta) / n)^{1 - 1/p}` at most, except
    with the chance :math:`\delta`; no estimator does better but for the constant [1]_. The
    sample mean of so heavy a tail is only bounded with :math:`\delta^{-1}` in place of the
    logarithm. Catoni's mostly has the smallest bound, but not for p near 1, and none for few
    values. The median of means can be merged, see `MedianOfMeans`, and so can the trimmed
    mean, see `Mean.trimmed_mean`; Catoni's cannot. The bounds are computed, not looked up:
    see the page on robust means.

    References
    ----------
    .. [1] G. Lugosi, S. Mendelson, "Mean estimation and regression under heavy-tailed
       distributions: a survey", Found. Comput. Math. 19 (2019), 1145-1190.
    .. [2] R. I. Oliveira, P. Orenstein, Z. F. Rico, "Finite-sample properties of the trimmed
       mean", arXiv 2501.03694 (2025).
    .. [3] P. Chen, X. Jin, X. Li, L. Xu, "A generalized Catoni's M-estimator under finite
       alpha-th moment assumption with alpha in (1, 2)", Electron. J. Stat. 15 (2021),
       5523-5544; O. Catoni, Ann. Inst. H. Poincare 48 (2012), 1148-1185, for p = 2.

    Examples
    --------
    >>> import tailrace as tr
    >>> x = tr.Pareto(1.6).sample(10_000, rng=7)  # the mean is 2.67, the variance infinite
    >>> mean = tr.robust_mean(x, "catoni", moment=(1.5, 14.0))
    >>> interval = mean.confidence_interval()
    >>> interval.low < 1.6 / 0.6 < interval.high
    True
    >>> tr.robust_mean(x).confidence_interval().reason
    'no bound without a moment: give moment=(p, v)'
    """
    _check.choice("method", method, METHODS)
    delta = 1.0 - _check.fraction("confidence_level", confidence_level)
    bound = moment_bound(moment)
    array = measured("x", x).ravel()
    if array.size == 0:
        msg = "x must not be empty, got no values"
        raise ValueError(msg)
    values = doubles("x", array)
    _check.no_nan("x", values)
    if not np.isfinite(values).all():
        msg = f"x must hold finite values, got {values[~np.isfinite(values)][0]}"
        raise ValueError(msg)
    if method == "median_of_means":
        p = bound.p if bound else _USUAL
        medians = MedianOfMeans(
            deviations.blocks_for(delta, p, min(values.size, MOST_BLOCKS))
        )
        medians.update(values)
        return medians.mean(moment=moment)
    if method == "trimmed":
        return _trimmed(values, bound, delta)
    return _catoni(values, bound, delta)


def _trimmed(values: Reals, bound: MomentBound | None, delta: float) -> Estimate:
    n = values.size
    cut = deviations.trim_for(delta, n, bound.p if bound else _USUAL)
    if n <= 2 * cut:
        cut = (n - 1) // 2
    inner = Mean()
    inner.update(np.partition(values, [cut, n - 1 - cut])[cut : n - cut])
    return estimate(float(inner.mean()), bound, partial(deviations.of_trimmed, n, cut))


def _catoni(values: Reals, bound: MomentBound | None, delta: float) -> Estimate:
    n = values.size
    # In units in which no power passes the doubles.
    unit = float(np.max(np.abs(values))) or 1.0
    x = values / unit
    low, high = float(x.min()), float(x.max())
    if low == high:
        return estimate(float(values[0]), bound, partial(_unless_known, n, delta))
    if bound is None or bound.v == 0.0:
        # A guess at the moment, to have a scale.
        p = bound.p if bound else _USUAL
        scaled = MomentBound(p, float(np.mean(np.abs(x - np.median(x)) ** p)))
    else:
        scaled = MomentBound(bound.p, (bound.v ** (1.0 / bound.p) / unit) ** bound.p)
    from scipy.optimize import brentq

    alpha = deviations.alpha_for(n, scaled, delta)
    root = brentq(partial(_influence, x, alpha, scaled.p), low, high, xtol=1e-300)
    radius = partial(deviations.of_catoni, n, alpha / unit)
    return estimate(float(root) * unit, bound, radius)


def _unless_known(n: int, delta: float, bound: MomentBound, wanted: float) -> float:
    """Bound the error where all values are equal: none if the moment is 0."""
    if bound.v == 0.0:
        return 0.0
    alpha = deviations.alpha_for(n, bound, delta)
    return deviations.of_catoni(n, alpha, bound, wanted)


def _influence(x: Reals, alpha: float, p: float, theta: float) -> float:
    y = alpha * x - alpha * theta
    size = np.abs(y)
    # Where only the power counts it may be too large itself.
    small = np.minimum(size, 1e100)
    part = np.log1p(small + small**p / p)
    far = size > 1e100
    part[far] = p * np.log(size[far]) - math.log(p)
    return float(np.sum(np.copysign(part, y)))
