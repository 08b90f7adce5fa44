"""Print how often intervals of a mean hold the mean, against what they promise.

Run  python -m bench.coverage
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import tailrace as tr
from numpy.typing import NDArray
from scipy.special import ndtri

Reals = NDArray[np.float64]
Interval = tuple[float, float] | None

LEVEL = 0.95
TRIALS = 1_000
LAWS: dict[str, tr.Law] = {
    "Pareto(1.2)": tr.Pareto(1.2),
    "Pareto(1.5)": tr.Pareto(1.5),
    "Pareto(1.8)": tr.Pareto(1.8),
    "Lomax(1.5)": tr.Lomax(1.5),
    "Pareto(1.5) + 1000": tr.Pareto(1.5) + 1000.0,
    "Student(1.5)": tr.StudentT(1.5),
    "Student(1.5) + 100": tr.StudentT(1.5) + 100.0,
    "Pareto(2.5)": tr.Pareto(2.5),
    "Student(3)": tr.StudentT(3.0),
    "Weibull(0.5)": tr.Weibull(0.5),
    "log-normal(0, 1)": tr.LogNormal(0.0, 1.0),
    "log-normal(0, 2)": tr.LogNormal(0.0, 2.0),
    "exponential": tr.Exponential(),
    "normal(0, 1)": tr.Normal(),
    "normal(1.1, 1)": tr.Normal(1.1, 1.0),
    "uniform(-0.1, 0.9)": tr.Uniform(-0.1, 0.9),
}


def ours(x: Reals) -> Interval:
    """Return the interval that `Mean` gives, if it gives one."""
    mean = tr.Mean(moments=2)
    mean.update(x)
    found = mean.mean().confidence_interval(LEVEL)
    return None if found.reason else (found.low, found.high)


def normal(x: Reals) -> Interval:
    """Return what everybody computes."""
    half = float(ndtri(0.5 + LEVEL / 2)) * x.std(ddof=1) / math.sqrt(x.size)
    return x.mean() - half, x.mean() + half


def row(law: tr.Law, size: int, interval: Callable[[Reals], Interval]) -> list[str]:
    """Return how often an interval held the mean, was open, and was refused."""
    mean = float(law.mean())
    held = refused = still_open = 0
    for seed in range(TRIALS):
        found = interval(law.sample(size, rng=seed, threads=1))
        if found is None:
            refused += 1
            continue
        held += found[0] <= mean <= found[1]
        still_open += math.inf in (-found[0], found[1])
    given = max(TRIALS - refused, 1)
    return [f"{100 * held / given:.0f} %", f"{100 * still_open / given:.0f} %",
            f"{100 * refused / TRIALS:.0f} %"]  # fmt: skip


def main() -> None:
    """Print the table, in Markdown."""
    print(
        f"`python -m bench.coverage`: {TRIALS:,} samples each, intervals at "
        f"{100 * LEVEL:.0f} %.\n"
    )
    print("| law | values | normal | `Mean` | open | refused |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, law in LAWS.items():
        for size in (300, 3_000, 30_000):
            usual = row(law, size, normal)[0]
            cells = [name, f"{size:,}", usual, *row(law, size, ours)]
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
