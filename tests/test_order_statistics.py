"""Laws of the k-th of n values: beta functions, brute force, limits and means."""

from __future__ import annotations

import math
import pickle

import mpmath as mp
import numpy as np
import pytest
import tailrace as tr
from law_cases import CASES
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special, stats
from stat_checks import assert_follows
from tailrace.laws import moments

P_FAIL = 1e-9
INF = math.inf
LAWS = [
    tr.Pareto(1.2, 1.0),
    tr.Normal(0.0, 1.0),
    tr.Uniform(0.0, 1.0),
    tr.LogLogistic(1.2, 1.0),
    tr.Gumbel(0.0, 1.0),
]
PLAIN = {repr(case.law): case.hazard for case in CASES}
# Rank and how many: integers, real numbers, ranks from the top, large numbers.
RANKS = [
    (2, 3), (3, 5), (-2, 5), (10, 64), (-10, 64), (32, 64), (2, 2.5), (3, 17.25),
    (-3, 17.25), (500, 1000), (2, 1e9), (-2, 1e9), (700, 1e9), (-700, 1e9),
    (5, 1e15), (-5, 1e15),
]  # fmt: skip
each_law = pytest.mark.parametrize("law", LAWS, ids=repr)
each_rank = pytest.mark.parametrize(("k", "n"), RANKS)


def shapes(k, n):
    """Return a and b with F(X) ~ Beta(a, b)."""
    with mp.workprec(200):
        rank, others = mp.mpf(abs(k)), mp.mpf(n) - abs(k) + 1
    return (rank, others) if k > 0 else (others, rank)


def beta_tail(a, b, x, rest):
    """Return P(Beta(a, b) <= x), whose digits survive; `rest` is 1 - x, exact too.

    Sums of positive terms on the side of the mean that is asked for: finite for a whole
    b, else x^a (1-x)^b / (a B(a, b)) F(a + b, 1; a + 1; x).
    """
    if x * (a + b) > a:
        return 1 - beta_tail(b, a, rest, x)
    log_front = a * mp.log(x)
    if not (whole := b == int(b) and b <= 1000):
        log_front += b * mp.log(rest) - mp.log(a)
        log_front -= mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)
    total, term, step = mp.mpf(0), mp.mpf(1), 0
    while step < b if whole else term > total * mp.mpf(10) ** -30:
        total += term
        ratio = (a + step) / (step + 1) * rest
        term *= ratio if whole else (a + b + step) / (a + 1 + step) * x
        step += 1
    return mp.exp(log_front) * total


@pytest.mark.parametrize(("a", "b", "x"), [(3, 5, 0.2), (3, 5, 0.9), (40, 2.5, 0.97)])
def test_the_plain_beta_tail_is_that_of_scipy(a, b, x):
    got = float(beta_tail(mp.mpf(a), mp.mpf(b), mp.mpf(x), 1 - mp.mpf(x)))
    assert got == pytest.approx(special.betainc(a, b, x), rel=1e-12)


@each_rank
@each_law
def test_both_tails_are_those_of_the_beta_law(law, k, n):
    rank = law.order_statistic(k, n)
    p = np.array([1e-250, 1e-30, 1e-6, 0.1, 0.5])
    hazard = PLAIN[repr(law)]
    a, b = shapes(k, n)
    for x in np.concatenate([rank.isf(p), rank.ppf(p)]):
        if not law.support[0] < x < law.support[1]:
            continue
        with mp.workprec(1200):
            h = hazard(mp.mpf(float(x)))
            up_to, beyond = -mp.expm1(-h), mp.exp(-h)
            cdf = float(beta_tail(a, b, up_to, beyond))
            sf = float(beta_tail(b, a, beyond, up_to))
        # Tables of the base are exact to 16 ULP, which k-th powers multiply.
        allowed = 1e-12 * max(1.0, min(float(a), float(b)) / 10)
        assert rank.cdf(x) == pytest.approx(cdf, rel=allowed)
        assert rank.sf(x) == pytest.approx(sf, rel=allowed)


@each_rank
@each_law
def test_quantiles_invert_both_tails(law, k, n):
    rank = law.order_statistic(k, n)
    p = np.array([1e-280, 1e-30, 1e-6, 0.1, 0.5, 0.9])
    for there, back in [(rank.isf, rank.sf), (rank.ppf, rank.cdf)]:
        x = there(p)
        ends = back(np.nextafter(x, -INF)), back(np.nextafter(x, INF))
        low, high = np.minimum(*ends), np.maximum(*ends)
        assert ((low * (1 - 1e-10) <= p) & (p <= high * (1 + 1e-10))).all()


@each_law
@pytest.mark.parametrize(("k", "n"), [(2, 3), (5, 16), (-2, 16), (32, 64), (-7, 64)])
def test_brute_force_has_the_same_law(law, k, n):
    rows = law.sample((20_000, n), rng=17)
    at = k - 1 if k > 0 else n + k
    kth = np.partition(rows, at, axis=1)[:, at]
    rank = law.order_statistic(k, n)
    assert_follows(kth, rank.cdf, p_fail=P_FAIL)
    assert_follows(rank.sample(20_000, rng=18), rank.cdf, p_fail=P_FAIL)


@each_law
@pytest.mark.parametrize(
    ("k", "n"),
    [(2, 2.5), (-3, 17.25), (500, 1000), (-5, 1e15), (7, 1e300), (500_000_000, 1e9)],
)
def test_draws_follow_the_law(law, k, n):
    rank = law.order_statistic(k, n)
    x = rank.sample(20_000, rng=3)
    if np.unique(x).size > 19_000:
        assert_follows(x, rank.cdf, p_fail=P_FAIL)
    # In the tail of the tail.
    if not rank.isf(1e-20) < law.support[1]:
        return  # rounded to the end
    far = rank.beyond(rank.isf(1e-20))
    x = far.sample(20_000, rng=3)
    if np.unique(x).size > 19_000:
        assert_follows(x, far.cdf, p_fail=P_FAIL)


def test_scipy_has_the_same_law_in_the_body():
    if not hasattr(stats, "order_statistic"):
        pytest.skip("this SciPy has no order_statistic")
    scipy = stats.order_statistic(stats.Uniform(a=0.0, b=1.0), r=3, n=7)
    law = tr.Uniform().order_statistic(3, 7)
    x = np.linspace(0.05, 0.95, 19)
    assert_allclose(law.cdf(x), scipy.cdf(x), rtol=1e-10)
    assert_allclose(law.pdf(x), scipy.pdf(x), rtol=1e-10)
    scipy = stats.order_statistic(stats.Normal(), r=5, n=8)
    law = tr.Normal().order_statistic(5, 8)
    assert_allclose(law.sf(x), scipy.ccdf(x), rtol=1e-10)
    assert_allclose(law.logpdf(x), scipy.logpdf(x), rtol=1e-10)


@each_law
def test_the_density_is_that_of_the_beta_law(law):
    for k, n in [(3, 5), (-2, 64), (2, 2.5), (2, 1e9)]:
        rank = law.order_statistic(k, n)
        a, b = map(float, shapes(k, n))
        x = rank.isf([1e-9, 0.1, 0.5, 0.9, 1 - 1e-9])
        want = (a - 1) * law.logcdf(x) + (b - 1) * law.logsf(x) + law.logpdf(x)
        # The logarithm of a beta function of 1e9 has an error of 1e9 log(1e9) ULP, but
        # the density of Gamma(k) that it becomes has not: so log-gammas by mpmath.
        with mp.workprec(200):
            log_beta = float(mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b))
        assert_allclose(rank.logpdf(x), want - log_beta, rtol=1e-9, atol=1e-7)


# Ends, and numbers of any size.


@each_law
def test_first_and_last_are_smallest_and_largest(law):
    for n in (3, 8, 2.5, 1e9, 1e300):
        assert law.order_statistic(1, n) == law.min_of(n)
        assert law.order_statistic(-1, n) == law.max_of(n)
    for n in (1, 2, 9):
        assert law.order_statistic(n, n) == law.max_of(n)
        assert law.order_statistic(-n, n) == law.min_of(n)
    assert law.order_statistic(1, 1).sf(0.7) == law.sf(0.7)


@each_law
def test_a_rank_counted_from_either_end_is_the_same(law):
    for k, n in [(2, 5), (10, 64), (400, 1000)]:
        up, down = law.order_statistic(k, n), law.order_statistic(k - n - 1, n)
        x = up.isf([1 - 1e-9, 0.5, 1e-9, 1e-100])
        assert_allclose(up.sf(x), down.sf(x), rtol=1e-11)
        assert_allclose(up.cdf(x), down.cdf(x), rtol=1e-11)


@pytest.mark.parametrize("k", [1, 2, 7, 300])
@pytest.mark.parametrize("n", [1e18, 1e100, 1e300])
def test_few_of_very_many_have_the_gamma_limit(k, n):
    # n F(X) -> Gamma(k), with an error of k^2 / n.
    up = tr.Uniform().order_statistic(k, n)
    z = stats.gamma(k).isf([0.999, 0.5, 1e-3, 1e-20])
    assert_allclose(up.sf(z / n), stats.gamma(k).sf(z), rtol=1e-11)
    assert_allclose(up.cdf(z / n), stats.gamma(k).cdf(z), rtol=1e-11)
    x = up.sample(20_000, rng=6) * n
    assert_follows(x, stats.gamma(k).cdf, p_fail=P_FAIL)
    down = tr.Pareto(2.0).order_statistic(-k, n)
    x = down.sample(20_000, rng=7)
    assert_follows(n * tr.Pareto(2.0).sf(x), stats.gamma(k).cdf, p_fail=P_FAIL)


def test_the_middle_of_very_many_is_near_normal():
    law = tr.Uniform().order_statistic(500_000_000, 1e9)
    assert law.median() == pytest.approx(0.5, abs=1e-8)
    # Errors of Edgeworth's expansion: of the order of 1 / sqrt(n).
    spread = 0.5 / math.sqrt(1e9)
    z = np.linspace(-4, 4, 17)
    want = stats.norm.sf(z)
    assert_allclose(law.sf(0.5 + spread * z), want, atol=2e-4)
    x = law.sample(20_000, rng=1)
    assert_follows(x, law.cdf, p_fail=P_FAIL)
    assert law.mean() == pytest.approx(0.5, abs=1e-8)


# Compositions.


@pytest.mark.parametrize(
    "law",
    [
        tr.Lomax(1.2).max_of(5).order_statistic(3, 7),
        tr.Lomax(1.2).order_statistic(3, 7).min_of(2.5),
        tr.Lomax(1.2).beyond(4.0).order_statistic(-2, 9).max_of(100),
        tr.Lomax(1.2).order_statistic(-2, 9).beyond(50.0),
        (-tr.Normal()).order_statistic(2, 9).truncated(0.0, 2.0),
        tr.Normal().truncated(0.0, 2.0).order_statistic(2, 9) * -3,
        tr.LogNormal().order_statistic(-3, 1e9).order_statistic(2, 4),
    ],
    ids=repr,
)
def test_compositions_follow_their_law(law):
    assert_follows(law.sample(20_000, rng=9), law.cdf, p_fail=P_FAIL)
    # A cut subtracts masses: no digits are left within 1e-15 of its ends.
    p = [1e-100, 1e-6, 0.3] if "truncated" not in repr(law) else [1e-5, 0.3]
    for there, back in [(law.isf, law.sf), (law.ppf, law.cdf)]:
        ends = there(np.array(p))
        near = back(np.nextafter(ends, -INF)), back(np.nextafter(ends, INF))
        low, high = np.minimum(*near), np.maximum(*near)
        assert ((low * (1 - 1e-9) <= p) & (p <= high * (1 + 1e-9))).all()


def test_selections_of_a_rank_are_those_of_its_tails():
    law = tr.Pareto(1.2)
    rank = law.order_statistic(3, 7)
    x = rank.isf([0.99, 0.5, 1e-3, 1e-40])
    assert_allclose(rank.min_of(2.5).sf(x), rank.sf(x) ** 2.5, rtol=1e-12)
    assert_allclose(rank.max_of(4).cdf(x), rank.cdf(x) ** 4, rtol=1e-12)
    t = rank.isf(1e-3)
    far = x[x > t]
    assert_allclose(rank.beyond(t).sf(far), rank.sf(far) / rank.sf(t), rtol=1e-12)
    mirrored = (-law).order_statistic(-3, 7)
    assert_allclose(mirrored.cdf(-x), rank.sf(x), rtol=1e-12)
    assert rank.tail_index == pytest.approx(1.2 * 5)
    assert mirrored._lower_tail_index == pytest.approx(1.2 * 5)
    best = law.max_of(8).order_statistic(2, 3)
    F = law.cdf(x) ** 8
    assert_allclose(best.cdf(x), 3 * F**2 - 2 * F**3, rtol=1e-12)


def test_medians_of_an_odd_number():
    for n in (1, 3, 99, 10**15 - 1):
        law = tr.Laplace().median_of(n)
        assert law.median() == pytest.approx(0, abs=1e-8)
    assert tr.Normal().median_of(9) == tr.Normal().order_statistic(5, 9)
    assert tr.Cauchy().median_of(3).mean() == pytest.approx(0, abs=1e-9)
    with pytest.raises(ValueError, match=r"^n must be odd, .*, got 4$"):
        tr.Normal().median_of(4)
    for bad in (3.0, "3", None, True):
        with pytest.raises(TypeError, match=r"^n must be an integer, got "):
            tr.Normal().median_of(bad)
    with pytest.raises(ValueError, match=r"^n must be >= 1, got 0$"):
        tr.Normal().median_of(0)


# Means.


@pytest.mark.parametrize("law", [
    tr.Pareto(1.2, 3.0), tr.Pareto(40.0), tr.Exponential(2.5), tr.Uniform(-3.0, 5.0),
    tr.LogLogistic(1.2, 3.0), tr.LogLogistic(5.0), tr.Logistic(5.0, 2.0),
], ids=repr)  # fmt: skip
@pytest.mark.parametrize(
    ("k", "n"), [(2, 3), (-2, 5), (3, 17.25), (50, 99), (2, 1e9), (-2, 1e9), (-9, 1e15)]
)
def test_closed_means_are_those_of_quadrature(law, k, n):
    rank = law.order_statistic(k, n)
    assert rank.mean() == pytest.approx(moments.mean(rank), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("k", "n"), [(2, 3), (30, 60), (5, 1e6), (-5, 1e6), (4000, 1e4), (-3, 1e15)]
)
def test_closed_means_are_those_of_many_digits(k, n):
    with mp.workprec(400):
        a, b = shapes(k, n)
        d = 1 / mp.mpf(1.2)
        ratio = mp.gammaprod([b - d, a + b], [b, a + b - d])
        pareto = float(ratio)
        logistic = float(mp.gammaprod([a + d, b - d], [a, b]))
        exponential = float(mp.digamma(a + b) - mp.digamma(b))
        loc = float(mp.digamma(a) - mp.digamma(b))
    wanted = [
        (tr.Pareto(1.2), pareto),
        (tr.LogLogistic(1.2), logistic),
        (tr.Exponential(), exponential),
        (tr.Logistic(), loc),
        (tr.Uniform(), float(a / (a + b))),
    ]
    for law, want in wanted:
        # "to about 1e-13" is what the formulas promise.
        got = law.order_statistic(k, n).mean()
        assert got == pytest.approx(want, rel=1e-12, abs=1e-15), repr(law)


def test_the_mean_of_a_rank_exists_if_enough_are_above():
    law = tr.Pareto(0.3)
    # Of 10, the k-th smallest has the tail index 0.3 (10 - k + 1).
    for k in range(1, 11):
        rank = law.order_statistic(k, 10)
        index = 0.3 * (11 - k)
        assert rank.tail_index == pytest.approx(index, rel=1e-15)
        assert (rank.mean() < INF) == (index > 1)
        assert (rank.var() < INF) == (index > 2)
        if index <= 1:
            assert rank.mean().reason == f"the tail index {index:.15g} is not above 1"
        lower = (-law).order_statistic(-k, 10)
        assert (lower.mean() > -INF) == (index > 1)


# Manners.


@each_law
def test_every_instruction_set_draws_the_same_bits(isa, law):
    ranks = [(3, 7), (-2, 1e9), (5, 17.5), (400, 1000)]
    got = np.array([law.order_statistic(*r).sample(500, rng=1) for r in ranks])
    from tailrace import _core

    _core.set_isa("baseline")
    want = np.array([law.order_statistic(*r).sample(500, rng=1) for r in ranks])
    _core.set_isa(isa)
    assert_array_equal(got, want)


def test_a_short_sample_is_the_beginning_of_a_long_one():
    law = tr.Normal().order_statistic(3, 7)
    x = law.sample(300_000, rng=5, threads=2)
    assert_array_equal(law.sample(777, rng=5), x[:777])
    assert_array_equal(law.sample(300_000, rng=5, threads=1), x)


@pytest.mark.parametrize(("error", "k", "n", "message"), [
    (ValueError, 0, 5, "k must be other than 0, got 0"),
    (ValueError, 6, 5, "n must be >= abs(k), 6, got 5"),
    (ValueError, -6, 5.5, "n must be >= abs(k), 6, got 5.5"),
    (ValueError, 1, 0.5, "n must be >= 1 and <= 1e+300, got 0.5"),
    (ValueError, 1, math.nan, "n must be >= 1 and <= 1e+300, got nan"),
    (ValueError, 1, INF, "n must be >= 1 and <= 1e+300, got inf"),
    (ValueError, 10**16, 1e300, "k must be <= 1e15 from one of the two ends, got "),
    (TypeError, 2.0, 5, "k must be an integer, got 2.0"),
    (TypeError, "2", 5, "k must be an integer, got '2'"),
    (TypeError, True, 5, "k must be an integer, got True"),
    (TypeError, 2, "5", "n must be a real number, got '5'"),
    (TypeError, 2, None, "n must be a real number, got None"),
])  # fmt: skip
def test_bad_ranks_are_refused_in_words(error, k, n, message):
    with pytest.raises(error) as caught:
        tr.Pareto(1.2).order_statistic(k, n)
    assert str(caught.value).startswith(message)


def test_ranks_pickle_compare_and_print():
    law = tr.Pareto(1.2).order_statistic(-3, 10**9)
    assert repr(law) == "Pareto(shape=1.2, scale=1.0).order_statistic(-3, 1000000000)"
    assert eval(repr(law), vars(tr)) == law
    again = pickle.loads(pickle.dumps(law))
    assert again == law
    assert hash(again) == hash(law)
    assert_array_equal(again.sample(100, rng=1), law.sample(100, rng=1))
    assert law == tr.Pareto(1.2).order_statistic(np.int64(-3), np.float64(1e9))
    assert law != tr.Pareto(1.2).order_statistic(3, 10**9)
