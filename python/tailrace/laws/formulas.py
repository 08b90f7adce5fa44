"""Small formulas that several laws share."""

from __future__ import annotations

import math

import numpy as np

from .base import Reals

LOG_2 = math.log(2.0)

EULER_GAMMA = 0.5772156649015329

# zeta(k) - 1 for k from 2 on.
_ZETA_LESS_1 = (
    0.6449340668482264,
    0.2020569031595943,
    0.08232323371113819,
    0.03692775514336993,
    0.01734306198444914,
    0.008349277381922827,
    0.00407735619794434,
    0.0020083928260822143,
    0.0009945751278180853,
    0.0004941886041194645,
    0.0002460865533080483,
    0.00012271334757848915,
    6.124813505870483e-05,
    3.058823630702049e-05,
    1.528225940865187e-05,
    7.637197637899763e-06,
)


def flip(clock: Reals) -> Reals:
    """Return -log(1 - e^-clock), the clock of the other tail."""
    with np.errstate(divide="ignore", invalid="ignore"):
        near = -np.log(-np.expm1(-clock))
        return np.where(clock < LOG_2, near, -np.log1p(-np.exp(-clock)))


def gamma_mean(p: float) -> float:
    """Return E[E^p] for a standard exponential E and p > -1."""
    return math.gamma(1.0 + p) if p < 170.0 else math.inf


def gamma_var(p: float) -> float:
    """Return the variance of E^p, p > -1/2; its digits survive a small p."""
    return p * p * gamma_spread(p)


def gamma_slope(p: float) -> float:
    """Return (E[E^p] - 1) / p, p > -1; -EULER_GAMMA at 0."""
    if abs(p) > 0.1:
        return (gamma_mean(p) - 1.0) / p
    if abs(p) < 1e-100:
        return -EULER_GAMMA
    # log Gamma(1 + p) = p (1 - gamma) - log(1 + p) + the rest of its series.
    terms = (c * (-p) ** k / k for k, c in enumerate(_ZETA_LESS_1, start=2))
    log_mean = p * (1.0 - EULER_GAMMA) - math.log1p(p) + math.fsum(terms)
    return math.expm1(log_mean) / p


def gamma_spread(p: float) -> float:
    """Return the variance of E^p over p^2, p > -1/2; pi^2 / 6 at 0."""
    if p >= 85.0:
        return math.inf
    if abs(p) < 1e-100:
        return math.pi**2 / 6.0
    mean = math.gamma(1.0 + p)
    return mean * mean * (math.expm1(gamma_gap(p)) / p) / p


def gamma_gap(p: float) -> float:
    """Return log E[E^2p] - 2 log E[E^p], p > -1/2, which is of the order of p^2."""
    if abs(p) > 0.1:
        return log_gamma(1.0 + 2.0 * p) - 2.0 * log_gamma(1.0 + p)
    # From the series of log Gamma, whose linear terms cancel.
    terms = (
        c * (2.0**k - 2.0) * (-p) ** k / k for k, c in enumerate(_ZETA_LESS_1, start=2)
    )
    return math.log1p(p * p / (1.0 + 2.0 * p)) + math.fsum(terms)


def log_gamma(x: float) -> float:
    """Return log Gamma(x) for x > 0; inf where it is too large for a double."""
    try:
        return math.lgamma(x)
    except OverflowError:
        return math.inf


def log_gamma_step(a: float, p: float) -> float:
    """Return log Gamma(a + p) - log Gamma(a), a > 0 and p > 0, to the digits of p log a."""
    total = 0.0
    while a < 15.0:
        total -= math.log1p(p / a) if p < a else math.log(a + p) - math.log(a)
        a += 1.0
    top = a + p
    return total + (
        (a - 0.5) * math.log1p(p / a)
        + p * (math.log(top) - 1.0)
        + (_stirling(top) - _stirling(a))
    )


def _stirling(x: float) -> float:
    """Return what Stirling's formula leaves of log Gamma(x), x >= 15."""
    z = 1.0 / (x * x)
    return (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z / 1188)))) / x


def log_gamma_bend(low: float, middle: float, high: float, p: float) -> float:
    """Return log Gamma(high) + log Gamma(low) - 2 log Gamma(middle).

    `low`, `middle` and `high` are p apart; given each, so that none is rounded off.
    """

    def logs(low: float, middle: float, high: float) -> tuple[float, float, float]:
        q = p / middle
        if q < 0.5:
            return q, math.log1p(-q * q), math.atanh(q)
        down, up = math.log(low / middle), math.log(high / middle)
        return q, up + down, 0.5 * (up - down)

    # One step of the recurrence takes away the pole at 0.
    bend = -logs(low, middle, high)[1]
    low, middle, high = low + 1.0, middle + 1.0, high + 1.0
    if low > 1000.0:
        q, product, ratio = logs(low, middle, high)
        bend += middle * (product + 2.0 * q * ratio) - 0.5 * product
        return (
            bend
            + q * q / 6.0 / middle / (1.0 - q * q)
            - (q / middle) ** 2 / 30.0 / middle
        )
    if p > 0.1 * middle:
        return bend + log_gamma(high) + log_gamma(low) - 2.0 * log_gamma(middle)
    from scipy.special import polygamma

    orders = range(2, 18, 2)
    terms = (p**k * float(polygamma(k - 1, middle)) / math.factorial(k) for k in orders)
    return bend + 2.0 * math.fsum(terms)


def scaled_exp(log_x: float, scale: float) -> float:
    """Return scale e^log_x; inf where it is too large for a double."""
    if abs(log_x) < 700.0:
        return scale * math.exp(log_x)
    total = log_x + math.log(scale)
    return math.exp(total) if total < 709.7 else math.inf


def gamma_ratio(x: float, d: float) -> float:
    """Return Gamma(x + d) / Gamma(x) for x > 0 and x + d > 0, to about 1e-14."""
    # Up by twenty where Stirling's series is not yet good, and back by products.
    steps = range(20 if min(x, x + d) < 20.0 else 0)
    down = math.prod((x + j) / (x + d + j) for j in steps)
    x += len(steps)

    def series(z: float) -> float:
        return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * z * z)) / z**2) / z**2) / z

    log_rest = (x + d - 0.5) * math.log1p(d / x) - d + series(x + d) - series(x)
    return down * power(x, d) * math.exp(log_rest)


def digamma_gap(k: float, m: float) -> float:
    """Return digamma(k + m) - digamma(m): for whole k, the sum of 1 / (m + j), j < k."""
    from scipy.special import digamma

    if k <= 1000.0 and k == int(k):
        return math.fsum(1.0 / (m + j) for j in range(int(k)))
    if m < 100.0:
        return float(digamma(k + m) - digamma(m))
    gap = math.log1p(k / m) + 0.5 * (k / m) / (k + m)
    return gap + (1.0 / m**2 - 1.0 / (k + m) ** 2) / 12.0


def power(x: float, p: float) -> float:
    """Return x^p for x > 0; inf where it is too large for a double."""
    try:
        return float(x**p)
    except OverflowError:
        return math.inf


def usable(parameter: float) -> bool:
    """Return whether a closed form may take this as its shape or scale."""
    return 1e-300 < parameter < 1e300


def placed(loc: float, scale: float) -> bool:
    """Return whether a closed form may take this as its location.

    Its rounding moves the law by 2^-53 |loc| / scale of its scale, at most 2^-43 here.
    """
    return abs(loc) <= 1024.0 * scale
