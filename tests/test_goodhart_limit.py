"""Where E[V | U >= t] goes: every row of the table, met by numbers far out."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tailrace as tr
from goodhart_numbers import PAIRS
from numpy.testing import assert_allclose
from tailrace.goodhart import hazards

N, L, E, U, G = tr.Normal, tr.Laplace, tr.Exponential, tr.Uniform, tr.Gamma
W, LN, T, P = tr.Weibull, tr.LogNormal, tr.StudentT, tr.Pareto
INF = math.inf
COTH = 1.0 / math.tanh(1.0) - 1.0
E_WEIBULL = math.gamma(1.0 + 1.0 / 0.9)

# Truth, error, limit. A row of the table each, and what stands on either side of it.
BOUNDED = [
    (U(-1, 1), N(), 1.0),
    (U(-1, 1), W(2), 1.0),
    (U(-1, 1), L(), COTH),
    (U(-1, 1), E(1), COTH),
    (U(-1, 1), W(0.5), 0.0),
    (U(-1, 1), LN(0, 1), 0.0),
    (U(-1, 1), P(1.5), 0.0),
    (tr.Empirical([0.0, 1.0], weights=[9, 1]), N(), 1.0),
    (tr.Empirical([0.0, 1.0], weights=[9, 1]), T(3), 0.1),
]
LIGHT = [
    (N(), N(), INF),
    (N(), W(3), INF),
    (N(0, 2), L(0, 0.5), 8.0),  # rate times variance
    (N(), G(3), 1.0),
    (N(), tr.Gumbel(), 1.0),
    (N(), W(0.9), 0.0),
    (N(), LN(0, 1), 0.0),
    (N(), tr.Cauchy(), 0.0),
    (N(), tr.Levy(), 0.0),
    (N(2, 1), T(3), 2.0),
    (N(2, 1) - 5, -T(3), -3.0),
]
EXPONENTIAL = [
    (L(), N(), INF),
    (L(0, 0.5), L(), 2 / 3),  # 2 g / (l^2 - g^2) with l = 2, g = 1
    (L(0, 0.9), L(), 2 / (1 / 0.81 - 1)),
    (L(), L(), INF),
    (L(0, 1.1), L(), INF),
    (E(0.5), E(1), 1.0),  # 1 / (l - g)
    (E(1), E(1), INF),
    (E(1), E(0.5), INF),
    (G(3, 0.5), G(2), 3.0),
    (L(), W(0.5), 0.0),
    (E(2), LN(0, 1), 2.0),
    (E(2), P(1.5), 2.0),
]
STRETCHED = [
    (W(0.5), N(), INF),
    (W(0.5), L(), INF),
    (W(0.9), W(0.5), E_WEIBULL),
    (W(0.5), W(0.9), INF),
    (W(0.5, 0.8), W(0.5), 1.6),
    (W(0.5), W(0.5), INF),
    (W(0.5, 1.25), W(0.5), INF),
    (W(0.5), LN(0, 1), 2.0),
    (W(0.5), P(1.5), 2.0),
]
LOG_NORMAL = [
    (LN(0, 1), N(), INF),
    (LN(0, 1), L(), INF),
    (LN(0, 1), W(0.5), INF),
    (LN(0, 1), LN(0, 1.2), math.exp(0.5)),
    (LN(0, 1), LN(0, 0.8), INF),
    (LN(0, 1), LN(1.3, 1), math.exp(0.5)),
    (LN(0, 1), LN(1, 1), 2.0 * math.exp(0.5)),
    (LN(0, 1), LN(0.8, 1), INF),
    (LN(0, 1), LN(0, 1), INF),
    (LN(0, 1), LN(-1, 1), INF),
    (LN(0, 1), P(1.5), math.exp(0.5)),
]
POWER = [
    (P(3), N(), INF),
    (P(3), L(), INF),
    (P(3), W(0.5), INF),
    (P(3), LN(0, 1), INF),
    (P(4.5), P(2), 4.5 / 3.5),
    (P(3.3), P(2), 3.3 / 2.3),
    (P(3), P(2), 3.0),  # E V + c, c = a / (a - 1)
    (P(3, 2), P(2), 15.0),
    (T(3), T(2), 6.0 * 3**0.5 / math.pi),
    (P(2.7), P(2), INF),
    (P(2.3), P(2), INF),
    (P(2), P(2), INF),
    (P(2, 3), P(2), INF),
    (P(1.7), P(2), INF),
    (T(3), T(5), INF),
]
ROWS = [*BOUNDED, *LIGHT, *EXPONENTIAL, *STRETCHED, *LOG_NORMAL, *POWER]
named = [f"{v!r} with {x!r}" for v, x, _ in ROWS]
FAR = np.array([1e-20, 1e-60, 1e-140, 1e-290])


def far_out(truth, error, p=FAR):
    """Return thresholds that are reached about as rarely as told."""
    t = np.maximum(truth.isf(p), error.isf(p))
    # Of bounded laws both are needed: closer and closer to the end.
    if truth.support[1] + error.support[1] < INF:
        t = truth.isf(p**0.5) + error.isf(p**0.5)
    return t[t < 1e270]


@pytest.mark.parametrize(("truth", "error", "limit"), ROWS, ids=named)
def test_every_row_of_the_table_is_met_far_out(truth, error, limit):
    model = tr.Goodhart(truth, error)
    verdict = model.limit()
    assert_allclose(verdict.value, limit, rtol=1e-9, atol=1e-15)
    assert verdict.case
    t = far_out(truth, error)
    found = model.expected_truth(t)
    if limit < INF:
        gap = np.abs(found - limit)
        # It comes closer, down to rounding; slowly where both tails differ by little.
        least = 1e-9 * (1.0 + abs(limit))
        assert (gap[1:] <= 0.95 * gap[:-1] + least).all()
        assert gap[-1] <= 0.5 * (1.0 + abs(limit))
        assert verdict.reason == ""
    else:
        assert (np.diff(found) > 0.05 * found[:-1]).all()
        assert verdict.reason
    # The leading terms of the theorem are what is computed.
    leading = verdict.approach(t)
    if np.isfinite(leading).all():
        assert_allclose(leading[1:], found[1:], rtol=2e-3, atol=1e-9)


@pytest.mark.parametrize("name", PAIRS)
def test_the_limits_that_were_found_by_hand(name):
    truth, error, limit = PAIRS[name]
    assert_allclose(tr.Goodhart(truth, error).limit().value, limit, rtol=1e-9)


@pytest.mark.parametrize(
    ("below", "error", "limit"),
    [(0.5, 1.5, -INF), (0.2, 1.5, -INF), (0.9, 1.5, INF), (0.7, 1.5, math.nan)],
)
def test_a_truth_without_a_mean_below_may_outweigh_its_upper_tail(below, error, limit):
    """By mpmath: g(1e8) = -4769 for the first of them."""
    truth = tr.Mixture([P(2.2), -P(below)], [0.5, 0.5])
    verdict = tr.Goodhart(truth, P(error)).limit()
    assert_allclose(verdict.value, limit)
    assert verdict.reason or limit == INF


# How fast: what is said is what happens.


@pytest.mark.parametrize(
    ("truth", "error", "said"),
    [
        (N(), T(3), "3 / t"),
        (N(2, 1), T(3), "E[V] + 3 / t"),
        (N(), G(3), "1 - 2 / t"),
        (P(4.5), P(2), "E[V] + 0.293878 / t"),
        (P(3.3), P(2), "like t^-0.3"),
        (P(2.7), P(2), "1.58824 t^0.3"),
        (P(2), P(2), "t"),
        (T(3), T(3), "0.75 t"),
        (T(3), T(5), "1.5 t"),
        (T(3), T(2.5), "2.29931 t^0.5"),
        (W(0.5), W(0.5), "0.5 t"),
        (W(0.5), P(1.5), "E[V] + 30 / t"),
        (LN(0, 1), LN(0, 1), "0.5 t"),
        (LN(0, 1), LN(0.8, 1), "1.37713 t^0.2"),
        (LN(0, 1), LN(1.3, 1), "like t^-0.3"),
    ],
)
def test_the_rate_is_the_one_that_is_said(truth, error, said):
    model = tr.Goodhart(truth, error)
    verdict = model.limit()
    assert verdict.rate == said
    t = far_out(truth, error, np.geomspace(1e-10, 1e-250, 41))
    found = model.expected_truth(t)
    gap = found - verdict.value
    if math.isfinite(verdict.value):
        # The last ones where the gap has digits beside the limit.
        t, gap = (x[np.abs(gap) > 1e-7 * np.abs(verdict.value)][-2:] for x in (t, gap))
    words = said.removeprefix("E[V] + ").removeprefix("1 - ").split()
    if said.startswith("like t^"):
        power = float(said.removeprefix("like t^"))
        slope = np.diff(np.log(gap)) / np.diff(np.log(t))
        assert_allclose(slope, power, atol=2e-2)
    elif said.endswith("/ t"):
        sign = -1.0 if "- " in said else 1.0
        assert_allclose(gap * t, sign * float(words[0]), rtol=2e-2)
    else:
        constant = 1.0 if words[0].startswith("t") else float(words[0])
        power = float(words[-1].removeprefix("t^")) if "^" in said else 1.0
        # Means beyond t of log-normals are t (1 + 1 / log t).
        slack = 4e-2 if isinstance(truth, LN) else 1e-2
        assert_allclose(found[-1], constant * t[-1] ** power, rtol=slack)


def test_a_light_truth_falls_back_like_its_variance_times_the_hazard():
    model = tr.Goodhart(tr.Laplace(0, 2), T(3))
    t = far_out(tr.Laplace(0, 2), T(3), np.array([1e-20, 1e-100]))
    # Var V = 8, and the hazard rate of a t(3) error is 3 / t.
    assert_allclose(model.expected_truth(t) * t, 24.0, rtol=1e-5)


# No limit, and none that is known.


def test_an_error_on_a_lattice_leaves_no_limit():
    model = tr.Goodhart(N(), tr.StPetersburg())
    verdict = model.limit()
    assert math.isnan(verdict.value)
    assert verdict.case == "heavy-tailed error on a lattice"
    assert "it oscillates between 0 and 0.27603" in verdict.reason
    # Along 2^k + s it is f(s) / (1 + P(V > s)), for ever; mpmath: at most 0.2760298.
    s = np.arange(-64, 65) / 8.0
    wanted = N().pdf(s) / (1.0 + N().sf(s))
    assert_allclose(model.expected_truth(2.0**20 + s), wanted, rtol=1e-9, atol=1e-11)
    assert_allclose(wanted.max(), 0.2760298, rtol=1e-3)  # on this grid
    # Half way between two values the truth is as it was.
    assert abs(model.expected_truth(1.5 * 2.0**40)) < 1e-300
    assert_allclose(model.probability(model.threshold(1e-4)), 1e-4, rtol=1e-9)
    with pytest.raises(ValueError, match="error must not sit on a lattice"):
        model.best_of(10)
    assert model.peak().reason == model.peak_n().reason != ""
    assert model.is_monotone.value is None


@pytest.mark.parametrize(
    ("truth", "error", "why"),
    [
        (N(), tr.from_scipy(__import__("scipy.stats").stats.norm()), "unknown"),
        (
            tr.Spliced(np.arange(1.0, 200.0), threshold=100.0),
            tr.StPetersburg(0.5),
            "lattice",
        ),
        (tr.StPetersburg(3), P(2), "rough"),
        (tr.Stable(0.4, 0), tr.Levy(), "no mean, on either side"),
    ],
)
def test_what_no_theorem_covers_is_not_guessed(truth, error, why):
    verdict = tr.Goodhart(truth, error).limit()
    assert math.isnan(verdict.value)
    assert verdict.case == ""
    assert why in verdict.reason
    assert str(verdict).startswith("No theorem here says")


def test_a_truth_without_a_mean_is_infinite_at_every_threshold():
    model = tr.Goodhart(P(0.9), N())
    assert model.limit().value == INF
    assert model.expected_truth(3.0) == INF
    assert model.expected_truth(3.0).reason == (
        "the tail index of the truth, 0.9, is not above 1"
    )
    assert model.peak().reason


def test_a_truth_that_never_falls_has_no_peak():
    model = tr.Goodhart(T(3), T(3))
    assert model.is_monotone.value is None
    peak = model.peak()
    assert (peak.at, peak.truth, peak.lost) == (INF, INF, 0.0)
    assert peak.reason == "the truth never falls, as far as it can be computed"


def test_a_peak_tells_nothing_of_the_limit():
    falls = tr.Goodhart(tr.Laplace(), T(3)).peak()
    assert (falls.trough, falls.trough_at, falls.rises_again) == (0.0, INF, False)
    rises = tr.Goodhart(T(10), LN(0, math.log(2)) - 1).peak()
    assert rises.rises_again
    assert rises.lost > 0.0
    assert tr.Goodhart(T(10), LN(0, math.log(2)) - 1).limit().value == INF


def test_the_limit_is_in_words_and_numbers():
    verdict = tr.Goodhart(N(), T(3)).limit()
    assert str(verdict) == verdict.sentence
    assert ("the error is subexponential", "yes") in verdict.conditions
    columns = verdict.to_dict()
    assert len({len(column) for column in columns.values()}) == 1
    assert verdict.table().splitlines()[0].split() == list(columns)


# What is said of hazard rates, family by family.

HAZARDS = [
    (G(1.0), True, True),
    (G(0.5), False, False),
    (G(4.0), True, True),
    (W(1.5), True, True),
    (W(0.7), False, False),
    (tr.GeneralizedNormal(1.5), True, True),
    (tr.GeneralizedNormal(0.8), False, False),
    (tr.GeneralizedPareto(-0.5), True, True),
    (tr.GeneralizedPareto(-2.0), True, False),
    (tr.GeneralizedPareto(0.2), False, False),
    (tr.GeneralizedExtremeValue(-0.5), True, True),
    (tr.GeneralizedExtremeValue(0.2), False, False),
    (tr.Gumbel(), True, True),
    (-tr.Gumbel(), True, True),
    (tr.Logistic(), True, True),
    (L(), True, True),
    (N(), True, True),
    (U(-1, 1), True, True),
    (N().truncated(-1, 2), True, True),
    (G(2).min_of(3), True, False),
    (L().max_of(2.5), True, False),
    (T(3), False, False),
    (LN(0, 1), False, False),
    (P(2), False, False),
]


@pytest.mark.parametrize(("law", "rises", "concave"), HAZARDS, ids=repr)
def test_what_is_known_of_a_hazard_rate_is_what_it_does(law, rises, concave):
    assert hazards.rises(law) == rises
    assert hazards.rises(-law) == concave  # of the mirror image that is what counts
    x = law.isf(np.geomspace(0.999, 1e-6, 400))
    rate = law.pdf(x) / law.sf(x)
    assert (np.diff(rate) >= -1e-9 * rate[1:]).all() == rises
    x = np.linspace(law.ppf(1e-4), law.isf(1e-4), 400)
    if concave:
        assert (np.diff(law.logpdf(x), 2) <= 1e-9).all()


def test_a_fall_of_some_percent_is_one():
    # Now and then the error is wider, and takes over for a while.
    error = tr.Mixture([N(), N(0, 1.5)], [0.999, 0.001])
    model = tr.Goodhart(N(), error)
    peak = model.peak()
    assert 0.0 < peak.lost < 0.1 * peak.truth
    t = np.linspace(peak.at, peak.trough_at, 20)
    assert (np.diff(model.expected_truth(t)) < 0.0).all()
    assert peak.rises_again
    assert model.limit().value == INF
