"""What totals tend to: python/tailrace/steps_limits.py, steps_threshold.py."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose
from scipy import integrate

# Medians of the limits S_a, E exp(-s S) = exp(-Gamma(1 - a) s^a), and of Landau's law, to
# 11 digits: by inversion in 170-bit arithmetic.
LIMITS = {
    0.5: 3.4527820745,
    0.8: 5.9149508045,
    1.0: 1.3557804209,
    1.2: -4.2915622383,
    1.5: -1.3225248331,
    1.8: -0.5173623677,
}
GAMMA = 0.57721566490153286


@pytest.mark.parametrize("a", LIMITS)
def test_limit_laws_have_the_constants_of_the_theory(a):
    n = 10**6
    got = tr.IndependentSteps(tr.Pareto(1.0), a).limit_law(n).median()
    if a == 1.0:
        want = n * math.log(n) + (1 - GAMMA) * n + LIMITS[a] * n
    else:
        centre = 0.0 if a < 1.0 else n * a / (a - 1.0)
        want = centre + LIMITS[a] * n ** (1.0 / a)
    # Eleven digits are known of the constant; totals are as exact as a double.
    assert_allclose(got, want, rtol=1e-10)


def test_limits_from_the_index_two_on_are_normal():
    n = 10**4
    two = tr.IndependentSteps(tr.Pareto(1.0), 2.0).limit_law(n)
    assert_allclose(
        [two.loc, two.scale], [2.0 * n, math.sqrt(n * math.log(n))], rtol=1e-7
    )
    five = tr.IndependentSteps(tr.Pareto(2.5), 2.0)
    limit = five.limit_law(n)
    std = math.sqrt(n * five.step_var())
    assert_allclose([limit.loc, limit.scale], [1.25 * n, std], rtol=1e-14)
    data = tr.IndependentSteps(tr.Empirical([1.0, 2.0])).limit_law(100)
    assert_allclose([data.loc, data.scale], [150.0, 5.0], rtol=1e-14)


@pytest.mark.parametrize("a", [0.5, 0.7, 1.0, 1.2, 1.6])
@pytest.mark.parametrize("family", [tr.Pareto, tr.Lomax, tr.Frechet])
def test_totals_get_to_their_limits_whatever_the_law_near_its_start(family, a):
    model = tr.IndependentSteps(3.0 * family(a))
    gaps = []
    for n in (10**3, 10**6):
        limit, total = model.limit_law(n), model.total(n)
        q = np.array([0.1, 0.5, 0.9])
        spread = float(np.ptp(limit.ppf([0.1, 0.9])))
        gaps.append(np.max(np.abs(limit.ppf(q) - total.ppf(q))) / spread)
    # Of order n^(1 - 1/a), n^(1/a - 2) or log n / n, whichever is the largest.
    rate = min(abs(1.0 - 1.0 / a) or 1.0, 2.0 - 1.0 / a if a > 0.5 else 1.0)
    rate = rate if a < 1.0 else min(1.0, 2.0 / a - 1.0 + (a == 1.0))
    assert gaps[1] < 0.02
    assert gaps[1] < gaps[0] * max(1000.0**-rate * 5.0, 1e-7)


@pytest.mark.parametrize("a", [1.1, 1.2, 1.7, 2.5])
def test_quantiles_of_a_million_million_steps_are_those_of_the_limit(a):
    n = 10**12
    model = tr.IndependentSteps(tr.Pareto(a))
    q = np.array([0.01, 0.1, 0.5, 0.9, 0.99])
    x = model.total(n).ppf(q)
    assert_allclose(model.total(n).cdf(x), q, rtol=1e-9)
    limit = model.limit_law(n)
    spread = float(np.ptp(limit.ppf([0.1, 0.9])))
    # Of order n^(1 - 2/a) below the index 2, n^(1 - a/2) above it.
    assert np.all(
        np.abs(limit.ppf(q) - x) < 100.0 * spread * n ** -abs(1.0 - 2.0 / min(a, 2.5))
    )


def test_the_limit_at_the_index_one_has_the_transform_s_to_the_s():
    limit = tr.IndependentSteps(tr.Pareto(1.0)).limit_law(1)
    centre = 1.0 - GAMMA  # n log n + (1 - gamma) n at n = 1
    y = np.linspace(-6.0, 80.0, 40_001)
    for s in (0.5, 1.0, 2.0):
        density = limit.pdf(centre + y)
        got = integrate.simpson(density * np.exp(-s * y), x=y)
        assert_allclose(got, s**s, rtol=1e-9)


def test_leading_terms_are_medians_of_long_tasks_and_approach_them_as_they_say():
    for a in (0.4, 0.7, 1.3, 2.5, 3.5):
        model = tr.IndependentSteps(tr.Pareto(a))
        growth = model.median_growth()
        gaps = [
            abs(float(model.total(n).median()) / growth.at(n) - 1.0)
            for n in (10**5, 10**7)
        ]
        slope = math.log(gaps[0] / gaps[1]) / math.log(100.0)
        assert_allclose(slope, growth.approach, rtol=0.1)


def test_growth_is_said_in_words_formulas_and_numbers():
    def growth(law, attempts=1.0):
        return tr.IndependentSteps(law, attempts).median_growth()

    at = growth(tr.Pareto(0.5, 3.0), "critical")
    # A step is the fastest of two, with the tail 3 / x.
    assert (at.formula, at.power, at.log_power) == ("3 n log n", 1.0, 1.0)
    assert growth(tr.Pareto(1.0, 2.0)).formula == "2 n log n"
    assert growth(tr.Pareto(0.5)).formula == "3.453 n^2"
    assert growth(tr.Pareto(0.5)).at(10) == pytest.approx(345.27820745)
    assert growth(tr.Pareto(2.0)).formula == "2 n"
    assert growth(tr.LogNormal()).constant == pytest.approx(math.exp(0.5))
    slow = growth(tr.LogPareto(0.5, 1.0))
    assert "slowly varying" in slow.formula
    assert math.isnan(slow.constant)
    assert growth(tr.LogPareto(0.0, 1.0)).power == math.inf
    assert growth(tr.Pareto(0.2)).at(10**15) == pytest.approx(
        10.0**75 * growth(tr.Pareto(0.2)).constant
    )
    unknown = growth(tr.Empirical([1.0, 9.0], censored_at=5.0))
    assert math.isnan(unknown.power)


def test_slowly_varying_factors_are_in_the_norming():
    model = tr.IndependentSteps(tr.LogPareto(0.5, 1.0))
    gaps = [
        float(model.limit_law(n).median() / model.total(n).median() - 1.0)
        for n in (10**4, 10**8)
    ]
    # Second terms fall like 1 / log n only.
    assert abs(gaps[1]) < 0.6 * abs(gaps[0]) < 0.3


REASONS = {
    "soft": [
        tr.LogNormal(),
        tr.LogNormal(0.0, 0.1),
        tr.Weibull(0.5),
        tr.Weibull(0.97),
        abs(tr.GeneralizedNormal(0.5)),
        2.0 * tr.Weibull(0.1) + 1.0,
        tr.LogNormal().max_of(5),
    ],
    "none: the fastest": [
        tr.Exponential(),
        tr.Weibull(1.0),
        tr.Weibull(2.0),
        tr.Gamma(0.01),
        tr.Gamma(4.0),
        abs(tr.Normal()),
        abs(tr.Laplace()),
        tr.Uniform(1, 2),
        tr.Pareto(1.2).capped(100.0),
        tr.Empirical([1.0, 2.0]),
    ],
}


@pytest.mark.parametrize(
    ("word", "law"), [(word, law) for word, laws in REASONS.items() for law in laws]
)
def test_laws_without_a_threshold_say_which_kind_they_are(word, law):
    threshold = tr.IndependentSteps(law).critical_attempts
    assert threshold == 0.0
    assert word in threshold.reason
    assert threshold.reason.startswith("none")


def test_soft_thresholds_leave_means_that_grow_fast():
    # By quadrature in many digits, for the minimum of Q log-normal(0, 1) times.
    want = {1: 1.648721271, 0.5: 4.592969, 0.2: 42.05734, 0.1: 857.0198, 0.05: 203284.1}
    for q, mean in want.items():
        assert_allclose(
            tr.IndependentSteps(tr.LogNormal(), q).step_mean(), mean, rtol=1e-6
        )


@pytest.mark.parametrize(
    ("law", "index"),
    [
        (tr.Pareto(1.3), 1.3),
        (tr.Lomax(0.4), 0.4),
        (tr.Burr(2.0, 0.75), 1.5),
        (tr.LogLogistic(1.2), 1.2),
        (tr.Frechet(0.9), 0.9),
        (abs(tr.StudentT(1.5)), 1.5),
        (abs(tr.Cauchy()), 1.0),
        (tr.InverseGamma(2.5), 2.5),
        (tr.Pareto(0.5).min_of(4), 2.0),
        (2.0 * tr.Lomax(0.4) + 1.0, 0.4),
    ],
    ids=repr,
)
def test_power_laws_have_the_threshold_one_over_the_index(law, index):
    threshold = tr.IndependentSteps(law).critical_attempts
    assert_allclose(threshold, 1.0 / index, rtol=1e-14)
    assert threshold.reason == ""
    for factor, finite in ((0.999, False), (1.001, True)):
        mean = tr.IndependentSteps(law, float(threshold) * factor).step_mean()
        assert math.isfinite(mean) == finite


@pytest.mark.parametrize("law", [tr.Empirical([1.0, 9.0], censored_at=5.0)], ids=repr)
def test_no_limit_law_of_an_unknown_tail(law):
    with pytest.raises(ValueError, match=r"^law must have a known tail.*, got"):
        tr.IndependentSteps(law).limit_law(10)


@pytest.mark.parametrize("a", [0.05, 0.99, 1.01])
def test_limit_laws_that_no_task_gets_to_are_refused(a):
    with pytest.raises(ValueError, match=r"^attempts must make the tail index.*, got"):
        tr.IndependentSteps(tr.Pareto(1.0), a).limit_law(10)
