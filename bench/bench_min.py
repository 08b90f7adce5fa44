"""Fill an existing buffer with the smallest of 64 Pareto draws.

Run  pytest bench/bench_min.py --benchmark-columns=median,iqr
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tailrace as tr
from numpy.random import SFC64, Generator
from numpy.typing import NDArray
from scipy import stats

from .bench_fill import DRAWS, Row, fill_candidates, power
from .checks import follows
from .group import SCIPY, Group, each_candidate, measure

ALPHA = 1.2
OF = 64
ROWS = 256  # rows of 64 drawn at a time, so that they stay in cache


def naive(rng: Generator) -> NDArray[np.float64]:
    out = np.empty(DRAWS)
    for i in range(0, DRAWS, ROWS):
        out[i : i + ROWS] = (1 + rng.pareto(ALPHA, (ROWS, OF))).min(axis=1)
    return out


def scipy_order_statistic() -> Callable[[], NDArray[np.float64]]:
    rng = Generator(SFC64(5))
    pareto = stats.make_distribution(stats.pareto)(b=ALPHA)
    smallest = stats.order_statistic(pareto, r=1, n=OF)
    return lambda: smallest.sample(DRAWS, rng=rng)


EXACT = stats.pareto(ALPHA * OF)
ROW = Row("", tr.Pareto(ALPHA).min_of(OF), EXACT, naive, power(-1 / (ALPHA * OF)))

GROUPS = [
    Group(
        name=f"min of {OF} pareto({ALPHA})",
        unit="ns per draw",
        work=DRAWS,
        candidates=fill_candidates(ROW) | {SCIPY: scipy_order_statistic()},
        check=follows(EXACT.cdf, size=DRAWS),
    )
]


@each_candidate(GROUPS)
def bench_min(benchmark, group, name):
    measure(benchmark, group, name)
