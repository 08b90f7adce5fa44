"""Errors that depend on the truth: python/tailrace/goodhart/dependent.py."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tailrace as tr
from goodhart_numbers import DEPENDENT
from numpy.testing import assert_allclose

NORMAL = tr.Normal(0, 2)

PUBLISHED = tr.Goodhart(
    tr.Normal(),
    error_given=tr.ScaledError(NORMAL, lambda v: np.abs(v) <= 1),
    breaks=[-1, 1],
)
REPAIRED = tr.Goodhart(
    tr.Normal(),
    error_given=tr.ScaledError(NORMAL, lambda v: np.sqrt(np.maximum(1 - v**2, 0))),
    breaks=[-1, 1],
)
HARMFUL = tr.Goodhart(
    tr.Normal(),
    error_given=tr.ScaledError(NORMAL, lambda v: (v >= -2) & (v <= -1)),
    breaks=[-2, -1],
)
MODELS = {"published": PUBLISHED, "repaired": REPAIRED}


@pytest.mark.parametrize("name", MODELS)
def test_both_counterexamples_have_the_numbers_of_high_precision(name):
    rows = np.array([numbers for which, numbers in DEPENDENT if which == name]).T
    t, log_p, truth = rows
    found = MODELS[name].beyond(t)
    assert_allclose(found.truth, truth, rtol=1e-11)
    assert (np.abs(found.truth - truth) <= found.numerical_error + 1e-15).all()
    assert (found.numerical_error <= 1e-9).all()
    with np.errstate(divide="ignore"):
        normal = log_p > -700.0
    # The last is no double any more, and its conditional mean is right all the same.
    assert_allclose(-found.kl[normal], log_p[normal], rtol=1e-12)


def test_the_published_counterexample_tends_to_1_and_not_to_0():
    t = np.array([20.0, 100.0, 1000.0, 1e4])
    truth = PUBLISHED.expected_truth(t)
    # 1 - 4 / t + O(1 / t^2).
    assert (np.abs(truth - (1 - 4 / t)) < 25.0 / t**2).all()
    assert (np.diff(truth) > 0.0).all()


def test_the_repaired_counterexample_tends_to_0():
    t = np.array([40.0, 100.0, 1000.0, 1e4])
    truth = REPAIRED.expected_truth(t)
    assert_allclose(truth, 1 / t, rtol=2e-2)
    assert_allclose(truth[-1], 1 / t[-1], rtol=1e-6)


def test_the_harmful_counterexample_tends_to_minus_1():
    t = np.array([40.0, 100.0, 1000.0, 1e4])
    truth = HARMFUL.expected_truth(t)
    assert (np.diff(truth) > 0.0).all()
    assert (truth < -1.0).all()
    assert_allclose(truth[-1], -1.0, atol=1e-3)
    # Selection is worse than none: E[V] is 0.
    assert HARMFUL.best_of(1e6).truth < -1.0


@pytest.mark.parametrize("model", [PUBLISHED, HARMFUL])
def test_no_theorem_is_claimed_and_the_trend_is_shown(model):
    verdict = model.limit()
    assert math.isnan(verdict.value)
    assert verdict.case == ""
    assert verdict.reason == "the error depends on the truth"
    assert str(verdict).startswith("No theorem here says where E[V | U >= t] goes")
    assert "Computed: " in str(verdict)
    trend = verdict.to_dict()
    assert_allclose(model.probability(trend["t"]), trend["probability"], rtol=1e-9)
    assert not model.is_monotone


def test_breaks_are_found_where_none_are_given():
    t = np.array([2.0, 8.0, 20.0])
    alone = tr.Goodhart(tr.Normal(), error_given=PUBLISHED.error_given)
    assert_allclose(alone.expected_truth(t), PUBLISHED.expected_truth(t), rtol=1e-10)


def test_levels_of_the_counterexamples_need_no_breaks():
    for marked in (PUBLISHED, REPAIRED, HARMFUL):
        alone = tr.Goodhart(tr.Normal(), error_given=marked.error_given)
        # Found to the last digit, so that every panel ends there.
        assert alone._terms.breaks == marked.breaks
    # Without them there was no answer within a minute.
    assert_allclose(alone.threshold(1e-3), marked.threshold(1e-3), rtol=1e-12)
    assert_allclose(alone.best_of(4).truth, marked.best_of(4).truth, rtol=1e-12)


def test_a_narrow_band_of_noise_is_found():
    def scale(v):
        return (np.abs(v - 2.12345) < 0.01) * 1.0

    error = tr.ScaledError(tr.Normal(0, 10), scale)
    found = tr.Goodhart(tr.Normal(), error_given=error).expected_truth(10.0)
    # E[V; U >= 10] by 40 nodes in the band, and the little that V is beyond 10.
    places, weights = np.polynomial.legendre.leggauss(40)
    v = 2.12345 + 0.01 * places
    tail = 0.01 * weights * tr.Normal().pdf(v) * tr.Normal(0, 10).sf(10.0 - v)
    wanted = (v @ tail + tr.Normal().pdf(10.0)) / (tail.sum() + tr.Normal().sf(10.0))
    assert_allclose(found, wanted, rtol=1e-11)


def test_jumps_are_found_for_functions_and_smooth_laws_have_none():
    def jump(v):
        return NORMAL if abs(v) <= 1 else 0.0

    def breaks(given, law=None):
        return tr.Goodhart(law or tr.Normal(), error_given=given)._terms.breaks

    assert breaks(jump) == (-1.0, 1.0)
    assert breaks(lambda v: tr.Normal(0, 1 + v**2)) == ()
    assert breaks(lambda v: tr.Normal(-v, 1)) == ()
    assert breaks(tr.ScaledError(NORMAL, lambda v: 1 + v**2)) == ()
    far = breaks(tr.ScaledError(NORMAL, lambda v: 1.0 + (v > 1e30)), tr.Pareto(1.5))
    assert_allclose(far, [1e30], rtol=1e-15)
    # Between the atoms of data no function needs to be defined.
    assert breaks({0.0: NORMAL, 1.0: 0.0}.__getitem__, tr.Empirical([0.0, 1.0])) == ()


def test_a_function_says_the_same_as_a_scale():
    model = tr.Goodhart(
        tr.Normal(),
        error_given=lambda v: NORMAL if abs(v) <= 1 else 0.0,
        breaks=[-1, 1],
    )
    t = np.array([-1.0, 0.5, 2.0, 20.0])
    found, wanted = model.beyond(t), PUBLISHED.beyond(t)
    assert_allclose(found.truth, wanted.truth, rtol=1e-11)
    assert_allclose(found.error, wanted.error, rtol=1e-10)
    assert_allclose(found.probability, wanted.probability, rtol=1e-11)
    u = np.array([-0.5, 1.5, 3.0])
    assert_allclose(
        model.expected_truth_at(u), PUBLISHED.expected_truth_at(u), rtol=1e-9
    )


INDEPENDENT = [
    (tr.Normal(), tr.StudentT(3)),
    (tr.Laplace(), tr.Logistic(0, 2)),
    (tr.Empirical([0.0, 1.0, 5.0], weights=[5, 3, 1]), tr.Normal()),
]


@pytest.mark.parametrize(("truth", "error"), INDEPENDENT)
def test_an_error_that_does_not_depend_on_the_truth_is_independent(truth, error):
    wanted = tr.Goodhart(truth, error)
    t = wanted.threshold([0.9, 0.5, 1e-3, 1e-12])
    for given in (tr.ScaledError(error, np.ones_like), lambda v: error):
        model = tr.Goodhart(truth, error_given=given)
        found, same = model.beyond(t), wanted.beyond(t)
        scale = np.abs(same.truth).max()
        assert_allclose(found.probability, same.probability, rtol=1e-11)
        assert_allclose(found.truth, same.truth, rtol=1e-10, atol=1e-11 * scale)
        assert_allclose(found.error, same.error, rtol=1e-10, atol=1e-11 * scale)


def test_the_best_of_n_knows_dependence():
    model = tr.Goodhart(*INDEPENDENT[0])
    given = tr.Goodhart(
        tr.Normal(), error_given=tr.ScaledError(tr.StudentT(3), np.ones_like)
    )
    n = [1, 2, 100, 1e5]
    assert_allclose(
        given.best_of(n).truth, model.best_of(n).truth, rtol=1e-8, atol=1e-9
    )
    assert_allclose(given.best_of(n).kl, model.best_of(n).kl, rtol=1e-12)
    assert_allclose(given.top(3, 50).truth, model.top(3, 50).truth, rtol=1e-8)


def test_a_noise_that_grows_with_the_truth_is_worth_what_two_integrals_say():
    def scale(v):
        return 1 + v**2

    model = tr.Goodhart(tr.Normal(), error_given=tr.ScaledError(tr.Normal(), scale))
    alike = tr.Goodhart(tr.Normal(), error_given=lambda v: tr.Normal(0, scale(v)))
    places, weights = np.polynomial.legendre.leggauss(40)
    v = (np.arange(-12.0, 12.0)[:, None] + 0.5 + 0.5 * places).ravel()
    weights = 0.5 * np.tile(weights, 24) * tr.Normal().pdf(v)
    for t in (1.0, 8.0):
        tail = weights * tr.Normal().sf((t - v) / scale(v))
        found = model.beyond(t)
        assert_allclose(found.probability, tail.sum(), rtol=1e-12)
        assert_allclose(found.truth, (v * tail).sum() / tail.sum(), rtol=1e-11)
        assert_allclose(alike.expected_truth(t), found.truth, rtol=1e-10)
