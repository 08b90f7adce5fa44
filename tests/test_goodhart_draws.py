"""Pairs of truth and error given what was selected, however rare that is."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_array_equal
from stat_checks import assert_binomial, assert_follows

COUNT = 10_000
#: Pairs of laws with one large jump, with two that compete, and with none.
PAIRS = {
    "normal, t3": (tr.Normal(), tr.StudentT(3)),
    "t3, t3": (tr.StudentT(3), tr.StudentT(3)),
    "t3, t2.5": (tr.StudentT(3), tr.StudentT(2.5)),
    "normal, normal": (tr.Normal(), tr.Normal(0, 2)),
    "Laplace, Laplace": (tr.Laplace(), tr.Laplace()),
    "normal, Laplace": (tr.Normal(), tr.Laplace()),
    "Weibull, Weibull": (tr.Weibull(0.5), tr.Weibull(0.5)),
    "uniform, normal": (tr.Uniform(-1, 1), tr.Normal()),
    "gamma, narrow": (tr.Gamma(0.3), tr.Normal(0, 0.01)),
    "t10, log-normal": (tr.StudentT(10, 0, 1.789), tr.LogNormal(0, math.log(2)) - 1),
    "below, Levy": (-1 * tr.Pareto(1.5), tr.Levy()),
}


@pytest.mark.parametrize("p", [1e-3, 1e-200])
@pytest.mark.parametrize("pair", PAIRS)
def test_each_of_a_pair_has_an_exponential_excess_given_the_other(pair, p):
    # Given V, X is its law beyond t - V, so its hazard exceeds that there by a standard
    # exponential; and the other way round. That needs no quadrature. At 22 cells of two
    # checks, and 1e-11 each, the chance of a false alarm is 4.4e-10 (at a fixed seed).
    truth, error = PAIRS[pair]
    t = float(tr.Goodhart(truth, error).threshold(p))
    if not t < 1e290:
        t = 1e60  # the threshold is no double
    v, x = tr.Goodhart(truth, error).beyond(t).sample(COUNT, rng=20261126)
    assert (v + x >= t).all()
    for law, one, other in ((error, x, v), (truth, v, x)):
        rest = t - other
        # Where nearly all of t is the other, this one is as it always is, or t - other
        # has lost the digits: then it is known to half an ULP of t only.
        step = np.spacing(np.abs(t))
        excess = law.hazard(one) - law.hazard(rest)
        doubt = np.abs(law.hazard(rest + step) - law.hazard(rest - step)).max()
        if doubt < 1e-3:
            assert (excess > -1e-6).all()
            allowed = tr.Exponential().cdf
            assert_follows(np.maximum(excess, 0.0), allowed, p_fail=1e-11)


@pytest.mark.parametrize(
    ("pair", "p"),
    [
        ("t3, t3", 1e-12),
        ("t3, t2.5", 1e-3),
        ("normal, normal", 1e-12),
        ("Laplace, Laplace", 1e-250),
        ("normal, t3", 1e-300),
    ],
)
def test_truths_follow_their_law(pair, p):
    model = tr.Goodhart(*PAIRS[pair])
    t = float(model.threshold(p))
    law = model.truth_law(t)
    truths, _ = model.beyond(t).sample(COUNT, rng=5)
    assert_follows(truths, law.cdf, p_fail=1e-10)
    # And so do draws from the law itself, which is a table.
    assert_follows(law.sample(COUNT, rng=6), law.cdf, p_fail=1e-10)


def test_competing_jumps_share_as_the_tails_do():
    # Equal tails: the truth has jumped in half of all cases (theory: r / (1 + r)).
    model = tr.Goodhart(tr.StudentT(3), tr.StudentT(3))
    truth, error = model.beyond(1e30).sample(COUNT, rng=1)
    assert_binomial(int((truth > error).sum()), COUNT, 0.5, p_fail=1e-9)


def test_a_jump_that_is_rare_among_the_rare_is_drawn():
    # t3 against t2.5 at 1e-12: E[V | U >= t] = 540.3 comes from a truth that jumps with
    # the conditional chance sf_V(t) / P = 2.1e-2, to first order.
    model = tr.Goodhart(tr.StudentT(3), tr.StudentT(2.5))
    t = float(model.threshold(1e-12))
    truth, _ = model.beyond(t).sample(100_000, rng=2)
    chance = float(model.truth_law(t).sf(t / 2.0))
    assert_binomial(int((truth > t / 2.0).sum()), 100_000, chance, p_fail=1e-9)


def test_one_of_the_k_best_is_the_order_statistics_concomitant():
    model = tr.Goodhart(tr.Normal(), tr.Normal())
    for k, n in ((1, 50), (5, 50), (50, 50), (10**6, 10**9)):
        selection = model.top(k, n)
        truth, error = selection.sample(COUNT, rng=3)
        # V - X is independent of U, and normal with variance 2.
        assert_follows(truth - error, tr.Normal(0, math.sqrt(2)).cdf, p_fail=1e-10)
        proxy = selection.proxy_law() if k < n else model.proxy
        assert_follows(truth + error, proxy.cdf, p_fail=1e-10)


def test_pairs_of_data_have_the_chances_of_counting():
    truth, error = tr.Empirical([0.0, 1.0, 4.0]), tr.Empirical([0.0, 0.0, 2.0, 3.0])
    model = tr.Goodhart(truth, error)
    v, x = model.beyond(4.0).sample(COUNT, rng=1)
    assert (v + x >= 4.0).all()
    # Of 12 equal cases (1, 3) and all four with 4 reach it.
    assert_binomial(int((v == 1.0).sum()), COUNT, 1 / 5, p_fail=1e-9)
    assert_binomial(int((x == 0.0).sum()), COUNT, 2 / 5, p_fail=1e-9)
    # Of 3 drawn from 12 with ties at random: the best is 7 unless none is.
    v, x = model.best_of(3).sample(COUNT, rng=1)
    best = 1.0 - (11 / 12) ** 3
    assert_binomial(int((v + x == 7.0).sum()), COUNT, best, p_fail=1e-9)


@pytest.mark.parametrize(
    "pair",
    [
        (tr.Empirical([0.0, 1.0, 5.0]), tr.StudentT(3)),
        (tr.Normal(), tr.Empirical([0.0, 1.0, 5.0])),
        (tr.Normal().capped(1.0), tr.Normal()),
        (tr.Uniform(), tr.Uniform()),
        (tr.Gumbel(), tr.GeneralizedPareto(-0.5)),
    ],
    ids=repr,
)
@pytest.mark.parametrize("p", [0.2, 1e-4, 1e-12])
def test_atoms_and_ends_are_no_obstacle(pair, p):
    model = tr.Goodhart(*pair)
    t = float(model.threshold(p))
    v, x = model.beyond(t).sample(COUNT, rng=4)
    assert (v + x >= t).all()
    # The mean of V is within 8 standard errors: beyond 1e-14 for a normal one.
    slack = 8.0 * v.std() / math.sqrt(COUNT) + 1e-9
    assert abs(v.mean() - model.expected_truth(t)) < slack


# Errors that depend on the truth.

CAPPED = tr.Goodhart(
    tr.Normal(),
    error_given=tr.ScaledError(tr.Normal(0, 2), lambda v: np.abs(v) <= 1),
    breaks=[-1, 1],
)


@pytest.mark.parametrize("t", [2.0, 14.0, 60.0])
def test_errors_that_depend_on_the_truth_are_drawn_beyond(t):
    v, x = CAPPED.beyond(t).sample(COUNT, rng=8)
    assert (v + x >= t).all()
    law = CAPPED.truth_law(t)
    assert_follows(v, law.cdf, p_fail=1e-10)
    some = np.abs(v) <= 1.0
    assert (x[~some] == 0.0).all()
    error = tr.Normal(0, 2)
    excess = error.hazard(x[some]) - error.hazard(t - v[some])
    assert_follows(np.maximum(excess, 0.0), tr.Exponential().cdf, p_fail=1e-10)


def test_a_function_and_a_scale_say_the_same():
    by_function = tr.Goodhart(
        tr.Normal(),
        error_given=lambda v: tr.Normal(0, 2) if abs(v) <= 1 else 0.0,
        breaks=[-1, 1],
    )
    one, other = (m.beyond(6.0).sample(50, rng=8) for m in (by_function, CAPPED))
    np.testing.assert_allclose(one, other, rtol=1e-6)


# Manners.

MODEL = tr.Goodhart(tr.Normal(), tr.StudentT(3))


def test_shapes_are_as_asked():
    truth, error = MODEL.beyond(3.0).sample(rng=1)
    assert truth.shape == error.shape == ()
    many, _ = MODEL.beyond(3.0).sample((3, 4), rng=1)
    assert many.shape == (3, 4)
    assert many[0, 0] == truth
    none, _ = MODEL.beyond(3.0).sample(0, rng=1)
    assert none.shape == (0,)
    assert_array_equal(MODEL.beyond(3.0).sample((3, 4), rng=1)[0], many)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MODEL.beyond([1.0, 2.0]), "t must be a single number"),
        (lambda: MODEL.beyond(math.nan), "t must be a value that the proxy reaches"),
        (lambda: MODEL.beyond(math.inf), "t must be a value that the proxy reaches"),
        (
            lambda: tr.Goodhart(tr.Uniform(), tr.Uniform()).beyond(2.5),
            "t must be a value that the proxy reaches, got 2.5",
        ),
        (
            lambda: tr.Goodhart(tr.Normal(), tr.Normal()).tilted(beta=2.0),
            "selection must be by t, n or k",
        ),
        (lambda: MODEL.best_of(1.5), "n must be 1, or >= 2"),
        (lambda: CAPPED.best_of(4), "selection must be by t"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        make().sample(5, rng=1)
