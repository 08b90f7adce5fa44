"""The figure of running means and medians, drawn from the library itself.

Run  python docs/streams.py  to write the figure alone, to docs/made/streams.
"""

from __future__ import annotations

import io

import matplotlib as mpl
import numpy as np
import tailrace as tr
from gallery import COLORS, STYLE
from made import DOCS, write_all
from matplotlib.figure import Figure

INDICES = (0.8, 1.2, 2.5)
SIZE = 100_000
RUNS = 8


def figure() -> str:
    """Return running means and medians of a few samples for each tail index."""
    with mpl.rc_context(STYLE):
        panels = Figure(figsize=(9.0, 2.8), layout="constrained")
        # As many points as can be seen.
        shown = np.unique(np.geomspace(10, SIZE, 300).astype(int)) - 1
        for ax, index in zip(panels.subplots(1, len(INDICES)), INDICES, strict=True):
            law = tr.Pareto(index)
            x = law.sample((RUNS, SIZE), rng=7)
            lines = [
                (tr.running_mean(x), COLORS[1], "mean of the first n"),
                (tr.running_median(x), COLORS[0], "median of the first n"),
            ]
            for curves, color, label in lines:
                for i, curve in enumerate(curves[:, shown]):
                    name = label if i == 0 else None
                    ax.plot(shown + 1, curve, color=color, linewidth=0.7, label=name)
            if np.isfinite(law.mean()):
                ax.axhline(law.mean(), color="black", linewidth=0.7, linestyle="--")
            ax.set(xscale="log", yscale="log", xlabel="n", title=repr(law))
        panels.axes[-1].legend(loc="upper right")
        out = io.StringIO()
        panels.savefig(out, format="svg", metadata={"Date": None})
        return out.getvalue()


def write() -> None:
    """Write the figure to docs/made/streams."""
    write_all(DOCS / "made" / "streams", {"running.svg": figure()})


if __name__ == "__main__":
    write()
