"""The command `tailrace summary`: every form of a column, and what is refused."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import numpy as np
import pytest
import tailrace as tr
from tailrace import columns
from tailrace.columns import read_column

X = tr.Pareto(1.5).sample(5000, rng=8)


@pytest.fixture
def command(capsys):
    """Run the command in this process; return its exit code and what it printed."""
    from tailrace.cli import app

    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            app(["summary", *map(str, arguments)], prog_name="tailrace")
        out, err = capsys.readouterr()
        return caught.value.code or 0, out, err

    return run


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "times.csv"
    rows = "".join(f"a{i},{v!r},x\n" for i, v in enumerate(X.tolist()))
    path.write_text("name,time,note\n" + rows)
    return path


def values(path, *arguments, **options):
    return np.concatenate([c.values for c in read_column(path, *arguments, **options)])


def test_a_column_is_summed_up_as_in_python(command, table):
    code, out, err = command(table, "--column", "time")
    assert (code, err) == (0, "")
    seen = tr.Summary()
    seen.update(X)
    assert seen.table() in out
    assert "The upper tail has an index of 1." in out
    code, out, err = command(
        table, "--column", "time", "--json", "--quantiles", "0.5,0.9"
    )
    document = json.loads(out)
    assert document["columns"]["statistic"][2:4] == ["50 %", "90 %"]
    assert document["columns"]["value"][2] == seen.median()
    assert document["omitted"] == 0


def test_a_file_of_one_column_needs_neither_name_nor_header(command, tmp_path):
    for text in (
        "1\n2\n4\n",
        "time\n1\n2\n4\n",
        "\ufefftime\r\n1\r\n2\r\n\r\n4",
        "1\n\n2\n4\n",
    ):
        path = tmp_path / "one.txt"
        path.write_bytes(text.encode())
        assert values(path).tolist() == [1.0, 2.0, 4.0]
    code, out, _ = command(path)
    assert code == 0
    assert "fewer than 200 values do not show their tails" in out


def test_standard_input_is_read(table):
    run = [
        sys.executable,
        "-m",
        "tailrace",
        "summary",
        "-",
        "--column",
        "time",
        "--json",
    ]
    with open(table, "rb") as stream:
        done = subprocess.run(
            run, stdin=stream, capture_output=True, check=True, timeout=60
        )
    assert json.loads(done.stdout)["columns"]["value"][0] == 5000
    assert done.stderr == b""


def test_chunks_make_no_difference(monkeypatch, table):
    whole = values(table, "time")
    monkeypatch.setattr(columns, "ROWS", 7)
    chunks = list(read_column(table, "time"))
    assert len(chunks) == 5000 // 7 + 1
    assert chunks[3].empty is None
    assert np.all(np.diff([c.share for c in chunks]) >= 0)
    assert chunks[-1].share == 1.0
    assert np.array_equal(np.concatenate([c.values for c in chunks]), whole)
    assert np.array_equal(whole, X)


def test_other_delimiters_and_quotes_are_read(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_text('a\t"the time"\n1\t"2.5"\n3\t4\n')
    assert values(path, "the time", delimiter="tab").tolist() == [2.5, 4.0]
    path.write_text("a;b\n1;2\n")
    assert values(path, "b", delimiter=";").tolist() == [2.0]


def test_empty_cells_are_refused_or_left_out(command, tmp_path):
    path = tmp_path / "holes.csv"
    path.write_text('a,b\n1,2\n\n"3\n3",\n4,nan\n5,NA\n5,6\n')
    code, out, err = command(path, "--column", "b")
    assert (code, out) == (2, "")
    assert err == (
        "tailrace: the column must not hold empty cells or NaN, got one at line 5; leave "
        "them out with --nan omit\n"
    )
    code, out, _ = command(path, "--column", "b", "--nan", "omit")
    assert code == 0
    assert "3 cells were empty or NaN, and are left out." in out


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        ("", [], "the file must not be empty"),
        ("a,b\n1,2\n", [], "column must name one of the 2 of the file, a, b, got none"),
        (
            "a,b\n1,2\n",
            ["--column", "c"],
            "column must be one of the file, a, b, got 'c'",
        ),
        (
            "a,b\n1,2\n3,x\n",
            ["--column", "b"],
            "the column must hold numbers, got 'x' at line 3",
        ),
        (
            "a,b\n1,2\n3\n",
            ["--column", "b"],
            "line 3 must have 2 cells or more, got fewer",
        ),
        ("a,a\n1,2\n", ["--column", "a"], "column must be a name that only one has"),
        ("1\n1_000\n", [], "the column must hold numbers, got '1_000' at line 2"),
        ("1\n1e400\n", [], "the column must hold numbers, got '1e400' at line 2"),
        ("a\n", ["--column", "a"], "the column must hold a number, got 0 empty cells"),
        (
            "1\n",
            ["--delimiter", "ab"],
            "delimiter must be one character or tab, got 'ab'",
        ),
        (
            "1\n",
            ["--quantiles", "x"],
            "quantiles must be numbers between commas, got 'x'",
        ),
        ("1\n", ["--quantiles", "2"], "quantiles must be > 0 and < 1, got 2.0"),
        ("1\n", ["--nan", "drop"], "nan must be raise or omit, got 'drop'"),
        ("1\n", ["--relative-error", "0"], "relative_error must be >= "),
        ("1\n", ["--plot", "x.gif"], "plot must end in .svg, .png or .pdf"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(command, tmp_path, text, arguments, words):
    path = tmp_path / "t.csv"
    path.write_text(text)
    code, out, err = command(path, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"tailrace: {words}")
    assert err.count("\n") == 1


def test_files_that_cannot_be_read_are_refused(command, tmp_path):
    code, _, err = command(tmp_path / "none.csv")
    assert code == 2
    assert "No such file" in err
    (tmp_path / "bad.csv").write_bytes(b"a\n\xff\n")
    code, _, err = command(tmp_path / "bad.csv")
    assert (code, err) == (2, "tailrace: the file must be in UTF-8, got byte 0xff\n")


def test_the_survival_function_is_drawn(command, table, tmp_path):
    out = tmp_path / "picture.svg"
    code, _, err = command(table, "--column", "time", "--plot", out)
    assert code == 0
    assert err.endswith("picture.svg\n")
    assert b"<svg" in out.read_bytes()


def test_verdicts_say_what_the_tails_mean():
    from tailrace.cli_summary import verdict

    def of(law, n=20_000):
        seen = tr.Summary()
        seen.update(law.sample(n, rng=1))
        return verdict(seen)

    assert "there is no mean" in of(tr.Pareto(0.5))
    assert "these data cannot tell" in of(tr.Pareto(1.0))
    assert "and no variance" in of(tr.Pareto(1.5))
    assert of(tr.Normal()).startswith("No tail looks so heavy")
    assert of(tr.Normal(1.1), 2000).startswith("No tail looks so heavy")
    assert "no mean" in of(tr.Pareto(0.5) - 1e6)
    assert "The lower tail" in of(-tr.Pareto(0.5))
    assert of(tr.Normal(), 50).endswith(
        "fewer than 200 values do not show their tails."
    )
    seen = tr.Summary()
    seen.update([1.0, math.inf])
    assert verdict(seen).startswith("Infinite values were seen")
