"""Print the table of ratios: every candidate, side by side, in several processes.

Run  python -m bench
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import random
import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from timeit import Timer

import numpy as np
import tailrace as tr

from . import (
    bench_estimators,
    bench_exact,
    bench_fill,
    bench_goodhart,
    bench_min,
    bench_order,
    bench_order_means,
    bench_small,
    bench_steps,
    bench_top,
    bench_totals,
)
from .group import Group
from .hand_made import Missing

GROUPS = [
    *bench_fill.GROUPS,
    *bench_min.GROUPS,
    *bench_order.GROUPS,
    *bench_top.GROUPS,
    *bench_steps.GROUPS,
    *bench_small.GROUPS,
    *bench_exact.GROUPS,
    *bench_totals.GROUPS,
    *bench_order_means.GROUPS,
    *bench_estimators.GROUPS,
    *bench_goodhart.GROUPS,
]

#: Seconds per call of every candidate of every group; None where it could not run.
Times = dict[str, dict[str, float | None]]


def main() -> None:
    """Measure in fresh processes, one after the other, and print Markdown."""
    options = parse(sys.argv[1:])
    chosen = [g for g in GROUPS if g.name.startswith(tuple(options.group or [""]))]
    if options.worker is not None:
        json.dump(measure_all(chosen, options), sys.stdout)
        return
    before = os.getloadavg()[0]
    runs: list[Times] = []
    for i in range(options.processes):
        print(f"process {i + 1} of {options.processes}", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "bench", *sys.argv[1:], "--worker", str(i)]
        worker = subprocess.run(command, stdout=subprocess.PIPE, check=False)
        if worker.returncode != 0:  # it has said why
            sys.exit(f"process {i + 1} failed")
        runs.append(json.loads(worker.stdout))
    print(f"{machine()}; load {before:.1f} before the start\n\n{how(options)}")
    for unit in dict.fromkeys(group.unit for group in chosen):
        print("\n" + table(unit, [g for g in chosen if g.unit == unit], runs))


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the options; groups are chosen by the beginning of their names."""
    names = "; ".join(group.name for group in GROUPS)
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, epilog=f"groups: {names}"
    )
    known = sorted({group.name.split()[0].rstrip(":,") for group in GROUPS})
    parser.add_argument(
        "--group",
        action="append",
        metavar="NAME",
        help=f"only groups whose name begins so ({', '.join(known)}); may be repeated",
    )
    parser.add_argument("--processes", type=int, default=3, help="default 3")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument(
        "--cpu",
        action="store_true",
        help="count processor time, for a machine shared with other jobs; "
        "several threads are timed by the wall clock all the same",
    )
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.processes < 1:
        parser.error(f"--processes must be at least 1, got {options.processes}")
    for start in options.group or []:
        if not any(group.name.startswith(start) for group in GROUPS):
            parser.error(f"--group must begin a name of: {names}; got {start!r}")
    return options


def measure_all(groups: list[Group], options: argparse.Namespace) -> Times:
    """Do one process's share: median seconds per call of every candidate."""
    shuffle = random.Random(options.worker)
    rounds, least, budget = (3, 2e-3, 2.0) if options.quick else (9, 10e-3, 10.0)
    times: Times = {}
    for group in groups:
        by_wall = group.threaded or not options.cpu
        timer = time.perf_counter if by_wall else time.process_time
        times[group.name] = measure_group(
            group, shuffle, timer, rounds=rounds, least=least, budget=budget
        )
    return times


def measure_group(
    group: Group,
    shuffle: random.Random,
    timer: Callable[[], float],
    *,
    rounds: int,
    least: float,
    budget: float,
) -> dict[str, float | None]:
    """Time every candidate once a round, in an order shuffled anew for each round.

    One timing takes at least `least` seconds; a candidate that has taken `budget`
    seconds sits out the rounds that remain.
    """
    calls: dict[str, int] = {}
    seconds: dict[str, list[float]] = {name: [] for name in group.candidates}
    for name, call in group.candidates.items():
        with contextlib.suppress(Missing):
            group.check_candidate(name)
            once = Timer(call, timer=time.perf_counter).timeit(1)
            calls[name] = max(1, round(least / max(once, 1e-7)))
    for _ in range(rounds):
        for name in shuffle.sample(list(calls), len(calls)):
            if sum(seconds[name]) * calls[name] < budget:
                timed = Timer(group.candidates[name], timer=timer).timeit(calls[name])
                seconds[name].append(timed / calls[name])
    for name in calls:
        group.check_candidate(name)
    return {name: statistics.median(s) if s else None for name, s in seconds.items()}


def table(unit: str, groups: list[Group], runs: list[Times]) -> str:
    """Lay out the groups of one unit as a Markdown table."""
    rows = [("group", "candidate", unit, "lowest", "ratio to ours")]
    rows.append(("---", "---", "---:", "---:", "---:"))
    for group in groups:
        ours = None
        for name in group.candidates:
            found = [s for run in runs if (s := run[group.name][name]) is not None]
            if not found:
                rows.append((group.name, name, "not installed", "", ""))
                continue
            middle = statistics.median(found)
            ours = ours or middle
            shown = [digits(group.per_unit(s)) for s in (middle, min(found))]
            rows.append((group.name, name, *shown, digits(middle / ours)))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def digits(value: float) -> str:
    """Show three digits, or all before the point."""
    return f"{value:#.3g}" if value < 99.95 else f"{value:,.0f}"


def machine() -> str:
    """Say in one line what the figures were measured on."""
    info = tr.build_info()
    usable = getattr(os, "sched_getaffinity", None)
    cores = len(usable(0)) if usable else os.cpu_count()
    return (
        f"{processor()}, {cores} cores; tailrace {info['version']} with instruction "
        f"set {info['isa']} ({info['compiler']}), NumPy {np.__version__}, "
        f"Python {platform.python_version()}"
    )


def processor() -> str:
    """Name the processor, as well as the system can."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def how(options: argparse.Namespace) -> str:
    """Say how to get the figures again, and what they are."""
    forced = os.environ.get("TAILRACE_ISA")
    prefix = f"TAILRACE_ISA={forced} " if forced else ""
    clock = "processor" if options.cpu else "wall"
    return (
        f"`{prefix}{shlex.join(['python', '-m', 'bench', *sys.argv[1:]])}`: {clock} "
        f"time, median of a process's rounds, then median and lowest of "
        f"{options.processes} processes; the ratio is that of the medians."
    )


if __name__ == "__main__":
    main()
