"""Running means and medians against plain twins, and windows that move."""

from __future__ import annotations

import copy
import math
import pickle
from fractions import Fraction

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_array_equal

G = np.random.default_rng(31)
DATA = {
    "Pareto": G.pareto(0.8, 501) + 1,
    "Cauchy": G.standard_cauchy(500),
    "ties": G.integers(0, 4, 300).astype(float),
    "sorted": np.arange(100.0),
    "reversed": np.arange(100.0)[::-1].copy(),
    "all equal": np.full(50, 0.1),
    "huge": G.choice([1.7e308, -1.7e308, 1e308], 60),
    "denormals": G.integers(-9, 9, 60) * 5e-324,
    "one": np.array([2.5]),
    "none": np.empty(0),
}
every_data = pytest.mark.parametrize("x", DATA.values(), ids=DATA)


@every_data
def test_running_medians_are_those_of_every_beginning(x):
    def middle(values):
        ordered, n = sorted(map(Fraction, values.tolist())), len(values)
        return float((ordered[(n - 1) // 2] + ordered[n // 2]) / 2)

    assert_array_equal(
        tr.running_median(x), [middle(x[: i + 1]) for i in range(len(x))]
    )


@every_data
def test_running_means_are_within_an_ulp_for_one_sign(x):
    x = np.abs(x) / 2.0**11  # so that no sum is infinite
    exact = np.cumsum([Fraction(v) for v in x.tolist()]) if len(x) else []
    want = np.array([float(s / (i + 1)) for i, s in enumerate(exact)])
    assert np.all(np.abs(tr.running_mean(x) - want) <= np.spacing(want))


def test_running_means_of_both_signs_keep_what_cancels():
    x = np.array([1e16, 1.0, -1e16, 1.0])
    assert tr.running_mean(x)[3] == 0.5
    assert tr.running_mean([1e308] * 5).tolist() == [1e308] * 5
    carried = tr.running_mean([5e-324, 1.5e308, 1.5e308, -1.5e308, -1.5e308])
    assert carried.tolist()[2:] == [1e308, 3.75e307, 0.0]
    late = tr.running_mean([1e308, 1e308, math.inf, 1.0])
    assert late.tolist() == [1e308, 1e308, math.inf, math.inf]
    assert np.isnan(tr.running_mean([math.inf, -math.inf])[1])
    assert tr.running_median([math.inf, 1.0, -math.inf]).tolist() == [
        math.inf,
        math.inf,
        1.0,
    ]


@pytest.mark.parametrize("run", [tr.running_mean, tr.running_median])
def test_they_run_along_any_axis_of_any_layout(run):
    x = G.normal(size=(4, 5, 6))
    for axis in (-3, -2, -1, 0, 1, 2):
        want = np.apply_along_axis(run, axis, x)
        for same in (x, np.asfortranarray(x), x.astype(">f8"), x.tolist(), x[::1, ::1]):
            got = run(same, axis)
            assert (got.dtype, got.shape) == (np.float64, x.shape)
            assert_array_equal(got, want)
    assert_array_equal(run(np.arange(5, dtype=np.int8)), run(np.arange(5.0)))
    assert run(np.empty((3, 0))).shape == (3, 0)
    assert run(np.ma.array(x)).shape == x.shape


@pytest.mark.parametrize("run", [tr.running_mean, tr.running_median])
@pytest.mark.parametrize(
    ("x", "error"),
    [(1.0, ValueError), ([[1.0, math.nan]], ValueError), ("a", TypeError), ([True], TypeError),
     (np.ma.array([1.0, 2.0], mask=[0, 1]), ValueError), ([2**53 + 1], ValueError)],
)  # fmt: skip
def test_what_does_not_run_is_refused(run, x, error):
    with pytest.raises(error, match=r"^x must "):
        run(x)
    for axis in (1, -2, 0.5, "a", None):
        with pytest.raises((TypeError, ValueError), match=r"^axis must be "):
            run([1.0], axis)


# Windows.

EMPTY = {
    "mean": tr.Mean(),
    "quantiles": tr.Quantiles(),
    "top": tr.TopK(3),
    "summary": tr.Summary(),
    "medians": tr.MedianOfMeans(3),
}
every_estimator = pytest.mark.parametrize("empty", EMPTY.values(), ids=EMPTY)


def seen(empty, x):
    one = empty.copy()
    one.update(x)
    return one


@every_estimator
@pytest.mark.parametrize(
    ("window", "parts"),
    [(1, 1), (10, 1), (100, 10), (101, 7), (50, 50), (11, 10), (101, 100)],
)
def test_a_window_has_seen_the_last_values_and_at_most_a_part_more(
    empty, window, parts
):
    x = G.normal(size=400)
    size = -(-window // parts)
    one, at = tr.Moving(empty, window, parts), 0
    for step in [1, 3, 0, 17, 200, 5, 60, 114]:
        one.update(x[at : at + step])
        at += step
        now = one.now()
        assert min(at, window) <= now.count < window + size
        if not isinstance(empty, tr.MedianOfMeans):
            assert now == seen(empty, x[at - now.count : at])
    all_at_once = tr.Moving(empty, window, parts)
    all_at_once.update(x)
    assert all_at_once == one


@every_estimator
def test_a_window_is_a_value(empty):
    one = tr.Moving(empty, 30, 4)
    for same in (
        copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m)),
        lambda m: tr.Moving.from_bytes(m.to_bytes()), tr.Moving.copy,
    ):  # fmt: skip
        again = same(one)
        assert again == one
        assert (again.window, again.parts, again.now()) == (30, 4, one.now())
        again.update(np.arange(20.0))
        assert again != one
        one.update(np.arange(20.0))
        assert again == one
    assert one != 3
    assert one.nbytes > 0
    assert repr(one).startswith(f"Moving({type(empty).__name__}(")


def test_bytes_that_are_no_window_are_refused():
    data = tr.Moving(tr.Mean(), 30, 4).to_bytes()
    for i in range(len(data)):
        with pytest.raises(ValueError, match=r"^data must "):
            tr.Moving.from_bytes(bytes([*data[:i], data[i] ^ 4, *data[i + 1 :]]))
    for bad in (b"", b"x" * 99, tr.Mean().to_bytes(), tr.MedianOfMeans(3).to_bytes()):
        with pytest.raises(ValueError, match=r"^data must "):
            tr.Moving.from_bytes(bad)
    with pytest.raises(TypeError, match=r"^data must be bytes"):
        tr.Moving.from_bytes(None)


def test_windows_that_cannot_be_are_refused():
    for bad in (None, 3, tr.Mean, np.mean):
        with pytest.raises(TypeError, match=r"^estimator must be an Estimator"):
            tr.Moving(bad, 10)
    with pytest.raises(ValueError, match=r"^estimator must be empty"):
        tr.Moving(seen(tr.Mean(), 1.0), 10)
    for window in (0, -1, 1.5, "a"):
        with pytest.raises((TypeError, ValueError), match=r"^window must be "):
            tr.Moving(tr.Mean(), window)
    for parts in (0, 11, 1.5):
        with pytest.raises((TypeError, ValueError), match=r"^parts must be "):
            tr.Moving(tr.Mean(), 10, parts)
    one = tr.Moving(tr.Mean(), 10)
    with pytest.raises(ValueError, match=r"^x must not hold NaN"):
        one.update([1.0, math.nan])
    assert one.now().count == 0
    one.update([1.0, math.nan], nan="omit")
    assert one.now().count == 1
