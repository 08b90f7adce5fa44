"""What every estimator of data in pieces can do: take in, merge, copy, compare, travel."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from .. import _check, _core
from .._answer import Answer
from .pieces import is_plain, measured, pieces

#: Far too few values for a second thread: nobody asks how many there are.
SMALL = 100_000
#: What reads states, by the first eight bytes of them.
READERS: dict[bytes, Callable[[bytes], Any]] = {}
Kind = TypeVar("Kind", bound="Estimator")


class Estimator:
    """A summary of data that come in pieces: the parent of the estimators.

    Estimators are exact commutative monoids: the state depends on the values seen and on
    nothing else, neither on their order nor on how they were cut into pieces, nor on the
    machine or the number of threads. So a merge of parts is, to the bit, what one pass over
    all of the data gives. (The one exception is `MedianOfMeans`, which deals values to
    blocks in turn.)

    Several threads may update one estimator; each update is seen whole or not at all.

    Examples
    --------
    >>> import tailrace as tr
    >>> parts = [tr.Mean() for _ in range(3)]
    >>> for part, x in zip(parts, ([1e100, 1.0], [], [-1e100]), strict=True):
    ...     part.update(x)
    >>> whole = sum(parts)
    >>> isinstance(whole, tr.Estimator), whole.count, whole.sum
    (True, 3, 1.0)
    """

    __slots__ = ("_state",)

    _state: _core.Summary

    def __new__(cls, *_: object, **__: object) -> Self:
        """Refuse to make an estimator of nothing."""
        if cls is Estimator:
            msg = "Estimator is the parent of the estimators; make one such as Summary"
            raise TypeError(msg)
        return super().__new__(cls)

    def _keep(
        self, *, moments: int = 0, bits: int = -1, largest: int = 0, smallest: int = 0
    ) -> None:
        self._state = _core.Summary(moments, bits, largest, smallest)

    @classmethod
    def _fits(cls, kept: tuple[int, ...]) -> bool:
        """Tell whether a state that keeps this much is one of the class."""
        return False

    @classmethod
    def _of(cls, core: _core.Summary) -> Self:
        self = object.__new__(cls)
        self._state = core
        return self

    def _is_possible(self) -> bool:
        """Tell whether values could have led to what was read."""
        return True

    # Taking in.

    def update(
        self,
        x: ArrayLike,
        *,
        weights: ArrayLike | None = None,
        nan: str = "raise",
        threads: int | None = None,
    ) -> None:
        """Take in values: one, or an array of any shape.

        Parameters
        ----------
        x : array_like
            Real numbers of any float or integer type and layout; masked ones are left
            out. Infinite values are counted, and are among the extremes.
        weights : array_like of int, optional
            How many times each value counts, from 0 to 2^62; of the shape of `x`, or one
            for all.
        nan : {"raise", "omit"}
            What to do with NaN.
        threads : int, optional
            Most threads to use; by default every core, for work above about 1 ms.

        Raises
        ------
        TypeError
            If `x` does not hold real numbers, or `weights` no integers.
        ValueError
            If `x` holds NaN and `nan` is "raise"; if a number in it, such as an integer
            beyond 2^53, is not exact as float64; if weights are negative or do not fit. The
            estimator is then as it was before.
        """
        self._update(x, weights, None, nan, threads)

    def _update(
        self,
        x: ArrayLike,
        weights: ArrayLike | None,
        labels: ArrayLike | None,
        nan: str,
        threads: int | None,
    ) -> None:
        core = self._state
        plain = weights is None and labels is None
        if plain and threads is None and nan == "raise":
            # The short way for what comes most often.
            if isinstance(x, float) and core.update_one(x):
                return
            if is_plain(x) and x.size < SMALL and core.update(x, None, None, 1):
                return
        omit = _check.choice("nan", nan, ("raise", "omit")) == "omit"
        workers = _check.threads("threads", threads)
        parts = pieces(x, weights, labels, omit_nan=omit)
        first = next(parts, None)
        if first is None:
            return
        second = next(parts, None)
        if second is None:
            if not core.update(first.x, first.labels, first.times, workers):
                _refuse_nan(x)
            return
        # All of the pieces or none of them.
        whole = core.fresh()
        for part in chain((first, second), parts):
            if not whole.update(part.x, part.labels, part.times, workers):
                _refuse_nan(x)
        core.merge(whole)

    def merge(self, *others: Self) -> None:
        """Take in what others of the same class have seen.

        Parameters
        ----------
        *others : estimators of the same class
            They stay as they are. Where they keep less than this one (fewer extremes,
            wider buckets, no squares), so does the sum.

        Raises
        ------
        TypeError
            If one is of another class.
        ValueError
            If the values are more than 2^62 in all.
        """
        for other in others:
            if type(other) is not type(self):
                name = type(self).__name__
                msg = f"others must be of class {name}, got {_check.said(other)}"
                raise TypeError(msg)
        for other in others:
            self._state.merge(other._state)

    def __add__(self, other: object) -> Self:
        """Return a new estimator that has seen what both have."""
        if type(other) is not type(self):
            return NotImplemented
        total = self.copy()
        total._state.merge(other._state)
        return total

    def __radd__(self, other: object) -> Self:
        """Let `sum` of estimators begin with its 0."""
        return self.copy() if type(other) is int and other == 0 else NotImplemented

    # As a value.

    def copy(self) -> Self:
        """Return an estimator of its own that has seen the same."""
        return self._of(self._state.copy())

    def __copy__(self) -> Self:
        """Copy, for `copy.copy`."""
        return self.copy()

    def __deepcopy__(self, memo: object) -> Self:
        """Copy, for `copy.deepcopy`."""
        return self.copy()

    def __eq__(self, other: object) -> bool:
        """Tell whether another keeps the same of the same values."""
        if type(other) is not type(self):
            return NotImplemented
        return self._state.equals(other._state)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> Any:
        """Pickle by the bytes."""
        return type(self).from_bytes, (self.to_bytes(),)

    def to_bytes(self) -> bytes:
        """Return the state as bytes, the same on every machine: one form for a state.

        Little-endian, with a version, the length and a checksum.
        """
        return self._state.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the estimator whose `to_bytes` gave `data`.

        Parameters
        ----------
        data : bytes
            Trusted or not: whatever they hold, nothing is run, and memory grows by no more
            than 2 MB, and 2 KB for each byte.

        Raises
        ------
        TypeError
            If `data` is not bytes.
        ValueError
            If they are damaged, of another version, or of another class of estimator;
            `Estimator.from_bytes` takes those of any.
        """
        if not isinstance(data, bytes | bytearray | memoryview):
            msg = f"data must be bytes, got {_check.said(data)}"
            raise TypeError(msg)
        # Whatever begins as nothing that is known is refused by the core, in words.
        read = READERS.get(bytes(data[:8]), _core.Summary.from_bytes)
        state = read(bytes(data))
        for kind in _kinds(cls):
            if kind._fits(state.kept()):
                found = kind._of(state)
                if not found._is_possible():
                    msg = "data must hold sums that values can have, got others"
                    raise ValueError(msg)
                return found
        msg = f"data must be of the class {cls.__name__}, got those of another"
        raise ValueError(msg)

    # What all of them know.

    @property
    def count(self) -> int:
        """Values seen, each as often as its weight says."""
        finite, _, above, below = self._state.counts()
        return finite + above + below

    @property
    def min(self) -> Answer:
        """Smallest value seen; NaN, with a reason, before the first."""
        return self._end(0)

    @property
    def max(self) -> Answer:
        """Largest value seen; NaN, with a reason, before the first."""
        return self._end(1)

    def _end(self, which: int) -> Answer:
        finite, _, above, below = self._state.counts()
        if not finite + above + below:
            return Answer(math.nan, "no values yet")
        if (below, above)[which]:
            return Answer((-math.inf, math.inf)[which], "an infinite value was seen")
        if finite:
            return Answer(self._state.ends()[which])
        return Answer((math.inf, -math.inf)[which], "only infinite values were seen")

    @property
    def nbytes(self) -> int:
        """Memory in use, in bytes."""
        return self._state.memory()


def _kinds(cls: type[Kind]) -> Iterator[type[Kind]]:
    """Go through a class and all below it."""
    yield cls
    for kind in cls.__subclasses__():
        yield from _kinds(kind)


def _refuse_nan(x: Any) -> None:
    array = measured("x", x)
    _check.no_nan("x", np.asarray(array))
    msg = "x must not change while it is read, got NaN that is there no longer"
    raise ValueError(msg)
