"""The mean of the smallest of n from data: exact weights against the usual loops.

Run  pytest bench/bench_order_means.py --benchmark-columns=median,iqr
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import tailrace as tr
from numpy.typing import NDArray

from .checks import P_FAIL, WrongAnswer, is_close_to
from .group import HAND_MADE, NAIVE, OURS, TRICK, Group, each_candidate, measure
from .hand_made import compiled

Reals = NDArray[np.float64]

SIZE = 1_000
N = 10
SUBSETS = 1_000
X = tr.Pareto(1.2).sample(SIZE, rng=1)
ALL_N = np.arange(1, SIZE + 1)
RNG = np.random.default_rng(1)


def smallest_by_combinations(n: int) -> float:
    """Add up exact weights: integers of hundreds of digits."""
    ways = [math.comb(SIZE - i, n - 1) for i in range(1, SIZE + 1)]
    whole = math.comb(SIZE, n)
    return math.fsum(x * (w / whole) for x, w in zip(np.sort(X), ways, strict=True))


def smallest_by_products(n: int) -> float:
    """Make each weight from the one before, as a careful user does."""
    i = np.arange(1, SIZE)
    ratios = np.maximum(SIZE - i - n + 1, 0) / (SIZE - i)
    weights = np.cumprod(np.append(n / SIZE, ratios))
    return float(np.dot(np.sort(X), weights))


@compiled
def smallest_of_all(ordered, out):
    size = ordered.size
    for n in range(1, size + 1):
        weight, total = n / size, 0.0
        for i in range(size - n + 1):
            total += weight * ordered[i]
            weight *= (size - i - n) / max(size - i - 1, 1)
        out[n - 1] = total
    return out


def smallest_of_subsets() -> float:
    """Draw subsets: an answer with noise."""
    drawn = [RNG.choice(X, N, replace=False).min() for _ in range(SUBSETS)]
    return float(np.mean(drawn))


EXACT = np.array([smallest_by_combinations(n) for n in ALL_N])


def agrees(exact: float) -> Callable[[Any], None]:
    """Check one number."""
    check = is_close_to(np.array([exact]), relative=1e-11)
    return lambda answer: check(np.array([float(answer)]))


def agrees_but_for_noise(answer: Any) -> None:
    """Check a mean of random subsets or an exact one: by Hoeffding's inequality.

    The smallest of 10 of 1,000 is at or above the 1st value and, but for subsets as
    rare as 1e-12, below the 95th percentile.
    """
    spread = float(np.quantile(X, 0.95) - X.min())
    allowed = spread * math.sqrt(math.log(2 / P_FAIL) / (2 * SUBSETS))
    if not abs(answer - EXACT[N - 1]) <= allowed:
        raise WrongAnswer(f"{answer} is not within {allowed:.3g} of {EXACT[N - 1]}")


GROUPS = [
    Group(
        name=f"order means: the smallest of {N}, from {SIZE:,} values",
        unit="us per call",
        work=1,
        candidates={
            OURS: lambda: tr.order_statistic_mean(X, 1, N),
            NAIVE: lambda: smallest_by_combinations(N),
            TRICK: lambda: smallest_by_products(N),
        },
        check=agrees(EXACT[N - 1]),
    ),
    Group(
        name=f"order means: the smallest of {N}, by {SUBSETS:,} random subsets",
        unit="us per call",
        work=1,
        candidates={
            OURS: lambda: tr.order_statistic_mean(X, 1, N),
            NAIVE: smallest_of_subsets,
        },
        check=agrees_but_for_noise,
    ),
    Group(
        name=f"order means: the smallest of every n up to {SIZE:,}",
        unit="us per n",
        work=SIZE,
        candidates={
            OURS: lambda: tr.order_statistic_mean(X, 1, ALL_N).estimate,
            NAIVE: lambda: np.array([smallest_by_combinations(n) for n in ALL_N]),
            TRICK: lambda: np.array([smallest_by_products(n) for n in ALL_N]),
            HAND_MADE: lambda: smallest_of_all(np.sort(X), np.empty(SIZE)),
        },
        check=is_close_to(EXACT, relative=1e-11),
    ),
]


@each_candidate(GROUPS)
def bench_order_means(benchmark, group, name):
    measure(benchmark, group, name)
