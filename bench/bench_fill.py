"""Fill an existing buffer with 65,536 draws of each law.

Run  pytest bench/bench_fill.py --benchmark-columns=median,iqr
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tailrace as tr
from numpy.random import PCG64, SFC64, Generator
from numpy.typing import NDArray
from scipy import stats

from .checks import follows
from .group import HAND_MADE, NAIVE, OURS, SCIPY, TRICK, Group, each_candidate, measure
from .hand_made import Uniforms

DRAWS = 65_536
CHUNK = 8_192  # 64 KiB of doubles: NumPy's passes over a chunk stay in cache

Reals = NDArray[Any]


# In place, from uniforms in (0, 1) to a law. Each lets the uniform be the probability
# beyond the value or below it, whichever takes fewer passes.


def exponential(u: Reals) -> None:
    np.log(u, out=u)
    np.negative(u, out=u)


def power(exponent: float) -> Callable[[Reals], None]:
    """Two vector passes, log and exp: faster than np.power."""

    def pareto(u: Reals) -> None:
        np.log(u, out=u)
        np.multiply(u, exponent, out=u)
        np.exp(u, out=u)

    return pareto


def lomax(u: Reals) -> None:
    np.log(u, out=u)
    np.multiply(u, -1 / 1.2, out=u)
    np.expm1(u, out=u)


def weibull(u: Reals) -> None:
    np.log(u, out=u)
    np.multiply(u, u, out=u)


def frechet(u: Reals) -> None:
    exponential(u)
    power(-1 / 1.2)(u)


def loglogistic(u: Reals) -> None:
    np.divide(1.0, u, out=u)
    np.subtract(u, 1.0, out=u)
    power(1 / 1.2)(u)


def generalized_pareto(u: Reals) -> None:
    np.log(u, out=u)
    np.multiply(u, -0.5, out=u)
    np.expm1(u, out=u)
    np.multiply(u, 2.0, out=u)


def uniform(u: Reals) -> None:
    """Nothing is left to do."""


@dataclass(frozen=True)
class Row:
    """One law: ours, SciPy's for the check, and the ways without us."""

    name: str
    law: tr.Law
    exact: Any
    naive: Callable[[Generator], Reals]
    from_uniform: Callable[[Reals], None]


ROWS = [
    Row(
        "exponential",
        tr.Exponential(),
        stats.expon(),
        lambda rng: rng.exponential(size=DRAWS),
        exponential,
    ),
    Row(
        "pareto(1.2)",
        tr.Pareto(1.2),
        stats.pareto(1.2),
        lambda rng: 1 + rng.pareto(1.2, DRAWS),
        power(-1 / 1.2),
    ),
    Row(
        "lomax(1.2)",
        tr.Lomax(1.2),
        stats.lomax(1.2),
        lambda rng: rng.pareto(1.2, DRAWS),
        lomax,
    ),
    Row(
        "weibull(0.5)",
        tr.Weibull(0.5),
        stats.weibull_min(0.5),
        lambda rng: rng.weibull(0.5, DRAWS),
        weibull,
    ),
    Row(
        "frechet(1.2)",
        tr.Frechet(1.2),
        stats.invweibull(1.2),
        lambda rng: 1 / rng.weibull(1.2, DRAWS),
        frechet,
    ),
    Row(
        "loglogistic(1.2)",
        tr.LogLogistic(1.2),
        stats.fisk(1.2),
        lambda rng: np.exp(rng.logistic(0.0, 1 / 1.2, DRAWS)),
        loglogistic,
    ),
    Row(
        "generalized pareto(0.5)",
        tr.GeneralizedPareto(0.5),
        stats.genpareto(0.5),
        lambda rng: 2 * ((1 - rng.random(DRAWS)) ** -0.5 - 1),
        generalized_pareto,
    ),
    Row(
        "uniform",
        tr.Uniform(),
        stats.uniform(),
        lambda rng: rng.uniform(size=DRAWS),
        uniform,
    ),
]


def chunked(out: Reals, *passes: Callable[[Reals], object]) -> Callable[[], Reals]:
    """Take the passes over one chunk of the buffer after the other."""
    chunks = [out[i : i + CHUNK] for i in range(0, out.size, CHUNK)]

    def fill() -> Reals:
        for chunk in chunks:
            for one_pass in passes:
                one_pass(chunk)
        return out

    return fill


def fill_candidates(
    law: tr.Law,
    naive: Callable[[Generator], Reals],
    from_uniform: Callable[[Reals], None],
    dtype: type = np.float64,
) -> dict[str, Callable[[], Reals]]:
    """Ways to fill a buffer each. One that is left as it was fails the check: NaN."""
    ours, trick, hand_made = (np.full(DRAWS, np.nan, dtype) for _ in range(3))
    ours_rng, naive_rng = Generator(PCG64(1)), Generator(PCG64(2))
    trick_rng = Generator(SFC64(3))  # the fastest of NumPy's generators

    def reflect(u: Reals) -> None:
        np.subtract(1.0, u, out=u)  # from [0, 1) to (0, 1]: log(0) never comes up

    def draw(u: Reals) -> None:
        trick_rng.random(dtype=dtype, out=u)

    return {
        OURS: lambda: law.sample(out=ours, rng=ours_rng, threads=1),
        NAIVE: lambda: naive(naive_rng).astype(dtype, copy=False),
        TRICK: chunked(trick, draw, reflect, from_uniform),
        HAND_MADE: chunked(hand_made, Uniforms(4).fill, from_uniform),
    }


GROUPS = [
    Group(
        name=f"fill {row.name}",
        unit="ns per draw",
        work=DRAWS,
        candidates=fill_candidates(row.law, row.naive, row.from_uniform),
        check=follows(row.exact.cdf, size=DRAWS),
    )
    for row in ROWS
]
GROUPS += [
    Group(
        name=f"fill {row.name} float32",
        unit="ns per draw",
        work=DRAWS,
        candidates=fill_candidates(row.law, row.naive, row.from_uniform, np.float32),
        check=follows(row.exact.cdf, size=DRAWS),
    )
    for row in ROWS
    if row.name.startswith("pareto")
]


def stable_candidates() -> dict[str, Callable[[], Reals]]:
    """Stable(1.5, 0.5), which NumPy does not have."""
    law = tr.Stable(1.5, 0.5)
    ours = np.full(DRAWS, np.nan)
    ours_rng, scipy_rng = Generator(PCG64(1)), Generator(PCG64(2))
    peer = stats.levy_stable(1.5, 0.5)
    return {
        OURS: lambda: law.sample(out=ours, rng=ours_rng, threads=1),
        SCIPY: lambda: np.asarray(peer.rvs(DRAWS, random_state=scipy_rng)),
    }


GROUPS.append(
    Group(
        name="fill stable(1.5, 0.5)",
        unit="ns per draw",
        work=DRAWS,
        candidates=stable_candidates(),
        check=follows(tr.Stable(1.5, 0.5).cdf, size=DRAWS),
    )
)


@each_candidate(GROUPS)
def bench_fill(benchmark, group, name):
    measure(benchmark, group, name)
