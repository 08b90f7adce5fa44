"""The command line."""

from __future__ import annotations

import json
import math
import secrets
from pathlib import Path
from typing import Annotated, Any

import typer

from . import __version__
from .cli_goodhart import goodhart
from .cli_laws import parse_law
from .cli_parts import complaints, draw, plain, progress_bar, wants_plot
from .cli_summary import summary
from .data import read_attempts
from .laws import Empirical
from .plots import cell
from .steps import IndependentSteps
from .steps_table import ATTEMPTS, STEPS, StepsTable, steps_table

app = typer.Typer(
    help="What selection does when tails are heavy.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


app.command()(summary)
app.command()(goodhart)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.")
    ] = False,
) -> None:
    if version:
        typer.echo(f"tailrace {__version__}")
        raise typer.Exit


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
    with complaints():
        wants_plot(plot)
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
        with progress_bar("racing") as progress:
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
        draw(result, plot)


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


def _document(result: StepsTable) -> dict[str, Any]:
    """Return everything that is printed, and more, for `--json`."""
    columns = result.to_dict()
    models = []
    for label, model in zip(result.labels, result.models, strict=True):
        mean = model.step_mean()
        entry = {
            "attempts": label,
            "regime": model.regime,
            "critical_attempts": plain(float(model.critical_attempts)),
            "step_mean": plain(float(mean)),
            "step_mean_reason": mean.reason,
            "step_median": plain(model.step_median()),
            "rate": plain(float(model.rate)),
            "efficiency": plain(float(model.efficiency)),
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
        "columns": {k: [plain(v) for v in column] for k, column in columns.items()},
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
