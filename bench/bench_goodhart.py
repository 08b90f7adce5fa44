"""The pick: the best of n by V + X, V normal and X Student's t(3), drawn and exact.

Run  pytest bench/bench_goodhart.py --benchmark-columns=median,iqr
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tailrace as tr
from numpy.random import PCG64, SFC64, Generator
from numpy.typing import NDArray
from scipy import integrate, stats

from .checks import has_median, is_close_to
from .group import NAIVE, OURS, SCIPY, TRICK, Group, each_candidate, measure

N = 1024
TRIALS = 10_000
BLOCK = 8  # trials made at a time, so that NumPy's passes over them stay in cache
DIRECTLY = "tailrace, the best alone"
MODEL = tr.Goodhart(tr.Normal(), tr.StudentT(3))

#: Medians of V of the best of n, by quadrature; symmetric, so close to the mean.
MEDIANS = {1024: 0.34414368872, 10**9: 0.00345744102}
#: Of the threshold with P(U >= t) close to 1e-6; and E[V | U >= t] to all digits, by
#: quadrature in 30-digit arithmetic.
THRESHOLD, WORTH = 103.319, 0.02904063768906
#: 100 thresholds, and 20 numbers of candidates.
MANY = np.geomspace(1.0, 1e4, 100)
COUNTS = 2.0 ** np.arange(1, 21)
#: E[V] of the best of 4, 16, 256 and 65,536, by quadrature of another form.
KNOWN = {4: 0.61217069, 16: 0.8709645, 256: 0.55010718, 65536: 0.085821234}

Reals = NDArray[np.float64]
Job = Callable[[], Reals]


def ours(n: float, method: str) -> Job:
    rng = Generator(PCG64(1))

    def job() -> Reals:
        result = MODEL.simulate(n, TRIALS, method=method, rng=rng, threads=1, keep=True)
        assert result.truths is not None
        return result.truths

    return job


def by_blocks(draw: Callable[[Generator, tuple[int, int]], Reals]) -> Job:
    """Draw all candidates by NumPy, a few trials at a time."""
    rng = Generator(SFC64(2))

    def job() -> Reals:
        found = np.empty(TRIALS)
        for first in range(0, TRIALS, BLOCK):
            truths = rng.standard_normal((BLOCK, N))
            best = np.argmax(truths + draw(rng, truths.shape), axis=1)
            found[first : first + BLOCK] = truths[np.arange(BLOCK), best]
        return found

    return job


def student(rng: Generator, shape: tuple[int, int]) -> Reals:
    return rng.standard_t(3, shape)


def student_of_normals(rng: Generator, shape: tuple[int, int]) -> Reals:
    """Divide a normal by the root of a third of chi squared of 3: that of 1 and of 2."""
    square = rng.standard_normal(shape)
    square *= square
    square += 2.0 * rng.standard_exponential(shape)
    square /= 3.0
    return rng.standard_normal(shape) / np.sqrt(square, out=square)


def by_quad(thresholds: Reals) -> Job:
    """Integrate as one would with SciPy, with break points at the middle and at t."""

    def worth(t: float) -> float:
        def weight(v: float) -> float:
            return float(stats.norm.pdf(v) * stats.t.sf(t - v, 3))

        ends = {"points": (0.0, min(t, 39.0)), "limit": 200, "epsabs": 0.0}
        whole, _ = integrate.quad(weight, -40.0, 40.0, epsrel=1e-10, **ends)
        first, _ = integrate.quad(
            lambda v: v * weight(v), -40.0, 40.0, epsrel=1e-7, **ends
        )
        return first / whole

    return lambda: np.array([worth(t) for t in thresholds])


def exact(thresholds: Reals) -> Job:
    return lambda: MODEL.expected_truth(thresholds)


def ranked() -> Reals:
    """Ask a model that has not been asked before, and so knows nothing yet."""
    truths: Reals = tr.Goodhart(tr.Normal(), tr.StudentT(3)).best_of(COUNTS).truth
    return truths


def ranked_again() -> Reals:
    truths: Reals = MODEL.best_of(COUNTS).truth
    return truths


def are_known(truths: Reals) -> None:
    """Check the truths at numbers of candidates that are known from elsewhere."""
    known = np.isin(COUNTS, list(KNOWN))
    is_close_to(np.array(list(KNOWN.values())), relative=1e-8)(truths[known])


DRAWN = [
    Group(
        name=f"pick, best of {N}",
        unit="us per trial",
        work=TRIALS,
        candidates={
            OURS: ours(N, "all"),
            DIRECTLY: ours(N, "conditional"),
            NAIVE: by_blocks(student),
            TRICK: by_blocks(student_of_normals),
        },
        check=has_median(MEDIANS[N], size=TRIALS),
    ),
    Group(
        name="pick, best of 1e9",
        unit="us per trial",
        work=TRIALS,
        candidates={OURS: ours(1e9, "conditional")},
        check=has_median(MEDIANS[10**9], size=TRIALS),
    ),
]
EXACT = [
    Group(
        name=f"pick, E[V] given U >= t, {count} thresholds",
        unit="us per threshold",
        work=count,
        candidates={OURS: exact(thresholds), SCIPY: by_quad(thresholds)},
        check=check,
    )
    for count, thresholds, check in (
        (1, np.array([THRESHOLD]), is_close_to(np.array([WORTH]), relative=1e-6)),
        (100, MANY, is_close_to(exact(MANY)(), relative=1e-5)),
    )
]
RANKED = [
    Group(
        name="pick, E[V] of the best of n, 20 values of n",
        unit="us per value",
        work=COUNTS.size,
        candidates={OURS: ranked_again, "tailrace, a new model": ranked},
        check=are_known,
    )
]
GROUPS = DRAWN + EXACT + RANKED


@each_candidate(GROUPS)
def bench_pick(benchmark, group, name):
    measure(benchmark, group, name)
