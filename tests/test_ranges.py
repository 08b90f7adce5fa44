"""The range of n values: its law against mpmath, closed forms, draws and brute force."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
import tailrace as tr
from law_cases import CASES
from numpy.testing import assert_allclose, assert_array_equal
from stat_checks import assert_follows

P_FAIL = 1e-9
LAWS = [
    tr.Pareto(1.2),
    tr.Pareto(0.3, 5.0),
    tr.Weibull(0.5),
    tr.Weibull(3.0, 0.2),
    tr.Frechet(1.2),
    tr.LogLogistic(1.2),
    tr.Laplace(0.0, 1.0),
    tr.Gumbel(-2.0, 3.0),
    tr.Logistic(5.0, 2.0),
    tr.GeneralizedPareto(-0.3, 2.0, -1.0),
    2 - tr.Frechet(1.5),
    tr.Lomax(1.2).truncated(0.5, 90.0),
]
N = [1.5, 10, 1e6]


@pytest.mark.parametrize("n", [1.25, 2, 3.5, 64, 1e9])
@pytest.mark.parametrize("r", [1e-9, 1e-3, 0.3, 1.0, 7.0, 40.0, 300.0])
def test_range_of_exponential_values_is_the_largest_of_one_less(n, r):
    # Given the smallest, the others are as new: R is the largest of n - 1.
    with mp.workdps(40):
        below = -mp.expm1(-mp.mpf(r) / mp.mpf(2.5))
        cdf = float(below ** (n - 1))
        sf = float(-mp.expm1((n - 1) * mp.log1p(-mp.exp(-mp.mpf(r) / mp.mpf(2.5)))))
    wide = tr.Exponential(2.5).range_of(n)
    if cdf > 1e-290:
        assert_allclose(wide.cdf(r), cdf, rtol=1e-9)
    assert_allclose(wide.sf(r), sf, rtol=1e-9)


@pytest.mark.parametrize("n", [2, 3.5, 64])
@pytest.mark.parametrize("r", [1e-6, 0.01, 0.5, 1.9, 1.999999])
def test_range_of_uniform_values_has_a_beta_law(n, r):
    with mp.workdps(40):
        s = mp.mpf(r) / 2
        cdf = n * s ** (n - 1) - (n - 1) * s**n
        wide = tr.Uniform(1.0, 3.0).range_of(n)
        if cdf > 1e-290:
            assert_allclose(wide.cdf(r), float(cdf), rtol=1e-9)
        assert_allclose(wide.sf(r), float(1 - cdf), rtol=1e-9)


HAZARDS = {repr(case.law): case.hazard for case in CASES}


def by_mpmath(law, n, r):
    """Both probabilities from n int f(x) (F(x + r) - F(x))^(n - 1) dx, in survival."""
    hazard = HAZARDS[repr(law)]
    low, high = (mp.mpf(x) for x in law.support)
    with mp.workdps(30):
        r = mp.mpf(r)

        def sf(x):
            return mp.exp(-hazard(x)) if low < x < high else mp.mpf(x <= low)

        # P(R > r) = int n S^(n - 1) (1 - (1 - S(x + r) / S(x))^(n - 1)) dF(x), over
        # pieces between quantiles, by S' from differences of none: in s = S(x).
        def x_of(c):
            x = mp.mpf(float(law.inverse_hazard(float(c))))
            for _ in range(3):  # Newton, from double to full precision
                h = mp.mpf(10) ** -12 * abs(x)
                slope = (hazard(x + h) - hazard(x - h)) / (2 * h)
                x -= (hazard(x) - c) / slope
            return x

        def integrand(c):
            ratio = mp.exp(c) * sf(x_of(c) + r)
            return n * mp.exp(-n * c) * -mp.expm1((n - 1) * mp.log1p(-ratio))

        def complement(c):
            ratio = mp.exp(c) * sf(x_of(c) + r)
            return n * mp.exp(-n * c) * (1 - ratio) ** (n - 1)

        cuts = [mp.mpf(10) ** e / n for e in (-8, -4, -2, -1, -0.5, 0, 0.5, 1, 1.5)]
        return tuple(mp.quad(g, [mp.mpf(10) ** -14 / n, *cuts], maxdegree=5)
                     for g in (complement, integrand))  # fmt: skip


@pytest.mark.parametrize(
    ("law", "n", "r"),
    [
        (tr.Pareto(1.2), 4, 0.5),
        (tr.Pareto(1.2), 64, 1e4),
        (tr.Weibull(0.5), 10, 3.0),
        (tr.LogLogistic(1.2), 5.5, 2.0),
        (tr.Gumbel(-2.0, 3.0), 8, 9.0),
    ],
    ids=repr,
)
def test_probabilities_are_those_of_the_formula_in_mpmath(law, n, r):
    wide = law.range_of(n)
    cdf, sf = by_mpmath(law, n, r)
    assert_allclose(wide.cdf(r), float(cdf), rtol=1e-9)
    assert_allclose(wide.sf(r), float(sf), rtol=1e-9)


@pytest.mark.parametrize("law", LAWS, ids=repr)
@pytest.mark.parametrize("n", N)
def test_draws_follow_the_probabilities(law, n):
    wide = law.range_of(n)
    x = wide.sample(4000, rng=9)
    grid = np.quantile(x, np.linspace(0, 1, 13))
    share = np.searchsorted(np.sort(x), grid, "right") / x.size
    # Between points of the grid both are monotone; at them DKW bounds the gap.
    allowed = math.sqrt(math.log(2 / P_FAIL) / (2 * x.size))
    cdf = wide.cdf(grid)
    assert np.max(np.abs(share - cdf)) <= allowed
    assert np.all(np.diff(cdf) >= 0)
    assert_allclose(cdf + wide.sf(grid), 1.0, rtol=1e-12)
    assert wide.cdf(wide.median()) == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize("n", [2, 5, 16])
def test_range_of_atoms_is_exact(n):
    law = tr.Empirical([1.0, 2.0, 2.0, 4.5, 4.5, 4.5, 9.0])
    wide = law.range_of(n)
    grids = np.stack(np.meshgrid(*[law.values] * 2), axis=-1).reshape(-1, 2)
    for r in [0.0, 0.5, 1.0, 2.5, 3.5, 7.0, 7.5, 8.0, 20.0]:
        want = 0.0
        for low, high in grids:
            if 0 <= high - low <= r:
                # Inclusion and exclusion: low and high are both among the values.
                p = [law.cdf(high - e) - law.cdf(low - 1e-9 + d)
                     for e in (0, 1e-9) for d in (0, 1e-9)]  # fmt: skip
                if low == high:
                    want += p[0] ** n
                else:
                    want += p[0] ** n - p[1] ** n - p[2] ** n + max(p[3], 0.0) ** n
        assert_allclose(wide.cdf(r), want, rtol=1e-12)
        assert_allclose(wide.sf(r), 1 - want, rtol=1e-9, atol=1e-15)
    share = np.mean(wide.sample(20_000, rng=1) <= 3.5)
    allowed = math.sqrt(math.log(2 / P_FAIL) / 40_000)
    assert abs(share - wide.cdf(3.5)) <= allowed


def test_range_of_capped_values_has_atoms_as_well():
    # Capped at t, all n values are t with chance q^n; R = t - 1 never, as no value is 1.
    law = tr.Pareto(1.0).capped(2.0)
    wide = law.range_of(3)
    assert_allclose(wide.cdf(0.0), 0.5**3, rtol=1e-9)
    # Otherwise n int f (F(x + r) - F(x))^2 dx, with F = 1 from 2 on.
    with mp.workdps(30):
        r = mp.mpf(0.25)
        body = mp.quad(lambda x: 3 / x**2 * (1 / x - 1 / (x + r)) ** 2, [1, 2 - r])
        body += mp.quad(lambda x: 3 / x**2 * (1 / x) ** 2, [2 - r, 2])
        assert_allclose(wide.cdf(0.25), float(body) + 0.5**3, rtol=1e-9)
    x = wide.sample(20_000, rng=1)
    for r in (0.0, 0.25, 0.9):
        allowed = math.sqrt(math.log(2 / P_FAIL) / (2 * x.size))
        assert abs(np.mean(x <= r) - wide.cdf(r)) <= allowed


def test_censored_values_have_ranges_of_at_least_something():
    law = tr.Empirical([1.0, 2.0, 9.0], censored_at=5.0)
    wide = law.range_of(2)
    x = wide.sample(2000, rng=1)
    assert set(x) == {0.0, 1.0, np.inf}
    assert wide.cdf(1.0) == pytest.approx(4 / 9)
    assert wide.sf(1e9) == pytest.approx(5 / 9)
    assert math.isnan(wide.mean())
    assert wide.mean().reason


def test_far_tails_keep_their_digits():
    # One of n values is far away: P(R > r) -> n P(X > r).
    assert_allclose(tr.Pareto(1.2).range_of(64).sf(1e200), 64e-240, rtol=1e-9)
    assert_allclose(tr.Pareto(1.2).range_of(1e100).sf(1e250), 1e-200, rtol=1e-9)
    # All of n values are within a tiny width: n r^(n-1) int f^n.
    a, n, r = 1.2, 6, 1e-8
    want = n * r ** (n - 1) * a**n / (n * (a + 1) - 1)
    assert_allclose(tr.Pareto(a).range_of(n).cdf(r), want, rtol=1e-7)
    a, n, r = 1.2, 64, 1e-4
    got = tr.Pareto(a).range_of(n).cdf(r)
    assert 0 < got < n * r ** (n - 1) * a**n


def test_mean_is_that_of_the_ends():
    assert tr.Exponential(2.0).range_of(4).mean() == pytest.approx(
        2 * (1 + 1 / 2 + 1 / 3)
    )
    assert tr.Uniform(1, 3).range_of(9).mean() == pytest.approx(1.6)
    infinite = tr.Pareto(0.9).range_of(3).mean()
    assert infinite == math.inf
    assert infinite.reason == "the tail index 0.9 is not above 1"


def test_simple_cases_and_ends():
    one = tr.Pareto(1.2).range_of(1)
    assert one.support == (0.0, 0.0)
    assert one.sample(rng=1) == one.mean() == one.median() == one.sf(0.0) == 0.0
    assert one.cdf(0.0) == 1.0
    wide = tr.Uniform(1, 3).range_of(5)
    assert wide.support == (0.0, 2.0)
    got = wide.cdf([-1.0, 0.0, 2.0, np.inf])
    assert_allclose(got, [0.0, 0.0, 1.0, 1.0], rtol=0, atol=1e-60)
    assert_array_equal(wide.sf([-1.0, 0.0, 2.0, np.inf]), [1.0, 1.0, 0.0, 0.0])
    assert math.isnan(wide.cdf(math.nan))
    assert wide.cdf(np.ones((2, 3))).shape == (2, 3)
    for p in (1e-12, 0.01, 0.5, 0.99, 1 - 1e-12):
        assert wide.cdf(wide.ppf(p)) == pytest.approx(p, rel=1e-9)
    for bad in (0.0, 1.0, math.nan):
        with pytest.raises(ValueError, match=r"^p must be > 0 and < 1, got "):
            wide.ppf(bad)


def test_samples_are_differences_of_the_pairs():
    law = tr.Gumbel()
    pairs = law.min_and_max(9).sample((2, 5), rng=3)
    want = pairs[..., 1] - pairs[..., 0]
    wide = law.range_of(9)
    assert_array_equal(wide.sample((2, 5), rng=3), want)
    out = np.empty((2, 5), np.float32)
    assert wide.sample(rng=3, out=out) is out
    assert_array_equal(out, want.astype(np.float32))
    assert type(wide.sample(rng=3)) is float
    assert wide.sample(rng=3) == want[0, 0]
    assert wide.sample(4, rng=3, dtype="float32").dtype == np.float32
    with pytest.raises(ValueError, match=r"^shape must be that of out, "):
        wide.sample(3, out=np.empty(4))


def test_ranges_of_a_huge_number_of_values_follow_their_limit():
    # The largest of 1e300 less the smallest, 1: the law of the largest.
    law = tr.Pareto(1.2)
    x = law.range_of(1e300).sample(20_000, rng=2)
    assert_follows(x, law.max_of(1e300).cdf, p_fail=P_FAIL)
