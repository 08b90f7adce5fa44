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
