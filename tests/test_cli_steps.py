"""The exact part of `tailrace steps`: python/tailrace/cli_steps.py."""

from __future__ import annotations

import json
import math
import re

import pytest
import tailrace as tr

LAW = tr.Pareto(1.2)


@pytest.fixture
def command(capsys):
    """Run `steps` in this process; return its exit code and what it printed."""
    from tailrace.cli import app

    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            app(["steps", *(str(a) for a in arguments)], prog_name="tailrace")
        out, err = capsys.readouterr()
        return caught.value.code or 0, out, err

    return run


def test_exact_alone_simulates_nothing(command, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("simulated")

    monkeypatch.setattr(tr.IndependentSteps, "simulate", refuse)
    code, out, err = command(
        "--exact", "--attempts", "0.5,critical,2", "--steps", "1,1000000"
    )
    assert (code, err) == (0, "")
    assert "trials" not in out
    assert "interval" not in out
    parts = re.split(r"^(?=Q = )", out, flags=re.MULTILINE)[1:]
    models = [tr.IndependentSteps(LAW, q) for q in (0.5, "critical", 2)]
    for part, model in zip(parts, models, strict=True):
        head, titles, *rows, verdict = part.strip().splitlines()
        assert "long-run rate" in head
        assert titles.split()[-4:] == ["mean", "rate", "limit", "law"]
        assert verdict.strip() == model.verdict()
        for row, n in zip(rows, (1, 10**6), strict=True):
            total, limit = model.total(n), model.limit_law(n).median() / n
            want = [*(total.ppf([0.5, 0.1, 0.9, 0.99]) / n), model.mean_rate(n), limit]
            assert row.split() == [str(n), *(f"{x:.4g}" for x in want)]


def test_json_holds_exact_numbers_beside_simulated_ones(command):
    arguments = ("--json", "--attempts", "0.5,1", "--steps", "1,50")
    models = [tr.IndependentSteps(LAW, q) for q in (0.5, 1)]
    want = tr.exact_steps_table(models, steps=(1, 50), labels=["0.5", "1"]).to_dict()
    for extra in (("--exact",), ("--trials", 50, "--seed", 3)):
        code, out, err = command(*arguments, *extra)
        assert (code, err) == (0, "")
        got = json.loads(out)
        for name, column in want.items():
            for value, right in zip(got["exact"][name], column, strict=True):
                assert (float(value) if value == "inf" else value) == right
        assert ("columns" in got, "seed" in got) == (extra != ("--exact",),) * 2
        for entry, model in zip(got["models"], models, strict=True):
            assert entry["median_growth"] == model.median_growth().formula
            assert entry["median_growth_words"] == model.median_growth().words


@pytest.mark.parametrize(
    ("law", "words"),
    [
        ("pareto:1.2", "mean: Q = 0.8333."),
        ("lognormal:0,2", "mean: none: a soft one, see the mean against Q."),
        (
            "exponential",
            "mean: none: the fastest of any number of attempts has a mean.",
        ),
    ],
)
def test_the_threshold_is_said_with_its_reason(command, law, words):
    _, out, _ = command("--exact", "--law", law, "--attempts", "1", "--steps", "1")
    assert out.splitlines()[1].endswith(words)


@pytest.mark.parametrize(
    ("law", "mode"),
    [
        ("pareto:1.2", ("--trials", "50", "--seed", "1")),
        ("lognormal:0,2", ("--exact",)),
    ],
)
def test_the_picture_shows_the_threshold_and_limit_laws(command, tmp_path, law, mode):
    path = tmp_path / "race.svg"
    sizes = ("--attempts", "0.5,2", "--steps", "1,100")
    if "--exact" in mode:
        sizes = ("--attempts", "1", "--steps", "1,100")
    code, _, err = command("--law", law, *sizes, *mode, "--plot", path)
    assert (code, len(err.splitlines())) == (0, 1)
    assert path.read_text().startswith("<?xml")
    before = path.read_bytes()
    command("--law", law, *sizes, *mode, "--plot", path)
    assert path.read_bytes() == before


def test_data_have_exact_numbers_too_as_far_as_they_are_known(command, tmp_path):
    path = tmp_path / "times.csv"
    rows = ["task,a,b", *(f"t{k},{1 + k % 7},{2 + k % 5}" for k in range(40))]
    path.write_text("\n".join(rows))
    sizes = (
        "--times",
        path,
        "--task",
        "task",
        "--attempts",
        "1,2",
        "--steps",
        "1,3,200",
    )
    code, out, err = command(*sizes, "--exact", "--json")
    assert (code, err) == (0, "")
    exact = json.loads(out)["exact"]
    assert all(math.isfinite(x) for x in exact["median"])
    code, out, err = command(*sizes, "--exact", "--censored-at", "5")
    assert (code, err) == (0, "")
    assert "unfinished" in out


@pytest.mark.parametrize(
    "words",
    [
        ("attempts", "--attempts", "x"),
        ("steps", "--steps", "0"),
        ("law", "--law", "no"),
    ],
)
def test_a_bad_value_is_refused_in_one_line(command, words):
    code, out, err = command("--exact", *words[1:])
    assert (code, out) == (2, "")
    assert re.match(rf"tailrace: .*\b{words[0]}\b", err), err


def test_exact_numbers_of_many_data_come_when_they_are_asked_for(command, tmp_path):
    path = tmp_path / "times.csv"
    rows = ["task,a", *(f"t{k},{1 + k / 7}" for k in range(1500))]
    path.write_text("\n".join(rows))
    sizes = ("--times", path, "--task", "task", "--attempts", "1", "--steps", "1,2")
    code, out, err = command(*sizes, "--trials", 50, "--seed", 1)
    assert (code, err) == (0, "")
    assert "see --exact" in out
    assert not re.search("^ *exact ", out, flags=re.MULTILINE)
    code, out, err = command(*sizes, "--exact")
    assert (code, err) == (0, "")
    assert "limit law" in out


def test_a_picture_that_cannot_be_written_is_an_error_of_one_line(command, tmp_path):
    path = tmp_path / "no" / "such" / "race.svg"
    code, _, err = command(
        "--trials", 300, "--steps", "1,40", "--seed", 7, "--plot", path
    )
    assert (code, len(err.splitlines())) == (2, 1)
    assert str(path) in err
