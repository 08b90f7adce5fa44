"""A job and the ways to do it, timed by pytest-benchmark or by `python -m bench`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from .checks import WrongAnswer
from .hand_made import Missing

OURS = "tailrace"
NAIVE = "NumPy, naive"
TRICK = "NumPy, best trick"
SCIPY = "SciPy"
HAND_MADE = "hand-made (numba)"


@dataclass(frozen=True)
class Group:
    """A job, and the candidates that do it.

    Attributes
    ----------
    name : str
        The job.
    unit : str
        What the table shows; begins with "ns" or "us", as in "ns per draw".
    work : float
        Units of work in one call: draws, thousands of steps, or 1.
    candidates : dict of str to callable
        Ways to do the job, ours first. Each takes nothing, does all of the work and
        gives the answer; it raises `Missing` where a package is not installed.
    check : callable
        Takes an answer and raises `WrongAnswer` where it is wrong.
    calls : int, default 1
        Answers to put together for the check, where one alone would say too little.
    threaded : bool, default False
        Whether a candidate uses several threads, so that only wall time counts.
    """

    name: str
    unit: str
    work: float
    candidates: dict[str, Callable[[], Any]]
    check: Callable[[Any], None]
    calls: int = 1
    threaded: bool = False

    def per_unit(self, seconds: float) -> float:
        """Time of one call in seconds, as the table shows it."""
        return seconds * {"ns": 1e9, "us": 1e6}[self.unit[:2]] / self.work

    def check_candidate(self, name: str) -> None:
        """Run a candidate and check its answer."""
        call = self.candidates[name]
        if self.calls == 1:
            answer = call()
        else:
            answer = np.ravel([np.copy(call()) for _ in range(self.calls)])
        try:
            self.check(answer)
        except WrongAnswer as wrong:
            wrong.add_note(f"from {name}, asked to: {self.name}")
            raise


def each_candidate(groups: list[Group]) -> pytest.MarkDecorator:
    """Run a benchmark for every candidate of every group."""
    cases = [
        pytest.param(group, name, id=f"{group.name}-{name}")
        for group in groups
        for name in group.candidates
    ]
    return pytest.mark.parametrize(("group", "name"), cases)


def measure(benchmark: Any, group: Group, name: str) -> None:
    """Time a candidate with pytest-benchmark, and check its answer before and after."""
    try:
        group.check_candidate(name)
    except Missing as missing:
        pytest.skip(str(missing))
    benchmark.group = f"{group.name}, {group.unit}"
    answer = benchmark(group.candidates[name])
    if group.calls == 1:
        group.check(answer)
    if benchmark.stats is not None:  # None with --benchmark-disable
        seconds = benchmark.stats["median"]
        benchmark.extra_info[group.unit] = group.per_unit(seconds)
