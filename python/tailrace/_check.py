"""Checks of arguments: every message reads "name must be rule, got value"."""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Callable, Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray


def said(value: object) -> str:
    """Return how a value is shown in a message: short, whatever it is."""
    try:
        text = repr(value)
    except ValueError:  # Python refuses to print integers of many digits
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "..."


def is_number(value: object) -> bool:
    """Tell whether a value is a real number, or an array of shape () that holds one."""
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and is_number(value[()])
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def number(name: str, value: object) -> float:
    """Return a real number as a float; TypeError for anything else."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        if isinstance(value, np.ndarray) and value.ndim == 0:
            return number(name, value[()])
        msg = f"{name} must be a real number, got {said(value)}"
        raise TypeError(msg)
    try:
        return float(value)
    except OverflowError:
        return math.inf if operator.gt(value, 0) else -math.inf


def _number_that(
    rule: str, holds: Callable[[float], bool], name: str, value: object
) -> float:
    x = number(name, value)
    if not holds(x):
        msg = f"{name} must be {rule}, got {said(value)}"
        raise ValueError(msg)
    return x


def finite(name: str, value: object) -> float:
    """Return a finite number."""
    return _number_that("finite", math.isfinite, name, value)


def positive(name: str, value: object) -> float:
    """Return a finite number above zero."""
    return _number_that(
        "finite and > 0", lambda x: math.isfinite(x) and x > 0, name, value
    )


def at_least(name: str, value: object, low: float, high: float = math.inf) -> float:
    """Return a number from `low` to `high`, not NaN."""
    rule = f">= {low:g}" if high == math.inf else f">= {low:g} and <= {high:g}"
    return _number_that(rule, lambda x: low <= x <= high, name, value)


def fraction(name: str, value: object) -> float:
    """Return a number strictly between 0 and 1."""
    return _number_that("> 0 and < 1", lambda x: 0 < x < 1, name, value)


def count(name: str, value: object, low: int = 1, high: int = 2**63 - 1) -> int:
    """Return an integer from `low` to `high`; 8.0 is no integer."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return count(name, value[()], low, high)
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
        msg = f"{name} must be an integer, got {said(value)}"
        raise TypeError(msg)
    n = operator.index(value)
    if not low <= n <= high:
        rule = f">= {low}" if n < low else f"<= {high}"
        msg = f"{name} must be {rule}, got {said(value)}"
        raise ValueError(msg)
    return n


def integers(name: str, value: ArrayLike) -> NDArray[np.int64]:
    """Return integers of any shape, at least one; of shape () for a single one."""
    if not isinstance(value, Iterable) or isinstance(value, str | bytes):
        return np.array(count(name, value, low=-(2**63)), dtype=np.int64)
    try:
        array = np.asarray(value)
    except ValueError as error:
        msg = f"{name} must have rows of equal length, got {said(value)}"
        raise ValueError(msg) from error
    if array.ndim == 0:
        return np.array(count(name, value, low=-(2**63)), dtype=np.int64)
    if array.size == 0:
        msg = f"{name} must not be empty, got shape {array.shape}"
        raise ValueError(msg)
    if np.ma.is_masked(value) or array.dtype.kind not in "iuO":
        msg = f"{name} must hold integers, got {said(value)}"
        raise TypeError(msg)
    if array.dtype.kind == "O" or array.dtype == np.uint64:
        # Perhaps beyond those of NumPy, or no integers at all.
        flat = [count(name, v, low=-(2**63)) for v in array.flat]
        array = np.array(flat, dtype=np.int64).reshape(array.shape)
    return array.astype(np.int64)


def choice(name: str, value: object, allowed: tuple[str, ...]) -> str:
    """Return one of the allowed words."""
    if not isinstance(value, str) or value not in allowed:
        words = " or ".join(repr(word) for word in allowed)
        msg = f"{name} must be {words}, got {said(value)}"
        raise ValueError(msg)
    return value


def points(name: str, value: ArrayLike) -> NDArray[np.float64]:
    """Return numbers of any shape as a C-ordered float64 array; NaN may be among them."""
    if np.ma.is_masked(value):
        msg = f"{name} must not be masked, got {said(value)}"
        raise ValueError(msg)
    try:
        array = np.asarray(value)
    except ValueError as error:
        msg = f"{name} must have rows of equal length, got {said(value)}"
        raise ValueError(msg) from error
    if array.dtype.kind == "O" and all(
        isinstance(v, Real) and not isinstance(v, bool) for v in array.flat
    ):
        # Python integers beyond those of NumPy, fractions, and the like.
        array = np.array([number(name, v) for v in array.flat]).reshape(array.shape)
    if array.dtype.kind not in "fiu":
        msg = f"{name} must hold real numbers, got {said(value)}"
        raise TypeError(msg)
    return np.asarray(array, dtype=np.float64, order="C")


def probabilities(name: str, value: ArrayLike) -> NDArray[np.float64]:
    """Return numbers from 0 to 1, of any shape."""
    array = points(name, value)
    bad = ~((array >= 0) & (array <= 1))
    if bad.any():
        msg = f"{name} must be >= 0 and <= 1, got {float(array[bad].flat[0])!r}"
        raise ValueError(msg)
    return array


def data(name: str, value: ArrayLike, ndim: int = 1) -> NDArray[np.float64]:
    """Return measured values: the right number of dimensions, at least one value."""
    array = points(name, value)
    if array.ndim != ndim:
        msg = f"{name} must have {ndim} dimension(s), got shape {array.shape}"
        raise ValueError(msg)
    if array.size == 0:
        msg = f"{name} must not be empty, got shape {array.shape}"
        raise ValueError(msg)
    return array


def no_nan(name: str, array: NDArray[np.float64]) -> None:
    """Refuse NaN, with its count and first position."""
    bad = np.isnan(array)
    if bad.any():
        first = tuple(int(i) for i in np.argwhere(bad)[0])
        where = first[0] if len(first) == 1 else first
        msg = (
            f"{name} must not hold NaN, got {int(bad.sum())} of {array.size}, "
            f"the first at {where}"
        )
        raise ValueError(msg)


def shape(name: str, value: object) -> tuple[int, ...]:
    """Return the shape of an array: an integer or a tuple of integers, none negative."""
    if type(value) is int and 0 <= value < 2**63:
        return (value,)
    sizes = value if isinstance(value, tuple | list) else (value,)
    if len(sizes) > 32:
        msg = f"{name} must have at most 32 dimensions, got {len(sizes)}"
        raise ValueError(msg)
    return tuple(count(name, size, low=0) for size in sizes)


def is_single(dtype: DTypeLike) -> bool:
    """Return whether a type is float32; it must be that or float64."""
    try:
        kind = np.dtype(dtype)
    except TypeError as error:
        msg = f"dtype must be float64 or float32, got {said(dtype)}"
        raise TypeError(msg) from error
    if kind not in (np.float64, np.float32) or not kind.isnative:
        msg = f"dtype must be float64 or float32, got {kind}"
        raise ValueError(msg)
    return kind == np.float32


def output(out: object, shape_wanted: object, dtype: DTypeLike | None) -> NDArray[Any]:
    """Return an array that draws can be written into."""
    if not isinstance(out, np.ndarray):
        msg = f"out must be an ndarray, got {said(out)}"
        raise TypeError(msg)
    if out.dtype not in (np.float64, np.float32) or not out.dtype.isnative:
        msg = f"out must be of dtype float64 or float32, got {out.dtype}"
        raise ValueError(msg)
    if dtype is not None and is_single(dtype) != (out.dtype == np.float32):
        msg = f"dtype must be that of out, {out.dtype}, got {said(dtype)}"
        raise ValueError(msg)
    if not out.flags.c_contiguous or not out.flags.aligned:
        msg = f"out must be C-contiguous and aligned, got strides {out.strides}"
        raise ValueError(msg)
    if not out.flags.writeable:
        msg = "out must be writeable, got a read-only array"
        raise ValueError(msg)
    if shape_wanted is not None and shape("shape", shape_wanted) != out.shape:
        msg = f"shape must be that of out, {out.shape}, got {said(shape_wanted)}"
        raise ValueError(msg)
    return out


def room(shape_wanted: object, out: object, dtype: DTypeLike | None) -> NDArray[Any]:
    """Return the array that draws are to be written into: `out`, or a new one."""
    if out is not None:
        return output(out, shape_wanted, dtype)
    sizes = () if shape_wanted is None else shape("shape", shape_wanted)
    single = dtype is not None and is_single(dtype)
    return np.empty(sizes, np.float32 if single else np.float64)


def flag(name: str, value: object) -> bool:
    """Return a truth value; 1 is none."""
    if not isinstance(value, bool | np.bool_):
        msg = f"{name} must be True or False, got {said(value)}"
        raise TypeError(msg)
    return bool(value)


def items(name: str, value: object, what: str) -> list[Any]:
    """Return the items of an iterable that is no text, at least one."""
    if not isinstance(value, Iterable) or isinstance(value, str | bytes):
        msg = f"{name} must be a sequence of {what}, got {said(value)}"
        raise TypeError(msg)
    found = list(value)
    if not found:
        msg = f"{name} must not be empty, got {said(value)}"
        raise ValueError(msg)
    return found


def threads(name: str, value: object) -> int:
    """Return a number of threads; None means every core the process may use."""
    if value is not None:
        return min(count(name, value), 4096)
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    cap = os.environ.get("TAILRACE_NUM_THREADS", "").strip()
    if not cap:
        return cores
    if not (cap.isascii() and cap.isdigit()) or int(cap) < 1:
        msg = f"TAILRACE_NUM_THREADS must be an integer >= 1, got {cap!r}"
        raise ValueError(msg)
    return min(cores, int(cap))


def callback(name: str, value: Any) -> Any:
    """Return a callable, or None."""
    if value is not None and not callable(value):
        msg = f"{name} must be callable or None, got {said(value)}"
        raise TypeError(msg)
    return value
