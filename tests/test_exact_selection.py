"""Exact medians and quantiles of large data: NumPy's answers, to the bit."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_array_equal
from tailrace.estimators import selection
from tailrace.estimators.levels import METHODS

G = np.random.default_rng(11)
QS = np.array([0.0, 1.0, 0.5, 0.25, 1 / 3, 0.9, 0.999, 1e-9, *G.random(12)])
DATA = {
    "Pareto": G.pareto(1.2, 100_003) + 1,
    "even": G.pareto(1.2, 50_000) + 1,
    "normal": G.normal(size=(3, 5_001)),
    "small integers": G.integers(-5, 5, 50_000),
    "bytes": G.integers(0, 255, 999).astype(np.uint8),
    "large integers": G.integers(-(2**62), 2**62, 50_001),
    "time stamps": 1_700_000_000_000_000_000 + G.integers(0, 10**9, 50_001),
    "unsigned": G.integers(0, 2**64, 50_001, dtype=np.uint64),
    "float32": G.normal(size=50_001).astype("f4"),
    "float16": G.normal(size=5_000).astype("f2"),
    "big-endian, transposed": G.normal(size=(30, 40)).astype(">f8").T,
    "all equal": np.full(10_000, 0.1),
    "two values": np.repeat([1.5, -2.5], [7_000, 3_001]),
    "next to each other": 1.0 + G.integers(0, 50, 20_001) * 2.0**-52,
    "denormals": G.integers(-50, 50, 20_001) * 5e-324,
    "extremes": np.array([1.7e308, -1.7e308, 5e-324, -5e-324, 1.0] * 1000),
    "zeros": np.zeros(7),
    "one": np.array([3.25]),
    "two": np.array([3, 4]),
    "list": [3.0, 1.0, 2.0],
    "frozen": np.broadcast_to(np.arange(5.0), (100, 5)),
}
every_data = pytest.mark.parametrize("x", DATA.values(), ids=DATA)


def same(got, want):
    """Equal to the bit, in NumPy's type; the order of bytes is that of the machine."""
    assert_array_equal(got, want)
    assert np.asarray(got).dtype == np.asarray(want).dtype.newbyteorder("=")
    assert np.shape(got) == np.shape(want)


@every_data
@pytest.mark.parametrize("method", METHODS)
def test_quantiles_are_those_of_numpy(x, method):
    with np.errstate(over="ignore", invalid="ignore"):
        want = np.quantile(x, QS, method=method)
        one = np.quantile(x, 0.3, method=method)
    finite = np.isfinite(want)
    same(tr.quantile(x, QS, method=method)[finite], want[finite])
    if np.isfinite(one):
        same(tr.quantile(x, 0.3, method=method), one)
    same(
        tr.quantile(x, QS.reshape(4, 5), method="lower"),
        np.quantile(x, QS, method="lower").reshape(4, 5),
    )


@every_data
def test_medians_are_those_of_numpy(isa, x):
    same(tr.median(x), np.median(x))


def test_the_methods_are_those_of_numpy():
    with pytest.raises(ValueError, match="method must be ") as refused:
        tr.quantile([1.0], 0.5, method="best")
    assert all(repr(method) in str(refused.value) for method in METHODS)
    assert len(METHODS) == len(set(METHODS)) == 13


def test_masked_values_are_left_out():
    x = np.ma.array(np.arange(10.0), mask=np.arange(10) < 4)
    assert tr.median(x) == 6.5


# Chunks.


class Files:
    """Data that come chunk by chunk, again and again."""

    def __init__(self, x, cuts):
        self.x, self.cuts, self.times = x, cuts, 0

    def __iter__(self):
        """Begin again."""
        self.times += 1
        yield from np.array_split(self.x, self.cuts)


@pytest.mark.parametrize("name", ["Pareto", "large integers", "float32", "unsigned"])
def test_chunks_give_what_the_whole_gives(name):
    x = DATA[name]
    files = Files(x, 7)
    same(tr.quantile(files, QS), np.quantile(x, QS))
    same(tr.median(files), np.median(x))
    same(tr.median(list(np.array_split(x, 3))), np.median(x))
    with_nothing = [x[:0], x[:500], x[:0], x[500:]]
    same(tr.median(with_nothing), np.median(x))


def test_two_passes_are_enough_for_ordinary_data():
    files = Files(DATA["Pareto"], 3)
    tr.quantile(files, [0.1, 0.5, 0.9])
    assert files.times == 3  # and a look at the type of the first chunk


def test_memory_maps_are_read_where_they_lie(tmp_path):
    x = DATA["Pareto"]
    x.tofile(tmp_path / "values.f8")
    mapped = np.memmap(tmp_path / "values.f8", dtype=np.float64, mode="r")
    same(tr.median(mapped), np.median(x))


def test_stretches_with_too_many_values_are_counted_again(monkeypatch):
    monkeypatch.setattr(selection, "FEW", 100)
    for name in ("Pareto", "normal", "next to each other", "time stamps", "unsigned"):
        x = DATA[name]
        for threads in (1, 3):
            same(tr.quantile(x, QS, threads=threads), np.quantile(x, QS))
            same(tr.median(x, threads=threads), np.median(x))


def test_slices_and_threads_make_no_difference(monkeypatch):
    monkeypatch.setattr(selection, "SLICE", 1_000)
    for threads in (1, 2, 5):
        same(
            tr.quantile(DATA["Pareto"], QS, threads=threads),
            np.quantile(DATA["Pareto"], QS),
        )


# What is refused.


@pytest.mark.parametrize("dtype", ["f8", "f4", ">f8"])
@pytest.mark.parametrize("bits", [0x7FF8 << 48, (0x7FF0 << 48) + 1, (0xFFF8 << 48) + 5])
def test_nan_is_refused_with_its_place(dtype, bits):
    nan = np.array([bits], dtype=np.uint64).view(np.float64)
    with np.errstate(invalid="ignore"):
        x = np.concatenate([np.ones(2_000), nan, [math.inf, -math.inf], nan]).astype(
            dtype
        )
    for data in (x, [x[:7], x[7:]]):
        with pytest.raises(
            ValueError, match=r"^x must not hold NaN, got 2 of 2004, the first at 2000$"
        ):
            tr.median(data)


def test_infinite_values_have_their_place():
    x = np.array([1.0, 2.0, math.inf, math.inf])
    assert tr.quantile(x, [0.0, 1 / 3, 0.4, 1.0]).tolist() == [
        1.0,
        2.0,
        math.inf,
        math.inf,
    ]
    assert tr.median(x) == math.inf
    assert tr.quantile([-math.inf, 5.0], 0.5) == -math.inf


def test_what_hands_out_its_chunks_only_once_is_refused():
    class Once:
        def __init__(self):
            self.chunks = iter([np.ones(3)])

        def __iter__(self):
            return self.chunks

    with pytest.raises(
        TypeError, match=r"^x must be an array, or an iterable that can be"
    ):
        tr.median(Once())


def test_what_no_double_holds_is_refused_in_any_number():
    third = np.full(20_000, np.longdouble(1) / 3)
    for x in (third[:5], third):
        with pytest.raises(
            ValueError, match=r"^x must hold numbers that are exact as float64"
        ):
            tr.median(x)


@pytest.mark.parametrize(
    "x",
    [
        np.array([], dtype=int),
        [np.empty(0, dtype=int)],
        [],
        np.empty((0, 3)),
        [np.empty(0)],
        [np.empty(0), np.empty(0)],
    ],
)
def test_no_values_are_refused(x):
    with pytest.raises(ValueError, match=r"^x must not be empty"):
        tr.median(x)


@pytest.mark.parametrize("x", ["abc", [["a"]], None, True, [None], {"a": 1}, 1j, [1j]])
def test_what_holds_no_numbers_is_refused(x):
    with pytest.raises((TypeError, ValueError), match=r"^x must "):
        tr.quantile(x, 0.5)


def test_what_can_be_gone_through_only_once_is_refused():
    with pytest.raises(
        TypeError,
        match=r"^x must be an array, or an iterable that can be gone through again",
    ):
        tr.median(np.ones(3) for _ in range(2))
    with pytest.raises(
        TypeError, match=r"^x must hold chunks of one type, got float64, int64"
    ):
        tr.median([np.ones(3), np.ones(3, dtype=int)])


@pytest.mark.parametrize("q", [-0.1, 1.1, math.nan, [0.5, 2]])
def test_levels_out_of_range_are_refused(q):
    with pytest.raises(ValueError, match=r"^q must be >= 0 and <= 1, got "):
        tr.quantile([1.0], q)
