"""Print what sketches err by, and how long they take, law by law: a page of the docs.

Run  python -m bench.characterize
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

import numpy as np
import tailrace as tr
from numpy.typing import NDArray

from .__main__ import digits, machine
from .hand_made import Missing
from .peers import SKETCHES, Sketch

Reals = NDArray[np.float64]

LAWS = {
    "Pareto(0.5)": tr.Pareto(0.5),
    "Pareto(1.2)": tr.Pareto(1.2),
    "Pareto(2)": tr.Pareto(2.0),
    "log-normal": tr.LogNormal(0.0, 1.0),
    "Cauchy": tr.Cauchy(),
}
LEVELS = (0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999)
SIZE, SEEDS = 10**7, 3
#: What float32 holds; beyond, a sketch of float32 knows infinity.
SINGLE = float(np.finfo(np.float32).max)


def errors_of(kind: Sketch, law: tr.Law) -> tuple[list[float], list[float], int]:
    """Return value errors (worst of the seeds), seconds per value, and bytes."""
    seconds, worst, nbytes = [], [0.0] * len(LEVELS), 0
    for seed in range(SEEDS if kind.values == SIZE else 1):
        x = law.sample(min(SIZE, kind.values), rng=seed)
        exact = tr.quantile(x, LEVELS, method="inverted_cdf")
        given: Any = x
        if kind.single:
            given = np.clip(x, -SINGLE, SINGLE).astype(np.float32)
        start = time.process_time()
        one = kind.fill(given)
        seconds.append((time.process_time() - start) / x.size)
        for i, (q, value) in enumerate(zip(LEVELS, exact, strict=True)):
            error = abs(float(kind.quantile(one, q)) / float(value) - 1.0)
            worst[i] = max(worst[i], error)
        nbytes = kind.nbytes(one)
    return worst, seconds, nbytes


def main() -> None:
    """Print a table for each law, in Markdown."""
    print(f"{machine()}\n")
    print(
        f"`python -m bench.characterize`: {SIZE:.0e} values in blocks of 65,536, the worst "
        f"of {SEEDS} samples (ddsketch: one of 10^6); processor time of one thread."
    )
    for name, law in LAWS.items():
        print(f"\n### {name}\n")
        levels = " | ".join(f"{q:g}" for q in LEVELS)
        print(f"| sketch | ns per value | bytes | {levels} |")
        print("| --- | ---: | ---: |" + " ---: |" * len(LEVELS))
        for kind in SKETCHES:
            try:
                worst, seconds, nbytes = errors_of(kind, law)
            except Missing as missing:
                print(f"{kind.name}: {missing}", file=sys.stderr)
                continue
            cells = [digits(1e9 * statistics.median(seconds)), f"{nbytes:,}"]
            cells += [percent(error) for error in worst]
            print(f"| {kind.name} | {' | '.join(cells)} |", flush=True)


def percent(error: float) -> str:
    """Show an error in per cent, with two digits."""
    return f"{100 * error:.2g} %" if error < 0.995 else f"{100 * error:,.0f} %"


if __name__ == "__main__":
    main()
