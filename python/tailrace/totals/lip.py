"""Transforms of heavy-tailed laws to the left of 0, on the upper lip of their cut.

There E exp(-s X) has no meaning as it stands, but goes on analytically around 0. What it
becomes on the numbers below 0 is complex: the imaginary part, which is tiny, carries the
far tail of sums.
"""

from __future__ import annotations

import math

import numpy as np

from ..laws.base import Reals
from .complexes import Complex, Places, dot, expm1, panels
from .continued import Leaf

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)

# Places in u at which the saddle may lie, and their distance.
_STEP = 0.25

# Leaves with wider angles can be followed down from their start.
_WIDE = 1.65

# How steeply contours bend to the left of the vertical.
_BEND = 0.7


# Along the curve, and down from the saddle to where nothing is left.
_ALONG = panels(0.0, 0.6, 1.2, 1.8, 2.5, 3.3, 4.2, 5.4, 7.0)
_CELL = 0.5 * _STEP * (1.0 + _NODES), 0.5 * _STEP * _WEIGHTS


class Lip:
    r"""The transform of a leaf in the upper left quadrant.

    The integral of s exp(-s z) G(z) runs up the numbers to a saddle, where
    exp(abs(s) z) G(z) is least, and from there down steeply, where that is largest. So the
    imaginary part is an integral of one sign, with all its digits.
    """

    def __init__(self, leaf: Leaf, unit: float, mean: float) -> None:
        self.leaf = leaf
        self.unit = unit
        self.centred = math.isfinite(mean)
        self.mean = mean
        first = math.floor((math.log(unit) - 40.0) / _STEP)
        u = np.arange(first, math.ceil(690.0 / _STEP)) * _STEP
        with np.errstate(all="ignore"):
            hazard = leaf.hazard(np.exp(u) + 0j).real
            rate = np.gradient(np.log(hazard), _STEP) * hazard / np.exp(u)
        # From where the hazard is no rounding error to where nothing is left.
        known = np.isfinite(rate) & (rate > 0.0) & (hazard > 1e-14) & (hazard < 1e5)
        start = int(np.argmax(known))
        stop = start + int(np.argmin(np.append(known[start:], False)))
        self.u = u[start:stop]
        # The largest rate from a place on: it falls, and the saddle is where it is |s|.
        self.rate = np.maximum.accumulate(rate[start:stop][::-1])[::-1]
        self.bend = np.maximum(-np.gradient(np.log(self.rate), _STEP), 0.05)

    def deficit(self, s: Complex) -> Complex:
        """Return E exp(-s X) - 1, plus s E X where centred; NaN where it is not known."""
        early = np.abs(s) > self.rate[0]
        if early.any():
            result: Complex = np.full(s.shape, np.nan, dtype=np.complex128)
            if self.leaf.angle > _WIDE:
                result[early] = self._from_start(s[early])
            if not early.all():
                result[~early] = self.deficit(s[~early])
            return result
        place = np.searchsorted(-self.rate, -np.abs(s), side="right") - 1
        place, which = np.unique(
            np.clip(place, 0, self.u.size - 1), return_inverse=True
        )
        z = np.exp(self.u[place])
        width = z / np.sqrt(np.maximum(z * self.rate[place] * self.bend[place], 1e-2))
        column = -s[:, None]

        tau, weight = _ALONG
        turn = -1j * np.sinh(tau) - _BEND * (np.cosh(tau) - 1.0)
        along = -1j * np.cosh(tau) - _BEND * np.sinh(tau)
        path = z[:, None] + width[:, None] * turn
        height = self.leaf.hazard(path)
        jacobian = width[:, None] * along * weight
        grown = np.exp(column * path[which] - height[which])
        curve: Complex = (grown * jacobian[which]).sum(axis=1)

        far = float(self.u[place.max()]) - math.log(self.unit)
        # Panels short enough for what the leaf does at its angle off the numbers.
        length = min(2.5, 3.0 * self.leaf.angle)
        edges = np.array([0.0, 0.08, 0.2, 0.4, 0.7])
        rest = 1.0 + np.arange(math.ceil((max(far, 0.0) + 38.0) / length))
        down, weight = panels(*(length * edges), *(length * rest))
        real = z[:, None] * np.exp(-down)
        hazard = self.leaf.hazard(real + 0j).real
        weight = real * weight
        wave = column * real[which]
        if self.centred:
            # Together, where the growth alone would be too large for a double.
            low = np.abs(wave) < 1.0
            near = expm1(np.where(low, wave, 0.0)) * np.exp(-hazard)[which]
            high = np.exp(wave - hazard[which]) - np.exp(-hazard)[which]
            grown = np.where(low, near, high)
            curve -= self._beyond(place)[which]
        else:
            grown = -np.exp(wave - hazard[which])
        segment: Complex = (grown * weight[which]).sum(axis=1)
        return -s * (segment + curve) if self.centred else s * (segment - curve)

    def _from_start(self, s: Complex) -> Complex:
        """Return the same where there is no saddle: by the curve alone, from 0 on."""
        tau, weight = _ALONG
        turn = -1j * np.sinh(tau) - _BEND * (np.cosh(tau) - 1.0)
        along = -1j * np.cosh(tau) - _BEND * np.sinh(tau)
        width = 1.0 / np.abs(s)[:, None]
        path = width * turn
        grown = np.exp(-s[:, None] * path - self.leaf.hazard(path))
        curve: Complex = (grown * (width * along * weight)).sum(axis=1)
        return s * (self.mean - curve) if self.centred else -s * curve

    def _beyond(self, place: Places) -> Reals:
        """Return the integrals of the survival function beyond places."""
        low, high = int(place.min()), int(place.max())
        tail = 40.0 / (self.leaf.tail_index - 1.0)
        end = min(high + math.ceil(max(tail, 2.0) / _STEP) + 1, self.u.size)
        offsets, weights = _CELL
        z = np.exp(self.u[low:end, None] + offsets)
        cells = dot(self.leaf.survival(z + 0j).real * z, weights)
        beyond: Reals = np.cumsum(cells[::-1])[::-1][place - low]
        return beyond
