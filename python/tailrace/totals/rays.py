"""Transforms along rays from 0, at many places at once, by correlations."""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..laws.base import Reals
from .complexes import Complex, dot, expm1
from .leaf import LeafTransform, grid_step
from .tables import Table
from .transform import Transform

# Trapezoid sums over a ray err by about e^-_NATS, and those that make its table by less.
_NATS = 32.0
_FINE = 36.0

_ROWS = 256


def _turn(reach: float, angle: float) -> tuple[float, float]:
    """Return the best direction of z for s at an angle, and the width of the strip.

    In the middle of where exp(-s z) fades and the leaf is analytic.
    """
    turn = 0.5 * (reach + angle - 0.5 * math.pi)
    return turn, min(reach - turn, 0.5 * math.pi - abs(angle - turn))


class LeafRay:
    """The transform of one leaf at s = exp(place + i angle), on a grid of places.

    As a function of log s it is a correlation of a kernel with the survival function on
    a logarithmic grid, so that one kernel serves all places.
    """

    def __init__(self, of: LeafTransform, angle: float, step: float) -> None:
        self.of = of
        self.angle = angle
        self.step = step
        self.turn, width = _turn(of.leaf.angle, angle)
        self.stride = max(round(min(grid_step(width, _FINE), 0.25) / step), 1)

    def phi(self, places: Reals) -> Complex:
        """Return E exp(-s X), to an error of 1e-16."""
        return self._sums(places, incidence=True, centred=False)

    def deficit(self, places: Reals) -> Complex:
        """Return E exp(-s X) - 1, plus s E X where centred, to its relative digits."""
        sums = self._sums(places, incidence=False, centred=self.of.centred)
        return sums if self.of.centred else -sums

    def _sums(self, places: Reals, incidence: bool, centred: bool) -> Complex:
        h, m = self.step, self.stride
        k = np.round(places / h).astype(int)
        log_unit = math.log(self.of.unit)
        low = min(-places[-1], -places[-1] if incidence else log_unit) - 40.0
        high = -places[0] + math.log(60.0 / math.cos(self.angle - self.turn))
        if centred:
            high = self.of.end(self.turn, -places[0])
        first, last = math.floor(low / h / m) * m, math.ceil(high / h / m) * m
        j = np.arange(first, last + 1, m)
        z = np.exp(j * h - 1j * self.turn)
        leaf = self.of.leaf
        values = leaf.incidence(z) if incidence else leaf.survival(z)
        kept = np.flatnonzero(np.abs(values) > 1e-300)
        if kept.size == 0:
            return np.zeros(k.size, dtype=np.complex128)
        j, values = j[kept[0] : kept[-1] + 1], values[kept[0] : kept[-1] + 1]
        at = np.arange(k[0] + j[0], k[-1] + j[-1] + 1) * h
        w = np.exp(np.minimum(at, 600.0) + 1j * (self.angle - self.turn))
        fading = np.where(w.real > 60.0, 60.0 + 0j, w)
        if centred:
            kernel = w * -expm1(-fading)
        else:
            kernel = np.where(w.real > 60.0, 0.0, w * np.exp(-fading))
        windows = sliding_window_view(kernel, int(j[-1] - j[0]) + 1)[:, ::m]
        result: Complex = dot(windows, values) * (h * m)
        return result


class Ray:
    """log E exp(-s X) on a ray `past` the imaginary axis, at places of a grid.

    Attributes
    ----------
    table : Table
        The logarithms, by the size of s.
    """

    def __init__(self, of: Transform, past: float, step: float) -> None:
        self.of = of
        self.angle = 0.5 * math.pi + past
        self.leaves = [LeafRay(of.terms[0], self.angle, step)]
        if of.two_sided:
            self.leaves.append(LeafRay(of.terms[1], 0.5 * math.pi - past, step))
        self.table = Table(self._made, step, _ROWS)

    @staticmethod
    def finest(of: Transform, past: float) -> float:
        """Return the step that a law needs on a ray `past` the imaginary axis."""
        widths = [_turn(t.leaf.angle, 0.5 * math.pi + past)[1] for t in of.terms]
        along = grid_step(min(past, 0.25 * math.pi - past), _NATS)
        return min(along, 0.25, *(grid_step(width, _FINE) for width in widths))

    def _made(self, places: Reals) -> Complex:
        s = np.exp(places + 1j * self.angle)
        result = np.empty(s.shape, dtype=np.complex128)
        big = np.abs(s) * self.of.unit > 2.0
        if big.any():
            parts = [leaf.phi(places[big]) for leaf in self.leaves]
            result[big] = self.of.log_of_phi(self.of.joined(parts), s[big])
        if not big.all():
            parts = [leaf.deficit(places[~big]) for leaf in self.leaves]
            e = self.of.joined_deficit(parts, s[~big])
            result[~big] = self.of.log_of_deficit(e, s[~big])
        return result
