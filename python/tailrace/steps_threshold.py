"""The number of attempts up to which a step has no mean, for every law."""

from __future__ import annotations

import math

import numpy as np

from ._answer import Answer
from .derived import Derived
from .laws import Law
from .variants import LogPareto

#: Two clocks far in the tail, between which it is seen whether a tail is heavy.
_FAR = np.array([100.0, 600.0])


def critical_attempts(law: Law) -> Answer:
    """Return the threshold: see `IndependentSteps.critical_attempts`."""
    index = law.tail_index
    if math.isnan(index):
        return Answer(math.nan, "the tail beyond the limit of the data is unknown")
    if math.isinf(index):
        if is_soft(law):
            return Answer(0.0, "none: a soft one, see the mean against Q")
        return Answer(0.0, "none: the fastest of any number of attempts has a mean")
    if index == 0.0:
        why = "stuck at every Q: the tail is heavier than that of every power"
        return Answer(math.inf, why)
    if index < 1e-300:
        return Answer(math.inf, f"1 / {index:g} is too large for a double")
    qc = 1.0 / index
    if isinstance(_base(law), LogPareto):
        there = "a mean" if math.isfinite(mean_at_threshold(law, qc)) else "none"
        why = f"at Qc itself the logarithmic factor decides: a step has {there}"
        return Answer(qc, why)
    return Answer(qc)


def mean_at_threshold(law: Law, attempts: float) -> Answer:
    """Return the mean of a step with as many attempts as make its tail index 1."""
    base = _base(law)
    if isinstance(base, LogPareto):
        step: Law = LogPareto(1.0, attempts * base.log_shape)
        if isinstance(law, Derived):
            _, scale, shift = law.steps[0]
            return Answer(scale * step.mean() + shift, step.mean().reason)
        return step.mean()
    return Answer(math.inf, "tail index times attempts is 1, which is not above 1")


def _base(law: Law) -> Law:
    """Return the law of which one is a multiple, with a number added; or itself."""
    scaled = isinstance(law, Derived) and [s[0] for s in law.steps] == ["scaled"]
    return law.base if scaled and isinstance(law, Derived) else law


def is_soft(law: Law) -> bool:
    """Return whether a law without a threshold has a tail heavier than exponential.

    Then the mean of the fastest of Q grows faster than 1 / Q as Q falls, though it is
    never infinite. It shows in d log H / d log x, which is 1 for an exponential tail:
    it stays below, or falls, where the tail is heavy.
    """
    if law._has_atoms or math.isfinite(law.support[1]):
        return False
    x = np.asarray(law.inverse_hazard(_FAR))
    with np.errstate(all="ignore"):
        rate = np.exp(np.asarray(law.logpdf(x)) + _FAR)
        short = 1.0 - x * rate / _FAR
    return bool(short[1] > 1e-3 and short[1] > 0.5 * short[0])
