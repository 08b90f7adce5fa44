"""Tables of run times, and the law of the fastest of Q attempts that they hold."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose, assert_array_equal
from tailrace.data import read_attempts

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"
SOLVERS = SHARED / "sat2022_anniversary" / "anni-seq.csv"
SOLVER_COLUMNS = "*,!benchmark,!*-result"
FROM = tr.Empirical.from_attempts
INF = math.inf


# The law of values.


def test_values_are_joined_ordered_and_weighted():
    law = tr.Empirical([3, 1, 2, 1], weights=[1, 2, 4, 3])
    assert_array_equal(law.values, [1, 2, 3])
    assert_array_equal(law.masses, [0.5, 0.4, 0.1])
    assert (law.size, law.censored_at, law.censored_share) == (4, None, 0)
    x = [0.9, 1, 1.5, 2, 3, 9]
    assert_allclose(law.cdf(x), [0, 0.5, 0.5, 0.9, 1, 1], rtol=1e-15)
    assert_allclose(law.sf(x), [1, 0.5, 0.5, 0.1, 0, 0], rtol=1e-15)
    assert law.mean() == law.capped_mean() == pytest.approx(1.6, rel=1e-15)
    assert law.var() == pytest.approx(0.44, rel=1e-14)
    assert (law.tail_index, law.support) == (INF, (1, 3))
    assert set(law.sample(1000, rng=1)) == {1, 2, 3}


def test_quantiles_are_those_of_numpy():
    x = np.array([5.0, 1, 4, 1, 9, 2])
    p = np.array([0.01, 0.17, 0.3, 0.49, 0.51, 0.7, 0.84, 0.99])
    law = tr.Empirical(x)
    assert_array_equal(law.ppf(p), np.quantile(x, p, method="inverted_cdf"))
    assert_array_equal(law.isf(1 - p), law.ppf(p))
    assert law.median() == 2


def test_values_at_and_beyond_the_limit_are_only_known_to_reach_it():
    law = tr.Empirical([1, 4.999, 5, 5.001, INF, 10_000], censored_at=5)
    assert_array_equal(law.values, [1, 4.999, INF])
    assert law.censored_share == law.masses[-1] == pytest.approx(4 / 6, rel=1e-15)
    assert law.capped_mean() == pytest.approx((1 + 4.999 + 4 * 5) / 6, rel=1e-15)
    for moment in (law.mean(), law.var(), law.std()):
        assert math.isnan(moment)
        assert "66.7 % of the mass is censored at 5" in moment.reason
    assert (law.median(), law.ppf(0.3)) == (INF, 4.999)
    assert math.isnan(law.tail_index)
    assert set(law.sample(1000, rng=1)) == {1, 4.999, INF}
    assert tr.Empirical([1, 2], censored_at=5).mean() == 1.5


@pytest.mark.parametrize("x", [(1, 2), np.array([1, 2], ">i2"), np.arange(4.0)[1:3]])
def test_values_may_come_in_any_form(x):
    assert tr.Empirical(x) == tr.Empirical([1.0, 2.0])
    assert tr.Empirical([5, 6], weights=x) == tr.Empirical([5, 6], weights=[1.0, 2.0])
    assert FROM([x]) == FROM([[1.0, 2.0]])
    own = np.array([1.0, 2.0])
    law = tr.Empirical(own, weights=own)
    own[:] = 7
    assert law == tr.Empirical([1, 2], weights=[1, 2])


@pytest.mark.parametrize("weight", [5e-324, 1e-300, 7, 1e300, 1e308])
def test_only_the_ratio_of_weights_matters(weight):
    for x in ([1, 2], [1, 1]):
        assert tr.Empirical(x, weights=[weight, weight]) == tr.Empirical(x)
    rare = tr.Empirical([1, 2, 3], weights=[weight, 0, weight * 1e-30])
    assert rare.sf(2) == pytest.approx(1e-30 if weight > 1e-290 else 0)


NO_VALUES = [None, "12", ["a"], [None], [1j], 1j, [True], object(), {1: 2}]


@pytest.mark.parametrize(
    ("name", "error", "call"),
    [
        *(("x", TypeError, lambda v=v: tr.Empirical(v)) for v in NO_VALUES),
        *(("times", TypeError, lambda v=v: FROM(v)) for v in NO_VALUES),
        *(("weights", TypeError, lambda v=v: tr.Empirical([1, 2], weights=v))
          for v in NO_VALUES[1:]),
        *(("x", ValueError, lambda v=v: tr.Empirical(v))
          for v in (3.0, [], [[1, 2]], [1, [2, 3]], [1, math.nan], [INF], [-INF])),
        *(("x", ValueError, lambda v=v: tr.Empirical(v, censored_at=5))
          for v in ([1, math.nan], [-INF, 1])),
        *(("x", ValueError, lambda v=v: tr.Empirical(v, nan="omit"))
          for v in ([math.nan], [INF, math.nan])),
        *(("weights", ValueError, lambda v=v: tr.Empirical([1, 2], weights=v))
          for v in (3.0, [], [1], [1, -1], [1, math.nan], [1, INF], [[1, 2]], [1, [2, 3]])),
        ("(x|weights)", ValueError, lambda: tr.Empirical([1, 2], weights=[0, 0])),
        *(("nan", ValueError, lambda v=v: tr.Empirical([1], nan=v))
          for v in ("drop", None, True, 1)),
        *(("nan", ValueError, lambda v=v: FROM([[1]], nan=v)) for v in ("drop", None, 1)),
        *(("censored_at", error, lambda v=v, f=f, x=x: f(x, censored_at=v))
          for f, x in ((tr.Empirical, [1]), (FROM, [[1]]))
          for error, values in ((TypeError, ("5", True, [5], 1j, np.array([5.0]))),
                                (ValueError, (math.nan, INF, -INF, 10**400)))
          for v in values),
        *(("times", ValueError, lambda v=v: FROM(v))
          for v in (3.0, [], [1, 2], [[]], [[[1]]], [[1, 2], [3]], [[1, math.nan]],
                    [[1, INF]], [[1, -INF]])),
        *(("attempts", TypeError, lambda v=v: FROM([[1, 2]], attempts=v))
          for v in (None, "1", 1.0, True, [1], "critical", 1j)),
        *(("attempts", ValueError, lambda v=v: FROM([[1, 2]], attempts=v))
          for v in (0, -1, 3, 2**64)),
        ("attempts", ValueError,
         lambda: FROM([[1, 2], [1, math.nan]], attempts=2, nan="omit")),
        ("attempts", ValueError, lambda: FROM([[1], [math.nan]], nan="omit")),
    ],
)  # fmt: skip
def test_what_makes_no_law_is_refused_in_words(name, error, call):
    with pytest.raises(error, match=rf"^{name} must .*, got ") as caught:
        call()
    assert len(str(caught.value)) < 300


def test_nan_is_counted_and_placed():
    with pytest.raises(ValueError, match=r"got 2 of 4, the first at 1$"):
        tr.Empirical([1, math.nan, 3, math.nan])
    with pytest.raises(ValueError, match=r"got 1 of 4, the first at \(1, 0\)$"):
        FROM([[1, 2], [math.nan, 3]])
    omitted = tr.Empirical([1, math.nan, 3], weights=[1, 5, 2], nan="omit")
    assert omitted == tr.Empirical([1, 3], weights=[1, 2])


# The fastest of Q of a task's own attempts.


def brute_force(times, q, limit=INF):
    """Return the law of the fastest of every subset of q attempts: value to mass."""
    masses = {}
    tasks = [[t for t in row if not math.isnan(t)] for row in times]
    for row in tasks:
        subsets = list(combinations(row, q))
        for subset in subsets:
            fastest = min(subset) if min(subset) < limit else INF
            share = Fraction(1, len(subsets) * len(tasks))
            masses[fastest] = masses.get(fastest, 0) + share
    return masses


TABLES = {
    "distinct": [[3.0, 1, 2, 7, 5], [10, 30, 20, 5, 4], [2.5, 2.25, 100, 0, 9]],
    "ties": [[1.0, 1, 1, 2, 2], [2, 2, 2, 2, 2], [1, 2, 3, 3, 1]],
    "censored": [[1.0, 8, 9, 50, 50], [50, 50, 50, 50, 50], [60, 7.999, 8, 3, 50]],
    "ragged": [[1.0, 2, 3, 4, math.nan], [5, math.nan, 6, 7, 50], [9, 8, 7, 6, 5]],
    "random": np.random.default_rng(5).integers(0, 12, (30, 7)).astype(float),
}


@pytest.mark.parametrize("limit", [None, 8.0])
@pytest.mark.parametrize("q", [1, 2, 3, 4])
@pytest.mark.parametrize("table", TABLES)
def test_the_fastest_of_q_is_that_of_all_subsets_of_q_attempts(table, q, limit):
    times = np.array(TABLES[table])
    law = FROM(times, attempts=q, censored_at=limit, nan="omit")
    want = brute_force(times.tolist(), q, limit or INF)
    assert_array_equal(law.values, sorted(want))
    assert_allclose(law.masses, [float(want[v]) for v in sorted(want)], rtol=1e-14)
    assert math.fsum(law.masses) == pytest.approx(1, rel=1e-15)
    capped = sum(min(v, limit or INF) * float(m) for v, m in want.items())
    assert law.capped_mean() == pytest.approx(capped, rel=1e-13)
    for x in (0.5, 2, 5, 7.9):
        above = float(sum(m for v, m in want.items() if v > x))
        assert law.sf(x) == pytest.approx(above, rel=1e-12, abs=1e-15)
    # The order of tasks and of attempts is nothing.
    mixed = times[::-1, ::-1]
    again = FROM(mixed, attempts=q, censored_at=limit, nan="omit")
    assert_array_equal(again.values, law.values)
    assert_allclose(again.masses, law.masses, rtol=1e-14)


def test_one_attempt_is_an_average_over_tasks_and_not_over_cells():
    times = [[1.0, 2, 3, 4], [10, math.nan, math.nan, math.nan]]
    assert FROM(times, nan="omit").mean() == pytest.approx((2.5 + 10) / 2, rel=1e-15)
    assert FROM([[1.0, 2], [3, 4]]) == tr.Empirical([1, 2, 3, 4])
    assert FROM([[1.0, 2], [3, 4]], attempts=2) == tr.Empirical([1, 3])


def test_more_attempts_are_never_slower_and_pooling_is_something_else():
    times = np.exp(np.random.default_rng(1).normal(0, 2, (40, 9)))
    times *= np.exp(np.random.default_rng(2).normal(0, 3, (40, 1)))  # the difficulty
    x = np.geomspace(1e-4, 1e4, 50)
    laws = [FROM(times, attempts=q, censored_at=10) for q in range(1, 10)]
    for slower, faster in pairwise(laws):
        assert (faster.sf(x) <= slower.sf(x) + 1e-15).all()
        assert faster.capped_mean() < slower.capped_mean()
        assert faster.censored_share <= slower.censored_share + 1e-15
    pooled = laws[0].min_of(8)
    assert 0 < pooled.sf(5) < laws[7].sf(5) / 10


def test_many_attempts_take_no_astronomic_numbers():
    law = FROM([np.arange(1.0, 2001)], attempts=1000)
    assert math.fsum(law.masses) == pytest.approx(1, rel=1e-12)
    assert law.mean() == pytest.approx(2001 / 1001, rel=1e-12)  # of the smallest rank


def test_a_race_can_be_run_on_data():
    law = FROM([[1.0, 8, 9], [2, 50, 3]], attempts=2, censored_at=8)
    model = tr.IndependentSteps(law)
    assert model.regime == "unknown"
    for unknown in (model.critical_attempts, model.step_mean(), model.rate):
        assert math.isnan(unknown)
        assert unknown.reason
    assert "unfinished at the limit of 8" in model.verdict()
    result = model.simulate(3, 4000, rng=1, keep=True)
    share = np.isinf(result.totals).mean()
    assert share == pytest.approx(1 - (1 - law.censored_share) ** 3, abs=0.05)
    assert "limit" in result.sample_mean().confidence_interval().reason
    idle = tr.IndependentSteps(tr.Empirical([0.0]))
    assert idle.simulate(4, 10, rng=1).largest_share() == 0.25
    assert (idle.rate, idle.step_mean()) == (INF, 0)


# Tables in files.


@pytest.fixture
def table(tmp_path):
    """Write a file and read it as a table of attempts."""

    def read(text, task="task", columns="*", encoding="utf-8", **how):
        path = tmp_path / "times.csv"
        path.write_bytes(text.encode(encoding))
        return read_attempts(path, task=task, columns=columns, **how)

    return read


GOOD = "task,a1,a2,b1\nx,1,2,3\ny,4,5.5,1e3\n"


@pytest.mark.parametrize(
    ("columns", "want"),
    [
        ("*", [[1, 2, 3], [4, 5.5, 1000]]),
        ("a*", [[1, 2], [4, 5.5]]),
        ("a1", [[1], [4]]),
        ("b1,a1", [[1, 3], [4, 1000]]),  # in the order of the file
        ("?1", [[1, 3], [4, 1000]]),
        ("[ab]2", [[2], [5.5]]),
        ("*,!b*", [[1, 2], [4, 5.5]]),
        (" * , !a* ", [[3], [1000]]),
        ("*,!a*,a2", [[2, 3], [5.5, 1000]]),  # the last pattern that fits decides
        ("!b*,*", [[1, 2, 3], [4, 5.5, 1000]]),
        ("task,a1", [[1], [4]]),  # never the task itself
    ],
)
def test_columns_are_chosen_by_patterns(table, columns, want):
    got = table(GOOD, columns=columns)
    assert got.dtype == np.float64
    assert_array_equal(got, want)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.rstrip("\n"),
        GOOD.replace("\n", "\n\n"),
        GOOD.replace("5.5", " 5.5 "),
        GOOD.replace("x,1", '"x",1').replace("1e3", '"1000"'),
        "a1,a2,b1,task\n1,2,3,x\n4,5.5,1e3,y\n",
        "task,a1,a2,b1\ny,4,5.5,1e3\nx,1,2,3\n",
        GOOD.replace("y,", "\u00fc\u4e2d,"),
    ],
)
def test_the_way_a_table_is_written_does_not_matter(table, text):
    assert_array_equal(np.sort(table(text), axis=0), [[1, 2, 3], [4, 5.5, 1000]])


def test_empty_cells_are_attempts_not_made_and_rows_of_a_task_are_joined(table):
    nan = math.nan
    text = "task,a,b\nx,1,2\ny,,4\nx,5,\nz,inf,0\n"
    want = [[1, 2, 5, nan], [nan, 4, nan, nan], [INF, 0, nan, nan]]
    assert_array_equal(table(text), want)
    law = FROM(table(text), censored_at=10, nan="omit")
    assert_allclose(law.masses, [1 / 6, 1 / 9, 1 / 9, 1 / 3, 1 / 9, 1 / 6])


@pytest.mark.parametrize(
    ("text", "how", "message"),
    [
        ("", {}, "the file must have a header line, got an empty file"),
        ("task,a\n", {}, "the file must hold a task, got only a header"),
        (GOOD, {"task": "tusk"}, "task must be a column of the file, .*got 'tusk'"),
        (GOOD, {"columns": "c*"}, r"columns must match .*, got 'c\*'"),
        (GOOD, {"columns": "task"}, "columns must match .*, got 'task'"),
        (GOOD, {"columns": ""}, "columns must match .*, got ''"),
        (GOOD, {"columns": "!b*"}, "columns must match .*, got '!b"),
        ("task,a,b\nx,1\n", {}, "line 2 must have 3 cells, .*, got 2"),
        ("task,a\nx,1\ny,2,3\n", {}, "line 3 must have 2 cells, .*, got 3"),
        ("task,a\nx,1\n\ny,sat\n", {}, "column 'a' must .*, got 'sat' at line 4"),
        ("task,a\nx,-1\n", {}, "column 'a' must .*, got '-1' at line 2"),
        ("task,a\nx,nan\n", {}, "column 'a' must .*, got 'nan' at line 2"),
        ('task,a\n"x\nx",1\ny,?\n', {}, "column 'a' must .*, got '\\?' at line 4"),
        ("task,a\nx," + "9" * 200_000 + "x\n", {}, ".* must .*, got "),
        (GOOD, {"task": None}, "task must "),
        (GOOD, {"task": 3}, "task must "),
        (GOOD, {"columns": None}, "columns must "),
        (GOOD, {"columns": 3}, "columns must "),
        ("task,a\n\u00fc,1\n", {"encoding": "latin-1"}, ".* must .*, got "),
    ],
)
def test_what_is_no_table_is_refused_by_its_line(table, text, how, message):
    with pytest.raises((ValueError, TypeError), match=f"^{message}") as caught:
        table(text, **how)
    assert len(str(caught.value)) < 300


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(OSError, match=r"none\.csv|director"):
            read_attempts(path, task="task", columns="*")


# The command on a file.


@pytest.fixture
def command(capsys):
    """Run `tailrace steps --times`; return its exit code and what it printed."""
    from tailrace.cli import app

    def run(path, *arguments):
        size = ("--trials", "200", "--steps", "1,10", "--seed", "7")
        words = ["steps", "--times", str(path), *size, *arguments]
        with pytest.raises(SystemExit) as caught:
            app(words, prog_name="tailrace")
        out, err = capsys.readouterr()
        return caught.value.code or 0, out, err

    return run


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("--task", "tusk"), "task"),
        (("--task", "task", "--columns", "c*"), "columns"),
        (("--task", "task", "--attempts", "1.5"), "attempts"),
        (("--task", "task", "--attempts", "critical"), "attempts"),
        (("--task", "task", "--attempts", "4"), "attempts"),
        (("--task", "task", "--attempts", "nan"), "attempts"),
        (("--task", "task", "--attempts", "inf"), "attempts"),
        (("--task", "task", "--attempts", "1", "--censored-at", "nan"), "censored"),
        (("--task", "task", "--attempts", "1", "--law", "pareto:1.2"), "law"),
    ],
)
def test_the_command_refuses_what_a_file_does_not_hold(command, tmp_path, words, name):
    path = tmp_path / "times.csv"
    path.write_text(GOOD)
    code, out, err = command(path, *words)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert name in err


@pytest.mark.skipif(not SOLVERS.exists(), reason="no shared/data beside the checkout")
def test_the_run_times_of_solvers_give_the_published_numbers(command):
    times = read_attempts(SOLVERS, task="hash", columns=SOLVER_COLUMNS)
    assert times.shape == (5355, 28)
    assert (times >= 5000).mean() == pytest.approx(0.277, abs=5e-4)
    laws = {q: FROM(times, attempts=q, censored_at=5000) for q in (1, 8, 28)}
    assert round(laws[8].capped_mean(), -1) == 1280
    assert round(100 * laws[8].censored_share, 1) == 20.5
    capped = np.minimum(times, 5000)
    assert laws[1].capped_mean() == pytest.approx(capped.mean(), rel=1e-12)
    assert laws[28].capped_mean() == pytest.approx(capped.min(axis=1).mean(), rel=1e-12)
    assert laws[28].censored_share == pytest.approx(1 - 4345 / 5355, rel=1e-12)
    options = ("--task", "hash", "--columns", SOLVER_COLUMNS, "--censored-at", "5000")
    code, out, err = command(SOLVERS, *options, "--attempts", "1,8,28")
    assert (code, err) == (0, "")
    for q, law in laws.items():
        share = f"{100 * law.censored_share:.1f} %"
        line = next(line for line in out.splitlines() if line.startswith(f"Q = {q}"))
        assert f"{share} unfinished at 5000" in line
        assert f"mean capped there {law.capped_mean():,.4g}" in line
        assert "mean beyond it unknown" in line
    assert "mean capped there 1,280" in out
    printed = command(SOLVERS, *options, "--attempts", "8", "--json")[1]
    entry = json.loads(printed)["models"][0]
    assert entry["capped_mean"] == laws[8].capped_mean()
    assert entry["censored_share"] == laws[8].censored_share
    assert entry["step_mean"] is None
    assert "the mean beyond it is unknown" in entry["step_mean_reason"]
