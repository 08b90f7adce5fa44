"""Selection at a price: tilts, frontiers, and more weight for a tail."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose

# sup E[X] within KL <= d; mpmath, 15 digits.
BUDGET = [0.001, 0.01, 0.1, 1.0, 5.0, 10.0, 100.0]
FRONTIER = {
    "laplace": (tr.Laplace(), [0.0632613573531686, 0.200497734482343, 0.647614976817999, 2.38165292371983, 7.37230065802293, 12.9030475189862, 104.965245565614]),
    "exponential": (tr.Exponential() - 1, [0.0453904959636926, 0.148165122379395, 0.516221161425022, 2.14619322062058, 7.09071740515548, 12.6108686381499, 104.66022855485]),
    "normal": (tr.Normal(0, 2), [2.0 * math.sqrt(2.0 * d) for d in BUDGET]),
}  # fmt: skip


@pytest.mark.parametrize("name", FRONTIER)
def test_the_frontier_has_the_numbers_of_high_precision(name):
    law, wanted = FRONTIER[name]
    found = tr.divergence_frontier(law, BUDGET)
    assert_allclose(found.mean, wanted, rtol=1e-10)
    assert found.reason == ""
    assert tr.divergence_frontier(law, 0.0).mean == law.mean()


HEAVY = [tr.StudentT(3), tr.Pareto(1.5), tr.LogNormal(0, 1), tr.Weibull(0.5), tr.Levy()]
LIGHT = [
    tr.Normal(),
    tr.Weibull(2),
    tr.Gamma(3),
    tr.Uniform(),
    -tr.Pareto(1.5),
    tr.Gumbel(),
]


@pytest.mark.parametrize("law", HEAVY)
def test_the_frontier_is_infinite_exactly_for_a_heavy_upper_tail(law):
    found = tr.divergence_frontier(law, [1e-9, 1.0])
    assert (found.mean == math.inf).all()
    assert found.reason == (
        "the upper tail is heavy: E[e^(sX)] is infinite for every s > 0"
    )


@pytest.mark.parametrize("law", LIGHT)
def test_the_frontier_is_finite_and_steep_at_first_for_a_light_one(law):
    found = tr.divergence_frontier(law, [1e-6, 1e-3, 1.0, 20.0])
    assert np.isfinite(found.mean).all()
    assert (np.diff(found.mean) > 0.0).all()
    if math.isfinite(law.var()):
        # mean + standard deviation sqrt(2 d), to first order.
        wanted = law.mean() + law.std() * math.sqrt(2e-6)
        assert_allclose(found.mean[0], wanted, rtol=2e-5, atol=1e-5)


def test_a_divergence_of_higher_order_holds_what_has_its_moments():
    # Chi-square: mean + sd sqrt(d), as long as no density becomes negative.
    d = np.array([0.01, 0.1, 0.5])
    assert_allclose(
        tr.divergence_frontier(tr.Uniform(-1, 1), d / 10, order=2).mean,
        np.sqrt(d / 30),
        rtol=1e-10,
    )
    for law in (tr.StudentT(3), tr.Pareto(2.5), tr.LogNormal(0, 1)):
        found = tr.divergence_frontier(law, d, order=2)
        bound = law.mean() + law.std() * np.sqrt(d)
        assert np.isfinite(found.mean).all()
        assert (found.mean <= bound * (1 + 1e-12)).all()
        assert (found.mean > law.mean()).all()
    # Holder: the moment p / (p - 1) must exist.
    heavy = tr.divergence_frontier(tr.StudentT(3), 0.1, order=1.4)
    assert heavy.mean == math.inf
    assert heavy.reason == "the tail index 3 is not above 3.5"
    assert math.isfinite(tr.divergence_frontier(tr.StudentT(3), 0.1, order=1.6).mean)
    assert tr.divergence_frontier(tr.Cauchy(), 0.1, order=2).mean == math.inf


@pytest.mark.parametrize("order", [1.0, 1.5, 2.0, 4.0])
def test_the_frontier_of_data_is_that_of_a_search(order):
    from scipy.optimize import minimize

    values = np.array([0.0, 1.0, 1.5, 4.0])
    q = np.array([0.4, 0.3, 0.2, 0.1])
    d = 0.2

    def excess(p):
        r = np.maximum(p, 0.0) / q
        if order == 1.0:
            return d - (q * r * np.log(np.maximum(r, 1e-300))).sum()
        return d - ((q * r**order).sum() - 1.0) / (order - 1.0)

    found = minimize(
        lambda p: -(p * values).sum(),
        q,
        bounds=[(0.0, 1.0)] * 4,
        constraints=[
            {"type": "eq", "fun": lambda p: p.sum() - 1.0},
            {"type": "ineq", "fun": excess},
        ],
        options={"ftol": 1e-14, "maxiter": 500},
    )
    law = tr.Empirical(values, weights=q)
    mean = tr.divergence_frontier(law, d, order=order).mean
    assert_allclose(mean, -found.fun, rtol=1e-6)


# The tilt.


def test_the_optimum_under_a_cap_has_the_numbers_of_high_precision():
    # V normal, X Laplace: E[V] and E[U] at a cap; mpmath, 15 digits.
    kl = [0.1, 1.0, 5.0, 10.0, 100.0]
    truth = [0.249947546998891, 0.628350263934448, 0.866253792631998, 0.92285348862538, 0.990473687587107]  # fmt: skip
    proxy = [0.783154065744217, 2.70493730702912, 7.80726851852635, 13.3651420056875, 105.460493609197]  # fmt: skip
    found = tr.Goodhart(tr.Normal(), tr.Laplace()).tilted(kl=kl)
    assert_allclose(found.truth, truth, rtol=1e-10)
    assert_allclose(found.proxy, proxy, rtol=1e-10)
    assert_allclose(found.kl, kl, rtol=1e-10)


def test_a_penalty_tilts_both_terms_alone():
    """(k): E[V] = K_V'(1 / beta) and E[X] = K_X'(1 / beta), in closed form."""
    model = tr.Goodhart(tr.Normal(1, 2), tr.Gamma(3, 0.5))
    beta = np.array([0.6, 1.0, 10.0, 1e6])
    found = model.tilted(beta=beta)
    assert_allclose(found.truth, 1.0 + 4.0 / beta, rtol=1e-11)
    assert_allclose(found.error, 3.0 * 0.5 / (1.0 - 0.5 / beta), rtol=1e-11)
    # KL = s K'(s) - K(s).
    s = 1.0 / beta
    cumulant = s + 2.0 * s**2 - 3.0 * np.log1p(-0.5 * s)
    assert_allclose(found.kl, s * found.proxy - cumulant, rtol=1e-6, atol=1e-14)
    law = found.model.tilted(beta=1.0).truth_law()
    assert_allclose(law.cdf([1.0, 5.0, 9.0]), tr.Normal(5, 2).cdf([1, 5, 9]), rtol=1e-9)


def test_there_is_no_optimum_where_there_is_no_exponential_moment():
    heavy = tr.Goodhart(tr.Normal(), tr.StudentT(3))
    for found in (heavy.tilted(beta=1.0), heavy.tilted(beta=1e9), heavy.tilted(kl=0.1)):
        assert math.isnan(found.truth)
        assert found.reason
    # Of exponential tails there is one for large penalties only, and under every cap.
    light = tr.Goodhart(tr.Normal(), tr.Laplace())
    assert math.isnan(light.tilted(beta=1.0).truth)
    assert light.tilted(beta=1.0).truth.reason == (
        "E[e^(U / beta)] is infinite: there is no optimum"
    )
    assert_allclose(light.tilted(beta=1.001).truth, 1 / 1.001, rtol=1e-10)
    # Never above the limit of hard thresholds.
    assert light.tilted(kl=1e4).truth < light.limit().value


def test_the_optimum_is_better_than_any_other_way_at_its_price():
    model = tr.Goodhart(tr.Laplace(), tr.Normal(0, 2))
    found = model.tradeoff([0.1, 1.0, 5.0, 20.0])
    assert_allclose(found.best_of.kl, [0.1, 1.0, 5.0, 20.0], rtol=1e-12)
    assert_allclose(found.threshold.kl, [0.1, 1.0, 5.0, 20.0], rtol=1e-12)
    assert (found.tilted.proxy >= found.best_of.proxy).all()
    assert (found.tilted.proxy >= found.threshold.proxy).all()
    # And it is the frontier of the proxy.
    wanted = tr.divergence_frontier(model.proxy, [1.0, 5.0]).mean
    assert_allclose(found.tilted.proxy[1:3], wanted, rtol=1e-6)


def test_no_divergence_buys_nothing():
    found = tr.Goodhart(tr.Normal(), tr.StudentT(3)).tradeoff([0.0, 1e-6, 600.0])
    assert (
        found.best_of.truth[0]
        == found.threshold.truth[0]
        == found.tilted.truth[0]
        == 0.0
    )
    assert_allclose(found.best_of.kl, [0.0, 1e-6, 600.0], rtol=1e-9, atol=1e-15)
    assert_allclose(found.threshold.kl, [0.0, 1e-6, 600.0], rtol=1e-9, atol=1e-15)


# Far out, and at an end.


def test_a_normal_law_is_tilted_as_far_as_doubles_go():
    model = tr.Goodhart(tr.Normal(), tr.Normal())
    found = model.tilted(beta=[0.04, 0.03, 1e-3, 1e-100])
    assert_allclose(found.truth, [25.0, 100 / 3, 1e3, 1e100], rtol=1e-14)
    assert_allclose(found.kl, [625.0, 1e4 / 9, 1e6, 1e200], rtol=1e-14)
    assert_allclose(model.tilted(kl=[1e3, 1e6]).truth, [1e3**0.5, 1e3], rtol=1e-12)
    d = np.array([1e-12, 1.0, 1e3, 1e6])
    for scale in (1e-200, 1.0, 1e200):
        mean = tr.divergence_frontier(tr.Normal(0, scale), d).mean
        assert_allclose(mean, scale * np.sqrt(2 * d), rtol=1e-12)


def test_a_uniform_law_has_its_cumulants_in_closed_form():
    model = tr.Goodhart(tr.Uniform(0, 2), tr.Normal())
    s = np.array([1e-6, 0.1, 0.199, 0.201, 3.0, 100.0, 1e12])
    with np.errstate(over="ignore"):
        # 1 + coth s - 1 / s, and log(sinh s / s), by their series for small s.
        small = s / 3 - s**3 / 45 + 2 * s**5 / 945 - s**7 / 4725 + 2 * s**9 / 93555
        gain = np.where(s < 0.25, small, 1 / np.tanh(s) - 1 / s)
        log_mean = np.where(
            s < 0.25,
            s**2 / 6 - s**4 / 180 + s**6 / 2835 - s**8 / 37800,
            s + np.log(-np.expm1(-2 * s) / 2 / s),
        )
    found = model.tilted(beta=1 / s)
    assert_allclose(found.truth, 1 + gain, rtol=1e-13)
    assert_allclose(found.kl[:5], (s * gain - log_mean + s**2 / 2)[:5], rtol=1e-10)
    # And as a part of a mixture.
    mixed = tr.Mixture([tr.Uniform(), tr.Normal(2, 1)], [0.25, 0.75])
    mean = tr.Goodhart(mixed, tr.Normal()).tilted(beta=1.0).truth
    of_uniform, of_normal = 0.25 * (math.e - 1), 0.75 * math.exp(2.5)
    wanted = (0.25 + 3 * of_normal) / (of_uniform + of_normal)
    assert_allclose(mean, wanted, rtol=1e-13)


def test_a_tilt_beyond_the_tables_is_not_called_infinite():
    found = tr.Goodhart(tr.Weibull(2), tr.Normal()).tilted(beta=1e-3).truth
    assert math.isnan(found)
    assert found.reason == "the tilted law lies further out than tails are known to"
    heavy = tr.Goodhart(tr.Laplace(), tr.Normal()).tilted(beta=1e-3).truth
    assert heavy.reason == "E[e^(U / beta)] is infinite: there is no optimum"
    with pytest.raises(
        ValueError, match="tilt of known slope for a law, got slope nan"
    ):
        heavy = tr.Goodhart(tr.Normal(), tr.StudentT(3)).tilted(beta=1.0).proxy_law()


@pytest.mark.parametrize(
    "law",
    [tr.Uniform(), -tr.Pareto(1.5), tr.Normal().truncated(-1, 2), -tr.Exponential()],
)
def test_the_frontier_of_a_bounded_law_ends_at_its_end(law):
    end = law.support[1]
    found = tr.divergence_frontier(law, [1.0, 10.0, 30.0, 1e3, 1e4, 1e6, 1e300])
    assert (found.mean <= end).all()
    assert (np.diff(found.mean) >= 0.0).all()
    assert_allclose(found.mean[2:], end, rtol=0, atol=1e-11)
    # About the end the law is uniform, with the mean 1 / s below it at log(s / f) - 1.
    gap = math.exp(-11.0) / float(law.pdf(end - 1e-12))
    assert_allclose(end - found.mean[1], gap, rtol=1e-3)


def test_an_atom_at_the_top_is_all_that_a_tilt_can_reach():
    coin, half = tr.Empirical([0, 1]), tr.Empirical([0, 0.5])
    found = tr.divergence_frontier(coin, [0.1, 0.69, math.log(2), 1.0, 1e300])
    assert_allclose(found.mean[2:], 1.0, rtol=0, atol=0)
    p = found.mean[:2]
    kl = math.log(2) + p * np.log(p) + (1 - p) * np.log1p(-p)
    assert_allclose(kl, [0.1, 0.69], rtol=1e-10)
    model = tr.Goodhart(coin, half)
    capped = model.tilted(kl=[1.0, 1.38, 5.0])
    assert_allclose(capped.kl, [1.0, 1.38, math.log(4)], rtol=1e-14)
    assert capped.truth[2] == 1.0
    assert capped.proxy[2] == 1.5
    assert_allclose(model.tilted(beta=[1e-2, 1e-6]).kl, math.log(4), rtol=1e-14)
    assert model.tilted(kl=5.0).truth_law().mean() == 1.0
    # An atom with mass below it.
    below = tr.Goodhart(tr.Normal().capped(1.0), coin).tilted(kl=10.0)
    wanted = math.log(2) - tr.Normal().logsf(1.0)
    assert_allclose([below.kl, below.truth], [wanted, 1.0], rtol=1e-12)


# The construction: more weight for a tail.

# Q = t(3): t, weight, mean, KL; mpmath, 15 digits.
CONSTRUCTION = [
    (1.5, 1.5**-0.8, 1.87696144455752, 1.00566595295055),
    (10.0, 10**-0.8, 2.37797988434877, 0.648683464362654),
    (1e4, 1e4**-0.8, 9.46436020745963, 0.0120925126395002),
    (1e9, 1e9**-0.8, 94.643601672029, 2.80734762729931e-6),
    (1e2, 1e-2, 1.49992629807573, 0.0811810275642589),
    (1e4, 1e-3, 15.0000000734767, 0.0196260426017534),
    (1e8, 1e-6, 150.0, 4.03488087348484e-5),
]


def test_more_weight_for_a_tail_has_the_numbers_of_high_precision():
    t, weight, mean, kl = np.array(CONSTRUCTION).T
    found = tr.reweight_tail(tr.StudentT(3), t, weight)
    assert_allclose(found.mean, mean, rtol=1e-12)
    assert_allclose(found.kl, kl, rtol=1e-10)


def test_a_heavy_mean_goes_anywhere_for_nothing():
    t = np.array([1e3, 1e6, 1e12])
    found = tr.reweight_tail(tr.LogNormal(0, 1), t, 50.0 / t)
    assert_allclose(found.mean[-1], 50.0 + math.exp(0.5), rtol=5e-2)
    assert (np.diff(found.kl) < 0.0).all()
    assert found.kl[-1] < 1e-7


def test_the_weight_of_the_law_itself_changes_nothing():
    law = tr.Gamma(2)
    found = tr.reweight_tail(law, 3.0, law.sf(3.0))
    assert_allclose(found.mean, 2.0, rtol=1e-13)
    assert found.kl < 1e-14
    all_beyond = tr.reweight_tail(law, 3.0, 1.0)
    assert_allclose(all_beyond.mean, law.beyond(3.0).mean(), rtol=1e-11)
    assert_allclose(all_beyond.kl, -law.logsf(3.0), rtol=1e-13)
