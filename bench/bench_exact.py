"""Exact functions of Pareto(1.2) on 100,000 points, down to a probability of 1e-12.

Run  pytest bench/bench_exact.py --benchmark-columns=median,iqr
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tailrace as tr
from numpy.typing import NDArray
from scipy import stats

from .checks import is_close_to
from .group import HAND_MADE, NAIVE, OURS, SCIPY, TRICK, Group, each_candidate, measure
from .hand_made import compiled

POINTS = 100_000
ALPHA = 1.2
LAW = tr.Pareto(ALPHA)
EXACT = stats.pareto(ALPHA)
P = np.geomspace(1e-12, 1.0, POINTS + 1)[:-1]
X = P ** (-1 / ALPHA)

Reals = NDArray[np.float64]


@compiled
def powers(points, factor, exponent, out):
    for i in range(points.size):
        out[i] = factor * points[i] ** exponent
    return out


def through_logarithms(points: Reals, factor: float, exponent: float) -> Any:
    out = np.empty_like(points)

    def fill() -> Reals:
        np.log(points, out=out)
        np.multiply(out, exponent, out=out)
        np.exp(out, out=out)
        return out if factor == 1.0 else np.multiply(out, factor, out=out)

    return fill


def group(function: str, points: Reals, factor: float, exponent: float) -> Group:
    """Give each a function that is factor * points ** exponent."""
    mine: Callable[[Reals], Reals] = getattr(LAW, function)
    scipys: Callable[[Reals], Reals] = getattr(EXACT, function)
    out = np.empty_like(points)
    return Group(
        name=f"exact {function} of pareto({ALPHA})",
        unit="ns per point",
        work=POINTS,
        candidates={
            OURS: lambda: mine(points),
            NAIVE: lambda: factor * points**exponent,
            TRICK: through_logarithms(points, factor, exponent),
            SCIPY: lambda: scipys(points),
            HAND_MADE: lambda: powers(points, factor, exponent, out),
        },
        # The trick has the largest error: 28 ulp of a logarithm near 28.
        check=is_close_to(scipys(points), relative=1e-13),
    )


GROUPS = [
    group("sf", X, 1.0, -ALPHA),
    group("isf", P, 1.0, -1 / ALPHA),
    group("pdf", X, ALPHA, -ALPHA - 1),
]


@each_candidate(GROUPS)
def bench_exact(benchmark, group, name):
    measure(benchmark, group, name)
