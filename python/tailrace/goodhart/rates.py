"""How fast limits are reached, or outgrown: the leading terms of E[V | U >= t]."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..laws.base import Law, Reals
from .parts import parts_of
from .sides import side_of
from .tails import Tail

# Of two parameters that differ by less than this share, the difference is rounding.
SAME = 1e-12

#: From thresholds to the leading terms there.
Approach = Callable[[Reals], Reals]


def number(x: float) -> str:
    """Return a number for a sentence."""
    return f"{x:.6g}"


def same(a: float, b: float) -> bool:
    """Return whether two parameters are equal but for rounding."""
    return abs(a - b) <= SAME * max(abs(a), abs(b))


def leading_terms(truth: Law, error: Law, mean: float) -> Approach | None:
    """Return the leading terms: one large value, or a truth that hardly moved."""
    parts = parts_of(truth)
    if len(parts) > 1 or not isinstance(parts[0][1], Law):
        return None
    side = side_of(parts[0][1])
    variance = float(truth.var()) if truth.tail_index > 2.0 else math.inf

    def leading(t: Reals) -> Reals:
        with np.errstate(over="ignore", invalid="ignore"):
            both = np.logaddexp(np.asarray(error.logsf(t)), np.asarray(truth.logsf(t)))
            total: Reals = mean + np.exp(side.log_excess_anywhere(t) - both)
            if math.isfinite(variance):
                total += variance * np.exp(np.asarray(error.logpdf(t)) - both)
        return total

    return leading


def tilting(value: float, spread: float, power: float) -> tuple[str, Approach]:
    """Return how a truth is tilted by an error with the tail x^power e^(-a x).

    P(X > t - v) / P(X > t) is (1 - v / t)^power e^(a v), so that what the limit lacks is
    the variance of the tilted truth times power / t.
    """
    if power == 0.0:
        return "faster than every power of t", lambda t: np.full(t.shape, value)
    sign = "-" if power > 0.0 else "+"
    way = f"{number(value)} {sign} {number(abs(power) * spread)} / t"
    return way, lambda t: value - power * spread / t


def way_back(truth: Law, of_truth: Tail, of_error: Tail) -> str:
    """Say how fast the mean is reached: Var(V) times the hazard rate, or slower."""
    # P(V > t) against P(X > t) falls like that power of t, if like any.
    gap = _gap(of_truth, of_error)
    if of_error.kind == "power":
        if gap < 2.0:
            return f"like t^-{number(gap - 1.0)}"
        var = float(truth.var())
        lead = "" if float(truth.mean()) == 0.0 else "E[V] + "
        lead += f"{number(of_error.a * var)} / t"
        return lead if math.isfinite(var) else "like log(t) / t"
    if of_error.kind == "stretched":
        least = 1.0 - of_error.a
        if gap - 1.0 < least:
            return f"like t^-{number(gap - 1.0)}"
        return f"like t^-{number(least)}, Var(V) times the hazard rate of the error"
    if gap < 2.0:
        return f"like t^-{number(gap - 1.0)}"
    return "like log(t) / t, Var(V) times the hazard rate of the error"


def _gap(truth: Tail, error: Tail) -> float:
    """Return the power of t by which P(V > t) falls below P(X > t); inf if by more."""
    if truth.kind != error.kind:
        return math.inf
    if truth.kind == "power":
        return truth.a - error.a
    if truth.kind == "log-normal" and same(truth.s, error.s):
        return (error.m - truth.m) / truth.s**2
    if truth.kind == "stretched" and same(truth.a, error.a) and same(truth.s, error.s):
        return error.power - truth.power
    return math.inf


def growth(truth: Tail, error: Tail) -> str:
    """Say how the mean grows without bound: like t times the odds of a large truth."""
    # Beyond t a power of index a has the mean a / (a - 1) t; lighter tails have t.
    factor = truth.a / (truth.a - 1.0) if truth.kind == "power" else 1.0
    gap = _gap(truth, error) if truth.kind == error.kind else -math.inf
    if gap == math.inf:  # of one kind, and not a power of t apart
        gap = -math.inf
    if abs(gap) <= SAME:
        share = 1.0 / (1.0 + math.exp(error.log_c - truth.log_c))
        if truth.kind == "log-normal" and truth.power != error.power:
            share = math.nan
        return _power_of_t(share * factor, 1.0)
    if gap < 0.0:
        return _power_of_t(factor, 1.0)
    constant = math.exp(truth.log_c - error.log_c)
    if truth.kind == "log-normal":
        shift = (error.m**2 - truth.m**2) / (2.0 * truth.s**2)
        constant *= math.exp(shift) if truth.power == error.power else math.nan
    return _power_of_t(factor * constant, 1.0 - gap)


def _power_of_t(constant: float, power: float) -> str:
    scale = "like " if math.isnan(constant) else f"{number(constant)} "
    text = f"{scale}t" if power == 1.0 else f"{scale}t^{number(power)}"
    return text.removeprefix("1 ")
