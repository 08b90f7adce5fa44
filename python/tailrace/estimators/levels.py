"""Ranks: what a quantile mixes, by the methods of NumPy, and what lies around it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _check
from ..laws.base import Reals

# The methods of R. J. Hyndman, Y. Fan, "Sample quantiles in statistical packages", Am.
# Stat. 50 (1996), that interpolate between places in the order, by their alpha = beta.
_INTERPOLATED = {
    "hazen": (0.5, 0.5),
    "interpolated_inverted_cdf": (0.0, 1.0),
    "median_unbiased": (1 / 3.0, 1 / 3.0),
    "normal_unbiased": (3 / 8.0, 3 / 8.0),
    "weibull": (0.0, 0.0),
}
METHODS = (
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "linear",
    "lower",
    "higher",
    "midpoint",
    "nearest",
    *_INTERPOLATED,
)


class Mix(NamedTuple):
    """Places in the ascending order, from 0, and the weight of the upper one."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    weight: Reals


def mix(n: int, q: Reals, method: str) -> Mix:
    """Return what the quantiles of `n` values mix, in the arithmetic of NumPy."""
    if method in ("inverted_cdf", "closest_observation"):
        v = n * q - 1 - (0.5 if method == "closest_observation" else 0.0)
        stays = v - np.floor(v) == 0
        if method == "closest_observation":
            stays &= np.floor(v) % 2 == 1
        low = np.where(stays, np.floor(v), np.floor(v) + 1)
        return _places(n, low, low, np.zeros_like(q))
    if method in ("lower", "higher", "nearest"):
        v = (n - 1) * q
        if method == "nearest":
            low = np.around(v)
        else:
            low = np.floor(v) if method == "lower" else np.ceil(v)
        return _places(n, low, low, np.zeros_like(q))
    if method == "midpoint":
        low, high = np.floor((n - 1) * q), np.ceil((n - 1) * q)
        return _places(n, low, high, np.full_like(q, 0.5))
    if method == "linear":
        v = (n - 1) * q
    elif method == "averaged_inverted_cdf":
        v = n * q - 1
    else:
        alpha, beta = _INTERPOLATED[method]
        v = n * q + (alpha + q * (1 - alpha - beta)) - 1
    low = np.floor(v)
    weight = v - low
    if method == "averaged_inverted_cdf":
        weight = np.where(weight == 0, 0.5, 1.0)
    high = np.where(v < 0, 0, low + 1)
    return _places(n, np.where(v >= n - 1, n - 1, low), high, weight)


def _places(n: int, low: Reals, high: Reals, weight: Reals) -> Mix:
    """Return places that exist; n may be larger than doubles can count."""

    def clip(place: Reals) -> NDArray[np.int64]:
        inside = np.clip(place, 0.0, float(n - 1))
        return np.minimum(inside.astype(np.int64), n - 1)

    return Mix(clip(low), clip(high), weight)


def between(low: NDArray[Any], high: NDArray[Any], weight: Any) -> Any:
    """Mix values as NumPy does; equal ones stay as they are, infinite ones win."""
    with np.errstate(invalid="ignore", over="ignore"):
        step = high - low
        mixed = np.where(weight >= 0.5, high - step * (1 - weight), low + step * weight)
        if mixed.dtype.kind == "f":
            whole = np.isinf(low) | np.isinf(high)
            mixed = np.where(
                whole, np.where(weight == 0, low, low * 0.5 + high * 0.5), mixed
            )
    return np.where(low == high, low, mixed)


def levels(q: ArrayLike) -> Reals:
    """Check levels: numbers from 0 to 1, not NaN."""
    return _check.probabilities("q", q)


def binomial_ranks(n: int, q: float, confidence_level: float) -> tuple[int, int]:
    """Return the ranks, from 1, of the order statistics around a quantile.

    0 and n + 1 stand for those that a sample of n is too small to have.

    Reference: H. A. David, H. N. Nagaraja, *Order Statistics*, 3rd ed., Wiley, 2003,
    section 7.1.
    """
    from scipy.stats import binom

    miss = (1.0 - confidence_level) / 2.0
    if n > 1 << 50:
        # Doubles soon cannot tell ranks apart. As for fewer values, which is wider.
        first, last = binomial_ranks(1 << 50, q, confidence_level)
        return first * n >> 50, min(last * n + (1 << 50) >> 50, n + 1)
    # K values lie at or below the quantile, K binomial; the l-th is above it iff K < l.
    first = int(binom.ppf(miss, n, q))
    while first > 0 and binom.cdf(first - 1, n, q) > miss:
        first -= 1
    last = int(binom.isf(miss, n, q)) + 1
    while last <= n and binom.sf(last - 1, n, q) > miss:
        last += 1
    return first, last
