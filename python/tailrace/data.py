"""Reading tables of run times."""

from __future__ import annotations

import csv
import math
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from .columns import csv_complaints
from .laws.base import Reals


def read_attempts(path: str | Path, *, task: str, columns: str) -> Reals:
    """Read a CSV table of tasks and attempts.

    Parameters
    ----------
    path : str or Path
        File with a header line; one row a task, or several, whose attempts are joined.
    task : str
        Column that names the task.
    columns : str
        Pattern of the columns that hold times, such as ``"solver_*"``; several are
        separated by commas, and one that starts with "!" takes columns away again, as
        in ``"*,!benchmark"``. The task column is never among them.

    Returns
    -------
    ndarray of shape (tasks, attempts)
        Times; NaN where a cell is empty, or where a task has fewer attempts than others.

    Raises
    ------
    ValueError
        If a column is missing, or a cell is no number; says which line.
    OSError
        If the file cannot be read.
    """
    for name, value in (("task", task), ("columns", columns)):
        if not isinstance(value, str):
            msg = f"{name} must be a text, got {value!r}"
            raise TypeError(msg)
    with csv_complaints(), open(path, newline="", encoding="utf-8-sig") as file:
        times = _read(csv.reader(file), path, task, columns)
    most = max(map(len, times.values()))
    table = np.full((len(times), most), math.nan)
    for i, line in enumerate(times.values()):
        table[i, : len(line)] = line
    return table


def _read(
    reader: Any, path: str | Path, task: str, columns: str
) -> dict[str, list[float]]:
    """Return the times of each task."""
    times: dict[str, list[float]] = {}
    header = next(reader, None)
    if header is None:
        msg = f"the file must have a header line, got an empty file {path}"
        raise ValueError(msg)
    if task not in header:
        names = ", ".join(header[:8]) + (", ..." if len(header) > 8 else "")
        msg = f"task must be a column of the file, one of {names}, got {task!r}"
        raise ValueError(msg)
    chosen = [
        i for i, name in enumerate(header) if name != task and _matches(name, columns)
    ]
    if not chosen:
        msg = f"columns must match a column of the file, got {columns!r}"
        raise ValueError(msg)
    key = header.index(task)
    for row in reader:
        if not row:
            continue
        if len(row) != len(header):
            msg = (
                f"line {reader.line_num} must have {len(header)} cells, as the header "
                f"has, got {len(row)}"
            )
            raise ValueError(msg)
        line = times.setdefault(row[key], [])
        line += [_time(row[i], header[i], reader.line_num) for i in chosen]
    if not times:
        msg = f"the file must hold a task, got only a header in {path}"
        raise ValueError(msg)
    return times


def _matches(name: str, columns: str) -> bool:
    """Return whether the last pattern that fits `name` is one that takes it."""
    taken = False
    for pattern in columns.split(","):
        pattern = pattern.strip()
        if fnmatchcase(name, pattern.removeprefix("!")):
            taken = not pattern.startswith("!")
    return taken


def _time(text: str, column: str, line: int) -> float:
    text = text.strip()
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not value >= 0.0:
        msg = (
            f"column {column!r} must hold times >= 0, got {text!r} at line {line}; do "
            "the columns need a narrower pattern?"
        )
        raise ValueError(msg)
    return value
