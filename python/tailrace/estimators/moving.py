"""Estimators of the last values only: windows as a ring of sketches."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import Any, Generic, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from .. import _check
from .base import Estimator
from .container import pack, unpack
from .pieces import doubles, measured

Kind = TypeVar("Kind", bound=Estimator)
_KIND = b"move"


class Moving(Generic[Kind]):
    """An estimator of the last values: a ring of estimators that are merged when asked.

    Parameters
    ----------
    estimator : Estimator
        What to keep of the values; an empty one, such as ``Quantiles(1e-2)``.
    window : int
        How many of the last values are to count, at least.
    parts : int, optional
        How many parts the window has, up to `window` and 10,000; 10 by default. It moves on
        by a part of ``ceil(window / parts)`` values, so that `now` has seen the last
        `window` values and fewer than a part more.

    Raises
    ------
    TypeError
        If `estimator` is none, or a number no integer.
    ValueError
        If `estimator` is not empty, or a number is out of range.

    Notes
    -----
    The state depends on the order of the values, and on nothing else. Two windows cannot be
    merged: which of their values are the last is not known.

    Examples
    --------
    >>> import tailrace as tr
    >>> last = tr.Moving(tr.Quantiles(), window=1000)
    >>> for start in range(10):
    ...     last.update([float(start)] * 500)
    >>> last.now().count, last.now().min
    (1000, 8.0)
    """

    __slots__ = ("_empty", "_lock", "_parts", "_ring", "_window")

    def __init__(self, estimator: Kind, window: int, parts: int | None = None) -> None:
        """Start with no values."""
        if not isinstance(estimator, Estimator):
            msg = f"estimator must be an Estimator, got {_check.said(estimator)}"
            raise TypeError(msg)
        if estimator.count:
            msg = f"estimator must be empty, got {estimator!r}"
            raise ValueError(msg)
        self._window = _check.count("window", window)
        most = min(self._window, 10_000)
        many = min(10, most) if parts is None else parts
        self._parts = _check.count("parts", many, 1, most)
        self._empty = estimator.copy()
        # Those that are full, and one that fills.
        self._ring: deque[Kind] = deque([estimator.copy()])
        self._lock = Lock()

    @property
    def window(self) -> int:
        """How many of the last values count, at least."""
        return self._window

    @property
    def parts(self) -> int:
        """How many parts the window has."""
        return self._parts

    @property
    def _size(self) -> int:
        return -(-self._window // self._parts)

    def update(self, x: ArrayLike, *, nan: str = "raise") -> None:
        """Take in values, the last of which are the latest.

        Parameters
        ----------
        x : array_like
            Real numbers, as for `Summary.update`, in the order of C.
        nan : {"raise", "omit"}
            What to do with NaN.

        Raises
        ------
        TypeError
            If `x` does not hold real numbers.
        ValueError
            If `x` holds NaN and `nan` is "raise", or a number that is not exact as float64.
        """
        omit = _check.choice("nan", nan, ("raise", "omit")) == "omit"
        values = doubles("x", measured("x", x)).ravel()
        if omit:
            values = values[~np.isnan(values)]
        _check.no_nan("x", values)
        with self._lock:
            at = 0
            while at < values.size:
                room = self._size - self._ring[-1].count
                if room <= 0:
                    self._ring.append(self._empty.copy())
                    continue
                self._ring[-1].update(values[at : at + room])
                at += room
                # The first goes once the others are enough.
                seen = sum(part.count for part in self._ring)
                while seen - self._ring[0].count >= self._window:
                    seen -= self._ring.popleft().count

    def now(self) -> Kind:
        """Return an estimator of the last values: `window` and fewer than a part more.

        Before there are so many, of all of them.
        """
        with self._lock:
            total = self._empty.copy()
            total.merge(*self._ring)
            return total

    @property
    def nbytes(self) -> int:
        """Memory in use, in bytes."""
        with self._lock:
            return sum(part.nbytes for part in self._ring)

    def copy(self) -> Self:
        """Return a window of its own that has seen the same."""
        return self.from_bytes(self.to_bytes())

    def __eq__(self, other: object) -> bool:
        """Tell whether another has the same window on the same values."""
        if not isinstance(other, Moving):
            return NotImplemented
        return self.to_bytes() == other.to_bytes()

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Self:
        """Copy, for `copy.copy`."""
        return self.copy()

    def __deepcopy__(self, memo: object) -> Self:
        """Copy, for `copy.deepcopy`."""
        return self.copy()

    def __reduce__(self) -> Any:
        """Pickle by the bytes."""
        return type(self).from_bytes, (self.to_bytes(),)

    def to_bytes(self) -> bytes:
        """Return the state as bytes, the same on every machine."""
        with self._lock:
            parts = [part.to_bytes() for part in (self._empty, *self._ring)]
        return pack(_KIND, [self._window, self._parts], parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the window whose `to_bytes` gave `data`.

        Parameters
        ----------
        data : bytes
            Trusted or not.

        Raises
        ------
        TypeError
            If `data` is not bytes.
        ValueError
            If they are damaged, of another version, or of something else.
        """
        if not isinstance(data, bytes | bytearray | memoryview):
            msg = f"data must be bytes, got {_check.said(data)}"
            raise TypeError(msg)
        (window, parts), found = unpack(_KIND, bytes(data), 2)
        if not (1 <= parts <= min(window, 10_000) and 2 <= len(found) <= parts + 3):
            msg = f"data must hold a window of parts, got {parts} of {window}"
            raise ValueError(msg)
        empty, *ring = (Estimator.from_bytes(part) for part in found)
        self = cls(empty, window, parts)  # type: ignore[arg-type]
        if any(type(part) is not type(empty) for part in ring):
            msg = "data must hold parts of one class, got several"
            raise ValueError(msg)
        self._ring = deque(ring)  # type: ignore[arg-type]
        return self

    def __repr__(self) -> str:
        """Show the window and what it knows."""
        return f"Moving({self.now()!r}, window={self._window}, parts={self._parts})"
