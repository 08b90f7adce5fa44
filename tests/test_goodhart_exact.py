"""Selection by a proxy: thresholds and best of n against numbers from elsewhere."""

from __future__ import annotations

import math
from functools import cache

import mpmath as mp
import numpy as np
import pytest
import tailrace as tr
from goodhart_numbers import BEST_OF, BEYOND, CANDIDATES, PAIRS
from numpy.testing import assert_allclose
from tailrace.goodhart.places import _largest
from tailrace.goodhart.sides import side_of

# What is promised: a relative error of 1e-9, with a bound that is no larger.
PROMISED = 1e-9
MODELS = {name: tr.Goodhart(*laws) for name, (*laws, _) in PAIRS.items()}
every_pair = pytest.mark.parametrize("name", PAIRS)


@cache
def rows_of(name):
    return np.array([numbers for which, numbers in BEYOND if which == name]).T


@every_pair
def test_thresholds_have_the_numbers_of_high_precision(name):
    model = MODELS[name]
    t, p, truth, density, truth_at = rows_of(name)
    found = model.beyond(t)
    # The reference is quoted to a last digit.
    assert_allclose(found.probability, p, rtol=1e-13)
    assert_allclose(model.probability(t), p, rtol=1e-13)
    error = np.abs(found.truth - truth)
    assert (error <= found.numerical_error + 2.0**-51 * np.abs(truth)).all()
    assert (found.numerical_error <= PROMISED * np.abs(truth)).all()
    # The proxy's slope is its density, by a difference of whose digits a third are left.
    step = 1e-5 * np.abs(t) * np.minimum(1.0, p / (density * np.abs(t)))
    slope = (model.probability(t - step) - model.probability(t + step)) / (2.0 * step)
    assert_allclose(slope, density, rtol=1e-7)
    assert_allclose(model.expected_truth_at(t), truth_at, rtol=PROMISED)


@pytest.mark.parametrize("name", ["nt3", "unin"])
def test_the_density_of_the_proxy_has_the_numbers_of_high_precision(name):
    t, p, _, density, _ = rows_of(name)
    proxy = MODELS[name].proxy
    assert_allclose(proxy.pdf(t), density, rtol=PROMISED)
    assert_allclose(proxy.sf(t), p, rtol=PROMISED)


@pytest.mark.parametrize("name", ["nt3", "nlap", "unin", "lognpareto15", "t3t25"])
def test_a_threshold_has_its_probability(name):
    t, p, *_ = rows_of(name)
    assert_allclose(MODELS[name].threshold(p), t, rtol=1e-13)


@pytest.mark.parametrize(("name", "truth"), BEST_OF)
def test_the_best_of_n_has_the_numbers_of_two_formulas(name, truth):
    found = MODELS[name].best_of(CANDIDATES)
    # What the reference has, and what is told of ours.
    scale = MODELS[name].truth.isf(0.25) - MODELS[name].truth.ppf(0.25)
    assert_allclose(found.truth, truth, rtol=1e-11, atol=1e-11 * scale)
    assert (found.numerical_error <= PROMISED * (np.abs(truth) + scale)).all()
    n = np.array(CANDIDATES)
    assert_allclose(found.kl, np.log(n) - (n - 1) / n, rtol=1e-15)


# The synthetic grid of arXiv:2407.14503: V of standard deviation 2, X of 1, and Levy.
SYNTHETIC = {
    "normal": tr.Normal(),
    "t3": tr.StudentT(3, 0, 3**-0.5),
    "t5": tr.StudentT(5, 0, 0.6**0.5),
    "lognormal": tr.LogNormal(0, math.log(2)) - 1,
    "levy": tr.Levy(),
}
TRUTHS = {"normal": tr.Normal(0, 2), "t10": tr.StudentT(10, 0, 2 * 0.8**0.5)}
# E[V] of the best of 4, 64, 1024, 16384 and 1048576: quadrature of two formulas.
GRID = [
    ("normal", "t3", (1.88401991361, 3.90997345785, 3.30834429083, 1.01782862027, 0.236611836074)),
    ("normal", "levy", (0.434337170677, 0.00439507577256, 1.792379216e-05, 7.02072119579e-08, 1.714352665e-11)),
    ("t10", "normal", (1.80905410841, 4.66727635946, 7.70266508522, 11.340365033, 18.5584670522)),
    ("t10", "lognormal", (1.79726575529, 3.85448771401, 4.5515808163, 3.77759596845, 1.93677845469)),
    ("t10", "t5", (1.82094268084, 4.51605132392, 6.96470573102, 8.91246295039, 6.50681739011)),
]  # fmt: skip


@pytest.mark.parametrize(("truth", "error", "wanted"), GRID)
def test_the_published_synthetic_grid_is_met_without_trials(truth, error, wanted):
    model = tr.Goodhart(TRUTHS[truth], SYNTHETIC[error])
    found = model.best_of([4, 64, 1024, 16384, 1048576])
    # The digits that are quoted, and 5e-17 of an integral of size 1 for the least.
    assert_allclose(found.truth, wanted, rtol=2e-11, atol=5e-16)


def test_a_peak_and_the_trough_beyond_it_are_found():
    # mpmath, on a grid: 4.621332309 at t = 8.64, P = 1.7e-3; 0.7180217 at t = 106.4.
    peak = MODELS["t10logn_paper"].peak()
    assert_allclose(peak.truth, 4.621332309, rtol=1e-9)
    assert_allclose([peak.at, peak.probability], [8.64, 1.7e-3], rtol=2e-2)
    assert_allclose(peak.trough, 0.7180217, rtol=1e-7)
    assert_allclose(peak.trough_at, 106.4, rtol=1e-2)
    assert peak.rises_again
    assert peak.lost == peak.truth - peak.trough
    assert MODELS["t10logn_paper"].expected_truth([616.6, 8e4])[1] > 5000


def test_the_peak_over_n_is_the_largest_of_all_n():
    model = tr.Goodhart(TRUTHS["normal"], SYNTHETIC["t3"])
    peak = model.peak_n()
    assert_allclose(model.best_of(peak.at).truth, peak.truth, rtol=1e-12)
    around = model.best_of(peak.at * np.array([0.5, 0.9, 0.99, 1.01, 1.1, 2.0])).truth
    assert (around < peak.truth).all()
    # Quadrature on a grid of quarter octaves, whose best is 181.
    assert_allclose(model.best_of(181).truth, 4.090305504, rtol=1e-9)
    assert peak.trough == 0.0
    assert peak.trough_at == math.inf


# As far as doubles go.


def normal_tail(t, mean, scale):
    with mp.workdps(30):
        z = (mp.mpf(t) - mean) / scale
        return mp.erfc(z / mp.sqrt(2)) / 2, mp.npdf(z) / scale


@pytest.mark.parametrize(
    ("loc", "own", "other"), [(0, 1, 1), (2, 0.1, 5), (-1, 7, 0.5)]
)
def test_two_normals_have_their_closed_form_down_to_1e_300(loc, own, other):
    model = tr.Goodhart(tr.Normal(loc, own), tr.Normal(1, other))
    total = math.hypot(own, other)
    t = model.threshold([0.9, 0.5, 1e-10, 1e-100, 1e-300])
    found = model.beyond(t)
    for i, each in enumerate(t):
        p, density = normal_tail(each, loc + 1, mp.mpf(total))
        truth = loc + own**2 * density / p
        assert_allclose(found.probability[i], float(p), rtol=1e-12)
        assert_allclose(found.truth[i], float(truth), rtol=1e-11)
    u = np.array([-100.0, 0.0, 3.0, 100.0])
    wanted = loc + own**2 / total**2 * (u - loc - 1)
    assert_allclose(model.expected_truth_at(u), wanted, rtol=1e-11, atol=1e-11 * own)


def test_equal_laws_share_the_proxy_down_to_1e_300():
    t = np.array([0.5, 20.0, 300.0, 690.0])
    found = tr.Goodhart(tr.Exponential(), tr.Exponential()).beyond(t)
    assert_allclose(found.truth, (t**2 + 2 * t + 2) / (2 * (1 + t)), rtol=1e-12)
    assert_allclose(found.probability, (1 + t) * np.exp(-t), rtol=1e-12)
    # P(U >= t) = (2 + t) e^-t / 4 for two Laplace laws, and U has that hazard.
    found = tr.Goodhart(tr.Laplace(), tr.Laplace()).beyond(t)
    wanted = 0.5 * (t + (3 + t) / (2 + t))
    assert_allclose(found.truth, wanted, rtol=1e-12)
    assert_allclose(found.probability, (2 + t) / 4 * np.exp(-t), rtol=1e-12)


def test_a_bounded_truth_under_a_laplace_error_is_worth_the_same_beyond_it():
    t = np.array([1.0, 1.5, 30.0, 600.0])
    model = tr.Goodhart(tr.Uniform(-1, 1), tr.Laplace())
    assert_allclose(model.expected_truth(t), 1 / math.tanh(1) - 1, rtol=1e-12)
    model = tr.Goodhart(tr.Uniform(-1, 1) * 3 + 5, tr.Laplace(0, 3))
    wanted = 5 + 3 * (1 / math.tanh(1) - 1)
    assert_allclose(model.expected_truth(3 * t + 5), wanted, rtol=1e-12)


def twin(truth, mean, error, t, cuts):
    """E[V | U >= t] as it is written: integrals over V of its density and the tail of X.

    `truth` is a density, `error` a survival function, both in mpmath. What the tail of
    X is at t itself is taken out, since most of it cancels.
    """
    with mp.workdps(30):
        t = mp.mpf(t)
        points = sorted(
            {0, *cuts, *(-c for c in cuts)} | ({t} if t < cuts[-1] else set())
        )
        # mpmath knows absolute errors only: all is relative to the tail at t.
        there, rule = error(t), {"method": "gauss-legendre"}
        mass = mp.quad(lambda v: truth(v) * error(t - v) / there, points, **rule)
        moved = mp.quad(
            lambda v: v * truth(v) * (error(t - v) / there - 1), points, **rule
        )
        return (mean + moved) / mass


def t3_tail(x):
    z = abs(x) / mp.sqrt(3)
    # arctan(1 / z) - z / (1 + z^2), without the difference where it loses digits.
    if z > 1000:
        tail = (2 / (3 * z**3) - 4 / (5 * z**5) + 6 / (7 * z**7)) / mp.pi
    else:
        tail = (mp.atan(1 / z) - z / (1 + z**2)) / mp.pi if z else mp.mpf(1) / 2
    return tail if x >= 0 else 1 - tail


#: Ends of panels on either side of 0.
STEPS = (0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256)

TWINS = [
    (tr.Normal(), tr.StudentT(3), mp.npdf, t3_tail, STEPS[:9]),
    (
        tr.Laplace(0, 2),
        tr.StudentT(3),
        lambda v: mp.exp(-abs(v) / 2) / 4,
        t3_tail,
        STEPS,
    ),
    (
        tr.Gamma(3),
        tr.StudentT(3),
        lambda v: max(v, 0) ** 2 * mp.exp(-v) / 2,
        t3_tail,
        STEPS,
    ),
]


@pytest.mark.parametrize(("truth", "error", "f", "tail", "cuts"), TWINS)
def test_a_truth_under_a_t_error_is_that_of_the_plain_integrals(
    truth, error, f, tail, cuts
):
    model = tr.Goodhart(truth, error)
    for t in (3.0, 1e4, 1e10):
        wanted = twin(f, int(truth.mean()), tail, t, cuts)
        found = model.expected_truth(t)
        assert abs(found - float(wanted)) <= found.numerical_error + 1e-13 * abs(found)
        assert found.numerical_error <= PROMISED * abs(found)


def test_the_best_of_n_near_an_end_of_the_support_is_known_to_its_bound():
    model = tr.Goodhart(tr.Uniform(0, 1), -tr.Weibull(0.5))
    n = np.array([1e10, 1e11])
    found = model.best_of(n)
    # P(U >= 1 - e) = 2/3 e^1.5 and E[1 - V | U >= 1 - e] = 0.4 e, to a share e^0.5.
    wanted = 0.4 * 1.5 ** (2 / 3) * math.gamma(8 / 3) * n ** (-2 / 3)
    assert (np.abs(1.0 - found.truth - wanted) <= found.numerical_error).all()
    assert (found.numerical_error < 1e-7).all()
    # By rounding of 1 - e the truth exceeded 1, and fell back: a peak that is none.
    assert (model.best_of(10.0 ** np.arange(5, 16)).truth <= 1.0).all()
    assert model.peak_n().at == math.inf


@pytest.mark.parametrize("error", [tr.StudentT(3), tr.Cauchy()])
def test_hardly_more_than_one_candidate_gains_in_proportion(error):
    # Far below the gains of the levels are too small for a double: that is no reason.
    n = 1.0 + np.array([1e-5, 1e-4, 5e-4])
    found = tr.Goodhart(tr.Normal(), error).best_of(n)
    share = found.truth / (n - 1.0)
    assert_allclose(share, share[0], rtol=1e-3)
    assert 0.3 < share[0] < 0.5
    assert (found.numerical_error < 1e-9 * found.truth).all()


def test_far_out_the_worth_of_a_value_is_right_to_its_bound():
    # The logarithm of a density of e^-543 has three digits less after the point.
    u = np.linspace(90.0, 115.0, 26) + 0.19
    for model in (
        tr.Goodhart(tr.Normal(1), tr.Normal(0, 3)),
        tr.Goodhart(
            tr.Normal(1), error_given=tr.ScaledError(tr.Normal(0, 3), np.ones_like)
        ),
    ):
        for each in u:
            found = model.expected_truth_at(each)
            assert abs(found - (1.0 + (each - 1.0) / 10.0)) <= found.numerical_error
            assert found.numerical_error < 2e-11


@pytest.mark.parametrize(("sigma", "most"), [(5.0, 1e-12), (12.0, 1e-8), (20.0, 1e-5)])
def test_the_excess_over_the_mean_of_a_wide_law_keeps_its_digits(sigma, most):
    """E[Y - m; Y > y] = m (Phi(sigma - z) - Phi(-z)) at y = e^(sigma z), log-normal."""
    side = side_of(tr.LogNormal(0, sigma))
    z = np.linspace(0.01, min(sigma, 12.0), 40)
    y = np.exp(sigma * z)
    normal = tr.Normal()
    wanted = sigma**2 / 2 + np.log(normal.cdf(sigma - z) - normal.sf(z))
    assert_allclose(side.log_excess(y, side.log_beyond(y)), wanted, rtol=0, atol=most)


def test_a_very_wide_truth_is_answered_soon():
    law = tr.LogNormal(0, 20)
    model = tr.Goodhart(law, tr.LogNormal(0, 0.001))
    # A large mean is that of the one value that is large.
    best = model.best_of([2.0, 1e3, 1e6])
    assert_allclose(best.truth, law.mean() * best.at, rtol=1e-6)
    assert_allclose(model.threshold([0.5]), 2.0, rtol=1e-5)


@pytest.mark.filterwarnings("error")
def test_what_no_double_holds_makes_no_warnings():
    # Of this truth the mean comes from values beyond the doubles.
    tr.Goodhart(tr.LogNormal(0, 30), tr.LogNormal(0, 0.001)).beyond([10.0])
    rises = np.array([[math.inf, 1e20, 3.0, 0.0], [1e18, 1e20, 0.0, 0.0]])
    assert_allclose(_largest(rises), [math.inf, 2 ** (1 / 32) * 1e20, 3.0, 0.0])
