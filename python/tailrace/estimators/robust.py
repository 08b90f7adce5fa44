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
from .medians import MedianOfMeans
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
    sample mean of so heavy a tail is only off by :math:`\delta^{-1/p}` in place of the
    logarithm. Catoni's has the smallest constant; the median of means can be merged, see
    `MedianOfMeans`, and so can the trimmed mean, see `Mean.trimmed_mean`; Catoni's cannot.
    The bounds are computed, not looked up: see the page on robust means.

    References
    ----------
    .. [1] G. Lugosi, S. Mendelson, "Mean estimation and regression under heavy-tailed
       distributions: a survey", Found. Comput. Math. 19 (2019), 1145-1190.
    .. [2] R. I. Oliveira, P. Orenstein, Z. F. Rico, "Finite-sample properties of the trimmed
       mean", arXiv 2501.03694 (2025).
    .. [3] P. Chen, X. Jin, X. Li, L. Xu, "A generalized Catoni's M-estimator under finite
       alpha-th moment assumption", Electron. J. Stat. 15 (2021), 5523-5544; O. Catoni, Ann.
       Inst. H. Poincare 48 (2012), 1148-1185, for p = 2.

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
        blocks = deviations.blocks_for(delta, bound.p if bound else _USUAL)
        medians = MedianOfMeans(min(blocks, values.size))
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
    low, high = float(values.min()), float(values.max())
    if bound is None:
        # A guess at the moment, to have a scale.
        size = np.abs(values - np.median(values))
        guess = MomentBound(_USUAL, float(np.mean(size**_USUAL)))
    else:
        guess = bound
    if low == high or guess.v == 0.0:
        return estimate(low if low == high else float(np.mean(values)), bound, _exactly)
    from scipy.optimize import brentq

    alpha = deviations.alpha_for(n, guess, delta)
    root = brentq(partial(_influence, values, alpha, guess.p), low, high, xtol=1e-300)
    return estimate(float(root), bound, partial(deviations.of_catoni, n, alpha))


def _exactly(bound: MomentBound, delta: float) -> float:
    return 0.0 if bound.v == 0.0 else math.inf


def _influence(values: Reals, alpha: float, p: float, theta: float) -> float:
    y = alpha * (values - theta)
    size = np.abs(y)
    return float(np.sum(np.copysign(np.log1p(size + size**p / p), y)))
