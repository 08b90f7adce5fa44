"""Sums of laws with an upper end: near it, with an atom there, and drawn."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose, assert_array_equal
from scipy.integrate import quad
from scipy.stats import kstest


def irwin_hall(n, x):
    """P(U_1 + ... + U_n <= x), rounded once."""
    x = Fraction(x)
    terms = (
        (-1) ** k * math.comb(n, k) * (x - k) ** n for k in range(math.floor(x) + 1)
    )
    return float(sum(terms) / math.factorial(n))


@pytest.mark.parametrize("n", [2, 3, 12, 50])
@pytest.mark.parametrize("gap", [0.7, 0.1, 2.0**-7])
def test_uniform_sums_keep_their_digits_near_both_ends(n, gap):
    total, want = tr.Uniform(0, 1).sum_of(n), irwin_hall(n, gap)
    assert total.cdf(gap) == pytest.approx(want, rel=1e-12)
    # From above the distance to the end is a difference: n ULP of it are lost.
    assert total.sf(n - gap) == pytest.approx(want, rel=1e-7)


def test_an_atom_at_the_end_is_no_wave():
    """Against quadrature, for two values capped at 10."""
    law = tr.Pareto(1.2)
    left = law.sf(10.0)

    def beyond(y):
        inner = quad(
            lambda v: law.pdf(v) * (law.sf(y - v) - left), y - 10.0, 10.0, epsabs=0.0
        )[0]
        return left**2 + 2.0 * left * (law.sf(y - 10.0) - left) + inner

    total = law.capped(10.0).sum_of(2)
    for y in (15.0, 19.0, 19.9, 19.999):
        assert total.sf(y) == pytest.approx(beyond(y), rel=1e-9)
    assert (total.sf(20.0), total.isf(0.99 * left**2)) == (0.0, 20.0)


def test_draws_of_few_are_sums_of_draws():
    """Kolmogorov's test, false alarm 1e-9; and the manners of `Law.sample`."""
    total = tr.Uniform(0, 1).sum_of(3)
    x = total.sample(20_000, rng=5)
    assert kstest(x, np.vectorize(lambda v: irwin_hall(3, float(v)))).pvalue > 1e-9
    assert_array_equal(total.sample((10, 20), rng=5, threads=2).ravel(), x[:200])
    assert isinstance(total.sample(rng=5), float)
    out = np.empty(7, dtype=np.float32)
    assert total.sample(rng=5, out=out) is out
    assert_allclose(out, x[:7], rtol=1e-6)
    assert total.sample(0, rng=5).shape == (0,)
    with pytest.raises(ValueError, match=r"^shape must be "):
        total.sample(-1)


@pytest.mark.parametrize("limit", [1e3, 1e6, 1e12])
def test_sums_of_capped_values_are_exact_at_and_beyond_the_cap(limit):
    """Against quadrature for two values: below the cap they are not changed at all."""
    law = tr.Pareto(0.7)
    total, free = law.capped(limit).sum_of(2), law.sum_of(2)
    left = law.sf(limit)

    def beyond(y):
        inner = quad(
            lambda v: law.pdf(v) * (law.sf(y - v) - left),
            y - limit, limit, epsabs=0.0, limit=400,
        )[0]  # fmt: skip
        return left**2 + 2.0 * left * (law.sf(y - limit) - left) + inner

    x = np.array([3.0, 50.0, 0.4 * limit, 0.999 * limit])
    assert_allclose(total.sf(x), free.sf(x), rtol=1e-10)
    for y in (1.001 * limit, 1.5 * limit):
        found = total.sf(y)
        # So much is left of differences of tails.
        assert math.isnan(found) or found == pytest.approx(beyond(y), rel=1e-6)
        assert not math.isnan(found) or beyond(y) < 1e-12
    p = np.array([0.1, 0.9, 0.99, 0.999])
    assert_allclose(total.cdf(total.ppf(p)), p, rtol=1e-12)
    assert (np.diff(total.ppf(p)) > 0.0).all()


def test_sums_of_truncated_values_are_those_given_that_none_is_beyond():
    """P(T <= x) at the limit is the free one over the chance that both are below."""
    law = tr.Pareto(0.7)
    total, kept = law.truncated(high=1e3).sum_of(2), law.cdf(1e3)
    for x in (5.0, 300.0, 1e3):
        assert total.cdf(x) == pytest.approx(law.sum_of(2).cdf(x) / kept**2, rel=1e-12)
    assert_allclose(total.cdf(total.ppf([0.5, 0.99, 0.999])), [0.5, 0.99, 0.999])


def test_halves_of_a_path_that_do_not_meet_are_no_answer():
    """The power 2.5 jumps beyond its end. By mpmath, of the convolution."""
    found = tr.Uniform(0, 1).min_of(2.5).sum_of(2).evaluate([0.38])
    gap = abs(found.sf[0] - 0.70046357)
    assert gap <= found.error[0] * found.cdf[0] <= 1e-3
