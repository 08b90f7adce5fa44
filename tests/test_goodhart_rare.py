"""Estimates beyond rare thresholds, against quadrature, and where they know no interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose
from stat_checks import assert_follows
from tailrace.goodhart.rare_terms import Term, tilted

DATA = tr.Empirical(tr.Normal().sample(300, rng=1))
# Truth, errors and thresholds with P(U >= t) from about 1e-3 to far below 1e-12.
HEAVY = {
    "normal, t3": (tr.Normal(), [tr.StudentT(3)], (12.0, 1e4)),
    "t3, t2": (tr.StudentT(3), [tr.StudentT(2)], (40.0, 1e6)),
    "t3, t2.5": (tr.StudentT(3), [tr.StudentT(2.5)], (1e5,)),
    "t3, t3": (tr.StudentT(3), [tr.StudentT(3)], (1e4,)),
    "Weibull, Weibull": (tr.Weibull(0.5), [tr.Weibull(0.5)], (80.0, 900.0)),
    "log-normals": (tr.LogNormal(0, 1), [tr.LogNormal(1, 1)], (70.0, 3000.0)),
    "data, t3": (DATA, [tr.StudentT(3)], (12.0, 1e4)),
    "three errors": (
        tr.Normal(),
        [tr.StudentT(3), tr.LogNormal(0, 1), tr.Normal(0, 2)],
        (1e3,),
    ),
    "truth jumps": (tr.StudentT(3), [tr.Normal(), tr.Laplace()], (1e3,)),
    "mixture, t3": (
        tr.Mixture([tr.Normal(), tr.Exponential()], [0.7, 0.3]),
        [tr.StudentT(3)],
        (12.0, 1e4),
    ),
}
LIGHT = {
    "normal, normal": (tr.Normal(), [tr.Normal()], (4.0, 30.0)),
    "normal, Laplace": (tr.Normal(), [tr.Laplace()], (6.0, 200.0)),
    "Laplace, Laplace": (tr.Laplace(), [tr.Laplace()], (8.0, 300.0)),
    "gamma, exponential": (tr.Gamma(3), [tr.Exponential()], (12.0, 400.0)),
    "uniform, normal": (tr.Uniform(-1, 1), [tr.Normal()], (8.0,)),
    "Laplace, two errors": (
        tr.Laplace(),
        [tr.Normal(), tr.Logistic()],
        (30.0,),
    ),
}
CASES = [
    (name, t, *case[:2])
    for table in (HEAVY, LIGHT)
    for name, case in table.items()
    for t in case[2]
]


def exact(truth, errors, t):
    """Return E[V | U >= t] and log P(U >= t) by quadrature."""
    error = errors[0] if len(errors) == 1 else tr.SumOf(errors)
    found = tr.Goodhart(truth, error).beyond(t)
    return float(found.truth), -float(found.kl)


@pytest.mark.parametrize(("name", "t", "truth", "errors"), CASES)
def test_estimates_are_those_of_quadrature(name, t, truth, errors):
    # Each of 56 intervals misses with chance 1e-11, as far as means of 20,000 are
    # normal: 6e-10 before the seed was fixed. Quadrature itself is right to 1e-9.
    found = tr.estimate_beyond(truth, errors, t, 20_000, rng=20261126)
    assert found.method == ("Asmussen-Kroese" if name in HEAVY else "tilted")
    worth, log_p = exact(truth, errors, t)
    interval = found.truth.confidence_interval(1 - 1e-11)
    slack = 1e-9 * abs(worth)
    assert interval.low - slack <= worth <= interval.high + slack
    probability = found.probability.confidence_interval(1 - 1e-11)
    p = math.exp(log_p)
    assert probability.low * (1 - 1e-9) <= p <= probability.high * (1 + 1e-9)
    assert abs(found.log_probability - log_p) < 0.2
    # Bounded relative error: so many samples give two digits at any t.
    interval = found.truth.confidence_interval()
    assert interval.high - interval.low < 0.1 * abs(worth) + 1e-300
    probability = found.probability.confidence_interval()
    assert probability.high - probability.low < 0.1 * p


def test_what_falls_back_to_the_mean_keeps_its_digits():
    # E[V | U >= t] = 2.876e-4 at P = 1e-12; noise of V itself would be 3e-3.
    t = float(tr.Goodhart(tr.Normal(), tr.StudentT(3)).threshold(9.72e-13))
    found = tr.estimate_beyond(tr.Normal(), [tr.StudentT(3)], t, 100_000, rng=1)
    interval = found.truth.confidence_interval()
    assert interval.high - interval.low < 1e-5
    assert abs(found.truth - 2.876e-4) < 1e-5


def test_a_truth_that_jumps_is_not_overlooked():
    # One-sided estimators find -0.004 +- 0.003 here.
    model = tr.Goodhart(tr.StudentT(3), tr.StudentT(2.5))
    t = float(model.threshold(1e-12))
    found = tr.estimate_beyond(tr.StudentT(3), [tr.StudentT(2.5)], t, 20_000, rng=1)
    assert_allclose(found.truth, model.expected_truth(t), rtol=1e-5)


def test_the_order_of_errors_and_their_number_do_not_matter():
    errors = [tr.StudentT(3), tr.Normal(0, 2)]
    one, other = (
        tr.estimate_beyond(tr.Normal(), e, 50.0, 40_000, rng=2)
        for e in (errors, errors[::-1])
    )
    spans = [x.truth.confidence_interval(1 - 1e-10) for x in (one, other)]
    assert spans[0].low < spans[1].high
    assert spans[1].low < spans[0].high


# The terms.


@pytest.mark.parametrize(
    "law",
    [
        tr.Normal(),
        tr.Laplace(2.0, 0.5),
        tr.Exponential(2.0),
        tr.Gamma(0.7, 2.0),
        tr.Logistic(),
        tr.Uniform(),
        tr.Gumbel(),
    ],
    ids=repr,
)
def test_tilted_laws_have_tilted_densities(law):
    s = 0.3
    tilt = tilted(law, s)
    x = tilt.ppf(np.linspace(0.01, 0.99, 21))
    x = x[np.abs(x - law.median()) > 1e-9]
    ratio = np.exp(np.asarray(tilt.logpdf(x)) - np.asarray(law.logpdf(x)) - s * x)
    assert_allclose(ratio, ratio[0], rtol=1e-7)
    assert_follows(tilt.sample(20_000, rng=1), tilt.cdf, p_fail=1e-10)


@pytest.mark.parametrize(
    "law",
    [
        tr.Normal(1.0, 2.0),
        tr.StudentT(3),
        tr.Empirical([0.0, 1.0, 1.0, 5.0]),
        tr.Normal().capped(1.0),
    ],
    ids=repr,
)
def test_the_excess_of_a_truth_is_that_of_its_draws(law):
    term, draws = Term(law), law.sample(200_000, rng=1)
    y = np.array([-3.0, 0.0, 0.5, 1.0, 1.5, 4.0])
    got = np.exp(term.log_excess(y))
    for each, value in zip(y, got, strict=True):
        over = np.where(draws >= each, draws - term.mean, 0.0)
        # Eight standard errors; the fourth moment of t(3) does not exist, its second does.
        slack = 8.0 * over.std() / math.sqrt(draws.size)
        assert abs(over.mean() - value) <= slack


# Where there is no interval, and manners.


@pytest.mark.parametrize(
    ("truth", "error", "reason"),
    [
        (tr.Cauchy(), tr.Normal(), "neither tail index"),
        (tr.Pareto(1.5), tr.Levy(), "no valid interval: the tail index 1.5"),
        (tr.Weibull(0.9), tr.Weibull(0.8), "two terms are nearly exponential"),
    ],
)
def test_where_there_is_no_interval_it_says_why(truth, error, reason):
    found = tr.estimate_beyond(truth, [error], 50.0, 1000, rng=1)
    assert found.reason.startswith(reason)
    interval = found.truth.confidence_interval()
    assert math.isnan(interval.low)
    assert interval.reason.startswith(reason)
    assert 0.0 < found.probability < 1.0


def test_what_nothing_reaches_has_no_truth():
    found = tr.estimate_beyond(tr.Uniform(), [tr.Uniform()], 2.5, 1000, rng=1)
    assert found.probability == 0.0
    assert math.isnan(found.truth)
    assert found.reason == "no sample has a chance to reach t"


def test_an_estimate_tells_what_it_is():
    shares = []
    found = tr.estimate_beyond(
        tr.Normal(), [tr.StudentT(3)], 20.0, 30_000, rng=5, progress=shares.append
    )
    assert shares[-1] == 1.0
    assert (found.t, found.samples, found.seed) == (20.0, 30_000, 5)
    columns = found.to_dict()
    assert columns["quantity"] == ["probability", "truth"]
    assert len({len(column) for column in columns.values()}) == 1
    assert "truth" in found.table()
    assert len(found.plot().get_lines()) == 1
    again = tr.estimate_beyond(tr.Normal(), [tr.StudentT(3)], 20.0, 30_000, rng=5)
    assert again.to_dict() == columns
    with pytest.raises(AttributeError):
        found.t = 1.0


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"truth": 1.0}, TypeError, "truth must be a Law"),
        ({"errors": tr.Normal()}, TypeError, "errors must be a sequence of laws"),
        ({"errors": []}, ValueError, "errors must not be empty"),
        ({"errors": [1.0]}, TypeError, "errors must be laws"),
        ({"errors": [DATA]}, ValueError, "errors must be without atoms"),
        ({"t": math.inf}, ValueError, "t must be finite"),
        ({"samples": 1}, ValueError, "samples must be >= 2"),
        ({"progress": 1}, TypeError, "progress must be callable"),
        (
            {"truth": tr.Empirical([1.0, 2.0, 3.0], censored_at=3.0)},
            ValueError,
            "errors and truth must have tails that are known",
        ),
    ],
)
def test_what_cannot_be_estimated_is_refused(arguments, error, message):
    call = {"truth": tr.Normal(), "errors": [tr.Normal()], "t": 3.0} | arguments
    with pytest.raises(error, match=f"^{message}"):
        tr.estimate_beyond(**call)
