"""Selection by a proxy: bad input gets a sentence, results are frozen, the command runs."""

from __future__ import annotations

import copy
import dataclasses
import json
import math
import pickle
import re

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose

MODEL = tr.Goodhart(tr.Normal(), tr.StudentT(3))
LIGHT = tr.Goodhart(tr.Normal(), tr.Laplace())
DATA = tr.Goodhart(tr.Empirical([0.0, 1.0, 1.0, 3.0]), tr.Empirical([0.0, 0.5]))


CENSORED = tr.Empirical([1.0, 9.0], censored_at=5.0)


def scale(v):
    return 1.0 + np.abs(v)


def given(v):
    return tr.Normal(0, 1 + abs(v))


BAD = [
    ("truth", lambda: tr.Goodhart(3, tr.Normal())),
    ("error", lambda: tr.Goodhart(tr.Normal(), 3)),
    ("error", lambda: tr.Goodhart(tr.Normal())),
    ("error", lambda: tr.Goodhart(tr.Normal(), tr.Normal(), error_given=given)),
    ("error_given", lambda: tr.Goodhart(tr.Normal(), error_given=tr.Normal())),
    ("breaks", lambda: tr.Goodhart(tr.Normal(), tr.Normal(), breaks=[1])),
    ("breaks", lambda: tr.Goodhart(tr.Normal(), error_given=given, breaks=[math.nan])),
    ("breaks", lambda: tr.Goodhart(tr.Normal(), error_given=given, breaks="ab")),
    (
        "error_given",
        lambda: tr.Goodhart(tr.Normal(), error_given=str).expected_truth(1),
    ),
    ("law", lambda: tr.ScaledError(3, scale)),
    ("law", lambda: tr.ScaledError(tr.Empirical([1.0, 2.0]), scale)),
    ("scale", lambda: tr.ScaledError(tr.Normal(), 3)),
    ("t", lambda: MODEL.expected_truth("a")),
    ("t", lambda: MODEL.beyond(None)),
    ("t", lambda: MODEL.truth_law([1.0, 2.0])),
    ("t", lambda: MODEL.beyond([1.0, 2.0]).truth_law()),
    ("u", lambda: MODEL.expected_truth_at(1j)),
    ("probability", lambda: MODEL.threshold(1.5)),
    ("probability", lambda: MODEL.threshold([0.5, -1])),
    ("n", lambda: MODEL.best_of(0.5)),
    ("n", lambda: MODEL.best_of(1e301)),
    ("n", lambda: MODEL.best_of([1, math.nan])),
    ("n", lambda: MODEL.best_of("x")),
    ("k", lambda: MODEL.top(0, 10)),
    ("k", lambda: MODEL.top(11, 10)),
    ("k", lambda: MODEL.top(1.5, 10)),
    ("k", lambda: MODEL.top([1, 2], [3, 4, 5])),
    ("beta", lambda: LIGHT.tilted()),
    ("beta", lambda: LIGHT.tilted(beta=1, kl=1)),
    ("beta", lambda: LIGHT.tilted(beta=0)),
    ("kl", lambda: LIGHT.tilted(kl=-1)),
    ("kl", lambda: LIGHT.tradeoff([1, 1e4])),
    ("error", lambda: tr.Goodhart(tr.Normal(), error_given=given).tilted(kl=1)),
    ("law", lambda: tr.divergence_frontier(3, 1)),
    ("budget", lambda: tr.divergence_frontier(tr.Normal(), -1)),
    ("budget", lambda: tr.divergence_frontier(tr.Normal(), math.inf)),
    ("order", lambda: tr.divergence_frontier(tr.Normal(), 1, order=0.5)),
    ("law", lambda: tr.reweight_tail(3, 1, 0.5)),
    ("weight", lambda: tr.reweight_tail(tr.Normal(), 1, 1.5)),
    ("weight", lambda: tr.reweight_tail(tr.Normal(), [1, 2], [0.1, 0.2, 0.3])),
    ("t", lambda: tr.reweight_tail(tr.Uniform(), 2, 0.5)),
    ("laws", lambda: tr.SumOf([tr.Normal()])),
    ("laws", lambda: tr.SumOf([tr.Normal(), 3])),
    ("shape", lambda: tr.StPetersburg(0)),
    ("ratio", lambda: tr.StPetersburg(1, 1, 1)),
    ("ax", lambda: MODEL.plot(ax=3)),
]


@pytest.mark.parametrize(("name", "call"), BAD)
def test_bad_input_gets_a_sentence(name, call):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    message = str(caught.value)
    assert re.fullmatch(rf"{name} must .*, got .+", message), message
    assert len(message) < 300


def test_scales_that_are_none_are_refused():
    for wrong, rule in (
        (lambda v: -np.ones_like(v), "finite and >= 0, got -1.0"),
        (lambda v: np.ones(3), "return the shape of its argument"),
        (lambda v: v * math.nan, "finite and >= 0, got nan"),
    ):
        error = tr.ScaledError(tr.Normal(), wrong)
        with pytest.raises(ValueError, match=rf"^scale must (be )?{rule}"):
            tr.Goodhart(tr.Normal(), error_given=error).expected_truth(1.0)


# Nowhere is there a number that is none, without a reason.


def test_infinite_thresholds_have_answers():
    found = MODEL.beyond([-math.inf, math.inf, math.nan])
    assert found.probability[0] == 1.0
    assert found.truth[0] == 0.0
    assert found.probability[1] == 0.0
    assert np.isnan(found.truth[1:]).all()
    assert np.isnan(found.probability[2])
    bounded = tr.Goodhart(tr.Uniform(), tr.Uniform())
    assert bounded.expected_truth(-1.0) == 0.5
    assert bounded.expected_truth(2.5).reason == "no value of the proxy reaches t"
    assert bounded.probability(2.5) == 0.0
    assert bounded.threshold([0.0, 1.0]).tolist() == [2.0, 0.0]
    # Both reach their caps with chance 0.16 each: 2 is reached with that squared.
    capped = tr.Normal().capped(1.0)
    assert tr.Goodhart(capped, capped).threshold([0.02, 0.002]).tolist() == [2.0, 2.0]


def test_what_is_no_number_is_named():
    for answer in (MODEL.expected_truth(math.nan), MODEL.probability(math.nan)):
        assert math.isnan(answer)
        assert answer.reason == "t is NaN"
    assert MODEL.beyond(math.nan).error.reason == "t is NaN"
    assert MODEL.expected_truth_at(math.nan).reason == "u is NaN"
    with pytest.raises(ValueError, match=r"^breaks must be finite, got inf$"):
        tr.Goodhart(tr.Normal(), error_given=given, breaks=[math.inf])


def test_a_peak_beyond_what_can_be_computed_is_unknown():
    # It falls to the limit 2 at last, but only where e^(-t^0.5) has long left doubles.
    model = tr.Goodhart(tr.Weibull(0.5, 1), tr.Weibull(0.5, 1 + 1e-9))
    assert model.limit().value == 2.0
    for peak in (model.peak(), model.peak_n()):
        assert math.isnan(peak.at)
        assert math.isnan(peak.truth)
        assert peak.reason.endswith("beyond what can be computed")


def test_empty_arrays_have_empty_answers():
    none = np.empty((0, 3))
    assert MODEL.expected_truth(none).shape == (0, 3)
    assert MODEL.best_of(none).truth.shape == (0, 3)
    assert MODEL.threshold(none).shape == (0, 3)
    assert MODEL.expected_truth_at(none).shape == (0, 3)
    assert LIGHT.tilted(kl=none).truth.shape == (0, 3)


def test_means_that_do_not_exist_have_a_reason():
    model = tr.Goodhart(tr.Normal(), tr.Cauchy())
    found = model.best_of(10)
    assert found.proxy == math.inf
    assert found.proxy.reason == "the tail index of the error, 1, is not above 1"
    assert model.best_of([1, 10]).error.tolist() == [math.inf, math.inf]
    assert math.isfinite(found.truth)
    assert found.truth.reason == found.reason == ""
    assert model.expected_error(1.0).reason == found.proxy.reason
    # Of data that are censored.
    for laws in ((CENSORED, tr.Normal()), (tr.Normal(), CENSORED)):
        model = tr.Goodhart(*laws)
        assert 0.0 < model.probability(1.0) < 1.0
        for found in (model.best_of(10), model.top(2, 10)):
            assert math.isnan(found.truth)
            assert found.truth.reason
            assert math.isnan(found.kl)
            assert found.kl.reason
        assert math.isnan(model.expected_truth_at(1.0))
        assert math.isnan(model.threshold(0.5))
        assert model.peak().reason
        assert model.peak_n().reason
        assert str(model.limit()).endswith("Too little can be computed for a trend.")
        with pytest.raises(ValueError, match="must not be censored"):
            model.best_of(10).proxy_law()
    # Of an error without a mean that depends on the truth.
    model = tr.Goodhart(tr.Normal(), error_given=tr.ScaledError(tr.Cauchy(), np.abs))
    found = model.beyond([1.0, 10.0])
    assert (found.truth > 0.0).all()
    assert np.isnan(found.error).all()


def test_numbers_are_floats_that_know_their_error():
    found = MODEL.expected_truth(10.0)
    assert isinstance(found, float)
    assert isinstance(found, tr.Answer)
    assert 0.0 < found.numerical_error < 1e-9
    again = pickle.loads(pickle.dumps(found))
    assert (again, again.numerical_error) == (found, found.numerical_error)
    assert MODEL.best_of(10).numerical_error < 1e-9


# Results.


def results():
    yield MODEL.beyond([1.0, 5.0]), "truth"
    yield MODEL.best_of(10), "truth"
    yield MODEL.top([1, 2], 10), "truth"
    yield LIGHT.tilted(kl=[0.5, 1.0]), "truth"
    yield LIGHT.tradeoff([0.5, 1.0]), "model"
    yield MODEL.limit(), "value"
    yield MODEL.peak(), "at"
    yield MODEL.is_monotone, "value"
    yield tr.divergence_frontier(tr.Normal(), [1.0, 2.0]), "mean"
    yield tr.reweight_tail(tr.StudentT(3), [1e2, 1e4], 1e-3), "mean"


@pytest.mark.parametrize(("result", "name"), list(results()))
def test_results_are_frozen_and_tell_themselves(result, name):
    with pytest.raises((AttributeError, dataclasses.FrozenInstanceError, TypeError)):
        setattr(result, name, 0.0)
    assert type(result).__name__ in repr(result)
    if isinstance(result, tr.Monotone):
        return
    columns = result.to_dict()
    lengths = {len(column) for column in columns.values()}
    assert len(lengths) == 1
    if not isinstance(result, tr.Peak):
        assert result.table().splitlines()[0].split()[0] == next(iter(columns))
        assert len(result.table().splitlines()) == 1 + lengths.pop()


@pytest.mark.parametrize(
    "result",
    [result for result, _ in results() if hasattr(result, "plot")],
    ids=lambda result: type(result).__name__,
)
def test_results_draw_themselves(result):
    pytest.importorskip("matplotlib")
    axes = result.plot()
    assert axes.get_xlabel()
    assert axes.get_lines()
    assert result.plot(ax=axes) is axes


def test_models_are_frozen_and_copied_by_their_parameters():
    dependent = tr.Goodhart(
        tr.Normal(), error_given=tr.ScaledError(tr.Normal(), scale), breaks=[0, -1, 0]
    )
    assert dependent.breaks == (-1.0, 0.0)
    for model in (MODEL, dependent, DATA):
        with pytest.raises(dataclasses.FrozenInstanceError):
            model.truth = tr.Laplace()
        for twin in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
            assert twin == model
            assert hash(twin) == hash(model)
            assert twin.best_of(7).truth == model.best_of(7).truth
    assert repr(MODEL) == (
        "Goodhart(Normal(loc=0.0, scale=1.0), StudentT(df=3.0, loc=0.0, scale=1.0))"
    )
    assert repr(dependent).startswith(
        "Goodhart(Normal(loc=0.0, scale=1.0), error_given="
    )
    assert repr(dependent).endswith(", breaks=(-1.0, 0.0))")


def test_laws_of_what_was_selected_are_laws():
    law = MODEL.beyond(3.0).truth_law()
    again = pickle.loads(pickle.dumps(law))
    assert again == law
    assert again.sample(3, rng=1).tolist() == law.sample(3, rng=1).tolist()
    total = tr.SumOf([tr.Normal(), tr.Normal(0, 2), tr.Normal(1, 2)])
    x = np.array([-10.0, 1.0, 20.0])
    assert_allclose(total.sf(x), tr.Normal(1, 3).sf(x), rtol=1e-8)
    assert tr.SumOf([tr.Normal(), tr.Laplace()]).tail_index == math.inf


def test_data_and_data_are_summed_up_exactly():
    values = [(v, x) for v in (0.0, 1.0, 1.0, 3.0) for x in (0.0, 0.5)]
    above = [v for v, x in values if v + x >= 1.0]
    assert_allclose(DATA.expected_truth(1.0), np.mean(above), rtol=1e-15)
    assert DATA.probability(1.0) == len(above) / 8
    assert DATA.threshold([1.0, 0.25, 0.2]).tolist() == [0.0, 3.0, 3.0]
    assert DATA.proxy.values.tolist() == [0.0, 0.5, 1.0, 1.5, 3.0, 3.5]
    # Of two candidates: all 64 pairs of pairs, ties shared.
    pairs = [(a, b) for a in values for b in values]
    best = [
        max(pair, key=sum)[0]
        if sum(pair[0]) != sum(pair[1])
        else (pair[0][0] + pair[1][0]) / 2
        for pair in pairs
    ]
    assert_allclose(DATA.best_of(2).truth, np.mean(best), rtol=1e-14)


# The command.


@pytest.fixture
def command(capsys):
    """Run the command in this process; return its exit code and what it printed."""
    from tailrace.cli import app

    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            app(["goodhart", *map(str, arguments)], prog_name="tailrace")
        out, err = capsys.readouterr()
        return caught.value.code or 0, out, err

    return run


def test_the_command_prints_the_verdict_both_tables_and_the_peak(command):
    code, out, err = command(
        "--truth", "normal", "--error", "student-t:3", "--n", "1,256", "--t", "1,10"
    )
    assert (code, err) == (0, "")
    assert str(MODEL.limit()) in out
    assert "Approach: 3 / t." in out
    lines = [line.split() for line in out.splitlines()]
    truth = f"{MODEL.expected_truth(10.0):.4g}"
    assert ["10", f"{MODEL.probability(10.0):.4g}", truth] == next(
        line for line in lines if line[:1] == ["10"]
    )[:3]
    assert ["256", "4.549", "0.5501", "8.989"] in lines
    assert "The truth is largest at t = " in out
    assert "The truth is largest at n = " in out


def test_the_command_tells_all_of_it_as_json(command):
    code, out, _ = command("--error", "cauchy", "--json", "--n", "1,100")
    document = json.loads(out)
    assert code == 0
    model = tr.Goodhart(tr.Normal(), tr.Cauchy())
    assert document["best_of"]["truth"] == model.best_of([1, 100]).truth.tolist()
    assert document["best_of"]["proxy"] == ["inf", "inf"]
    assert document["limit"]["value"] == 0.0
    assert document["limit"]["sentence"] == str(model.limit())
    assert document["is_monotone"]["value"] is False
    assert document["peak"]["truth"] == model.peak().truth


def test_the_command_draws(command, tmp_path):
    pytest.importorskip("matplotlib")
    path = tmp_path / "pick.svg"
    code, _, err = command("--error", "laplace", "--n", "2", "--plot", path)
    assert (code, err) == (0, f"plot written to {path}\n")
    assert path.read_text("utf-8").startswith("<?xml")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--error", "lexy"), "law must be one of"),
        (("--error", "student_t:a"), "law must be given as"),
        (("--n", "1,x"), "n must be numbers between commas, got '1,x'"),
        (("--n", "0.1"), "n must be >= 1"),
        (("--plot", "x.doc"), "plot must end in"),
    ],
)
def test_the_command_refuses_in_a_line(command, arguments, said):
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"tailrace: {said}")
    assert err.count("\n") == 1


def test_means_beyond_the_doubles_are_no_numbers():
    wide = tr.LogNormal(0, 30)
    found = tr.Goodhart(wide, tr.Normal()).expected_truth(10.0)
    assert math.isnan(found)
    assert "beyond the doubles" in found.reason
    assert tr.Goodhart(tr.LogNormal(0, 20), tr.Normal()).expected_truth(10.0) > 0.0
