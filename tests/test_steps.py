"""The race: exact facts of IndependentSteps, and its simulation against exact inversion."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose, assert_array_equal
from stat_checks import assert_binomial, assert_follows
from tailrace import _core, intervals

# Exact quantiles of T_n / n, the average time per step of n Pareto(a) steps, by inversion
# of the transform (a E_{a+1}(s))^n along a rotated ray in 170-bit arithmetic; two methods
# agree to 1e-30. (a, n): {quantile: value}.
EXACT = {
    (0.5, 10): {0.1: 6.384708, 0.5: 35.09607145, 0.9: 995.3219, 0.99: 99995.33},
    (0.5, 100): {0.1: 58.63004, 0.5: 345.8487468, 0.9: 9948.128, 0.99: 999948.2},
    (0.8, 2): {0.1: 1.417848, 0.5: 3.306622012, 0.9: 22.84491, 0.99: 380.7241},
    (1.0, 100): {0.1: 4.061829, 0.5: 6.360605382, 0.9: 16.58649, 0.99: 109.0857},
    (1.2, 10): {0.1: 1.875929, 0.5: 3.015010726, 0.9: 7.507643, 0.99: 35.44324},
    (1.2, 1000): {0.1: 3.859551, 0.5: 4.636556542, 0.9: 6.897337, 0.99: 19.88312},
    (2.0, 1000): {0.1: 1.894576, 0.5: 1.984258491, 0.9: 2.111467, 0.99: 2.342958},
    (3.0, 100): {0.1: 1.403617, 0.5: 1.49003647, 0.9: 1.605772, 0.99: 1.753286},
}


@pytest.mark.parametrize(("a", "n"), EXACT)
def test_quantiles_of_totals_are_those_of_exact_inversion(a, n):
    # Each interval misses with chance <= 1e-10 (32 of them: 3.2e-9, at a fixed seed).
    result = tr.IndependentSteps(tr.Pareto(1.0), a).simulate(n, 20_000, rng=20261123)
    for q, exact in EXACT[a, n].items():
        interval = result.quantile(q, per_step=True).confidence_interval(1 - 1e-10)
        assert interval.low <= exact <= interval.high


def test_totals_of_one_step_follow_the_law_of_a_step():
    model = tr.IndependentSteps(tr.LogLogistic(1.2), 3)
    totals = model.simulate(1, 50_000, rng=1, keep=True).totals
    assert_follows(totals, model.step.cdf, p_fail=1e-9)


@pytest.mark.parametrize(
    "steps", [1, 5, 31, 32, 33, 511, 513, 4096, 100_001, 10_000_000]
)
def test_totals_are_accurate_sums_of_the_values_drawn(steps):
    # A total of exponential steps is the sum of the clocks themselves.
    trials = 3 if steps < 10**6 else 1
    result = tr.IndependentSteps(tr.Exponential()).simulate(
        steps, trials, rng=9, keep=True
    )
    seed = (9).to_bytes(32, "little")
    per_task = max(1, 4096 // steps)
    for trial, (total, largest) in enumerate(
        zip(result.totals, result.largest, strict=True)
    ):
        start = trial % per_task * steps
        bits = _core.stream_bits(seed, 1, trial // per_task, start + steps)
        clocks = _core.clocks_from_bits(bits[start : start + steps])
        assert_allclose(total, math.fsum(clocks), rtol=1e-14)
        assert largest == clocks.max()


def test_facts_of_the_pareto_race():
    model = tr.IndependentSteps(tr.Pareto(1.2), 2)
    assert model.critical_attempts == 1 / 1.2
    assert model.regime == "above"
    assert_allclose(model.step_mean(), 2.4 / 1.4, rtol=1e-15)
    assert_allclose(model.step_var(), 2.4 / (1.4**2 * 0.4), rtol=1e-14)
    assert_allclose(model.step_median(), 2 ** (1 / 2.4), rtol=1e-15)
    # Long-run rate and efficiency are 1 - Qc / Q (theory of the model, x >= 1).
    assert_allclose(model.rate, 1 - 1 / 2.4, rtol=1e-15)
    assert_allclose(model.efficiency, 1 - 1 / 2.4, rtol=1e-15)


@pytest.mark.parametrize("alpha", [0.1, 0.3, 0.7, 1.2, 3.0, 7.7])
def test_critical_attempts_are_exactly_at_the_threshold(alpha):
    for law in (
        tr.Pareto(alpha),
        tr.Lomax(alpha),
        tr.Frechet(alpha),
        tr.LogLogistic(alpha),
    ):
        model = tr.IndependentSteps(law, "critical")
        assert model.attempts == 1 / alpha
        assert model.regime == "at"
        assert model.step_mean() == math.inf
        assert model.step_mean().reason
        assert model.step_var() == math.inf
        assert model.rate == 0.0
    assert (
        tr.IndependentSteps(tr.Pareto(alpha), 1 / alpha * (1 + 1e-14)).regime == "above"
    )
    assert (
        tr.IndependentSteps(tr.Pareto(alpha), 1 / alpha * (1 - 1e-14)).regime == "below"
    )


@pytest.mark.parametrize(
    "law", [tr.Exponential(), tr.Weibull(0.1), tr.Uniform(1, 2)], ids=repr
)
def test_light_and_stretched_exponential_laws_have_no_threshold(law):
    model = tr.IndependentSteps(law, 0.01)
    assert model.critical_attempts == 0.0
    assert model.critical_attempts.reason.startswith("none")
    assert model.regime == "above"
    assert math.isfinite(model.step_mean())
    with pytest.raises(
        ValueError, match=r"^attempts must be a number where there is no"
    ):
        tr.IndependentSteps(law, "critical")


def test_weibull_minimum_keeps_its_mean_however_few_the_attempts():
    # Q^(-1/k) Gamma(1 + 1/k), with k = 1/2.
    assert_allclose(
        tr.IndependentSteps(tr.Weibull(0.5), 0.1).step_mean(), 200.0, rtol=1e-14
    )


@pytest.mark.parametrize("alpha_q", [0.25, 0.5, 1.0, 1.1, 3.0])
def test_verdict_says_how_long_tasks_grow(alpha_q):
    verdict = tr.IndependentSteps(tr.Pareto(1.0), alpha_q).verdict()
    words = {0.25: "n^3,", 0.5: "n^1,", 1.0: "log n", 1.1: "n^-0.0909", 3.0: "n^-1"}
    assert words[alpha_q] in verdict
    assert ("without bound" in verdict) == (alpha_q <= 1.0)


def test_sample_mean_has_an_interval_only_where_the_variance_exists():
    law = tr.Pareto(1.0)
    for attempts in (0.5, 1.0, 2.0):
        result = tr.IndependentSteps(law, attempts).simulate(10, 1000, rng=1)
        interval = result.sample_mean().confidence_interval()
        assert math.isnan(interval.low)
        assert "is not above 2" in interval.reason
    result = tr.IndependentSteps(law, 3.0).simulate(10, 100_000, rng=1)
    interval = result.sample_mean(per_step=True).confidence_interval(1 - 1e-9)
    assert interval.low < 1.5 < interval.high
    assert_allclose(result.exact_mean, 15.0, rtol=1e-15)


def test_largest_share_is_one_for_one_step_and_falls_above_the_threshold():
    model = tr.IndependentSteps(tr.Pareto(1.2), 2)
    shares = [model.simulate(n, 2000, rng=1).largest_share() for n in (1, 10, 1000)]
    assert shares[0] == 1.0
    assert shares[0] > shares[1] > shares[2]


def test_total_is_but_a_few_times_the_largest_step_below_the_threshold():
    # E[sum / max] -> 1 / (1 - a) for a tail index a < 1: N. H. Bingham, J. L. Teugels,
    # "Conditions implying domains of attraction" (1981). The ratio has all moments; 6.2
    # standard errors are a chance of 1e-9, and at n = 20,000 the bias is of order 1 / n.
    model = tr.IndependentSteps(tr.Pareto(0.5))
    result = model.simulate(20_000, 20_000, rng=3, keep=True)
    ratio = result.totals / result.largest
    error = ratio.std() / math.sqrt(ratio.size)
    assert abs(ratio.mean() - 2.0) < 6.2 * error
    span = result.largest_share().confidence_interval(1 - 1e-9)
    assert span.low < np.mean(1 / ratio) < span.high


def test_quantile_intervals_cover_as_often_as_they_say():
    law = tr.Pareto(0.5)
    rows = [tr.Summary() for _ in range(4000)]
    for row, x in zip(rows, law.sample((4000, 37), rng=6), strict=True):
        row.update(x)
    for q, level in [(0.5, 0.9), (0.1, 0.95), (0.9, 0.5), (0.99, 0.9)]:
        exact = law.ppf(q)
        hits = 0
        for row in rows:
            span = intervals.quantile(
                row, q, low=1.0, high=math.inf
            ).confidence_interval(level)
            hits += span.low <= exact <= span.high
        # At least the level; so few hits are as unlikely as 1e-9 at the level itself.
        assert_binomial(min(hits, int(level * 4000)), 4000, level, p_fail=2e-9)


def test_quantile_interval_of_few_values_falls_back_to_the_support():
    result = tr.IndependentSteps(tr.Pareto(1.2)).simulate(4, 3, rng=1)
    span = result.median().confidence_interval(0.99)
    assert (span.low, span.high) == (4.0, math.inf)
    span = result.median(per_step=True).confidence_interval(0.99)
    assert (span.low, span.high) == (1.0, math.inf)


def test_censored_steps_make_totals_of_at_least_the_limit():
    law = tr.Empirical([1.0, 2.0, 3.0, 99.0], censored_at=50.0)
    model = tr.IndependentSteps(law)
    assert model.regime == "unknown"
    assert math.isnan(model.critical_attempts)
    assert math.isnan(model.rate)
    assert "25 % of steps are still unfinished at the limit of 50" in model.verdict()
    result = model.simulate(3, 50_000, rng=1, keep=True)
    finished = np.isfinite(result.totals)
    assert_binomial(int(finished.sum()), 50_000, 0.75**3, p_fail=1e-9)
    assert result.quantile(0.9) == math.inf
    assert math.isfinite(result.quantile(0.1))
    assert 0.0 < result.largest_share() <= 1.0
    assert math.isnan(result.sample_mean().confidence_interval().low)


def test_result_is_kept_copied_and_shown():
    model = tr.IndependentSteps(tr.Pareto(1.2), "critical")
    result = model.simulate(100, 1000, rng=[1, 2, 3])
    again = model.simulate(100, 1000, rng=result.seed)
    assert result.totals is None
    assert again.median() == result.median()
    for other in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result)):
        assert (
            other.median().confidence_interval()
            == result.median().confidence_interval()
        )
        assert other.largest_share() == result.largest_share()
    columns = result.to_dict([0.25, 0.5])
    assert {len(column) for column in columns.values()} == {2}
    assert columns["total"][1] == result.median()
    assert "quantile" in result.table()
    kept = model.simulate(100, 1000, rng=result.seed, keep=True)
    assert_array_equal(np.sort(kept.totals)[499], result.median())
    with pytest.raises(ValueError, match="read-only"):
        kept.totals[0] = 0.0


def test_table_holds_what_each_simulation_gives():
    law = tr.Pareto(1.2)
    models = [tr.IndependentSteps(law, q) for q in (0.5, "critical", 2)]
    table = tr.steps_table(
        models, steps=(1, 50), trials=500, rng=4, labels=["a", "b", "c"]
    )
    columns = table.to_dict()
    assert {len(column) for column in columns.values()} == {6}
    assert columns["attempts_label"] == ["a", "a", "b", "b", "c", "c"]
    alone = models[2].simulate(50, 500, rng=table.seed)
    assert columns["median"][5] == alone.median(per_step=True)
    assert_allclose(np.multiply(columns["xi"], columns["tail_index"]), 1.0, rtol=1e-15)
    assert_allclose(
        np.subtract(columns["density_exponent"], columns["tail_index"]), 1.0
    )
    assert "regime" in table.table()
    axes = table.plot()
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert len(axes.get_lines()) == 3
    assert tr.IndependentSteps(law).simulate(5, 100, rng=1).plot(axes) is axes


def test_many_trials_are_summed_up_in_little_memory():
    model = tr.IndependentSteps(tr.Pareto(0.9))
    result = model.simulate(1, 3_000_000, rng=5)
    assert result.totals is None
    assert result.summary.count == result.trials == 3_000_000
    assert result.summary.nbytes < 3_000_000  # 24 MB of totals otherwise
    # The exact interval of each misses with chance <= 1e-10.
    for q in (0.001, 0.5, 0.9999):
        span = result.quantile(q).confidence_interval(1 - 1e-10)
        assert span.low <= model.law.ppf(q) <= span.high


def test_what_is_kept_of_totals_is_that_of_the_totals_themselves(isa):
    model = tr.IndependentSteps(tr.StudentT(1.5).truncated(0, math.inf), 2)
    kept = model.simulate(7, 60_000, rng=6, keep=True)
    summary = tr.Summary(2.0**-14, extremes=5000)
    summary.update(kept.totals)
    assert kept.summary == summary
    for threads in (1, 3):
        assert model.simulate(7, 60_000, rng=6, threads=threads).summary == summary
    for q in (0.01, 0.3, 0.9, 0.999):
        exact = np.quantile(kept.totals, q, method="inverted_cdf")
        assert_allclose(kept.quantile(q), exact, rtol=2.0**-14)
    shares = kept.largest / kept.totals
    assert_allclose(kept.largest_share(), shares.mean(), rtol=1e-12)
    assert_allclose(kept.sample_mean(), kept.totals.mean(), rtol=1e-12)


def test_a_result_keeps_its_own_summary():
    result = tr.IndependentSteps(tr.Pareto(1.2)).simulate(10, 100, rng=1)
    before = result.median()
    result.summary.update([1e9] * 999)
    assert result.median() == before
    assert result.summary.count == 100


def test_runs_with_other_seeds_are_put_together_by_merging():
    model = tr.IndependentSteps(tr.Pareto(1.2))
    one, other = (model.simulate(10, 5000, rng=seed) for seed in (1, 2))
    both = one.summary + other.summary
    assert both.count == 10_000
    span = both.confidence_interval(0.5, 1 - 1e-9)
    assert span.low <= 30.150107 <= span.high  # the exact median of the total


def test_verdict_says_of_steps_without_attempts_that_they_never_end():
    law = tr.RandomAttempts(tr.Pareto(0.8), {0: 0.25, 2: 0.75})
    for own in (law, 2.0 * law):
        verdict = tr.IndependentSteps(own, 2).verdict()
        assert "above the threshold" in verdict
        assert "25 % of draws have none, and never end" in verdict
    some = tr.RandomAttempts(tr.Pareto(0.8), {2: 1.0})
    assert "never" not in tr.IndependentSteps(some, 2).verdict()
