"""Tails of data: how heavy they are, and how far they reach beyond the data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from . import _check
from ._answer import Estimate, Interval
from ._tabular import Tabular
from .laws.base import Reals


@dataclass(frozen=True, slots=True, eq=False)
class TailEstimate(Tabular):
    r"""A Pareto tail fitted to the largest values: P(X > x) falls like :math:`x^{-a}`.

    Made by `TopK.hill`, and by `Mean.tail`, for which x is measured from a location.

    Attributes
    ----------
    tail_index : Estimate
        The index a, by Hill's estimator. Its interval is exact where the law of the values
        beyond the threshold is a Pareto law; NaN, with a reason, where there is none.
    xi : float
        1 / tail_index, the shape of the generalized Pareto and extreme value laws.
    density_exponent : float
        tail_index + 1, the exponent of the density.
    k : int
        Values beyond the threshold.
    threshold : float
        The k + 1st largest value, in the units of the data.
    count : int
        Values in all.
    location : float
        Where the tail is measured from: it falls like (x - location)^-a.
    reason : str
        Why there is no estimate; empty where there is one.

    Examples
    --------
    >>> import tailrace as tr
    >>> top = tr.TopK(1001)
    >>> top.update(tr.Pareto(1.2).sample(10**6, rng=7))
    >>> tail = top.hill()
    >>> interval = tail.tail_index.confidence_interval()
    >>> interval.low < 1.2 < interval.high
    True
    >>> far = tail.isf(1e-9)  # beyond all of the data
    >>> far.confidence_interval().low < tr.Pareto(1.2).isf(1e-9)
    True
    """

    tail_index: Estimate
    xi: float
    density_exponent: float
    k: int
    threshold: float
    count: int
    location: float = 0.0
    reason: str = ""

    def isf(self, p: float) -> Estimate:
        r"""Value exceeded with probability `p`, beyond the data if need be.

        Parameters
        ----------
        p : float
            From above 0 to k / count, the share of values beyond the threshold.

        Returns
        -------
        Estimate
            Weissman's :math:`u (k / (n p))^{\xi}`, u the threshold [1]_, in the units of
            the data; both measured from `location`. Its interval is the asymptotic one of
            log-quantiles [2]_.

        Raises
        ------
        ValueError
            If `p` is out of that range.

        References
        ----------
        .. [1] I. Weissman, "Estimation of parameters and large quantiles based on the k
           largest observations", J. Am. Stat. Assoc. 73 (1978), 812-815.
        .. [2] L. de Haan, A. Ferreira, *Extreme Value Theory*, Springer, 2006, section
           4.3.
        """
        level = _check.fraction("p", p)
        most = self.k / self.count if self.count else 0.0
        if not self.reason and level > most:
            msg = f"p must be <= k / count, {most:g}, got {p!r}"
            raise ValueError(msg)
        if self.reason:
            return Estimate(math.nan, partial(_none, self.reason))
        steps = math.log(most / level)
        middle = math.log(self.threshold - self.location) + self.xi * steps
        error = self.xi * math.sqrt((1.0 + steps * steps) / self.k)
        value = self.location + _exp(middle)
        return Estimate(value, partial(_log_normal, self.location, middle, error))

    def to_dict(self) -> dict[str, list[Any]]:
        """Return everything as columns of one row, with the 95 % interval of the index."""
        span = self.tail_index.confidence_interval()
        return {
            "tail_index": [float(self.tail_index)],
            "low": [span.low],
            "high": [span.high],
            "xi": [self.xi],
            "density_exponent": [self.density_exponent],
            "k": [self.k],
            "threshold": [self.threshold],
            "count": [self.count],
            "location": [self.location],
        }


def hill(top: Reals, k: int, count: int) -> TailEstimate:
    """Fit a tail to the k largest of `count` values; `top` has k + 1 or more, in order.

    Reference: B. M. Hill, "A simple general approach to inference about the tail of a
    distribution", Ann. Statist. 3 (1975), 1163-1174.
    """
    threshold = float(top[k])
    if math.isinf(top[0]):
        return no_tail("some of the largest values are infinite", k, threshold, count)
    if not threshold > 0.0:
        return no_tail(
            f"the threshold {threshold:g} is not above 0", k, threshold, count
        )
    xi = excess(top[:k], threshold, 0.0)
    if not xi > 0.0:
        reason = f"the {k} largest values are all equal"
        return no_tail(reason, k, threshold, count)
    return fitted(xi, k, threshold, count)


def excess(values: Reals, threshold: float, location: float) -> float:
    """Return the mean of log (x - location) beyond that of the threshold."""
    # By halves, so that no difference passes the doubles.
    logs = np.log(values / 2 - location / 2)
    return float(np.mean(logs)) - math.log(threshold / 2 - location / 2)


def fitted(
    xi: float, k: int, threshold: float, count: int, location: float = 0.0
) -> TailEstimate:
    """Return the fit whose logarithms have the mean excess `xi`."""
    index = Estimate(1.0 / xi, partial(_gamma_interval, k, xi))
    return TailEstimate(index, xi, 1.0 / xi + 1.0, k, threshold, count, location)


def no_tail(reason: str, k: int, threshold: float, count: int) -> TailEstimate:
    """Return what stands for a fit where there is none."""
    index = Estimate(math.nan, partial(_none, reason))
    return TailEstimate(
        index, math.nan, math.nan, k, threshold, count, math.nan, reason
    )


def _gamma_interval(k: int, xi: float, confidence_level: float) -> Interval:
    # k xi times the index is a sum of k standard exponentials, beyond a Pareto threshold.
    from scipy.special import gammainccinv, gammaincinv

    miss = (1.0 - confidence_level) / 2.0
    low, high = gammaincinv(k, miss), gammainccinv(k, miss)
    return Interval(
        float(low) / (k * xi), float(high) / (k * xi), confidence_level, "gamma"
    )


def _log_normal(
    location: float, middle: float, error: float, confidence_level: float
) -> Interval:
    from scipy.special import ndtri

    half = float(ndtri(0.5 + confidence_level / 2.0)) * error
    low, high = (location + _exp(x) for x in (middle - half, middle + half))
    return Interval(low, high, confidence_level, "normal, of the logarithm")


def _exp(x: float) -> float:
    return math.exp(x) if x < 709.78 else math.inf


def _none(reason: str, confidence_level: float) -> Interval:
    return Interval(math.nan, math.nan, confidence_level, "none", reason)
