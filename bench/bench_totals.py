"""The exact law of the race: totals of 1,000 steps of Pareto(1.2), and of 10^12.

NumPy can only simulate, and three digits of a median take 10^6 trials. Its candidates make
10,000, which give two: a hundred times as long for the third digit, and never a tail.

Run  pytest bench/bench_totals.py --benchmark-columns=median,iqr
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import tailrace as tr
from numpy.random import SFC64, Generator

from .bench_steps import by_powers, naive
from .checks import P_FAIL, Check, WrongAnswer, follows
from .group import NAIVE, OURS, TRICK, Group, each_candidate, measure

ALPHA, STEPS, TRIALS = 1.2, 1_000, 10_000
POINTS = 1_000
DRAWS = 100_000

LAW = tr.Pareto(ALPHA)
#: The median by inversion in 170-bit arithmetic.
MEDIAN = 4636.55654222649426

#: By how much the share of trials below a value differs, with a chance below P_FAIL.
GAP = math.sqrt(math.log(2 / P_FAIL) / (2 * TRIALS))

X = np.linspace(3_500.0, 20_000.0, POINTS)
ATTEMPTS = np.linspace(0.3, 3.0, 20)
NUMBERS = [int(n) for n in np.geomspace(2, 1e9, 10)]


def simulated(fill: Callable[[Any], None]) -> Callable[[], Any]:
    def totals() -> Any:
        out = np.empty(TRIALS)
        fill(out)
        return np.sort(out)

    return totals


def with_powers(seed: int) -> Callable[[], Any]:
    rng = Generator(SFC64(seed))

    def draw(out: Any) -> None:
        rng.random(out=out)
        np.subtract(1.0, out, out=out)

    return simulated(by_powers(1, draw))


def is_the_median(answer: Any) -> None:
    """Accept ten digits from us, and what the trials of others can tell."""
    if np.size(answer) == TRIALS:
        share = np.mean(np.asarray(answer) <= MEDIAN)
        if abs(share - 0.5) > GAP:
            raise WrongAnswer(f"a share of {share:.4f} up to the median")
    elif abs(answer / MEDIAN - 1.0) > 1e-10:
        raise WrongAnswer(f"median {answer!r}, exact {MEDIAN!r}")


def are_the_tails(answer: Any) -> None:
    exact = LAW.sum_of(STEPS).evaluate(X)
    allowed = GAP if np.ndim(answer) == 2 else 1e-12
    gap = np.max(np.abs(np.ravel(answer) - exact.sf))
    if not gap <= allowed:
        raise WrongAnswer(f"a gap of {gap:.3g}, above {allowed:.3g}")


def tails(totals: Callable[[], Any]) -> Callable[[], Any]:
    def job() -> Any:
        below = np.searchsorted(totals(), X, side="right")
        return 1.0 - below[None, :] / TRIALS

    return job


def diagram() -> Any:
    """Median time per step for 20 numbers of attempts and 10 numbers of steps."""
    laws = [LAW.min_of(q) for q in ATTEMPTS]
    return np.array([[law.sum_of(n).median() / n for n in NUMBERS] for law in laws])


def is_a_diagram(answer: Any) -> None:
    # More attempts are faster; so is what is known: the sum of two at index 0.36.
    if not (np.diff(answer, axis=0) < 0.0).all():
        raise WrongAnswer("medians that do not fall with the number of attempts")
    total = LAW.min_of(ATTEMPTS[0]).sum_of(2)
    if abs(total.cdf(2.0 * answer[0, 0]) - 0.5) > 1e-10:
        raise WrongAnswer("a median that is none")


def law_of_many() -> Check:
    total = LAW.sum_of(10**12)
    some = np.asarray(total.ppf(np.linspace(1e-6, 1.0 - 1e-6, 400)))
    shares = np.asarray(total.cdf(some))
    return follows(lambda x: np.interp(x, some, shares), size=DRAWS)


MANY = LAW.sum_of(10**12)
GROUPS = [
    Group(
        name="total: exact median of 1,000 steps",
        unit="us per median",
        work=1,
        candidates={
            OURS: lambda: LAW.sum_of(STEPS).median(),
            f"{NAIVE}, {TRIALS:,} trials": simulated(naive(1, 1)),
            f"{TRICK}, {TRIALS:,} trials": with_powers(2),
        },
        check=is_the_median,
    ),
    Group(
        name="total: P(T > x) of 1,000 steps for 1,000 x",
        unit="us for all x",
        work=1,
        candidates={
            OURS: lambda: np.asarray(LAW.sum_of(STEPS).sf(X)),
            f"{TRICK}, {TRIALS:,} trials": tails(with_powers(3)),
        },
        check=are_the_tails,
    ),
    Group(
        name="total: phase diagram of 200 exact medians",
        unit="us for all",
        work=1,
        candidates={OURS: diagram},
        check=is_a_diagram,
    ),
    Group(
        name="total: a draw of the sum of 10^12 steps",
        unit="ns per draw",
        work=DRAWS,
        candidates={OURS: lambda: MANY.sample(DRAWS, rng=5)},
        check=lambda draws: law_of_many()(draws),
    ),
]


@each_candidate(GROUPS)
def bench_totals(benchmark, group, name):
    measure(benchmark, group, name)
