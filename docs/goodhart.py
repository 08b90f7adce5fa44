"""Figures and tables of the page "When does selection fail?", from the library itself.

Run  python docs/goodhart.py  to write them alone, to docs/made/goodhart.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
import tailrace as tr
from gallery import COLORS, STYLE, call
from made import DOCS, write_all
from matplotlib.figure import Figure

# The families of the table: as truths in the rows, as errors in the columns.
FAMILIES: dict[str, tuple[tr.Law, tr.Law]] = {
    "bounded": (tr.Uniform(-1, 1), tr.Uniform(-1, 1)),
    "normal": (tr.Normal(), tr.Normal()),
    "exponential tail": (tr.Laplace(0, 0.5), tr.Laplace()),
    "stretched exponential": (tr.Weibull(0.8), tr.Weibull(0.5)),
    "log-normal": (tr.LogNormal(0, 0.8), tr.LogNormal(0, 1)),
    "power law": (tr.StudentT(4), tr.StudentT(2.5)),
}
#: What stands close to a boundary: truth, error.
BOUNDARIES = [
    (tr.Laplace(0, 0.9), tr.Laplace()),
    (tr.Laplace(), tr.Laplace()),
    (tr.Weibull(0.5, 0.8), tr.Weibull(0.5)),
    (tr.Weibull(0.5), tr.Weibull(0.5)),
    (tr.LogNormal(0, 1), tr.LogNormal(1.3, 1)),
    (tr.LogNormal(0, 1), tr.LogNormal(1, 1)),
    (tr.LogNormal(0, 1), tr.LogNormal(0.7, 1)),
    (tr.StudentT(3.5), tr.StudentT(2)),
    (tr.StudentT(3), tr.StudentT(2)),
    (tr.StudentT(3), tr.StudentT(2.5)),
    (tr.StudentT(3), tr.StudentT(3)),
    (tr.StudentT(3), tr.StudentT(5)),
]
# The grid of arXiv:2407.14503: standard deviations 2 and 1, but for Levy.
TRUTHS = {"normal": tr.Normal(0, 2), "t(10)": tr.StudentT(10, 0, 2 * 0.8**0.5)}
ERRORS = {
    "normal": tr.Normal(),
    "log-normal": tr.LogNormal(0, math.log(2)) - 1,
    "t(3)": tr.StudentT(3, 0, 3**-0.5),
    "t(5)": tr.StudentT(5, 0, 0.6**0.5),
    "Lévy": tr.Levy(),
}

NOISE = tr.Normal(0, 2)


def dependent(scale: Callable[[Any], Any], *breaks: float) -> tr.Goodhart:
    """Return a normal truth with a normal error whose scale depends on it."""
    error = tr.ScaledError(NOISE, scale)
    return tr.Goodhart(tr.Normal(), error_given=error, breaks=breaks)


COUNTEREXAMPLES = {
    "noise where |V| ≤ 1, as published": dependent(lambda v: np.abs(v) <= 1, -1, 1),
    "less of it towards |V| = 1, repaired": dependent(
        lambda v: np.sqrt(np.maximum(1 - v**2, 0)), -1, 1
    ),
    "noise where -2 ≤ V ≤ -1, harmful": dependent(
        lambda v: (v >= -2) & (v <= -1), -2, -1
    ),
}


def said(value: float, mean: float) -> str:
    """Return a limit for a table."""
    if value == mean:
        return "E[V]"
    return "∞" if value == math.inf else f"{value:.4g}"


def limits() -> str:
    """Return the table of limits by family, in Markdown."""
    names = list(FAMILIES)
    rows = [
        "| truth V | " + " | ".join(f"error: {name}" for name in names) + " |",
        "| --- |" + " --- |" * len(names),
    ]
    for name, (truth, _) in FAMILIES.items():
        cells = [
            said(tr.Goodhart(truth, error).limit().value, float(truth.mean()))
            for _, error in FAMILIES.values()
        ]
        rows.append(f"| {name}, `{call(truth)}` | " + " | ".join(cells) + " |")
    errors = ", ".join(f"`{call(error)}`" for _, error in FAMILIES.values())
    return "\n".join([*rows, "", f"The errors are {errors}.", ""])


def boundaries() -> str:
    """Return the table of pairs whose tails are nearly alike, in Markdown."""
    rows = [
        "| truth V | error X | E[V] | P = 1e-4 | 1e-12 | 1e-100 | limit | approach |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for truth, error in BOUNDARIES:
        model = tr.Goodhart(truth, error)
        verdict = model.limit()
        mean = float(truth.mean())
        numbers = [mean, *model.expected_truth(model.threshold([1e-4, 1e-12, 1e-100]))]
        cells = " | ".join(f"{number:.4g}" for number in numbers)
        limit = said(verdict.value, mean)
        rows.append(
            f"| `{call(truth)}` | `{call(error)}` | {cells} | {limit} | {verdict.rate} |"
        )
    return "\n".join([*rows, ""])


def svg(draw: Callable[[Any], None], columns: int, height: float = 3.0) -> str:
    """Return a row of panels as SVG."""
    with mpl.rc_context(STYLE):
        panels = Figure(figsize=(9.0, height), layout="constrained")
        draw(panels.subplots(1, columns, squeeze=False)[0])
        out = io.StringIO()
        panels.savefig(out, format="svg", metadata={"Date": None})
        return out.getvalue()


def draw_humps(axes: Any) -> None:
    """Draw a truth that falls back, and one that falls and then rises for ever."""
    pairs = [
        ("V Laplace, X t(3): falls back for ever", tr.Laplace(), tr.StudentT(3)),
        (
            "V t(10), X log-normal: falls, then rises for ever",
            TRUTHS["t(10)"],
            ERRORS["log-normal"],
        ),
    ]
    p = np.geomspace(0.9, 1e-18, 161)
    for ax, (title, truth, error) in zip(axes, pairs, strict=True):
        model = tr.Goodhart(truth, error)
        t = model.threshold(p)
        ax.plot(p, model.expected_truth(t), color=COLORS[0], label="E[V | U ≥ t]")
        peak = model.peak()
        ax.plot(peak.probability, peak.truth, "o", color=COLORS[1], label="peak")
        ax.set(xscale="log", xlabel="P(U ≥ t)", title=title, ylim=(0, 1.2 * peak.truth))
        ax.invert_xaxis()
        ax.legend(loc="upper center")


def draw_counterexamples(axes: Any) -> None:
    """Draw exact curves of the three counterexamples."""
    t = np.geomspace(1.0, 1000.0, 121)
    (ax,) = axes
    for (name, model), color in zip(COUNTEREXAMPLES.items(), COLORS, strict=False):
        ax.plot(t, model.expected_truth(t), color=color, label=name)
    for limit in (1.0, 0.0, -1.0):
        ax.axhline(limit, color="black", linewidth=0.7, linestyle=":")
    ax.set(xscale="log", xlabel="threshold t", ylabel="E[V | U ≥ t]")
    ax.legend(loc="center right")


def draw_best_of_n(axes: Any) -> None:
    """Draw the truth of the best of n for the published grid of laws."""
    n = np.geomspace(1.0, 2.0**20, 49)
    colors = (*COLORS, "black")
    for ax, (name, truth) in zip(axes, TRUTHS.items(), strict=True):
        for (label, error), color in zip(ERRORS.items(), colors, strict=True):
            found = tr.Goodhart(truth, error).best_of(n).truth
            ax.plot(n, found, color=color, label=f"X {label}")
        ax.set(
            xscale="log",
            xlabel="candidates n",
            title=f"V {name}, E[V] of the best of n",
        )
        ax.legend()


def draw_tradeoff(axes: Any) -> None:
    """Draw truth and proxy against KL, for a light error and for a heavy one."""
    for ax, error in zip(axes, (tr.Laplace(), tr.StudentT(3)), strict=True):
        tr.Goodhart(tr.Normal(), error).plot(ax=ax)
        ax.set_title(f"V: Normal(), X: {call(error)}")


def write() -> None:
    """Write figures and tables to docs/made/goodhart."""
    files = {
        "limits.md": limits(),
        "boundaries.md": boundaries(),
        "humps.svg": svg(draw_humps, 2),
        "counterexamples.svg": svg(draw_counterexamples, 1),
        "best_of_n.svg": svg(draw_best_of_n, 2),
        "tradeoff.svg": svg(draw_tradeoff, 2, 3.6),
    }
    write_all(DOCS / "made" / "goodhart", files)


if __name__ == "__main__":
    write()
