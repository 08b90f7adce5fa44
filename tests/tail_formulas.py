"""Cumulative hazards in mpmath of laws without a closed inverse.

Each takes the smaller tail, so that few bits will do wherever it is asked: whoever
wants a hazard of 1e-280 or 650 gets all of its digits.
"""

from __future__ import annotations

from collections.abc import Callable

import mpmath as mp

Hazard = Callable[[mp.mpf], mp.mpf]

# Enough for differences of hazards at points 2^-200 apart, and quick.
BITS = 400


def symmetric(loc: float, scale: float, upper: Callable[[mp.mpf], mp.mpf]) -> Hazard:
    """Hazard of a symmetric law from its upper tail at z >= 0."""

    def hazard(x: mp.mpf) -> mp.mpf:
        with mp.workprec(BITS):
            z = (x - mp.mpf(loc)) / mp.mpf(scale)
            return -mp.log1p(-upper(-z)) if z < 0 else -mp.log(upper(z))

    return hazard


def _normal_tail(z: mp.mpf) -> mp.mpf:
    return mp.erfc(z / mp.sqrt(2)) / 2


def normal(m: float, s: float) -> Hazard:
    return symmetric(m, s, _normal_tail)


def lognormal(m: float, s: float) -> Hazard:
    hazard = symmetric(m, s, _normal_tail)

    def of_log(x: mp.mpf) -> mp.mpf:
        with mp.workprec(BITS):
            return hazard(mp.log(x))

    return of_log


def student_t(df: float, m: float, s: float) -> Hazard:
    def tail(z: mp.mpf) -> mp.mpf:
        nu = mp.mpf(df)
        return mp.betainc(nu / 2, 0.5, 0, nu / (nu + z * z), regularized=True) / 2

    return symmetric(m, s, tail)


def cauchy(m: float, s: float) -> Hazard:
    return symmetric(m, s, lambda z: mp.atan2(1, z) / mp.pi)


def lower_gamma(k: mp.mpf, x: mp.mpf) -> mp.mpf:
    return mp.gammainc(k, 0, x, regularized=True)


def upper_gamma(k: mp.mpf, x: mp.mpf) -> mp.mpf:
    return mp.gammainc(k, x, mp.inf, regularized=True)


def gamma(k: float, s: float) -> Hazard:
    k, s = mp.mpf(k), mp.mpf(s)

    def hazard(x: mp.mpf) -> mp.mpf:
        with mp.workprec(BITS):
            y = x / s
            return (
                -mp.log1p(-lower_gamma(k, y)) if y < k else -mp.log(upper_gamma(k, y))
            )

    return hazard


def inverse_gamma(k: float, s: float, m: float = 0.0) -> Hazard:
    k, s, m = mp.mpf(k), mp.mpf(s), mp.mpf(m)

    def hazard(x: mp.mpf) -> mp.mpf:
        with mp.workprec(BITS):
            y = s / (x - m)
            return (
                -mp.log1p(-upper_gamma(k, y)) if y > k else -mp.log(lower_gamma(k, y))
            )

    return hazard


def generalized_normal(beta: float, m: float, s: float) -> Hazard:
    k = 1 / mp.mpf(beta)

    def tail(z: mp.mpf) -> mp.mpf:
        g = mp.power(z, mp.mpf(beta))
        return (upper_gamma(k, g) if g > k else 1 - lower_gamma(k, g)) / 2

    return symmetric(m, s, tail)
