"""Estimators of 10^7 Pareto(1.2) values: sketches, exact sums, exact medians, merging.

Run  pytest bench/bench_estimators.py --benchmark-columns=median,iqr
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import tailrace as tr
from numpy.typing import NDArray

from .checks import WrongAnswer
from .group import NAIVE, OURS, Group, each_candidate, measure
from .hand_made import Missing
from .peers import SKETCHES, Sketch

try:
    import bottleneck
except ImportError:
    bottleneck = None

Reals = NDArray[np.float64]

SIZE = 10**7
LEVELS = np.array([0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999])
SKETCHED = 1_000
EACH = 10_000


@cache
def data() -> Reals:
    return tr.Pareto(1.2).sample(SIZE, rng=1)


@cache
def exact(what: str) -> Any:
    """Answers to check by, made once and only where they are asked for."""
    x = data()
    return {
        "levels": lambda: np.quantile(x, LEVELS),
        "sum": lambda: math.fsum(x),
        "var": lambda: float(np.var(x)),
    }[what]()


def near(what: str, relative: float) -> Callable[[Any], None]:
    """Check numbers against the exact ones, within a proved or known bound."""

    def check(answer: Any) -> None:
        error = np.max(np.abs(np.asarray(answer) / exact(what) - 1.0))
        if not error <= relative:
            raise WrongAnswer(f"relative error {error:.3g}, above {relative:.3g}")

    return check


def has_seen(count: int, law: tr.Law) -> Callable[[Any], None]:
    """Check the median, which all sketches know to a few per cent."""

    def check(answer: tuple[Sketch, Any]) -> None:
        kind, one = answer
        median = kind.quantile(one, 0.5)
        if not abs(median / law.median() - 1) < 0.05:
            raise WrongAnswer(f"median {median:.4g} of {count}")

    return check


def fill(kind: Sketch) -> Callable[[], Any]:
    def job() -> Any:
        x = data()
        return kind, kind.fill(x.astype(np.float32) if kind.single else x)

    return job


def merge(kind: Sketch) -> Callable[[], Any]:
    """Merge a thousand sketches, which are made before."""
    parts: list[Any] = []

    def job() -> Any:
        if not parts:
            x = data().astype(np.float32) if kind.single else data()
            for i in range(SKETCHED):
                parts.append(kind.fill(x[i * EACH : (i + 1) * EACH]))
        return kind, kind.merge(parts)

    return job


def updated(make: Callable[[], Any], ask: Callable[[Any], Any]) -> Callable[[], Any]:
    def job() -> Any:
        one = make()
        one.update(data(), threads=1)
        return ask(one)

    return job


def by_bottleneck() -> Any:
    if bottleneck is None:
        raise Missing("bottleneck is not installed")
    return bottleneck.median(data())


def partitioned() -> Any:
    half = SIZE // 2
    middle = np.partition(data(), [half - 1, half])
    return (middle[half - 1] + middle[half]) / 2


FAST = [kind for kind in SKETCHES if kind.values >= SIZE]
LAW = tr.Pareto(1.2)
GROUPS = [
    Group(
        name="sketch: update with 10^7 values",
        unit="ns per value",
        work=SIZE,
        candidates={kind.name: fill(kind) for kind in FAST},
        check=has_seen(SIZE, LAW),
    ),
    Group(
        name="sketch: merge of 1,000",
        unit="us per sketch",
        work=SKETCHED,
        candidates={kind.name: merge(kind) for kind in FAST},
        check=has_seen(SKETCHED * EACH, LAW),
    ),
    Group(
        name="sum: exact mean of 10^7",
        unit="ns per value",
        work=SIZE,
        candidates={
            OURS: updated(tr.Mean, lambda m: m.sum),
            NAIVE: lambda: np.sum(data()),
            "math.fsum": lambda: math.fsum(data()),
        },
        check=near("sum", 1e-12),
    ),
    Group(
        name="sum: exact mean and variance of 10^7",
        unit="ns per value",
        work=SIZE,
        candidates={
            OURS: updated(partial(tr.Mean, 2), lambda m: m.var(0)),
            NAIVE: lambda: np.var(data()),
        },
        check=near("var", 1e-9),
    ),
    Group(
        name="summary of 10^7",
        unit="ns per value",
        work=SIZE,
        candidates={
            OURS: updated(tr.Summary, lambda s: s.quantile(LEVELS)),
            "tailrace, one by one": lambda: (
                updated(partial(tr.Mean, 2), lambda m: m.var())(),
                updated(partial(tr.TopK, 256), lambda t: t.values)(),
                updated(tr.Quantiles, lambda q: q.quantile(LEVELS))(),
            )[-1],
        },
        check=near("levels", 1e-3),
    ),
    Group(
        name="exact median of 10^7",
        unit="ns per value",
        work=SIZE,
        candidates={
            OURS: lambda: tr.median(data(), threads=1),
            NAIVE: lambda: np.median(data()),
            "np.partition": partitioned,
            "bottleneck": by_bottleneck,
        },
        check=lambda median: near("levels", 0.0)([median, *exact("levels")[1:]]),
    ),
    Group(
        name="exact quantiles of 10^7, six",
        unit="ns per value",
        work=SIZE,
        candidates={
            OURS: lambda: tr.quantile(data(), LEVELS, threads=1),
            NAIVE: lambda: np.quantile(data(), LEVELS),
        },
        check=near("levels", 0.0),
    ),
]


@each_candidate(GROUPS)
def bench_estimators(benchmark, group, name):
    measure(benchmark, group, name)
