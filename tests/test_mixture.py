"""Mixtures of laws, and absolute values: sums, inverses, draws and moments."""

from __future__ import annotations

import copy
import math
import pickle
import time

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from stat_checks import assert_binomial, assert_follows

P_FAIL = 1e-9
INF = math.inf

MIXTURES = {
    "tails": tr.Mixture([tr.Exponential(), tr.Pareto(1.5)], weights=[0.9, 0.1]),
    "one": tr.Mixture([tr.Lomax(1.2)]),
    "kinks": tr.Mixture([tr.Uniform(0, 2), tr.Uniform(1, 4)], weights=[1, 3]),
    "gap": tr.Mixture([tr.Uniform(0, 1), tr.Uniform(5, 6)]),
    "gap in tail": tr.Mixture(
        [tr.Uniform(0, 1), tr.Uniform(50, 60)], weights=[1, 1e-6]
    ),
    "normal": tr.Mixture([tr.Normal(), tr.Normal(3.0, 0.1)], weights=[2, 1]),
    "far apart": tr.Mixture([tr.Normal(-50), tr.Normal(50)]),
    "two-sided": tr.Mixture([tr.StudentT(3.0), -tr.Pareto(2.5), tr.Gumbel()]),
    "scales": tr.Mixture([tr.Weibull(0.5), tr.Weibull(0.5, 1e6)], weights=[99, 1]),
    "selected": tr.Mixture([tr.Lomax(1.2).max_of(9), tr.Gamma(2.5).min_of(3)]),
    "rare": tr.Mixture([tr.Exponential(), tr.Pareto(0.5, 1e3)], weights=[1, 1e-12]),
    "many": tr.Mixture([tr.Gamma(k) for k in range(1, 21)]),
}
each = pytest.mark.parametrize("name", MIXTURES)
GAPS = ("gap", "gap in tail")


def points(law):
    x = np.concatenate(
        [p.isf([0.999, 0.9, 0.5, 0.1, 1e-3, 1e-9, 1e-100]) for p in law.laws]
    )
    low, high = law.support
    return x[(low < x) & (x < high)]


@each
def test_probabilities_are_the_weighted_sums(name):
    law = MIXTURES[name]
    x = points(law)
    parts = list(zip(law.weights, law.laws, strict=True))
    # Sums in logarithms: an ULP of log P, of at most 700 here, is 1e-13 of P.
    for ask in ("sf", "cdf", "pdf"):
        want = sum(w * getattr(p, ask)(x) for w, p in parts)
        assert_allclose(getattr(law, ask)(x), want, rtol=3e-13, atol=1e-300)
    assert_allclose(law.hazard(x), -law.logsf(x), rtol=1e-14)
    assert_allclose(np.exp(law.logpdf(x)), law.pdf(x), rtol=1e-12, atol=1e-300)
    low, high = law.support
    assert_array_equal(law.sf([low, high]), [1, 0])
    assert_array_equal(law.cdf([low, high]), [0, 1])
    assert np.isnan(law.sf(math.nan))


@each
def test_quantiles_invert_both_tails(name):
    law = MIXTURES[name]
    p = np.array([1e-250, 1e-30, 1e-9, 1e-3, 0.1, 0.3, 0.49, 0.51, 0.8, 0.99])
    for there, back in [(law.isf, law.sf), (law.ppf, law.cdf)]:
        x = there(p)
        # 1e-12 of x, or of the probability.
        step = np.maximum(1e-12 * np.abs(x), np.spacing(np.abs(x)))
        with np.errstate(over="ignore"):
            ends = back(x - step), back(x + step)
        low, high = np.minimum(*ends), np.maximum(*ends)
        assert ((low * (1 - 1e-12) <= p) & (p <= high * (1 + 1e-12))).all()
        assert (there(0.0), there(1.0)) == law.support[:: -1 if there == law.isf else 1]


@each
def test_draws_follow_the_law(name):
    law = MIXTURES[name]
    x = law.sample(100_000, rng=20261123)
    low, high = law.support
    assert ((low <= x) & (x <= high)).all()
    assert_follows(x, law.cdf, p_fail=P_FAIL)


@each
def test_draws_come_from_the_right_components(name):
    law = MIXTURES[name]
    if name not in GAPS:
        return
    first, second = law.laws
    x = law.sample(200_000, rng=4)
    lower = x <= first.support[1]
    assert_binomial(lower.sum(), x.size, law.weights[0], p_fail=P_FAIL)
    assert (x[~lower] >= second.support[0]).all()
    # Selection makes the other component likely.
    law = law.max_of(1e6)
    x = law.sample(20_000, rng=5)
    assert ((x <= first.support[1]) | (x >= second.support[0])).all()
    assert_follows(x, law.cdf, p_fail=P_FAIL)


@each
@pytest.mark.parametrize(
    "select",
    [
        lambda law: law.max_of(1e4),
        lambda law: law.max_of(1e12),
        lambda law: law.min_of(1e4),
        lambda law: law.min_of(0.5),
        lambda law: law.beyond(law.isf(1e-12)),
        lambda law: law.order_statistic(3, 9),
        lambda law: (-law).max_of(100),
        lambda law: 2 * law.truncated(law.isf(0.9), law.isf(1e-9)) - 1,
    ],
    ids=["max", "far max", "min", "half", "beyond", "rank", "mirror", "cut"],
)
def test_draws_after_selection_follow_the_law(name, select):
    law = select(MIXTURES[name])
    x = law.sample(20_000, rng=1)
    if np.unique(x).size > 19_000:
        assert_follows(x, law.cdf, p_fail=P_FAIL)


@each
def test_the_table_is_exact(name):
    if name in ("far apart", "rare"):
        # Where next to no mass lies between two parts, the quantile leaps within less
        # than an ULP of the clock, and no table of values can follow it there.
        assert MIXTURES[name].table_error < 0.1
    else:
        assert MIXTURES[name].table_error < 1e-11


def test_far_tails_are_those_of_the_heaviest_component():
    law = MIXTURES["tails"]
    x = law.isf(1e-250)
    assert x == pytest.approx(tr.Pareto(1.5).isf(1e-249), rel=1e-12)
    assert law.sf(1e100) == pytest.approx(0.1 * 1e-150, rel=1e-13)
    assert law.ppf(1e-250) == pytest.approx(1e-250 / 0.9, rel=1e-12)
    law = tr.Mixture([tr.Normal(), tr.Normal(0, 3)], weights=[1, 1e-30])
    want = stats.norm(0, 3).isf(1e-220)
    assert law.isf(1e-250) == pytest.approx(want, rel=1e-12)


# Atoms.


@pytest.mark.parametrize(
    "part",
    [
        tr.Pareto(0.8).capped(100.0),
        -tr.Lomax(1.2).capped(9.0),
        tr.Empirical([1.0, 2.0]),
        tr.Empirical([1.0, 2.0]).min_of(2),
    ],
    ids=repr,
)
def test_components_with_atoms_are_refused(part):
    with pytest.raises(ValueError, match=r"^laws must be without atoms, got "):
        tr.Mixture([part, tr.Exponential(50.0)], [3, 1])


def test_a_mixture_can_be_capped_itself():
    law = tr.Mixture([tr.Pareto(0.8), tr.Exponential(50.0)], [3, 1]).capped(100.0)
    mass = 0.75 * 100.0**-0.8 + 0.25 * math.exp(-2)
    x = law.sample(100_000, rng=8)
    assert_binomial((x == 100.0).sum(), x.size, mass, p_fail=P_FAIL)
    assert law.sf(math.nextafter(100.0, 0)) == pytest.approx(mass, rel=1e-12)


# Moments.


def test_moments_are_those_of_the_parts():
    law = tr.Mixture([tr.Normal(1, 2), tr.Exponential(3)], weights=[1, 3])
    assert law.weights == (0.25, 0.75)
    assert law.mean() == pytest.approx(2.5, rel=1e-15)
    want = 0.25 * (4 + 2.25) + 0.75 * (9 + 0.25)
    assert law.var() == pytest.approx(want, rel=1e-14)
    assert law.std() == pytest.approx(math.sqrt(want), rel=1e-14)
    parts = sum(
        w * p.l_moments().l1 for w, p in zip((0.25, 0.75), law.laws, strict=True)
    )
    assert law.l_moments().l1 == pytest.approx(parts, rel=1e-9)
    # Of any two values, each from either part: l2 is half their mean distance.
    two = tr.Mixture([tr.Uniform(0, 1), tr.Uniform(5, 6)])
    assert two.l_moments().l2 == pytest.approx(0.5 * (0.5 / 3 + 0.5 * 5), rel=1e-9)


@pytest.mark.parametrize(
    ("law", "mean", "var"),
    [
        (tr.Mixture([tr.Exponential(), tr.Pareto(0.9)], [1, 1e-9]), INF, INF),
        (tr.Mixture([tr.Exponential(), -tr.Pareto(0.9)]), -INF, INF),
        (tr.Mixture([tr.Pareto(0.9), -tr.Pareto(0.9)]), math.nan, math.nan),
        (tr.Mixture([tr.Pareto(1.5), tr.Pareto(9.0)]), (3 + 9 / 8) / 2, INF),
        (tr.Mixture([-tr.Pareto(1.5), tr.Normal()]), -1.5, INF),
        (tr.Mixture([tr.Cauchy(), tr.Normal()]), math.nan, math.nan),
    ],
    ids=repr,
)
def test_moments_that_do_not_exist_say_why(law, mean, var):
    assert law.mean() == pytest.approx(mean, rel=1e-12, nan_ok=True)
    assert law.var() == pytest.approx(var, nan_ok=True) or math.isinf(mean)
    assert bool(law.mean().reason) == (not math.isfinite(mean))
    assert law.var().reason


def test_the_tail_index_is_the_smallest():
    law = tr.Mixture([tr.Pareto(3.0), tr.Pareto(1.5), -tr.Pareto(0.7)])
    assert (law.tail_index, law._lower_tail_index) == (1.5, 0.7)
    assert law.min_of(2).tail_index == 3.0


# Absolute values.


@pytest.mark.parametrize(
    "law", [tr.Normal(0, 2), tr.Cauchy(), tr.Laplace(0, 3), tr.Logistic(), tr.StudentT(3)],
    ids=repr,
)  # fmt: skip
def test_the_absolute_value_of_a_symmetric_law_is_a_simple_one(law):
    folded = abs(law)
    assert folded == law.beyond(0.0)
    x = np.array([1e-9, 0.3, 2.0, 30.0])
    assert_allclose(folded.sf(x), 2 * law.sf(x), rtol=1e-14)


@pytest.mark.parametrize(
    "law",
    [
        tr.Normal(1.0), tr.Cauchy(1.0), tr.Gumbel(), tr.Uniform(-1, 3),
        tr.Exponential() - 1, (-tr.Pareto(1.2)) + 5, tr.StudentT(3, -0.5),
        tr.Mixture([tr.Normal(-3), tr.Gumbel(3)]),
    ],
    ids=repr,
)  # fmt: skip
def test_absolute_values_follow_their_law(law):
    start = time.perf_counter()
    folded = abs(law)
    folded.isf(1e-250)
    x = np.abs(law.isf([0.999, 0.7, 0.5, 0.2, 1e-3, 1e-9]))
    sf = np.array([law.sf(v) + law.cdf(-v) for v in x])
    assert_allclose(folded.sf(x), sf, rtol=1e-12)
    assert folded.support[0] == 0
    assert_follows(np.abs(law.sample(20_000, rng=2)), folded.cdf, p_fail=P_FAIL)
    assert_follows(folded.sample(20_000, rng=3), folded.cdf, p_fail=P_FAIL)
    assert folded.table_error < 1e-11
    # The documentation says "some tens of milliseconds".
    assert time.perf_counter() - start < 2.0


def test_the_absolute_value_of_a_law_on_one_side_is_itself_or_its_mirror():
    assert abs(tr.Pareto(1.2)) == tr.Pareto(1.2)
    assert abs(-tr.Pareto(1.2)) == tr.Pareto(1.2)
    data = abs(tr.Empirical([-3, -1, 1, 2]))
    assert_array_equal(data.values, [1, 2, 3])
    assert_array_equal(data.masses, [0.5, 0.25, 0.25])


# Manners.


@pytest.mark.parametrize("again", [
    copy.copy, copy.deepcopy, lambda law: pickle.loads(pickle.dumps(law)),
    lambda law: tr.Mixture(law.laws, law.weights),
])  # fmt: skip
def test_copies_keep_bits_and_hash(again):
    law = MIXTURES["tails"]
    other = again(law)
    assert other == law
    assert hash(other) == hash(law)
    assert other.table_hash == law.table_hash
    assert other.table_error == law.table_error
    assert_array_equal(other.sample(1000, rng=1), law.sample(1000, rng=1))
    assert_array_equal(other.isf([0.3, 1e-9]), law.isf([0.3, 1e-9]))
    assert other.max_of(3) == law.max_of(3)
    assert other != MIXTURES["kinks"]


def test_the_repr_makes_the_law():
    law = MIXTURES["two-sided"]
    assert eval(repr(law), vars(tr)) == law
    with pytest.raises(AttributeError, match="immutable"):
        law.weights = (1.0,)


def test_every_instruction_set_draws_the_same_bits(isa):
    from tailrace import _core

    got = MIXTURES["tails"].sample(1000, rng=1)
    _core.set_isa("baseline")
    assert_array_equal(MIXTURES["tails"].sample(1000, rng=1), got)


@pytest.mark.parametrize(("error", "laws", "weights", "message"), [
    (ValueError, [], None, "laws must "),
    (TypeError, None, None, "laws must be a sequence of laws, got None"),
    (TypeError, tr.Normal(), None, "laws must be a sequence of laws, got Normal("),
    (TypeError, [tr.Normal(), 3], None, "laws must be laws, got 3"),
    (TypeError, ["normal"], None, "laws must be laws, got 'normal'"),
    (ValueError, [tr.Normal(), tr.Empirical([1, 2])], None, "laws must "),
    (ValueError, [tr.Normal()], [1, 2], "weights must "),
    (ValueError, [tr.Normal()], [0], "weights must be finite and > 0, got 0.0"),
    (ValueError, [tr.Normal()], [-1], "weights must be finite and > 0, got -1.0"),
    (ValueError, [tr.Normal()], [math.nan], "weights must be finite and > 0, got nan"),
    (ValueError, [tr.Normal()], [INF], "weights must be finite and > 0, got inf"),
    (TypeError, [tr.Normal()], ["a"], "weights must hold real numbers, got "),
    (ValueError, [tr.Normal()], 1.0, "weights must "),
])  # fmt: skip
def test_what_makes_no_mixture_is_refused_in_words(error, laws, weights, message):
    with pytest.raises(error) as caught:
        tr.Mixture(laws, weights)
    assert str(caught.value).startswith(message)
    assert ", got " in str(caught.value)


def test_weights_are_shares_whatever_their_size():
    law = tr.Mixture([tr.Normal(), tr.Gumbel()], [1e308, 1e308])
    assert law.weights == (0.5, 0.5)
    assert tr.Mixture([tr.Normal(), tr.Gumbel()]).weights == (0.5, 0.5)


def test_mixtures_of_mixtures_are_mixtures():
    inner = tr.Mixture([tr.Exponential(), tr.Exponential(3)])
    law = tr.Mixture([inner, tr.Exponential(9)], [2, 1])
    flat = tr.Mixture([tr.Exponential(s) for s in (1, 3, 9)])
    x = np.array([1e-3, 0.1, 1, 5, 50, 500])
    assert_allclose(law.sf(x), flat.sf(x), rtol=1e-12)
    assert_follows(law.sample(20_000, rng=1), flat.cdf, p_fail=P_FAIL)


def test_the_race_takes_mixtures():
    model = tr.IndependentSteps(MIXTURES["tails"], attempts=2)
    assert model.regime == "above"
    assert model.simulate(1, 1001, rng=1).median() == pytest.approx(
        model.step.median(), rel=0.3
    )
