"""The numbers behind exact answers about whole tasks."""

from __future__ import annotations

import math

import numpy as np

from ._answer import Answer
from .laws import Law
from .totals.functions import fits


def fitting(law: Law, n: int) -> Law:
    """Return the law, or refuse: see `fits`."""
    if not fits(law, n):
        msg = f"steps must leave totals that doubles can hold, got {n}"
        raise ValueError(msg)
    return law


def lower_index(law: Law) -> float:
    """Return b of P(X <= x) ~ x^b near 0, where the support begins."""
    if law.cdf(0.0) > 0.0:
        return 0.0
    places = law.median() * np.array([1e-100, 1e-90])
    with np.errstate(invalid="ignore"):
        low, high = np.asarray(law.logcdf(places))
        index = (high - low) / (10.0 * math.log(10.0))
    # Where there is no probability left so near 0, it falls faster than any power.
    return math.inf if math.isnan(index) else float(index)


@np.errstate(all="ignore")
def integral_of_power(law: Law, n: int) -> float:
    """Return the integral of E[exp(-s X)]^n over s: by the trapezoid rule in log s."""
    from .totals.functions import terms_of

    terms = terms_of(law)
    start = float(terms.transform.law.start)
    step = terms.plain.step
    low = 1.0 / law.median()
    # From where the transform of the sum is 1 to the last digit to where nothing is left.
    while True:
        _, psi = terms.plain.span(low, 2.0 * low)
        if n * abs(float(psi[0]) - low * start) < 1e-3 or low < 1e-290:
            break
        low *= 1e-4
    low *= 1e-17
    high = low * 1e20
    while True:
        s, psi = terms.plain.span(low, high)
        values = np.exp(n * (psi - s * start)) * s
        if values[-1] < 1e-18 * values.max() or high > 1e290:
            return float(step * math.fsum(values))
        high *= 1e4


def attempts_needed(law: Law, n: int, time: float, level: float) -> Answer:
    """Return the least Q: see `IndependentSteps.attempts_needed`."""
    from scipy.optimize import brentq

    low, high = law.support
    if time >= n * high:
        return Answer(0.0, "no task of so many steps takes longer than the budget")
    if not time > n * low:
        why = (
            "the task takes longer than the budget even if every step is as short as "
            "can be"
        )
        return Answer(math.inf, why)
    # -log of the chance that a step may be missed: each in its share of the budget is
    # enough, each in what the others leave of it at most is necessary.
    missed = -math.log(-math.expm1(math.log(level) / n))
    enough = missed / max(float(law.hazard(time / n)), 1e-300)
    needed = missed / float(law.hazard(time - (n - 1) * low))

    def short(log_q: float) -> float:
        step = law.min_of(math.exp(log_q))
        return float(step.sum_of(n).cdf(time)) - level

    ends = math.log(max(needed, 1e-300)), math.log(min(enough, 1e300))
    if ends[1] <= ends[0] or short(ends[0]) >= 0.0:
        return Answer(math.exp(ends[0]))
    if short(ends[1]) < 0.0:
        return Answer(math.inf, "it takes more attempts than 1e300")
    return Answer(math.exp(float(brentq(short, *ends, xtol=1e-12, rtol=1e-13))))
