"""The chance of each rank to be the k-th smallest of a subset, and what rests on it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .laws.base import Reals

Integers = NDArray[np.int64]

# Numbers in one array of a chunk of rows: a few such arrays stay in the cache.
_CHUNK = 1 << 15
# Factors of a running product.
_BLOCK = 1024
# Weights fall by about e^-590 at most, short of the subnormal doubles, of few digits.
DEEPEST = 590.0


def estimates(x: Reals, n: Integers, k: Integers) -> tuple[Reals, Reals]:
    """Return estimates and their standard errors, NaN where there are none.

    `x` is ordered; ranks `k` count from 1.
    """
    size = x.size
    plus = int(np.count_nonzero(x == math.inf))
    minus = int(np.count_nonzero(x == -math.inf))
    estimate = x[k - 1]
    error = np.full(n.shape, math.nan)
    up, down = plus > n - k, minus >= k
    estimate[up], estimate[down], estimate[up & down] = math.inf, -math.inf, math.nan
    rows = np.flatnonzero(~up & ~down & (n < size))
    if rows.size == 0:
        return estimate, error
    # What is infinite has no weight, but 0 times inf is no 0.
    x = np.clip(x, x[minus], x[size - plus - 1])
    # All comes from the weights v_l of the ranks among N - 1 values. Deleting one of N
    # values takes away one at or below x_(l) with chance l / N, so that the l-th of
    # the rest is `kept` on average. Deleting the value of rank l + 1 instead of that
    # of rank l lowers the estimate by v_l times the gap between them.
    share_below = np.arange(1, size) / size
    kept = (1.0 - share_below) * x[:-1] + share_below * x[1:]
    gaps = np.diff(0.25 * x)  # no difference of quarters overflows
    for chunk, first, weights in weighted_ranks(size - 1, n[rows], k[rows], _depth(x)):
        rank = first[:, None] + np.arange(weights.shape[1])
        inside = (rank >= 1) & (rank <= size - 1)
        place = np.clip(rank - 1, 0, size - 2)
        mine = rows[chunk]
        estimate[mine] = (weights * kept[place]).sum(axis=1)
        # The estimate without the smallest value less that without the one of rank
        # l + 1, in quarters and then as a share of the largest.
        drop = np.cumsum(weights * gaps[place], axis=1)
        most = drop[:, -1:].copy()
        drop /= np.where(most > 0, most, 1.0)
        last = (most[:, 0] > 0).astype(np.float64)
        above = np.maximum(size - first - weights.shape[1], 0)
        middle = ((drop * inside).sum(axis=1) + above * last) / size
        squares = (((drop - middle[:, None]) ** 2) * inside).sum(axis=1)
        squares += np.maximum(first, 0) * middle**2 + above * (last - middle) ** 2
        with np.errstate(over="ignore"):
            factor = math.sqrt((size - 1) / size)
            error[mine] = 4.0 * (most[:, 0] * (factor * np.sqrt(squares)))
    return estimate, error


def _depth(x: Reals) -> float:
    """Return how far weights must go, as the log of a ratio to the largest.

    Beyond it, N terms sum to less than 2^-60 of the estimate.
    """
    sizes = np.abs(x)
    least, most = float(sizes.min()), float(sizes.max())
    if least == 0.0:
        return DEEPEST
    needed = 60.0 * math.log(2.0) + 2.0 * math.log(x.size)
    return min(needed + math.log(most) - math.log(least), DEEPEST)


def weighted_ranks(
    size: int, n: Integers, k: Integers, depth: float
) -> Iterator[tuple[Integers, Integers, Reals]]:
    """Yield rows, their first rank and their weights, a chunk of rows at a time.

    A weight is the chance that the k-th smallest of n of `size` values is that of a
    rank. Ranks below 1 or above `size` have weight 0.
    """
    mode = _mode(size, n, k)
    left = _reach(size, n, k, mode, depth, -1)
    right = _reach(size, n, k, mode, depth, 1)
    order = np.argsort(left + right, kind="stable")
    start = 0
    while start < order.size:
        stop = start + 1
        low, high = int(left[order[start]]), int(right[order[start]])
        while stop < order.size:
            row = order[stop]
            wider = max(low, int(left[row])), max(high, int(right[row]))
            if (stop + 1 - start) * (sum(wider) + 1) > _CHUNK:
                break
            (low, high), stop = wider, stop + 1
        rows = order[start:stop]
        weights = _weights(size, n[rows], k[rows], mode[rows], low, high)
        yield rows, mode[rows] - low, weights
        start = stop


def _mode(size: int, n: Integers, k: Integers) -> Integers:
    """Return the rank of the largest weight."""
    rank: Integers = (k - 1) * size // np.maximum(n - 1, 1) + 1
    return np.clip(rank, k, size - n + k)


def _weights(
    size: int, n: Integers, k: Integers, mode: Integers, left: int, right: int
) -> Reals:
    """Return the weights of ranks from mode - left to mode + right.

    Ratios of neighbours are exact integers below 2^53 (as long as `size` is below 9e7),
    divided once; no logarithm is taken, so that no digits are lost to its size.
    """
    of, rank, top = (a.astype(np.float64)[:, None] for a in (n, k, mode))
    weights = np.ones((n.size, left + 1 + right))
    i = top + np.arange(right)
    ratio = i * np.maximum(size - i - (of - rank), 0.0)
    ratio /= np.maximum((i - rank + 1.0) * (size - i), 1.0)
    weights[:, left + 1 :] = _products(ratio)
    i = top - np.arange(left)
    ratio = np.maximum(i - rank, 0.0) * (size - i + 1.0)
    ratio /= np.maximum((i - 1.0) * (size - i + 1.0 - (of - rank)), 1.0)
    weights[:, :left] = _products(ratio)[:, ::-1]
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _products(ratio: Reals) -> Reals:
    """Return running products along the rows, by blocks.

    For n = 2 the weights fall by nearly equal parts of an ulp, so that one running
    product rounds a million times to the same side. Blocks have few roundings in a row.
    """
    rows, width = ratio.shape
    if width <= _BLOCK:
        return np.asarray(np.cumprod(ratio, axis=1), dtype=np.float64)
    blocks = -(-width // _BLOCK)
    padded = np.ones((rows, blocks * _BLOCK))
    padded[:, :width] = ratio
    parts = padded.reshape(rows, blocks, _BLOCK)
    np.cumprod(parts, axis=2, out=parts)
    parts[:, 1:] *= np.cumprod(parts[:, :-1, -1], axis=1)[:, :, None]
    return padded[:, :width]


def _reach(
    size: int, n: Integers, k: Integers, mode: Integers, depth: float, way: int
) -> Integers:
    """Return how many ranks from the mode the weight has fallen by e^depth, or ended.

    It may be a few ranks more, or a sixteenth.
    """
    from scipy.special import gammaln

    def log_weight(i: Integers) -> Reals:
        up, down = gammaln(i), gammaln(size - i + 1)
        found: Reals = up - gammaln(i - k + 1) + down - gammaln(size - i - n + k + 1)
        return found

    floor = log_weight(mode) - depth
    near = np.zeros_like(mode)
    far = size - n + k - mode if way > 0 else mode - k
    while (far - near > 8 + far // 16).any():
        middle = (near + far) // 2
        fallen = log_weight(mode + way * middle) < floor
        near, far = np.where(fallen, near, middle), np.where(fallen, middle, far)
    return far


def tail_shapes(x: Reals) -> tuple[float, float]:
    """Estimate 1 / (tail index) of the upper and the lower tail; not above 0 if light.

    `x` is ordered; only its finite values count. NaN where nothing can be said.

    Reference: A. L. M. Dekkers, J. H. J. Einmahl, L. de Haan, "A moment estimator for
    the index of an extreme-value distribution", Ann. Statist. 17 (1989), 1833-1855;
    here of distances from the median, so that a shift of all values is no matter, and
    with N^(2/3) of them.
    """
    x = 0.25 * x[np.isfinite(x)]  # no distance of quarters overflows
    return _tail_shape(x), _tail_shape(-x[::-1])


def _tail_shape(x: Reals) -> float:
    far = x - x[(x.size - 1) // 2] if x.size else x
    far = far[far > 0.0]
    count = min(max(10, round(x.size ** (2 / 3))), far.size - 1)
    if count < 5:
        return math.nan
    far = far[-count - 1 :]
    logs = np.log(far[1:]) - math.log(far[0])
    first, second = float(np.mean(logs)), float(np.mean(logs * logs))
    spread = 1.0 - first * first / second if second > 0.0 else 0.0
    return first + 1.0 - 0.5 / spread if spread > 0.0 else -math.inf
