"""The figure of joint extremes, drawn from the library itself.

Run  python docs/joint.py  to write the figure alone, to docs/made/joint.
"""

from __future__ import annotations

import io

import matplotlib as mpl
import numpy as np
import tailrace as tr
from gallery import COLORS, STYLE
from made import DOCS, write_all
from matplotlib.figure import Figure

LAWS = (tr.Pareto(1.2), tr.Weibull(0.5), tr.Exponential())
ROWS = 40
TOP = 8


def figure() -> str:
    """Return rows of the 8 largest of 10^9, in units of the median of the largest."""
    with mpl.rc_context(STYLE):
        panels = Figure(figsize=(9.0, 2.8), layout="constrained")
        for ax, law in zip(panels.subplots(1, len(LAWS)), LAWS, strict=True):
            top = law.top(TOP, 1e9)
            rows = top.sample(ROWS, rng=7) / top.law(1).median()
            places = np.arange(1, TOP + 1)
            ax.plot(places, rows.T, color=COLORS[0], alpha=0.25, linewidth=0.8)
            medians = [top.law(i).median() / top.law(1).median() for i in places]
            ax.plot(places, medians, color=COLORS[1], marker="o", markersize=3)
            ax.set_title(repr(law))
            ax.set_xlabel("place from the top")
            if isinstance(law, tr.Pareto):
                ax.set_yscale("log")
        panels.axes[0].set_ylabel("value / median of the largest")
        out = io.StringIO()
        panels.savefig(out, format="svg", metadata={"Date": None})
        return out.getvalue()


def write() -> None:
    """Write the figure to docs/made/joint."""
    write_all(DOCS / "made" / "joint", {"top.svg": figure()})


if __name__ == "__main__":
    write()
