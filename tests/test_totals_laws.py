"""Totals of every kind of law: against plain twins, themselves, and simulation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from stat_checks import assert_follows

DATA = np.sort(np.random.default_rng(20261126).pareto(1.5, 60) + 1.0)
SCIPYS = tr.from_scipy(stats.fisk(1.7), tail_index=1.7)

# A law of each kind, with the places where its density has a kink or jump.
SMOOTH = [
    (tr.Pareto(1.2), []),
    (abs(tr.StudentT(2.5)), []),
    (tr.LogNormal(0.3, 1.4), []),
    (tr.LogNormal(0.0, 1.5).min_of(2.5), []),
    (tr.Weibull(0.5), []),
    (tr.Weibull(2.0), []),
    (tr.Frechet(1.4), []),
    (tr.Burr(2.0, 0.8), []),
    (tr.InverseGamma(1.5), []),
    (tr.Pareto(2.5).max_of(3), []),
    (tr.LogLogistic(1.5).order_statistic(2, 5), []),
    (2.0 * tr.Lomax(1.3) + 1.0, []),
    (tr.GeneralizedPareto(-0.3), []),
    (tr.Pareto(1.2).truncated(high=100.0), [100.0]),
    (tr.Mixture([tr.Pareto(1.2), tr.Weibull(0.7)], [0.4, 0.6]), [1.0]),
    (SCIPYS, []),
]
CAPPED = tr.Pareto(0.8).capped(50.0)

NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)


def panels(cuts: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights between cuts, dense at each of them."""
    edges = set()
    for low, high in itertools.pairwise(sorted(set(cuts))):
        near = (high - low) * 0.5 ** np.arange(1.0, 90.0)
        edges |= {low, high, *(low + near), *(high - near)}
    ends = np.unique(list(edges))
    half = 0.5 * np.diff(ends)[:, None]
    return (ends[:-1, None] + half * (1.0 + NODES)).ravel(), (half * WEIGHTS).ravel()


def of_two(law: tr.Law, x: float, kinks: list[float]) -> float:
    """P(X + Y <= x) by quadrature of the convolution."""
    start = law.support[0]
    inside = [k for k in (*kinks, *(x - k for k in kinks)) if start < k < x - start]
    u, weights = panels([start, x - start, *inside])
    return float(weights @ (law.pdf(u) * law.cdf(x - u)))


@pytest.mark.parametrize(("law", "kinks"), SMOOTH, ids=str)
def test_sum_of_two_is_the_convolution(law, kinks):
    total = law.sum_of(2)
    for p in (0.02, 0.6):
        x = total.ppf(p)
        found = total.cdf(x)
        # Seven digits are asked for; SciPy's law is known to 1e-9 of its hazards.
        assert_allclose(found, of_two(law, x, kinks), rtol=5e-8)
        assert_allclose(found, p, rtol=1e-8)


def test_sum_of_two_capped_values_has_the_atoms_of_a_cap():
    whole, cap = tr.Pareto(0.8), 50.0
    total = CAPPED.sum_of(2)
    mass = whole.sf(cap)
    for x in (3.0, 40.0, 52.0, 99.0):
        below = [1.0, min(x - 1.0, cap), x - cap]
        u, weights = panels([c for c in below if c >= 1.0])
        # Both below the cap; or one at it, and the other below what is left.
        both = float(weights @ (whole.pdf(u) * CAPPED.cdf(x - u) * (u < cap)))
        one = mass * CAPPED.cdf(x - cap)
        assert_allclose(total.cdf(x), both + one, rtol=2e-8)
    assert total.cdf(100.0) == 1.0
    assert_allclose(total.sf(99.999999), mass**2, rtol=1e-5)


KINDS = [law for law, _ in SMOOTH[:7]] + [SMOOTH[13][0], SMOOTH[14][0]]


@pytest.mark.parametrize(
    ("law", "n"),
    [(law, 3) for law in KINDS[1::2]] + [(law, 50) for law in KINDS[::2]],
    ids=str,
)
def test_twice_as_many_are_the_sum_of_two_totals(law, n):
    # Of few values the density has kinks, where the quadrature is less exact.
    total, twice = law.sum_of(n), law.sum_of(2 * n)
    for p in (0.01, 0.5):
        x = float(twice.ppf(p))
        # Below these less than 1e-15 is left.
        first = float(total.ppf(1e-15))
        cuts = np.linspace(first, x - first, 41)
        half = 0.5 * np.diff(cuts)[:, None]
        places = (cuts[:-1, None] + half * (1.0 + NODES)).ravel()
        found = total.evaluate(places)
        beyond = total.evaluate(x - places)
        integral = (half * WEIGHTS).ravel() @ (found.pdf * beyond.cdf)
        assert_allclose(integral, p, rtol=1e-6 if n == 3 else 1e-8)


EVERY = [*KINDS, CAPPED, tr.StudentT(3.0), tr.Laplace()]


@pytest.mark.parametrize("law", EVERY, ids=str)
def test_probabilities_densities_and_quantiles_agree(law):
    for n in (20, 10**6):
        total = law.sum_of(n)
        p = np.array([1e-9, 1e-3, 0.3, 0.5, 0.9, 1 - 1e-4])
        x = np.asarray(total.ppf(p))
        assert (np.diff(x) > 0.0).all()
        found = total.evaluate(x)
        assert_allclose(found.cdf + found.sf, 1.0, atol=1e-12)
        assert_allclose(found.cdf, p, rtol=1e-8)
        # The density is the derivative, by five points.
        h = 1e-3 * (x[4] - x[2])
        mid = x[2:5]
        at = total.cdf(np.add.outer([-2 * h, -h, h, 2 * h], mid))
        slope = (at[0] - 8.0 * at[1] + 8.0 * at[2] - at[3]) / (12.0 * h)
        assert_allclose(total.pdf(mid), slope, rtol=1e-7)


@pytest.mark.parametrize("law", EVERY, ids=str)
def test_simulated_totals_follow_the_law(law):
    # By the DKW bound; a right law fails with chance <= 1e-11, all of these with 2e-10.
    draws = law.sample((20_000, 30), rng=20261126).sum(axis=1)
    total = law.sum_of(30)
    # A few places are as good as all: between them the bound holds all the more.
    x = np.sort(draws)[::200]
    empirical = np.searchsorted(np.sort(draws), x, side="right") / draws.size
    bound = math.sqrt(math.log(2 / 1e-11) / (2 * draws.size))
    assert np.abs(empirical - total.cdf(x)).max() <= bound


@pytest.mark.parametrize(
    ("law", "n"),
    [
        (tr.Exponential(2.0), 7),
        (tr.Exponential(2.0), 10**6),
        (tr.Levy(0.0, 1.5), 5),
        (tr.Levy(0.0, 1.5), 10**9),
        (tr.Cauchy(1.0, 2.0), 4),
        (tr.Normal(1.0, 2.0), 9),
        (tr.Gamma(2.5), 3),
    ],
    ids=str,
)
def test_the_general_way_finds_what_is_known_in_closed_form(law, n):
    closed, total = law.sum_of(n), tr.Total([(law, n)])
    assert not isinstance(closed, tr.Total)
    for p in (1e-4, 0.5, 0.99):
        x = closed.ppf(p)
        assert_allclose(total.cdf(x), closed.cdf(x), rtol=2e-9)
        assert_allclose(total.ppf(p), x, rtol=2e-9)


def test_sums_of_data_are_counted():
    law = tr.Empirical([1.0, 2.0, 4.0, 7.0])
    step = np.zeros(8)
    step[[1, 2, 4, 7]] = 0.25
    power = np.ones(1)
    for n in range(1, 41):
        power = np.convolve(power, step)
        if n in (2, 5, 40):
            k = np.arange(power.size)
            assert_allclose(law.sum_of(n).cdf(k), np.cumsum(power), rtol=1e-12)
            assert_allclose(law.sum_of(n).mean(), n * 3.5, rtol=1e-14)


def test_sums_of_many_data_are_known_by_their_transform():
    law = tr.Empirical(DATA)
    total = law.sum_of(10**6)
    # By Edgeworth's expansion, whose error is of the order 1 / n.
    sd = math.sqrt(total.var())
    third = float(np.mean((DATA - DATA.mean()) ** 3)) * 10**6 / sd**3
    z = np.array([-2.0, -0.5, 0.0, 1.0, 2.5])
    expected = stats.norm.cdf(z) - third / 6.0 * (z * z - 1.0) * stats.norm.pdf(z)
    assert_allclose(total.cdf(total.mean() + z * sd), expected, atol=2e-5)


def test_data_with_a_tail_have_that_of_one_large_value():
    law = tr.Spliced(DATA, threshold=float(DATA[45]))
    total = law.sum_of(100)
    x = 1e9 * float(total.median())
    assert_allclose(total.sf(x) / (100 * law.sf(x)), 1.0, rtol=1e-6)
    draws = law.sample((20_000, 100), rng=3).sum(axis=1)
    bound = math.sqrt(math.log(2 / 1e-11) / (2 * draws.size))
    x = np.quantile(draws, [0.05, 0.5, 0.95])
    assert np.abs(total.cdf(x) - [0.05, 0.5, 0.95]).max() <= bound


def test_laws_that_differ_add_up():
    parts = [(tr.Pareto(1.2), 2), (tr.Exponential(3.0), 1)]
    total = tr.Total(parts)
    two = tr.Pareto(1.2).sum_of(2)
    x = 9.0
    u, weights = panels([0.0, x - 2.0])
    expected = float(weights @ (tr.Exponential(3.0).pdf(u) * two.cdf(x - u)))
    assert_allclose(total.cdf(x), expected, rtol=1e-9)
    assert total.tail_index == 1.2


def test_draws_are_exact_however_many_steps():
    total = tr.Pareto(1.2).sum_of(10**12)
    draws = total.sample(200_000, rng=20261126)
    assert_array_equal(draws[:100], total.sample(100, rng=20261126))
    # Chance of a false alarm 1e-10; the table is exact to far less than that shows.
    some = np.sort(draws)[::500]
    assert_follows(draws, lambda x: np.interp(x, some, total.cdf(some)), p_fail=1e-10)
    # Between the places of the table quantiles keep eight digits, by exact inversion.
    for p in (1e-25, 1e-6, 0.123, 0.5, 0.987):
        far = total.max_of(1.0 / p).median()
        assert_allclose(far, total.isf(-math.expm1(-math.log(2.0) * p)), rtol=1e-8)


@pytest.mark.parametrize("n", [3, 5, 11, 40])
def test_steps_that_never_end_leave_totals_that_never_do(n):
    times = np.random.default_rng(1).pareto(1.5, 200) + 1.0
    law = tr.Empirical(np.where(times > 5.0, np.inf, times), censored_at=5.0)
    total, kept = law.sum_of(n), law.cdf(5.0) ** n
    assert total.cdf(1e3) == pytest.approx(kept, rel=1e-12)
    assert total.sf(1e3) == pytest.approx(1.0 - kept, rel=1e-12)
    assert total.ppf(kept + 1e-6) == math.inf
    assert total.cdf(total.ppf(0.5 * kept)) == pytest.approx(0.5 * kept, abs=1e-3)


@pytest.mark.parametrize("df", [13.0, 20.0, 30.0, 40.0])
def test_sums_of_student_t_values_keep_their_digits_with_many_degrees_of_freedom(df):
    # SciPy's complex hypergeometric function is off by 2e-2 there.
    law = tr.StudentT(df)
    one_sided = abs(law).sum_of(2)
    for x, rtol in [
        (0.5, 1e-12),
        (2.85, 1e-12),
        (6.32, 1e-10),
        (12.0, 3e-4),
        (30, 1e-9),
    ]:
        u, weights = panels([0.0, x])
        one = abs(law).sf(x) + weights @ (abs(law).pdf(u) * abs(law).sf(x - u))
        assert_allclose(one_sided.sf(x), one, rtol=rtol)
        u, weights = panels([-300.0, -30.0, 0.0, x, x + 30.0, 300.0])
        both = weights @ (law.pdf(u) * law.sf(x - u))
        assert_allclose(law.sum_of(2).sf(x), both, rtol=2.0 * rtol)


def test_sums_of_a_law_whose_median_says_nothing_of_its_tail():
    # The minimum of two gamma values of shape 0.1 has a median of 3e-6 and a mean of 0.01.
    law = tr.Gamma(0.1).min_of(2)
    total = law.sum_of(2)
    for p in (0.05, 0.99):
        x = total.ppf(p)
        logs = np.linspace(-690.0, math.log(0.5 * x), 600)
        half = 0.5 * np.diff(logs)[:, None]
        u = np.exp((logs[:-1, None] + half * (1.0 + NODES)).ravel())
        weights = (half * WEIGHTS).ravel() * u
        # Either both are above x / 2, or one is below and the other makes up for it.
        beyond = 2.0 * weights @ (law.pdf(u) * law.sf(x - u)) + law.sf(0.5 * x) ** 2
        assert_allclose(beyond, 1.0 - p, rtol=1e-9)


def test_sums_of_a_capped_game_are_sums_of_data():
    # Two games: P(2 + 2) = 1 / 4, P(2 + 4) = 1 / 4, P(4 + 4) = 1 / 16, P(2 + 8) = 1 / 8.
    found = tr.StPetersburg().capped(2.0**20).sum_of(2).cdf([3.9, 4.0, 6.0, 8.0, 10.0])
    assert_allclose(found, np.array([0.0, 4.0, 8.0, 9.0, 11.0]) / 16.0, rtol=1e-14)
    many = tr.StPetersburg().capped(2.0**20).sum_of(1000)
    x = np.array([7000.0, 12_000.0, 40_000.0])
    draws = tr.StPetersburg().capped(2.0**20).sample((5000, 1000), rng=1).sum(axis=1)
    empirical = (draws[:, None] <= x).mean(axis=0)
    # By Hoeffding's bound, with a false alarm of 1e-9 each.
    assert_allclose(many.cdf(x), empirical, atol=math.sqrt(math.log(2e9) / 10_000))
