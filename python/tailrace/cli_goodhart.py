"""The command `tailrace goodhart`: what selection by a proxy is worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from . import __version__
from .cli_laws import parse_law
from .cli_parts import complaints, draw, plain, wants_plot
from .goodhart import Goodhart, Peak
from .laws.base import Reals
from .plots import text_table

CANDIDATES = "1,4,16,64,256,1024,4096,65536,1e6,1e9"
#: Probabilities of the thresholds that are shown where none are asked for.
PROBABILITIES = (0.5, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8, 1e-12, 1e-20)


def goodhart(
    truth: Annotated[
        str, typer.Option(help="Law of the truth V, NAME:PARAMETERS.")
    ] = "normal",
    error: Annotated[
        str, typer.Option(help="Law of the error X, independent of it.")
    ] = "student_t:3",
    n: Annotated[
        str, typer.Option("--n", help="Candidates to take the best of, between commas.")
    ] = CANDIDATES,
    t: Annotated[
        str | None,
        typer.Option(
            "--t", help="Thresholds of the proxy; by default, by probability."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    plot: Annotated[
        Path | None,
        typer.Option(
            help="Draw truth and proxy against the KL divergence to FILE.svg, .png or "
            ".pdf."
        ),
    ] = None,
) -> None:
    """Pick: the truth V of what is selected by a proxy V + X, exactly."""
    with complaints():
        wants_plot(plot)
        model = Goodhart(parse_law(truth), parse_law(error))
        counts = _numbers("n", n)
        if t is None:
            thresholds = np.asarray(model.threshold(PROBABILITIES))
            thresholds = np.unique(thresholds[np.isfinite(thresholds)])
            # The middle of a symmetric law is 0, but for rounding.
            near = np.abs(thresholds) < 1e-13 * np.abs(thresholds).max()
            thresholds[near] = 0.0
        else:
            thresholds = _numbers("t", t)
        found = _found(model, counts, thresholds)
        if as_json:
            typer.echo(json.dumps(_document(found), indent=1, allow_nan=False))
        else:
            _show(found)
        draw(model, plot)


def _numbers(name: str, text: str) -> Reals:
    try:
        return np.array([float(word.replace("_", "")) for word in text.split(",")])
    except ValueError:
        msg = f"{name} must be numbers between commas, got {text!r}"
        raise ValueError(msg) from None


def _found(model: Goodhart, n: Reals, t: Reals) -> dict[str, Any]:
    """Return all that is told of a model."""
    beyond, best = model.beyond(t), model.best_of(n)
    return {
        "model": model,
        "limit": model.limit(),
        "monotone": model.is_monotone,
        "beyond": beyond,
        "best_of": best,
        "peak": model.peak(),
        "peak_n": model.peak_n(),
    }


def _document(found: dict[str, Any]) -> dict[str, Any]:
    """Return everything that is printed, and more, for `--json`."""
    model, limit, monotone = (found[k] for k in ("model", "limit", "monotone"))
    document: dict[str, Any] = {
        "tailrace": __version__,
        "truth": repr(model.truth),
        "error": repr(model.error),
        "limit": {
            "value": plain(limit.value),
            "case": limit.case,
            "sentence": str(limit),
            "conditions": [list(pair) for pair in limit.conditions],
            "rate": limit.rate,
            "reason": limit.reason,
        },
        "is_monotone": {"value": monotone.value, "reason": monotone.reason},
    }
    for name in ("beyond", "best_of"):
        columns = found[name].to_dict()
        columns["numerical_error"] = np.ravel(found[name].numerical_error).tolist()
        document[name] = {
            k: [plain(v) for v in column] for k, column in columns.items()
        }
        document[name]["reason"] = found[name].reason
    for name in ("peak", "peak_n"):
        peak = found[name]
        names = ("at", "probability", "truth", "trough_at", "trough", "lost")
        document[name] = {k: plain(getattr(peak, k)) for k in names}
        document[name] |= {"rises_again": peak.rises_again, "reason": peak.reason}
    return document


def _of_peak(peak: Peak, by: str) -> str:
    """Say where the truth is largest, and what becomes of it."""
    if peak.reason:
        return f"There is no peak over {by}: {peak.reason}."
    where = f"{by} = {peak.at:.4g}"
    if by == "t":
        where += f" (P = {peak.probability:.3g})"
    then = f"beyond it falls to {peak.trough:.4g}"
    if peak.rises_again:
        then += f" at {by} = {peak.trough_at:.4g}, and rises again"
    return f"The truth is largest at {where}: {peak.truth:.4g}; {then}."


def _show(found: dict[str, Any]) -> None:
    """Print the result as text."""
    model, limit = found["model"], found["limit"]
    typer.echo(f"Truth V: {model.truth!r}; error X: {model.error!r}; proxy U = V + X.")
    typer.echo(f"{limit}")
    if limit.case and limit.rate:
        typer.echo(f"Case: {limit.case}. Approach: {limit.rate}.")
    beyond = found["beyond"].to_dict()
    names = {
        "t": "t",
        "probability": "P(U >= t)",
        "truth": "E[V | U >= t]",
        "error": "E[X | U >= t]",
    }
    typer.echo("\n" + text_table({names[k]: beyond[k] for k in names}))
    typer.echo(_of_peak(found["peak"], "t"))
    best = found["best_of"].to_dict()
    names = {"n": "best of n", "kl": "KL", "truth": "E[V]", "proxy": "E[U]"}
    typer.echo("\n" + text_table({names[k]: best[k] for k in names}))
    typer.echo(_of_peak(found["peak_n"], "n"))
    for why in dict.fromkeys([*found["beyond"].reasons(), *found["best_of"].reasons()]):
        typer.echo(f"Not finite: {why}.")
