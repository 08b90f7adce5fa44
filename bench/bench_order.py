"""Fill an existing buffer with the 32nd smallest of 64 Pareto draws, and tabulated laws.

Run  pytest bench/bench_order.py --benchmark-columns=median,iqr
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tailrace as tr
from numpy.random import SFC64, Generator
from numpy.typing import NDArray
from scipy import stats

from .bench_fill import DRAWS, Row, fill_candidates
from .bench_min import ALPHA, OF, ROWS
from .checks import follows
from .group import SCIPY, TRICK, Group, each_candidate, measure

K = 32


def naive(rng: Generator) -> NDArray[np.float64]:
    out = np.empty(DRAWS)
    for i in range(0, DRAWS, ROWS):
        values = 1 + rng.pareto(ALPHA, (ROWS, OF))
        out[i : i + ROWS] = np.partition(values, K - 1, axis=1)[:, K - 1]
    return out


def by_beta() -> Callable[[], NDArray[np.float64]]:
    rng = Generator(SFC64(5))
    return lambda: (1 - rng.beta(K, OF - K + 1, DRAWS)) ** (-1 / ALPHA)


def scipy_order_statistic() -> Callable[[], NDArray[np.float64]]:
    rng = Generator(SFC64(5))
    pareto = stats.make_distribution(stats.pareto)(b=ALPHA)
    ranked = stats.order_statistic(pareto, r=K, n=OF)
    return lambda: ranked.sample(DRAWS, rng=rng)


def cdf(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return stats.beta(K, OF - K + 1).cdf(1 - x**-ALPHA)


ROW = Row("", tr.Pareto(ALPHA).order_statistic(K, OF), None, naive)
NAKAGAMI = Row(
    "nakagami(2), a table of SciPy's",
    tr.from_scipy(stats.nakagami(2.0)),
    stats.nakagami(2.0),
    lambda rng: stats.nakagami(2.0).rvs(DRAWS, random_state=rng),
)
MIXTURE = Row(
    "mixture of exponential and pareto(1.5)",
    tr.Mixture([tr.Exponential(), tr.Pareto(1.5)], [0.9, 0.1]),
    None,
    lambda rng: np.where(
        rng.random(DRAWS) < 0.9, rng.exponential(size=DRAWS), 1 + rng.pareto(1.5, DRAWS)
    ),
)

GROUPS = [
    Group(
        name=f"rank {K} of {OF} pareto({ALPHA})",
        unit="ns per draw",
        work=DRAWS,
        candidates=fill_candidates(ROW)
        | {TRICK: by_beta(), SCIPY: scipy_order_statistic()},
        check=follows(cdf, size=DRAWS),
    ),
    *(
        Group(
            name=f"table: {row.name}",
            unit="ns per draw",
            work=DRAWS,
            candidates=fill_candidates(row),
            check=follows(row.law.cdf, size=DRAWS),
        )
        for row in (NAKAGAMI, MIXTURE)
    ),
]


@each_candidate(GROUPS)
def bench_order(benchmark, group, name):
    measure(benchmark, group, name)
