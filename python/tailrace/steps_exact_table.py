"""The race over many numbers of attempts and steps, exactly."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import _check
from ._tabular import Tabular
from .steps import IndependentSteps
from .steps_table import STEPS, labelled

#: The quantiles beside the median.
_OTHERS = {"q10": 0.1, "q90": 0.9, "q99": 0.99}


@dataclass(frozen=True, slots=True, eq=False)
class ExactStepsTable(Tabular):
    """Exact answers of several models at several lengths; made by `exact_steps_table`.

    Attributes
    ----------
    labels : tuple of str
        How each model's attempts were given, such as "critical".
    models : tuple of IndependentSteps
        One for each number of attempts.
    steps : tuple of int
        Numbers of steps.

    Examples
    --------
    >>> import tailrace as tr
    >>> model = tr.IndependentSteps(tr.Pareto(1.2))
    >>> table = tr.exact_steps_table([model], steps=(1, 1000))
    >>> [round(x, 4) for x in table.to_dict()["median"]]
    [1.7818, 4.6366]
    """

    labels: tuple[str, ...]
    models: tuple[IndependentSteps, ...]
    steps: tuple[int, ...]
    _columns: dict[str, list[Any]] = field(repr=False)

    def to_dict(self) -> dict[str, list[Any]]:
        """Return a row for each model and number of steps, as columns of equal length.

        All times are per step: `median` with the estimate `median_error` of its error, the
        quantiles `q10`, `q90` and `q99`, and the median of the limit law, `limit_median`,
        NaN where there is none. `rate` is the long-run rate, `mean_rate` that of n steps.
        """
        return {name: list(column) for name, column in self._columns.items()}

    def table(self) -> str:
        """Return the main columns as text."""
        from .plots import text_table

        shown = "attempts regime steps step_mean median q10 q90 q99 rate mean_rate limit_median"
        return text_table({name: self._columns[name] for name in shown.split()})

    def plot(self, ax: Any = None) -> Any:
        """Draw the median time per step against the steps; return the axes.

        Dashed are the medians of limit laws, black is the threshold.
        """
        from .plots_steps import plot_exact_steps

        return plot_exact_steps(self, ax=ax)


def exact_steps_table(
    models: Sequence[IndependentSteps],
    *,
    steps: Iterable[int] = STEPS,
    labels: Sequence[str] | None = None,
) -> ExactStepsTable:
    """Compute medians, quantiles and rates of several models at several numbers of steps.

    Parameters
    ----------
    models : sequence of IndependentSteps
        At least one.
    steps : iterable of int
        Numbers of steps, each from 1 to 10^15.
    labels : sequence of str, optional
        How to name the models; by their number of attempts by default.

    Returns
    -------
    ExactStepsTable

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
    >>> models = [tr.IndependentSteps(law, q) for q in (0.5, "critical", 2)]
    >>> table = tr.exact_steps_table(models, steps=(1, 10**6))
    >>> [float(f"{x:.4g}") for x in table.to_dict()["median"]]
    [3.175, 36920.0, 2.0, 15.59, 1.335, 1.714]
    """
    names, rows = labelled(models, labels)
    lengths = tuple(
        _check.count("steps", n, 1, 10**15)
        for n in _check.items("steps", steps, "integers")
    )
    found = [
        _row(name, model, n)
        for name, model in zip(names, rows, strict=True)
        for n in lengths
    ]
    columns = {name: [row[name] for row in found] for name in found[0]}
    return ExactStepsTable(names, rows, lengths, columns)


def _row(label: str, model: IndependentSteps, n: int) -> dict[str, Any]:
    tail = model.step.tail_index
    median, error, others = _quantiles(model, n)
    return {
        "attempts": model.attempts,
        "attempts_label": label,
        "regime": model.regime,
        "tail_index": tail,
        "xi": 1.0 / tail if tail else math.inf,
        "density_exponent": tail + 1.0,
        "step_mean": float(model.step_mean()),
        "rate": float(model.rate),
        "efficiency": float(model.efficiency),
        "steps": n,
        "median": median / n,
        "median_error": error / n,
        **{k: float(x) / n for k, x in zip(_OTHERS, others, strict=True)},
        "mean_rate": float(model.mean_rate(n)),
        "limit_median": limit_median(model, n),
    }


def _quantiles(model: IndependentSteps, n: int) -> tuple[float, float, list[float]]:
    """Return the median with its error, and the others.

    inf where a step reaches the limit of censored data, NaN beyond what doubles hold.
    """
    levels = np.array([0.5, *_OTHERS.values()])
    found = np.full(levels.size, math.inf)
    known = levels < _finished(model, n)
    if not known.any():
        return math.inf, 0.0, found[1:].tolist()
    try:
        total = model.total(n)
    except ValueError:
        return math.nan, math.nan, [math.nan] * len(_OTHERS)
    found[known] = total.ppf(levels[known])
    error = 0.0
    if known[0]:
        median = total.median()
        found[0] = float(median)
        error = getattr(median, "error", abs(median) * 2.0**-52)
    return float(found[0]), error, found[1:].tolist()


def _finished(model: IndependentSteps, n: int) -> float:
    """Return the chance that no step of n reaches the limit of censored data."""
    if not math.isnan(model.step.tail_index):
        return 1.0
    law = model.law
    limit = getattr(getattr(law, "base", law), "censored_at", math.inf)
    return math.exp(n * math.log1p(-min(float(model.step.sf(limit)), 1.0 - 1e-16)))


def limit_median(model: IndependentSteps, n: int) -> float:
    """Return the median per step of the limit law; NaN where there is none."""
    try:
        return float(model.limit_law(n).median()) / n
    except ValueError:
        return math.nan
