"""Data of any type and layout as blocks of doubles, none of which loses a digit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _check
from ..laws.base import Reals

#: Values of a block that is made by converting others.
BLOCK = 1 << 16


class Piece(NamedTuple):
    """Values, and for each how often it counts and its label, or neither."""

    x: Reals
    times: NDArray[np.uint64] | None
    labels: NDArray[np.int64] | None


def is_plain(x: object) -> TypeGuard[Reals]:
    """Tell whether the core can read an array where it lies."""
    return (
        type(x) is np.ndarray
        and x.dtype == np.float64
        and x.dtype.isnative
        and x.flags.c_contiguous
        and x.flags.aligned
    )


def measured(name: str, value: ArrayLike) -> NDArray[Any]:
    """Return an array of real numbers of their own type; masked ones are left out."""
    if isinstance(value, np.ma.MaskedArray):
        value = value.compressed()
    try:
        array = np.asarray(value)
    except ValueError as error:
        msg = f"{name} must have rows of equal length, got {_check.said(value)}"
        raise ValueError(msg) from error
    if array.dtype.kind == "O":
        array = _from_objects(name, array)
    if array.dtype.kind not in "fiu":
        msg = f"{name} must hold real numbers, got {_check.said(value)}"
        raise TypeError(msg)
    return array


def _from_objects(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """Return Python numbers as doubles, if each is one."""
    out = np.empty(array.shape)
    for i, value in enumerate(array.flat):
        number = _check.number(name, value)
        if number != value and not math.isnan(number):
            _refuse_rounding(name, value)
        out.flat[i] = number
    return out


def _refuse_rounding(name: str, value: object) -> None:
    msg = (
        f"{name} must hold numbers that are exact as float64, got {_check.said(value)}; "
        f"round them yourself, as by {name}.astype(float)"
    )
    raise ValueError(msg)


def doubles(name: str, x: NDArray[Any]) -> Reals:
    """Return numbers as doubles; ValueError where one of them would be rounded."""
    with np.errstate(over="ignore", invalid="ignore"):
        out = np.asarray(x, dtype=np.float64, order="C")
        if x.dtype.itemsize < 8 or x.dtype == np.float64:
            return out
        # The way back; out of the range of integers it has no answer.
        lost = out.astype(x.dtype) != x
        if x.dtype.kind == "f":
            lost &= ~np.isnan(x)
        else:
            lost |= out >= 2.0 ** (63 if x.dtype.kind == "i" else 64)
    if lost.any():
        _refuse_rounding(name, x[lost].flat[0].item())
    return out


def pieces(
    x: ArrayLike,
    weights: ArrayLike | None = None,
    labels: ArrayLike | None = None,
    *,
    omit_nan: bool = False,
) -> Iterator[Piece]:
    """Cut data into pieces that the core can read, in the order of C.

    Plain arrays come as they are; everything else is converted block by block.
    """
    if weights is None and labels is None and not omit_nan and is_plain(x):
        yield Piece(x, None, None)
        return
    array = measured("x", x)
    kept = ~np.ma.getmaskarray(x) if isinstance(x, np.ma.MaskedArray) else None
    shape = array.shape if kept is None else kept.shape
    named = [("weights", weights, np.uint64), ("labels", labels, np.int64)]
    given = [_whole(name, v, shape, t) for name, v, t in named if v is not None]
    if kept is not None:
        given = [other[kept] for other in given]
    for block, *rest in _blocks([array, *given]):
        if omit_nan and block.dtype.kind == "f":
            there = ~np.isnan(block)
            if not there.all():
                block, *rest = (part[there] for part in (block, *rest))
        yield Piece(
            doubles("x", block),
            None if weights is None else rest[0],
            None if labels is None else rest[-1],
        )


def _blocks(arrays: list[NDArray[Any]]) -> Iterator[tuple[NDArray[Any], ...]]:
    """Go through arrays of one shape side by side, in flat blocks of native bytes."""
    if arrays[0].size == 0:
        return
    walk = np.nditer(
        arrays,
        flags=["external_loop", "buffered"],
        op_flags=[["readonly"]] * len(arrays),
        op_dtypes=[a.dtype.newbyteorder("=") for a in arrays],
        order="C",
        casting="equiv",
        buffersize=BLOCK,
    )
    with walk:
        for found in walk:
            blocks = found if isinstance(found, tuple) else (found,)
            # Copies: the walk writes its next blocks over these.
            yield tuple(block.copy() for block in blocks)


def _whole(
    name: str, value: ArrayLike, shape: tuple[int, ...], dtype: Any
) -> NDArray[Any]:
    """Check integers from 0 to 2^62, of the shape of the values or one for all."""
    array = np.asarray(value)
    empty = array.size == 0 and not isinstance(value, np.ndarray)
    if (array.dtype.kind not in "iu" and not empty) or np.ma.is_masked(value):
        msg = f"{name} must hold integers, got {_check.said(value)}"
        raise TypeError(msg)
    if array.ndim and array.shape != shape:
        msg = f"{name} must have the shape of x, {shape}, got {array.shape}"
        raise ValueError(msg)
    for rule, wrong in ((">= 0", array < 0), ("<= 2^62", array > 2**62)):
        if wrong.any():
            msg = f"{name} must be {rule}, got {array[wrong].flat[0]}"
            raise ValueError(msg)
    return np.broadcast_to(array.astype(dtype), shape)
