"""The figures and tables of the independent-steps model, computed by the library itself.

Run  python docs/race_exactly.py  to write them alone, to docs/made/race.
"""

from __future__ import annotations

import io
import itertools
import math
import time
from collections.abc import Iterable, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import tailrace as tr
from gallery import COLORS, STYLE
from made import DOCS, write_all
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

LAW = tr.Pareto(1.2)
THRESHOLD = float(tr.IndependentSteps(LAW).critical_attempts)
ATTEMPTS: tuple[float | str, ...] = (0.5, 0.7, "critical", 1, 2, 8)
LENGTHS = (1, 10, 100, 1000, 10**4, 10**5, 10**6)

#: The sides of the phase diagram: 20 numbers of attempts and 10 of steps.
PHASE_ATTEMPTS = np.geomspace(THRESHOLD / 4.0, THRESHOLD * 4.0, 20)
PHASE_STEPS = np.unique(np.geomspace(1, 1e6, 10).astype(np.int64))

#: Time limits of an attempt.
LIMITS = (1e3, 1e5)


def svg(figure: Figure) -> str:
    """Return a figure as SVG."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def median(law: tr.Law, attempts: Any, n: int) -> float:
    """Return the exact median time per step."""
    return float(tr.IndependentSteps(law, attempts).total(n).median()) / n


def phases() -> Any:
    """Return the medians of the phase diagram, a row for each number of attempts."""
    models = [tr.IndependentSteps(LAW, float(q)) for q in PHASE_ATTEMPTS]
    return np.array(
        [[float(m.total(int(n)).median()) / n for n in PHASE_STEPS] for m in models]
    )


def phase_diagram() -> str:
    """Return (Q, n) against the median time per step, by colour."""
    with mpl.rc_context({**STYLE, "axes.grid": False}):
        figure = Figure(figsize=(7.0, 4.2), layout="constrained")
        ax = figure.subplots()
        medians = phases()
        levels = np.geomspace(1.0, 1e6, 61)
        filled = ax.contourf(
            PHASE_ATTEMPTS, PHASE_STEPS, np.clip(medians, 1.0, 1e6).T, levels,
            norm=LogNorm(1.0, 1e6), cmap="magma_r",
        )  # fmt: skip
        lines = ax.contour(
            PHASE_ATTEMPTS, PHASE_STEPS, medians.T, [1.5, 3, 10, 100, 1000, 1e4, 1e5],
            colors="gray", linewidths=0.7,
        )  # fmt: skip
        ax.clabel(lines, fmt=lambda x: f"{x:g}", fontsize=7, inline_spacing=1)
        ax.axvline(THRESHOLD, color="black", linewidth=2.0)
        ax.text(THRESHOLD * 1.03, 2.0, "threshold", rotation=90, va="bottom")
        ax.set(xscale="log", yscale="log")
        ticks = [0.25, 0.5, 1, 2, 3]
        ax.set_xticks(ticks, [f"{q:g}" for q in ticks])
        ax.minorticks_off()
        ax.set(xlabel="attempts at a step, Q", ylabel="steps of the task, n")
        ax.set_title(f"median time per step, attempts {LAW!r}")
        figure.colorbar(filled, ticks=[1, 10, 100, 1e3, 1e4, 1e5, 1e6])
        return svg(figure)


def growth() -> str:
    """Return medians per step against n with those of limit laws."""
    models = [tr.IndependentSteps(LAW, q) for q in ATTEMPTS]  # type: ignore[arg-type]
    labels = [q if isinstance(q, str) else f"{q:g}" for q in ATTEMPTS]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.0, 4.6), layout="constrained")
        tr.exact_steps_table(models, steps=LENGTHS, labels=labels).plot(
            figure.subplots()
        )
        return svg(figure)


def limits() -> str:
    """Return medians per step of attempts with a time limit."""
    law = tr.Pareto(0.5)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.0, 3.4), layout="constrained")
        ax = figure.subplots()
        n = 10 ** np.arange(6)
        free = [median(law, 1.0, int(k)) for k in n]
        ax.plot(n, free, color="black", lw=2.0, label="no limit")
        for limit, color in zip(LIMITS, COLORS, strict=False):
            own = [median(law.capped(limit), 1.0, int(k)) for k in n]
            ax.plot(n, own, color=color, label=f"limit {limit:g}")
            ax.axvline(math.sqrt(limit), color=color, lw=0.8, ls=":")
        ax.set(xscale="log", yscale="log", xlabel="steps of the task, n")
        ax.set_ylabel("median time per step")
        ax.set_title(f"attempts {law!r}; dotted: n = limit^0.5")
        ax.legend()
        return svg(figure)


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " --- |" * (len(head) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def soft_threshold() -> str:
    """Return the means of minima without a threshold beside those with one."""
    laws = (tr.Pareto(1.0), tr.LogNormal(), tr.Weibull(0.5), tr.Exponential())
    rows = []
    for q in (2.0, 1.0, 0.5, 0.2, 0.1, 0.05):
        means = [float(tr.IndependentSteps(law, q).step_mean()) for law in laws]
        rows.append([f"{q:g}", *(f"{mean:.6g}" for mean in means)])
    return markdown(["Q", *(f"`{law!r}`" for law in laws)], rows)


def rates() -> str:
    """Return both rates, at several lengths."""
    rows = []
    for q in (0.5, "critical", 1.0, 2.0):
        model = tr.IndependentSteps(LAW, q)  # type: ignore[arg-type]
        found = [f"{model.mean_rate(n):.4g}" for n in (1, 100, 10**4, 10**8)]
        rows.append([f"{model.attempts:.4g}", *found, f"{model.rate:.4g}"])
    head = [f"$E[n / T_n]$, n = {n}" for n in ("1", "100", "$10^4$", "$10^8$")]
    return markdown(["Q", *head, "long-run rate"], rows)


def claims() -> str:
    """Return what is claimed of the model, whether it holds, and by which numbers."""
    below = [median(LAW, 0.5, n) for n in (100, 10**4, 10**6)]
    slopes = [math.log(b / a, 100.0) for a, b in itertools.pairwise(below)]
    alone = [median(LAW, 1.0, n) for n in (1000, 10**6, 10**12)]
    soft = [float(tr.IndependentSteps(tr.LogNormal(), q).step_mean()) for q in (1, 0.1)]
    power = [
        float(tr.IndependentSteps(tr.LogPareto(1.0, b)).step_mean()) for b in (2, 1)
    ]
    capped = tr.Pareto(0.5).capped(1e5)
    short, long = (median(capped, 1.0, n) for n in (30, 10**5))
    law = tr.LogPareto(0.0, 1.0)
    stuck = [median(law, 2.0, n) for n in (10, 1000)]
    rare = tr.IndependentSteps(tr.Pareto(0.5))
    rows = [
        [
            "Below Q = 1 / alpha the time per step grows without bound",
            "yes, like $n^{1/(\\alpha Q) - 1}$",
            (f"Q = 0.5: the median grows by powers {slopes[0]:.3f} and {slopes[1]:.3f} of n "
            f"from {below[0]:.4g} to {below[2]:.4g}; the limit is 0.667"),
        ],
        [
            "Above it long tasks run at the rate 1 - 1 / (alpha Q)",
            "yes, but far later than most tasks are long",
            (f"Q = 1: the mean step is 6, the median {alone[0]:.2f} at n = 1000, "
            f"{alone[1]:.2f} at $10^6$, {alone[2]:.2f} at $10^{{12}}$"),
        ],
        [
            "The mean rate is 0 below the threshold",
            "in the long run only: E[n / T] is positive at every n",
            (f"alpha Q = 0.5: {rare.mean_rate(10):.4f} at n = 10, "
            f"{rare.mean_rate(1000):.3e} at 1000"),
        ],
        [
            "Other heavy-tailed laws have a threshold as well",
            "**no** for log-normal and stretched exponential laws: a soft one",
            (f"log-normal: the mean step is {soft[0]:.4g} at Q = 1, {soft[1]:.4g} at 0.1, and "
            "finite at every Q"),
        ],
        [
            "At Q = 1 / alpha tasks are stuck",
            "not for every law: a slowly varying factor decides",
            (f"tail $x^{{-1}} (1 + \\log x)^{{-b}}$: mean {power[0]:g} for b = 2, "
            f"{power[1]:g} for b = 1"),
        ],
        [
            "There is always a Q that is enough",
            "**no**: a tail $1 / \\log x$ is stuck at every Q",
            f"Q = 2: median per step {stuck[0]:.3g} at n = 10, {stuck[1]:.3g} at 1000",
        ],
        [
            "A time limit for every attempt removes the problem",
            "the mean exists, but up to about $M^{\\alpha Q}$ steps nothing changes",
            (f"alpha Q = 0.5, M = $10^5$: median per step {short:.4g} at n = 30, {long:.4g} "
            f"at $10^5$, mean {float(capped.mean()):.4g}"),
        ],
    ]  # fmt: skip
    return markdown(["claim", "does it hold?", "numbers"], rows)


def files() -> dict[str, str]:
    """Return everything that the page includes."""
    return {
        "phases.svg": phase_diagram(),
        "growth.svg": growth(),
        "limits.svg": limits(),
        "soft.md": soft_threshold(),
        "rates.md": rates(),
        "claims.md": claims(),
    }


def write() -> None:
    """Write figures and tables to docs/made/race."""
    write_all(DOCS / "made" / "race", files())


if __name__ == "__main__":
    start = time.perf_counter()
    write()
    print(f"{time.perf_counter() - start:.1f} s")
