"""Pictures of the race from its exact law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .plots import axes, drawable, label_steps, use_logarithms
from .steps import IndependentSteps

if TYPE_CHECKING:
    from .steps_exact_table import ExactStepsTable
    from .steps_table import StepsTable

#: Colours by where the attempts stand.
_THRESHOLD = "black"
_MAPS = {"below": ("autumn", 0.0, 0.7), "above": ("winter", 0.0, 0.85)}


def colors_of(models: tuple[IndependentSteps, ...]) -> list[Any]:
    """Return a colour for each model: red below the threshold, blue above, black at it."""
    import matplotlib as mpl

    colors: list[Any] = [_THRESHOLD] * len(models)
    for regime, (name, low, high) in _MAPS.items():
        mine = [k for k, model in enumerate(models) if model.regime == regime]
        shades = mpl.colormaps[name](np.linspace(low, high, max(len(mine), 2)))
        for k, shade in zip(mine, shades, strict=False):
            colors[k] = shade
    if all(model.regime == "unknown" for model in models):
        colors = list(mpl.colormaps["viridis"](np.linspace(0.0, 0.85, len(models))))
    return colors


def plot_exact_steps(table: ExactStepsTable, ax: Any = None) -> Any:
    """Draw medians per step with those of limit laws, and the threshold in black."""
    ax = axes(ax)
    columns = table.to_dict()
    n = np.array(table.steps)
    order = np.argsort(n, kind="stable")
    shape = len(table.models), n.size
    medians, limits, low, high = (
        drawable(columns[name]).reshape(shape)[:, order]
        for name in ("median", "limit_median", "q10", "q90")
    )
    n = n[order]
    for k, color in enumerate(colors_of(table.models)):
        model, label = table.models[k], table.labels[k]
        at = model.regime == "at"
        name = (
            f"Q = {label}"
            if label[:1].isdigit()
            else f"Q = {model.attempts:.3g} ({label})"
        )
        width = 2.5 if at else 1.5
        ax.plot(n, medians[k], color=color, lw=width, label=f"{name}, {model.regime}")
        ax.plot(n, limits[k], "--", color=color, lw=1.0)
        ax.fill_between(n, low[k], high[k], color=color, alpha=0.08, linewidth=0)
    _add_threshold(table.models, n, ax)
    ax.plot([], [], "--", color="gray", lw=1.0, label="median of the limit law")
    label_steps(table.models[0].law, ax)
    return ax


def _add_threshold(models: tuple[IndependentSteps, ...], n: Any, ax: Any) -> None:
    """Draw the median at the threshold, where no model stands there."""
    law = models[0].law
    qc = float(models[0].critical_attempts)
    alike = all(model.law == law for model in models)
    if any(m.regime == "at" for m in models) or not (alike and 0.0 < qc < np.inf):
        return
    model = IndependentSteps(law, "critical")  # type: ignore[arg-type]
    medians = drawable([float(model.total(int(k)).median()) / k for k in n])
    name = f"Q = {qc:.3g}, the threshold"
    ax.plot(n, medians, color=_THRESHOLD, lw=2.5, label=name)


def add_simulated(table: StepsTable, ax: Any) -> Any:
    """Draw the medians of simulations as points, with their intervals."""
    for line, color in zip(table.cells, colors_of(table.models), strict=True):
        n = np.array([cell.steps for cell in line])
        medians = [cell.median(per_step=True) for cell in line]
        spans = [median.confidence_interval() for median in medians]
        middle, low, high = (
            drawable(values)
            for values in (medians, [s.low for s in spans], [s.high for s in spans])
        )
        ax.vlines(n, low, high, color=color, lw=1.0)
        ax.plot(n, middle, "o", color=color, ms=4.0, mfc="white")
    label = "simulated median, 95 % interval"
    ax.plot([], [], "o", color="gray", ms=4.0, mfc="white", label=label)
    ax.legend(frameon=False)
    use_logarithms(ax)
    return ax
