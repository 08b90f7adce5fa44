"""A column of a table, chunk by chunk, however long the table is."""

from __future__ import annotations

import csv
import io
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from .laws.base import Reals

#: Rows of a chunk.
ROWS = 1 << 16


#: What stands for a missing number.
EMPTY = frozenset(("", "na", "n/a", "nan", "null", "none"))


class Chunk(NamedTuple):
    """Some values of a column; NaN where a cell is empty."""

    values: Reals
    #: The line of the first cell that is empty, or None.
    empty: int | None
    #: Share of the file that is read by now; NaN where its length is not known.
    share: float


def read_column(
    path: str | Path, column: str | None = None, *, delimiter: str = ","
) -> Iterator[Chunk]:
    """Read one column of a CSV file in chunks.

    Parameters
    ----------
    path : str or Path
        The file; "-" for standard input.
    column : str, optional
        Its name in the header line. A file of one column needs none, and no header.
    delimiter : str, default ","
        What stands between cells; "tab" for a tab.

    Yields
    ------
    Chunk

    Raises
    ------
    ValueError
        If the column is missing, or a cell holds no number; says which line.
    OSError
        If the file cannot be read.
    """
    sign = "\t" if delimiter == "tab" else delimiter
    if len(sign) != 1:
        msg = f"delimiter must be one character or tab, got {delimiter!r}"
        raise ValueError(msg)
    standard = str(path) == "-"
    raw: IO[bytes] = sys.stdin.buffer if standard else open(path, "rb")  # noqa: SIM115
    with csv_complaints(), nullcontext() if standard else raw:
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        yield from _read(csv.reader(text, delimiter=sign), column, raw, path)
        text.detach()


@contextmanager
def csv_complaints() -> Iterator[None]:
    """Turn what is wrong with a file as a table into ValueError."""
    try:
        yield
    except UnicodeDecodeError as error:
        msg = f"the file must be in UTF-8, got byte {error.object[error.start]:#x}"
        raise ValueError(msg) from error
    except csv.Error as error:
        msg = f"the file must be a table in CSV, got {error}"
        raise ValueError(msg) from error


def _read(
    reader: Any, column: str | None, raw: IO[bytes], path: str | Path
) -> Iterator[Chunk]:
    first = next(reader, None)
    if first is None:
        msg = f"the file must not be empty, got {path}"
        raise ValueError(msg)
    place, is_header = _place(first, column)
    rows = reader if is_header else chain([first], reader)
    size = _size(raw)
    # A row may take several lines, and lines without a cell are no rows.
    numbered = ((row, reader.line_num) for row in rows)
    while chunk := list(islice(numbered, ROWS)):
        cells = [row[place] if place < len(row) else None for row, _ in chunk if row]
        lines = [line for row, line in chunk if row]
        values = _numbers(cells, lines, place)
        missing = np.flatnonzero(np.isnan(values))
        empty = lines[missing[0]] if missing.size else None
        yield Chunk(values, empty, raw.tell() / size if size else math.nan)


def _place(first: list[str], column: str | None) -> tuple[int, bool]:
    """Return which cell of a row is wanted, and whether the first row is a header."""
    found = [name.strip() for name in first]
    names = ", ".join(found[:8]) + (", ..." if len(first) > 8 else "")
    if column is not None:
        many = found.count(column.strip())
        if many != 1:
            rule = "one of the file" if many == 0 else "a name that only one has"
            msg = f"column must be {rule}, {names}, got {column!r}"
            raise ValueError(msg)
        return found.index(column.strip()), True
    if len(first) > 1:
        msg = f"column must name one of the {len(first)} of the file, {names}, got none"
        raise ValueError(msg)
    return 0, bool(first) and _number(first[0]) is None


def _size(raw: IO[bytes]) -> int:
    try:
        return os.fstat(raw.fileno()).st_size if raw.seekable() else 0
    except (OSError, ValueError):
        return 0


def _numbers(cells: list[str | None], lines: list[int], place: int) -> Reals:
    """Return the numbers in cells; where there is no cell, the row is too short."""
    values = []
    for cell, line in zip(cells, lines, strict=True):
        if cell is None:
            msg = f"line {line} must have {place + 1} cells or more, got fewer"
            raise ValueError(msg)
        number = _number(cell)
        if number is None:
            msg = f"the column must hold numbers, got {cell!r} at line {line}"
            raise ValueError(msg)
        values.append(number)
    return np.array(values, dtype=np.float64)


def _number(text: str) -> float | None:
    """Return the number in a cell, NaN for an empty one, or None."""
    try:
        number = float(text)
    except ValueError:
        return math.nan if text.strip().lower() in EMPTY else None
    # Python reads 1_000 as 1000, and what is too large as infinite.
    if "_" in text or (math.isinf(number) and "inf" not in text.lower()):
        return None
    return number
