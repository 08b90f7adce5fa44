r"""What the best k of n do to the level F(U) of a candidate, whatever its law.

A random one of the k best of n has a level with density w on (0, 1). Given the
(k + 1)-th largest value t, the k best are distributed like U given U >= t: so the best
of n are a hard threshold at a random place, of log-odds with the density `log_density`.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from ..laws.base import Reals
from .quadrature import PLACES, WEIGHTS

# Distances from the mode, in standard deviations, at which panels end.
_STEPS = np.array([0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32, 48, 64, 96, 128])
# Above that a binomial number of candidates is a Poisson one to the last digit.
_POISSON = 1e15


def log_density(odds: Reals, k: float, n: float) -> Reals:
    """Return the logarithm of the density of the log-odds of the (k + 1)-th largest.

    That is of a logistic Beta(n - k, k + 1) variable, here from its mode on: with many
    candidates the terms of the plain formula are large, and cancel.
    """
    a, b = n - k, k + 1.0
    mode, rest = math.log(a / b), _stirling_rest(a) + _stirling_rest(b)
    top = 0.5 * (math.log(a) + math.log(b / (a + b)) - math.log(2.0 * math.pi))
    top += _stirling_rest(a + b) - rest
    near = np.clip(odds - mode, -30.0, 30.0)
    with np.errstate(over="ignore"):
        up = np.log1p(np.expm1(near) * (a / (a + b)))
        down = np.log1p(np.expm1(-near) * (b / (a + b)))
    far = np.abs(odds - mode) > 30.0
    if far.any():
        up = np.where(far, np.logaddexp(0.0, odds) - np.logaddexp(0.0, mode), up)
        down = np.where(far, np.logaddexp(0.0, -odds) - np.logaddexp(0.0, -mode), down)
    density: Reals = top - a * down - b * up
    return density


def _stirling_rest(x: float) -> float:
    """Return log Gamma(x) less the formula of Stirling."""
    if x < 16.0:
        formula = (x - 0.5) * math.log(x) - x + 0.5 * math.log(2.0 * math.pi)
        return math.lgamma(x) - formula
    y = (1.0 / x) ** 2
    return (1.0 - y * (1.0 / 30.0 - y * (1.0 / 105.0 - y / 140.0))) / (12.0 * x)


def spread(k: float, n: float) -> tuple[float, float]:
    """Return the mode of that density, and its width there."""
    return math.log((n - k) / (k + 1.0)), math.sqrt(
        (1.0 / (k + 1.0) + 1.0 / (n - k)) * (1.0 + 1.0 / n)
    )


def edges(k: float, n: float) -> Reals:
    """Return log-odds at which panels end, from one end of what matters to the other.

    A gain may fall like P(U < t) below, and grow as fast as 1 / P(U > t) above.
    """
    mode, width = spread(k, n)
    # Tails like exponentials where few candidates are, like a normal's where many are.
    down = _STEPS * width < max(45.0 / (n - k + 1.0), 10.0 * width)
    up = _STEPS * width < max(45.0 / k, 10.0 * width) + 2.0 * width
    steps = [-_STEPS[down][::-1], np.zeros(1), _STEPS[up]]
    return mode + width * np.concatenate(steps)


def log_ratio(odds: Reals, k: float, n: float) -> Reals:
    """Return log w, w the density of the level of one of the k best over that of any."""
    if k == 1.0:
        ratio: Reals = math.log(n) - (n - 1.0) * np.logaddexp(0.0, -odds)
        return ratio
    from scipy.special import betainc, betaincc, betaln, gammaincc

    beyond = np.exp(-np.logaddexp(0.0, odds))
    if n > _POISSON:
        few = gammaincc(k, n * beyond)
    else:
        up_to = np.exp(-np.logaddexp(0.0, -odds))
        # From whichever end the level is nearer to.
        few = np.where(odds > 0.0, betaincc(k, n - k, beyond), betainc(n - k, k, up_to))
    with np.errstate(divide="ignore"):
        log_few = np.log(few)
    tiny = few < 1e-290
    if tiny.any() and n <= _POISSON:
        # The first terms of I_x(n - k, k): no more is needed there.
        log_level = -np.logaddexp(0.0, -odds[tiny])
        ratio = np.exp(log_level) * (n / (n - k + 1.0))
        log_few[tiny] = (n - k) * log_level - k * np.logaddexp(0.0, odds[tiny])
        log_few[tiny] -= math.log(n - k) + betaln(n - k, k) + np.log1p(-ratio)
    found: Reals = math.log(n / k) + np.minimum(log_few, 0.0)
    return found


def mass_above(beyond: Reals, k: float, n: float) -> Reals:
    """Return the chance that one of the k best has a level above 1 - `beyond`."""
    if k == 1.0:
        with np.errstate(divide="ignore"):
            alone: Reals = -np.expm1(n * np.log1p(-beyond))
        return alone
    from scipy.special import betainc, betaincc, gammainc, gammaincc

    if n > _POISSON:
        few, all_above = gammaincc(k - 1.0, n * beyond), gammainc(k, n * beyond)
    else:
        few = betaincc(k - 1.0, n - k + 1.0, beyond)
        all_above = betainc(k, n - k + 1.0, beyond)
    mass: Reals = np.where(beyond >= 1.0, 1.0, n * beyond * few / k + all_above)
    return mass


def divergence(k: float, n: float) -> float:
    """Return KL(one of the k best of n || any), for a proxy without atoms."""
    if n == k:
        return 0.0
    if k == 1.0:
        # log n - (n - 1) / n, whose terms cancel near n = 1.
        x = n - 1.0
        return math.log1p(x) - x / n if x < 1e15 else math.log(n) - 1.0
    return divergence_between(-math.inf, math.inf, k, n)


def divergence_between(low: float, high: float, k: float, n: float) -> float:
    """Return the part of the divergence of levels with log-odds from `low` to `high`."""
    # The ratio is flat above its edges: all that is missing lies in one last stretch.
    cuts = edges(k, n)
    cuts = np.append(cuts, cuts[-1] + 45.0)
    cuts = np.unique(np.clip(cuts, low, high))
    total = 0.0
    for a, b in itertools.pairwise(cuts):
        half = 0.5 * (b - a)
        odds = 0.5 * (a + b) + half * PLACES
        log_w = log_ratio(odds, k, n)
        log_level = -np.logaddexp(0.0, odds) - np.logaddexp(0.0, -odds)
        with np.errstate(invalid="ignore"):
            part = np.nan_to_num(np.exp(log_w + log_level) * log_w)
        total += half * float(part @ WEIGHTS)
    return total


def missed(low: float, high: float, k: float, n: float) -> Reals:
    """Return the chances that a threshold lies below and above two log-odds."""
    mode, _ = spread(k, n)
    ends = np.exp(log_density(np.array([low, high]), k, n))
    ends /= np.array([n - k, k + 1.0])
    ends = np.where([low < mode, high > mode], np.minimum(ends, 1.0), 1.0)
    # The gain vanishes below like the probability there.
    ends[0] *= math.exp(min(low, 0.0))
    return ends
