"""A look at the tails of data: whether they are so heavy that a moment is missing."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ..laws.base import Reals
from ..tails import TailEstimate, excess, fitted, no_tail

#: How many of the largest and smallest values a look takes, at most.
TAIL = 256
#: With fewer values, or fewer beyond the threshold, tails cannot be seen.
FEWEST, FEWEST_BEYOND = 200, 10


class Look(NamedTuple):
    """What one tail looks like: a Pareto tail, none that matters, or nothing to tell by."""

    tail: TailEstimate
    #: Whether the tail is lighter than any Pareto tail, or ends in the data.
    is_light: bool


def look(top: Reals, bottom: Reals, count: int) -> Look:
    r"""Look at the upper tail of `count` values; `bottom` are the smallest, in order.

    Hill's estimator supposes that the tail falls like a power of x measured from 0. Data may
    be measured from anywhere, so three locations are tried: 0, the lower threshold, and the
    middle of both thresholds; and an exponential tail, of which there is no location. The one
    with the largest likelihood is taken: for a Pareto tail with the location c, the threshold
    u and the mean logarithmic excess :math:`\xi` that is the one with the least
    :math:`\log(\xi (u - c)) + \xi`; for the exponential tail the logarithm of the mean
    excess stands for that.
    """
    if count < FEWEST:
        return _unseen(f"fewer than {FEWEST} values do not show their tails", count)
    if math.isinf(top[0]):
        return _unseen("some of the largest values are infinite", count)
    most = min(count // 20, TAIL)
    lower = float(bottom[min(most, bottom.size - 1)])
    k = min(most, top.size - 1)
    above = int(np.sum(top > lower))
    if above == 0:
        # The data end where most of them are.
        return _light("no value lies above the lower threshold", k, lower, count)
    if top[k] <= lower:
        k = above - 1
    if k < FEWEST_BEYOND:
        reason = f"only {above} of the values kept lie beyond most of the data"
        return _unseen(reason, count)
    threshold, values = float(top[k]), top[:k]
    mean = float(np.mean(values / 2 - threshold / 2)) * 2
    if not mean > 0.0:
        reason = f"the {k} largest values are all equal"
        return _light(reason, k, threshold, count)
    best, least = None, math.log(mean)
    for location in (0.0, lower, lower / 2 + threshold / 2):
        if threshold > location:
            xi = excess(values, threshold, location)
            unlikely = (
                math.log(xi * (threshold - location)) + xi if xi > 0 else math.inf
            )
            if unlikely < least:
                best, least = (xi, location), unlikely
    if best is None:
        return _light("lighter than any Pareto tail", k, threshold, count)
    return Look(fitted(best[0], k, threshold, count, best[1]), False)


def _unseen(reason: str, count: int) -> Look:
    return Look(no_tail(reason, 0, math.nan, count), False)


def _light(reason: str, k: int, threshold: float, count: int) -> Look:
    return Look(no_tail(reason, k, threshold, count), True)
