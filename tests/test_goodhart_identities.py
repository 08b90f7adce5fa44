"""Selection by a proxy: relations that hold for all laws, and need no reference."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose
from tailrace.goodhart import levels

DATA = tr.Empirical(tr.Normal().sample(50, rng=3))
BINARY = tr.Empirical([0.0, 1.0], weights=[0.9, 0.1])
TWO_HUMPS = tr.Mixture([tr.Normal(), tr.Normal(10, 0.1)], [0.9, 0.1])
# Heavy and light, with ends, kinks, spikes, atoms, and scales far apart.
PAIRS = [
    (tr.Normal(), tr.StudentT(3)),
    (tr.Normal(1, 1e-3), tr.Pareto(1.5)),
    (tr.Laplace(), tr.Gamma(0.3)),
    (tr.LogNormal(0, 1), tr.Weibull(0.5)),
    (tr.Uniform(-1, 1), tr.GeneralizedPareto(-0.3)),
    (-tr.Pareto(2.2), tr.Gumbel()),
    (TWO_HUMPS, tr.Exponential(2)),
    (DATA, tr.StudentT(2)),
    (tr.Normal(), BINARY),
    (tr.Normal().capped(1.0), tr.Logistic()),
    (tr.StudentT(2.5), DATA),
    (tr.Stable(1.5, 0.5), tr.Normal(0, 5)),
]
every_pair = pytest.mark.parametrize(("truth", "error"), PAIRS)
COMMON = np.array([0.99, 0.5, 1e-2, 1e-5])


def places(model):
    """Return a few thresholds, through the law of the proxy."""
    t = model.threshold(COMMON)
    return t[np.isfinite(t)]


@every_pair
def test_truth_and_error_sum_to_the_proxy_and_change_places(truth, error):
    """(a) and (e): both integrals, over V and over X, give each of both means."""
    model, mirrored = tr.Goodhart(truth, error), tr.Goodhart(error, truth)
    t = places(model)
    found, other = model.beyond(t), mirrored.beyond(t)
    scale = np.abs(found.truth) + np.abs(found.error)
    assert_allclose(found.probability, other.probability, rtol=1e-12)
    assert_allclose(found.truth, other.error, rtol=1e-12, atol=1e-13 * scale.max())
    assert_allclose(found.error, other.truth, rtol=1e-12, atol=1e-13 * scale.max())
    assert_allclose(found.proxy, found.truth + found.error, rtol=1e-15)
    assert_allclose(found.kl, -np.log(found.probability), rtol=1e-9, atol=1e-13)
    assert_allclose(model.expected_truth(t), found.truth, rtol=1e-13)
    assert_allclose(model.expected_error(t), found.error, rtol=1e-15)


@pytest.mark.parametrize(("truth", "error"), [PAIRS[0]])
def test_the_proxy_beyond_a_threshold_has_the_mean_of_its_law(truth, error):
    """(a), by the law of U: E[U | U >= t] from a table that knows no V and no X."""
    model = tr.Goodhart(truth, error)
    for t in places(model)[1:3]:
        wanted = model.proxy.beyond(float(t)).mean()
        assert_allclose(model.beyond(float(t)).proxy, wanted, rtol=1e-9)


@pytest.mark.parametrize(
    "law", [tr.StudentT(3), tr.Gamma(0.3), TWO_HUMPS, DATA, BINARY]
)
def test_equal_laws_share_the_proxy_equally(law):
    """(b)."""
    model = tr.Goodhart(law, law)
    found = model.beyond(places(model))
    assert_allclose(found.truth, found.error, rtol=1e-12, atol=1e-13)
    found = model.best_of([1, 3, 1e4])
    assert_allclose(found.truth, found.error, rtol=1e-9, atol=1e-12)


RISING = [
    (tr.StudentT(3), tr.Normal()),
    (TWO_HUMPS, tr.Gamma(2)),
    (DATA, tr.Laplace()),
    (tr.LogNormal(0, 1), tr.Uniform(-1, 1)),
    (tr.Pareto(1.5), tr.Normal().max_of(5)),
]


@pytest.mark.parametrize(("truth", "error"), RISING)
def test_an_error_whose_hazard_never_falls_makes_truth_rise(truth, error):
    """(c)."""
    model = tr.Goodhart(truth, error)
    assert model.is_monotone
    assert model.is_monotone.reason == "the hazard rate of the error never falls"
    t = np.unique(model.threshold(np.geomspace(0.999, 1e-8, 60)))
    found = model.beyond(t)
    rises = np.diff(found.truth)
    assert (rises >= -(found.numerical_error[1:] + found.numerical_error[:-1])).all()
    assert model.peak().reason


@every_pair
def test_one_candidate_is_all(truth, error):
    """(d), first half: E_1 = E[V]."""
    found = tr.Goodhart(truth, error).best_of(1)
    assert found.truth == tr.Goodhart(truth, error).expected_truth(-math.inf)
    assert_allclose(found.truth, float(truth.mean()), rtol=1e-9, atol=1e-12)
    assert found.kl == 0.0


@pytest.mark.parametrize(("truth", "error"), [PAIRS[0], PAIRS[6], PAIRS[7]])
def test_the_best_of_n_is_a_threshold_at_the_second_largest(truth, error):
    """(d), second half: E_n = E[g(U_(n-1:n))], from the law of the proxy."""
    model = tr.Goodhart(truth, error)
    places, weights = np.polynomial.legendre.leggauss(12)
    for n in (2.0, 55.5):
        # P(U >= t) at the second largest is a Beta(2, n - 1) variable.
        cuts = np.array([1e-12, 1e-9, 1e-6, 1e-4, 1e-2, 0.1, 0.5, 1, 2, 4, 8, 16]) / n
        cuts = np.unique([*cuts[cuts < 0.99], *np.linspace(0.1, 0.99, 40), 1.0 - 1e-9])
        half = 0.5 * np.diff(cuts)[:, None]
        level = (0.5 * (cuts[1:] + cuts[:-1])[:, None] + half * places).ravel()
        density = n * (n - 1.0) * level * (1.0 - level) ** (n - 2.0)
        truths = model.expected_truth(model.threshold(level))
        wanted = ((half * weights).ravel() * density * truths).sum()
        scale = float(truth.isf(0.25) - truth.ppf(0.25))
        # A level of 1e-4 is where two humps meet, within a panel.
        assert_allclose(model.best_of(n).truth, wanted, atol=1e-4 * scale)


@every_pair
def test_scales_and_shifts_go_through(truth, error):
    """(f)."""
    model = tr.Goodhart(truth, error)
    t = places(model)
    moved = tr.Goodhart(3.0 * truth + 0.5, 3.0 * error)
    found, other = model.beyond(t), moved.beyond(3.0 * t + 0.5)
    if not (truth._has_atoms or error._has_atoms):
        assert_allclose(other.probability, found.probability, rtol=1e-11)
        scale = float(truth.isf(0.25) - truth.ppf(0.25))
        assert_allclose(
            other.truth, 3.0 * found.truth + 0.5, rtol=1e-11, atol=1e-12 * scale
        )
    # Between atoms, where rounding moves none across the threshold.
    t = t + 1e-7
    found, other = model.beyond(t), moved.beyond(3.0 * t + 0.5)
    wanted = 3.0 * found.truth + 0.5
    assert_allclose(
        other.truth, wanted, rtol=1e-9, atol=1e-9 * np.abs(found.truth).max()
    )


# (j): the divergence of the best of n.


def divergence(chances, masses):
    some = chances > 0.0
    return float((chances[some] * np.log(chances[some] / masses[some])).sum())


@pytest.mark.parametrize("p", [0.5, 0.1, 0.01])
@pytest.mark.parametrize("n", [1, 2.5, 4, 65536])
def test_ties_make_the_divergence_less_than_the_formula(p, n):
    reward = tr.Empirical([0.0, 1.0], weights=[1.0 - p, p])
    found = tr.Goodhart(reward, tr.Empirical([0.0])).best_of(n)
    best = -math.expm1(n * math.log1p(-p))
    wanted = divergence(np.array([1.0 - best, best]), np.array([1.0 - p, p]))
    assert_allclose(found.kl, wanted, rtol=1e-12, atol=1e-15)
    assert_allclose(found.truth, best, rtol=1e-12)
    assert found.kl <= math.log(n) - (n - 1.0) / n
    assert (found.kl < math.log(n) - (n - 1.0) / n) == (n > 1)


# mpmath, 12 digits: 0/1 rewards with P(1) = 0.01 and 0.1.
@pytest.mark.parametrize(
    ("p", "n", "kl"), [(0.01, 65536, 4.60517018599), (0.1, 4, 0.217397550576)]
)
def test_a_rare_reward_costs_no_more_than_to_find_it(p, n, kl):
    reward = tr.Empirical([0.0, 1.0], weights=[1.0 - p, p])
    found = tr.Goodhart(reward, tr.Empirical([0.0])).best_of(n)
    assert_allclose(found.kl, kl, rtol=1e-11)


@pytest.mark.parametrize(("truth", "error"), [PAIRS[0], PAIRS[2], PAIRS[7], PAIRS[8]])
def test_the_divergence_is_the_formula_where_there_are_no_ties(truth, error):
    model = tr.Goodhart(truth, error)
    n = np.array([1.0, 1.0 + 1e-9, 2.0, 37.5, 1e6, 1e300])
    wanted = np.log(n) - (n - 1.0) / n
    found = model.best_of(n).kl
    # Near n = 1 the terms of the formula cancel: it is (n - 1)^2 / 2.
    wanted[1] = 0.5e-18
    assert_allclose(found, wanted, rtol=1e-6 if n[1] < 1.1 else 1e-13)
    assert_allclose(found[2:], wanted[2:], rtol=1e-13)


def test_atoms_among_a_density_take_their_part_of_the_divergence():
    # V in {0, 1}, X capped at 0: U has atoms at 0 and 1, half of its mass.
    model = tr.Goodhart(BINARY, tr.Normal().capped(0.0))
    n = np.array([2.0, 30.0, 1e5])
    found = model.best_of(n)
    assert (found.kl < np.log(n) - (n - 1.0) / n).all()
    # By hand: levels of an atom are merged into one.
    below = [float(model.probability(u)) for u in (0.0, 1.0)]

    def integral(level, n):  # of w log w with w = n level^(n - 1)
        power = level**n
        return math.log(n) * power + (n - 1.0) * (power * math.log(level) - power / n)

    for i, each in enumerate(n):
        total = math.log(each) - (each - 1.0) / each
        for beyond, mass in zip(below, (0.45, 0.05), strict=True):
            low, high = 1.0 - beyond, 1.0 - beyond + mass
            chance = high**each - low**each
            total -= integral(high, each) - integral(low, each)
            total += chance * math.log(chance / mass) if chance > 0.0 else 0.0
        assert_allclose(found.kl[i], total, rtol=1e-9)


# Top-k of n.


@pytest.mark.parametrize(
    ("truth", "error"), [PAIRS[0], PAIRS[2], PAIRS[7], (DATA, BINARY)]
)
def test_the_best_k_are_between_the_best_and_all(truth, error):
    model = tr.Goodhart(truth, error)
    assert model.top(1, 100).truth == model.best_of(100).truth
    assert model.top(1, 100).kl == model.best_of(100).kl
    everything = model.top(100, 100)
    assert_allclose(everything.truth, model.best_of(1).truth, atol=1e-15)
    assert everything.kl == 0.0
    # One of the k best of n is the i-th best with chance 1 / k: proxies fall with k.
    found = model.top([1, 2, 5, 20, 100], 100)
    assert (np.diff(found.proxy) < 0.0).all()
    assert (np.diff(found.kl) < 0.0).all()


def test_the_best_k_of_two_normals_have_the_means_of_order_statistics():
    model = tr.Goodhart(tr.Normal(), tr.Normal(0, 2))
    n, k = 50, 7
    means = [tr.Normal().order_statistic(n - i, n).mean() for i in range(k)]
    found = model.top(k, n)
    assert_allclose(found.proxy, 5**0.5 * np.mean(means), rtol=1e-9)
    assert_allclose(found.truth, 5**-0.5 * np.mean(means), rtol=1e-9)


# Whole laws of what was selected.


@pytest.mark.parametrize("by", ["t", "n", "kl"])
def test_the_law_of_the_truth_has_the_mean_that_is_told(by):
    model = tr.Goodhart(tr.Laplace(), tr.Gamma(2))
    found = {
        "t": model.beyond(6.0),
        "n": model.best_of(100),
        "kl": model.tilted(kl=1.0),
    }[by]
    law, proxy = found.truth_law(), found.proxy_law()
    level = np.linspace(0.0005, 0.9995, 1000)
    # A midpoint rule over levels: the quantile is steep at the ends alone.
    assert_allclose(law.ppf(level).mean(), found.truth, rtol=2e-3)
    assert_allclose(proxy.ppf(level).mean(), found.proxy, rtol=2e-3)
    assert_allclose(law.cdf(law.ppf(level)), level, rtol=1e-9)
    assert law.mean() == pytest.approx(found.truth, rel=1e-12)
    assert law.sample(5, rng=1).shape == (5,)


def test_the_law_of_the_truth_is_that_of_bayes():
    model = tr.Goodhart(tr.Normal(), tr.StudentT(3))
    v = np.array([-3.0, -0.5, 0.0, 1.0, 4.0])
    for t in (1.0, 100.0):
        law = model.truth_law(t)
        wanted = tr.Normal().pdf(v) * tr.StudentT(3).sf(t - v) / model.probability(t)
        assert_allclose(law.pdf(v), wanted, rtol=1e-9)
    assert_allclose(model.truth_law(1e40).sf(v), tr.Normal().sf(v), rtol=1e-9)


def test_the_law_of_data_selected_is_that_of_bayes():
    model = tr.Goodhart(BINARY, tr.Normal())
    law = model.truth_law(2.0)
    tails = tr.Normal().sf([2.0, 1.0]) * [0.9, 0.1]
    assert_allclose(law.masses, tails / tails.sum(), rtol=1e-13)


@pytest.mark.parametrize(
    ("k", "n"), [(1.0, 1.5), (3.0, 10.0), (1e6, 1e7), (1e9, 1e12), (1e12, 1e300)]
)
def test_the_level_of_the_next_best_has_its_density_to_the_last_digits(k, n):
    with mp.workdps(340):  # 1e300 and 1e12 are added
        a, b = mp.mpf(n) - mp.mpf(k), mp.mpf(k) + 1
        log_all = mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)
        mode, width = levels.spread(k, n)
        odds = mode + width * np.array([-3.0, 0.0, 2.0])
        wanted = [
            float(
                log_all
                - a * mp.log1p(mp.exp(-mp.mpf(x)))
                - b * mp.log1p(mp.exp(mp.mpf(x)))
            )
            for x in odds
        ]
    # A last digit of the odds, in widths: log-densities are about their square.
    slack = 2.0**-50 * (1.0 + abs(mode) / width) * 4.0
    assert_allclose(levels.log_density(odds, k, n), wanted, rtol=1e-13, atol=slack)
