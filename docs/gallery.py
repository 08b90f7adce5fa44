"""The figures and tables of the gallery of laws, drawn from the library itself.

Run  python docs/gallery.py  to write the figures alone, to docs/made/gallery.
"""

from __future__ import annotations

import dataclasses
import io
import math
import re
from typing import Any

import matplotlib as mpl
import numpy as np
import tailrace as tr
from laws_shown import SHOWN
from made import DOCS, write_all
from matplotlib import ticker
from matplotlib.figure import Figure

Reals = np.ndarray

#: How many values compete in the third panel.
MANY = 8
#: The least probability on an axis.
TAIL = 1e-5
COLORS = ("#1f77b4", "#d95f02", "#1b9e77", "#7570b3")
STYLE = {
    "svg.hashsalt": "tailrace",  # the same bytes for the same picture
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "legend.fontsize": 8,
}


def call(law: tr.Law) -> str:
    """Return a short call that makes a law: no names, no trailing defaults."""
    if not dataclasses.is_dataclass(law):
        return repr(law)
    fields = dataclasses.fields(law)
    values = [getattr(law, field.name) for field in fields]
    if not all(isinstance(value, float) for value in values):
        return repr(law)
    given = len(values)
    while given and values[given - 1] == fields[given - 1].default:
        given -= 1
    arguments = ", ".join(f"{value:.6g}" for value in values[: given or None])
    return f"{type(law).__name__}({arguments})"


def points_on(ax: Any, laws: tuple[tr.Law, ...]) -> Reals:
    """Give `ax` a scale that shows the laws far into their tails; return points on it."""
    low = min(float(law.ppf(TAIL)) for law in laws)
    high = max(float(law.isf(TAIL)) for law in laws)
    spread = middle_half(laws[0])[1]
    if high - low < 60.0 * spread:
        return np.linspace(low, high, 400)
    if low >= 0.0:
        ax.set_xscale("log")
        return np.geomspace(max(low, float(laws[0].ppf(0.01))), high, 400)
    ax.set_xscale("asinh", linear_width=spread)
    ends = np.arcsinh(np.array([low, high]) / spread)
    # About three powers of ten a side, and none where the scale is linear.
    last = math.floor(math.log10(max(-low, high)))
    powers = 10.0 ** np.arange(last, math.ceil(math.log10(2.0 * spread)), -2)
    ticks = np.concatenate([-powers, [0.0], powers])
    ax.set_xticks(ticks[(ticks >= low) & (ticks <= high)], minor=False)
    ax.xaxis.set_minor_locator(ticker.NullLocator())
    return spread * np.sinh(np.linspace(*ends, 400))


def middle_half(law: tr.Law) -> tuple[float, float]:
    """Return the median, and the width of the middle half of the mass."""
    return law.median(), float(law.isf(0.25)) - float(law.ppf(0.25))


def draw_density(ax: Any, laws: tuple[tr.Law, ...]) -> None:
    """Draw the densities where most of each law lies."""
    ends = []
    for law in laws:
        middle, width = middle_half(law)
        ends.append(max(float(law.ppf(0.005)), middle - 4.0 * width))
        ends.append(min(float(law.isf(0.005)), middle + 4.0 * width))
    margin = 0.05 * (max(ends) - min(ends))
    x = np.linspace(min(ends) - margin, max(ends) + margin, 600)
    top = 0.0
    for law, color in zip(laws, COLORS, strict=False):
        density = law.pdf(x)
        # Breaks at the ends of the support are jumps, not slopes.
        inside = (x > law.support[0]) & (x < law.support[1])
        ax.plot(x, np.where(inside, density, np.nan), color=color, label=call(law))
        # A density without a bound is cut off.
        bound = 3.0 * float(np.max(law.pdf(law.ppf([0.25, 0.5, 0.75]))))
        top = max(top, min(float(np.max(density)), bound))
    ax.set(title="density", xlabel="x", ylim=(0.0, 1.15 * top))
    ax.legend()


def draw_hazard(ax: Any, laws: tuple[tr.Law, ...]) -> None:
    """Draw the cumulative hazards."""
    x = points_on(ax, laws)
    for law, color in zip(laws, COLORS, strict=False):
        hazard = np.asarray(law.hazard(x))
        ax.plot(x, np.where(hazard > 0.0, hazard, np.nan), color=color)
    ax.set(title="cumulative hazard", xlabel="x", ylim=(0.0, -math.log(TAIL)))


def draw_selection(ax: Any, law: tr.Law) -> None:
    """Draw the survival functions of a law, of its minima and of its maxima."""
    x = points_on(ax, (law,))
    for label, each, color in [
        (f"smallest of {MANY}", law.min_of(MANY), COLORS[2]),
        ("one", law, "black"),
        (f"largest of {MANY}", law.max_of(MANY), COLORS[1]),
    ]:
        ax.plot(x, np.maximum(each.sf(x), 1e-300), color=color, label=label)
    ax.set_yscale("log")
    ax.set(title="survival function, selected", xlabel="x", ylim=(TAIL, 2.0))
    ax.legend()


def figure(laws: tuple[tr.Law, ...]) -> str:
    """Return the figure of one family as SVG."""
    with mpl.rc_context(STYLE):
        panels = Figure(figsize=(10.0, 3.0), layout="constrained")
        density, hazard, selection = panels.subplots(1, 3)
        draw_density(density, laws)
        draw_hazard(hazard, laws)
        draw_selection(selection, laws[0])
        out = io.StringIO()
        panels.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def number(value: float) -> str:
    """Return a number for a table."""
    return f"{value:.4g}"


def section(name: str, laws: tuple[tr.Law, ...]) -> str:
    """Return the part of the page that shows one family, in Markdown."""
    law = laws[0]
    rows = [
        "| law | median | mean | tail index |",
        "| --- | ---: | ---: | ---: |",
    ]
    for said, each in [
        (call(law), law),
        (f"{call(law)}.min_of({MANY})", law.min_of(MANY)),
        (f"{call(law)}.max_of({MANY})", law.max_of(MANY)),
    ]:
        selected = isinstance(each, tr.Derived) or each is law
        same = "" if selected else f" = `{call(each)}`"
        numbers = map(number, (each.median(), each.mean(), each.tail_index))
        rows.append(f"| `{said}`{same} | " + " | ".join(numbers) + " |")
    summary = (getattr(tr, name).__doc__ or "").strip().splitlines()[0]
    summary = re.sub(r":math:`([^`]*)`", r"$\1$", summary)
    return "\n".join(
        [
            f"## {name}",
            "",
            f"{summary} See {{py:class}}`~tailrace.{name}`.",
            "",
            f"![Density, hazard and selection: {name}](/made/gallery/{name}.svg)",
            "",
            *rows,
            "",
        ]
    )


def write() -> None:
    """Write the figures, and the page that shows them, to docs/made/gallery."""
    files = {f"{name}.svg": figure(laws) for name, laws in SHOWN.items()}
    files["laws.md"] = "\n".join(section(*item) for item in SHOWN.items())
    write_all(DOCS / "made" / "gallery", files)


if __name__ == "__main__":
    write()
