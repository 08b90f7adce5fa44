"""The command line."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Annotated

import typer

from . import __version__
from .cli_goodhart import goodhart
from .cli_laws import parse_law
from .cli_parts import complaints, draw, progress_bar, wants_plot
from .cli_steps import Race
from .cli_summary import summary
from .data import read_attempts
from .laws import Empirical, Law
from .steps import IndependentSteps
from .steps_exact_table import exact_steps_table
from .steps_table import ATTEMPTS, STEPS, steps_table

#: Distinct data beyond which exact numbers come only when they are asked for.
_MANY = 1000

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
    exact: Annotated[
        bool, typer.Option("--exact", help="Simulate nothing: exact numbers alone.")
    ] = False,
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
        labels = [q if isinstance(q, str) else f"{q:g}" for q in wanted]
        simulated = None
        if not exact:
            # 53 bits: no reader of JSON rounds them.
            rng = _seed(seed) if seed else secrets.randbits(53)
            with progress_bar("racing") as progress:
                simulated = steps_table(
                    models,
                    steps=lengths,
                    trials=trials,
                    rng=rng,
                    threads=threads or None,
                    labels=labels,
                    progress=progress,
                )
        found = None
        if exact or not any(_many(model.law) for model in models):
            found = exact_steps_table(models, steps=lengths, labels=labels)
        race = Race(found, simulated, times)
        if as_json:
            typer.echo(json.dumps(race.document(), indent=1, allow_nan=False))
        else:
            race.show()
        draw(race, plot)


def _many(law: Law) -> bool:
    """Return whether a law has so many values that exact sums of it take seconds."""
    return isinstance(law, Empirical) and law.values.size > _MANY


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
