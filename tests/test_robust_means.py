"""Robust means: their bounds hold, for laws as bad as they may be, and merging is exact."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import tailrace as tr
from scipy.stats import binom
from tailrace.estimators import deviations
from tailrace.estimators.robust import METHODS

every_method = pytest.mark.parametrize("method", METHODS)


def central_moment(law, p):
    """E|X - mean|^p, by quadrature in the clock of each side of the mean."""
    from scipy.integrate import quad

    mean = float(law.mean())

    def part(side):
        def integrand(t):
            # Of x = mean + side e^t: the density of t.
            x = mean + side * math.exp(t)
            return math.exp(t * (p + 1)) * law.pdf(x)

        return quad(integrand, -60, 60, limit=500)[0]

    return part(1) + part(-1)


LAWS = {
    "Pareto(1.6)": (tr.Pareto(1.6), 1.5),
    "-Pareto(1.6)": (-tr.Pareto(1.6), 1.5),
    "Student(1.4)": (tr.StudentT(1.4), 1.3),
    "normal": (tr.Normal(), 2.0),
    "two points": (None, 1.2),
}


@every_method
@pytest.mark.parametrize(("law", "p"), LAWS.values(), ids=LAWS)
@pytest.mark.parametrize("level", [0.6, 0.95])
def test_intervals_hold_the_mean_as_often_as_they_promise(method, law, p, level):
    """An exact binomial test; false alarm at most 1e-9 for a bound that holds."""
    if law is None:
        # Nearly always 0, now and then far off: the worst for a mean.
        rare, size = 2e-3, 1 / 2e-3
        mean, v = 1.0, 2e-3 * (size - 1) ** p + (1 - rare)

        def draw(seed):
            return (np.random.default_rng(seed).random(500) < rare) * size

    else:
        mean, v = float(law.mean()), central_moment(law, p)

        def draw(seed):
            return law.sample(500, rng=seed)

    held, trials = 0, 150
    for seed in range(trials):
        found = tr.robust_mean(
            draw(seed), method, confidence_level=level, moment=(p, v)
        )
        interval = found.confidence_interval(level)
        held += interval.low <= mean <= interval.high
    assert binom.cdf(held, trials, level) > 1e-9


@every_method
def test_a_few_wild_values_do_not_carry_the_mean_away(method):
    x = np.random.default_rng(1).normal(3.0, 1.0, 5000)
    x[:3] = [1e12, 1e13, 1e9]
    assert (
        abs(tr.robust_mean(x, method, confidence_level=0.999, moment=(2, 1.0)) - 3)
        < (0.6 if method == "catoni" else 0.2)  # his counts the logarithm of each
    )
    assert abs(x.mean() - 3) > 1e6


@every_method
def test_bounds_shrink_and_scale_as_they_should(method):
    x = np.random.default_rng(2).standard_t(3, 2000)

    def half(data, moment, level=0.95):
        span = tr.robust_mean(data, method, confidence_level=level, moment=moment)
        span = span.confidence_interval(level)
        return (span.high - span.low) / 2

    usual = half(x, (1.5, 2.0))
    assert half(4 * x, (1.5, 8 * 2.0)) == pytest.approx(4 * usual, rel=1e-9)
    assert half(x, (1.5, 2.0), 0.999) > usual > half(np.tile(x, 8), (1.5, 2.0))
    assert tr.robust_mean(x + 10, method, moment=(1.5, 2.0)) == pytest.approx(
        10 + tr.robust_mean(x, method, moment=(1.5, 2.0)), rel=1e-9
    )


@every_method
def test_few_values_have_a_mean_and_an_honest_interval(method):
    for x in ([5.0], [1.0, 2.0], [0.0] * 9, [7.0, 7.0]):
        found = tr.robust_mean(x, method, moment=(1.5, 1.0))
        assert min(x) <= found <= max(x)
        interval = found.confidence_interval()
        assert interval.low <= found <= interval.high
        assert interval.high > found
    exact = tr.robust_mean([7.0, 7.0], method, moment=(1.5, 0.0))
    assert exact == 7.0


@every_method
def test_without_a_moment_there_is_no_interval(method):
    x = tr.Pareto(1.6).sample(1000, rng=1)
    found = tr.robust_mean(x, method)
    assert 1.5 < found < 4
    assert (
        found.confidence_interval().reason
        == "no bound without a moment: give moment=(p, v)"
    )


@every_method
@pytest.mark.parametrize(
    ("x", "error"),
    [([], ValueError), ([math.nan], ValueError), ([math.inf, 1.0], ValueError),
     (["a"], TypeError), (None, TypeError)],
)  # fmt: skip
def test_values_that_have_no_mean_are_refused(method, x, error):
    with pytest.raises(error, match=r"^x must "):
        tr.robust_mean(x, method)


@pytest.mark.parametrize(
    ("moment", "error"),
    [((1.0, 1.0), ValueError), ((2.5, 1.0), ValueError), ((1.5, -1.0), ValueError),
     ((1.5, math.inf), ValueError), ((math.nan, 1.0), ValueError), (1.5, TypeError),
     ((1.5,), TypeError), (("a", 1.0), TypeError)],
)  # fmt: skip
def test_moments_that_are_none_are_refused(moment, error):
    for ask in (
        lambda: tr.robust_mean([1.0, 2.0], moment=moment),
        lambda: tr.MedianOfMeans(3).mean(moment=moment),
        lambda: summed([1.0, 2.0]).trimmed_mean(moment=moment),
    ):
        with pytest.raises(error, match=r"^moment must be "):
            ask()


def test_other_arguments_out_of_range_are_refused():
    with pytest.raises(ValueError, match=r"^method must be 'median_of_means' or "):
        tr.robust_mean([1.0], "mode")
    for level in (0.0, 1.0, "a"):
        with pytest.raises(
            (TypeError, ValueError), match=r"^confidence_level must be "
        ):
            tr.robust_mean([1.0], confidence_level=level)
    for blocks in (0, 1.5, 10**6):
        with pytest.raises((TypeError, ValueError), match=r"^blocks must be "):
            tr.MedianOfMeans(blocks)


# The pieces of the proofs.


def test_the_influence_of_catoni_lies_between_its_bounds():
    x = np.concatenate([np.geomspace(1e-8, 1e8, 4001), [0.0]])
    for p in (1.01, 1.2, 1.5, 1.9, 2.0):
        upper = np.log1p(x + x**p / p)
        lower = -np.log1p(np.maximum(-x + x**p / p, -1 + 1e-300))
        assert np.all(lower <= upper + 1e-12)


@pytest.mark.parametrize("p", [1.05, 1.2, 1.5, 2.0])
def test_blocks_cuts_and_scales_are_the_best_for_the_bound(p):
    moment = deviations.MomentBound(p, 1.0)
    for delta in (0.3, 0.05, 1e-6):
        best = deviations.blocks_for(delta, p, 10_000)
        sizes = {k: [10**6 // k] * k for k in [*range(1, 99, 2), *range(99, 9999, 100)]}
        radius = {k: deviations.of_medians(s, moment, delta) for k, s in sizes.items()}
        ours = deviations.of_medians([10**6 // best] * best, moment, delta)
        assert ours <= min(radius.values()) * 1.001
        for n in (50, 1000, 10**6):
            cut = deviations.trim_for(delta, n, p)
            some = np.unique(np.geomspace(1, n // 2 - 1, 150).astype(int)).tolist()
            least = min(deviations.of_trimmed(n, k, moment, delta) for k in some)
            assert deviations.of_trimmed(n, cut, moment, delta) <= least * 1.001
            alpha = deviations.alpha_for(n, moment, delta)
            ours = deviations.of_catoni(n, alpha, moment, delta)
            others = (
                deviations.of_catoni(n, alpha * f, moment, delta)
                for f in np.geomspace(0.05, 20, 101)
            )
            assert ours <= min(others) * (1 + 1e-9)


def test_bounds_at_the_ends_of_what_they_take():
    # For a variance and one block it is Chebyshev's inequality.
    one = deviations.of_medians([100], deviations.MomentBound(2.0, 4.0), 0.25)
    assert one == pytest.approx(math.sqrt(4 / 100 / 0.25))


def test_the_bound_of_catoni_is_that_of_his_paper_for_a_variance():
    """sqrt(2 v log(2 / delta) / (n - 2 log(2 / delta))), his proposition 2.4."""
    n, v, delta = 1000, 3.0, 0.01
    log = math.log(2 / delta)
    his = math.sqrt(2 * v * log / (n - 2 * log))
    alpha = math.sqrt(2 * log / (n * (v + 2 * v * log / (n - 2 * log))))
    ours = deviations.of_catoni(n, alpha, deviations.MomentBound(2.0, v), delta)
    assert ours == pytest.approx(his, rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_values_of_any_size_have_a_mean(method):
    for x in ([1e308, -1e308, 1e308], [1e250, 2e250, 5.0], [1e-310, 3e-310, 2e-310]):
        found = tr.robust_mean(x, method)
        assert min(x) <= found <= max(x)
        assert found != min(x)
    for moment in ((1.5, 1e-300), (1.1, 1e-300), (2.0, 1e300)):
        interval = tr.robust_mean(
            np.arange(99.0), method, moment=moment
        ).confidence_interval()
        assert interval.low <= interval.high


# The median of means, in pieces.


def dealt(x, blocks, cuts=1):
    one = tr.MedianOfMeans(blocks)
    for part in np.array_split(x, cuts):
        one.update(part)
    return one


@pytest.mark.parametrize("blocks", [1, 4, 7])
def test_values_are_dealt_in_turn_however_they_come(blocks):
    x = np.random.default_rng(3).standard_cauchy(1000)
    means = [
        float(sum(map(Fraction, x[i::blocks].tolist())) / len(x[i::blocks]))
        for i in range(blocks)
    ]
    whole = dealt(x, blocks)
    assert whole.mean() == np.median(means)
    scalars = tr.MedianOfMeans(blocks)
    for value in x.tolist():
        scalars.update(value)
    merged = dealt(x[:333], blocks) + dealt(x[333:], blocks)
    assert whole == dealt(x, blocks, 9) == scalars == merged
    assert (whole.count, whole.min, whole.max) == (1000, x.min(), x.max())
    weighted = tr.MedianOfMeans(blocks)
    weighted.update(x[:50], weights=np.arange(50) % 3)
    assert weighted == dealt(np.repeat(x[:50], np.arange(50) % 3), blocks)
    heavy = tr.MedianOfMeans(blocks)
    heavy.update([1.0, 4.0], weights=[10**15, 10**15 + 1])
    assert heavy.count == 2 * 10**15 + 1
    assert heavy.mean() == pytest.approx(2.5)


def test_it_travels_as_bytes_and_is_a_value():
    import copy
    import pickle

    one = dealt(np.arange(100.0), 5)
    again = [
        tr.MedianOfMeans.from_bytes(one.to_bytes()),
        tr.Estimator.from_bytes(one.to_bytes()),
        pickle.loads(pickle.dumps(one)),
        copy.copy(one),
    ]
    assert all(other == one and other.blocks == 5 for other in again)
    assert one != dealt(np.arange(100.0), 4)
    data = one.to_bytes()
    for i in range(len(data)):
        with pytest.raises(ValueError, match=r"^data must "):
            tr.MedianOfMeans.from_bytes(bytes([*data[:i], data[i] ^ 1, *data[i + 1 :]]))
        with pytest.raises(ValueError, match=r"^data must "):
            tr.MedianOfMeans.from_bytes(data[:i])
    with pytest.raises(ValueError, match=r"^others must have 5 blocks, got 4"):
        one.merge(dealt([1.0], 4))
    with pytest.raises(ValueError, match=r"^data must be of the class Mean"):
        tr.Mean.from_bytes(data)


def test_nothing_nan_and_infinite_values():
    one = tr.MedianOfMeans(3)
    assert math.isnan(one.mean())
    assert one.count == 0
    with pytest.raises(ValueError, match=r"^x must not hold NaN, got 1 of 2"):
        one.update([1.0, math.nan])
    assert one.count == 0
    one.update([1.0, math.inf, 2.0])
    assert one.mean() == 2.0


# The trimmed mean, from what an estimator keeps.


def summed(x):
    one = tr.Mean()
    one.update(x)
    return one


def test_trimmed_means_of_merged_estimators_are_exact():
    x = np.random.default_rng(4).standard_cauchy(4000)
    parts = [summed(part) for part in np.array_split(x, 5)]
    ordered = [Fraction(v) for v in np.sort(x).tolist()]
    for cut in (0, 1, 100, 256):
        want = float(sum(ordered[cut : 4000 - cut]) / (4000 - 2 * cut))
        assert sum(parts).trimmed_mean(cut) == want
    chosen = sum(parts).trimmed_mean(confidence_level=0.99, moment=(1.5, 1.0))
    same = tr.robust_mean(x, "trimmed", confidence_level=0.99, moment=(1.5, 1.0))
    assert chosen == pytest.approx(same, rel=1e-14)
    assert chosen.confidence_interval().high == pytest.approx(
        same.confidence_interval().high
    )
    for bad in (-1, 257, 1.5):
        with pytest.raises((TypeError, ValueError), match=r"^cut must be "):
            sum(parts).trimmed_mean(bad)
    with pytest.raises(
        ValueError, match=r"^the estimator must have seen finite values"
    ):
        tr.Mean().trimmed_mean()
