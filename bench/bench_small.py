"""Small calls, where the time goes into the call and not into the draws.

Run  pytest bench/bench_small.py --benchmark-columns=median,iqr
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import tailrace as tr
from numpy.random import PCG64, Generator
from scipy import stats

from .checks import follows
from .group import HAND_MADE, NAIVE, OURS, SCIPY, TRICK, Group, each_candidate, measure
from .hand_made import new_powers, one_power

ALPHA = 1.2
LAW = tr.Pareto(ALPHA)
RNG = Generator(PCG64(1))
STATE = np.array([1 << 48], dtype=np.uint64)
EXACT = stats.pareto(ALPHA)

GROUPS = [
    Group(
        name=f"small: 10 draws of pareto({ALPHA})",
        unit="us per call",
        work=1,
        candidates={
            OURS: partial(LAW.sample, 10, rng=RNG),
            NAIVE: lambda: 1 + RNG.pareto(ALPHA, 10),
            TRICK: lambda: np.exp(RNG.standard_exponential(10) / ALPHA),
            SCIPY: partial(EXACT.rvs, 10, random_state=RNG),
            HAND_MADE: partial(new_powers, STATE, 10, -1 / ALPHA),
        },
        check=follows(EXACT.cdf, size=5_000),
        calls=500,
    ),
    Group(
        name=f"small: one draw of pareto({ALPHA})",
        unit="us per call",
        work=1,
        candidates={
            OURS: partial(LAW.sample, rng=RNG),
            NAIVE: lambda: 1 + RNG.pareto(ALPHA),
            TRICK: lambda: math.exp(RNG.standard_exponential() / ALPHA),
            SCIPY: partial(EXACT.rvs, random_state=RNG),
            HAND_MADE: partial(one_power, STATE, -1 / ALPHA),
        },
        check=follows(EXACT.cdf, size=5_000),
        calls=5_000,
    ),
]


@each_candidate(GROUPS)
def bench_small(benchmark, group, name):
    measure(benchmark, group, name)
