"""Scaled, cut, capped and selected laws: against plain formulas, quadrature and draws."""

from __future__ import annotations

import copy
import math
import pickle
from itertools import pairwise

import mpmath as mp
import numpy as np
import pytest
import tailrace as tr
from law_cases import CASES
from numpy.testing import assert_allclose, assert_array_equal
from scipy import integrate, stats
from stat_checks import assert_binomial, assert_follows

P_FAIL = 1e-9
INF = math.inf

PLAIN = {repr(case.law): case for case in CASES}
LAWS = [
    tr.Exponential(2.5), tr.Pareto(1.2, 1.0), tr.Weibull(0.5, 1.0),
    tr.LogLogistic(1.2, 1.0), tr.Uniform(-3.0, 5.0), tr.Laplace(-3.0, 0.2),
    tr.Gumbel(-2.0, 3.0), tr.Normal(), tr.StudentT(3.0), tr.Cauchy(-3.0, 2.0),
    tr.Gamma(2.5, 1.0),
]  # fmt: skip
# A point of "beyond", "truncated" and "capped" is given by the probability beyond it.
CHAINS = [
    (("scaled", 2.0, 1.0),),
    (("scaled", -0.25, 3.0),),
    (("truncated", 0.9, 0.2),),
    (("truncated", None, 1e-6),),
    (("truncated", 1e-8, 1e-12),),
    (("truncated", 1 - 2.0**-31, 1 - 2.0**-30),),
    (("scaled", -1.0, 0.0), ("max_of", 5.0)),
    (("scaled", -1.0, 0.0), ("beyond", 1e-5)),
    (("scaled", -3.0, 1.0), ("truncated", 0.7, 1e-3), ("min_of", 2.5)),
    (("min_of", 0.5), ("truncated", 0.9, 0.1), ("max_of", 10.0)),
    (("max_of", 30.0), ("scaled", -1.0, 0.0), ("min_of", 4.0), ("scaled", -2.0, 7.0)),
    (("beyond", 1e-3), ("scaled", -1.0, 0.0), ("beyond", 1e-2), ("max_of", 3.0)),
    (("truncated", 0.8, 0.1), ("truncated", 0.5, 0.25), ("scaled", 0.5, 0.0)),
]
each_chain = pytest.mark.parametrize(
    "steps", CHAINS, ids=lambda steps: "-".join(step[0] for step in steps)
)
each_law = pytest.mark.parametrize("law", LAWS, ids=repr)
COPIES = [copy.copy, copy.deepcopy, lambda law: pickle.loads(pickle.dumps(law))]


def tails(case):
    """Return P(X > x) and P(X <= x) of a case, on the whole line, as a function."""
    low, high = case.law.support

    def both(x):
        if x <= low:
            return mp.mpf(1), mp.mpf(0)
        if x >= high:
            return mp.mpf(0), mp.mpf(1)
        h = case.hazard(mp.mpf(x))
        return mp.exp(-h), -mp.expm1(-h)

    return both


def plain_step(both, method, a, b=None):
    """Return the tails after one step: the definitions, for laws without atoms."""
    if method == "scaled":
        back = lambda x: both((x - mp.mpf(b)) / mp.mpf(a))
        return back if a > 0 else lambda x: back(x)[::-1]
    if method == "min_of":
        return lambda x: ((p := both(x)[0] ** mp.mpf(a)), 1 - p)
    if method == "max_of":
        return lambda x: (1 - (p := both(x)[1] ** mp.mpf(a)), p)
    low, high = (a, INF) if method == "beyond" else (a, b)

    def cut(x):
        x = min(max(x, low), high)
        mass = both(low)[0] - both(high)[0]
        return (both(x)[0] - both(high)[0]) / mass, (both(low)[0] - both(x)[0]) / mass

    return cut


def after(law, steps):
    """Return the law after the steps, and its plain tails."""
    both = tails(PLAIN[repr(law)])
    for method, *arguments in steps:
        if method in ("beyond", "truncated"):
            ends = (-INF, INF)
            arguments = [
                ends[i] if p is None else float(law.isf(p))
                for i, p in enumerate(arguments)
            ]
        if method == "scaled":
            law = arguments[0] * law + arguments[1]
        else:
            law = getattr(law, method)(*arguments)
        both = plain_step(both, method, *arguments)
    return law, both


@each_chain
@each_law
def test_both_tails_are_those_of_the_plain_formulas(law, steps):
    law, both = after(law, steps)
    x = law.isf([1 - 1e-9, 0.99, 0.7, 0.5, 0.2, 1e-3, 1e-12])
    x = np.unique(x[(x > law.support[0]) & (x < law.support[1])])
    with mp.workprec(1200):
        for v in x:
            sf, cdf = both(mp.mpf(float(v)))
            # Tables are exact to 16 ULP, n-th powers and masses cut from a tail multiply
            # that; differences of deep clocks lose what 2^-75 of 40 leaves.
            assert float(law.sf(v)) == pytest.approx(float(sf), rel=3e-11)
            assert float(law.cdf(v)) == pytest.approx(float(cdf), rel=3e-11)


@each_chain
@each_law
def test_draws_follow_the_law_of_any_composition(law, steps):
    law, _ = after(law, steps)
    x = law.sample(20_000, rng=20261123)
    low, high = law.support
    assert ((low <= x) & (x <= high)).all()
    # A cut between neighbouring doubles leaves few values, which is no matter of draws.
    if np.unique(x).size > 19_000:
        assert_follows(x, law.cdf, p_fail=P_FAIL)


@each_chain
@each_law
def test_quantiles_invert_both_tails(law, steps):
    law, _ = after(law, steps)
    p = np.array([1e-9, 0.01, 0.3, 0.5, 0.8, 0.999])
    # A cut subtracts masses, of which tables give 16 ULP: 2e-15, and selections more.
    noise = 1e-13 if "truncated" in [step[0] for step in steps] else 0.0
    for there, back in [(law.isf, law.sf), (law.ppf, law.cdf)]:
        x = there(p)
        # One rounding of x either way moves the probability by no more than this.
        ends = back(np.nextafter(x, -INF)), back(np.nextafter(x, INF))
        low, high = np.minimum(*ends), np.maximum(*ends)
        assert (low * (1 - 1e-11) - noise <= p).all()
        assert (p <= high * (1 + 1e-11) + noise).all()
        ends = there(np.array([0.0, 1e-300, 1e-200, 1e-20, 1.0]))
        assert ((law.support[0] <= ends) & (ends <= law.support[1])).all()


@pytest.mark.parametrize(("law", "low", "high"), [
    (tr.Normal(), 30.0, 31.0), (tr.Normal(), -31.0, -30.0),
    (tr.Normal(), 3.0, 3.0 + 1e-12), (tr.LogLogistic(1.2), 1e100, 1e101),
    (tr.LogLogistic(1.2), 1e-200, 1e-199), (tr.StudentT(3.0), -1e60, -1e50),
    (tr.Gumbel(), -6.0, -5.9), (tr.Gumbel(), 500.0, 501.0),
], ids=repr)  # fmt: skip
def test_cuts_deep_in_either_tail_keep_the_law(low, high, law):
    cut = law.truncated(low, high)
    assert cut.support == (low, high)
    x = cut.sample(20_000, rng=5)
    assert ((low <= x) & (x <= high)).all()
    assert_array_equal(cut.sf([low, high]), [1, 0])
    assert_array_equal(cut.cdf([low, high]), [0, 1])
    if high - low > 1e-6:
        assert_follows(x, cut.cdf, p_fail=P_FAIL)
    # From whichever tail of the plain law is small, so that the difference has digits.
    tail = law.sf if law.median() < low else law.cdf
    middle = low + 0.3 * (high - low)
    mass = tail(low) - tail(high)
    want = (tail(middle) - tail(high)) / mass
    # What an ULP of the values leaves of so narrow a cut, 16 of them, and 1e-13 besides.
    noise = 16 * 2.0**-52 * max(1.0, abs(tail(low) / mass))
    assert cut.sf(middle) == pytest.approx(want, rel=0, abs=noise + 1e-13)


def test_the_largest_of_mirrored_values_is_the_mirrored_smallest():
    for law in LAWS:
        x = -law.isf([0.99, 0.5, 0.01, 1e-10])
        for n in (2, 5, 1e6):
            left, right = (-law).max_of(n), -(law.min_of(n))
            assert_allclose(left.sf(x), right.sf(x), rtol=1e-12)
            assert_allclose(left.cdf(x), right.cdf(x), rtol=1e-12)
        left, right = (-law).order_statistic(2, 7), -(law.order_statistic(-2, 7))
        assert_allclose(left.sf(x), right.sf(x), rtol=1e-12)


# Caps.


def test_a_cap_makes_an_atom():
    law = tr.Pareto(0.8).capped(100.0)
    mass = 100.0**-0.8
    just_below = math.nextafter(100.0, 0.0)
    assert law.sf(just_below) == pytest.approx(mass, rel=1e-14)
    assert law.cdf(just_below) == pytest.approx(1 - mass, rel=1e-14)
    assert_array_equal([law.sf(100.0), law.cdf(100.0), law.sf(1e9)], [0, 1, 0])
    assert law.support == (1.0, 100.0)
    assert (law.isf(0.9 * mass), law.isf(0.0), law.ppf(1.0)) == (100, 100, 100)
    x = law.sample(100_000, rng=1)
    assert_binomial((x == 100.0).sum(), x.size, mass, p_fail=P_FAIL)
    assert x.max() == 100.0
    below = x[x < 100.0]
    assert_follows(below, tr.Pareto(0.8).truncated(high=100.0).cdf, p_fail=P_FAIL)


def test_a_mirrored_cap_has_its_atom_at_the_lower_end():
    law = -tr.Pareto(0.8).capped(100.0)
    mass = 100.0**-0.8
    assert law.support == (-100.0, -1.0)
    assert law.sf(-100.0) == pytest.approx(1 - mass, rel=1e-14)
    assert law.cdf(-100.0) == pytest.approx(mass, rel=1e-14)
    assert law.cdf(math.nextafter(-100.0, -INF)) == 0
    assert law.sf(math.nextafter(-100.0, -INF)) == 1
    assert law.ppf(0.5 * mass) == -100.0
    x = law.sample(100_000, rng=2)
    assert_binomial((x == -100.0).sum(), x.size, mass, p_fail=P_FAIL)
    # The largest of five is at the lower end if all are.
    x = law.max_of(5).sample(100_000, rng=3)
    assert_binomial((x == -100.0).sum(), x.size, mass**5, p_fail=P_FAIL)
    assert law.max_of(5).cdf(-100.0) == pytest.approx(mass**5, rel=1e-12)


@pytest.mark.parametrize("q", [0.5, 1, 4])
def test_selection_after_a_cap_keeps_the_atom(q):
    law = tr.Exponential().capped(1.5)
    mass = math.exp(-1.5 * q)
    low = law.min_of(q)
    assert low.sf(math.nextafter(1.5, 0)) == pytest.approx(mass, rel=1e-13)
    assert low.sf(1.5) == 0
    x = low.sample(100_000, rng=4)
    assert_binomial((x == 1.5).sum(), x.size, mass, p_fail=P_FAIL)
    rank = law.order_statistic(2, 5)
    mass = float(stats.binom.sf(3, 5, math.exp(-1.5)))
    assert rank.sf(math.nextafter(1.5, 0)) == pytest.approx(mass, rel=1e-12)


@pytest.mark.parametrize(("law", "t"), [
    (tr.Pareto(0.8), 100.0), (tr.Lomax(0.5), 1e3), (tr.Weibull(0.5), 3.0),
    (tr.LogLogistic(1.2), 5.0), (tr.Gamma(2.5), 4.0), (tr.Uniform(), 0.3),
    (tr.Lomax(0.7).min_of(2.0), 7.0), (tr.Lomax(0.7).max_of(4.0), 70.0),
], ids=repr)  # fmt: skip
def test_the_mean_below_a_cap_is_the_integral_of_the_survival(law, t):
    capped = law.capped(t)
    low = law.support[0]
    # In log x, in which laws from 0 are smooth; quad is asked for 1e-12.
    if low == 0.0:
        want, _ = integrate.quad(
            lambda u: math.exp(u) * law.sf(math.exp(u)),
            -80, math.log(t), epsabs=0, epsrel=1e-12, limit=500,
        )  # fmt: skip
    else:
        want, _ = integrate.quad(law.sf, low, t, epsabs=0, epsrel=1e-12, limit=500)
    assert capped.mean() == pytest.approx(low + want, rel=1e-10)
    assert (-capped).mean() == pytest.approx(-(low + want), rel=1e-10)
    assert capped.tail_index == INF


# Moments.


def density_moments(law):
    low, high = law.support
    ends = [low, *map(float, law.ppf([1e-6, 0.01, 0.5, 0.99, 1 - 1e-6])), high]

    def over(f):
        parts = pairwise(ends)
        asked = {"epsabs": 1e-10, "epsrel": 1e-10, "limit": 200}
        return math.fsum(integrate.quad(f, a, b, **asked)[0] for a, b in parts)

    mean = over(lambda x: x * law.pdf(x))
    return mean, over(lambda x: (x - mean) ** 2 * law.pdf(x))


@pytest.mark.parametrize("law", [
    3 - 2 * tr.Exponential(2.0), tr.Normal().truncated(0.5, 2.0),
    tr.Normal().truncated(-1.0), tr.Normal().truncated(high=-4.0),
    -tr.Gamma(2.5).max_of(3), (-tr.Gumbel()).beyond(1.0),
    (tr.Laplace(1.0, 2.0) / 3).max_of(4).truncated(-1.0, 5.0),
], ids=repr)  # fmt: skip
def test_moments_are_the_integrals_of_the_density(law):
    mean, var = density_moments(law)
    assert law.mean() == pytest.approx(mean, rel=1e-9, abs=1e-12)
    assert law.var() == pytest.approx(var, rel=1e-9)
    assert law.std() == pytest.approx(math.sqrt(var), rel=1e-9)


def test_moments_in_closed_form():
    # Inverse Mills ratio; its digits by SciPy's logarithms.
    mills = math.exp(stats.norm.logpdf(30) - stats.norm.logsf(30))
    assert tr.Normal().beyond(30.0).mean() == pytest.approx(mills, rel=1e-10)
    assert (-tr.Normal()).truncated(high=-30.0).mean() == pytest.approx(
        -mills, rel=1e-10
    )
    assert (2 * tr.Lomax(3.0) + 1).mean() == pytest.approx(2.0, rel=1e-14)
    # log(100) / (1 - 1/100) for the Pareto law of index 1 between 1 and 100.
    law = tr.Pareto(1.0).truncated(high=100.0)
    assert law.mean() == pytest.approx(math.log(100) / 0.99, rel=1e-10)


@pytest.mark.parametrize(("law", "mean", "reason"), [
    (tr.Cauchy(), math.nan, "neither tail index, 1 and 1, is above 1"),
    (tr.Cauchy().max_of(2), INF, "the tail index 1 is not above 1"),
    (tr.Cauchy().min_of(2), -INF, "the index of the lower tail, 1, is not above 1"),
    (-tr.Pareto(0.5), -INF, "the index of the lower tail, 0.5, is not above 1"),
    (3 - tr.Levy(), -INF, "the index of the lower tail, 0.5, is not above 1"),
    (2 - (2 - tr.Pareto(0.5)), INF, "the tail index 0.5 is not above 1"),
    (tr.Cauchy().truncated(-1.0), INF, "the tail index 1 is not above 1"),
    (tr.Cauchy().order_statistic(2, 3), 0.0, ""),
    (tr.StudentT(1.5), 0.0, ""),
], ids=repr)  # fmt: skip
def test_means_without_a_value_say_which_tail_is_to_blame(law, mean, reason):
    assert law.mean().reason == reason
    assert law.mean() == pytest.approx(mean, abs=1e-12, nan_ok=True)
    if reason:
        assert math.isnan(law.l_moments().l1)
        assert law.l_moments().l1.reason == reason
        assert math.isnan(law.var()) or law.var() == INF


def test_variances_need_both_tails():
    law = -tr.Pareto(1.5)
    assert law.var().reason == "the index of the lower tail, 1.5, is not above 2"
    assert tr.StudentT(1.5).var() == INF
    assert tr.StudentT(1.5).order_statistic(2, 3).var() < INF
    assert math.isnan(tr.Cauchy().var())
    assert tr.Cauchy().truncated(-1.0, 1.0).var() == pytest.approx(4 / math.pi - 1)


E = tr.Exponential()


@pytest.mark.parametrize(("law", "l2", "tau3", "tau4"), [
    (E, 0.5, 1 / 3, 1 / 6), (1 - 4 * E, 2.0, -1 / 3, 1 / 6),
    (tr.Uniform(), 1 / 6, 0.0, 0.0),
    (tr.Gumbel(), math.log(2), 0.1699250014, 0.1503749928),
    (tr.Normal(), 1 / math.sqrt(math.pi), 0.0, 0.1226017195),
], ids=repr)  # fmt: skip
def test_l_moments_of_laws_are_those_of_the_books(law, l2, tau3, tau4):
    found = law.l_moments()
    assert found.l1 == pytest.approx(law.mean(), abs=1e-10)
    assert found.l2 == pytest.approx(l2, rel=1e-10)
    assert (found.tau3, found.tau4) == pytest.approx((tau3, tau4), abs=2e-10)
    a, b, c = (law.order_statistic(k, 3).mean() for k in (1, 2, 3))
    assert found.l3 == pytest.approx((a - 2 * b + c) / 3, abs=1e-10)


@pytest.mark.parametrize("law", [
    2 * E + 1, E - 1, E / 3, 1 - E, (-E).max_of(5), -E.capped(2.0), E.capped(0.1) - 0.3,
    tr.Normal().truncated(-1, 2.5).min_of(0.1), 5 - (-E).beyond(-1 / 3).max_of(3),
], ids=repr)  # fmt: skip
def test_laws_print_compare_and_pickle(law):
    again = eval(repr(law), vars(tr) | {"inf": INF})
    # Not to 15 digits only: a repr that makes a law makes that law.
    for other in [again, *(make(law) for make in COPIES)]:
        assert (other, hash(other)) == (law, hash(law))
        assert_array_equal(other.sample(99, rng=1), law.sample(99, rng=1))


def test_arithmetic_takes_numbers_of_every_kind_and_refuses_others_in_words():
    for two in (2, 2.0, np.float64(2), np.float32(2), np.int8(2), np.array(2.0)):
        assert two * E == E * two
        assert two - E == -E + two
        assert E / two == 0.5 * E
    assert -(2 - E) + 2 == E == +E
    assert (1 - 2 * tr.Pareto(1.2)).support == (-INF, -1.0)
    assert (1 - tr.Pareto(1.2)).tail_index == (1 - E)._lower_tail_index == INF
    assert (3 - tr.Pareto(1.2).min_of(2))._lower_tail_index == 2.4
    for bad in (0, 0.0, math.nan, INF):
        for name, call in [("factor", lambda b: E * b), ("divisor", lambda b: E / b)]:
            with pytest.raises(ValueError, match=rf"^{name} must be .*, got "):
                call(bad)
    for bad in ("2", None, [1.0], np.ones(2), True, E, 1j):
        with pytest.raises(TypeError, match=r"operand|multiply"):
            E * bad
    for name, call in [
        ("shift", lambda: E + INF), ("high", lambda: E.truncated(-2, -1)),
        ("high", lambda: E.truncated(2, 2)), ("high", lambda: E.truncated(3, 2)),
        ("high", lambda: E.truncated(math.nan)), ("t", lambda: E.capped(0.0)),
        ("t", lambda: E.capped(INF)), ("low", lambda: tr.Normal().truncated(1e9, 2e9)),
    ]:  # fmt: skip
        with pytest.raises(ValueError, match=rf"^{name} must be .*, got "):
            call()


def test_data_stay_data():
    data = tr.Empirical([1, 2, 4, 8])
    assert 3 - 2 * data == tr.Empirical([1, -1, -5, -13])
    assert data.capped(3) == tr.Empirical([1, 2, 3, 3])
    assert data.truncated(1, 4) == tr.Empirical([2, 4])
    best = data.min_of(2) * 2
    assert_allclose(best.sf([2, 4, 8, 16]), [9 / 16, 4 / 16, 1 / 16, 0], rtol=1e-14)
    assert data.min_of(2).capped(3).mean() == pytest.approx(1 + 9 / 16 + 4 / 16)
    cut = tr.Empirical([1, 2, 4, 8], censored_at=5)
    assert 2 * cut == tr.Empirical([2, 4, 8, 16], censored_at=10)
    assert cut.capped(5).mean() == cut.capped_mean() == 3.0
    for call in (lambda: -cut, lambda: cut.capped(6), lambda: cut.truncated(1, 6)):
        with pytest.raises(ValueError, match=r"^.* must be .* for censored data, got "):
            call()
    with pytest.raises(ValueError, match="for censored data"):
        _ = -cut.min_of(2)
