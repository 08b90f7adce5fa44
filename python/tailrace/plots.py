"""Pictures and text tables of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _check
from .laws.base import Reals

if TYPE_CHECKING:
    from .order_means import OrderStatisticMeans
    from .steps_table import StepsTable


def axes(ax: Any) -> Any:
    """Return `ax`, or the axes of a new figure."""
    if ax is not None:
        if not hasattr(ax, "plot") or not hasattr(ax, "set_xscale"):
            msg = f"ax must be matplotlib axes or None, got {_check.said(ax)}"
            raise TypeError(msg)
        return ax
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        msg = "plots need matplotlib: pip install 'tailrace[plot]'"
        raise ImportError(msg) from error
    # Not pyplot: it would choose a window system, and keep every figure alive.
    return Figure(figsize=(7.0, 4.6), layout="constrained").subplots()


def save(ax: Any, path: str) -> None:
    """Write the figure of `ax` to a file, in the format of its ending."""
    import matplotlib as mpl

    # The same bytes for the same picture.
    with mpl.rc_context({"svg.hashsalt": "tailrace"}):
        ending = path.rsplit(".", 1)[-1].lower()
        dateless = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
        ax.figure.savefig(path, dpi=150, metadata=dateless.get(ending))


def drawable(values: Sequence[float] | Reals) -> Reals:
    """Return values with NaN for those that no logarithmic axis can show."""
    x = np.array(values, dtype=np.float64)
    return np.where((x > 1e-250) & (x < 1e250), x, np.nan)


def plot_steps(table: StepsTable, ax: Any = None) -> Any:
    """Draw the median time per step against the number of steps, one line a model."""
    ax = axes(ax)
    import matplotlib as mpl

    colors = mpl.colormaps["viridis"](np.linspace(0.0, 0.85, len(table.models)))
    for label, model, line, color in zip(
        table.labels, table.models, table.cells, colors, strict=True
    ):
        n = [cell.steps for cell in line]
        middle, low, high = (
            drawable([cell.quantile(q, per_step=True) for cell in line])
            for q in (0.5, 0.1, 0.9)
        )
        name = (
            f"Q = {label}"
            if label[:1].isdigit()
            else f"Q = {model.attempts:.3g} ({label})"
        )
        ax.plot(n, middle, "o-", color=color, label=f"{name}, {model.regime}")
        ax.fill_between(n, low, high, color=color, alpha=0.12, linewidth=0)
    label_steps(table.models[0].law, ax)
    return ax


def label_steps(law: Any, ax: Any) -> None:
    """Say what lines of time per step are; on logarithmic axes, if these show any."""
    use_logarithms(ax)
    ax.set_xlabel("steps of the task, n")
    ax.set_ylabel("time per step: median, and 10 % to 90 %")
    ax.set_title(f"The fastest of Q, step by step: {law!r}")
    ax.legend(frameon=False)
    ax.grid(alpha=0.25)


def use_logarithms(ax: Any) -> None:
    """Set logarithmic axes, if there is anything that they can show."""
    if any(np.isfinite(line.get_ydata()).any() for line in ax.get_lines()):
        ax.set(xscale="log", yscale="log")


def plot_survival(ordered: Reals, ax: Any = None, label: str = "") -> Any:
    """Draw the share of values above x, on log-log axes, from an ordered sample."""
    n = ordered.size
    # At most about 2,000 points, dense in the tail, where every value matters.
    ranks = np.unique(n - np.geomspace(1, n, min(n, 2000)).astype(int))
    return plot_shares(ordered[ranks], 1.0 - ranks / n, ax=ax, label=label)


def plot_shares(x: Reals, share: Reals, ax: Any = None, label: str = "") -> Any:
    """Draw the shares of values at or above each x, on log-log axes."""
    ax = axes(ax)
    shown = np.isfinite(drawable(x))
    ax.plot(x[shown], share[shown], drawstyle="steps-pre", label=label or None)
    ax.set(xscale="log" if shown.any() else "linear", yscale="log")
    ax.set_xlabel("x")
    ax.set_ylabel("share of values at or above x")
    ax.grid(alpha=0.25)
    if label:
        ax.legend(frameon=False)
    return ax


def plot_order_means(means: OrderStatisticMeans, ax: Any = None) -> Any:
    """Draw estimated means against n, one line for each rank, within a standard error."""
    ax = axes(ax)
    all_n, all_k = means.n.ravel(), means.k.ravel()
    for k in dict.fromkeys(all_k.tolist()):
        mine = np.flatnonzero(all_k == k)
        mine = mine[np.argsort(all_n[mine], kind="stable")]
        n = all_n[mine]
        middle, error = means.estimate.ravel()[mine], means.standard_error.ravel()[mine]
        shown = np.where(np.abs(middle) < 1e250, middle, np.nan)
        (line,) = ax.plot(n, shown, ".-", label=f"k = {k}")
        error = np.where(error < 1e250, error, np.nan)
        color = line.get_color()
        ax.fill_between(n, shown - error, shown + error, color=color, alpha=0.2, lw=0)
    ax.set_xscale("log")
    ax.set_xlabel("values competing, n")
    ax.set_ylabel("mean of the k-th smallest, within a standard error")
    ax.legend(frameon=False)
    ax.grid(alpha=0.25)
    return ax


def cell(value: object) -> str:
    """Format one entry of a table."""
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)


def text_table(columns: Mapping[str, Sequence[object]]) -> str:
    """Return columns of equal length as aligned text."""
    texts = {name: [cell(v) for v in values] for name, values in columns.items()}
    widths = {name: max(map(len, [name, *cells])) for name, cells in texts.items()}
    lines = ["  ".join(name.rjust(widths[name]) for name in texts)]
    for row in zip(*texts.values(), strict=True):
        pairs = zip(row, widths.values(), strict=True)
        lines.append("  ".join(text.rjust(width) for text, width in pairs))
    return "\n".join(lines)
