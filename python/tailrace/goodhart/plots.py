"""Pictures of selections, verdicts and frontiers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..laws.base import Reals
from ..plots import axes, drawable

if TYPE_CHECKING:
    from .frontier import Frontier
    from .rare import BeyondEstimate
    from .reweighting import Reweighting
    from .selection import Selection
    from .simulated import GoodhartSimulation
    from .tradeoff import Tradeoff
    from .verdict import Verdict

TRUTH, PROXY = "#1b6ca8", "#c0504d"
# Axes that show more than that in proportion are logarithmic.
_WIDE = 50.0
_LABELS = {
    "t": "threshold of the proxy, t",
    "n": "candidates, n",
    "k": "kept of n, k",
    "beta": "penalty, beta",
    "kl_cap": "largest KL divergence, nats",
}


def _shown(values: Any) -> Reals:
    """Return values in a row, NaN where there is nothing to draw."""
    x = np.ravel(np.asarray(values, dtype=np.float64))
    return np.where(np.abs(x) < 1e250, x, math.nan)


def _stretch(ax: Any, truth: Reals, proxy: Reals) -> None:
    """Make the axis of values logarithmic far out where the proxy outgrows the truth."""
    sizes = [np.abs(v[np.isfinite(v)]).max(initial=0.0) for v in (truth, proxy)]
    if sizes[1] > _WIDE * sizes[0] > 0.0:
        ax.set_yscale("symlog", linthresh=sizes[0])
        ax.set_ylim(top=1.5 * sizes[1])


def plot_selection(selection: Selection, ax: Any = None) -> Any:
    """Draw truth and proxy against what was varied."""
    ax = axes(ax)
    at = np.ravel(selection.at)
    order = np.argsort(at, kind="stable")
    at = _shown(at[order])
    truth, proxy = (
        _shown(values)[order] for values in (selection.truth, selection.proxy)
    )
    marker = "." if at.size < 40 else ""
    ax.plot(at, truth, marker + "-", color=TRUTH, label="truth, E[V]")
    ax.plot(at, proxy, marker + "--", color=PROXY, label="proxy, E[U]")
    known = at[np.isfinite(at)]
    if known.size and known.min() > 0.0 and known.max() > _WIDE * known.min():
        ax.set_xscale("log")
    _stretch(ax, truth, proxy)
    ax.set_xlabel(_LABELS[selection.by])
    ax.set_ylabel("mean of what was selected")
    ax.set_title(repr(selection.model), fontsize="small")
    ax.legend(frameon=False)
    ax.grid(alpha=0.25)
    return ax


def plot_verdict(verdict: Verdict, ax: Any = None) -> Any:
    """Draw E[V | U >= t] against P(U >= t), with what the theorem says of it."""
    ax = axes(ax)
    columns = verdict.trend(np.geomspace(0.5, 1e-30, 121))
    p, truth = columns["probability"], _shown(columns["truth"])
    ax.plot(p, truth, "-", color=TRUTH, label="E[V | U >= t]")
    approach = _shown(columns["approach"])
    near = np.abs(approach - truth) < 0.5 * (np.abs(truth) + 1e-300)
    if near.any():
        leading = np.where(near, approach, math.nan)
        ax.plot(p, leading, ":", color="black", label="leading terms, by the theorem")
    if math.isfinite(verdict.value):
        label = f"limit, {verdict.value:.4g}"
        ax.axhline(verdict.value, color=PROXY, linestyle="--", label=label)
    ax.set_xscale("log")
    if not ax.xaxis_inverted():
        ax.invert_xaxis()
    ax.set_xlabel("P(U >= t)")
    ax.set_ylabel("E[V | U >= t]")
    ax.set_title(repr(verdict.model), fontsize="small")
    ax.legend(frameon=False)
    ax.grid(alpha=0.25)
    return ax


def plot_tradeoff(found: Tradeoff, ax: Any = None) -> Any:
    """Draw truth and proxy against the square root of KL, for each way to select."""
    ax = axes(ax)
    truths, proxies = [], []
    for (name, selection), style in zip(found, ("-", "--", ":"), strict=False):
        kl, truth, proxy = (
            _shown(getattr(selection, each)) for each in ("kl", "truth", "proxy")
        )
        truths.append(truth)
        proxies.append(proxy)
        if not np.isfinite(truth).sum() > 1:
            ax.plot([], [], style, color="grey", label=f"{name}: there is none")
            continue
        root = np.sqrt(kl)
        ax.plot(root, truth, style, color=TRUTH, label=f"truth, {name}")
        ax.plot(root, proxy, style, color=PROXY, label=f"proxy, {name}")
    _stretch(ax, np.concatenate(truths), np.concatenate(proxies))
    ax.set_xlabel("square root of the KL divergence, in nats")
    ax.set_ylabel("mean of what was selected")
    ax.set_title(repr(found.model), fontsize="small")
    ax.legend(frameon=False, fontsize="small")
    ax.grid(alpha=0.25)
    return ax


def plot_frontier(found: Frontier, ax: Any = None) -> Any:
    """Draw the largest means against the square roots of the budgets."""
    name = "KL" if found.order == 1.0 else f"of order {found.order:g}"
    return _against_root(
        found.budget, found.mean, f"divergence, {name}", repr(found.law), ax
    )


def plot_reweighting(found: Reweighting, ax: Any = None) -> Any:
    """Draw the means against the square roots of the divergences."""
    return _against_root(found.kl, found.mean, "KL divergence", repr(found.law), ax)


def _against_root(divergence: Any, mean: Any, name: str, law: str, ax: Any) -> Any:
    ax = axes(ax)
    x, y = np.sqrt(np.ravel(divergence)), _shown(mean)
    order = np.argsort(x, kind="stable")
    ax.plot(x[order], y[order], ".-", color=PROXY)
    if np.nanmax(np.abs(drawable(y)), initial=0.0) > _WIDE * np.nanmin(
        np.abs(drawable(y)), initial=math.inf
    ):
        ax.set_yscale("log")
    ax.set_xlabel(f"square root of the {name}")
    ax.set_ylabel("mean")
    ax.set_title(law, fontsize="small")
    ax.grid(alpha=0.25)
    return ax


def plot_simulation(result: GoodhartSimulation, ax: Any = None) -> Any:
    """Draw the shares of trials above a truth, and above a proxy."""
    ax = axes(ax)
    levels = np.linspace(0.0, 1.0, 401)[1:-1]
    for of, color in (("truth", TRUTH), ("proxy", PROXY)):
        x = _shown([result._seen[of].quantile(q) for q in levels])
        label = f"{of} of the best of {result.n:g}"
        ax.plot(x, 1.0 - levels, drawstyle="steps-pre", color=color, label=label)
    ax.set_yscale("log")
    ax.set_xlabel("truth V, or proxy U = V + X")
    ax.set_ylabel("share of trials above")
    ax.legend(frameon=False)
    ax.grid(alpha=0.25)
    return ax


def plot_estimate(
    found: BeyondEstimate, path: tuple[Reals, Reals], ax: Any = None
) -> Any:
    """Draw an estimated truth as samples come in, and its interval in the end."""
    ax = axes(ax)
    ax.plot(path[0], _shown(path[1]), ".-", color=TRUTH, label="E[V | U >= t] so far")
    span = found.truth.confidence_interval()
    if math.isfinite(span.low):
        ax.axhspan(span.low, span.high, color=TRUTH, alpha=0.15, lw=0, label="95 %")
    ax.set_xlabel(f"samples, {found.method}")
    ax.set_ylabel("truth")
    ax.legend(frameon=False)
    ax.grid(alpha=0.25)
    return ax
