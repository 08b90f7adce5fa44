"""Data with a fitted tail: continuity, the fit, moments, draws and selection."""

from __future__ import annotations

import copy
import math
import pickle
from pathlib import Path

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from stat_checks import assert_binomial, assert_follows

P_FAIL = 1e-9
INF = math.inf
SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"
DATA = tr.Lomax(1.5).sample(20_000, rng=7)
LAW = tr.Spliced(DATA, threshold=10.0)
BODY = DATA[DATA <= 10.0]


def test_the_body_is_that_of_the_data():
    plain = tr.Empirical(DATA)
    x = np.concatenate([np.sort(DATA)[::997], [0.0, 1.0, 5.5, 9.99]])
    x = x[x < 10.0]
    assert_allclose(LAW.sf(x), plain.sf(x), rtol=1e-13)
    assert_allclose(LAW.cdf(x), plain.cdf(x), rtol=1e-13)
    p = np.array([1e-9, 0.1, 0.5, 0.9])
    assert_array_equal(LAW.ppf(p), plain.ppf(p))
    assert_array_equal(LAW.values, np.unique(BODY))
    assert LAW.masses.sum() == pytest.approx(BODY.size / DATA.size, rel=1e-12)
    assert LAW.size == DATA.size
    assert LAW.share_beyond == np.mean(DATA > 10.0)
    assert LAW.support == (DATA.min(), INF)
    assert np.isnan(LAW.pdf([1.0, 5.0])).all()


def test_the_tail_is_the_share_of_its_law():
    x = np.array([10.5, 20.0, 1e3, 1e30, 1e200])
    assert_allclose(LAW.sf(x), LAW.share_beyond * LAW.tail.sf(x), rtol=1e-13)
    assert_allclose(LAW.pdf(x), LAW.share_beyond * LAW.tail.pdf(x), rtol=1e-13)
    p = np.array([0.5, 1e-6, 1e-200]) * LAW.share_beyond
    assert_allclose(LAW.isf(p), LAW.tail.isf(p / LAW.share_beyond), rtol=1e-12)
    assert LAW.tail_index == LAW.tail.tail_index == 1 / LAW.tail.xi
    assert (LAW.threshold, LAW.tail.threshold) == (10.0, 10.0)


def test_the_survival_is_continuous_at_the_threshold():
    around = [math.nextafter(10.0, 0), 10.0, math.nextafter(10.0, INF)]
    assert_allclose(LAW.sf(around), LAW.share_beyond, rtol=1e-13)
    assert_allclose(LAW.cdf(around), 1 - LAW.share_beyond, rtol=1e-13)
    # A value at the threshold belongs to the body.
    law = tr.Spliced([1.0, 2.0, *range(3, 20)], threshold=5.0)
    assert law.share_beyond == 14 / 19
    assert law.sf(5.0) == pytest.approx(14 / 19, rel=1e-14)
    assert law.sf(math.nextafter(5.0, 0)) == pytest.approx(15 / 19, rel=1e-14)
    assert law.ppf(5 / 19 - 1e-9) == 5.0
    assert 5.0 < law.ppf(5 / 19 + 1e-6) < 5.1


# The fit.


def likelihood(xi, scale, y):
    return -stats.genpareto.logpdf(y, xi, 0, scale).sum()


@pytest.mark.parametrize("xi", [-0.3, 0.0, 0.5, 1.2])
@pytest.mark.parametrize(("scale", "threshold"), [(1.0, 0.0), (3e-5, 2.0), (4e9, -7e8)])
def test_the_fit_is_that_of_scipy_or_better(xi, scale, threshold):
    y = tr.GeneralizedPareto(xi, scale).sample(5000, rng=11)
    x = threshold + y
    law = tr.Spliced([threshold - scale, *x], threshold=threshold)
    y = x[x > threshold] - threshold
    want_xi, _, want_scale = stats.genpareto.fit(y / scale, xi, floc=0, scale=1.0)
    mine = likelihood(law.tail.xi, law.tail.scale / scale, y / scale)
    # SciPy's simplex stops within 1e-4 of the maximum, where the likelihood is flat.
    assert mine <= likelihood(want_xi, want_scale, y / scale) + 1e-6
    assert law.tail.xi == pytest.approx(want_xi, abs=1e-3)
    assert law.tail.scale / scale == pytest.approx(want_scale, rel=1e-3)
    # Six standard errors of the maximum likelihood estimate: (1 + xi) / sqrt(n).
    assert abs(law.tail.xi - xi) < 6.5 * (1 + xi) / math.sqrt(5000)


@pytest.mark.parametrize("seed", range(30))
def test_the_fit_of_few_values_is_a_maximum(seed):
    xi = [-0.3, 0.0, 0.7][seed % 3]
    y = tr.GeneralizedPareto(xi, 2.0).sample(25, rng=seed)
    tail = tr.Spliced([-1.0, *y], threshold=0.0).tail
    best = likelihood(tail.xi, tail.scale, y)
    assert tail.xi > -0.5
    # At the bound of -1/2 there is no maximum, but an end.
    if tail.xi < -0.49:
        return
    for step in np.array([[1, 0], [0, 1], [1, 1], [1, -1]]):
        for size in (1e-3, -1e-3, 0.05, -0.05):
            other = tail.xi + size * step[0], tail.scale * (1 + size * step[1])
            if other[0] > -0.5:
                assert likelihood(*other, y) >= best - 1e-6


# Moments.


def test_moments_are_those_of_body_and_tail():
    law = tr.Spliced(DATA, 10.0, tail=tr.GeneralizedPareto(0.4, 5.0, 10.0))
    w = law.share_beyond
    mean = BODY.sum() / DATA.size + w * law.tail.mean()
    assert law.mean() == pytest.approx(mean, rel=1e-12)
    square = (BODY**2).sum() / DATA.size + w * (law.tail.var() + law.tail.mean() ** 2)
    assert law.var() == pytest.approx(square - mean**2, rel=1e-11)
    # Twice the area between the Lorenz curve's parts: l2 is the mean of F(X) S(X).
    first = law.l_moments(1)
    assert first.l1 == pytest.approx(mean, rel=1e-8)
    # Selection: the mean of the largest of three by its survival function.
    x = np.unique(BODY)
    steps = np.diff(np.append(x, 10.0))
    best = law.max_of(3)
    area = x[0] + (best.sf(x) * steps).sum()
    u = np.linspace(0, 60, 600_001)
    area += np.trapezoid(best.sf(10 + np.expm1(u)) * np.exp(u), u)
    assert best.mean() == pytest.approx(area, rel=1e-6)


@pytest.mark.parametrize(
    ("xi", "mean", "var"),
    [(1.2, False, False), (1.0, False, False), (0.6, True, False), (0.3, True, True)],
)
def test_moments_of_heavy_tails_do_not_exist(xi, mean, var):
    law = tr.Spliced(DATA, 10.0, tail=tr.GeneralizedPareto(xi, 5.0, 10.0))
    assert law.tail_index == pytest.approx(1 / xi)
    assert (math.isfinite(law.mean()), math.isfinite(law.var())) == (mean, var)
    assert bool(law.mean().reason) != mean
    assert bool(law.var().reason) != var
    assert law.min_of(4).mean() < INF
    light = tr.Spliced(DATA, 10.0, tail=tr.GeneralizedPareto(-0.3, 5.0, 10.0))
    assert light.tail_index == INF
    assert light.support[1] == pytest.approx(10 + 5 / 0.3)


# Draws and selection.


def assert_spliced_draws(law, x, p_fail=P_FAIL):
    """Assert the share beyond, the tail's law, and that the body has its values."""
    t = law.base.threshold if isinstance(law, tr.Derived) else law.threshold
    assert_binomial((x > t).sum(), x.size, law.sf(t), p_fail=p_fail)
    tail = x[x > t]
    if tail.size:
        assert_follows(tail, lambda v: 1 - law.sf(v) / law.sf(t), p_fail=p_fail)
    body = x[x <= t]
    assert np.isin(body, np.unique(BODY)).all()
    for cut in np.quantile(BODY, [0.1, 0.5, 0.9]):
        assert_binomial((x <= cut).sum(), x.size, law.cdf(cut), p_fail=p_fail)


def test_draws_follow_body_and_tail():
    assert_spliced_draws(LAW, LAW.sample(200_000, rng=3))


@pytest.mark.parametrize(
    "law",
    [
        LAW.max_of(30),
        LAW.max_of(1e12),
        LAW.min_of(2),
        LAW.min_of(0.5),
        LAW.order_statistic(3, 5),
        LAW.order_statistic(-2, 1000),
        LAW.max_of(30).min_of(3),
    ],
    ids=lambda law: repr(law)[-25:],
)
def test_draws_after_selection_follow_body_and_tail(law):
    assert_spliced_draws(law, law.sample(50_000, rng=4))


def test_selection_has_the_powers_of_the_tails():
    x = np.array([0.1, 1.0, 9.0, 11.0, 1e3, 1e9])
    assert_allclose(LAW.max_of(30).cdf(x), LAW.cdf(x) ** 30, rtol=1e-12)
    assert_allclose(LAW.min_of(2.5).sf(x), LAW.sf(x) ** 2.5, rtol=1e-12)
    # Three or more of five are beyond.
    want = stats.beta(3, 3).cdf(LAW.sf(x))
    assert_allclose(LAW.order_statistic(3, 5).sf(x), want, rtol=1e-11)
    moved = 2 * LAW.max_of(30)
    assert_allclose(moved.sf(2 * x), LAW.max_of(30).sf(x), rtol=1e-12)
    assert_allclose(LAW.beyond(50.0).sf(1e3), LAW.sf(1e3) / LAW.sf(50.0), rtol=1e-12)
    assert_allclose((2 * LAW + 1).sf(2 * x + 1), LAW.sf(x), rtol=1e-12)
    assert LAW.mean() > LAW.capped(100.0).mean() > LAW.capped(11.0).mean()
    assert LAW.min_of(3).tail_index == pytest.approx(3 * LAW.tail_index)


def test_the_race_takes_spliced_laws():
    model = tr.IndependentSteps(LAW, attempts=0.5)
    assert model.critical_attempts == pytest.approx(LAW.tail.xi, rel=1e-12)
    assert model.regime == "below"
    assert model.simulate(10, 2000, rng=1).median() > 0
    assert tr.IndependentSteps(LAW, attempts=3).rate > 0


# Manners.


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda law: pickle.loads(pickle.dumps(law))]
)
def test_copies_are_the_same_law(again):
    other = again(LAW)
    assert other == LAW
    assert hash(other) == hash(LAW)
    assert (other.size, other.share_beyond) == (LAW.size, LAW.share_beyond)
    assert_array_equal(other.sample(1000, rng=1), LAW.sample(1000, rng=1))
    with pytest.raises(ValueError, match="read-only"):
        other.values[0] = 3.0
    with pytest.raises(AttributeError, match="immutable"):
        other.threshold = 3.0
    assert repr(LAW).startswith(
        "<Spliced of 20000 values, beyond 10 GeneralizedPareto("
    )
    assert tr.Spliced(DATA, threshold=11.0) != LAW


def test_every_instruction_set_draws_the_same_bits(isa):
    from tailrace import _core

    got = LAW.max_of(3).sample(1000, rng=1)
    _core.set_isa("baseline")
    assert_array_equal(LAW.max_of(3).sample(1000, rng=1), got)


def test_nan_is_refused_or_left_out():
    holes = np.append(DATA, [math.nan, math.nan])
    message = r"^x must not hold NaN, got 2 of 20002, the first at 20000$"
    with pytest.raises(ValueError, match=message):
        tr.Spliced(holes, 10.0)
    assert tr.Spliced(holes, 10.0, nan="omit") == LAW
    assert tr.Spliced(holes, 10.0, nan="omit").size == 20_000
    assert math.isnan(LAW.sf(math.nan))


TEN = [*range(20)]
GPD = tr.GeneralizedPareto


@pytest.mark.parametrize(("error", "call", "message"), [
    (ValueError, lambda: tr.Spliced([], 1), "x must not be empty, got "),
    (ValueError, lambda: tr.Spliced([[1, 2]], 1), "x must have 1 dimension(s), got "),
    (ValueError, lambda: tr.Spliced([*TEN, INF], 5), "x must be finite, got inf"),
    (TypeError, lambda: tr.Spliced(["a"], 5), "x must hold real numbers, got "),
    (ValueError, lambda: tr.Spliced(TEN, 10), "threshold must have at least 10 values "),
    (ValueError, lambda: tr.Spliced(TEN, -1), "threshold must have at least 10 values "),
    (ValueError, lambda: tr.Spliced(TEN, math.nan), "threshold must be finite, got nan"),
    (ValueError, lambda: tr.Spliced(TEN, INF), "threshold must be finite, got inf"),
    (TypeError, lambda: tr.Spliced(TEN, "5"), "threshold must be a real number, got '5'"),
    (TypeError, lambda: tr.Spliced(TEN, None), "threshold must be a real number, got "),
    (TypeError, lambda: tr.Spliced(TEN, 5, tail=tr.Pareto(1.2)),
     "tail must be a GeneralizedPareto, got Pareto("),
    (ValueError, lambda: tr.Spliced(TEN, 5, tail=GPD(0.1, 1.0, 4.0)),
     "tail must begin at the threshold, 5, got "),
    (ValueError, lambda: tr.Spliced(TEN, 5, nan="drop"), "nan must be "),
    (ValueError, lambda: tr.Spliced([math.nan], 5, nan="omit"), "threshold must "),
])  # fmt: skip
def test_what_makes_no_law_is_refused_in_words(error, call, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).startswith(message)
    assert ", got " in str(caught.value)


@pytest.mark.parametrize("beyond", [[6.0] * 12, [6.0] * 11 + [6.0 + 1e-9]])
def test_values_that_do_not_spread_make_a_tail_nevertheless(beyond):
    law = tr.Spliced([1.0, *beyond], 5.0)
    assert law.tail.xi >= -0.5
    assert np.isfinite(law.sample(1000, rng=1)).all()


@pytest.mark.skipif(not SHARED.exists(), reason="no shared/data beside the checkout")
@pytest.mark.parametrize(
    ("name", "threshold"), [("blackouts", 230e3), ("terrorism", 12), ("words", 7)]
)
def test_tails_of_published_data_have_the_published_index(name, threshold):
    x = np.loadtxt(SHARED / "powerlaw_reference" / f"{name}.txt")
    law = tr.Spliced(x, threshold=threshold)
    # Clauset, Shalizi, Newman (2009), table 6.1: P(X > x) ~ x^-(alpha - 1) with alpha
    # 2.3(3), 2.4(2), 1.95(2). A generalized Pareto tail has one parameter more: its
    # index has the error (1 + xi) / (xi^2 sqrt(count)).
    index = {"blackouts": 1.3, "terrorism": 1.4, "words": 0.95}[name]
    count = law.share_beyond * x.size
    xi = 1 / index
    assert abs(law.tail.xi - xi) < 6.5 * (1 + xi) / math.sqrt(count)
    assert law.sf(x.max()) > 0
