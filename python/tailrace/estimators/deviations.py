r"""How far robust means are from the mean: proved bounds, as numbers without slack.

All suppose independent values with a p-th central moment :math:`E|X - \mu|^p \le v`, for a p
from above 1 to 2, and hold with the chance :math:`1 - \delta`. docs/robust.md has the proofs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .. import _check


class MomentBound(NamedTuple):
    """An upper bound `v` for the p-th central moment."""

    p: float
    v: float


def moment_bound(value: object) -> MomentBound | None:
    """Check a pair (p, v), or None."""
    if value is None:
        return None
    if not isinstance(value, tuple | list) or len(value) != 2:
        msg = f"moment must be a pair (p, v) or None, got {_check.said(value)}"
        raise TypeError(msg)
    p = _check.number("moment", value[0])
    v = _check.number("moment", value[1])
    if not (1.0 < p <= 2.0 and 0.0 <= v < math.inf):
        msg = (
            "moment must be (p, v) with 1 < p <= 2 and v finite and >= 0, got "
            f"{_check.said(value)}"
        )
        raise ValueError(msg)
    return MomentBound(p, v)


def of_medians(sizes: Sequence[int], moment: MomentBound, delta: float) -> float:
    """Bound the error of the median of means of blocks.

    The mean of m values is off by more than t with a chance of at most q = c v m^(1-p)
    t^-p, with c = 1 for p = 2 and c = 2 below, by the inequality of von Bahr and Esseen; and
    the median only if half of the blocks are, which is a binomial tail.
    """
    from scipy.special import betaincinv

    k, m = len(sizes), min(sizes)
    if m == 0:
        return math.inf
    half = (k + 1) // 2
    # P(K >= half) = delta, K binomial with k trials.
    q = float(betaincinv(half, k - half + 1, delta))
    c = 1.0 if moment.p == 2.0 else 2.0
    return float((c * moment.v * m ** (1.0 - moment.p) / q) ** (1.0 / moment.p))


def blocks_for(delta: float, p: float, most: int = 10_000) -> int:
    """Return the odd number of blocks, up to `most`, for which `of_medians` is least."""
    from scipy.special import betaincinv

    k = np.unique(np.geomspace(1, max(most, 1), 2_000).astype(int) | 1)
    k = k[k <= max(most, 1)]
    half = (k + 1) // 2
    q = betaincinv(half, k - half + 1, delta)
    return int(k[np.argmin(k ** (p - 1.0) / q)])


def of_trimmed(n: int, k: int, moment: MomentBound, delta: float) -> float:
    """Bound the error of the mean of n values without the k smallest and k largest.

    Given the innermost of those cut off, the rest are independent draws from between
    them: Bernstein's inequality. The share of the law beyond each has a beta law.
    """
    from scipy.special import betainccinv, betaincinv

    p, v = moment
    if k < 1 or n <= 2 * k:
        return math.inf
    # Six things may go wrong: each share too large or too small, the mean too far off.
    miss = delta / 6.0
    most = float(betainccinv(k, n - k + 1, miss))
    least = float(betaincinv(k, n - k + 1, miss))
    inside = 1.0 - 2.0 * most
    if not (inside > 0.0 and least > 0.0):
        return math.inf
    bias = (v * (2.0 * most) ** (p - 1.0)) ** (1.0 / p) / inside
    # No value between is further from the mean, or the moment would be larger.
    size = (v / least) ** (1.0 / p)
    variance = v / inside * size ** (2.0 - p)
    count, log = n - 2 * k, math.log(1.0 / miss)
    spread = math.sqrt(2.0 * variance * log / count)
    return float(bias + spread + 2.0 * size * log / (3.0 * count))


def trim_for(delta: float, n: int, p: float) -> int:
    """Return how many to cut off each end for which `of_trimmed` is least."""
    unit = MomentBound(p, 1.0)

    def radius(k: int) -> float:
        return of_trimmed(n, k, unit, delta)

    # One minimum: on a grid, and then next to its best point.
    grid = np.unique(np.geomspace(1, max(n // 4, 1), 60).astype(int)).tolist()
    best = min(range(len(grid)), key=lambda i: radius(grid[i]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    steps = np.unique(np.linspace(low, high, 60).astype(int)).tolist()
    return int(min(steps, key=radius))


def of_catoni(n: int, alpha: float, moment: MomentBound, delta: float) -> float:
    """Bound the error of Catoni's mean with the scale `alpha`.

    The least d with d >= alpha^(p-1) / p E|X - mu - d|^p + log(2 / delta) / (n alpha);
    infinite where there is none.
    """
    p, v = moment
    # In units in which the moment, or else the scale, is 1.
    unit = v ** (1.0 / p) or 1.0 / alpha
    scale, v = alpha * unit, 1.0 if v > 0.0 else 0.0
    c = scale ** (p - 1.0) / p * _spread(p)
    floor = c * v + math.log(2.0 / delta) / (n * scale)
    # d - c d^p rises up to its maximum, and must reach the floor.
    top = (1.0 / (c * p)) ** (1.0 / (p - 1.0))
    if not top - c * top**p >= floor:
        return math.inf
    from scipy.optimize import brentq

    root = brentq(lambda d: d - c * d**p - floor, 0.0, top, xtol=1e-15 * top)
    return float(root) * unit


def alpha_for(n: int, moment: MomentBound, delta: float) -> float:
    """Return the scale for which the bound of Catoni's mean is least.

    For a given d the right side of the bound is least where alpha^p = log(2 / delta) /
    (n (p - 1) K), with K = c (v + d^p) / p; then d^p (1 - A) = A v. Where A >= 1 there is
    no bound, and the scale is that of d = 0.
    """
    p, v = moment
    log = math.log(2.0 / delta)
    a = p ** (p - 1.0) * _spread(p) * (log / (n * (p - 1.0))) ** (p - 1.0)
    whole = v / (1.0 - a) if a < 1.0 else v
    return float((log / (n * (p - 1.0) * _spread(p) * whole / p)) ** (1.0 / p))


def _spread(p: float) -> float:
    """Return c in E|X - mu - d|^p <= c (v + d^p)."""
    return 1.0 if p == 2.0 else 2.0 ** (p - 1.0)
