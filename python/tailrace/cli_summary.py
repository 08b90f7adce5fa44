"""The command `tailrace summary`: a column of numbers, however many."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from . import __version__
from .cli_parts import complaints, draw, plain, progress_bar, wants_plot
from .columns import read_column
from .estimators import Summary
from .estimators.summary import QUANTILES


def summary(
    file: Annotated[Path, typer.Argument(help="CSV file; - for standard input.")],
    column: Annotated[
        str | None,
        typer.Option(help="Name of the column; a file of one column needs none."),
    ] = None,
    quantiles: Annotated[
        str, typer.Option(help="Levels between 0 and 1, between commas.")
    ] = ",".join(map(str, QUANTILES)),
    relative_error: Annotated[
        float, typer.Option(help="Most that a quantile may be off.")
    ] = 1e-3,
    nan: Annotated[
        str, typer.Option(help="What to do with empty cells and NaN: raise or omit.")
    ] = "raise",
    delimiter: Annotated[
        str, typer.Option(help="What stands between cells; tab for a tab.")
    ] = ",",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    plot: Annotated[
        Path | None,
        typer.Option(help="Draw the survival function to FILE.svg, .png or .pdf."),
    ] = None,
) -> None:
    """Summary of a column: mean, quantiles and tails, in one pass and little memory."""
    with complaints():
        wants_plot(plot)
        levels = _levels(quantiles)
        seen = Summary(relative_error)
        if nan not in ("raise", "omit"):
            msg = f"nan must be raise or omit, got {nan!r}"
            raise ValueError(msg)
        omitted = 0
        with progress_bar("reading") as progress:
            for chunk in read_column(file, column, delimiter=delimiter):
                if chunk.empty is not None:
                    if nan == "raise":
                        msg = (
                            "the column must not hold empty cells or NaN, got one at "
                            f"line {chunk.empty}; leave them out with --nan omit"
                        )
                        raise ValueError(msg)
                    omitted += int(np.isnan(chunk.values).sum())
                seen.update(chunk.values, nan=nan)
                if progress is not None and not math.isnan(chunk.share):
                    progress(chunk.share)
        if seen.count == 0:
            msg = f"the column must hold a number, got {omitted} empty cells"
            raise ValueError(msg)
        if as_json:
            document = {
                "tailrace": __version__,
                "file": str(file),
                "column": column,
                "omitted": omitted,
                "relative_error": seen.relative_error,
                "columns": {
                    name: [plain(v) for v in values]
                    for name, values in seen.to_dict(levels).items()
                },
                "verdict": verdict(seen),
            }
            typer.echo(json.dumps(document, indent=1, allow_nan=False))
        else:
            typer.echo(seen.table(levels))
            if omitted:
                typer.echo(f"{omitted:,} cells were empty or NaN, and are left out.")
            typer.echo(verdict(seen))
        draw(seen, plot)


def _levels(text: str) -> list[float]:
    try:
        return [float(word) for word in text.split(",")]
    except ValueError:
        msg = f"quantiles must be numbers between commas, got {text!r}"
        raise ValueError(msg) from None


def verdict(seen: Summary) -> str:
    """Say in a sentence what the tails mean for the mean."""
    if not (math.isfinite(seen.min) and math.isfinite(seen.max)):
        return "Infinite values were seen: there is no mean of all, compare medians."
    heavy = []
    for side in ("upper", "lower"):
        tail = seen.tail(side)
        if tail.reason and tail.k == 0:
            return f"What the tails are like cannot be told: {tail.reason}."
        if tail.tail_index < 2:
            heavy.append((float(tail.tail_index), side, tail))
    if not heavy:
        return "No tail looks so heavy that the mean or the variance would not exist."
    _, side, tail = min(heavy, key=lambda fit: fit[0])
    span = tail.tail_index.confidence_interval()
    index = f"{tail.tail_index:.3g} ({span.low:.3g} to {span.high:.3g})"
    if span.high < 1:
        what = "there is no mean: compare medians, not means"
    elif span.low < 1:
        what = "whether there is a mean, these data cannot tell"
    else:
        what = (
            "there is a mean, which means of samples approach slowly, and no variance"
        )
    return f"The {side} tail has an index of {index}: {what}."
