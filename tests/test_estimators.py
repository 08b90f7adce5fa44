"""Estimators of data in pieces: any order, any cut, any type; exact, and all or nothing."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from threading import Thread

import numpy as np
import pytest
import tailrace as tr
from estimator_twin import Twin, is_within, rounded
from numpy.testing import assert_array_equal

N = 5_000  # two blocks and a part of one
G = np.random.default_rng(20261125)
PARETO = G.pareto(1.2, N) + 1

ORDERS = {
    "sorted": np.sort(PARETO),
    "reversed": np.sort(PARETO)[::-1].copy(),
    "zoom in": np.where(np.arange(N) % 2 == 0, 1, -1) * 2.0 ** -np.linspace(0, 999, N),
    "repeats": G.integers(0, 5, N).astype(float),
    "all equal": np.full(N, 0.1),
    "alternating extremes": np.where(np.arange(N) % 2 == 0, 1.7e308, -1.7e308),
    "denormals": G.integers(-(2**40), 2**40, N) * 5e-324,
    "huge": np.full(N, 1e308),
    "mixed signs": G.standard_cauchy(N),
    "cancelling": np.concatenate([PARETO[: N // 2], -PARETO[: N // 2]]),
    "every exponent": G.choice([-1, 1], N) * 2.0 ** G.integers(-1074, 1024, N),
    "heavier than any mean": np.minimum((1 - G.random(N)) ** (-1 / 0.1), 1e300),
    "zeros and ones": G.integers(0, 2, N).astype(float),
    "one": np.array([3.5]),
}
every_order = pytest.mark.parametrize("x", ORDERS.values(), ids=ORDERS)
QS = np.array([0.0, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.9999, 1.0])
MAKERS = {
    "mean": lambda: tr.Mean(),
    "mean of two moments": lambda: tr.Mean(moments=2),
    "quantiles": lambda: tr.Quantiles(),
    "fine quantiles": lambda: tr.Quantiles(1e-5),
    "coarse quantiles": lambda: tr.Quantiles(0.5),
    "top": lambda: tr.TopK(10),
    "bottom": lambda: tr.TopK(10, largest=False),
    "summary": lambda: tr.Summary(),
}
every_estimator = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def seen(make, *parts, **options):
    one = make()
    for part in parts:
        one.update(part, **options)
    return one


@cache
def exact_sums(data):
    """Return sum, mean and variance: every instruction set asks for the same."""
    twin = Twin(np.frombuffer(data).tolist())
    return rounded(twin.sum()), twin.mean(), twin.var() if len(data) > 8 else None


@every_order
def test_sums_are_exact_and_rounded_once(isa, x):
    total, mean, var = exact_sums(x.tobytes())
    for one in (
        seen(tr.Mean, x),
        seen(tr.Summary, x),
        seen(MAKERS["mean of two moments"], x),
    ):
        assert one.count == len(x)
        assert (one.min, one.max) == (x.min(), x.max())
        assert one.sum == total
        assert one.mean() == mean
    if len(x) > 1:
        assert seen(tr.Summary, x).var() == var


@every_order
@pytest.mark.parametrize("error", [1e-3, 1e-5, 0.5])
def test_every_quantile_keeps_its_promise(isa, x, error):
    sketch = seen(lambda: tr.Quantiles(error), x)
    assert sketch.relative_error <= error
    want = np.quantile(x, QS, method="inverted_cdf")
    for got, exact in zip(sketch.quantile(QS), want, strict=True):
        assert is_within(got, exact, sketch.relative_error)
    assert (sketch.quantile(0.0), sketch.quantile(1.0)) == (x.min(), x.max())


@every_order
@every_estimator
def test_neither_order_nor_cuts_nor_merging_leave_a_trace(isa, x, make):
    whole = seen(make, x)
    shuffled = seen(make, np.random.default_rng(1).permutation(x))
    halves = [seen(make, part) for part in np.array_split(x, 2)]
    scalars = [seen(make, float(v)) for v in x[:3]]
    sevenths = sum(seen(make, part) for part in np.array_split(x, 7))
    assert (
        whole == shuffled == halves[0] + halves[1] == halves[1] + halves[0] == sevenths
    )
    assert len({e.to_bytes() for e in (whole, shuffled, halves[0] + halves[1])}) == 1
    assert sum(scalars) == seen(make, x[:3])
    assert whole.copy() + make() == whole


def test_large_arrays_give_the_same_on_any_number_of_threads(isa):
    x = np.random.default_rng(2).pareto(0.9, 700_000)
    for make in MAKERS.values():
        whole = seen(make, x, threads=1)
        assert whole == seen(make, x, threads=3) == seen(make, x[:1000], x[1000:])
    assert seen(tr.Mean, x).sum == math.fsum(x)


# Types and layouts.

INTEGERS = np.random.default_rng(3).integers(-100, 100, (7, 11))
LAYOUTS = {
    "float32": INTEGERS.astype("f4") / 8,
    "float16": INTEGERS.astype("f2") / 8,
    "big-endian": INTEGERS.astype(">f8") / 8,
    "not contiguous": (INTEGERS / 8)[::2, ::3],
    "transposed": (INTEGERS / 8).T,
    "reversed": (INTEGERS / 8)[::-1, ::-1],
    "long": (INTEGERS / 8).astype(np.longdouble),
    "list": (INTEGERS / 8).tolist(),
    "python integers": INTEGERS.tolist(),
    "objects": np.array([1, 2.5, Fraction(1, 4), 2**80], dtype=object),
    "frozen": np.broadcast_to(1.5, (3, 4)),
    "not aligned": np.frombuffer(bytes(1) + np.arange(9.0).tobytes(), offset=1),
    "beyond 2^53": np.array([2**62, -(2**60), 3]),
    "unsigned": np.array([2**63, 1], dtype=np.uint64),
    "scalar array": np.array(2.5),
    "integer": 7,
    "many blocks": np.arange(200_000, dtype=np.int32),
    "many strided": np.arange(300_000.0)[::2],
}
for _code in np.typecodes["AllInteger"]:
    LAYOUTS[f"integers {_code}"] = abs(INTEGERS).astype(_code)


@pytest.mark.parametrize("x", LAYOUTS.values(), ids=LAYOUTS)
def test_every_type_and_layout_is_taken_exactly(x):
    plain = [float(v) for v in np.asarray(x).ravel().tolist()]
    for make in MAKERS.values():
        assert seen(make, x) == seen(make, np.array(plain))
    assert seen(tr.Mean, x).sum == math.fsum(plain)


@pytest.mark.parametrize(
    "x",
    [
        [2**53 + 1], np.array([1, 2**63 - 1]), np.array([2**64 - 1], dtype=np.uint64),
        np.array([np.longdouble(1) / 3]), [Fraction(1, 3)], [10**400], 2**53 + 1,
    ],
    ids=str,
)  # fmt: skip
def test_numbers_that_no_double_holds_are_refused_in_words(x):
    mean = seen(tr.Mean, 1.0)
    with pytest.raises(
        ValueError, match=r"^x must hold numbers that are exact as float64"
    ):
        mean.update(x)
    assert mean == seen(tr.Mean, 1.0)


@pytest.mark.parametrize(
    "x", [None, "1", b"1", [1j], True, [False], ["a"], [None], {}, object(), [[1], [2, 3]],
          np.array(["2020"], dtype="M8[Y]")], ids=str,
)  # fmt: skip
def test_what_is_no_number_is_refused(x):
    for make in MAKERS.values():
        with pytest.raises((TypeError, ValueError), match=r"^x must "):
            make().update(x)


def test_masked_values_are_left_out():
    x = np.ma.array([[1.0, 2.0], [math.nan, 4.0]], mask=[[0, 0], [1, 0]])
    assert seen(tr.Summary, x) == seen(tr.Summary, [1.0, 2.0, 4.0])
    weights = [[1, 0], [9, 2]]
    assert seen(tr.Summary, x, weights=weights) == seen(tr.Summary, [1.0, 4.0, 4.0])


def test_nothing_is_a_piece_too():
    for make in MAKERS.values():
        for nothing in ([], np.empty((0, 3)), np.ma.masked_all(3), [[]]):
            assert seen(make, nothing) == make()
            assert make().count == 0


# NaN.


@every_estimator
@pytest.mark.parametrize("size", [1, 100, 5_000, 300_000])
@pytest.mark.parametrize("dtype", ["f8", "f4", ">f8"])
def test_nan_is_refused_with_its_place_and_nothing_is_taken(make, size, dtype):
    x = np.ones(size, dtype=dtype)
    x[-1] = math.nan
    one = seen(make, 2.0)
    with pytest.raises(
        ValueError,
        match=rf"^x must not hold NaN, got 1 of {size}, the first at {size - 1}$",
    ):
        one.update(x)
    assert one == seen(make, 2.0)
    one.update(x, nan="omit")
    assert one == seen(make, 2.0, np.ones(size - 1))


def test_nan_among_weighted_values_is_refused_or_omitted_with_its_weight():
    one = tr.Mean()
    with pytest.raises(ValueError, match="x must not hold NaN, got 1 of 2"):
        one.update([math.nan, 1.0], weights=[0, 1])
    one.update([math.nan, 1.0], weights=[5, 2], nan="omit")
    assert one == seen(tr.Mean, [1.0, 1.0])
    with pytest.raises(
        ValueError, match=r"^nan must be 'raise' or 'omit', got 'drop'$"
    ):
        one.update(1.0, nan="drop") or one.update([1.0], nan="drop")


# Weights and labels.


@every_order
@every_estimator
def test_weights_are_repeats(x, make):
    weights = np.random.default_rng(4).integers(0, 4, x.shape)
    assert seen(make, x, weights=weights) == seen(make, np.repeat(x, weights))
    assert seen(make, x, weights=2) == seen(make, x, x)


def test_weights_may_be_large():
    one = seen(tr.Summary, [1.0, 3.0], weights=[10**15, 10**15])
    assert (one.count, one.mean(), one.sum) == (2 * 10**15, 2.0, 4e15)
    assert one.quantile([0.4, 0.6]) == pytest.approx([1.0, 3.0], rel=1e-3)
    assert one.var(0) == 1.0
    with pytest.raises(ValueError, match=r"^count must be <= 2\^62, got more values"):
        one.update(1.0, weights=2**62)
    assert one.count == 2 * 10**15
    full = seen(tr.Mean, 1.0, weights=2**62)
    with pytest.raises(ValueError, match=r"^count must be <= 2\^62"):
        full.merge(full)
    assert full.count == 2**62


@pytest.mark.parametrize(
    ("weights", "error"),
    [(-1, ValueError), ([1, 2, 3], ValueError), (1.5, TypeError), (True, TypeError),
     ("1", TypeError), (None, None), (2**63, ValueError)],
)  # fmt: skip
def test_weights_that_are_none_are_refused(weights, error):
    mean = tr.Mean()
    if error is None:
        mean.update([1.0, 2.0], weights=weights)
        return
    with pytest.raises(error, match=r"^weights must "):
        mean.update([1.0, 2.0], weights=weights)
    with pytest.raises(error, match=r"^labels must "):
        tr.TopK(1).update([1.0, 2.0], labels=weights)


@every_order
def test_the_extremes_come_with_their_labels(isa, x):
    labels = np.arange(len(x))
    twin = Twin(x.tolist(), labels.tolist())
    for largest in (True, False):
        want = twin.largest(20) if largest else twin.smallest(20)
        parts = []
        for cut in np.array_split(labels, 3):
            part = tr.TopK(20, largest)
            part.update(x[cut], labels=cut)
            parts.append(part)
        for order in ([0, 1, 2], [2, 0, 1]):
            top = sum(parts[i] for i in order)
            assert (top.values.tolist(), top.labels.tolist()) == want
            assert top.to_dict()["label"] == want[1]


def test_a_value_without_a_label_has_none():
    top = seen(lambda: tr.TopK(3), [1.0, 5.0])
    top.update([math.inf, 4.0], labels=[7, 8])
    assert_array_equal(top.values, [math.inf, 5.0, 4.0])
    assert_array_equal(top.labels, [7, -1, 8])


def test_weights_and_labels_have_the_shape_of_the_values_or_none():
    for part in ([], np.empty((0, 2)), np.ma.masked_all(2)):
        one = tr.TopK(2)
        one.update(part, weights=np.ones(np.shape(part), dtype=int), labels=3)
        one.update(part, weights=part if isinstance(part, list) else 1)
        assert one.count == 0
    for wrong in ([1, 2], [[1], [2]], [[1, 1]]):
        with pytest.raises(
            ValueError, match=r"^weights must have the shape of x, \(2, 3\), got"
        ):
            tr.Mean().update(np.ones((2, 3)), weights=wrong)
    masked = np.ma.array([1, None, 3], mask=[0, 1, 0], dtype=object)
    assert seen(tr.Mean, masked).sum == 4.0


# Threads.


@every_estimator
def test_threads_that_update_and_merge_one_estimator_lose_nothing(make):
    shared = make()
    parts = np.random.default_rng(5).normal(size=(4, 30_000))
    other = seen(make, parts[0])

    def work(part):
        for chunk in np.array_split(part, 20):
            shared.update(chunk)
        shared.update(float(part[0]))
        shared.merge(other)
        shared.copy()
        assert shared.count > 0
        shared.to_bytes()

    threads = [Thread(target=work, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shared == seen(make, parts, parts[:, 0], *[parts[0]] * 4)


def test_an_estimator_can_be_merged_with_itself():
    x = np.random.default_rng(6).normal(size=3000)
    for make in MAKERS.values():
        one = seen(make, x)
        one.merge(one)
        assert one == seen(make, x, x)
