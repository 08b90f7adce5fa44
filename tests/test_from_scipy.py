"""Laws of SciPy: agreement with it, and words where it does not know itself."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from stat_checks import assert_follows

P_FAIL = 1e-9
INF = math.inf

DISTS = {
    "norm": stats.norm(1.0, 2.0),
    "gamma": stats.gamma(2.5, scale=3.0),
    "beta": stats.beta(2, 3),
    "weibull_min": stats.weibull_min(0.5),
    "lognorm": stats.lognorm(2.0),
    "t": stats.t(3),
    "genextreme": stats.genextreme(-0.2),
    "burr": stats.burr(2, 3),
    "gengamma": stats.gengamma(2, 0.7),
    "loggamma": stats.loggamma(0.8),
    "hypsecant": stats.hypsecant(),
    "halfcauchy": stats.halfcauchy(),
    "uniform": stats.uniform(2, 3),
    "triang": stats.triang(0.3),
    "fatiguelife": stats.fatiguelife(0.7),
    "nakagami": stats.nakagami(1.2),
    "johnsonsu": stats.johnsonsu(1, 2),
    "invgauss": stats.invgauss(1.0),
    "Normal": stats.Normal(mu=1.0, sigma=2.0),
    "Gamma": stats.make_distribution(stats.gamma)(a=2.5),
}
LAWS = {name: tr.from_scipy(dist) for name, dist in DISTS.items()}
each = pytest.mark.parametrize("name", DISTS)


def asked(dist, *names):
    """Return the functions of either of SciPy's infrastructures."""
    new = {"sf": "ccdf", "isf": "iccdf", "ppf": "icdf", "var": "variance"}
    own = hasattr(dist, "ccdf")
    return [getattr(dist, new.get(name, name) if own else name) for name in names]


@each
def test_functions_agree_with_scipy(name):
    law, dist = LAWS[name], DISTS[name]
    isf, ppf, sf, cdf, pdf = asked(dist, "isf", "ppf", "sf", "cdf", "pdf")
    p = np.array([1e-5, 1e-3, 0.1, 0.4, 0.5])
    x = np.unique(np.concatenate([isf(p), ppf(p)]))
    # By way of logarithms, each with an ULP of at most 12: and SciPy's own error.
    assert_allclose(law.sf(x), sf(x), rtol=1e-12)
    assert_allclose(law.cdf(x), cdf(x), rtol=1e-12)
    assert_allclose(law.pdf(x), pdf(x), rtol=1e-12)
    # Quantiles are solved for to 1e-9 of the clock in SciPy, at worst.
    spread = float(isf(0.25) - isf(0.75))
    assert_allclose(law.isf(p), isf(p), rtol=1e-9, atol=1e-9 * spread)
    assert_allclose(law.ppf(p), ppf(p), rtol=1e-9, atol=1e-9 * spread)
    assert law.support == tuple(map(float, asked(dist, "support")[0]()))
    assert_array_equal(np.isnan(law.sf([math.nan, x[0]])), [True, False])


@each
def test_draws_follow_scipys_law(name):
    law, dist = LAWS[name], DISTS[name]
    x = law.sample(100_000, rng=20261123)
    low, high = law.support
    assert ((low <= x) & (x <= high)).all()
    assert_follows(x, dist.cdf, p_fail=P_FAIL)


@each
def test_selections_follow_scipys_law(name):
    law, (cdf, sf) = LAWS[name], asked(DISTS[name], "cdf", "sf")
    x = law.max_of(30).sample(20_000, rng=1)
    assert_follows(x, lambda x: np.exp(30 * np.log1p(-sf(x))), p_fail=P_FAIL)
    x = law.min_of(30).sample(20_000, rng=2)
    assert_follows(x, lambda x: -np.expm1(30 * np.log1p(-cdf(x))), p_fail=P_FAIL)
    t = law.isf(0.01)
    x = law.beyond(t).sample(20_000, rng=3)
    assert_follows(x, lambda x: 1 - sf(x) / sf(t), p_fail=P_FAIL)
    x = (-law).beyond(-law.ppf(0.01)).sample(20_000, rng=4)
    assert_follows(-x, lambda x: cdf(x) / cdf(law.ppf(0.01)), p_fail=P_FAIL)


@each
def test_moments_are_those_of_scipy(name):
    law, (mean, var) = LAWS[name], asked(DISTS[name], "mean", "var")
    for got, want in [(law.mean(), float(mean())), (law.var(), float(var()))]:
        assert got == pytest.approx(want, rel=1e-12, nan_ok=True)
        assert bool(got.reason) == (not math.isfinite(want))


@each
def test_the_known_range_and_the_tables_error_are_reported(name):
    law = LAWS[name]
    lower, upper = law.known_tails
    assert 0 < lower <= 1e-5
    assert 0 < upper <= 1e-5
    isf, ppf, logsf, logcdf = (
        getattr(DISTS[name], old if hasattr(DISTS[name], "isf") else new)
        for old, new in [
            ("isf", "iccdf"), ("ppf", "icdf"), ("logsf", "logccdf"), ("logcdf",) * 2,
        ]
    )  # fmt: skip
    with np.errstate(all="ignore"):
        for x, log_tail, p in [(isf(upper), logsf, upper), (ppf(lower), logcdf, lower)]:
            # To 1e-9 of the logarithm, or to the neighbours of x among the doubles.
            near = float(log_tail(x)) == pytest.approx(math.log(p), rel=1e-9)
            step = 4 * np.spacing(np.abs(x))
            ends = sorted((float(log_tail(x - step)), float(log_tail(x + step))))
            assert near or ends[0] <= math.log(p) <= ends[1]
    # SciPy is held to 1e-9 of the clock, and a table cannot be better than that; in
    # values of a heavy tail that is up to 700 times as much.
    assert law.table_error < 1e-6


@pytest.mark.parametrize("name", ["norm", "gamma", "Normal", "johnsonsu", "lognorm"])
def test_tables_of_laws_that_scipy_knows_well_are_exact(name):
    assert LAWS[name].table_error < 1e-11
    assert max(LAWS[name].known_tails) < 1e-300


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("norm", tr.Normal(1.0, 2.0)),
        ("gamma", tr.Gamma(2.5, 3.0)),
        ("weibull_min", tr.Weibull(0.5)),
        ("t", tr.StudentT(3.0)),
        ("genextreme", tr.GeneralizedExtremeValue(0.2)),
        ("lognorm", tr.LogNormal(0.0, 2.0)),
    ],
)
def test_selections_agree_with_those_of_our_own_laws(name, same):
    law = LAWS[name]
    assert_allclose(law.isf([1e-100, 0.3]), same.isf([1e-100, 0.3]), rtol=1e-9)
    for n in (1e3, 1e12, 1e100):
        p = [0.9, 0.5, 0.01]
        assert_allclose(law.max_of(n).isf(p), same.max_of(n).isf(p), rtol=1e-8)
        x = law.max_of(n).sample(20_000, rng=7)
        assert_follows(x, same.max_of(n).cdf, p_fail=P_FAIL)


# Where SciPy does not know.


def test_moderate_selections_of_a_uniform_law_are_not_refused():
    # SciPy's uniform tails agree to P = 9e-9 only, but its values to the last digit.
    law = LAWS["uniform"].min_of(1000)
    x = law.sample(20_000, rng=2)
    assert_follows(x, tr.Uniform(2, 5).min_of(1000).cdf, p_fail=P_FAIL)


def test_draws_beyond_the_known_range_are_refused_in_words():
    law = LAWS["invgauss"]
    assert 1e-80 < law.known_tails[1] < 1e-20
    best = law.max_of(1e200)
    message = r"^draws must lie where the law is known, .* [0-9.e-]+ above, got \d+ "
    for call in (
        lambda: best.sample(rng=1),
        lambda: best.sample(1000, rng=1),
        lambda: best.sample(1000, rng=1, dtype=np.float32),
        lambda: best.sample(rng=1, out=np.empty(5)),
        lambda: (1 - best).sample(10, rng=1),
        lambda: best.min_of(2).sample(10, rng=1),
        lambda: law.order_statistic(-2, 1e200).sample(10, rng=1),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    # And where it is known they are not.
    assert_follows(law.max_of(1e9).sample(20_000, rng=1), law.max_of(1e9).cdf, p_fail=P_FAIL)  # fmt: skip


def test_joint_extremes_beyond_the_known_range_are_refused():
    law = LAWS["invgauss"]
    for call in (
        lambda: law.top(3, 1e200).sample(5, rng=1),
        lambda: law.min_and_max(1e200).sample(5, rng=1),
    ):
        with pytest.raises(ValueError, match=r"^draws must lie where the law is known"):
            call()


def test_the_race_refuses_such_steps_and_gives_no_nan():
    law = LAWS["invgauss"]
    with pytest.raises(ValueError, match=r"^draws must lie where the law is known"):
        tr.IndependentSteps(law.max_of(1e200)).simulate(5, 100, rng=1)
    result = tr.IndependentSteps(law, attempts=2).simulate(5, 1000, rng=1)
    assert 0 < result.median() < 50


def test_the_tail_index_is_what_the_user_says():
    assert math.isnan(LAWS["t"].tail_index)
    law = tr.from_scipy(DISTS["t"], tail_index=3)
    assert law.tail_index == 3.0
    assert law.min_of(2).tail_index == 6.0
    assert tr.IndependentSteps(tr.from_scipy(stats.lomax(1.2), tail_index=1.2)).regime
    # Unknown: moments of selections are, too, and say so.
    assert math.isnan(LAWS["t"].max_of(3).mean())
    assert (
        LAWS["t"].max_of(3).mean().reason == "the tail is unknown, and so is the mean"
    )
    light = tr.from_scipy(stats.gumbel_r(), tail_index=INF)
    want = tr.Gumbel().max_of(3).mean()
    assert light.max_of(3).mean() == pytest.approx(want, rel=1e-8)
    for bad in (0, -1, math.nan):
        with pytest.raises(ValueError, match=r"^tail_index must be >= .*, got "):
            tr.from_scipy(DISTS["t"], tail_index=bad)
    with pytest.raises(TypeError, match=r"^tail_index must be a real number, got '3'"):
        tr.from_scipy(DISTS["t"], tail_index="3")


@pytest.mark.parametrize("dist", [
    stats.poisson(3.0), stats.binom(9, 0.5), stats.poisson, None, 3, "norm",
    tr.Normal(), np.ones(3), stats.gaussian_kde([1.0, 2.0, 4.0]),
    stats.multivariate_normal(), stats.gamma,
], ids=lambda d: type(d).__name__)  # fmt: skip
def test_what_is_no_continuous_law_is_refused_in_words(dist):
    with pytest.raises(TypeError, match=r"^dist must be a continuous .*, got "):
        tr.from_scipy(dist)


@pytest.mark.parametrize("dist", [
    stats.norm(scale=-1.0), stats.gamma(-2.0), stats.norm(math.nan),
], ids=["scale", "shape", "nan"])  # fmt: skip
def test_invalid_parameters_are_refused_in_words(dist):
    with pytest.raises(ValueError, match=r"^dist must have valid parameters, got "):
        tr.from_scipy(dist)


@pytest.mark.parametrize("dist", [
    stats.norm(loc=[0.0, 1.0]), stats.gamma([1.0, 2.0]),
    stats.Normal(mu=[0.0, 1.0], sigma=1.0),
], ids=["loc", "shape", "new"])  # fmt: skip
def test_many_laws_at_once_are_refused_in_words(dist):
    with pytest.raises((TypeError, ValueError), match=r"^dist must .*, got "):
        tr.from_scipy(dist)


def test_a_law_of_which_scipy_knows_too_little_is_refused_in_words():
    message = r"^dist must have quantiles that agree with its upper tail .*, got "

    class Wrong(stats.rv_continuous):
        def _pdf(self, x):
            return np.exp(-x)

        def _sf(self, x):
            return np.exp(-x)

        def _isf(self, q):
            return -2 * np.log(q)

    with pytest.raises(ValueError, match=message):
        tr.from_scipy(Wrong(a=0, name="wrong")())


def test_scipys_warnings_stay_inside():
    # SciPy warns of its own solver here; the law is tabulated as far as it succeeds.
    law = tr.from_scipy(stats.invgauss(0.5))
    assert law.known_tails[1] < 1e-20
    assert_follows(law.sample(20_000, rng=1), stats.invgauss(0.5).cdf, p_fail=P_FAIL)


# Manners.


@pytest.mark.parametrize("name", ["gamma", "Normal", "beta"])
@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda law: pickle.loads(pickle.dumps(law))]
)
def test_copies_keep_bits_and_hash(name, again):
    law = tr.from_scipy(DISTS[name], tail_index=INF)
    other = again(law)
    assert other == law
    assert hash(other) == hash(law)
    assert other.table_hash == law.table_hash
    assert other.known_tails == law.known_tails
    assert other.tail_index == law.tail_index
    assert_array_equal(other.sample(1000, rng=1), law.sample(1000, rng=1))
    assert other.max_of(3) == law.max_of(3)
    assert other != LAWS["norm"]


def test_the_repr_names_the_distribution():
    assert repr(LAWS["norm"]) == "from_scipy(norm(1.0, 2.0))"
    assert repr(LAWS["gamma"]) == "from_scipy(gamma(2.5, scale=3.0))"
    with pytest.raises(AttributeError, match="immutable"):
        LAWS["norm"].dist = None


def test_every_instruction_set_draws_the_same_bits(isa):
    from tailrace import _core

    got = LAWS["gamma"].sample(1000, rng=1)
    _core.set_isa("baseline")
    assert_array_equal(LAWS["gamma"].sample(1000, rng=1), got)
