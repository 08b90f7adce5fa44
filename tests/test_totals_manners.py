"""Totals as objects: what they refuse, keep, and say."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_array_equal

LAW = tr.Pareto(1.2)
TOTAL = LAW.sum_of(1000)
GAME = tr.StPetersburg()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: LAW.sum_of(0), ValueError, r"^n must be .*, got 0"),
        (lambda: LAW.sum_of(-3), ValueError, r"^n must be .*, got -3"),
        (lambda: LAW.sum_of(10**15 + 1), ValueError, r"^n must be .*, got 10+1"),
        (lambda: LAW.sum_of(2.5), TypeError, r"^n must be .*, got 2.5"),
        (lambda: LAW.sum_of(True), TypeError, r"^n must be .*, got True"),
        (lambda: LAW.sum_of("3"), TypeError, r"^n must be .*, got '3'"),
        (lambda: tr.Total([]), ValueError, r"^parts must "),
        (lambda: tr.Total([LAW]), TypeError, r"^parts must be pairs of a Law and"),
        (lambda: tr.Total([(1.2, 3)]), TypeError, r"^parts must be pairs .*, got 1.2"),
        (lambda: tr.Total([(LAW, 0)]), ValueError, r"^n must be .*, got 0"),
        (
            lambda: tr.Total([(LAW, 2)], centred=1),
            TypeError,
            r"^centred must be .*got 1",
        ),
        (
            lambda: tr.Total([(tr.Pareto(0.8), 2)], centred=True),
            ValueError,
            r"^law must have a mean to be centred at, got inf",
        ),
        (lambda: GAME.sum_of(2), ValueError, r"^law must not sit on a lattice .*, got"),
        (lambda: (-GAME).sum_of(1000), ValueError, r"^law must not sit on a lattice "),
        (lambda: tr.Total([(GAME, 2)]), ValueError, r"^law must not sit on a lattice "),
        (
            lambda: tr.exact_steps_table([tr.IndependentSteps(GAME)], steps=(10,)),
            ValueError,
            r"^law must not sit on a lattice .*, got StPetersburg",
        ),
        (lambda: TOTAL.sf("a"), TypeError, r"^x must "),
        (lambda: TOTAL.ppf(1.5), ValueError, r"^p must .*1.5"),
        (lambda: TOTAL.evaluate([None]), TypeError, r"^x must "),
        (lambda: TOTAL.decay_rate(math.inf), ValueError, r"^average must .*got inf"),
        (
            lambda: tr.Pareto(0.8).sum_of(9).centred_at_mean(),
            ValueError,
            r"^law must have a mean to be centred at, got inf",
        ),
    ],
)
def test_bad_input_gets_a_sentence(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize(
    "total",
    [
        TOTAL,
        tr.Pareto(2.5).sum_of(10**12).centred_at_mean(),
        tr.Total([(LAW, 3), (tr.Weibull(0.5), 2)]),
        tr.Empirical([1.0, 2.5, math.pi]).sum_of(50),
    ],
    ids=str,
)
def test_totals_are_kept_copied_and_compared(total):
    median = total.median()
    for other in (pickle.loads(pickle.dumps(total)), copy.deepcopy(total)):
        assert other == total
        assert hash(other) == hash(total)
        assert repr(other) == repr(total)
        assert other.median() == median
    assert eval(repr(LAW.sum_of(7)), vars(tr)) == LAW.sum_of(7)
    with pytest.raises(AttributeError, match="immutable"):
        total.anything = 1


def test_equal_totals_add_up_equal_laws():
    assert LAW.sum_of(5) == tr.Pareto(1.2).sum_of(5)
    assert LAW.sum_of(5) != LAW.sum_of(6)
    assert LAW.sum_of(5) != tr.Pareto(1.3).sum_of(5)
    assert tr.Total([(LAW, 2), (LAW, 3)]) == LAW.sum_of(5)
    centred = tr.Pareto(3.0).sum_of(5).centred_at_mean()
    assert centred != tr.Pareto(3.0).sum_of(5)
    assert eval(repr(centred), vars(tr)) == centred
    # Sums of sums are sums.
    assert LAW.sum_of(5).sum_of(3) == LAW.sum_of(15)


def test_answers_carry_their_errors_and_methods():
    answer = TOTAL.sf(10_000.0)
    assert isinstance(answer, float)
    assert 0.0 < answer.numerical_error < 1e-12
    assert answer.method == "ray"
    assert TOTAL.sf(1e30).method == "cut"
    assert TOTAL.cdf(1500.0).method == "saddle"
    again = pickle.loads(pickle.dumps(answer))
    assert (again, again.numerical_error, again.method) == (
        answer,
        answer.numerical_error,
        answer.method,
    )
    assert 0.0 < TOTAL.median().numerical_error < 1e-9


def test_evaluate_gives_frozen_columns():
    found = TOTAL.evaluate([3000.0, 5000.0, 1e9])
    columns = found.to_dict()
    assert list(columns) == ["x", "cdf", "sf", "pdf", "error", "method"]
    assert {len(column) for column in columns.values()} == {3}
    assert "method" in found.table()
    assert found.plot().get_yscale() == "log"
    with pytest.raises(AttributeError):
        found.sf = None
    pandas = pytest.importorskip("pandas")
    assert isinstance(found.to_frame(), pandas.DataFrame)


def test_arrays_are_answered_as_single_points_are():
    x = np.array([[2000.0, 4000.0], [1e4, 1e12]])
    for name in ("sf", "cdf", "pdf", "logsf", "logcdf", "logpdf", "hazard"):
        ask = getattr(TOTAL, name)
        rows = ask(x)
        assert rows.shape == (2, 2)
        np.testing.assert_allclose(
            rows, [[ask(v) for v in row] for row in x], rtol=1e-9
        )


def test_the_ends_are_the_ends():
    assert TOTAL.support == (1000.0, math.inf)
    for x, below in ((-1.0, 0.0), (1000.0, 0.0), (math.inf, 1.0), (-math.inf, 0.0)):
        assert TOTAL.cdf(x) == below
        assert TOTAL.sf(x) == 1.0 - below
        assert TOTAL.pdf(x) == 0.0
    assert math.isnan(TOTAL.sf(math.nan))
    assert TOTAL.ppf(0.0) == 1000.0
    assert TOTAL.ppf(1.0) == math.inf
    capped = LAW.capped(5.0).sum_of(10)
    assert capped.support == (10.0, 50.0)
    assert capped.cdf(50.0) == 1.0
    assert_array_equal(LAW.truncated(high=5.0).sum_of(3).sf([2.0, 16.0]), [1.0, 0.0])


def test_means_do_not_exist_where_those_of_the_steps_do_not():
    assert TOTAL.mean() == pytest.approx(6000.0, rel=1e-14)
    assert TOTAL.var() == math.inf
    assert TOTAL.var().reason
    assert tr.Pareto(0.8).sum_of(5).mean().reason
    assert tr.Pareto(2.5).sum_of(10**12).var() == pytest.approx(
        1e12 * float(tr.Pareto(2.5).var()), rel=1e-14
    )


def test_what_is_out_of_reach_says_so():
    # Of the upper end of a sum of few cut values no method knows the far tail.
    total = LAW.truncated(high=100.0).sum_of(3)
    far = total.isf(1e-60)
    assert math.isnan(far)
    assert far.numerical_error == math.inf
    assert far.reason.startswith("so far out")
    # So small a total is less likely than any double says.
    assert tr.Frechet(1.4).sum_of(3).cdf(1e-4) == 0.0
