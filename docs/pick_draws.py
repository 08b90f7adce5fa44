"""The figure of simulated picks, drawn from the library itself.

Run  python docs/pick_draws.py  to write it alone, to docs/made/pick_draws.
"""

from __future__ import annotations

import io

import matplotlib as mpl
import numpy as np
import tailrace as tr
from gallery import COLORS, STYLE
from made import DOCS, write_all
from matplotlib.figure import Figure

MODELS = {
    "V normal, X Student's t(3)": tr.Goodhart(tr.Normal(), tr.StudentT(3)),
    "V and X Student's t(3)": tr.Goodhart(tr.StudentT(3), tr.StudentT(3)),
}
PROBABILITY = 1e-9
PAIRS = 400


def figure() -> str:
    """Return pairs of truth and error given a proxy that one of 1e9 reaches."""
    with mpl.rc_context(STYLE):
        panels = Figure(figsize=(8.4, 3.4), layout="constrained")
        axes = panels.subplots(1, len(MODELS))
        for ax, (name, model) in zip(axes, MODELS.items(), strict=True):
            t = float(model.threshold(PROBABILITY))
            truth, error = model.beyond(t).sample(PAIRS, rng=7)
            ax.scatter(error, truth, s=6, color=COLORS[0], alpha=0.6, linewidths=0)
            line = np.geomspace(t / 1e6, 2.0 * t, 400)
            line = np.concatenate([-line[::-1], line])
            ax.plot(line, t - line, color=COLORS[1], linewidth=0.8, label="V + X = t")
            for set_scale in (ax.set_xscale, ax.set_yscale):
                set_scale("symlog", linthresh=3.0)
            ax.set_xticks([-10, 0, 10, 100, 1000, 10000])
            ax.set_yticks([-10, 0, 10, 100, 1000, 10000])
            ax.set_xlim(-10.0, 20.0 * t)
            ax.set_ylim(-10.0, 20.0 * t)
            ax.set_title(name)
            ax.set_xlabel("error X")
            ax.legend(frameon=False, loc="lower left")
        axes[0].set_ylabel("truth V")
        out = io.StringIO()
        panels.savefig(out, format="svg", metadata={"Date": None})
        return out.getvalue()


def write() -> None:
    """Write the figure to docs/made/pick_draws."""
    write_all(DOCS / "made" / "pick_draws", {"pairs.svg": figure()})


if __name__ == "__main__":
    write()
