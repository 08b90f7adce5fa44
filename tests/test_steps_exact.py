"""Whole tasks, exactly: rates, steps done, budgets (python/tailrace/steps_exact.py)."""

from __future__ import annotations

import copy
import math
import pickle
import re
from functools import partial

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose
from scipy import integrate, stats
from stat_checks import assert_binomial
from tailrace import steps_done

# E[n / T_n] of n Pareto(a) steps: n times the integral of (a E_{a+1}(s))^n, in 170-bit
# arithmetic. {(a, n): value}.
MEAN_RATES = {
    (0.5, 1): 1 / 3,
    (0.5, 2): 0.214601836602552,
    (0.5, 10): 0.0575965493191552,
    (0.5, 100): 0.00629781002893448,
    (1.0, 100): 0.155853988406284,
    (1.2, 1000): 0.207446531292929,
    (2.0, 1000): 0.501414528170168,
    (3.0, 100): 0.668734346007579,
}


@pytest.mark.parametrize(("a", "n"), MEAN_RATES)
def test_mean_rates_are_those_of_the_integral_in_many_digits(a, n):
    model = tr.IndependentSteps(tr.Pareto(1.0), a)
    assert_allclose(model.mean_rate(n), MEAN_RATES[a, n], rtol=2e-14)


def test_mean_rates_fall_as_they_should_and_meet_the_long_run_rate():
    n, a = 10**10, 0.5
    model = tr.IndependentSteps(tr.Pareto(a))
    want = n ** (1 - 1 / a) * math.gamma(1 + 1 / a) * math.gamma(1 - a) ** (-1 / a)
    # The next term is smaller by n^(1 - 1/a) = 1e-10, times a constant.
    assert_allclose(model.mean_rate(n), want, rtol=1e-8)
    assert model.rate == 0.0
    fast = tr.IndependentSteps(tr.Pareto(1.2), 3)
    assert_allclose(fast.rate, 1 - 1 / 3.6, rtol=1e-15)
    assert_allclose(fast.mean_rate(10**9), fast.rate, rtol=1e-8)
    assert fast.mean_rate(10) > fast.rate


@pytest.mark.parametrize(
    "law", [tr.Lomax(1.5), tr.LogNormal(), tr.Weibull(0.7), tr.Empirical([1.0, 2.0, 5.0])],
    ids=repr,
)  # fmt: skip
def test_mean_rates_of_any_law_are_means_over_the_law_of_the_total(law):
    n = 7
    total = law.sum_of(n)
    if isinstance(law, tr.Empirical):
        want = sum(n / x * p for x, p in zip(total.values, total.masses, strict=True))
    else:
        # E[n / T] is the integral of n P(T <= t) / t^2.
        last = float(total.isf(1e-13))
        u = np.linspace(math.log(1e-6), math.log(last), 2001)
        y = np.asarray(total.cdf(np.exp(u))) * np.exp(-u)
        want = n * (integrate.simpson(y, x=u) + 1.0 / last)
    assert_allclose(tr.IndependentSteps(law).mean_rate(n), want, rtol=1e-8)


def test_a_rate_that_has_no_mean_says_so():
    # 1 / T of n steps with P(X <= x) ~ x^b has a mean if n b > 1.
    for law, b in (
        (tr.Exponential(), 1.0),
        (tr.Weibull(0.3), 0.3),
        (tr.Uniform(), 1.0),
    ):
        most = math.floor(1.0 / b)
        rate = tr.IndependentSteps(law).mean_rate(most)
        assert (rate, bool(rate.reason)) == (math.inf, True)
        assert math.isfinite(tr.IndependentSteps(law).mean_rate(most + 1))
    # n / (n - 1) for exponential steps.
    assert_allclose(
        tr.IndependentSteps(tr.Exponential()).mean_rate(5), 1.25, rtol=1e-13
    )
    censored = tr.IndependentSteps(tr.Empirical([1.0, 2.0, 9.0], censored_at=5.0))
    assert math.isnan(censored.mean_rate(3))
    assert censored.mean_rate(3).reason
    assert tr.IndependentSteps(tr.Empirical([0.0, 2.0])).mean_rate(3) == math.inf


def test_steps_done_by_a_time_are_poisson_for_exponential_steps():
    done = tr.IndependentSteps(tr.Exponential(2.0)).done_by(11.0)
    poisson = stats.poisson(5.5)
    for n in (0, 1, 4, 6, 20):
        assert_allclose(done.pmf(n), poisson.pmf(n), rtol=1e-9)
        assert_allclose(done.cdf(n), poisson.cdf(n), rtol=1e-12)
        assert_allclose(done.at_least(n), poisson.sf(n - 1), rtol=1e-12)
    for q in (0.1, 0.5, 0.999):
        assert done.ppf(q) == poisson.ppf(q)
    assert_allclose(done.mean(), 5.5, rtol=1e-9)
    # By renewal theory E N(t) = t / m + E X^2 / (2 m^2) - 1, to within the far tail.
    long = tr.IndependentSteps(tr.Pareto(8.0)).done_by(3000.0)
    mean, square = 8.0 / 7.0, 8.0 / 6.0
    assert_allclose(long.mean(), 3000.0 / mean + 0.5 * square / mean**2 - 1, rtol=1e-9)


@pytest.mark.parametrize("a", [0.5, 1.3])
def test_steps_done_agree_with_a_plain_sum_and_with_simulation(a):
    model = tr.IndependentSteps(tr.Pareto(a))
    done = model.done_by(60.0)
    plain = math.fsum(float(model.total(n).cdf(60.0)) for n in range(1, 61))
    assert_allclose(done.mean(), plain, rtol=1e-9)
    x = np.cumsum(tr.Pareto(a).sample((20_000, 60), rng=4), axis=1)
    counts = np.count_nonzero(x <= 60.0, axis=1)
    for n in (2, 5, 10):
        hits = np.count_nonzero(counts >= n)
        assert_binomial(hits, 20_000, done.at_least(n), p_fail=1e-10)
    assert done.cdf(done.median()) >= 0.5 > done.cdf(done.median() - 1)


@pytest.mark.parametrize("middle", [40.0, 3e3, 4e5])
def test_sums_over_all_numbers_of_steps_need_few_of_them(middle):
    asked = []

    def falling(n):
        asked.append(n)
        return 1.0 / (1.0 + math.exp(min((n - middle) / (0.07 * middle), 700.0)))

    last = int(4 * middle)
    n = np.arange(1.0, last + 1.0)
    plain = math.fsum(1.0 / (1.0 + np.exp((n - middle) / (0.07 * middle))))
    assert_allclose(steps_done._sum(falling, 1, last), plain, rtol=1e-10)
    assert len(asked) < 600


def test_steps_done_grow_like_a_power_of_time_below_the_threshold():
    # E N(t) ~ t^a sin(pi a) / (pi a); the next term is smaller by t^-a.
    done = tr.IndependentSteps(tr.Pareto(0.5)).done_by(1e8)
    assert_allclose(done.mean(), 1e4 * 2 / math.pi, rtol=1e-3)
    never = tr.IndependentSteps(tr.Pareto(8.0, 1e-12)).done_by(1e9)
    assert never.mean() == math.inf
    assert "10^15" in never.mean().reason


def test_mean_of_steps_done_sees_a_fall_next_to_the_last_step():
    # T_n / n hardly varies: all n up to nearly the last are done for certain. 1.5 is the
    # mean step; the second-order term is E[X^2] / (2 E[X]^2) - 1 = -1/3.
    done = tr.IndependentSteps(tr.Pareto(1.5), 2).done_by(1e9)
    assert_allclose(done.mean(), 1e9 / 1.5 - 1.0 / 3.0, rtol=1e-9)


def test_budgets_chances_steps_and_attempts_answer_each_other():
    model = tr.IndependentSteps(tr.Pareto(1.2), 2)
    for p in (0.1, 0.9):
        n = model.most_steps(500.0, p)
        assert model.chance_within(n, 500.0) >= p > model.chance_within(n + 1, 500.0)
        needed = model.attempts_needed(300, 700.0, p)
        chance = tr.IndependentSteps(tr.Pareto(1.2), needed).chance_within(300, 700.0)
        assert_allclose(chance, p, rtol=1e-9)
    assert model.most_steps(0.5) == 0
    # Of one step: 1 - b^-(alpha Q) = p.
    assert_allclose(model.attempts_needed(1, 10.0, 0.9), 1 / 1.2, rtol=1e-12)


def test_what_no_attempts_can_do_and_what_every_number_can():
    model = tr.IndependentSteps(tr.Pareto(1.2))
    late = model.attempts_needed(100, 100.0)
    assert (late, bool(late.reason)) == (math.inf, True)
    sure = tr.IndependentSteps(tr.Uniform(1, 2)).attempts_needed(10, 20.0)
    assert (sure, bool(sure.reason)) == (0.0, True)
    assert model.chance_within(100, 99.0) == 0.0
    assert model.chance_within(1, 10.0).numerical_error < 1e-15


def test_more_attempts_never_make_a_task_longer():
    medians = [
        tr.IndependentSteps(tr.Pareto(1.2), q).total(1000).median()
        for q in (0.3, 0.5, 0.83, 0.84, 1.0, 2.0, 30.0)
    ]
    assert np.all(np.diff(medians) < 0)


def test_totals_depend_on_the_product_of_index_and_attempts_alone():
    medians = [
        tr.IndependentSteps(tr.Pareto(0.9 / q), q).total(200).median()
        for q in (0.5, 1.0, 3.0)
    ]
    assert_allclose(medians, medians[0], rtol=1e-12)


def test_steps_with_different_attempts_add_up():
    law = tr.Pareto(1.2)
    mixed = tr.Total([(law.min_of(0.5), 20), (law.min_of(4), 80)])
    assert mixed.tail_index == pytest.approx(0.6)
    easy = law.min_of(4).sample((20_000, 80), rng=1).sum(axis=1)
    hard = law.min_of(0.5).sample((20_000, 20), rng=2).sum(axis=1)
    for q in (0.1, 0.5, 0.9):
        hits = np.count_nonzero(easy + hard <= mixed.ppf(q))
        assert_binomial(hits, 20_000, q, p_fail=1e-10)
    alike = tr.Total([(law, 30), (law.min_of(1), 70)])
    assert alike.median() == law.sum_of(100).median()


def test_a_limit_on_attempts_makes_growth_linear_beyond_m_to_the_index():
    law = tr.Pareto(0.5)
    model = tr.IndependentSteps(law.capped(1e4))
    free = tr.IndependentSteps(law)
    medians = [model.total(n).median() for n in (10, 10**4, 10**5)]
    # Up to about 100 = 1e4^0.5 steps the limit hardly matters.
    assert_allclose(medians[0], free.total(10).median(), rtol=0.01)
    assert_allclose(medians[2] / medians[1], 10.0, rtol=0.01)
    assert_allclose(medians[2], 1e5 * law.capped(1e4).mean(), rtol=0.01)
    growth = model.median_growth()
    assert growth.power == 1.0
    assert "about 100 steps" in growth.words
    assert "n^2" in growth.words


def test_exact_table_holds_what_each_model_gives():
    law = tr.Pareto(1.2)
    models = [tr.IndependentSteps(law, q) for q in (0.5, "critical", 2)]
    table = tr.exact_steps_table(models, steps=(1, 1000), labels=["a", "b", "c"])
    columns = table.to_dict()
    assert {len(column) for column in columns.values()} == {6}
    assert columns["attempts_label"] == ["a", "a", "b", "b", "c", "c"]
    for k, (model, n) in enumerate((m, n) for m in models for n in (1, 1000)):
        assert columns["median"][k] == model.total(n).median() / n
        assert_allclose(columns["q99"][k], model.total(n).ppf(0.99) / n, rtol=1e-12)
        assert columns["mean_rate"][k] == model.mean_rate(n)
        assert columns["limit_median"][k] == model.limit_law(n).median() / n
    assert "limit_median" in table.table()
    ax = table.plot()
    assert {ax.get_xscale(), ax.get_yscale()} == {"log"}
    assert any("critical" in t.get_text() or "(b)" in t.get_text()
               for t in ax.get_legend().get_texts())  # fmt: skip
    alone = tr.exact_steps_table([models[0], models[2]], steps=[1, 10]).plot()
    words = [text.get_text() for text in alone.get_legend().get_texts()]
    assert any("threshold" in word for word in words)


def test_steps_done_are_kept_copied_and_shown():
    done = tr.IndependentSteps(tr.Pareto(1.2)).done_by(50.0)
    for same in (copy.deepcopy(done), pickle.loads(pickle.dumps(done))):
        assert same.median() == done.median()
    columns = done.to_dict([0.1, 0.5])
    assert columns == {"quantile": [0.1, 0.5], "steps": [done.ppf(0.1), done.median()]}
    assert "quantile" in done.table()
    assert done.plot().get_xlabel() == "steps, n"
    with pytest.raises(AttributeError):
        done.time = 3.0


MODEL = tr.IndependentSteps(tr.Pareto(1.2))
DONE = MODEL.done_by(10.0)
NUMBERS = [
    ("time", MODEL.done_by),
    ("budget", partial(MODEL.chance_within, 3)),
    ("budget", MODEL.most_steps),
    ("budget", partial(MODEL.attempts_needed, 3)),
    ("probability", partial(MODEL.most_steps, 10.0)),
    ("probability", partial(MODEL.attempts_needed, 3, 10.0)),
    ("q", DONE.ppf),
]
INTEGERS = [
    ("steps", MODEL.total),
    ("steps", MODEL.mean_rate),
    ("steps", MODEL.limit_law),
    ("steps", MODEL.median_growth().at),
    ("steps", lambda v: MODEL.chance_within(v, 10.0)),
    ("steps", lambda v: MODEL.attempts_needed(v, 10.0)),
    ("steps", DONE.at_least),
    ("steps", DONE.pmf),
    ("steps", DONE.cdf),
    ("steps", lambda v: tr.exact_steps_table([MODEL], steps=[v])),
]
OTHERS = [
    ("models", tr.exact_steps_table, [None, 5, [1], [tr.Pareto(1.0)], []]),
    ("steps", lambda v: tr.exact_steps_table([MODEL], steps=v), [None, 5, "12", []]),
    ("labels", lambda v: tr.exact_steps_table([MODEL], labels=v), [5, [], ["a", "b"]]),
    ("quantiles", DONE.to_dict, [[], 0.5, "x", None]),
    ("ax", tr.exact_steps_table([MODEL], steps=[1]).plot, [5, "x"]),
]
WRONG = [
    *((name, call, v) for name, call in NUMBERS
      for v in (None, "1", True, 1j, [1.0], 0, -1, math.nan, math.inf, 10**400)),
    *((name, call, v) for name, call in INTEGERS
      for v in (None, "3", True, 3.0, -1, 10**16)),
    *((name, call, v) for name, call, values in OTHERS for v in values),
]  # fmt: skip


@pytest.mark.parametrize(("name", "call", "value"), WRONG)
def test_what_is_wrong_is_refused_in_a_sentence(name, call, value):
    with pytest.raises((TypeError, ValueError)) as caught:
        call(value)
    assert re.fullmatch(rf"{name} must .*, got .+", str(caught.value)), caught.value


BEYOND = [
    (tr.Uniform(0, 1e300), 1.0),
    (tr.Pareto(0.001), 4.0),
    (tr.Weibull(0.001), 1000.0),
    (tr.LogPareto(0.0, 1.0), 1.0),
]


@pytest.mark.parametrize(("law", "attempts"), BEYOND)
def test_what_doubles_cannot_hold_is_refused_in_words(law, attempts):
    model = tr.IndependentSteps(law, attempts)
    with pytest.raises(ValueError, match=r"^steps must leave totals .*, got 1000000"):
        model.total(10**6)
    rate = model.mean_rate(10**6)
    assert (math.isnan(rate), bool(rate.reason)) == (True, True)
    columns = tr.exact_steps_table([model], steps=[10**6]).to_dict()
    assert math.isnan(columns["median"][0])


def test_steps_done_of_totals_beyond_doubles_are_refused_and_not_called_many():
    done = tr.IndependentSteps(tr.Pareto(0.005)).done_by(1e6)
    with pytest.raises(ValueError, match=r"^steps must leave totals .*, got 4"):
        done.mean()


def test_times_with_too_many_steps_are_refused_with_the_time():
    model = tr.IndependentSteps(tr.Uniform(0.0, 1.0))
    with pytest.raises(ValueError, match=r"^budget must be too short .*, got 1e\+300$"):
        model.most_steps(1e300)
    with pytest.raises(ValueError, match=r"^time must be too short .*, got 1e\+300$"):
        model.done_by(1e300).median()


def test_numbers_of_steps_may_be_arrays_of_shape_nothing():
    assert MODEL.total(np.array(10)) == MODEL.total(10)
    with pytest.raises(TypeError, match=r"^steps must be an integer, got "):
        MODEL.total(np.array(10.0))
    with pytest.raises(TypeError, match=r"^steps must be an integer, got "):
        MODEL.total(np.array([10]))
