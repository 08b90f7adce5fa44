"""Survival functions continued without a formula: polynomials through their values."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..laws.base import Law, Reals
from ..outside import Tabulated
from .complexes import Complex
from .continued import Continued, Leaf

# log H is a polynomial in log(x - start) on each stretch, of this length at most. Off
# the numbers by this share of a stretch it keeps ten digits of the sixteen of H.
_LONGEST = 1.5
_SHORTEST = 0.1
_DEGREE = 20
_SHARE = 0.13

# Stands for the index of a tail that is lighter than a power, but not light.
_HEAVY = 1e3


class LogHazard:
    """log H as polynomials in u = log(x - start), through its values at a few places.

    Parameters
    ----------
    hazard : callable
        H of distances from the start.
    cuts : sequence of float
        The least distance and the largest one, and those between where H is not smooth.

    Attributes
    ----------
    length : float
        How long the shortest stretch with one polynomial is.
    error : float
        Size of the last coefficients that count.
    """

    def __init__(self, hazard: Callable[[Reals], Reals], cuts: Sequence[float]) -> None:
        parts = list(itertools.pairwise(np.log(cuts)))
        k = np.arange(_DEGREE + 1)
        angles = math.pi * (k + 0.5) / k.size
        basis = np.cos(angles[:, None] * k) * (2.0 / k.size)
        basis[:, 0] *= 0.5
        nodes = 0.5 * (1.0 + np.cos(angles))
        lows = np.concatenate(
            [
                np.linspace(low, high, math.ceil((high - low) / _LONGEST) + 1)[:-1]
                for low, high in parts
            ]
        )
        spans = np.diff(np.append(lows, parts[-1][1]))
        kept: list[tuple[Reals, Reals, Reals]] = []
        self.error = 0.0
        before = np.full(lows.size, math.inf)
        # Stretches are halved until the last coefficients no longer matter, or are no
        # less than before: then they are the noise of the values.
        while lows.size:
            with np.errstate(divide="ignore"):
                values = np.log(hazard(np.exp(lows[:, None] + spans[:, None] * nodes)))
            rows: Reals = values @ basis
            # Where H is small, so is what its digits matter.
            weight = np.exp(np.minimum(values.max(axis=1), 0.0))
            errors = np.abs(rows[:, -3:]).max(axis=1) * weight
            good = (errors < 1e-12) | (spans < _SHORTEST) | (errors > 0.1 * before)
            self.error = max(self.error, float(errors[good].max(initial=0.0)))
            kept.append((lows[good], spans[good], rows[good]))
            half = 0.5 * spans[~good]
            before = np.tile(errors[~good], 2)
            lows, spans = np.hstack([lows[~good], lows[~good] + half]), np.tile(half, 2)
        lows, self.lengths, rows = (
            np.concatenate(arrays) for arrays in zip(*kept, strict=True)
        )
        order = np.argsort(lows)
        self.lengths, rows = self.lengths[order], rows[order]
        self.edges = np.append(lows[order], parts[-1][1])
        self.length = float(self.lengths.min())
        self.rows = rows
        self._down = (
            float(rows[0] @ (k * k * (-1.0) ** (k + 1))) * 2.0 / self.lengths[0]
        )
        self._up = float(rows[-1] @ (k * k)) * 2.0 / self.lengths[-1]
        self._at_edges = self.at(self.edges)

    def at(self, u: NDArray[Any]) -> NDArray[Any]:
        """Return log H for real or complex u; beyond either end it goes on straight."""
        first, last = self.edges[0], self.edges[-1]
        real = np.clip(u.real, first, last)
        cell = np.searchsorted(self.edges[1:-1], real, side="right")
        slope = np.where(u.real < first, self._down, self._up)
        inside = real + 1j * u.imag if np.iscomplexobj(u) else real
        x = 2.0 * (inside - self.edges[cell]) / self.lengths[cell] - 1.0
        own = self.rows[cell]
        high = np.zeros_like(x)
        low = np.zeros_like(x)
        for k in range(_DEGREE, 0, -1):
            high, low = 2.0 * x * high - low + own[..., k], high
        result: NDArray[Any] = x * high - low + own[..., 0] + slope * (u.real - real)
        return result

    @property
    def grows(self) -> bool:
        """Whether H grows as fast as the value, far out."""
        return bool(self._up > 0.99)

    def inverse(self, log_hazards: Reals) -> Reals:
        """Return u, by secants inside the stretch."""
        last = self.lengths.size - 1
        cell = np.clip(np.searchsorted(self._at_edges, log_hazards) - 1, 0, last)
        a, b = self.edges[cell], self.edges[cell + 1]
        fa, fb = (
            self._at_edges[cell] - log_hazards,
            self._at_edges[cell + 1] - log_hazards,
        )
        u: Reals = a - fa * (b - a) / (fb - fa)
        before, f_before = a, fa
        for _ in range(8):
            f = self.at(u) - log_hazards
            with np.errstate(divide="ignore", invalid="ignore"):
                step = f * (u - before) / (f - f_before)
            before, f_before = u, f
            u = u - np.where(np.isfinite(step), step, 0.0)
        return u


def of_values(law: Law) -> Continued:
    """Return a law continued from its values; smooth, apart from its start."""
    start = law.support[0]
    if not math.isfinite(start):
        msg = f"law must be bounded below for its sums, got support from {start:g}"
        raise ValueError(msg)
    lowest, highest = (
        law._functions.ends if isinstance(law, Tabulated) else (700.0, 700.0)
    )
    highest = min(0.999 * highest, 600.0)
    clocks = np.array([max(1e-14, math.exp(-lowest)), math.log(2.0), highest])
    low, middle, high = (
        float(x) - start for x in np.asarray(law.inverse_hazard(clocks))
    )
    # Nearer to the start the differences x - start are rounding errors.
    least = max(low, 1e-9 * abs(start), 1e-14 * middle, 1e-290)
    through = LogHazard(
        lambda y: np.asarray(law.hazard(start + y)), (least, min(high, 1e290))
    )

    def hazard(y: Complex) -> Complex:
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            result: Complex = np.where(y == 0.0, 0.0, np.exp(through.at(np.log(y))))
        return result

    index = law.tail_index
    if not index > 0.0:
        # Unknown; heavy all the same where the hazard grows slower than the value.
        index = math.inf if through.grows else _HEAVY
    # Of what is beyond the last clock that is known the law says nothing.
    error = max(through.error, math.exp(-highest))
    leaf = Leaf(hazard, _SHARE * through.length, index, error=error)
    return Continued.of(start, leaf)
