"""The theorems that say where E[V | U >= t] goes, and their conditions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..laws.base import Law, Reals
from .cumulants import cumulants
from .parts import parts_of
from .rates import SAME, growth, leading_terms, number, same, tilting, way_back
from .sides import side_of
from .tails import Tail, tails_of


@dataclass(frozen=True, slots=True)
class Decision:
    """Where the conditional mean goes, and why.

    Attributes
    ----------
    value : float
        The limit; NaN where there is none, or none is known.
    case : str
        The theorem, in a few words; empty where none applies.
    because : str
        What the sentence of the verdict says of it.
    conditions : tuple of (str, str)
        Each condition, and what was found.
    rate : str
        How the limit is approached.
    approach : callable or None
        From t to the leading terms of E[V | U >= t].
    """

    value: float
    case: str
    because: str
    conditions: tuple[tuple[str, str], ...]
    rate: str = ""
    approach: Callable[[Reals], Reals] | None = field(default=None, repr=False)


def said(tail: Tail) -> str:
    """Say what kind a tail is."""
    words = {
        "bounded": f"bounded, by {number(tail.end)}",
        "superexponential": "lighter than every exponential",
        "exponential": f"exponential, of rate {number(tail.a)}",
        "stretched": f"a stretched exponential, of shape {number(tail.a)}",
        "log-normal": f"log-normal, with sigma = {number(tail.s)}",
        "power": f"a power law, of index {number(tail.a)}",
        "lattice": f"a power of index {number(tail.a)} on a lattice of ratio {tail.m:g}",
        "unknown": "unknown",
    }
    return words[tail.kind]


def decide(truth: Law, error: Law, mean: float) -> Decision:
    """Return what the theorems say of independent truth and error.

    `mean` is E[V]; it may be infinite.
    """
    lower, of_truth = tails_of(truth)
    _, of_error = tails_of(error)
    found: tuple[tuple[str, str], ...] = (
        ("the upper tail of the truth", said(of_truth)),
        ("the upper tail of the error", said(of_error)),
    )
    if truth.tail_index <= 1.0:
        return _without_mean(truth, error, lower, found)
    if of_error.kind in ("bounded", "superexponential"):
        return _light_error(of_truth, of_error, found)
    if of_error.kind == "exponential":
        return _exponential_error(truth, of_truth, of_error, found)
    if of_error.is_subexponential:
        return _heavy_error(truth, error, of_truth, of_error, mean, found)
    if of_error.kind == "lattice":
        return _lattice(truth, of_truth, of_error, mean, found)
    return _unknown("the tail of the error is unknown", found)


def _unknown(why: str, found: tuple[tuple[str, str], ...]) -> Decision:
    return Decision(math.nan, "", why, found)


def _without_mean(
    truth: Law, error: Law, lower: Tail, found: tuple[tuple[str, str], ...]
) -> Decision:
    """Where E[V^+] is infinite, so is every conditional mean."""
    found += (("E[V^+] is finite", f"no: the tail index is {truth.tail_index:.6g}"),)
    if truth._lower_tail_index + error.tail_index <= 1.0:
        return _unknown("the truth has no mean, on either side", found)
    because = "the truth has no mean: it is infinite at every threshold"
    return Decision(math.inf, "truth without a mean", because, found, "at once")


def _light_error(
    of_truth: Tail, of_error: Tail, found: tuple[tuple[str, str], ...]
) -> Decision:
    """Where the error is lighter than every exponential, the truth is pushed to its end."""
    end = of_truth.end if of_truth.kind == "bounded" else math.inf
    found += (("P(X > t + 1) / P(X > t) tends to 0", "yes"),)
    because = (
        "the error is too light to explain a large proxy: the truth must be at its upper "
        f"end, {number(end)}"
        if end < math.inf
        else "the error is too light to explain a large proxy: the truth must be large"
    )
    if of_truth.kind == "unknown":
        return _unknown("the upper end of the truth is unknown", found)
    return Decision(end, "superexponential error", because, found)


def _exponential_error(
    truth: Law, of_truth: Tail, of_error: Tail, found: tuple[tuple[str, str], ...]
) -> Decision:
    """Where the error has an exponential tail, the truth is tilted, if it can be."""
    rate = of_error.a
    case = "exponential error"
    text = (
        f"E[e^(g V)] at the rate g = {number(rate)} of the error, and a little beyond"
    )
    if of_truth.kind == "unknown":
        return _unknown("the tail of the truth is unknown", found)
    equal = of_truth.kind == "exponential" and same(of_truth.a, rate)
    if of_truth.rate > rate and not equal:
        _, value, spread = cumulants(truth, rate)
        found += ((text, "finite"),)
        because = (
            f"an error of exponential tail tilts the truth by e^({number(rate)} v), and "
            "no further"
        )
        if math.isnan(value):
            return _unknown("the tilted mean is beyond what quadrature reaches", found)
        way, approach = tilting(value, spread, of_error.power)
        return Decision(value, f"{case}, lighter truth", because, found, way, approach)
    if equal and of_truth.power < -1.0:
        found += ((text, "finite, but not beyond"),)
        return _unknown(
            "the truth has the exponential rate of the error and just enough moments: "
            "no theorem covers that",
            found,
        )
    found += ((text, "infinite"),)
    because = (
        "the truth is no lighter than the error, whose tail is exponential: a large proxy "
        "is a large truth"
    )
    return Decision(math.inf, f"{case}, heavier truth", because, found, "without bound")


def _heavy_error(
    truth: Law,
    error: Law,
    of_truth: Tail,
    of_error: Tail,
    mean: float,
    found: tuple[tuple[str, str], ...],
) -> Decision:
    """Where the error is subexponential, what counts is E[V; V > t] against P(X > t)."""
    if of_truth.kind == "unknown":
        return _unknown("the tail of the truth is unknown", found)
    if of_truth.kind == "lattice":
        return _unknown("the tail of the truth is rough", found)
    found += (("the error is subexponential", "yes"),)
    ratio = _limit_of_ratio(of_truth, of_error)
    text = "E[V; V > t] / P(X > t)"
    approach = leading_terms(truth, error, mean)
    if math.isnan(ratio):
        return _unknown("constants of both tails decide, and one is unknown", found)
    if ratio == 0.0:
        found += ((text, "tends to 0"),)
        because = (
            "large proxies are large errors, and the truth is as it was: the selection "
            "was for nothing"
        )
        rate = way_back(truth, of_truth, of_error)
        case = "subexponential error, lighter truth"
        return Decision(mean, case, because, found, rate, approach)
    if ratio < math.inf:
        found += ((text, f"tends to {number(ratio)}"),)
        because = (
            f"the truth is lighter than the error by a factor t: it gains {number(ratio)} "
            "on its mean, and no more"
        )
        case = "subexponential error, at the boundary"
        rate = "like the next terms of both tails"
        return Decision(mean + ratio, case, because, found, rate, approach)
    found += ((text, "tends to infinity"),)
    if truth._lower_tail_index <= 1.0 and of_truth.weight < of_error.weight:
        # Up to factors that vary slowly, the upper tail brings t^(1 - gap), and the lower
        # one takes t^(1 - b).
        b, gap = truth._lower_tail_index, math.nan
        if of_truth.kind == of_error.kind == "power":
            gap = of_truth.a - of_error.a
        if math.isnan(gap) or same(gap, b):
            return _unknown(
                "the truth has no mean below, which may outweigh all", found
            )
        if gap > b:
            because = (
                "the truth has no mean below, and small truths under large errors outweigh "
                "the large ones"
            )
            case = "subexponential error, truth without a mean below"
            return Decision(-math.inf, case, because, found, "without bound")
    heavier = of_truth.weight > of_error.weight
    because = (
        "the truth is the heavier of both: a large proxy is a large truth"
        if heavier
        else "the truth is lighter than the error by less than a factor t: large truths "
        "are rare among large proxies, but large enough to count"
    )
    case = "subexponential error, " + ("heavier truth" if heavier else "similar truth")
    return Decision(
        math.inf, case, because, found, growth(of_truth, of_error), approach
    )


def _limit_of_ratio(truth: Tail, error: Tail) -> float:
    """Return the limit of E[V; V > t] / P(X > t)."""
    if truth.kind != error.kind:
        return math.inf if truth.weight > error.weight else 0.0
    if truth.kind == "power":
        if not same(truth.a, error.a + 1.0):
            return math.inf if truth.a < error.a + 1.0 else 0.0
        constant = truth.a / (truth.a - 1.0)
        power = 0.0
    elif truth.kind == "log-normal":
        if not same(truth.s, error.s):
            return math.inf if truth.s > error.s else 0.0
        gap, needed = error.m - truth.m, truth.s**2
        if not abs(gap - needed) <= SAME * max(1.0, abs(error.m), abs(truth.m), needed):
            return math.inf if gap < needed else 0.0
        constant = math.exp((error.m**2 - truth.m**2) / (2.0 * needed))
        power = truth.power - error.power
    else:
        if not same(truth.a, error.a):
            return math.inf if truth.a < error.a else 0.0
        if not same(truth.s, error.s):
            return math.inf if truth.s > error.s else 0.0
        constant, power = 1.0, 1.0 + truth.power - error.power
    if abs(power) > 1e-12:
        return math.inf if power > 0.0 else 0.0
    return constant * math.exp(truth.log_c - error.log_c)


def _lattice(
    truth: Law,
    of_truth: Tail,
    of_error: Tail,
    mean: float,
    found: tuple[tuple[str, str], ...],
) -> Decision:
    """Where an error is on a lattice, heavy but not long-tailed, the mean oscillates.

    At t = s r^k + y what counts is whether the error is the atom just below t, of share
    1 - r^-a among those from it on, or one beyond it.
    """
    heavy = of_truth.kind == "power" and of_truth.a <= of_error.a + 1.0
    if of_truth.kind in ("unknown", "lattice") or heavy:
        return _unknown(
            "the error is on a lattice, and the truth not light enough", found
        )
    found += (("P(X > t + 1) / P(X > t) tends to 1", "no: the error is on a lattice"),)
    share = 1.0 - of_error.m**-of_error.a
    parts = parts_of(truth)
    if len(parts) > 1 or not isinstance(parts[0][1], Law):
        return _unknown("the error is on a lattice, and the truth has atoms", found)
    side = side_of(parts[0][1])
    y = side.at(np.linspace(-40.0, 40.0, 4001))
    beyond = np.exp(side.log_beyond(y))
    excess = np.exp(side.log_excess_anywhere(y))
    means = mean + share * excess / (1.0 - share + share * beyond)
    # Half way between two atoms the truth is as it was.
    because = (
        "the error is heavy-tailed but sits on a lattice: there is no limit, it "
        f"oscillates between {number(mean)} and {number(float(means.max()))}"
    )
    return Decision(math.nan, "heavy-tailed error on a lattice", because, found, "none")
