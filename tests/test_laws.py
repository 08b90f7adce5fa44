"""Exact functions of laws against mpmath and SciPy: cpp/tailrace/laws."""

from __future__ import annotations

import math
from functools import cache

import mpmath as mp
import numpy as np
import pytest
import tailrace as tr
from law_cases import CASES, flip
from numpy.testing import assert_allclose, assert_array_equal
from ulp import ulp_error

each_case = pytest.mark.parametrize("case", CASES, ids=str)

# Enough for 1 - e^-700 and for what is left of it.
PRECISION = 2400

FROM_HAZARD = {
    "hazard": lambda h: h,
    "logsf": lambda h: -h,
    "sf": lambda h: mp.exp(-h),
    "cdf": lambda h: -mp.expm1(-h),
    "logcdf": lambda h: -flip(h),
}


@cache
def exact_hazard(case, x):
    """Return the hazard of a double: every instruction set asks for the same ones."""
    with mp.workprec(PRECISION):
        return case.hazard(mp.mpf(x))


@each_case
@pytest.mark.parametrize("name", FROM_HAZARD)
def test_functions_of_a_value_are_rounded_once(isa, case, name):
    # Two-double arithmetic leaves 2^-20 ULP, so half an ULP is the rounding; logcdf
    # below 1e-290 passes through subnormal numbers.
    count = 40 if isa != "baseline" else 8
    x = case.points(count, seed=1)
    with mp.workprec(PRECISION):
        want = [FROM_HAZARD[name](exact_hazard(case, float(v))) for v in x]
        got = getattr(case.law, name)(x)
        errors = [
            ulp_error(g, w)
            for g, w in zip(got, want, strict=True)
            if name != "logcdf" or abs(w) > 1e-290
        ]
    assert max(errors) <= case.ulp


@each_case
def test_density_is_the_derivative_of_the_distribution(case):
    x = case.points(24, seed=2)
    with mp.workprec(600):
        for v, got in zip(x, case.law.pdf(x), strict=True):
            point, step = mp.mpf(v), mp.mpf(v) * mp.mpf(2) ** -200
            slope = (case.hazard(point + step) - case.hazard(point - step)) / (2 * step)
            want = slope * mp.exp(-case.hazard(point))
            assert ulp_error(got, want) <= max(1.0, case.ulp)
            log_got = case.law.logpdf(v)
            allowed = max(4e-16, case.ulp * 2.0**-52) * max(1.0, abs(log_got))
            assert abs(log_got - float(mp.log(want))) <= allowed


@each_case
@pytest.mark.parametrize("name", ["isf", "ppf"])
def test_quantiles_invert_the_exact_distribution(isa, case, name):
    # The right double is the one next to the exact quantile: with x one ULP on either
    # side, the exact probability must lie on either side of p, but for what a table
    # says of it.
    rng = np.random.default_rng(3)
    p = np.concatenate([rng.random(12), 10.0 ** rng.uniform(-280, -1, 20)])
    got = getattr(case.law, name)(p if isa != "baseline" else p[::4])
    low, high = case.law.support
    with mp.workprec(PRECISION):
        for q, x in zip(p if isa != "baseline" else p[::4], got, strict=True):
            e = -mp.log(mp.mpf(q)) if name == "isf" else -mp.log1p(-mp.mpf(q))
            below, above = np.nextafter(x, -np.inf), np.nextafter(x, np.inf)
            near = case.ulp * 2.0**-52 * min(1, e) if case.tabulated else 0
            if case.tabulated and abs(x) < 1e-300:
                continue  # e^u has lost digits before the scale comes in
            if below > low:
                assert exact_hazard(case, float(below)) <= e + near
            if above < high:
                assert exact_hazard(case, float(above)) >= e - near


@each_case
def test_agrees_with_scipy_where_scipy_is_exact(case):
    x = case.points(200, seed=4)
    x = x[(case.law.sf(x) > 1e-6) & (case.law.cdf(x) > 1e-3)]
    assert_allclose(case.law.cdf(x), case.scipy.cdf(x), rtol=1e-9)
    assert_allclose(case.law.sf(x), case.scipy.sf(x), rtol=1e-9)
    assert_allclose(case.law.pdf(x), case.scipy.pdf(x), rtol=1e-9)
    p = np.linspace(0.01, 0.99, 50)
    assert_allclose(case.law.ppf(p), case.scipy.ppf(p), rtol=1e-11)
    assert_allclose(case.law.isf(p), case.scipy.isf(p), rtol=1e-11)
    assert_allclose(case.law.support, case.scipy.support())
    assert_allclose(case.law.median(), case.scipy.median(), rtol=1e-11)


@each_case
def test_moments_agree_with_scipy_and_with_quadrature(case):
    from tailrace.laws import moments

    for name, order in [("mean", 1), ("var", 2)]:
        got = getattr(case.law, name)()
        if max(case.law.tail_index, case.law._lower_tail_index) <= 1:
            # Both tails have an infinite mean, and the difference is nothing.
            assert math.isnan(got)
            assert got.reason.startswith("neither tail index, ")
        elif case.law.tail_index <= order:
            assert got == math.inf
            assert (
                got.reason
                == f"the tail index {case.law.tail_index:g} is not above {order}"
            )
        else:
            assert got.reason == ""
            # A law around 0 has a mean of 0, known to 1e-10 of its spread.
            around_0 = name == "mean" and case.law.support[0] == -math.inf
            near = 1e-10 * case.law.std() if around_0 else 0.0
            assert_allclose(got, getattr(case.scipy, name)(), rtol=1e-10, atol=near)
            by_quadrature = getattr(moments, name)(case.law)
            assert_allclose(got, by_quadrature, rtol=1e-10, atol=near)


@each_case
def test_ends_of_the_support_and_beyond(case):
    law = case.law
    low, high = law.support
    outside = np.array([-np.inf, low - 1.0, low])
    assert_array_equal(law.sf(outside), 1.0)
    assert_array_equal(law.cdf(outside), 0.0)
    assert_array_equal(law.pdf(outside[:2]), 0.0)
    assert (law.sf(high), law.cdf(high)) == (0.0, 1.0)
    assert law.sf(np.inf) == 0.0
    assert (law.isf(1.0), law.isf(0.0)) == (low, high)
    assert (law.ppf(0.0), law.ppf(1.0)) == (low, high)
    assert (law.inverse_hazard(0.0), law.inverse_hazard(np.inf)) == (low, high)
    assert np.isnan(law.sf(np.nan))


def test_clocks_carry_probabilities_far_below_the_last_double():
    law = tr.Pareto(2.0)
    assert_allclose(law.inverse_hazard(1400.0), np.exp(700.0), rtol=1e-15)
    assert_allclose(law.hazard(np.exp(700.0)), 1400.0, rtol=1e-15)


@pytest.mark.parametrize("xi", [0.0, 1e-300, 1e-30, -1e-30, 1e-17, 1e-9, -1e-9])
def test_generalized_pareto_passes_smoothly_through_zero(xi):
    law = tr.GeneralizedPareto(xi)
    x = np.array([1e-10, 0.1, 1.0, 30.0])
    with mp.workprec(PRECISION):
        for v in x:
            exact = mp.log1p(mp.mpf(xi) * mp.mpf(v)) / mp.mpf(xi) if xi else mp.mpf(v)
            assert ulp_error(law.hazard(v), exact) <= 0.51
    assert_allclose(law.inverse_hazard(law.hazard(x)), x, rtol=4e-16)


def test_log_logistic_variance_keeps_digits_for_large_shapes():
    # pi^2 / (3 c^2) at leading order; the next term is of relative order 3 / c^2.
    assert_allclose(tr.LogLogistic(1e5).var(), np.pi**2 / 3e10, rtol=1e-9)


def test_weibull_variance_keeps_digits_for_large_shapes():
    assert_allclose(tr.Weibull(1e4).var(), np.pi**2 / 6e8, rtol=1e-3)
