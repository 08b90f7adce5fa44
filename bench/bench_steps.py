"""The race: 10,000 tasks of 1,000 steps, each the fastest of Q Pareto(1.2) attempts.

Run  pytest bench/bench_steps.py --benchmark-columns=median,iqr
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import tailrace as tr
from numpy.random import PCG64, SFC64, Generator
from numpy.typing import NDArray

from .checks import has_median
from .group import HAND_MADE, NAIVE, OURS, TRICK, Group, each_candidate, measure
from .hand_made import Uniforms

ALPHA = 1.2
STEPS = 1_000
TRIALS = 10_000
BLOCK = 8  # trials made at a time, so that NumPy's passes over them stay in cache

#: Exact median of the total for each Q, by numerical inversion (Gil-Pelaez) of its
#: characteristic function (a E_{a+1}(-i t))^1000, a = 1.2 Q, E the exponential integral.
MEDIANS = {0.5: 367841.827685, 1: 4636.556542, 8: 1116.216955}

Reals = NDArray[np.float64]
Job = Callable[[], Reals]
FillTotals = Callable[[Reals], None]


def naive(attempts: float, seed: int) -> FillTotals:
    """Draw every attempt; half an attempt can only be drawn by its tail index."""
    rng = Generator(PCG64(seed))
    whole = isinstance(attempts, int)
    count, shape = (attempts, ALPHA) if whole else (1, ALPHA * attempts)

    def fill(totals: Reals) -> None:
        for i in range(0, totals.size, BLOCK):
            block = totals[i : i + BLOCK]
            times = 1 + rng.pareto(shape, (block.size, STEPS, count))
            block[:] = times.min(axis=2).sum(axis=1)

    return fill


def by_powers(attempts: float, draw: Callable[[Reals], object]) -> FillTotals:
    """Raise one uniform a step to -1 / (alpha Q), in place, in a block that stays."""
    whole_block = np.empty((BLOCK, STEPS))

    def fill(totals: Reals) -> None:
        for i in range(0, totals.size, BLOCK):
            block = totals[i : i + BLOCK]
            steps = whole_block[: block.size]
            draw(steps)
            np.log(steps, out=steps)
            np.multiply(steps, -1 / (ALPHA * attempts), out=steps)
            np.exp(steps, out=steps)
            steps.sum(axis=1, out=block)

    return fill


def trick(attempts: float, seed: int) -> FillTotals:
    rng = Generator(SFC64(seed))

    def draw(out: Reals) -> None:
        rng.random(out=out)
        np.subtract(1.0, out, out=out)

    return by_powers(attempts, draw)


def hand_made(attempts: float, seed: int) -> FillTotals:
    return by_powers(attempts, Uniforms(seed).fill)


def ours(attempts: float, threads: int) -> Job:
    model = tr.IndependentSteps(tr.Pareto(ALPHA), attempts)
    rng = Generator(PCG64(1))

    def job() -> Reals:
        result = model.simulate(STEPS, TRIALS, rng=rng, threads=threads, keep=True)
        assert result.totals is not None
        return result.totals

    return job


def peer(
    make: Callable[[float, int], FillTotals], attempts: float, threads: int
) -> Job:
    """Split the trials between threads, each with its own generator."""
    fills = [make(attempts, seed) for seed in range(2, 2 + threads)]

    def job() -> Reals:
        totals = np.full(TRIALS, np.nan)
        parts = np.array_split(totals, threads)
        if threads == 1:
            fills[0](totals)
            return totals
        with ThreadPoolExecutor(threads) as pool:
            for _ in pool.map(lambda fill, part: fill(part), fills, parts):
                pass
        return totals

    return job


def candidates(attempts: float, threads: int = 1) -> dict[str, Job]:
    return {
        OURS: ours(attempts, threads),
        NAIVE: peer(naive, attempts, threads),
        TRICK: peer(trick, attempts, threads),
        HAND_MADE: peer(hand_made, attempts, threads),
    }


def by_threads() -> dict[str, Job]:
    return {
        f"{name}, {threads} thread{'s' * (threads > 1)}": job
        for threads in (1, 2)
        for name, job in candidates(1, threads).items()
    }


STEPS_GROUPS = [
    Group(
        name=f"steps, Q = {attempts}",
        unit="us per 1,000 steps",
        work=TRIALS * STEPS / 1_000,
        candidates=candidates(attempts),
        check=has_median(median, size=TRIALS),
    )
    for attempts, median in MEDIANS.items()
]
THREAD_GROUPS = [
    Group(
        name="threads, steps, Q = 1",
        unit="us per 1,000 steps",
        work=TRIALS * STEPS / 1_000,
        candidates=by_threads(),
        check=has_median(MEDIANS[1], size=TRIALS),
        threaded=True,
    )
]
GROUPS = STEPS_GROUPS + THREAD_GROUPS


@each_candidate(STEPS_GROUPS)
def bench_steps(benchmark, group, name):
    measure(benchmark, group, name)


@each_candidate(THREAD_GROUPS)
def bench_threads(benchmark, group, name):
    measure(benchmark, group, name)
