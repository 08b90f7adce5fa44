"""Means of order statistics from data: order_means.py and order_weights.py."""

from __future__ import annotations

import copy
import math
import pickle
import re
from fractions import Fraction
from functools import partial
from itertools import combinations, product

import mpmath
import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import ndtr
from stat_checks import assert_binomial
from tailrace.order_weights import DEEPEST, tail_shapes, weighted_ranks

MEAN = tr.order_statistic_mean
INF = math.inf
TIMES = tr.Pareto(1.2).sample(40, rng=5)


def by_subsets(x, k, n):
    """Return the average over all subsets, in exact arithmetic: the definition."""
    chosen = [Fraction(sorted(subset)[k - 1]) for subset in combinations(x, n)]
    return sum(chosen) / len(chosen)


def by_combinations(x, k, n):
    """Return the same from exact weights."""
    size, ordered = len(x), sorted(map(Fraction, x))
    weights = [exact_weight(size, i, k, n) for i in range(1, size + 1)]
    return sum(w * v for w, v in zip(weights, ordered, strict=True))


def exact_weight(size, i, k, n):
    ways = math.comb(i - 1, k - 1) * math.comb(size - i, n - k)
    return Fraction(ways, math.comb(size, n))


def by_deletion(x, k, n):
    """Return the jackknife's standard error, one deletion after the other."""
    size = len(x)
    left = [by_combinations(np.delete(x, j), k, n) for j in range(size)]
    mean = sum(left) / size
    squares = sum((value - mean) ** 2 for value in left)
    return math.sqrt(squares * Fraction(size - 1, size))


def weights_of(size, n, k):
    """Return the first rank of notable weight, and the weights from there."""
    rows = weighted_ranks(size, np.array([n]), np.array([k]), DEEPEST)
    ((_, first, weights),) = rows
    return int(first[0]), weights[0]


# The estimate.


@pytest.mark.parametrize("size", range(1, 9))
def test_the_estimate_is_the_average_over_all_subsets(size):
    x = TIMES[:size]
    for n in range(1, size + 1):
        for k in range(1, n + 1):
            want = float(by_subsets(x, k, n))
            assert pytest.approx(want, rel=4e-15) == MEAN(x, k, n)
            assert MEAN(x, k - n - 1, n) == MEAN(x, k, n)


@pytest.mark.parametrize("x", [TIMES, np.log(TIMES) - 1, np.repeat([0.0, 1.0, 7], 13)])
def test_all_n_and_k_at_once_agree_with_exact_fractions(x):
    size = len(x)
    n, k = (a.ravel() for a in np.mgrid[1 : size + 1, 1 : size + 1])
    n, k = n[k <= n], k[k <= n]
    got = MEAN(x, k, n)
    want = [float(by_combinations(x, *pair)) for pair in zip(k, n, strict=True)]
    # Weights sum to 1, so that the rounding is one of the largest value.
    largest = [math.fsum(abs(x) / size) for _ in n]
    assert_allclose(got.estimate, want, rtol=1e-14, atol=2e-15 * max(largest))
    for i in range(0, n.size, 97):
        assert got.estimate[i] == pytest.approx(MEAN(x, int(k[i]), int(n[i])), 1e-14)


def test_the_estimate_is_unbiased():
    # Every sample of 5 from a law on 3 values, with its exact chance.
    values, chances = [1.0, 2.0, 10.0], [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]
    law = dict(zip(values, chances, strict=True))
    for n, k in ((1, 1), (2, 1), (3, 2), (4, -1)):
        rank = k if k > 0 else n + 1 + k
        truth = sum(
            math.prod(law[v] for v in draw) * Fraction(sorted(draw)[rank - 1])
            for draw in product(values, repeat=n)
        )
        expected = math.fsum(
            float(math.prod(law[v] for v in draw)) * MEAN(draw, k, n)
            for draw in product(values, repeat=5)
        )
        assert expected == pytest.approx(float(truth), rel=1e-14)


def test_the_ends_are_the_mean_the_smallest_and_the_largest():
    assert pytest.approx(TIMES.mean(), rel=1e-15) == MEAN(TIMES, 1, 1)
    assert MEAN(TIMES, 1, 40) == TIMES.min()
    assert MEAN(TIMES, -1, 40) == TIMES.max()
    assert MEAN(TIMES, 20, 40) == np.sort(TIMES)[19]
    assert MEAN([7.0], 1, 1) == 7.0


def test_of_zeros_and_ones_it_is_pass_at_n():
    size, right = 50, 3
    x = [1] * right + [0] * (size - right)
    for n in (1, 5, 20, 47, 48):
        want = 1 - math.comb(size - right, n) / math.comb(size, n)
        assert pytest.approx(want, rel=1e-14) == MEAN(x, -1, n)


def test_ties_and_order_do_not_matter():
    x = np.array([3.0, 1, 2, 2, 2, 9, 2, 1])
    want = float(by_subsets(x, 2, 4))
    for seed in range(5):
        shuffled = np.random.default_rng(seed).permutation(x)
        assert pytest.approx(want, rel=1e-15) == MEAN(shuffled, 2, 4)


# The weights.


@pytest.mark.parametrize("size", [1, 2, 3, 10, 60])
def test_weights_agree_with_exact_fractions(size):
    for n in range(1, size + 1):
        for k in {1, 2, (n + 1) // 2, n - 1, n} & set(range(1, n + 1)):
            first, weights = weights_of(size, n, k)
            want = [exact_weight(size, first + j, k, n) for j in range(weights.size)]
            assert_allclose(weights, np.array(want, float), rtol=3e-15)
            assert math.fsum(weights) == pytest.approx(1.0, rel=4e-16)
            assert weights.size == size - n + 1  # nothing is left out


@pytest.mark.parametrize(
    ("size", "n", "k"),
    [(10**5, 2, 1), (10**5, 10, 3), (10**5, 5 * 10**4, 25_000), (10**5, 10**3, 10**3),
     (10**5, 99_999, 5), (10**6, 2, 1), (10**6, 2, 2), (10**6, 3, 2), (10**6, 999, 1),
     (10**6, 5 * 10**5, 250_000), (10**6, 999_000, 999_000)],
)  # fmt: skip
def test_weights_keep_their_digits_however_many_values_there_are(size, n, k):
    first, weights = weights_of(size, n, k)
    assert math.fsum(weights) == pytest.approx(1.0, rel=1e-15)
    assert weights.min() > 1e-300

    def log_comb(a, b):
        return (
            mpmath.loggamma(a + 1) - mpmath.loggamma(b + 1) - mpmath.loggamma(a - b + 1)
        )

    with mpmath.workdps(40):
        whole = log_comb(size, n)
        for j in np.unique(np.linspace(0, weights.size - 1, 50).astype(int)):
            i = first + int(j)
            log_ways = log_comb(i - 1, k - 1) + log_comb(size - i, n - k)
            want = mpmath.exp(log_ways - whole)
            assert abs(weights[j] / want - 1) < 3e-13


def test_a_small_weight_times_a_large_value_is_not_forgotten():
    x = np.append(np.full(99, 1e-290), 1e290)
    assert pytest.approx(float(by_combinations(x, 1, 1)), rel=1e-14) == MEAN(x, 1, 1)
    x = np.append(np.zeros(2000), [1.0])
    want = float(exact_weight(2001, 2001, 50, 50))
    assert pytest.approx(want, rel=1e-13) == MEAN(x, 50, 50)
    x = np.append(np.zeros(2000), np.ones(100))  # all weight on zeros but 1e-140
    want = float(sum(exact_weight(2100, i, 1, 90) for i in range(2001, 2101)))
    assert pytest.approx(want, rel=1e-12) == MEAN(x, 1, 90)


def test_a_million_values_and_many_n_fit_in_memory():
    x = np.arange(1.0, 10**6 + 1)
    n = np.array([1, 2, 10, 1000, 10**5, 999_999, 10**6])
    for k in (1, -1):
        least = (10**6 + 1) / (n + 1)  # the mean rank of the smallest of n
        want = least if k == 1 else 10**6 + 1 - least
        assert_allclose(MEAN(x, k, n).estimate, want, rtol=2e-14)
    n = np.arange(1, 3001)
    got = MEAN(x[:3000], (n + 1) // 2, n).estimate
    assert_allclose(got, (n + 1) // 2 * 3001 / (n + 1), rtol=1e-13)


# The standard error and the interval.


@pytest.mark.parametrize("x", [TIMES[:9], TIMES[:9] - 5, [1, 1, 1, 2, 2, 5, 5, 9.0]])
def test_the_standard_error_is_that_of_the_jackknife(x):
    size = len(x)
    for n in range(1, size):
        for k in range(1, n + 1):
            want = by_deletion(x, k, n)
            assert MEAN(x, k, n).standard_error == pytest.approx(want, rel=1e-13)


def test_for_a_mean_the_error_and_interval_are_the_usual_ones():
    x = tr.Exponential().sample(50, rng=1)
    got = MEAN(x, 1, 1)
    error = x.std(ddof=1) / math.sqrt(50)
    assert got.standard_error == pytest.approx(error, rel=1e-14)
    span = got.confidence_interval(0.9)
    assert (span.low + span.high) / 2 == pytest.approx(got, rel=1e-14)
    assert span.high - got == pytest.approx(1.6765508926168537 * error, rel=1e-12)
    assert span.method == "jackknife, Student t with 49 degrees of freedom"


@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_the_error_ignores_a_shift_and_follows_a_scale(shift):
    x = np.floor(1000 * TIMES)
    want = MEAN(x, 2, 5).standard_error
    assert MEAN(x + shift, 2, 5).standard_error == pytest.approx(want, rel=1e-13)
    assert MEAN(8 * x, 2, 5).standard_error == pytest.approx(8 * want, rel=1e-14)


def test_the_errors_are_of_the_right_size_and_intervals_hold_the_truth():
    # The largest of 4 of Pareto(5), with finite variance: 2000 samples of 400. Of right
    # errors, the share of estimates above the truth and the share within z errors are
    # nearly normal; 0.08 is allowed for "nearly", and the rest is exact.
    law, runs = tr.Pareto(5), 2000
    truth = law.max_of(4).mean()
    table = law.sample((runs, 400), rng=11)
    found = [MEAN(x, -1, 4) for x in table]
    inside = sum(abs(e - truth) <= 1.0 * e.standard_error for e in found)
    within = 2 * ndtr(1.0) - 1
    for p in (within - 0.08, within + 0.08):
        if (inside / runs - p) * (within - p) < 0:
            assert_binomial(inside, runs, p, p_fail=1e-9)
    spread, error = np.std(found), np.mean([e.standard_error for e in found])
    assert error == pytest.approx(spread, rel=0.15)
    spans = [s for e in found if not (s := e.confidence_interval()).reason]
    assert len(spans) > 0.9 * runs
    held = sum(s.low < truth < s.high for s in spans)
    if held < 0.9 * len(spans):
        assert_binomial(held, len(spans), 0.9, p_fail=1e-9)


@pytest.mark.parametrize(
    ("x", "k", "n", "reason"),
    [
        (TIMES, 1, 40, "n is the number of values, 40: there is only one subset"),
        (TIMES, 1, 3, "the 40 values make 13 groups of 3, and the approximation needs"),
        (np.ones(40), 1, 2, "leaving out a value changes nothing"),
        (tr.Pareto(0.8).sample(1000, rng=1), -1, 4, "too heavy a tail: the tail index"),
        (-tr.Pareto(0.8).sample(1000, rng=1), 1, 4, "too heavy a tail: the tail index"),
        ([1.0, INF], 1, 1, "the estimate is inf, as too many values are"),
        ([-INF, INF], 1, 1, "inf and -inf both have weight"),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(x, k, n, reason):
    got = MEAN(x, k, n)
    span = got.confidence_interval()
    assert math.isnan(span.low)
    assert math.isnan(span.high)
    assert re.match(reason, span.reason)
    assert math.isfinite(got.standard_error) == (got.standard_error.reason == "")


def test_the_shape_of_tails_is_seen_from_the_data():
    for shape in (0.5, 1.0, 3.0):
        x = np.sort(tr.Pareto(shape).sample(100_000, rng=1))
        upper, lower = tail_shapes(x + 1e4)
        # Standard deviation sqrt(1 + xi^2) / sqrt(2154), and some bias.
        assert upper == pytest.approx(1 / shape, abs=0.25)
        assert lower < 0.25
        assert tail_shapes(-x[::-1])[1] == tail_shapes(x)[0]
    assert all(s < 0.25 for s in tail_shapes(np.sort(tr.Uniform().sample(999, rng=1))))


# Infinite values.


def test_infinite_values_count_only_where_they_have_weight():
    x = [INF, 2.0, 7.0, 4.0, INF, 1.0]
    for n in range(1, 7):
        for k in range(1, n + 1):
            got = MEAN(x, k, n)
            chosen = [sorted(subset)[k - 1] for subset in combinations(x, n)]
            assert pytest.approx(np.mean(chosen), rel=1e-15) == got
            assert math.isinf(got) == (n - k < 2)
            down = MEAN(-np.array(x), -k, n)
            assert down == pytest.approx(-got, rel=1e-15)
            if n < 6 and math.isfinite(got):
                finite = np.minimum(x, 1e3)  # what stands there has no weight
                assert got.standard_error == MEAN(finite, k, n).standard_error
    # Its weight is 1e-3000, and yet: the estimate is infinite.
    assert MEAN(np.append(np.ones(99_999), INF), 5000, 5000) == INF
    assert math.isnan(MEAN([-INF, 1.0, INF], 1, 1))
    assert MEAN([-INF, 1.0, 2.0, INF], 2, 3) == 1.5
    assert MEAN([INF, INF], 1, 2) == INF


# Manners.


def refused(name, call, *args, **kwargs):
    with pytest.raises((TypeError, ValueError)) as caught:
        call(*args, **kwargs)
    assert re.fullmatch(rf"{name} must .*, got .+", str(caught.value))
    return type(caught.value)


def test_bad_input_is_refused_in_a_sentence():
    for x in (None, "ab", [1j], [True], {}, object()):
        assert refused("x", MEAN, x, 1, 1) is TypeError
    for x in ([], [[1.0]], 3.0, [1.0, math.nan]):
        assert refused("x", MEAN, x, 1, 1) is ValueError
    with pytest.raises(ValueError, match="x must not be masked"):
        MEAN(np.ma.array([1, 2], mask=[0, 1]), 1, 1)
    assert refused("x", MEAN, [math.nan], 1, 1, nan="omit") is ValueError
    assert refused("nan", MEAN, [1.0], 1, 1, nan="ignore") is ValueError
    of_n, of_k = partial(MEAN, TIMES, 1), lambda k: MEAN(TIMES, k, 5)
    for call, name in ((of_n, "n"), (of_k, "k")):
        for value in (None, "3", 1.0, True, [1.0, 2.0], [True], ["a"], np.array(3.0)):
            assert refused(name, call, value) is TypeError
        for value in ([], [[1], [1, 2]], 0, [1, 0], 10**30, [1, 10**30], 2**64 - 1):
            assert refused(name, call, value) is ValueError
    for k in (6, -6, [1, 6]):
        assert refused("k", of_k, k) is ValueError
    assert refused("k", MEAN, TIMES, [1, 2], [3, 4, 5]) is ValueError
    with pytest.raises(
        ValueError, match="n must be <= the number of values, 10, got 11"
    ):
        MEAN(range(10), 1, 11)
    with pytest.raises(
        ValueError, match="x must not hold NaN, got 2 of 4, the first at 1"
    ):
        MEAN([1, math.nan, 2, math.nan], 1, 1)
    assert MEAN([1, math.nan, 2, math.nan], 1, 1, nan="omit") == 1.5


def test_values_of_any_form_give_the_same_answer():
    x = np.array([3, 1, 2, 5], dtype=np.float32)
    want = MEAN(x.tolist(), 1, 2)
    frozen = np.repeat(x, 2)[::2]
    frozen.flags.writeable = False
    for same in (x, x.astype(int), frozen, x.astype(">f8"), list(map(int, x))):
        assert MEAN(same, np.int8(1), np.uint64(2)) == want
    assert_array_equal(frozen, x)  # not sorted in place


def test_extreme_values_are_answered_without_warnings():
    for x in ([1e308, 1.7e308, -1.7e308], [5e-324, 1e-310, 0.0], [1e-300, 1e300, 1.0]):
        for n, k in ((1, 1), (2, 1), (2, 2), (3, 2)):
            want = float(by_subsets(x, k, n))
            assert pytest.approx(want, rel=1e-14, abs=1e-323) == MEAN(x, k, n)


def test_results_are_shaped_frozen_and_keep_what_they_know():
    curve = MEAN(TIMES, [[1], [-1]], [1, 2, 40])
    assert curve.estimate.shape == curve.n.shape == curve.k.shape == (2, 3)
    one = MEAN(TIMES, -1, 2)
    assert (curve.at((1, 1)), curve.at((1, 1)).standard_error) == (
        pytest.approx(one),
        pytest.approx(one.standard_error),
    )
    columns = curve.to_dict(confidence_level=0.9)
    assert {len(column) for column in columns.values()} == {6}
    assert columns["k"] == [1, 1, 1, -1, -1, -1]
    assert math.isnan(columns["low"][2])
    for copied in (copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert copied.standard_error == one.standard_error
        assert copied.confidence_interval() == one.confidence_interval()
    assert pickle.loads(pickle.dumps(curve)).to_dict().keys() == columns.keys()
    assert not any(a.flags.writeable for a in (curve.n, curve.k, curve.estimate))
    with pytest.raises(AttributeError):
        curve.n = 1
    with pytest.raises(IndexError):
        curve.at(1)
    assert refused("confidence_level", one.confidence_interval, 95) is ValueError
    assert refused("ax", curve.plot, 5) is TypeError


def test_results_can_be_drawn_and_tabled():
    pytest.importorskip("matplotlib")
    lines = MEAN([*TIMES, INF], [[1], [-1]], [1, 2, 40]).plot().get_lines()
    assert [line.get_label() for line in lines] == ["k = 1", "k = -1"]
    pandas = pytest.importorskip("pandas")
    assert isinstance(MEAN(TIMES, 1, [1, 2]).to_frame(), pandas.DataFrame)
