"""L-moments of data: python/tailrace/l_moments.py."""

from __future__ import annotations

import copy
import math
import pickle
import re
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose
from scipy import stats

X = tr.Pareto(1.2).sample(30, rng=5)


def by_subsets(x, order):
    """Return an L-moment as its definition has it, in exact arithmetic."""
    total, subsets = Fraction(0), list(combinations(x, order))
    for subset in subsets:
        ordered = sorted(map(Fraction, subset), reverse=True)
        signs = [(-1) ** j * math.comb(order - 1, j) for j in range(order)]
        total += sum(s * v for s, v in zip(signs, ordered, strict=True))
    return total / (order * len(subsets))


def by_probability_weights(x, order):
    """Return an L-moment from probability-weighted moments, in exact arithmetic."""
    size, ordered, r = len(x), sorted(map(Fraction, x)), order - 1
    total = Fraction(0)
    for j in range(order):
        weights = [math.comb(i, j) for i in range(size)]
        b = sum(w * v for w, v in zip(weights, ordered, strict=True))
        b /= size * math.comb(size - 1, j)
        total += (-1) ** (r - j) * math.comb(r, j) * math.comb(r + j, j) * b
    return total


@pytest.mark.parametrize("size", [1, 2, 5, 8])
@pytest.mark.parametrize("shift", [0.0, -3.0])
def test_l_moments_are_averages_over_all_subsets(size, shift):
    x = X[:size] + shift
    got = tr.l_moments(x, order=size)
    want = [float(by_subsets(x, r)) for r in range(1, size + 1)]
    assert_allclose(got.moments, want, rtol=1e-13, atol=1e-15 * np.max(np.abs(x)))


def test_high_orders_and_large_shifts_keep_their_digits():
    for x in (X, np.floor(X) + 2.0**40):
        got = tr.l_moments(x, order=12).moments
        want = [float(by_probability_weights(x, r)) for r in range(1, 13)]
        assert_allclose(got, want, rtol=1e-12, atol=1e-14 * np.ptp(x))


@pytest.mark.skipif(not hasattr(stats, "lmoment"), reason="SciPy below 1.15")
@pytest.mark.parametrize("size", [4, 10, 10_000])
def test_l_moments_agree_with_scipy(size):
    x = tr.Exponential().sample(size, rng=1)
    got = tr.l_moments(x)
    want = stats.lmoment(x, order=[1, 2, 3, 4], standardize=False)
    assert_allclose(got.moments, want, rtol=1e-9, atol=1e-13)
    ratios = stats.lmoment(x, order=[3, 4], standardize=True)
    assert_allclose([got.tau3, got.tau4], ratios, rtol=1e-9, atol=1e-13)


def test_the_parts_have_their_names_and_ratios_their_reasons():
    got = tr.l_moments(X, order=3)
    assert [got.l1, got.l2, got.l3] == got.moments.tolist()
    assert (got.tau, got.tau3) == (got.l2 / got.l1, got.l3 / got.l2)
    assert (got.ratio(3), got.size) == (got.tau3, 30)
    assert math.isnan(got.l4)
    assert got.l4.reason == got.tau4.reason == "only 3 were asked for"
    assert tr.l_moments([2.0, 2.0, 2.0], 3).tau3.reason == "l2 is 0"
    assert tr.l_moments([-1.0, 1.0], 2).tau.reason == "l1 is 0"
    columns = got.to_dict()
    assert columns["order"] == [1, 2, 3]
    assert columns["ratio"][2] == got.tau3
    assert {len(column) for column in columns.values()} == {3}


def test_results_are_frozen_and_keep_what_they_know():
    got = tr.l_moments(X)
    assert not got.moments.flags.writeable
    with pytest.raises(AttributeError):
        got.size = 1
    for copied in (copy.copy(got), pickle.loads(pickle.dumps(got))):
        assert copied.moments.tolist() == got.moments.tolist()
    pandas = pytest.importorskip("pandas")
    assert isinstance(got.to_frame(), pandas.DataFrame)


def test_extreme_values_are_answered_without_warnings():
    got = tr.l_moments([-1.7e308, 0.0, 1.7e308], 3)
    assert got.moments.tolist() == [0.0, pytest.approx(1.7e308 / 1.5), 0.0]
    assert tr.l_moments([1.7e308, 1.6e308], 1).l1 == pytest.approx(1.65e308)
    assert tr.l_moments([3, math.nan, 5], 2, nan="omit").moments.tolist() == [4, 1]


@pytest.mark.parametrize(
    ("name", "x", "order", "error"),
    [
        ("x", None, 1, TypeError),
        ("x", ["a"], 1, TypeError),
        ("x", [], 1, ValueError),
        ("x", [[1.0]], 1, ValueError),
        ("x", [1.0, math.nan], 1, ValueError),
        ("x", [1.0, math.inf], 1, ValueError),
        ("order", [1.0, 2.0], 3, ValueError),
        ("order", [1.0, 2.0], 0, ValueError),
        ("order", [1.0, 2.0], 2.0, TypeError),
        ("order", [1.0, 2.0], None, TypeError),
        ("order", [1.0, 2.0], 10**30, ValueError),
    ],
)
def test_bad_input_is_refused_in_a_sentence(name, x, order, error):
    with pytest.raises(error) as caught:
        tr.l_moments(x, order)
    assert re.fullmatch(rf"{name} must .*, got .+", str(caught.value))


def test_words_for_nan_and_ratios_are_checked():
    with pytest.raises(ValueError, match="nan must be 'raise' or 'omit', got 'drop'"):
        tr.l_moments(X, nan="drop")
    with pytest.raises(ValueError, match="x must hold a value other than NaN, got"):
        tr.l_moments([math.nan], nan="omit")
    with pytest.raises(ValueError, match="order must be >= 3, got 2"):
        tr.l_moments(X).ratio(2)
