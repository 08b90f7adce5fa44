"""Saddles: where on the numbers K(s) = y s + the logarithm of the transform is least."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..laws.base import Reals
from .sums import Sum

# The slope of K is the imaginary part this share of a size above the numbers.
_ASIDE = 1e-4


def saddles(
    total: Sum, y: Reals, sign: int, plain: bool, least: float = 1e-3
) -> tuple[Reals, Reals, NDArray[np.int64]]:
    """Return sizes of s, logarithms of the transform there, and where K is least.

    From `least` on, as a share of where the transform begins to differ from 1. Above 0
    where `sign` is 1, below 0 where it is -1; `plain` as in `Sum.log`.
    """
    low, high = least * total.scale, 1e3 * total.scale
    while True:
        sizes, logs = total.on_numbers(low, high, sign, plain)
        finite = np.isfinite(logs)
        end = sizes.size if finite.all() else int(np.argmin(finite))
        sizes, logs = sizes[:end], logs[:end]
        place = np.empty(y.size, dtype=np.int64)
        for first in range(0, y.size, 256):
            part = slice(first, first + 256)
            k = np.multiply.outer(sign * y[part], sizes) + logs
            place[part] = np.argmin(k, axis=1)
        # Below 0 places crowd where transforms cease to exist.
        last = 1e290 if sign > 0 else 1e9 * total.scale
        if not finite.all() or high > last or (place < end - 1).all():
            return sizes, logs, place
        high *= 1e6


def refined(
    total: Sum, y: float, low: float, high: float, sign: int, plain: bool
) -> tuple[float, float]:
    """Return the size of the saddle between two, and the width of the peak there."""

    def slopes(sizes: Reals) -> Reals:
        aside = _ASIDE * sizes
        logs = total.log(sign * sizes + 1j * aside, plain)
        slope: Reals = sign * (y + logs.imag / aside)
        return slope

    for _ in range(3):
        sizes = np.linspace(low, high, 33)
        # K is convex: its slope rises.
        rising = slopes(sizes) > 0.0
        last = max(int(np.argmax(rising)), 1) if rising.any() else sizes.size - 1
        low, high = float(sizes[last - 1]), float(sizes[last])
    first, second = slopes(np.array([low, high]))
    size = low
    if second > first:
        size = low + (high - low) * min(max(-first / (second - first), 0.0), 1.0)
    down, up = slopes(np.array([0.999 * size, 1.001 * size]))
    bend = max((up - down) / (0.002 * size), 1e-4 / size**2)
    return size, 1.0 / math.sqrt(bend)


def rate(total: Sum, y: float, x: float) -> float:
    """Return how fast P(sum <= y) falls: minus the least K above 0, at a saddle.

    Of y below the mean, which is x above the lower end.
    """
    plain = x < -0.5 * total.lowest
    distance = x if plain else y
    least, place = 1e-3, np.zeros(1, dtype=np.int64)
    while place[0] == 0 and least * total.scale > 1e-290:
        sizes, _, place = saddles(total, np.array([distance]), 1, plain, least)
        least *= 1e-6
    k = int(np.clip(place[0], 1, sizes.size - 2))
    ends = float(sizes[k - 1]), float(sizes[k + 1])
    size, _ = refined(total, distance, *ends, 1, plain)
    log = total.log(np.array([size + 0j]), plain)[0].real
    return -(distance * size + float(log))
