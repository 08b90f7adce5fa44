"""Variants of the race, each against its formula: python/tailrace/variants."""

from __future__ import annotations

import copy
import itertools
import math
import pickle
import re

import mpmath as mp
import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose, assert_array_equal
from scipy import integrate, stats
from stat_checks import assert_follows
from tailrace.variants import (
    Fastest,
    LogPareto,
    RandomAttempts,
    Restarted,
    SharedFactor,
    best_cutoff,
    hedged,
)

PARETO, WEIBULL = tr.Pareto(0.7), tr.Weibull(0.5, 20.0) + 1.0
ALONE = tr.Pareto(0.5)
POISSON = 4.0


def product(law, factor, x):
    """Return P(Z W > x) by adaptive quadrature over the clock of Z."""

    def f(e):
        return float(law.sf(x / float(factor.inverse_hazard(e)))) * math.exp(-e)

    # Kinks where Z reaches x, as Pareto's W starts at 1.
    kink = float(factor.hazard(x))
    ends = [0.0, *([kink] if 0.0 < kink < 50.0 else []), 50.0 + kink]
    return sum(
        integrate.quad(f, a, b, epsabs=0, epsrel=1e-11, limit=200)[0]
        for a, b in itertools.pairwise(ends)
    ) + math.exp(-ends[-1])


def generating(g):
    """Return what a Poisson number, given that it is not 0, makes of a probability."""
    return np.expm1(POISSON * np.asarray(g)) / math.expm1(POISSON)


def restarted(x, law=ALONE, cutoff=4.0):
    over = np.floor(np.asarray(x) / cutoff)
    return law.sf(cutoff) ** over * law.sf(np.asarray(x) - over * cutoff)


#: Law, its survival function in plain words, and how far both may be apart.
CASES = {
    "fastest": (
        Fastest([PARETO, WEIBULL]),
        lambda x: PARETO.sf(x) * WEIBULL.sf(x),
    ),
    "hedged": (
        hedged(tr.Pareto(0.8), 10.0, copies=2),
        lambda x: tr.Pareto(0.8).sf(x) * tr.Pareto(0.8).sf(np.asarray(x) - 10.0) ** 2,
    ),
    "poisson": (
        RandomAttempts(tr.Pareto(0.8), stats.poisson(POISSON)),
        lambda x: generating(tr.Pareto(0.8).sf(x)),
    ),
    "two numbers": (
        RandomAttempts(tr.LogNormal(), {2: 1.0, 6.5: 3.0}),
        lambda x: 0.25 * tr.LogNormal().sf(x) ** 2 + 0.75 * tr.LogNormal().sf(x) ** 6.5,
    ),
    "restarted": (Restarted(tr.Pareto(0.5), 4.0), restarted),
    "shared": (
        SharedFactor(tr.Pareto(0.8), tr.LogNormal(), attempts=2),
        lambda x: product(tr.Pareto(1.6), tr.LogNormal(), x),
    ),
    "log-power": (
        LogPareto(0.5, 1.5),
        lambda x: np.asarray(x) ** -0.5 * (1.0 + np.log(x)) ** -1.5,
    ),
    "no power": (LogPareto(0.0, 2.0), lambda x: (1.0 + np.log(x)) ** -2.0),
}
each = pytest.mark.parametrize("name", CASES)

#: Integrals over the factor are good to about 1e-12 of the clock, all others to ULPs.
TOLERANCE = {"shared": 1e-10}


def places(law):
    """Values of the body and both tails, within the support."""
    clocks = np.array([1e-9, 1e-3, 0.05, 0.3, 0.7, 1.5, 4.0, 10.0, 25.0])
    x = np.asarray(law.inverse_hazard(clocks))
    return x[np.isfinite(x)]


@each
def test_survival_functions_are_those_of_the_formula(name):
    law, sf = CASES[name]
    x = places(law)
    want = [float(sf(v)) for v in x]
    assert_allclose(law.sf(x), want, rtol=TOLERANCE.get(name, 1e-12))
    assert_allclose(law.cdf(x), 1.0 - np.array(want), rtol=1e-9, atol=1e-12)


@each
def test_quantiles_are_the_inverse_and_densities_the_slope(name):
    law, _ = CASES[name]
    rtol = TOLERANCE.get(name, 1e-11)
    clocks = np.array([1e-6, 0.01, 0.4, 2.0, 9.0, 33.0])
    x = np.asarray(law.inverse_hazard(clocks))
    x, clocks = x[np.isfinite(x)], clocks[np.isfinite(x)]
    # Values are doubles: two of them next to each other have different hazards.
    allowed = rtol * clocks + 4.0 * np.spacing(x) * law.pdf(x) / law.sf(x)
    assert np.all(np.abs(law.hazard(x) - clocks) <= allowed)
    x = places(law)[2:7]
    h = 1e-5 * x
    # The error of the difference is h^2 f'' / 6, and rounding over h.
    slope = (law.cdf(x + h) - law.cdf(x - h)) / (2.0 * h)
    kinked = name in ("hedged", "restarted")
    smooth = np.abs(x / 10.0 - 1.0) > 1e-3 if kinked else np.full(x.shape, True)
    assert_allclose(law.pdf(x)[smooth], slope[smooth], rtol=1e-6 + rtol)


@each
def test_draws_follow_the_law(name):
    law, sf = CASES[name]
    x = law.sample(1000 if name == "shared" else 20_000, rng=20261126)
    if name == "shared":  # whose formula is slow, and compared above
        assert_follows(x, law.cdf, p_fail=1e-10)
    else:
        with np.errstate(all="ignore"):
            assert_follows(x, lambda v: 1.0 - np.asarray(sf(v)), p_fail=1e-10)


NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)


def integral(f, edges):
    """Return the integral of a function that is smooth between the edges."""
    edges = np.unique(np.hstack(edges))
    half = 0.5 * np.diff(edges)[:, None]
    return float(np.sum(half * WEIGHTS * f(edges[:-1, None] + half * (1.0 + NODES))))


@each
def test_means_are_integrals_over_quantiles(name):
    law, _ = CASES[name]
    mean = law.mean()
    if law.tail_index <= 1.0:
        assert (mean, bool(mean.reason)) == (math.inf, True)
        return
    edges = [*np.geomspace(1e-12, 1.0, 40), *np.linspace(1.0, 400.0, 200), 0.0]
    edges += [kink for kink in law._kinks() if kink < 400.0]
    whole = integral(lambda e: np.asarray(law.inverse_hazard(e)) * np.exp(-e), edges)
    assert_allclose(mean, whole, rtol=1e-8)


@each
def test_a_variant_is_a_law_and_a_value(name):
    law, _ = CASES[name]
    for same in (copy.copy(law), copy.deepcopy(law), pickle.loads(pickle.dumps(law))):
        assert (same, hash(same), repr(same)) == (law, hash(law), repr(law))
        assert same.table_hash == law.table_hash
        assert_array_equal(same.sample(9, rng=1), law.sample(9, rng=1))
    assert [other == law for other, _ in CASES.values()].count(True) == 1
    with pytest.raises(AttributeError):
        law.law = None


@pytest.mark.parametrize(
    "name", ["fastest", "hedged", "poisson", "two numbers", "shared"]
)
def test_totals_of_variants_agree_with_simulation(name):
    law, _ = CASES[name]
    model = tr.IndependentSteps(law)
    result, total = model.simulate(50, 20_000, rng=3), model.total(50)
    for q in (0.1, 0.5, 0.9):
        # Each interval misses with chance <= 1e-10 (15 of them, at a fixed seed).
        span = result.quantile(q).confidence_interval(1.0 - 1e-10)
        assert span.low <= total.ppf(q) <= span.high


# What is known in closed form.


def test_the_fastest_of_power_laws_adds_their_indices():
    x = np.geomspace(1.001, 1e12, 20)
    two = Fastest([tr.Pareto(0.7), tr.Pareto(0.9)])
    assert_allclose(two.sf(x), tr.Pareto(1.6).sf(x), rtol=1e-13)
    assert_allclose(two.mean(), 1.6 / 0.6, rtol=1e-9)
    assert two.tail_index == 1.6
    total, want = two.sum_of(1000), tr.Pareto(1.6).sum_of(1000)
    assert_allclose(total.median(), want.median(), rtol=1e-10)


def test_a_second_attempt_after_a_delay_brings_the_mean_back():
    law, delay = tr.Pareto(0.8), 10.0
    late = hedged(law, delay)
    assert late.tail_index == 1.6
    assert_allclose(late.sf(5.0), law.sf(5.0), rtol=1e-14)
    # E min(X, d + 1) and the integral of (x (x - d))^-a beyond.
    beyond = mp.quad(
        lambda x: (x * (x - delay)) ** -mp.mpf(0.8), [11, 20, 100, 1e4, mp.inf]
    )
    want = float(law.capped(delay + 1.0).mean()) + float(beyond)
    assert_allclose(late.mean(), want, rtol=1e-9)
    assert law.min_of(2).mean() < late.mean()


def test_the_fewest_attempts_dominate_however_rare():
    step = RandomAttempts(tr.Pareto(0.8), stats.poisson(POISSON))
    assert step.tail_index == 0.8
    assert_allclose(step.never, math.exp(-POISSON), rtol=1e-14)
    assert step.mean() == math.inf
    alone = POISSON * math.exp(-POISSON) / -math.expm1(-POISSON)
    assert_allclose(step.sf(1e30) / tr.Pareto(0.8).sf(1e30), alone, rtol=1e-12)
    certain = RandomAttempts(tr.Pareto(0.8), {3.0: 7.0})
    assert_allclose(certain.median(), tr.Pareto(2.4).median(), rtol=1e-14)


def test_restarts_leave_the_mean_of_luby_sinclair_and_zuckerman():
    law = tr.Pareto(0.5)
    for cutoff in (1.5, 4.0, 50.0):
        step = Restarted(law, cutoff)
        p = float(law.cdf(cutoff))
        # An attempt takes 1 at least: kinks at and 1 after each restart.
        starts = np.arange(0.0, 60.0 / -math.log1p(-p)) * cutoff
        edges = [starts + part for part in (0.0, 1.0, 3.0, 10.0) if part < cutoff]
        mean = integral(lambda x, c=cutoff: restarted(x, law, c), edges)
        square = integral(lambda x, c=cutoff: 2.0 * x * restarted(x, law, c), edges)
        assert_allclose(step.mean(), mean, rtol=1e-10)
        assert_allclose(step.var() + step.mean() ** 2, square, rtol=1e-10)


def test_a_quantile_at_a_restart_is_its_time_and_not_that_of_the_first_success_after():
    # Half of the attempts are done by 4; the next cannot be done before 5.
    step = Restarted(tr.Pareto(0.5), 4.0)
    assert step.median() == 4.0
    assert step.ppf(0.5 + 1e-9) >= 5.0


def test_the_best_cutoff_is_where_the_mean_is_least():
    law = tr.Pareto(0.5)
    best = best_cutoff(law)
    # (2 sqrt(c) - 1) / (1 - 1 / sqrt(c)) is least at sqrt(c) = 1 + sqrt(1 / 2).
    assert_allclose(best, (1.0 + math.sqrt(0.5)) ** 2, rtol=1e-12)
    at, *near = (
        float(Restarted(law, c).mean()) for c in (best, 0.99 * best, 1.01 * best)
    )
    assert at < min(near)
    for waits in (tr.Weibull(2.0), tr.Uniform(1, 2), tr.Gamma(3.0)):
        assert best_cutoff(waits) == math.inf
        assert best_cutoff(waits).reason
    assert best_cutoff(tr.Weibull(0.5)) == 0.0
    assert best_cutoff(tr.Weibull(0.5)).reason


def test_two_power_laws_multiply_to_what_is_known():
    # P(Z W > x) = (a x^-b - b x^-a) / (a - b) for indices a and b.
    a, b = 2.4, 0.9
    step = SharedFactor(tr.Pareto(0.8), tr.Pareto(b), attempts=3)
    x = np.geomspace(1.01, 1e40, 15)
    assert_allclose(step.sf(x), (a * x**-b - b * x**-a) / (a - b), rtol=1e-10)
    assert step.tail_index == b


@pytest.mark.parametrize("q", [2.0, 100.0, 1e4])
def test_fastest_of_many_attempts_with_a_pareto_factor_has_a_closed_form(q):
    a, b = 0.8 * q, 0.9
    x = np.array([1.05, 1.5, 2.0, 20.0])
    step = SharedFactor(tr.Pareto(0.8), tr.Pareto(b), attempts=q)
    assert_allclose(step.sf(x), (a * x**-b - b * x**-a) / (a - b), rtol=1e-11)


def test_no_number_of_attempts_helps_against_a_shared_factor_without_a_mean():
    hard = tr.Pareto(0.9)
    step = SharedFactor(tr.Pareto(0.8), hard, attempts=30)
    assert step.mean() == math.inf
    assert step.mean().reason
    mild, _ = CASES["shared"]
    assert_allclose(mild.mean(), 1.6 / 0.6 * math.exp(0.5), rtol=1e-12)


def test_a_slowly_varying_factor_decides_at_the_threshold():
    for b, mean in ((2.0, 2.0), (1.5, 3.0), (1.0, math.inf), (0.5, math.inf)):
        law = LogPareto(1.0, b)
        assert_allclose(law.mean(), mean, rtol=1e-12)
        qc = tr.IndependentSteps(law).critical_attempts
        assert qc == 1.0
        assert qc.reason.endswith("a mean" if math.isfinite(mean) else "none")
        assert_allclose(tr.IndependentSteps(law).step_mean(), mean, rtol=1e-12)
    moved = tr.IndependentSteps(3.0 * LogPareto(2.0, 4.0) + 1.0, "critical")
    # The fastest of half an attempt has the shapes 1 and 2.
    assert (moved.attempts, moved.step_mean(), moved.rate) == (0.5, 7.0, 1.0 / 7.0)
    assert "slowly varying" in moved.verdict()
    stuck = tr.IndependentSteps(LogPareto(0.0, 1.0), 1e6)
    assert stuck.critical_attempts == math.inf
    assert "every Q" in stuck.critical_attempts.reason
    assert (stuck.rate, stuck.regime) == (0.0, "below")


def test_best_cutoff_of_a_law_beyond_the_doubles():
    # With h(c) = 0.01 / c and A = E min(X, c) it is where 1 - c^-0.01 = h(c) A.
    c = best_cutoff(tr.Pareto(0.01))
    area = 1.0 + (c**0.99 - 1.0) / 0.99
    assert_allclose(-math.expm1(-0.01 * math.log(c)), 0.01 / c * area, rtol=1e-12)
    slow = LogPareto(0.0, 1.0)
    c = best_cutoff(slow)
    area = 1.0 + integrate.quad(slow.sf, 1.0, c, epsrel=1e-13)[0]
    assert_allclose(slow.cdf(c), slow.pdf(c) / slow.sf(c) * area, rtol=1e-11)
    assert "doubles" in best_cutoff(tr.Uniform(1e291, 2e291)).reason


# What is refused.

LAW = tr.Pareto(1.2)
BAD = [
    ("laws", Fastest, ([],)),
    ("laws", Fastest, (LAW,)),
    ("laws", Fastest, ([LAW, 1.0],)),
    ("laws", Fastest, ([tr.Normal()],)),
    ("laws", Fastest, ([tr.Empirical([1.0, 2.0])],)),
    ("law", hedged, (1.0, 1.0)),
    ("delay", hedged, (LAW, 0.0)),
    ("delay", hedged, (LAW, math.nan)),
    ("copies", hedged, (LAW, 1.0, 0)),
    ("law", RandomAttempts, (tr.Normal(), {1: 1})),
    ("attempts", RandomAttempts, (LAW, 3)),
    ("attempts", RandomAttempts, (LAW, {})),
    ("attempts", RandomAttempts, (LAW, {0: 1.0})),
    ("attempts", RandomAttempts, (LAW, {-1: 1.0})),
    ("attempts", RandomAttempts, (LAW, {1: 0.0})),
    ("attempts", RandomAttempts, (LAW, {1: math.nan})),
    ("attempts", RandomAttempts, (LAW, stats.zipf(2.0))),
    ("attempts", RandomAttempts, (LAW, stats.poisson(1e6))),
    ("attempts", RandomAttempts, (LAW, stats.randint(1, 20_000))),
    ("cutoff", Restarted, (LAW, 1.0)),
    ("cutoff", Restarted, (LAW, math.inf)),
    ("cutoff", Restarted, (tr.Uniform(1, 2), 3.0)),
    ("cutoff", Restarted, (LAW, 1.0 + 1e-9)),
    ("factor", SharedFactor, (LAW, 2.0)),
    ("factor", SharedFactor, (tr.Uniform(1, 2), tr.Uniform(1, 2))),
    ("attempts", SharedFactor, (LAW, LAW, 0.0)),
    ("attempts", SharedFactor, (tr.Pareto(0.8), tr.LogNormal(), 1e-3)),
    ("attempts", SharedFactor, (LAW, tr.Pareto(1e-4))),
    ("shape", LogPareto, (-1.0, 1.0)),
    ("log_shape", LogPareto, (1.0, 0.0)),
    ("law", best_cutoff, (tr.Normal(),)),
]


@pytest.mark.parametrize(("name", "call", "arguments"), BAD)
def test_what_is_wrong_is_refused_in_a_sentence(name, call, arguments):
    with pytest.raises((TypeError, ValueError)) as caught:
        call(*arguments)
    assert re.fullmatch(rf"{name} must .*, got .+", str(caught.value)), caught.value
