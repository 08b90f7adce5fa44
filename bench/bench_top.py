"""Draw the 8 largest of n Pareto values, jointly, many rows at a time.

Run  pytest bench/bench_top.py --benchmark-columns=median,iqr
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tailrace as tr
from numpy.random import SFC64, Generator
from numpy.typing import NDArray
from scipy import stats

from .checks import WrongAnswer, follows
from .group import HAND_MADE, NAIVE, OURS, TRICK, Group, each_candidate, measure
from .hand_made import compiled, mixed

ALPHA = 1.2
TOP = 8
OF = 64
ROWS = 8_192
CHUNK = 256  # rows at a time, so that they stay in cache
RENYI = "NumPy, Renyi"

Reals = NDArray[np.float64]


def naive(rng: Generator) -> Reals:
    """Draw all, part off the largest, sort these."""
    out = np.empty((ROWS, TOP))
    for i in range(0, ROWS, CHUNK):
        x = 1 + rng.pareto(ALPHA, (CHUNK, OF))
        x = np.partition(x, OF - TOP, axis=1)[:, OF - TOP :]
        x.sort(axis=1)
        out[i : i + CHUNK] = x[:, ::-1]
    return out


def renyi(rng: Generator, n: float) -> Reals:
    """Add up exponentials, and turn the sums into values of the upper tail."""
    out = rng.standard_exponential((ROWS, TOP))
    out /= n - np.arange(TOP)
    np.cumsum(out, axis=1, out=out)
    np.expm1(-out, out=out)
    np.negative(out, out=out)
    return np.power(out, -1 / ALPHA, out=out)


def gamma_ratios(rng: Generator, n: float) -> Reals:
    """Order statistics of uniforms as ratios of sums: one gamma draw stands for the rest."""
    out = rng.standard_exponential((ROWS, TOP))
    np.cumsum(out, axis=1, out=out)
    rest = rng.standard_gamma(n + 1 - TOP, ROWS)
    out /= (out[:, -1] + rest)[:, None]
    np.log(out, out=out)
    out *= -1 / ALPHA
    return np.exp(out, out=out)


@compiled
def fill_rows(out, n, exponent, start):
    """Divide out one power of a uniform after the other."""
    counter = start
    for i in range(out.shape[0]):
        below = 1.0
        for j in range(out.shape[1]):
            below *= mixed(counter) ** (1.0 / (n - j))
            counter += np.uint64(1)
            out[i, j] = (1.0 - below) ** exponent


def hand_made(n: float) -> Callable[[], Reals]:
    out, calls = np.empty((ROWS, TOP)), [0]

    def call() -> Reals:
        calls[0] += 1
        fill_rows(out, n, -1 / ALPHA, np.uint64(calls[0] << 40))
        return out

    return call


def is_top(n: float) -> Callable[[Reals], None]:
    """Check the largest, and that logarithms have independent exponential spacings."""
    largest = follows(stats.powerlaw(n).cdf, size=ROWS)
    spacings = follows(stats.expon.cdf, size=ROWS * (TOP - 1))

    def check(x: Reals) -> None:
        if x.shape != (ROWS, TOP):
            raise WrongAnswer(f"an answer of shape {x.shape}, not {(ROWS, TOP)}")
        largest(-np.expm1(-ALPHA * np.log(x[:, 0])))
        ratios = np.log(x[:, :-1] / x[:, 1:])
        spacings((ALPHA * np.arange(1, TOP) * ratios).ravel())

    return check


def candidates(n: float) -> dict[str, Callable[[], Reals]]:
    top, out = tr.Pareto(ALPHA).top(TOP, n), np.empty((ROWS, TOP))
    ours, theirs = Generator(SFC64(7)), Generator(SFC64(5))
    found = {OURS: lambda: top.sample(rng=ours, out=out, threads=1)}
    if n == OF:
        found[NAIVE] = lambda: naive(theirs)
    found[RENYI] = lambda: renyi(theirs, n)
    found[TRICK] = lambda: gamma_ratios(theirs, n)
    if n == OF:  # 1 - below keeps no digits for a large n
        found[HAND_MADE] = hand_made(n)
    return found


GROUPS = [
    Group(
        name=f"top {TOP} of {n:g} pareto({ALPHA})",
        unit="ns per row",
        work=ROWS,
        candidates=candidates(n),
        check=is_top(n),
    )
    for n in (OF, 1e9)
]


@each_candidate(GROUPS)
def bench_top(benchmark, group, name):
    measure(benchmark, group, name)
