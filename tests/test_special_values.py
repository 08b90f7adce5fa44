"""Special values of laws on the whole line, of extremes, and of Burr's."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
import tailrace as tr
from law_cases import gev
from numpy.testing import assert_allclose, assert_array_equal
from ulp import ulp_error

GEV = tr.GeneralizedExtremeValue


def digits(got, want):
    """Relative error against a number of any precision."""
    return float(abs((mp.mpf(float(got)) - want) / want))


@pytest.mark.parametrize("family", [tr.Laplace, tr.Logistic, tr.Normal, tr.Cauchy])
def test_symmetric_laws_have_their_location_as_exact_median(isa, family):
    for loc, scale in [(0.0, 1.0), (0.0, 1e300), (1e-300, 1.0), (-7.5, 1e-3)]:
        law = family(loc, scale)
        assert_array_equal(law.isf([0.5] * 9), loc)
        assert law.median() == loc
        assert family is tr.Cauchy or law.mean() == loc
        assert law.sf(loc) == law.cdf(loc) == 0.5


@pytest.mark.parametrize("family", [tr.Laplace, tr.Logistic, tr.Gumbel])
def test_quantiles_next_to_zero_are_right_to_the_scale(family):
    # Two numbers near 1 are subtracted: 2^-70 of the scale is left, far below 2^-52.
    p = 0.5 + np.array([-1e-9, -(2.0**-50), 2.0**-52, 1e-13])
    p = p if family is not tr.Gumbel else math.exp(-1) + p - 0.5
    with mp.workprec(200):
        for q in p:
            e = mp.mpf(float(q))
            want = {
                tr.Laplace: mp.log(2 * e) if e < 0.5 else -mp.log(2 * (1 - e)),
                tr.Logistic: mp.log(e) - mp.log(1 - e),
                tr.Gumbel: -mp.log(-mp.log(e)),
            }[family]
            assert (
                abs(mp.mpf(family().ppf(q)) - want) <= 2.0**-52 * abs(want) + 2.0**-70
            )


@pytest.mark.parametrize("scale", [5e-324, 1e-310, 1e-300, 1e300, 1.7e308])
def test_locations_and_scales_at_the_ends_of_the_doubles(scale):
    # One scale from the location, where the difference is subnormal or overflows.
    law = tr.Laplace(-scale, scale)
    assert_allclose(law.sf(scale), math.exp(-2) / 2, rtol=1e-15)
    assert_allclose(law.sf([-scale, 0.0]), [0.5, math.exp(-1) / 2], rtol=1e-15)
    law = tr.Gumbel(-scale, scale)
    assert_allclose(law.cdf(0.0), math.exp(-math.exp(-1)), rtol=1e-15)
    law = GEV(0.5, scale, -scale)
    assert_allclose(law.cdf(0.0), math.exp(-(1.5**-2)), rtol=1e-15)


@pytest.mark.parametrize("xi", [0.0, 1e-300, 1e-30, -1e-30, 1e-17, 1e-9, -1e-9])
def test_generalized_extreme_value_passes_smoothly_through_zero(isa, xi):
    law = GEV(xi)
    x = np.array([-5.0, -0.1, 1e-10, 0.1, 1.0, 30.0])
    with mp.workprec(2400):
        for v in x:
            assert ulp_error(law.hazard(v), gev(xi, 1.0, 0.0)(mp.mpf(v))) <= 0.51
    assert_allclose(law.ppf(law.cdf(x[:4])), x[:4], rtol=1e-14, atol=1e-16)
    assert_allclose(law.inverse_hazard(law.hazard(x)), x, rtol=1e-14, atol=1e-15)
    assert_allclose(law.pdf(x), tr.Gumbel().pdf(x), rtol=1e-5)
    assert_allclose(law.sample(99, rng=1), tr.Gumbel().sample(99, rng=1), rtol=1e-6)
    assert_allclose(law.mean(), np.euler_gamma, rtol=1e-8)
    assert_allclose(law.var(), np.pi**2 / 6, rtol=1e-8)


def test_generalized_extreme_value_without_shape_is_gumbel_however_far():
    x = np.array([1e60, 1e300])
    assert_array_equal(GEV(0).hazard(x), x)
    assert_array_equal(GEV(0).inverse_hazard(x), x)
    assert GEV(1e300).cdf(1e300) == pytest.approx(math.exp(-1), rel=1e-15)


@pytest.mark.parametrize("xi", [-2.0, -1.0, -0.3, 0.3, 2.0, 30.0])
def test_generalized_extreme_value_keeps_its_digits_next_to_its_end(xi):
    law = GEV(xi, 2.0, 1.0)
    end = next(e for e in law.support if math.isfinite(e))
    inwards = math.copysign(math.inf, xi)
    x = np.array([np.nextafter(end, inwards), end + math.copysign(1e-9, xi)])
    with mp.workprec(2400):
        for v in x:
            hazard = gev(xi, 2.0, 1.0)(mp.mpf(float(v)))
            if hazard > 1e-290:
                assert ulp_error(law.hazard(v), hazard) <= 0.51
                assert ulp_error(law.sf(v), mp.exp(-hazard)) <= 0.51
    draws = law.sample(10_000, rng=1)
    assert law.support[0] <= draws.min()
    assert draws.max() <= law.support[1]


@pytest.mark.parametrize(
    ("law", "same"),
    [
        (tr.Gumbel(1.0, 2.0).max_of(50), tr.Gumbel(1.0 + 2.0 * math.log(50), 2.0)),
        (GEV(0.5, 2.0, 1.0).max_of(16), GEV(0.5, 8.0, 13.0)),
        (GEV(0.0, 2.0, 1.0).max_of(50), GEV(0.0, 2.0, 1.0 + 2.0 * math.log(50))),
        (tr.Burr(2.0, 0.5, 3.0).min_of(8), tr.Burr(2.0, 4.0, 3.0)),
    ],
    ids=repr,
)
def test_closed_families_simplify_by_themselves(law, same):
    assert type(law) is type(same)
    x = same.isf([0.9, 0.1, 1e-9])
    assert_allclose(law.hazard(x), same.hazard(x), rtol=1e-14)


@pytest.mark.parametrize("law", [tr.Gumbel(), GEV(0.0), GEV(0.3), GEV(-0.3)], ids=repr)
def test_largest_of_1e300_has_the_exact_median(law):
    with mp.workprec(200):
        log_y = mp.log(mp.log(2)) - mp.log(mp.mpf(1e300))
        xi = mp.mpf(getattr(law, "xi", 0.0))
        want = mp.expm1(-xi * log_y) / xi if xi else -log_y
        assert digits(law.max_of(1e300).median(), want) <= 690 * 2.0**-52


def test_maxima_whose_location_would_be_rounded_off_are_kept_as_selections():
    law = tr.Gumbel(1e17)
    assert isinstance(law.max_of(1e6), tr.Derived)
    assert isinstance(GEV(-0.3).max_of(2), tr.Derived)
    assert GEV(-0.3).max_of(2).support == GEV(-0.3).support
    x = 1e17 + 16.0
    assert_allclose(law.max_of(1e6).logcdf(x), 1e6 * law.logcdf(x), rtol=1e-15)


@pytest.mark.parametrize(
    "xi",
    [
        0.4999999,
        0.49,
        0.3,
        0.1,
        0.09,
        1e-3,
        1e-7,
        1e-200,
        0.0,
        -1e-7,
        -0.05,
        -1.0,
        -3.0,
    ],
)
def test_moments_of_extreme_values_keep_their_digits(xi):
    law = GEV(xi, 3.0)
    with mp.workprec(3000):
        p = mp.mpf(xi)
        mean, var = mp.euler, mp.pi**2 / 6
        if xi:
            g1, g2 = mp.gamma(1 - p), mp.gamma(1 - 2 * p)
            mean, var = (g1 - 1) / p, (g2 - g1**2) / p**2
        assert abs(mp.mpf(law.mean()) - 3 * mean) <= 2e-15 * (1 + abs(3 * mean))
        assert digits(law.var(), 9 * var) <= 1e-13


@pytest.mark.parametrize("shape", [20.0, 300.0, 1e4, 1e6, 1e12])
def test_variances_of_weibull_and_frechet_keep_their_digits(shape):
    with mp.workprec(600):
        for law, p in [(tr.Weibull(shape), 1), (tr.Frechet(shape), -1)]:
            p = p / mp.mpf(shape)
            want = mp.gamma(1 + 2 * p) - mp.gamma(1 + p) ** 2
            assert digits(law.var(), want) <= 1e-13


@pytest.mark.parametrize(
    ("c", "k"),
    [
        (0.8, 3.0), (3.0, 0.7), (3.0, 0.666667), (1e4, 2.0), (1e4, 1e-3), (1e8, 1e8),
        (0.01, 1e3), (0.5, 5e3), (2.0, 1e10), (0.1, 21.0), (1e-2, 201.0), (40.0, 1e300),
    ],
)  # fmt: skip
def test_moments_of_burr_keep_their_digits(c, k):
    law = tr.Burr(c, k)
    with mp.workprec(4000):
        p, k = 1 / mp.mpf(c), mp.mpf(k)

        def moment(r):
            # Stirling's series is all there is for huge numbers, hence loggamma.
            return mp.exp(
                mp.loggamma(1 + r * p) + mp.loggamma(k - r * p) - mp.loggamma(k)
            )

        assert digits(law.mean(), moment(1)) <= 1e-12
        assert digits(law.var(), moment(2) - moment(1) ** 2) <= 2e-12
