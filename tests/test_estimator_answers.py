"""What estimators say of ranks, tails and means, and how sure they are."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tailrace as tr
from estimator_twin import Twin, is_within
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import binom
from stat_checks import assert_binomial
from tailrace.estimators.levels import METHODS

G = np.random.default_rng(21)
SIGNED = np.concatenate([G.standard_cauchy(5000), np.zeros(300), [math.inf] * 4])
QS = np.linspace(0, 1, 41)


def seen(one, *parts):
    for part in parts:
        one.update(part)
    return one


# Ranks.


@pytest.mark.parametrize("method", METHODS)
def test_methods_that_mix_keep_the_promise_within_one_sign(method):
    for x in (SIGNED, np.abs(SIGNED), G.pareto(1.2, 1001), np.array([1.0, 2.0])):
        sketch, ordered, n = seen(tr.Quantiles(), x), np.sort(x), len(x)
        error = sketch.relative_error
        for q, got, want in zip(
            QS, sketch.quantile(QS, method=method), tr.quantile(x, QS, method=method),
            strict=True,
        ):  # fmt: skip
            places = np.clip([np.floor(q * n) - 2, np.ceil(q * n) + 1], 0, n - 1)
            near = ordered[int(places[0]) : int(places[1]) + 1]
            if np.all(near > 0) or np.all(near < 0):
                assert is_within(got, want, error)
            else:
                # One of the two that are mixed.
                assert any(is_within(got, v, error) for v in (*near, want))


@pytest.mark.parametrize("error", [1e-2, 1e-3])
def test_shares_are_those_at_a_point_nearby(error):
    sketch = seen(tr.Quantiles(error), SIGNED)
    x = np.concatenate(
        [SIGNED[:400], SIGNED[:400] * 1.0001, [0.0, -0.0, 1e-300, 1e300]]
    )
    width = 2 * sketch.relative_error
    ends = np.sort([x * (1 - width), x * (1 + width)], axis=0)
    ordered = np.sort(SIGNED)
    low, high = np.searchsorted(ordered, ends, side="right") / SIGNED.size
    low = np.minimum(low, np.searchsorted(ordered, ends[0], side="left") / SIGNED.size)
    got = sketch.cdf(x)
    assert np.all((low - 1e-15 <= got) & (got <= high + 1e-15))
    assert_allclose(sketch.sf(x), 1 - got, atol=1e-15)


def test_shares_are_exact_at_zero_at_powers_of_two_and_beyond_the_ends():
    x = np.concatenate([SIGNED, 2.0 ** G.integers(-5, 5, 500)])
    sketch = seen(tr.Quantiles(), x)
    points = np.array([0.0, -0.0, -math.inf, -1e300, 1e300, math.inf])
    share = [(x <= p).mean() for p in points]
    assert_array_equal(sketch.cdf(points), share)
    # Just below a power of two a bucket ends.
    below = np.nextafter(2.0 ** np.arange(-5, 6), 0)
    assert_allclose(sketch.cdf(below), [(x <= p).mean() for p in below], rtol=1e-15)
    assert math.isnan(sketch.cdf(math.nan))
    assert math.isnan(sketch.sf([math.nan, 1.0])[0])
    assert type(sketch.cdf(1.0)) is float


def test_far_shares_keep_their_digits():
    sketch = tr.Quantiles()
    sketch.update([1.0, 2.0], weights=[10**15, 3])
    assert sketch.sf(1.5) == 3 / (10**15 + 3)
    assert sketch.quantile(1 - 1e-16) == pytest.approx(2.0, rel=1e-3)


@pytest.mark.parametrize("make", [tr.Quantiles, tr.Summary])
@pytest.mark.parametrize("q", [0.001, 0.3, 0.999])
def test_intervals_hold_a_quantile_as_often_as_they_say(make, q):
    """False alarm at most 1e-9: an exact binomial test of the coverage."""
    law, level, trials, held = tr.Pareto(1.2), 0.9, 300, 0
    for seed in range(trials):
        interval = seen(make(), law.sample(2000, rng=seed)).confidence_interval(
            q, level
        )
        held += interval.low <= law.ppf(q) <= interval.high
    assert binom.cdf(held, trials, level) > 1e-9


def test_intervals_are_open_where_there_are_too_few_values():
    interval = seen(tr.Quantiles(), [1.0, 2.0]).confidence_interval(0.5)
    assert (interval.low, interval.high) == (-math.inf, math.inf)


def test_intervals_go_by_ranks_however_many_values():
    sketch = tr.Quantiles()
    sketch.update([1.0, 2.0, 4.0], weights=[10**12, 10**12, 10**12])
    interval = sketch.confidence_interval(0.5, 0.999)
    assert (interval.low, interval.high) == pytest.approx((2.0, 2.0), rel=2e-3)


@pytest.mark.parametrize("make", [tr.Quantiles, tr.Summary])
def test_nothing_seen_is_said(make):
    sketch = make()
    for ask in (
        sketch.median,
        lambda: sketch.quantile([0.5]),
        lambda: sketch.cdf(1.0),
        lambda: sketch.confidence_interval(0.5),
        sketch.plot,
    ):
        with pytest.raises(ValueError, match=r"^the estimator must have seen a value"):
            ask()
    assert sketch.min.reason == sketch.max.reason == "no values yet"
    assert (repr(sketch), sketch.count) == (
        f"{make.__name__}(relative_error=0.000977, count=0)",
        0,
    )


def test_only_infinite_values_have_quantiles_too():
    sketch = tr.Summary()
    sketch.update([math.inf, -math.inf], weights=[3, 1])
    assert sketch.quantile([0.0, 0.25, 0.5]).tolist() == [
        -math.inf,
        -math.inf,
        math.inf,
    ]
    assert (sketch.min, sketch.max, sketch.cdf(0.0)) == (-math.inf, math.inf, 0.25)
    assert (
        sketch.mean().confidence_interval().reason
        == "infinite values of both signs were seen"
    )
    assert sketch.var().reason == "infinite values of both signs were seen"
    top = seen(tr.Mean(), math.inf)
    assert (top.sum, top.min, top.min.reason) == (
        math.inf,
        math.inf,
        "an infinite value was seen",
    ) or top.min.reason == "only infinite values were seen"


@pytest.mark.parametrize("error", [0.0, -1, 0.6, math.nan, 1e-7, "1", None, True])
def test_errors_out_of_range_are_refused(error):
    for make in (tr.Quantiles, tr.Summary):
        with pytest.raises((TypeError, ValueError), match=r"^relative_error must be "):
            make(error)


def test_the_error_is_the_next_power_of_two():
    for error in (0.5, 0.49, 1e-2, 1e-3, 2.0**-20):
        got = tr.Quantiles(error).relative_error
        assert error / 2 < got <= error


def test_memory_is_that_of_the_octaves():
    few = seen(tr.Quantiles(1e-3), G.pareto(1.2, 100_000) + 1)
    assert few.nbytes < 80_000
    wide = tr.Quantiles(1e-3)
    x = np.ldexp(G.choice([-1, 1], 200_000), G.integers(-1074, 1024, 200_000))
    wide.update(x, weights=2**33)
    assert wide.nbytes < 17_000_000


# Means.


def test_a_mean_of_too_few_or_light_or_heavy_values():
    assert seen(
        tr.Mean(moments=2), np.ones(99)
    ).mean().confidence_interval().reason == (
        "fewer than 100 values do not show their tails"
    )
    assert (
        "moments=2" in seen(tr.Mean(), np.ones(100)).mean().confidence_interval().reason
    )
    equal = seen(tr.Mean(moments=2), np.full(100, 2.5)).mean().confidence_interval()
    assert (equal.low, equal.high) == (2.5, 2.5)
    x = G.normal(size=5000)
    interval = seen(tr.Summary(), x).mean().confidence_interval(0.99)
    from scipy.stats import t

    want = t.interval(0.99, 4999, x.mean(), x.std(ddof=1) / 5000**0.5)
    assert (interval.low, interval.high) == pytest.approx(want, rel=1e-9)
    assert interval.method == "Student's t"
    for law, side in (
        (tr.Pareto(0.6), "tail index"),
        (-tr.Pareto(0.6), "index of the lower tail"),
    ):
        heavy = (
            seen(tr.Summary(), law.sample(10_000, rng=1)).mean().confidence_interval()
        )
        assert heavy.reason.startswith(f"the {side} of the data, 0.")
        assert math.isnan(heavy.low)


@pytest.mark.parametrize(
    ("law", "least"),
    [
        (tr.Pareto(1.3), 0.9), (tr.Pareto(1.6), 0.88), (-tr.Pareto(1.5), 0.9),
        (tr.StudentT(1.5), 0.9), (tr.StudentT(1.5) + 100, 0.5),
    ],
    ids=str,
)  # fmt: skip
def test_robust_intervals_hold_the_mean_where_the_normal_ones_do_not(law, least):
    """Against a coverage of `least` at 95 % nominal; false alarm below 1e-9 for that."""
    trials, held = 200, 0
    for seed in range(trials):
        x = law.sample(4000, rng=seed)
        interval = seen(tr.Mean(moments=2), x).mean().confidence_interval()
        held += interval.low <= law.mean() <= interval.high
    assert binom.cdf(held, trials, least) > 1e-9


def test_sums_too_large_for_a_double_have_a_mean():
    one = seen(tr.Mean(moments=2), [1.7e308] * 4 + [-1.7e308])
    assert one.sum == math.inf
    assert one.sum.reason == "the sum is too large for a double"
    assert one.mean() == Twin([1.7e308] * 4 + [-1.7e308]).mean()
    assert one.var().reason == "the variance is too large for a double"
    assert (
        "too large"
        in seen(tr.Summary(), np.full(500, 1e308), -np.ones(500))
        .mean()
        .confidence_interval()
        .reason
    )


def test_variances_need_squares_and_values():
    with pytest.raises(ValueError, match=r"^moments must be 2 for a variance"):
        seen(tr.Mean(), 1.0).var()
    one = seen(tr.Mean(moments=2), 5.0)
    assert one.var().reason == "1 values are not more than ddof, 1"
    assert (one.var(0), one.std(0)) == (0.0, 0.0)
    assert tr.Mean(moments=2).var().reason == "no values yet"
    assert (tr.Mean().sum, math.isnan(tr.Mean().mean())) == (0.0, True)
    for bad in (-1, 1.5, None):
        with pytest.raises((TypeError, ValueError), match=r"^ddof must be "):
            one.var(bad)
    for bad in (0, 3, 1.0, "2"):
        with pytest.raises((TypeError, ValueError), match=r"^moments must be "):
            tr.Mean(bad)


# Tails.


def test_hill_is_the_mean_of_logarithms_beyond_the_threshold():
    x = tr.Pareto(1.7).sample(20_000, rng=3)
    found = seen(tr.TopK(501), x).hill(500)
    ordered = np.sort(x)[::-1]
    xi = np.mean(np.log(ordered[:500] / ordered[500]))
    assert found.tail_index == pytest.approx(1 / xi, rel=1e-12)
    assert (found.xi, found.density_exponent) == pytest.approx(
        (xi, 1 + 1 / xi), rel=1e-12
    )
    assert (found.k, found.threshold, found.count) == (500, ordered[500], 20_000)
    assert seen(tr.TopK(501, largest=False), -x).hill(500).xi == found.xi
    assert found.to_dict()["k"] == [500]


def test_hills_interval_is_exact_for_a_pareto_law():
    """Exact binomial test; false alarm at most 1e-9."""
    law, trials, held = tr.Pareto(0.8), 400, 0
    for seed in range(trials):
        tail = seen(tr.TopK(50), law.sample(1000, rng=seed)).hill(20)
        interval = tail.tail_index.confidence_interval(0.8)
        held += interval.low <= 0.8 <= interval.high
    assert_binomial(held, trials, 0.8, p_fail=1e-9)


def test_quantiles_beyond_the_data_hold_those_of_the_law():
    """Asymptotic, so against 90 % for 95 % nominal; false alarm below 1e-9 for that."""
    law, trials, held = tr.Pareto(1.2), 300, 0
    for seed in range(trials):
        top = seen(tr.TopK(301), law.sample(10_000, rng=seed))
        interval = top.hill().isf(1e-7).confidence_interval()
        held += interval.low <= law.isf(1e-7) <= interval.high
    assert binom.cdf(held, trials, 0.9) > 1e-9
    tail = top.hill()
    assert tail.isf(tail.k / tail.count) == pytest.approx(tail.threshold)
    with pytest.raises(ValueError, match=r"^p must be <= k / count, 0.03, got 0.1"):
        tail.isf(0.1)


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        ([1.0, math.inf, 2.0], "some of the largest values are infinite"),
        ([-1.0, 2.0, -3.0], "the threshold -1 is not above 0"),
        ([2.0, 2.0, 2.0], "the 1 largest values are all equal"),
    ],
)
def test_where_there_is_no_pareto_tail_the_reason_is_said(x, reason):
    tail = seen(tr.TopK(3), x).hill(1)
    assert math.isnan(tail.tail_index)
    assert tail.reason == reason == tail.tail_index.confidence_interval().reason
    assert tail.isf(1e-3).confidence_interval().reason == reason


def test_ranks_that_are_not_kept_are_refused():
    top = seen(tr.TopK(3), [1.0, 2.0])
    with pytest.raises(ValueError, match=r"^k must be < the 2 values kept, got 2"):
        top.hill(2)
    for bad in (0, -1, 1.5, "3"):
        with pytest.raises((TypeError, ValueError), match=r"^k must be "):
            top.hill(bad)
        with pytest.raises((TypeError, ValueError), match=r"^k must be "):
            tr.TopK(bad)
    with pytest.raises(TypeError, match=r"^largest must be True or False"):
        tr.TopK(3, 1)
    with pytest.raises(ValueError, match=r"^side must be 'upper' or 'lower'"):
        tr.Mean().tail("both")


# Views.


def test_a_summary_says_what_it_knows_in_columns_of_equal_length():
    summary = seen(tr.Summary(), tr.Pareto(1.5).sample(5000, rng=2))
    columns = summary.to_dict([0.5, 0.9])
    assert {len(column) for column in columns.values()} == {8}
    assert columns["statistic"][2:4] == ["50 %", "90 %"]
    assert columns["value"][0] == 5000
    assert "tail index" in summary.table()
    text = summary._repr_html_()
    assert text.count("<tr>") == 1 + len(summary.to_dict()["value"])
    assert "median=" in repr(summary)
    assert "count" in tr.Summary().table()
    empty = tr.Summary().to_dict()
    assert empty["value"][0] == 0
    for bad in (None, 5, [], [0.0], [2.0], ["a"]):
        with pytest.raises((TypeError, ValueError), match=r"^quantiles must "):
            summary.to_dict(bad)


def test_frames_are_made_of_the_columns():
    pytest.importorskip("pandas")
    summary = seen(tr.Summary(), [1.0, 2.0])
    assert summary.to_frame().shape == (len(summary.to_dict()["value"]), 5)


def test_plots_show_single_values_in_the_tail():
    x = tr.Pareto(1.2).sample(10_000, rng=4)
    for make in (tr.Quantiles, tr.Summary):
        ax = seen(make(), x).plot(label="values")
        xs, share = ax.get_lines()[0].get_data()
        assert np.all(np.diff(xs) >= 0)
        assert np.all(np.diff(share) <= 0)
        exact = np.array([(x >= v * (1 - 1e-3)).mean() for v in xs])
        assert np.all(share <= exact + 1e-12)
    assert xs[-1] == x.max()
    assert share[-1] == 1e-4
    with pytest.raises(TypeError, match=r"^ax must be "):
        seen(tr.Quantiles(), 1.0).plot(ax=3)
