"""Largest errors of every law against numbers of any precision, as a table.

Run  python docs/accuracy.py  to see the table, and the time that each law takes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import mpmath as mp
import numpy as np
import tailrace as tr
from laws_shown import NOT_MEASURED, POINTS, SHOWN
from made import DOCS, write_all

sys.path.append(str(DOCS.parent / "tests"))

from law_cases import CASES, Case
from ulp import ulp_error

#: Bits of the first try at a formula. One that takes 1 minus the larger tail needs many
#: tries in the smaller one, and long with a special function.
BITS = 320

FROM_HAZARD: dict[str, Callable[[mp.mpf], mp.mpf]] = {
    "sf": lambda h: mp.exp(-h),
    "cdf": lambda h: -mp.expm1(-h),
    "logsf": lambda h: -h,
}
COLUMNS = (*FROM_HAZARD, "pdf", "isf", "ppf")


def hazard_and_rate(case: Case, x: float) -> tuple[mp.mpf, mp.mpf]:
    """Return H(x) and H'(x), with as many bits as it takes to be sure of 70."""
    before = None
    for bits in (BITS << k for k in range(5)):
        with mp.workprec(bits):
            point = mp.mpf(x)
            # Small beside both the value and what is left to the ends of the support.
            gaps = [abs(point - mp.mpf(end)) for end in case.law.support]
            step = min(abs(point) or 1, *gaps) * mp.mpf(2) ** -(bits // 3)
            after = case.hazard(point + step) - case.hazard(point - step)
            now = case.hazard(point), after / (2 * step)
            if before and all(
                0 < abs(b) < mp.inf and abs(a - b) <= abs(b) * mp.mpf(2) ** -70
                for a, b in zip(before, now, strict=True)
            ):
                return now
        before = now
    msg = f"the formula of {case} must settle at x = {x!r}, got two answers"
    raise ArithmeticError(msg)


def errors_at(case: Case, x: float) -> Iterator[tuple[str, float]]:
    """Yield the errors in ULP of the functions of a value."""
    h, rate = hazard_and_rate(case, x)
    with mp.workprec(BITS):
        want = {name: f(h) for name, f in FROM_HAZARD.items()}
        want["pdf"] = rate * mp.exp(-h)
        for name, exact in want.items():
            # Below that a double has fewer digits.
            if abs(exact) > 1e-300:
                yield name, ulp_error(getattr(case.law, name)(x), exact)


def quantile_error(case: Case, e: mp.mpf, x: float) -> float | None:
    """Return the error in ULP of `x` as the value with hazard `e`, to first order.

    None at an end of the support, and where a double cannot hold the value.
    """
    low, high = case.law.support
    if not low < x < high or not 1e-300 < abs(x) < 1e300:
        return None
    h, rate = hazard_and_rate(case, x)
    with mp.workprec(BITS):
        return ulp_error(x, mp.mpf(x) + (e - h) / rate)


def case_errors(case: Case, points: int, seed: int) -> Iterator[tuple[str, float]]:
    """Yield the errors of all functions of a case at random points."""
    for x in case.points(points, seed):
        yield from errors_at(case, float(x))
    rng = np.random.default_rng(seed)
    p = np.concatenate(
        [rng.random(points // 2), 10.0 ** rng.uniform(-280, -1, points - points // 2)]
    )
    for name in ("isf", "ppf"):
        for q, x in zip(p, getattr(case.law, name)(p), strict=True):
            with mp.workprec(BITS):
                e = -mp.log(mp.mpf(q)) if name == "isf" else -mp.log1p(-mp.mpf(q))
            error = quantile_error(case, e, float(x))
            if error is not None:
                yield name, error


def cases_of(name: str) -> list[Case]:
    """Return the cases of a law of this name."""
    return [case for case in CASES if type(case.law).__name__ == name]


def row(name: str) -> dict[str, Any]:
    """Return the largest error of each function of a law."""
    cases = cases_of(name)
    points = POINTS.get(name, 60) // len(cases)
    worst = dict.fromkeys(COLUMNS, 0.0)
    for seed, case in enumerate(cases):
        for function, error in case_errors(case, points, seed):
            worst[function] = max(worst[function], error)
    return {"law": name, "settings": len(cases), **worst}


def table() -> str:
    """Return the errors of all laws as a table in Markdown."""
    head = ["law", "settings", *COLUMNS]
    lines = [
        "| " + " | ".join(head) + " |",
        "| --- |" + " ---: |" * (len(head) - 1),
    ]
    for name in SHOWN:
        if name in NOT_MEASURED:
            continue
        found = row(name)
        cells = [f"{found[column]:.3f}" for column in COLUMNS]
        link = f"[{name}](/api/{name}.rst)"
        lines.append("| " + " | ".join([link, str(found["settings"]), *cells]) + " |")
    return "\n".join(lines) + "\n"


def write() -> None:
    """Write the table, and what it was measured on, to docs/made/accuracy."""
    build = tr.build_info()
    machine = (
        f"Measured at the build of this page, on the kernels for {build['isa']}.\n"
    )
    write_all(DOCS / "made" / "accuracy", {"table.md": f"{table()}\n{machine}"})


if __name__ == "__main__":
    for law in SHOWN:
        start = time.perf_counter()
        errors = {k: f"{v:.3f}" for k, v in row(law).items() if k in COLUMNS}
        print(f"{law}: {errors}, {time.perf_counter() - start:.2f} s")
