"""What the total of a long task tends to, and how fast."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import _check
from .derived import Derived
from .laws import Law, Normal, Stable

if TYPE_CHECKING:
    from .steps import IndependentSteps

#: Tail indices so near to 1 or 2 are these.
_NEAR = 1e-6

# Euler's constant.
_GAMMA = 0.5772156649015328606


@dataclass(frozen=True, slots=True)
class MedianGrowth:
    """How the median total time of a task grows with its number of steps.

    Made by `IndependentSteps.median_growth`.

    Attributes
    ----------
    words : str
        How it grows, and how fast it gets to that, in a sentence.
    formula : str
        The leading term, such as "3.453 n^2".
    constant, power, log_power : float
        The leading term is ``constant * n**power * log(n)**log_power``. `constant` is NaN
        where a slowly varying factor comes with the power, and `power` inf where the
        growth is faster than that of every power.
    approach : float
        The median differs from the leading term by a share that falls like n to the power
        -`approach`, at the index 3 times log n; 0 where it falls like 1 / log n, or where no
        rate is known.

    Examples
    --------
    >>> import tailrace as tr
    >>> growth = tr.IndependentSteps(tr.Pareto(0.5)).median_growth()
    >>> growth.formula, growth.approach
    ('3.453 n^2', 1.0)
    >>> tr.IndependentSteps(tr.Pareto(1.0)).median_growth().formula
    'n log n'
    """

    words: str
    formula: str
    constant: float
    power: float
    log_power: float
    approach: float

    def at(self, steps: int) -> float:
        """Return the leading term at a number of steps.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.IndependentSteps(tr.Pareto(0.5))
        >>> round(model.median_growth().at(1000)), round(model.total(1000).median())
        (3452782, 3453353)
        """
        n = float(_check.count("steps", steps, 1, 10**15))
        try:
            leading = n**self.power * math.log(n) ** self.log_power
        except OverflowError:
            return math.inf
        return float(self.constant * leading)


def log_tail_constant(law: Law) -> float:
    """Return log C of a tail C x^-a, NaN where it has another factor than a constant."""
    index = law.tail_index
    far = min(float(law.inverse_hazard(650.0)), 1e280)
    scale = float(law.isf(0.25))
    if not far > 1e12 * scale:
        return math.nan
    places = far, scale * (far / scale) ** 0.7
    last, before = (index * math.log(x) + float(law.logsf(x)) for x in places)
    return last if abs(last - before) <= 1e-8 * (1.0 + abs(last)) else math.nan


def _size(law: Law, n: int) -> float:
    """Return the size of the largest of n values: (C n)^(1/a), or what n exceed once."""
    log_constant = log_tail_constant(law)
    if math.isnan(log_constant):
        return float(law.isf(1.0 / n))
    log_size = (log_constant + math.log(n)) / law.tail_index
    return math.exp(log_size) if log_size < 709.0 else math.inf


def stable_scale(index: float) -> float:
    """Return the scale, in S1, of the stable law with the upper tail x^-index.

    (Gamma(1 - a) cos(pi a / 2))^(1 / a), by reflection, which has no pole at 1.
    """
    sine = math.sin(0.5 * math.pi * index)
    return float((0.5 * math.pi / (math.gamma(index) * sine)) ** (1.0 / index))


def index_of(model: IndependentSteps) -> float:
    """Return the tail index of a step, rounded to 1 or 2 where it is next to them."""
    index = model.step.tail_index
    if model.regime == "at":
        return 1.0
    return 2.0 if abs(index - 2.0) <= _NEAR else index


def limit_law(model: IndependentSteps, n: int) -> Law:
    """Return the limit law: see `IndependentSteps.limit_law`."""
    step, index = model.step, index_of(model)
    if math.isnan(index):
        msg = "law must have a known tail for a limit law, got one that is censored"
        raise ValueError(msg)
    if index < 0.1 or 0.0 < abs(index - 1.0) < 0.02:
        msg = (
            "attempts must make the tail index of a step 1, or at least 0.1 and 0.02 away "
            f"from 1, for a limit law, got {index:.6g}"
        )
        raise ValueError(msg)
    if index == 1.0:
        size = _size(step, n)
        return _landau(_landau_loc(step, n, size), size)
    mean = float(step.mean())
    if index < 2.0:
        loc = 0.0 if index < 1.0 else n * mean
        size = stable_scale(index) * _size(step, n)
        return Stable(index, 1.0, loc, size)
    var = float(step.var())
    if math.isfinite(var):
        return Normal(n * mean, math.sqrt(n * var))
    if n == 1:
        msg = "steps must be >= 2 where the tail index of a step is 2, got 1"
        raise ValueError(msg)
    # n U(b) = b^2 with the truncated variance U(b) ~ 2 C log b has b^2 ~ C n log n.
    return Normal(n * mean, _size(step, n) * math.sqrt(math.log(n)))


def _landau_loc(step: Law, n: int, size: float) -> float:
    """Return the centring at the index 1: n E min(X, b) less gamma b, with the size b.

    For a tail C x^-1, n C log n and what is linear in n.
    """
    mean = step.capped(size).mean() if size > step.support[0] else size
    return n * float(mean) - _GAMMA * size


def _landau(loc: float, scale: float) -> Law:
    """Return the law of loc + scale Y with E exp(-s Y) = s^s."""
    from scipy.stats import landau

    from .from_scipy import from_scipy

    # SciPy's is the stable law of scale 1 in S1; that of Y is pi / 2.
    half = 0.5 * math.pi
    return (scale * half) * from_scipy(landau(), tail_index=1.0) + (
        loc + scale * math.log(half)
    )


def median_growth(model: IndependentSteps) -> MedianGrowth:
    """Return how the median grows: see `IndependentSteps.median_growth`."""
    index = index_of(model)
    if math.isnan(index):
        why = "It depends on a tail that the data do not show."
        return MedianGrowth(why, "unknown", math.nan, math.nan, math.nan, 0.0)
    if index == 0.0:
        why = (
            "The median total grows faster than every power of n: the tail of a step is "
            "heavier than that of every power."
        )
        return MedianGrowth(why, "beyond powers", math.nan, math.inf, 0.0, 0.0)
    if math.isfinite(model.step_mean()):
        return _linear(model, index)
    if index == 1.0:
        log_constant = log_tail_constant(model.step)
        constant = math.exp(log_constant)
        words = (
            "The median total grows like n log n, so the time per step like log n; other "
            "terms fade only like 1 / log n."
        )
        if math.isnan(constant):
            return MedianGrowth(words, "n E min(X, n)", math.nan, 1.0, math.nan, 0.0)
        return MedianGrowth(words, _term(constant, "n log n"), constant, 1.0, 1.0, 0.0)
    return _powers(model, index)


def _powers(model: IndependentSteps, index: float) -> MedianGrowth:
    power, log_constant = 1.0 / index, log_tail_constant(model.step)
    # T_n = n^(1/a) S + O(n), and no nearer than 1 / n.
    approach = min(power - 1.0, 1.0)
    words = (
        f"The median total grows like n^{power:.3g}, so the time per step like "
        f"n^{power - 1.0:.3g}; the share of other terms falls like n^-{approach:.3g}."
    )
    if math.isnan(log_constant):
        form = f"n^{power:.4g} with a slowly varying factor"
        return MedianGrowth(words, form, math.nan, power, 0.0, 0.0)
    constant = math.nan
    if 0.1 <= index <= 0.98:
        try:
            constant = Stable(index, 1.0).median() * stable_scale(index)
            constant *= math.exp(log_constant * power)
        except OverflowError:
            constant = math.inf
    return MedianGrowth(
        words, _term(constant, f"n^{power:.4g}"), constant, power, 0.0, approach
    )


def approach_to_mean(index: float) -> float:
    """Return the power of n with which the median per step gets to the mean."""
    if index < 2.0:
        return 1.0 - 1.0 / index
    return min(0.5 * (index - 1.0), 1.0)


def _linear(model: IndependentSteps, index: float) -> MedianGrowth:
    mean = float(model.step_mean())
    approach = approach_to_mean(index)
    words = f"The median total grows like {mean:.4g} n"
    if index == 1.0:
        words += ", which it nears only like a power of 1 / log n."
    else:
        words += f", which it nears like n^-{approach:.3g}."
    ends = _uncapped(model.step)
    if ends is not None:
        free, steps = ends
        words += (
            f" Up to about {steps:.3g} steps, before the limit is met, it grows like "
            + (f"n^{1.0 / free:.3g}." if free < 1.0 else "n log n.")
        )
    return MedianGrowth(words, _term(mean, "n"), mean, 1.0, 0.0, approach)


def _uncapped(step: Law) -> tuple[float, float] | None:
    """Return what a law without mean had for a tail index before a limit cut it.

    And after how many steps the limit counts: as many as exceed it once. None where no
    limit brought the mean.
    """
    if not isinstance(step, Derived) or not math.isfinite(step.support[1]):
        return None
    law, limits = step.base, []
    for method, *arguments in step.steps:
        if method in ("capped", "truncated"):
            limits.append(arguments[-1])
        elif method != "min_of":
            return None
        else:
            law = law.min_of(arguments[0])
    if not limits or not 0.0 < law.tail_index <= 1.0:
        return None
    return law.tail_index, math.exp(min(float(law.hazard(min(limits))), 700.0))


def _term(constant: float, power: str) -> str:
    return power if constant == 1.0 else f"{constant:.4g} {power}"
