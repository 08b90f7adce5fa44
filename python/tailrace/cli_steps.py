"""What `tailrace steps` prints and draws: simulated numbers beside exact ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from . import __version__
from .cli_parts import plain
from .laws import Empirical
from .plots import cell
from .plots_steps import add_simulated
from .simulation import StepsSimulation
from .steps import IndependentSteps
from .steps_exact_table import ExactStepsTable
from .steps_table import StepsTable

_QUANTILES = {"q10": 0.1, "q90": 0.9, "q99": 0.99}


@dataclass(frozen=True)
class Race:
    """Exact numbers, simulated ones, or both, and the file that the law is from."""

    exact: ExactStepsTable | None
    simulated: StepsTable | None
    times: Path | None

    @property
    def _whole(self) -> ExactStepsTable | StepsTable:
        whole = self.exact or self.simulated
        assert whole is not None
        return whole

    def document(self) -> dict[str, Any]:
        """Return everything that is printed, and more, for `--json`."""
        whole = self._whole
        models = [
            _entry(label, model)
            for label, model in zip(whole.labels, whole.models, strict=True)
        ]
        document: dict[str, Any] = {
            "tailrace": __version__,
            "law": repr(whole.models[0].law),
            "models": models,
        }
        if self.exact is not None:
            document["exact"] = _plain_columns(self.exact.to_dict())
        if self.simulated is not None:
            document["seed"] = self.simulated.seed
            document["columns"] = _plain_columns(self.simulated.to_dict())
        return document

    def show(self) -> None:
        """Print the result as text."""
        whole = self._whole
        first = whole.models[0]
        if self.times is None:
            typer.echo(f"One attempt takes {first.law!r}.")
            typer.echo(
                f"Threshold, up to which a step has no mean: {_threshold(first)}."
            )
        else:
            name = self.times.name
            typer.echo(
                f"One step is a task of {name}, run by Q of its attempts at once."
            )
        interval = (
            "" if self.simulated is None else "; the median with its 95 % interval"
        )
        typer.echo(f"Times per step{interval}.\n")
        rows = self._rows()
        for k, (label, model) in enumerate(
            zip(whole.labels, whole.models, strict=True)
        ):
            typer.echo(_facts(label, model))
            if self.simulated is None:
                _show_exact(rows[k], _censored(model))
            else:
                _show_both(rows[k], self.simulated.cells[k], _censored(model))
            typer.echo(f"  {model.verdict()}\n")
        if self.exact is None:
            typer.echo("Exact numbers of so many data take long: see --exact.")
        if self.simulated is not None:
            seed, trials = self.simulated.seed, self.simulated.cells[0][0].trials
            typer.echo(f"{trials:,} trials a line; again with --seed {seed}")

    def plot(self) -> Any:
        """Draw exact lines, and simulated medians as points; return the axes."""
        if self.exact is None:
            return self._whole.plot()
        ax = self.exact.plot()
        return ax if self.simulated is None else add_simulated(self.simulated, ax)

    def _rows(self) -> list[list[dict[str, Any]]]:
        """Return the exact rows of each model; none where there are none."""
        if self.exact is None:
            return [[] for _ in self._whole.models]
        columns, count = self.exact.to_dict(), len(self.exact.steps)
        rows = [
            {name: column[k] for name, column in columns.items()}
            for k in range(len(columns["steps"]))
        ]
        return [rows[k : k + count] for k in range(0, len(rows), count)]


def _plain_columns(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: [plain(v) for v in column] for name, column in columns.items()}


def _entry(label: str, model: IndependentSteps) -> dict[str, Any]:
    mean, growth = model.step_mean(), model.median_growth()
    entry = {
        "attempts": label,
        "regime": model.regime,
        "critical_attempts": plain(float(model.critical_attempts)),
        "critical_attempts_reason": model.critical_attempts.reason,
        "step_mean": plain(float(mean)),
        "step_mean_reason": mean.reason,
        "step_median": plain(model.step_median()),
        "rate": plain(float(model.rate)),
        "efficiency": plain(float(model.efficiency)),
        "verdict": model.verdict(),
        "median_growth": growth.formula,
        "median_growth_words": growth.words,
    }
    if isinstance(model.law, Empirical):
        entry["censored_share"] = model.law.censored_share
        entry["capped_mean"] = model.law.capped_mean()
    return entry


def _threshold(model: IndependentSteps) -> str:
    threshold = model.critical_attempts
    number = f"Q = {threshold:.4g}" if 0.0 < threshold < math.inf else ""
    return "; ".join(filter(None, (number, threshold.reason)))


def _censored(model: IndependentSteps) -> bool:
    return isinstance(model.law, Empirical) and model.law.censored_share > 0


def _facts(label: str, model: IndependentSteps) -> str:
    """Return what is known exactly of a step, in a line."""
    law, mean = model.law, model.step_mean()
    if not isinstance(law, Empirical):
        number = "" if label[:1].isdigit() else f" ({model.attempts:.4g})"
        facts = [
            f"Q = {label}{number}: {model.regime} the threshold",
            f"mean step {cell(float(mean))}",
            f"long-run rate {cell(float(model.rate))}",
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


def _said(value: float, censored: bool) -> str:
    # A total is infinite where one of its steps reached the limit.
    if censored and value == math.inf:
        return "unfinished"
    return "-" if math.isnan(value) else cell(float(value))


def _show_exact(rows: list[dict[str, Any]], censored: bool) -> None:
    head = f"{'n':>10}{'median':>12}{'10 %':>12}{'90 %':>12}{'99 %':>12}"
    typer.echo(f"{head}{'mean rate':>12}{'limit law':>12}")
    names = ("median", *_QUANTILES, "mean_rate", "limit_median")
    for row in rows:
        texts = "".join(f"{_said(row[name], censored):>12}" for name in names)
        typer.echo(f"{row['steps']:>10}{texts}")


def _show_both(
    rows: list[dict[str, Any]], cells: tuple[StepsSimulation, ...], censored: bool
) -> None:
    head = f"{'n':>10}{'median':>12}{'95 % interval':>26}{'10 %':>12}{'90 %':>12}"
    rate = f"{'mean rate':>12}" if rows else ""
    typer.echo(f"{head}{'99 %':>12}{'largest step':>15}{rate}")
    for k, entry in enumerate(cells):
        median = entry.median(per_step=True)
        span = median.confidence_interval()
        interval = f"{_said(span.low, censored)} .. {_said(span.high, censored)}"
        quantiles = [entry.quantile(q, per_step=True) for q in _QUANTILES.values()]
        texts = "".join(f"{_said(q, censored):>12}" for q in quantiles)
        share = "-" if censored else f"{100 * entry.largest_share():.3g} %"
        typer.echo(
            f"{entry.steps:>10}{_said(median, censored):>12}{interval:>26}{texts}"
            f"{share:>15}"
        )
        if not rows:
            continue
        row = rows[k]
        texts = "".join(f"{_said(row[name], censored):>12}" for name in _QUANTILES)
        exact = f"{'exact':>10}{_said(row['median'], censored):>12}{'':>26}{texts}"
        typer.echo(f"{exact}{'':>15}{_said(row['mean_rate'], censored):>12}")
