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


def normal(u: Reals) -> None:
    """Box and Muller: half of the uniforms are radii, the others angles."""
    radius, angle = np.split(u, 2)
    np.log(radius, out=radius)
    np.multiply(radius, -2.0, out=radius)
    np.sqrt(radius, out=radius)
    np.multiply(angle, 2.0 * np.pi, out=angle)
    cosine = np.cos(angle)
    np.sin(angle, out=angle)
    np.multiply(angle, radius, out=angle)
    np.multiply(radius, cosine, out=radius)


def lognormal(u: Reals) -> None:
    normal(u)
    np.exp(u, out=u)


def cauchy(u: Reals) -> None:
    np.subtract(u, 0.5, out=u)
    np.multiply(u, np.pi, out=u)
    np.tan(u, out=u)


# Fast ways of NumPy's own, where these beat passes over uniforms.


def fill_normal(rng: Generator, out: Reals) -> None:
    rng.standard_normal(dtype=out.dtype, out=out)


def fill_lognormal(rng: Generator, out: Reals) -> None:
    fill_normal(rng, out)
    np.exp(out, out=out)


def fill_student_t(rng: Generator, out: Reals) -> None:
    # A normal over the root of a gamma.
    rng.standard_gamma(1.5, dtype=out.dtype, out=out)
    np.multiply(out, 1 / 1.5, out=out)
    np.sqrt(out, out=out)
    np.divide(rng.standard_normal(out.size, dtype=out.dtype), out, out=out)


def fill_gamma(rng: Generator, out: Reals) -> None:
    rng.standard_gamma(2.5, dtype=out.dtype, out=out)


@dataclass(frozen=True)
class Row:
    """One law: ours, SciPy's for the check, and the ways without us."""

    name: str
    law: tr.Law
    exact: Any
    naive: Callable[[Generator], Reals]
    from_uniform: Callable[[Reals], None] | None = None
    fill: Callable[[Generator, Reals], None] | None = None


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
    Row(
        "normal",
        tr.Normal(),
        stats.norm(),
        lambda rng: rng.normal(size=DRAWS),
        normal,
        fill_normal,
    ),
    Row(
        "log-normal",
        tr.LogNormal(),
        stats.lognorm(1.0),
        lambda rng: rng.lognormal(size=DRAWS),
        lognormal,
        fill_lognormal,
    ),
    Row(
        "cauchy",
        tr.Cauchy(),
        stats.cauchy(),
        lambda rng: rng.standard_cauchy(DRAWS),
        cauchy,
    ),
    Row(
        "student-t(3)",
        tr.StudentT(3.0),
        stats.t(3.0),
        lambda rng: rng.standard_t(3.0, DRAWS),
        fill=fill_student_t,
    ),
    Row(
        "gamma(2.5)",
        tr.Gamma(2.5),
        stats.gamma(2.5),
        lambda rng: rng.gamma(2.5, size=DRAWS),
        fill=fill_gamma,
    ),
]

SINGLE = ("pareto", "weibull", "normal", "log-normal", "cauchy", "student-t", "gamma")


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
    row: Row, dtype: type = np.float64
) -> dict[str, Callable[[], Reals]]:
    """Ways to fill a buffer each. One that is left as it was fails the check: NaN."""
    ours, trick, hand_made = (np.full(DRAWS, np.nan, dtype) for _ in range(3))
    ours_rng, naive_rng = Generator(PCG64(1)), Generator(PCG64(2))
    trick_rng = Generator(SFC64(3))  # the fastest of NumPy's generators

    def reflect(u: Reals) -> None:
        np.subtract(1.0, u, out=u)  # from [0, 1) to (0, 1]: log(0) never comes up

    def draw(u: Reals) -> None:
        trick_rng.random(dtype=dtype, out=u)

    result = {
        OURS: lambda: row.law.sample(out=ours, rng=ours_rng, threads=1),
        NAIVE: lambda: row.naive(naive_rng).astype(dtype, copy=False),
    }
    if row.fill is not None:
        result[TRICK] = chunked(trick, lambda u: row.fill(trick_rng, u))
    elif row.from_uniform is not None:
        result[TRICK] = chunked(trick, draw, reflect, row.from_uniform)
    if row.from_uniform is not None:
        result[HAND_MADE] = chunked(hand_made, Uniforms(4).fill, row.from_uniform)
    return result


GROUPS = [
    Group(
        name=f"fill {row.name}",
        unit="ns per draw",
        work=DRAWS,
        candidates=fill_candidates(row),
        check=follows(row.exact.cdf, size=DRAWS),
    )
    for row in ROWS
]
GROUPS += [
    Group(
        name=f"fill {row.name} float32",
        unit="ns per draw",
        work=DRAWS,
        candidates=fill_candidates(row, np.float32),
        check=follows(row.exact.cdf, size=DRAWS),
    )
    for row in ROWS
    if row.name.startswith(SINGLE)
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
