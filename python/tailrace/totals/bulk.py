"""Inversion along one ray from 0: the bulk of the law of a sum.

With K(s) = y s + the logarithm of the transform of the sum, and a ray at the angle psi
beyond the imaginary axis,

    P(sum <= y) = psi / pi + (1 / pi) * integral of Im exp(K(s)) d log abs(s),

the formula of Gil-Pelaez [1]_, turned. The trapezoid rule in log abs(s) converges
exponentially, and one table of the transform serves every y and every number of terms. The
error is absolute, near 1e-14: for small probabilities there are `across` and `around`.

References
----------
.. [1] J. Gil-Pelaez, "Note on the inversion theorem", Biometrika 38 (1951), 481-482.
"""

from __future__ import annotations

import math

import numpy as np

from ..laws.base import Reals
from .complexes import Complex, dot, panels
from .sums import Sum

#: The rounding of exp(K), for every unit of the size of K.
ROUNDING = 4e-16

#: How many y are computed at once.
BLOCK = 64

# Im exp(K) counts from about e^_FIRST on, and no more once it is below e^_LAST.
_FIRST = -39.0
_LAST = -41.0

# The smallest s.
_SMALLEST = 1e-305


def of_step(rough: Reals, factor: float) -> Reals:
    """Return the error of a trapezoid sum, of its distance from that of twice the step.

    The error at twice the step is the root of it, up to a factor.
    """
    result: Reals = rough * np.minimum(1.0, factor * rough)
    return result


def bulk(total: Sum, y: Reals) -> tuple[Reals, Reals, Reals]:
    """Return P(sum <= y), the density, and estimates of the error of the former."""
    below, density, error = (np.empty(y.size) for _ in range(3))
    order = np.argsort(y)
    for first in range(0, y.size, BLOCK):
        block = order[first : first + BLOCK]
        below[block], density[block], error[block] = _along(total, y[block])
    return below, density, error


def _along(total: Sum, y: Reals) -> tuple[Reals, Reals, Reals]:
    s, logs, step = _nodes(total, float(y[0]), float(np.abs(y).max()))
    size = np.multiply.outer(y, s.real)
    size += logs.real
    turn = np.multiply.outer(y, s.imag)
    turn += logs.imag
    np.exp(size, out=size)
    wave = size * np.sin(turn)
    np.cos(turn, out=turn)
    turn *= size
    density = (dot(wave, s.real) + dot(turn, s.imag)) * (step / math.pi)
    whole, half = wave.sum(axis=1), 2.0 * wave[:, ::2].sum(axis=1)
    noise = dot(size, 1.0 + np.abs(logs)) + np.abs(y) * dot(size, np.abs(s))
    rounding = ROUNDING * noise
    rough = np.abs(whole - half) * (step / math.pi)
    below = 0.5 + total.past / math.pi + whole * (step / math.pi)
    if abs(s[0]) < 1e3 * _SMALLEST:
        below += _before(total, s[0]) / math.pi
    return below, density, rounding * (step / math.pi) + of_step(rough, 10.0)


def _nodes(total: Sum, least: float, far: float) -> tuple[Complex, Complex, float]:
    """Return s, the logarithms and the step where exp(K) counts, for y from `least` on."""
    slope = math.sin(total.past)
    low = math.exp(_FIRST) * min(total.scale, 1.0 / max(far, 1e-300))
    low, high = max(low, _SMALLEST), 1e3 * total.scale
    while True:
        s, logs, step = total.on_ray(low, high)
        start = np.abs(logs) + far * np.abs(s)
        fall = logs.real - least * slope * np.abs(s)
        if start[0] > math.exp(_FIRST) and low > 1e-300:
            low = max(low * 1e-8, _SMALLEST)
        elif fall[-1] > _LAST and high < 1e300:
            high *= 1e4
        else:
            break
    first = int(np.argmax((start > math.exp(_FIRST)) & (np.abs(s) >= _SMALLEST)))
    last = s.size - int(np.argmax(fall[::-1] > _LAST))
    first -= first % 2
    return s[first:last], logs[first:last], step


def _before(total: Sum, first: complex) -> float:
    """Return the integral over the ray before its first place, by an arc from there.

    There is something of it for laws with a tail of index near 0.
    """
    # The integral of exp(K) - 1 on the numbers is real, and the arc leads there.
    angles, weights = panels(0.0, math.atan2(first.imag, first.real))
    grown = np.exp(total.log(abs(first) * np.exp(1j * angles)))
    return float(weights @ (grown.real - 1.0))
