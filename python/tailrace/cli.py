"""The command line."""

from __future__ import annotations

import json
import math
import os
import secrets
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from . import __version__, laws
from .data import read_attempts
from .laws import Empirical, Law
from .plots import axes, cell, save
from .steps import IndependentSteps
from .steps_table import ATTEMPTS, STEPS, StepsTable, steps_table

app = typer.Typer(
    help="What selection does when tails are heavy.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.")
    ] = False,
) -> None:
    if version:
        typer.echo(f"tailrace {__version__}")
        raise typer.Exit


@contextmanager
def _complaints() -> Iterator[None]:
    """Turn bad input into one line on standard error."""
    try:
        yield
    except BrokenPipeError:
        # Whoever read has read enough. Python must not find out again as it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except (ValueError, TypeError, ImportError, OSError) as error:
        typer.echo(f"tailrace: {error}", err=True)
        raise typer.Exit(2) from None
    except MemoryError:
        typer.echo("tailrace: this takes more memory than there is", err=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        typer.echo("tailrace: stopped", err=True)
        raise typer.Exit(130) from None


@contextmanager
def _progress(what: str) -> Iterator[Callable[[float], object] | None]:
    """Show a progress bar on standard error where a person watches."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn(what), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda share: bar.update(task, completed=share)


def parse_law(text: str) -> Law:
    """Return the law that a text such as ``pareto:1.2`` or ``gpd:0.5,2`` names."""
    named = {
        law._name: law
        for law in (getattr(laws, name) for name in laws.__all__)
        if law._name and law is not Empirical
    }
    name, _, rest = text.partition(":")
    cls = named.get(name.strip().lower())
    if cls is None:
        msg = f"law must be one of {', '.join(sorted(named))}, got {name!r}"
        raise ValueError(msg)
    form = ",".join(f.name for f in fields(cls))
    try:
        numbers = [float(part) for part in rest.split(",")] if rest.strip() else []
        needed = [f.name for f in fields(cls) if f.default is MISSING]
        if not len(needed) <= len(numbers) <= len(fields(cls)):
            raise ValueError
    except ValueError:
        msg = f"law must be given as {name}:{form}, in numbers, got {text!r}"
        raise ValueError(msg) from None
    law: Law = cls(*numbers)
    return law


def _attempts(text: str) -> list[float | str]:
    words = [word.strip() for word in text.split(",")]
    try:
        return [word if word == "critical" else float(word) for word in words]
    except ValueError:
        msg = f"attempts must be numbers or 'critical', between commas, got {text!r}"
        raise ValueError(msg) from None


def _whole(name: str, text: str) -> list[int]:
    try:
        return [int(word.replace("_", "")) for word in text.split(",")]
    except ValueError:
        msg = f"{name} must be integers between commas, got {text!r}"
        raise ValueError(msg) from None


def _seed(text: str) -> int:
    try:
        value = int(text.replace("_", ""))
    except ValueError:
        value = -1
    if value < 0:
        msg = f"seed must be an integer >= 0, got {text!r}"
        raise ValueError(msg)
    return value


@app.command()
def steps(
    law: Annotated[
        str | None,
        typer.Option(
            help="Time of one attempt, NAME:PARAMETERS; pareto:1.2 by default."
        ),
    ] = None,
    attempts: Annotated[
        str, typer.Option(help="Q, attempts at once: numbers, or critical.")
    ] = ",".join(map(str, ATTEMPTS)),
    steps: Annotated[str, typer.Option(help="n, steps of a task.")] = ",".join(
        map(str, STEPS)
    ),
    trials: Annotated[int, typer.Option(help="Tasks to draw for each.")] = 10_000,
    seed: Annotated[
        str, typer.Option(help="Integer; a random one by default, printed.")
    ] = "",
    threads: Annotated[int, typer.Option(help="Threads; 0 for every core.", min=0)] = 0,
    times: Annotated[
        Path | None,
        typer.Option(help="CSV of run times, tasks x attempts, instead of a law."),
    ] = None,
    task: Annotated[
        str | None, typer.Option(help="Its column that names the task.")
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(help="Its columns that hold times: patterns, such as '*,!name'."),
    ] = None,
    censored_at: Annotated[
        float | None, typer.Option(help="Its limit: no longer time is known.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Draw to FILE.svg, .png or .pdf.")
    ] = None,
) -> None:
    """Race: a task of n serial steps, each the fastest of Q heavy-tailed attempts."""
    with _complaints():
        if plot is not None and plot.suffix.lower() not in (".svg", ".png", ".pdf"):
            msg = f"plot must end in .svg, .png or .pdf, got {str(plot)!r}"
            raise ValueError(msg)
        lengths = _whole("steps", steps)
        wanted = _attempts(attempts)
        if times is not None:
            if law is not None:
                msg = f"law must not be given together with --times, got {law!r}"
                raise ValueError(msg)
            models = _models_of_data(times, task, columns, censored_at, wanted)
        else:
            for name, value in (
                ("task", task),
                ("columns", columns),
                ("censored-at", censored_at),
            ):
                if value is not None:
                    msg = f"{name} must come with --times, got {value!r} without it"
                    raise ValueError(msg)
            base = parse_law("pareto:1.2" if law is None else law)
            models = [IndependentSteps(base, q) for q in wanted]  # type: ignore[arg-type]
        # 53 bits: no reader of JSON rounds them.
        rng = _seed(seed) if seed else secrets.randbits(53)
        if plot is not None:
            axes(None)  # says what is missing before the work, not after it
        with _progress("racing") as progress:
            result = steps_table(
                models,
                steps=lengths,
                trials=trials,
                rng=rng,
                threads=threads or None,
                labels=[q if isinstance(q, str) else f"{q:g}" for q in wanted],
                progress=progress,
            )
        if as_json:
            typer.echo(json.dumps(_document(result), indent=1, allow_nan=False))
        else:
            _show(result, times)
        if plot is not None:
            save(result.plot(), str(plot))
            typer.echo(f"plot written to {shlex.quote(str(plot))}", err=True)


def _models_of_data(
    times: Path,
    task: str | None,
    columns: str | None,
    censored_at: float | None,
    wanted: list[float | str],
) -> list[IndependentSteps]:
    """Return one model for each number of attempts, the law taken from the file."""
    if not task:
        msg = "task must name the column of tasks when --times is given, got none"
        raise ValueError(msg)
    table = read_attempts(times, task=task, columns=columns or "*")
    models = []
    for q in wanted:
        if isinstance(q, str) or not q.is_integer():
            msg = f"attempts must be integers with --times, got {q!r}"
            raise ValueError(msg)
        law = Empirical.from_attempts(
            table, attempts=int(q), censored_at=censored_at, nan="omit"
        )
        models.append(IndependentSteps(law))
    return models


def _plain(value: Any) -> Any:
    """Return a number as JSON can hold it: null for NaN, "inf" for infinity."""
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else ("inf" if value > 0 else "-inf")
    return value


def _document(result: StepsTable) -> dict[str, Any]:
    """Return everything that is printed, and more, for `--json`."""
    columns = result.to_dict()
    models = []
    for label, model in zip(result.labels, result.models, strict=True):
        mean = model.step_mean()
        entry = {
            "attempts": label,
            "regime": model.regime,
            "critical_attempts": _plain(float(model.critical_attempts)),
            "step_mean": _plain(float(mean)),
            "step_mean_reason": mean.reason,
            "step_median": _plain(model.step_median()),
            "rate": _plain(float(model.rate)),
            "efficiency": _plain(float(model.efficiency)),
            "verdict": model.verdict(),
        }
        if isinstance(model.law, Empirical):
            entry["censored_share"] = model.law.censored_share
            entry["capped_mean"] = model.law.capped_mean()
        models.append(entry)
    return {
        "tailrace": __version__,
        "seed": result.seed,
        "law": repr(result.models[0].law),
        "models": models,
        "columns": {k: [_plain(v) for v in column] for k, column in columns.items()},
    }


def _facts(label: str, model: IndependentSteps) -> str:
    """Return what is known exactly of a step, in a line."""
    law, mean = model.law, model.step_mean()
    if not isinstance(law, Empirical):
        number = "" if label[:1].isdigit() else f" ({model.attempts:.4g})"
        facts = [
            f"Q = {label}{number}: {model.regime} the threshold",
            f"mean step {cell(float(mean))}",
            f"rate {cell(float(model.rate))}",
        ]
        if not math.isnan(model.efficiency):
            facts.append(f"efficiency {100 * model.efficiency:.3g} %")
    elif law.censored_share:
        share, limit = 100 * law.censored_share, law.censored_at
        facts = [
            f"Q = {label}: {share:.1f} % unfinished at {limit:g}",
            f"mean capped there {law.capped_mean():,.4g}",
            "mean beyond it unknown",
        ]
    else:
        facts = [f"Q = {label}: mean step {cell(float(mean))}"]
    return "; ".join(facts)


def _show(result: StepsTable, times: Path | None) -> None:
    """Print the result as text."""
    first = result.models[0]
    if times is None:
        typer.echo(f"One attempt takes {first.law!r}.")
        threshold = first.critical_attempts
        words = threshold.reason or f"Q = {threshold:.4g}"
        typer.echo(f"Threshold, up to which a step has no mean: {words}.")
    else:
        typer.echo(
            f"One step is a task of {times.name}, run by Q of its attempts at once."
        )
    typer.echo("Times per step; the median with its 95 % interval.\n")
    for label, model, line in zip(
        result.labels, result.models, result.cells, strict=True
    ):
        typer.echo(_facts(label, model))
        head = f"{'n':>10}{'median':>12}{'95 % interval':>26}{'10 %':>12}{'90 %':>12}"
        typer.echo(f"{head}{'99 %':>12}{'largest step':>15}")
        censored = isinstance(model.law, Empirical) and model.law.censored_share > 0

        def shown(value: float, censored: bool = censored) -> str:
            # A total is infinite where one of its steps reached the limit.
            return "unfinished" if censored and value == math.inf else cell(value)

        for entry in line:
            median = entry.median(per_step=True)
            span = median.confidence_interval()
            interval = f"{shown(span.low)} .. {shown(span.high)}"
            quantiles = (entry.quantile(q, per_step=True) for q in (0.1, 0.9, 0.99))
            texts = "".join(f"{shown(float(q)):>12}" for q in quantiles)
            share = "-" if censored else f"{100 * entry.largest_share():.3g} %"
            typer.echo(
                f"{entry.steps:>10}{shown(float(median)):>12}{interval:>26}{texts}"
                f"{share:>15}"
            )
        typer.echo(f"  {model.verdict()}\n")
    trials = result.cells[0][0].trials
    typer.echo(f"{trials:,} trials a line; again with --seed {result.seed}")
