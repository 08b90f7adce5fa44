"""The command line: what it prints, what it refuses, and how: python/tailrace/cli.py."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import subprocess
import sys

import pytest
import tailrace as tr

SMALL = ("--trials", "300", "--steps", "1,40", "--seed", "7")
LAW = tr.Pareto(1.2)


@pytest.fixture
def command(capsys):
    """Run the command in this process; return its exit code and what it printed."""
    from tailrace.cli import app

    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            app([str(a) for a in arguments], prog_name="tailrace")
        out, err = capsys.readouterr()
        return caught.value.code or 0, out, err

    return run


def document(command, *arguments):
    """Run `steps --json` and read what it prints, as strictly as JSON is defined."""
    code, out, err = command("steps", "--json", *arguments)
    assert (code, err) == (0, "")

    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    return json.loads(out, parse_constant=refuse)


def process(code, *arguments):
    """Run Python on `code` and return the finished process."""
    run = [sys.executable, "-c", code, *arguments]
    return subprocess.run(run, capture_output=True, text=True, check=False, timeout=60)


# What is printed.


def test_the_default_run_prints_all_of_the_race():
    run = [sys.executable, "-m", "tailrace", "steps", "--seed", "12345"]
    done = subprocess.run(run, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    out = done.stdout
    assert "Pareto(shape=1.2, scale=1.0)" in out
    assert "0.8333" in out.splitlines()[1]
    assert re.search(r"10,000 trials .*--seed 12345$", out.rstrip())
    parts = re.split(r"^(?=Q = )", out, flags=re.MULTILINE)[1:]
    facts = {
        "0.5": "below the threshold; mean step inf; rate 0; efficiency 0 %",
        "critical (0.8333)": "at the threshold; mean step inf; rate 0; efficiency 0 %",
        "1": "above the threshold; mean step 6; rate 0.1667; efficiency 16.7 %",
        "2": "above the threshold; mean step 1.714; rate 0.5833; efficiency 58.3 %",
        "8": "above the threshold; mean step 1.116; rate 0.8958; efficiency 89.6 %",
    }
    models = [tr.IndependentSteps(LAW, q) for q in (0.5, "critical", 1, 2, 8)]
    for part, model, (label, fact) in zip(parts, models, facts.items(), strict=True):
        head, _, *rows, verdict = part.strip().splitlines()[: 2 + 5 + 1]
        assert head == f"Q = {label}: {fact}"
        assert verdict.strip() == model.verdict()
        for row, n in zip(rows, (1, 10, 100, 1000, 10_000), strict=True):
            words = row.replace("..", " ").replace("%", " ").split()
            steps, median, low, high, q10, q90, q99, share = map(float, words)
            assert steps == n
            assert low <= median <= high
            assert q10 <= median <= q90 <= q99
            assert 0 < share <= 100
            want = model.simulate(n, 10_000, rng=12345)
            assert words[1] == f"{want.median(per_step=True):.4g}"
            assert words[4] == f"{want.quantile(0.1, per_step=True):.4g}"
            assert words[6] == f"{want.quantile(0.99, per_step=True):.4g}"
            assert words[7] == f"{100 * want.largest_share():.3g}"


def test_the_printed_seed_gives_the_same_output_again(command):
    code, first, err = command("steps", "--trials", 300, "--steps", "1,40")
    seed = re.search(r"--seed (\d+)", first)[1]
    assert (code, err) == (0, "")
    assert command("steps", *SMALL[:4], "--seed", seed) == (0, first, "")
    assert command("steps", *SMALL[:4], "--seed", seed, "--threads", 2)[1] == first
    assert command("steps", *SMALL[:4])[1] != first
    assert command("steps", *SMALL[:4], "--seed", 0)[1] != first


@pytest.mark.parametrize("seed", [0, 7, 2**64, 2**300])
def test_json_holds_the_numbers_of_the_python_api(command, seed):
    got = document(command, "--trials", 300, "--steps", "1,40,7", "--seed", seed)
    models = [tr.IndependentSteps(LAW, q) for q in (0.5, "critical", 1, 2, 8)]
    want = tr.steps_table(models, steps=[1, 40, 7], trials=300, rng=seed).to_dict()
    assert got["seed"] == seed
    assert got["law"] == repr(LAW)
    assert got["tailrace"] == tr.__version__
    want["attempts_label"] = [
        q for q in ("0.5", "critical", "1", "2", "8") for _ in "abc"
    ]
    assert set(got["columns"]) == set(want)
    for name, column in want.items():
        assert len(got["columns"][name]) == 15
        for value, right in zip(got["columns"][name], column, strict=True):
            if isinstance(right, float) and math.isnan(right):
                assert value is None
            else:
                assert (float(value) if value == "inf" else value) == right
    for entry, model in zip(got["models"], models, strict=True):
        assert entry["regime"] == model.regime
        assert entry["critical_attempts"] == 1 / 1.2
        assert float(entry["step_mean"]) == model.step_mean()
        assert entry["step_mean_reason"] == model.step_mean().reason
        assert entry["step_median"] == model.step_median()
        assert entry["rate"] == model.rate
        assert entry["efficiency"] == model.efficiency
        assert entry["verdict"] == model.verdict()


def test_critical_attempts_stand_exactly_at_the_threshold(command):
    got = document(command, "--law", "lomax:0.7", "--attempts", "critical, 3", *SMALL)
    assert [m["regime"] for m in got["models"]] == ["at", "above"]
    assert got["columns"]["attempts"] == [1 / 0.7] * 2 + [3] * 2
    assert got["columns"]["tail_index"][0] == pytest.approx(1, abs=1e-15)


LAWS = {
    "exponential": tr.Exponential(),
    "exponential:2.5": tr.Exponential(2.5),
    "pareto:1.2": LAW,
    "pareto:1.2,3": tr.Pareto(1.2, 3),
    " Pareto : 1e0 , 3": tr.Pareto(1, 3),
    "lomax:0.5,2": tr.Lomax(0.5, 2),
    "weibull:0.5,2": tr.Weibull(0.5, 2),
    "frechet:2": tr.Frechet(2),
    "loglogistic:2,5": tr.LogLogistic(2, 5),
    "gpd:0.5,2,1": tr.GeneralizedPareto(0.5, 2, 1),
    "gpd:-0.5": tr.GeneralizedPareto(-0.5),
    "gev:0.5,2,4": tr.GeneralizedExtremeValue(0.5, 2, 4),
    "burr:0.8,1.5,2": tr.Burr(0.8, 1.5, 2),
    "lognormal:0,2": tr.LogNormal(0, 2),
    "gamma:2.5,3": tr.Gamma(2.5, 3),
    "inverse_gamma:2": tr.InverseGamma(2),
    "levy": tr.Levy(),
    "uniform": tr.Uniform(),
    "uniform:1,3": tr.Uniform(1, 3),
}
# Known too, but they reach below 0.
NO_TIMES = {"cauchy", "gennorm", "gumbel", "laplace", "logistic", "normal", "stable"}
NO_TIMES |= {"student_t"}


@pytest.mark.parametrize("text", LAWS)
def test_every_law_is_known_by_name_and_parameters(command, text):
    got = document(command, "--law", text, "--attempts", "1,3", *SMALL)
    law = LAWS[text]
    assert got["law"] == repr(law)
    assert float(got["models"][1]["step_mean"]) == law.min_of(3).mean()
    want = tr.IndependentSteps(law, 3).simulate(40, 300, rng=7).median(per_step=True)
    assert got["columns"]["median"][3] == want
    names = {word.partition(":")[0].strip().lower() for word in LAWS}
    assert names | NO_TIMES == {
        getattr(tr, name)._name
        for name in tr.__all__
        if getattr(getattr(tr, name), "_name", "") not in ("", "empirical")
    }


@pytest.mark.parametrize(
    ("ending", "start"),
    [
        (".svg", b"<?xml"),
        (".png", b"\x89PNG\r\n\x1a\n"),
        (".pdf", b"%PDF-"),
        (".SVG", b"<"),
    ],
)
def test_plot_writes_a_picture_of_the_type_of_its_ending(
    command, tmp_path, ending, start
):
    path = tmp_path / f"a race{ending}"
    code, out, err = command("steps", *SMALL, "--plot", path)
    assert (code, out) == command("steps", *SMALL)[:2]
    assert len(err.splitlines()) == 1
    assert str(path) in err
    picture = path.read_bytes()
    assert picture.startswith(start)
    assert len(picture) > 1000
    command("steps", *SMALL, "--plot", path)
    assert path.read_bytes() == picture  # same seed, same bytes


@pytest.mark.parametrize(
    ("law", "attempts"),
    [
        ("exponential", "0.5,2"),
        ("uniform:0,1e300", "1"),
        ("pareto:0.001", "0.5"),  # every median is infinite
        ("pareto:0.001", "4"),  # some quantiles are
        ("weibull:0.001", "1000"),  # every time is too small for a double
    ],
)
def test_plot_draws_what_there_is_of_any_law(command, tmp_path, law, attempts):
    path = tmp_path / "race.svg"
    size = ("--trials", 100, "--steps", "1,10", "--seed", 1)
    arguments = ("--law", law, "--attempts", attempts, "--plot", path)
    code, _, err = command("steps", *size, *arguments)
    assert (code, len(err.splitlines())) == (0, 1)
    assert path.read_text().rstrip().endswith("</svg>")


def test_help_and_version(command):
    assert command("--version") == (0, f"tailrace {tr.__version__}\n", "")
    code, out, err = command("steps", "--help")
    assert (code, err) == (0, "")
    for option in (
        "law",
        "attempts",
        "steps",
        "trials",
        "seed",
        "threads",
        "times",
        "json",
    ):
        assert f"--{option}" in out
    for option in ("task", "columns", "censored-at", "plot"):
        assert f"--{option}" in out


# What is refused.

BAD = [
    ("law", "--law", "nope:1"),
    ("law", "--law", ""),
    ("law", "--law", "pareto"),
    ("law", "--law", "pareto:1,2,3"),
    ("law", "--law", "pareto:heavy"),
    ("law", "--law", "pareto:1,,2"),
    ("law", "--law", "empirical:1"),
    *(("law", "--law", law) for law in ("uniform:-1,1", "gev:0.5", *sorted(NO_TIMES))),
    ("shape", "--law", "pareto:-1"),
    ("shape", "--law", "pareto:nan"),
    ("scale", "--law", "pareto:1,inf"),
    ("high", "--law", "uniform:3,2"),
    *(("attempts", "--attempts", v) for v in ("0", "-1", "nan", "inf", "x", "", "1,", "1e301")),
    ("attempts", "--attempts", "critical", "--law", "exponential"),
    *(("steps", "--steps", v) for v in ("0", "-1", "1.5", "x", "", "1,", str(2**63))),
    *(("trials", "--trials", v) for v in ("0", "-1", str(2**63))),
    ("threads", "--threads", str(2**63)),
    *(("seed", "--seed", v) for v in ("-1", "x", "1.5", "1,2")),
    *(("plot", "--plot", v) for v in ("race.txt", "race", "svg")),
    ("task", "--task", "hash"),
    ("censored-at", "--censored-at", "5000"),
    ("columns", "--columns", "a*"),
    ("task", "--times", "times.csv"),
    ("times.csv", "--times", "times.csv", "--task", "hash"),
]  # fmt: skip


@pytest.mark.parametrize("words", BAD, ids=" ".join)
def test_a_bad_value_is_refused_in_one_line_that_names_it(
    command, words, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    code, out, err = command("steps", *SMALL, *words[1:])
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert re.match(rf"tailrace: .*\b{re.escape(words[0])}\b", err), err
    assert len(err) < 300
    assert not list(tmp_path.iterdir())


def test_a_picture_that_cannot_be_written_is_an_error_of_one_line(command, tmp_path):
    path = tmp_path / "no" / "such" / "race.svg"
    code, _, err = command("steps", *SMALL, "--plot", path)
    assert (code, len(err.splitlines())) == (2, 1)
    assert str(path) in err


@pytest.mark.parametrize(
    "words",
    [
        *(("--trials", v) for v in ("x", "1.5", "")),
        *(("--threads", v) for v in ("x", "-1", "1.5")),
        ("--censored-at", "x"),
        ("--nonsense", "1"),
        ("--law",),
    ],
    ids=" ".join,
)
def test_a_wrong_option_is_refused_by_its_name(command, words):
    code, out, err = command("steps", *words)
    assert (code, out) == (2, "")
    assert words[0] in err.splitlines()[-1]


# The process around it.

HIDE = """
import sys
hidden = sys.argv.pop(1).split(",")
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Hide())
import tailrace.__main__
tailrace.__main__.main()
"""


@pytest.mark.parametrize("hidden", ["typer", "rich", "typer,rich"])
def test_a_bare_install_says_which_extra_to_install(hidden):
    done = process(HIDE, hidden, "steps")
    assert done.returncode not in (0, -signal.SIGSEGV)
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "pip install 'tailrace[cli]'" in done.stderr


def test_a_plot_without_matplotlib_says_which_extra_to_install():
    done = process(HIDE, "matplotlib", "steps", *SMALL, "--plot", "race.svg")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "pip install 'tailrace[plot]'" in done.stderr


def test_importing_the_library_imports_nothing_that_is_slow_or_optional():
    done = process("import tailrace, sys; print(*sys.modules)")
    heavy = {"scipy", "typer", "rich", "matplotlib", "pandas", "mpmath"}
    assert not heavy & set(done.stdout.split())


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_control_c_ends_the_command_with_one_line():
    code = """
import signal, threading
import tailrace as tr
from tailrace.__main__ import main
signal.signal(signal.SIGINT, signal.default_int_handler)
simulate = tr.IndependentSteps.simulate
def announced(*args, **kwargs):
    threading.Timer(0.1, lambda: print("started", flush=True)).start()
    return simulate(*args, **kwargs)
tr.IndependentSteps.simulate = announced
main()
"""
    run = [sys.executable, "-c", code, "steps", "--steps", str(10**11), "--trials", "1"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(run, **pipes) as done:
        try:
            assert done.stdout.readline() == "started\n"
            done.send_signal(signal.SIGINT)
            out, err = done.communicate(timeout=20)
        finally:
            done.kill()
        assert (done.returncode, out, err) == (130, "", "tailrace: stopped\n")


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX pipes")
def test_a_reader_that_stops_reading_is_no_error():
    run = [sys.executable, "-m", "tailrace", "steps", *SMALL]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(run, **pipes) as done:
        done.stdout.close()  # as `| head` does
        assert done.stderr.read() == ""


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs pseudo-terminals")
def test_progress_is_shown_where_a_person_watches_and_only_there():
    main, terminal = os.openpty()
    run = [sys.executable, "-m", "tailrace", "steps", "--trials", "20000"]
    run += ["--steps", "10000", "--attempts", "2", "--threads", "1"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    done = subprocess.run(
        run, stdout=subprocess.PIPE, stderr=terminal, env=environment, check=True
    )
    os.close(terminal)
    try:
        seen = b""
        while chunk := os.read(main, 4096):
            seen += chunk
    except OSError:  # the end, on Linux
        pass
    finally:
        os.close(main)
    assert b"racing" in seen
    assert b"racing" not in done.stdout
    assert b"\x1b" not in done.stdout
