"""What the commands share: complaints, progress, pictures, numbers for JSON."""

from __future__ import annotations

import math
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from .plots import axes, save


@contextmanager
def complaints() -> Iterator[None]:
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
def progress_bar(what: str) -> Iterator[Callable[[float], object] | None]:
    """Show a progress bar on standard error where a person watches."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn(what), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda share: bar.update(task, completed=share)


def wants_plot(plot: Path | None) -> None:
    """Refuse a picture that cannot be drawn, before the work and not after it."""
    if plot is None:
        return
    if plot.suffix.lower() not in (".svg", ".png", ".pdf"):
        msg = f"plot must end in .svg, .png or .pdf, got {str(plot)!r}"
        raise ValueError(msg)
    axes(None)


def draw(result: Any, plot: Path | None) -> None:
    """Draw a result to a file, if one is named."""
    if plot is not None:
        save(result.plot(), str(plot))
        typer.echo(f"plot written to {shlex.quote(str(plot))}", err=True)


def plain(value: Any) -> Any:
    """Return a number as JSON can hold it: null for NaN, "inf" for infinity."""
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else ("inf" if value > 0 else "-inf")
    return value
