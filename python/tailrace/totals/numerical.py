"""Survival functions continued without a formula: polynomials through their values."""

from __future__ import annotations

import math

import numpy as np

from ..laws.base import Law, Reals
from .complexes import Complex
from .continued import Continued, Leaf

# log H is a polynomial in log(x - start) on each stretch, of this length at most. Off
# the numbers by this share of a stretch it keeps ten digits of the sixteen of H.
_LONGEST = 1.5
_DEGREE = 20
_SHARE = 0.13


def of_values(law: Law) -> Continued:
    """Return a law continued from its values; smooth, apart from its start."""
    start = law.support[0]
    if not math.isfinite(start):
        msg = f"law must be bounded below for its sums, got support from {start:g}"
        raise ValueError(msg)
    length, first, rows = _stretches(law, start)
    count = rows.shape[0]
    up, down = _slopes(rows, length)

    def hazard(y: Complex) -> Complex:
        with np.errstate(divide="ignore"):
            u = np.log(y)
        real = np.clip(u.real, first, first + count * length)
        cell = np.minimum(((real - first) / length).astype(int), count - 1)
        # Beyond the last values on either side log H goes on straight.
        slope = np.where(u.real < first, down, up)
        x = 2.0 * ((real + 1j * u.imag - first) / length - cell) - 1.0
        own = rows[cell]
        high = np.zeros_like(x)
        low = np.zeros_like(x)
        for k in range(_DEGREE, 0, -1):
            high, low = 2.0 * x * high - low + own[..., k], high
        log_h = x * high - low + own[..., 0] + slope * (u.real - real)
        with np.errstate(over="ignore", invalid="ignore"):
            result: Complex = np.where(y == 0.0, 0.0, np.exp(log_h))
        return result

    index = law.tail_index
    leaf = Leaf(hazard, _SHARE * length, index if index > 0.0 else math.inf)
    return Continued.of(start, leaf)


def _slopes(rows: Reals, length: float) -> tuple[float, float]:
    """Return d log H / du at the upper and at the lower end."""
    k = np.arange(_DEGREE + 1)
    up = float(rows[-1] @ (k * k))
    down = float(rows[0] @ (k * k * (-1.0) ** (k + 1)))
    return 2.0 * up / length, 2.0 * down / length


def _stretches(law: Law, start: float) -> tuple[float, float, Reals]:
    """Return the length of a stretch, where the first begins, and their coefficients.

    Stretches are halved until the last coefficients no longer matter.
    """
    clocks = np.array([1e-14, math.log(2.0), 600.0])
    low, middle, high = (
        float(x) - start for x in np.asarray(law.inverse_hazard(clocks))
    )
    # Nearer to the start the differences x - start are rounding errors.
    least = max(low, 1e-9 * abs(start), 1e-14 * middle, 1e-290)
    first, last = math.log(least), math.log(min(high, 1e290))
    k = np.arange(_DEGREE + 1)
    angles = math.pi * (k + 0.5) / k.size
    basis = np.cos(angles[:, None] * k) * (2.0 / k.size)
    basis[:, 0] *= 0.5
    count = max(math.ceil((last - first) / _LONGEST), 1)
    while True:
        length = (last - first) / count
        edges = first + length * np.arange(count)[:, None]
        nodes = edges + length * 0.5 * (1.0 + np.cos(angles))
        with np.errstate(divide="ignore"):
            values = np.log(np.asarray(law.hazard(start + np.exp(nodes))))
        rows = values @ basis
        # Where H is small, so is what its digits matter.
        weight = np.exp(np.minimum(values.max(axis=1), 0.0))
        rest = float((np.abs(rows[:, -3:]).max(axis=1) * weight).max())
        if rest < 1e-12 or length < 0.05:
            return length, first, rows
        count *= 2
