"""The law of data: python/tailrace/laws/empirical.py and its table in the core."""

from __future__ import annotations

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose, assert_array_equal


def test_is_the_empirical_distribution_of_numpy():
    x = np.random.default_rng(1).integers(0, 40, 300).astype(float)
    law = tr.Empirical(x)
    points = np.array([-1.0, 0.0, 0.5, 7.0, 39.0, 40.0])
    want = (x[:, None] <= points).mean(axis=0)
    assert_allclose(law.cdf(points), want, rtol=1e-14)
    assert_allclose(law.sf(points), 1 - want, rtol=1e-13, atol=0)
    p = np.linspace(0.001, 0.999, 777)
    assert_array_equal(law.ppf(p), np.quantile(x, p, method="inverted_cdf"))
    assert_allclose(law.mean(), x.mean(), rtol=1e-14)
    assert_allclose(law.var(), x.var(), rtol=1e-13)


def test_inverse_is_left_continuous_at_every_atom():
    x = np.sort(np.random.default_rng(2).pareto(0.5, 2000))
    law = tr.Empirical(x)
    h = law.hazard(x[:-1])
    assert_array_equal(law.inverse_hazard(h), x[:-1])
    assert_array_equal(law.inverse_hazard(np.nextafter(h, np.inf)), x[1:])


def test_weights_of_a_far_tail_keep_their_digits():
    law = tr.Empirical([1.0, 2.0, 3.0], weights=[1.0, 1e-100, 1e-200])
    # Tables keep the hazard as one double: H 2^-53 relative in the probability.
    assert_allclose(law.sf([1.0, 2.0]), [1e-100, 1e-200], rtol=461 * 2.0**-53)
    assert_allclose(law.hazard([1.0, 2.0]), np.log([1e100, 1e200]), rtol=1e-15)


def test_selection_of_atoms_is_exact():
    x = np.array([1.0, 2.0, 5.0, 9.0])
    law = tr.Empirical(x).max_of(3).min_of(2)
    cdf = np.arange(1, 5) / 4
    want = 1 - (1 - cdf**3) ** 2
    assert_allclose(law.cdf(x), want, rtol=1e-14)
    assert_allclose(law.mean(), np.sum(x * np.diff(want, prepend=0)), rtol=1e-13)
    beyond = tr.Empirical(x).beyond(2.0)
    assert_allclose(beyond.cdf(x), [0.0, 0.0, 0.5, 1.0], atol=1e-15)


def test_censored_mass_is_at_least_the_limit():
    law = tr.Empirical([1.0, 2.0, 60.0, 99.0, 3.0], censored_at=60.0)
    assert law.censored_share == pytest.approx(0.4, rel=1e-15)
    assert law.isf(0.3) == np.inf
    assert law.median() == 3.0
    assert law.capped_mean() == pytest.approx(25.2, rel=1e-14)
    assert np.isnan(law.mean())
    assert "40 % of the mass is censored at 60" in law.mean().reason
    assert np.isnan(law.min_of(2).mean())
    assert np.isnan(law.tail_index)
