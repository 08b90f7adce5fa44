"""Exact quantiles of data too large to sort, by counting and looking again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice, pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _check, _core
from .levels import METHODS, between, levels, mix
from .pieces import _blocks, doubles, is_plain, measured

#: An array of no more values is sorted.
SMALL = 1 << 14
#: Values that are looked at one by one in the end, at most.
FEW = 1 << 21
#: Values of one call into the core, between which Ctrl-C is heard.
SLICE = 1 << 20
#: Stretches of a count: 2^20.
BITS = 20

#: The key of infinity.
_INFINITY = 0x7FF0 << 48

Result = TypeVar("Result")
Keys = NDArray[np.float64]
Chunks = Callable[[], Iterator[NDArray[Any]]]


def median(x: ArrayLike | Iterable[ArrayLike], *, threads: int | None = None) -> Any:
    """Exact median of a large array, or of data in chunks that do not fit in memory.

    Parameters
    ----------
    x : array_like of real numbers, or iterable of arrays
        Values of any shape; masked ones are left out. Chunks are gone through several
        times, so that a generator will not do: give a list of memory maps, or any object
        that can be iterated over again.
    threads : int, optional
        Most threads to use; by default every core, for large arrays.

    Returns
    -------
    NumPy scalar
        What `numpy.median` returns, to the bit (a zero may have the other sign); the mean of
        the middle two.

    Raises
    ------
    ValueError
        If there are no values, or NaN among them.
    TypeError
        If `x` does not hold real numbers, or cannot be iterated over twice.

    See Also
    --------
    quantile : Other levels, and how the work is done.

    Examples
    --------
    >>> import tailrace as tr
    >>> x = tr.Pareto(1.2).sample(10**6, rng=7)
    >>> float(tr.median(x)) == float(np.median(x))
    True
    """
    selection = _Selection(x, threads)
    n = selection.count
    middle = selection.at(np.array([(n - 1) // 2, n // 2]))
    return np.median(middle if n % 2 == 0 else middle[:1])


def quantile(
    x: ArrayLike | Iterable[ArrayLike],
    q: ArrayLike,
    *,
    method: str = "linear",
    threads: int | None = None,
) -> Any:
    """Exact quantiles of a large array, or of data in chunks that do not fit in memory.

    Parameters
    ----------
    x : array_like of real numbers, or iterable of arrays
        Values, as for `median`.
    q : array_like
        Levels from 0 to 1.
    method : str, default "linear"
        One of the thirteen of `numpy.quantile`.
    threads : int, optional
        Most threads to use; by default every core, for large arrays.

    Returns
    -------
    NumPy scalar or ndarray, shape of `q`
        What `numpy.quantile` returns for levels in float64, to the bit (a zero may have the
        other sign); but a quantile is infinite where NumPy, mixing an infinite value with
        itself or a finite one, returns NaN.

    Raises
    ------
    ValueError
        If there are no values, or NaN among them; if a level is not between 0 and 1, or
        `method` not one of NumPy's.
    TypeError
        If `x` or `q` does not hold real numbers, or `x` cannot be iterated over twice.

    Notes
    -----
    The first pass counts values by the leading bits of their place in the order of all
    doubles, 256 stretches an octave; the second takes out those in the stretches that hold
    the order statistics asked for. Only where a stretch holds millions is it counted again,
    in 2^20 finer ones. Nothing is sorted but what is taken out, and memory is bounded.

    Examples
    --------
    >>> import tailrace as tr
    >>> x = tr.Pareto(1.2).sample(10**6, rng=7)
    >>> levels = [0.5, 0.99, 0.99999]
    >>> bool((tr.quantile(x, levels) == np.quantile(x, levels)).all())
    True
    >>> chunks = [x[:400_000], x[400_000:]]  # or memory maps of files
    >>> bool(tr.quantile(chunks, 0.99) == np.quantile(x, 0.99))
    True
    """
    _check.choice("method", method, METHODS)
    at = levels(q)
    selection = _Selection(x, threads)
    low, high, weight = mix(selection.count, at, method)
    places, back = np.unique(np.stack([low, high]), return_inverse=True)
    a, b = selection.at(places)[back.reshape(2, *at.shape)]
    if method in ("inverted_cdf", "closest_observation", "lower", "higher", "nearest"):
        return a[()]
    # A Python number does not widen the type of the values; an array does.
    scalar = type(q) in (int, float)
    return between(a, b, float(weight) if scalar else weight)[()]


class _Stretch(NamedTuple):
    """Keys from low to high, 2^shift of them, with the values among and before them."""

    low: int
    high: int
    shift: int
    before: int
    size: int


class _Stretches(NamedTuple):
    """Counts of values in stretches of 2^shift keys, side by side from `low` on."""

    low: int
    shift: int
    before: int
    counts: NDArray[np.int64]

    def holding(
        self, places: NDArray[np.int64], which: NDArray[np.intp]
    ) -> Iterator[tuple[_Stretch, NDArray[np.intp]]]:
        """Return the stretches that hold places, and which of the places each holds."""
        # In two steps: most of the counters are zero, and summing them all takes longer.
        rows = self.counts.reshape(-1, 1 << 10)
        upto = np.cumsum(rows.sum(axis=1)) + self.before
        wanted = places[which]
        row_of = np.searchsorted(upto, wanted, side="right")
        for row in np.unique(row_of).tolist():
            within = np.cumsum(rows[row]) + (upto[row] - rows[row].sum())
            mine = which[row_of == row]
            found = np.searchsorted(within, places[mine], side="right")
            for i in np.unique(found).tolist():
                size = int(rows[row, i])
                low = self.low + (((row << 10) + i) << self.shift)
                high = low + (1 << self.shift) - 1
                before = int(within[i]) - size
                stretch = _Stretch(low, high, self.shift, before, size)
                yield stretch, mine[found == i]


class _Selection:
    """Data that can be gone through again, and the first count of them."""

    def __init__(self, x: Any, threads: int | None) -> None:
        self.threads = _check.threads("threads", threads)
        self.chunks = _chunks(x)
        first = next(self.chunks(), np.empty(0))
        self.dtype = first.dtype.newbyteorder("=")
        self.ordered: NDArray[Any] | None = None
        if _is_array(x) and 0 < first.size <= SMALL:
            self.ordered = np.sort(first.ravel().astype(self.dtype, copy=False))
            self.count = first.size
            if self.dtype.kind == "f":
                _check.no_nan("x", doubles("x", first.ravel()))
            return
        low, shift = -(2**63), 64 - BITS
        ends = self._ends()
        if ends is not None:
            low, shift = ends[0], max((ends[1] - ends[0]).bit_length() - BITS, 0)
        self.first = _Stretches(low, shift, 0, self._count(low, shift))
        self.count = int(self.first.counts.sum())
        if self.count == 0:
            msg = "x must not be empty, got no values"
            raise ValueError(msg)
        if ends is None:
            self._refuse_nan()

    def at(self, places: NDArray[np.int64]) -> NDArray[Any]:
        """Return the order statistics at places, ascending, in the type of the data."""
        if self.ordered is not None:
            return self.ordered[places]
        keys = np.zeros(places.shape, dtype=np.int64)
        todo = [(self.first, np.arange(places.size))]
        last: list[tuple[_Stretch, NDArray[np.intp]]] = []
        while todo:
            stretches, which = todo.pop()
            for stretch, mine in stretches.holding(places, which):
                if stretch.shift == 0:
                    keys[mine] = stretch.low
                elif stretch.size <= FEW:
                    last.append((stretch, mine))
                else:
                    shift = max(stretch.shift - BITS, 0)
                    counts = self._count(stretch.low, shift)
                    finer = _Stretches(stretch.low, shift, stretch.before, counts)
                    todo.append((finer, mine))
        last.sort(key=lambda entry: entry[0].low)
        for few in self._parcels([stretch for stretch, _ in last]):
            ranges = self._ranges(few)
            lows, highs = (np.array(ends) for ends in zip(*ranges, strict=True))
            found = [*self._each(partial(_take, lows, highs))]
            taken = np.sort(_keys_of(np.concatenate(found)))
            for stretch, mine in last:
                if stretch in few:
                    start = np.searchsorted(taken, stretch.low)
                    keys[mine] = taken[start + places[mine] - stretch.before]
        return self._values(keys)

    def _parcels(self, stretches: list[_Stretch]) -> Iterator[list[_Stretch]]:
        """Put stretches together that have few values in all, and need one pass."""
        parcel: list[_Stretch] = []
        size = 0
        for stretch in stretches:
            if parcel and size + stretch.size > FEW:
                yield parcel
                parcel, size = [], 0
            parcel.append(stretch)
            size += stretch.size
        if parcel:
            yield parcel

    def _ranges(self, stretches: list[_Stretch]) -> list[tuple[int, int]]:
        """Return ranges of keys, one for neighbours with next to nothing in between."""
        ranges = [(stretches[0].low, stretches[0].high)]
        for one, other in pairwise(stretches):
            if other.before - (one.before + one.size) <= min(self.count >> 10, FEW):
                ranges[-1] = (ranges[-1][0], other.high)
            else:
                ranges.append((other.low, other.high))
        return ranges

    def _count(self, low: int, shift: int) -> NDArray[np.int64]:
        counts: dict[int, NDArray[np.uint64]] = {}

        def count(x: Keys, worker: int) -> None:
            if worker not in counts:
                counts[worker] = np.zeros((1 << BITS) + 1, dtype=np.uint64)
            _core.count_keys(x, low, shift, counts[worker])

        for _ in self._each(count):
            pass
        # The last counter is for what lies beyond.
        first, *others = [c[:-1].view(np.int64) for c in counts.values()] or [
            np.zeros(1 << BITS, dtype=np.int64)
        ]
        for other in others:
            first += other
        return first

    def _ends(self) -> tuple[int, int] | None:
        """Return the least and the greatest of 64-bit integers; None for other types."""
        if self.dtype not in (np.int64, np.uint64):
            return None
        ends = [
            (int(keys.min()), int(keys.max()))
            for keys in (_keys_of(x) for x in self._slices())
            if keys.size
        ]
        # Of no values the count will be found to be 0.
        return min((e[0] for e in ends), default=0), max(
            (e[1] for e in ends), default=0
        )

    def _slices(self) -> Iterator[Keys]:
        """Go through the data as doubles, or as doubles whose keys are the integers."""
        for chunk in self.chunks():
            if chunk.dtype.newbyteorder("=") != self.dtype:
                msg = f"x must hold chunks of one type, got {self.dtype}, {chunk.dtype}"
                raise TypeError(msg)
            if is_plain(chunk):
                flat = chunk.ravel()
                for i in range(0, flat.size, SLICE):
                    yield flat[i : i + SLICE]
                continue
            for (block,) in _blocks([chunk]):
                if self.dtype == np.uint64:
                    yield _doubles_of((block ^ np.uint64(1 << 63)).view(np.int64))
                elif self.dtype == np.int64:
                    yield _doubles_of(block)
                else:
                    yield doubles("x", block)

    def _values(self, keys: NDArray[np.int64]) -> NDArray[Any]:
        """Return values of the data by their keys."""
        if self.dtype == np.uint64:
            return keys.view(np.uint64) ^ np.uint64(1 << 63)
        return keys if self.dtype == np.int64 else _doubles_of(keys).astype(self.dtype)

    def _each(self, call: Callable[[Keys, int], Result]) -> Iterator[Result]:
        """Call with every slice and a number of the thread, on as many threads."""
        if self.threads == 1:
            for x in self._slices():
                yield call(x, 0)
            return
        slices = self._slices()
        with ThreadPoolExecutor(self.threads) as pool:
            while batch := list(islice(slices, self.threads)):
                yield from pool.map(call, batch, range(len(batch)))

    def _refuse_nan(self) -> None:
        # Beyond the infinities there are only NaN, and some of them near.
        counts = self.first.counts
        top = (_INFINITY + (1 << 63)) >> self.first.shift
        bottom = (-_INFINITY - 1 + (1 << 63)) >> self.first.shift
        if not (counts[top:].any() or counts[: bottom + 1].any()):
            return
        found, first, seen = 0, -1, 0
        for x in self._slices():
            bad = np.isnan(x)
            if first < 0 and bad.any():
                first = seen + int(np.argmax(bad))
            found += int(bad.sum())
            seen += x.size
        if found:
            msg = f"x must not hold NaN, got {found} of {seen}, the first at {first}"
            raise ValueError(msg)


def _chunks(x: Any) -> Chunks:
    """Return what goes through the data again and again."""
    if isinstance(x, Iterable) and not _is_array(x):
        if iter(x) is iter(x):
            msg = (
                "x must be an array, or an iterable that can be gone through again, got "
                f"{_check.said(x)}"
            )
            raise TypeError(msg)
        return lambda: (measured("x", chunk) for chunk in x)
    array = measured("x", x)
    return lambda: iter([array])


def _is_array(x: Any) -> bool:
    if hasattr(x, "__array__") or isinstance(x, str | bytes):
        return True
    return isinstance(x, list | tuple) and not (
        x and all(isinstance(chunk, np.ndarray) and chunk.ndim for chunk in x)
    )


def _take(lows: Any, highs: Any, x: Keys, worker: int) -> Keys:
    return _core.take_between(x, lows, highs)


def _keys_of(x: Keys) -> NDArray[np.int64]:
    """Return the place of doubles in their order: the bits, turned where negative."""
    return _turned(np.ascontiguousarray(x).view(np.int64))


def _doubles_of(keys: NDArray[np.int64]) -> Keys:
    """Return the doubles with these places."""
    return _turned(keys).view(np.float64)


def _turned(bits: NDArray[np.int64]) -> NDArray[np.int64]:
    return bits ^ ((bits >> 63) & np.int64(2**63 - 1))
