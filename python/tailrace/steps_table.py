"""The race over many numbers of attempts and steps, side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from . import _check
from ._rng import RNG, seed_bytes, seed_integer
from .simulation import StepsSimulation
from .steps import IndependentSteps

ATTEMPTS: tuple[float | str, ...] = (0.5, "critical", 1, 2, 8)
STEPS: tuple[int, ...] = (1, 10, 100, 1000, 10_000)


@dataclass(frozen=True, slots=True, eq=False)
class StepsTable:
    """Simulations of several models at several lengths; made by `steps_table`.

    Attributes
    ----------
    labels : tuple of str
        How each model's attempts were given, such as "critical".
    models : tuple of IndependentSteps
        One for each number of attempts.
    cells : tuple of tuple of StepsSimulation
        ``cells[i][j]`` is model i at the j-th number of steps.
    seed : int
        The seed of every cell: each is ``models[i].simulate(steps, trials, rng=seed)``.

    Examples
    --------
    >>> import tailrace as tr
    >>> model = tr.IndependentSteps(tr.Pareto(1.2), 2)
    >>> table = tr.steps_table([model], steps=(1, 100), trials=1000, rng=7)
    >>> table.cells[0][1].median() == model.simulate(100, 1000, rng=7).median()
    True
    """

    labels: tuple[str, ...]
    models: tuple[IndependentSteps, ...]
    cells: tuple[tuple[StepsSimulation, ...], ...]
    seed: int

    def to_dict(self, *, confidence_level: float = 0.95) -> dict[str, list[Any]]:
        """Return a row for each model and number of steps, as columns of equal length.

        All times are per step. `step_mean` is exact; `median` has its interval in
        `median_low` and `median_high`; `q10`, `q90` and `q99` are quantiles.
        """
        rows = []
        for label, model, line in zip(
            self.labels, self.models, self.cells, strict=True
        ):
            for cell in line:
                median = cell.median(per_step=True)
                span = median.confidence_interval(confidence_level)
                share = cell.largest_share()
                share_span = share.confidence_interval(confidence_level)
                tail = model.step.tail_index
                rows.append(
                    {
                        "attempts": model.attempts,
                        "attempts_label": label,
                        "regime": model.regime,
                        "tail_index": tail,
                        "xi": 1.0 / tail,
                        "density_exponent": tail + 1.0,
                        "step_mean": float(model.step_mean()),
                        "rate": float(model.rate),
                        "efficiency": float(model.efficiency),
                        "steps": cell.steps,
                        "trials": cell.trials,
                        "median": float(median),
                        "median_low": span.low,
                        "median_high": span.high,
                        "q10": float(cell.quantile(0.1, per_step=True)),
                        "q90": float(cell.quantile(0.9, per_step=True)),
                        "q99": float(cell.quantile(0.99, per_step=True)),
                        "largest_share": float(share),
                        "largest_share_low": share_span.low,
                        "largest_share_high": share_span.high,
                    }
                )
        return {name: [row[name] for row in rows] for name in rows[0]}

    def to_frame(self) -> Any:
        """Return `to_dict` as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.to_dict())

    def table(self) -> str:
        """Return the main columns as text."""
        from .plots import text_table

        shown = (
            "attempts regime steps step_mean median median_low median_high q10 q90 q99"
        )
        columns = self.to_dict()
        return text_table({k: columns[k] for k in (*shown.split(), "largest_share")})

    def plot(self, ax: Any = None) -> Any:
        """Draw the median time per step against the steps; return the axes."""
        from .plots import plot_steps

        return plot_steps(self, ax=ax)


def steps_table(
    models: Sequence[IndependentSteps],
    *,
    steps: Iterable[int] = STEPS,
    trials: int = 10_000,
    rng: RNG = None,
    threads: int | None = None,
    labels: Sequence[str] | None = None,
    progress: Callable[[float], object] | None = None,
) -> StepsTable:
    """Simulate several models at several numbers of steps.

    Parameters
    ----------
    models : sequence of IndependentSteps
        At least one.
    steps : iterable of int
        Numbers of steps, each at least 1.
    trials : int, default 10_000
        Tasks a cell.
    rng, threads
        As in `IndependentSteps.simulate`. All cells share the seed.
    labels : sequence of str, optional
        How to name the models; by their number of attempts by default.
    progress : callable, optional
        Called with the share of the work done, from 0 to 1.

    Returns
    -------
    StepsTable

    Raises
    ------
    ValueError
        If `models` or `steps` is empty, or a number is out of range.
    TypeError
        If a number is no integer.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.Pareto(1.2)
    >>> models = [tr.IndependentSteps(law, q) for q in (0.5, 2)]
    >>> table = tr.steps_table(models, steps=(1, 100), trials=1000, rng=7)
    >>> table.to_dict()["regime"]
    ['below', 'below', 'above', 'above']
    """
    names, rows = labelled(models, labels)
    lengths = [
        _check.count("steps", n) for n in _check.items("steps", steps, "integers")
    ]
    draws = _check.count("trials", trials)
    watch = _check.callback("progress", progress)
    seed = seed_integer(seed_bytes(rng))
    whole = math.fsum(lengths) * len(rows)
    done = 0.0
    lines = []
    for model in rows:
        line = []
        for n in lengths:

            def share(part: float, before: float = done, n: int = n) -> None:
                watch((before + part * n) / whole)

            told = None if watch is None else share
            line.append(
                model.simulate(n, draws, rng=seed, threads=threads, progress=told)
            )
            done += n
        lines.append(tuple(line))
    return StepsTable(names, rows, tuple(lines), seed)


def labelled(
    models: Sequence[IndependentSteps], labels: Sequence[str] | None
) -> tuple[tuple[str, ...], tuple[IndependentSteps, ...]]:
    """Return checked names and models."""
    rows = _check.items("models", models, "IndependentSteps")
    for model in rows:
        if not isinstance(model, IndependentSteps):
            msg = f"models must be IndependentSteps, got {_check.said(model)}"
            raise TypeError(msg)
    names = [f"{model.attempts:.4g}" for model in rows]
    if labels is not None:
        names = _check.items("labels", labels, "texts")
        if not all(isinstance(name, str) for name in names):
            msg = f"labels must be texts, got {_check.said(labels)}"
            raise TypeError(msg)
    if len(names) != len(rows):
        msg = f"labels must be as many as models, {len(rows)}, got {len(names)}"
        raise ValueError(msg)
    return tuple(names), tuple(rows)
