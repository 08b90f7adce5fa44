"""What the largest values say of a tail: Hill's index, and quantiles beyond the data."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tailrace as tr
from estimator_twin import seen
from scipy.stats import binom
from stat_checks import assert_binomial


def test_hill_is_the_mean_of_logarithms_beyond_the_threshold():
    x = tr.Pareto(1.7).sample(20_000, rng=3)
    found = seen(tr.TopK(501), x).hill(500)
    ordered = np.sort(x)[::-1]
    xi = np.mean(np.log(ordered[:500] / ordered[500]))
    assert found.tail_index == pytest.approx(1 / xi, rel=1e-12)
    assert (found.xi, found.density_exponent) == pytest.approx(
        (xi, 1 + 1 / xi), rel=1e-12
    )
    assert (found.k, found.threshold, found.count) == (500, ordered[500], 20_000)
    assert seen(tr.TopK(501, largest=False), -x).hill(500).xi == found.xi
    assert found.to_dict()["k"] == [500]


def test_hills_interval_is_exact_for_a_pareto_law():
    """Exact binomial test; false alarm at most 1e-9."""
    law, trials, held = tr.Pareto(0.8), 400, 0
    for seed in range(trials):
        tail = seen(tr.TopK(50), law.sample(1000, rng=seed)).hill(20)
        interval = tail.tail_index.confidence_interval(0.8)
        held += interval.low <= 0.8 <= interval.high
    assert_binomial(held, trials, 0.8, p_fail=1e-9)


def test_quantiles_beyond_the_data_hold_those_of_the_law():
    """Asymptotic, so against 90 % for 95 % nominal; false alarm below 1e-9 for that."""
    law, trials, held = tr.Pareto(1.2), 300, 0
    for seed in range(trials):
        top = seen(tr.TopK(301), law.sample(10_000, rng=seed))
        interval = top.hill().isf(1e-7).confidence_interval()
        held += interval.low <= law.isf(1e-7) <= interval.high
    assert binom.cdf(held, trials, 0.9) > 1e-9
    tail = top.hill()
    assert tail.isf(tail.k / tail.count) == pytest.approx(tail.threshold)
    with pytest.raises(ValueError, match=r"^p must be <= k / count, 0.03, got 0.1"):
        tail.isf(0.1)


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        ([1.0, math.inf, 2.0], "some of the largest values are infinite"),
        ([-1.0, 2.0, -3.0], "the threshold -1 is not above 0"),
        ([2.0, 2.0, 2.0], "the 1 largest values are all equal"),
    ],
)
def test_where_there_is_no_pareto_tail_the_reason_is_said(x, reason):
    tail = seen(tr.TopK(3), x).hill(1)
    assert math.isnan(tail.tail_index)
    assert tail.reason == reason == tail.tail_index.confidence_interval().reason
    assert tail.isf(1e-3).confidence_interval().reason == reason


def test_ranks_that_are_not_kept_are_refused():
    top = seen(tr.TopK(3), [1.0, 2.0])
    with pytest.raises(ValueError, match=r"^k must be < the 2 values kept, got 2"):
        top.hill(2)
    for bad in (0, -1, 1.5, "3"):
        with pytest.raises((TypeError, ValueError), match=r"^k must be "):
            top.hill(bad)
        with pytest.raises((TypeError, ValueError), match=r"^k must be "):
            tr.TopK(bad)
    with pytest.raises(TypeError, match=r"^largest must be True or False"):
        tr.TopK(3, 1)
    with pytest.raises(ValueError, match=r"^side must be 'upper' or 'lower'"):
        tr.Mean().tail("both")
