"""Selections on clocks: the exactness that the design promises, line by line."""

from __future__ import annotations

import itertools
from functools import cache

import mpmath as mp
import numpy as np
import pytest
import tailrace as tr
from law_cases import CASES, flip
from numpy.testing import assert_allclose, assert_array_equal
from stat_checks import assert_follows
from tailrace import _core
from ulp import ulp_error

each_case = pytest.mark.parametrize("case", CASES, ids=str)
each_closed = pytest.mark.parametrize(
    "case", [case for case in CASES if not case.tabulated], ids=str
)
P_FAIL = 1e-9

# These take a fresh clock for that of the lower tail, and are closed under maxima.
OF_MAXIMA = (tr.Frechet, tr.Gumbel, tr.GeneralizedExtremeValue)


@each_case
@pytest.mark.parametrize("q", [0.5, 8.0, 1e6])
def test_smallest_has_q_times_the_hazard(case, q):
    law = case.law.min_of(q)
    x = case.points(12, seed=5)
    # A closed family rounds its new parameters: 2^-52 of the hazard, and of its slope.
    assert_allclose(law.hazard(x), q * case.law.hazard(x), rtol=3e-13)


@cache
@mp.workprec(2400)
def hazard_of_largest(case, n, x):
    """Return it exactly: every instruction set asks for the same."""
    return flip(mp.mpf(n) * flip(case.hazard(mp.mpf(x))))


@each_case
@pytest.mark.parametrize("n", [1.5, 8.0, 1e12, 1e300])
def test_largest_has_the_nth_power_of_the_distribution(isa, case, n):
    law = case.law.max_of(n)
    x = case.points(10 if isa != "baseline" else 4, seed=6)
    x = np.concatenate([x, case.law.isf([0.5 / n, 0.9 / n])])
    x = x[x < case.law.support[1]]
    with mp.workprec(2400):
        for v, got in zip(x, law.hazard(x), strict=True):
            want = hazard_of_largest(case, n, float(v))
            if want > 1e-300:
                # A closed family rounds the parameters of its maximum.
                allowed = 2e4 if isinstance(law, OF_MAXIMA) else case.ulp
                if case.tabulated:
                    # The n-th power multiplies the error of a logarithm.
                    allowed *= max(1.0, float(flip(want)))
                assert ulp_error(got, want) <= allowed


@each_case
def test_value_beyond_has_the_excess_hazard(case):
    t = case.law.isf(1e-9)
    law = case.law.beyond(t)
    clocks = np.array([1e-12, 1e-3, 1.0, 40.0, 300.0])
    x = law.inverse_hazard(clocks)
    assert np.all(x >= t)
    with mp.workprec(2400):
        for v, got in zip(x, law.hazard(x), strict=True):
            if t < v < law.support[1]:
                # Without a closed form two hazards are subtracted, each with 2^-76, or
                # with what a table says.
                want = case.hazard(mp.mpf(v)) - case.hazard(mp.mpf(t))
                each = case.ulp * 2.0**-52 if case.tabulated else 2.0**-75
                allowed = 2.0**-52 * want + each * case.hazard(mp.mpf(v))
                assert abs(got - want) <= allowed


@pytest.mark.parametrize(
    ("law", "t", "excess"),
    [
        (tr.Pareto(1.2), 1e6, lambda t, e: t * mp.expm1(e / mp.mpf(1.2))),
        (tr.Exponential(2.0), 1e3, lambda t, e: 2 * e),
        (tr.Lomax(1.2), 1e6, lambda t, e: (t + 1) * mp.expm1(e / mp.mpf(1.2))),
        (
            tr.Weibull(0.5),
            1e6,
            lambda t, e: t * mp.expm1(2 * mp.log1p(e / mp.sqrt(t))),
        ),
        (tr.GeneralizedPareto(0.5), 1e6, lambda t, e: (2 + t) * mp.expm1(e / 2)),
    ],
    ids=repr,
)
def test_excess_is_exact_where_its_form_is_closed(law, t, excess):
    beyond = law.beyond(t)
    for e in [1e-14, 1e-6, 0.3, 5.0, 200.0]:
        with mp.workprec(400):
            want = mp.mpf(t) + excess(mp.mpf(t), mp.mpf(e))
            assert ulp_error(beyond.inverse_hazard(e), want) <= 0.51


@each_case
def test_draws_beyond_never_fall_below(case):
    for p in [0.9, 1e-3, 1e-12]:
        t = case.law.isf(p)
        assert case.law.beyond(t).sample(5000, rng=1).min() >= t
        law = case.law.max_of(5).min_of(0.5).beyond(t)
        assert law.sample(5000, rng=1).min() >= t


@each_case
@pytest.mark.parametrize(
    "steps",
    [
        (("min_of", 0.5),),
        (("max_of", 1000.5),),
        (("beyond", 1e-3),),
        (("min_of", 8.0), ("max_of", 3.0)),
        (("max_of", 3.0), ("min_of", 8.0)),
        (("max_of", 3.0), ("beyond", 1e-6)),
        (("beyond", 1e-2), ("max_of", 1e6), ("min_of", 2.0), ("beyond", 0.5)),
    ],
    ids=lambda steps: ".".join(f"{m}({v:g})" for m, v in steps),
)
def test_draws_follow_the_exact_law_of_any_composition(case, steps):
    law = case.law
    for method, value in steps:
        # "beyond" is given by the probability to lie beyond.
        law = getattr(law, method)(law.isf(value) if method == "beyond" else value)
    x = law.sample(20_000, rng=20261123)
    # A bounded law beyond a far point has few doubles left, which is no matter of draws.
    if np.unique(x).size > 19_000:
        assert_follows(x, law.cdf, p_fail=P_FAIL)


def test_selecting_in_steps_is_selecting_at_once():
    law = tr.LogLogistic(1.2)
    x = law.isf([0.9, 0.5, 1e-10])
    assert_allclose(
        law.min_of(2).min_of(4).hazard(x), law.min_of(8).hazard(x), rtol=1e-15
    )
    assert_allclose(
        law.max_of(2).max_of(4).hazard(x), law.max_of(8).hazard(x), rtol=1e-15
    )
    t = law.isf([0.5, 1e-5])
    twice = law.beyond(t[0]).beyond(t[1])
    assert_allclose(
        twice.hazard(2 * t[1]), law.beyond(t[1]).hazard(2 * t[1]), rtol=1e-14
    )
    # The smallest of q, given that it exceeds t, is the smallest of q values beyond t.
    one, two = law.min_of(3).beyond(t[0]), law.beyond(t[0]).min_of(3)
    assert_allclose(one.sf(3 * t[0]), two.sf(3 * t[0]), rtol=1e-14)


def test_maxima_agree_with_brute_force():
    law = tr.Lomax(0.7)
    x = law.sample((20_000, 16), rng=3)
    assert_follows(x.max(axis=1), law.max_of(16).cdf, p_fail=P_FAIL)
    assert_follows(x.min(axis=1), law.min_of(16).cdf, p_fail=P_FAIL)


@pytest.mark.parametrize(
    ("law", "same"),
    [
        (tr.Pareto(1.2, 3.0).min_of(8), tr.Pareto(1.2 * 8, 3.0)),
        (tr.Lomax(1.2, 3.0).min_of(8), tr.Lomax(1.2 * 8, 3.0)),
        (tr.Weibull(0.5, 3.0).min_of(10), tr.Weibull(0.5, 3.0 * 10.0**-2)),
        (tr.Exponential(3.0).min_of(8), tr.Exponential(3.0 / 8)),
        (
            tr.GeneralizedPareto(0.5, 2.0, 1.0).min_of(4),
            tr.GeneralizedPareto(0.125, 0.5, 1.0),
        ),
        (tr.Frechet(2.0, 3.0).max_of(100), tr.Frechet(2.0, 30.0)),
        (tr.Pareto(1.2, 3.0).beyond(9.0), tr.Pareto(1.2, 9.0)),
        (tr.Uniform(0.0, 2.0).beyond(1.0), tr.Uniform(1.0, 2.0)),
        (tr.Pareto(1.2).max_of(1), tr.Pareto(1.2)),
        (tr.Pareto(1.2).beyond(0.5), tr.Pareto(1.2)),
    ],
    ids=repr,
)
def test_closed_families_simplify_by_themselves(law, same):
    assert type(law) is type(same)
    x = same.isf([0.9, 0.1, 1e-9])
    assert_allclose(law.hazard(x), same.hazard(x), rtol=1e-14)


def test_selection_deeper_than_the_core_holds_is_refused():
    law = tr.LogLogistic(1.2)
    for _ in range(8):
        law = law.max_of(2).min_of(2)
    with pytest.raises(
        ValueError, match=r"^selections must be at most 16 deep, got more"
    ):
        law.max_of(2)


@pytest.mark.parametrize(
    "steps", list(itertools.product(["min_of", "max_of"], [1e-280, 1e280]))
)
def test_extreme_numbers_of_values_give_no_nan(steps):
    method, number = steps
    number = max(number, 1.0) if method == "max_of" else number
    for case in CASES:
        law = getattr(case.law, method)(number)
        assert not np.isnan(law.sample(1000, rng=1)).any()
        assert not np.isnan(law.sf(case.points(20, seed=7))).any()
        assert not np.isnan(law.isf([0.1, 0.5, 1e-200])).any()


@each_closed
def test_the_unchecked_form_of_draws_agrees_with_the_exact_inverse(isa, case):
    # Draws multiply by a reciprocal and round at every step: the condition of the
    # exponent, up to 45 / shape, comes on top of 4 ULP.
    law = case.law
    count = 2000 if isa != "baseline" else 200
    bits = _core.stream_bits(b"\1".ljust(32, b"\0"), 0, 0, count)[:count]
    clocks = _core.clocks_from_bits(bits)
    if isinstance(law, OF_MAXIMA):
        clocks = tr.Exponential().inverse_hazard(-tr.Exponential().logcdf(clocks))
    got, want = law.sample(count, rng=1), law.inverse_hazard(clocks)
    shape = abs(getattr(law, "shape", getattr(law, "xi", 1.0))) or 1.0
    shape = min(getattr(law, "c", shape), getattr(law, "k", shape))
    condition = 46 * max(shape, 1 / shape)
    low = law.support[0]
    scale = np.maximum(np.abs(want), abs(low) if np.isfinite(low) else 0)
    if hasattr(law, "loc"):  # is added last, and may cancel
        scale = np.maximum(scale, max(abs(law.loc), law.scale))
    assert np.max(np.abs(got - want) / scale) <= (4 + condition) * 2.0**-52


def test_far_tails_reached_by_conditioning_follow_the_law():
    law = tr.Pareto(1.2)
    for p in [1e-6, 1e-9, 1e-60]:
        x = law.beyond(law.isf(p)).sample(100_000, rng=9)
        # Given X > t, P(X > x) / P(X > t) is uniform.
        assert_follows(law.sf(x) / p, lambda u: u, p_fail=P_FAIL)


def test_pareto_of_shape_a_tenth_has_no_infinity_in_ten_million():
    x = tr.Pareto(0.1).sample(10_000_000, rng=1)
    assert np.isfinite(x).all()
    assert_array_equal(x >= 1.0, True)
