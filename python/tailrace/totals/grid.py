"""Sums of data on a fine lattice, by the fast Fourier transform.

Few values of data leave steps in the law of their sum, which integrals over waves of
bounded frequency do not see. Masses are split between the two nearest places of the
lattice, so that means stay as they are; what is left of the error is of the order of the
square of the step, and is estimated from a lattice twice as coarse. Waves are damped, so
that sums beyond the lattice do not come back at its beginning.
"""

from __future__ import annotations

import math

import numpy as np

from ..laws.base import Law, Reals
from .datalaws import Data, added, lattice

# Places of the lattice up to its end, and how often the transform is as long.
_PLACES = 2**19
_ROOM = 4

# At the end of the lattice waves are damped by e^-_DAMPED.
_DAMPED = 9.0

#: More values than this leave no steps to be seen.
MOST = 4096


class Grid:
    """The law of the sum of `n` values of data, up to a distance from its lower end."""

    def __init__(self, data: Data, n: int, length: float) -> None:
        self.length = length
        exact = lattice(data.values) if data.beyond is None else None
        step = length / _PLACES
        self.exact = False
        if exact is not None and exact[0] >= step:
            # The places of the data are among those of the lattice.
            self.exact = True
            step = exact[0]
        self.step = step
        self.below = _below(data, n, step, length)
        coarse = _below(data, n, 2.0 * step, length)
        self.coarse = self.below[::2][: coarse.size] if self.exact else coarse

    def at(self, x: Reals) -> tuple[Reals, Reals, Reals]:
        """Return P(T <= x), a rough density and the error, at distances from the end."""
        if self.exact:
            place = np.floor(x / self.step * (1.0 + 1e-14) + 1e-9).astype(int)
            place = np.clip(place, 0, self.below.size - 1)
            below = self.below[place]
            error = np.full(x.shape, 1e-12)
        else:
            below = _between(self.below, x / self.step)
            other = _between(self.coarse, x / (2.0 * self.step))
            error = np.abs(below - other) + 1e-12
        wide = 64.0
        ahead = _between(self.below, x / self.step + wide)
        behind = _between(self.below, x / self.step - wide)
        return below, (ahead - behind) / (2.0 * wide * self.step), error


class Halves:
    """The law of the sum of two to four values of data, step by step.

    P(T <= t) is the sum, over the atoms of one half of the values, of what the other half
    leaves. Where there is a tail, over the number of values from it as well.
    """

    length = math.inf

    def __init__(self, data: Data, n: int) -> None:
        whole = data.values, data.masses
        self.start = n * float(data.values[0])
        self.width = 0.01 * float(data.values[-1] - data.values[0])
        powers = [(np.zeros(1), np.ones(1)), whole]
        powers.append(added(whole, whole))
        self.first = powers[1 if n < 4 else 2]
        values, masses = powers[1 if n == 2 else 2]
        self.values = values
        self.below = np.concatenate([[0.0], np.cumsum(masses)])
        # Atoms of what is not from the tail, and the law of what is.
        self.mixed = [
            (math.comb(n, j) * data.share**j, powers[n - j], data.beyond.sum_of(j))
            for j in range(1, n + 1)
            if data.beyond is not None
        ]

    @staticmethod
    def fits(data: Data, n: int) -> bool:
        """Return whether there are few enough atoms."""
        most = 4 if data.beyond is None else 3
        return n <= most and data.values.size ** ((n + 1) // 2) <= 2**21

    def at(self, x: Reals) -> tuple[Reals, Reals, Reals]:
        """Return P(T <= x), a rough density and the error: see `Grid`."""
        wide = self.width
        below = self._below(x)
        density = (self._below(x + wide) - self._below(x - wide)) / (2.0 * wide)
        return below, density, np.full(x.shape, 1e-13)

    def _below(self, x: Reals) -> Reals:
        values, masses = self.first
        result = np.empty(x.size)
        for i, own in enumerate(x + self.start):
            # Sums that are equal but for their rounding count as equal.
            left = own - values + 1e-14 * abs(own)
            result[i] = masses @ self.below[np.searchsorted(self.values, left, "right")]
            for weight, (atoms, shares), law in self.mixed:
                # In order, so that neighbours are computed together.
                result[i] += weight * (shares @ np.asarray(law.cdf(own - atoms)))
        return result


def _between(below: Reals, place: Reals) -> Reals:
    """Return a distribution function whose steps are half-way between places."""
    k = np.arange(below.size) + 0.5
    result: Reals = np.interp(place, k, below, left=0.0)
    return result


def _below(data: Data, n: int, step: float, length: float) -> Reals:
    """Return P(T <= place) for the places of a lattice."""
    count = math.ceil(length / step) + 1
    masses = np.zeros(count + 1)
    y = (data.values - data.values[0]) / step
    _split(masses, y, data.masses)
    if data.beyond is not None:
        start = (data.cut - float(data.values[0])) / step
        _spread(masses, data.beyond, data.cut, data.share, start, step)
    masses = masses[:count]
    size = 1 << math.ceil(math.log2(_ROOM * count))
    damp = np.exp(-_DAMPED / count * np.arange(count))
    waves = np.fft.rfft(masses * damp, size)
    with np.errstate(divide="ignore"):
        power = np.exp(n * np.log(waves))
    sums = np.fft.irfft(power, size)[:count]
    result: Reals = np.clip(np.cumsum(np.maximum(sums / damp, 0.0)), 0.0, 1.0)
    return result


def _split(to: Reals, places: Reals, masses: Reals) -> None:
    """Add masses at places between those of a lattice to the two next to each."""
    inside = places < to.size - 1
    low = np.floor(places[inside]).astype(int)
    share = places[inside] - low
    near = share < 1e-9
    share[near] = 0.0
    np.add.at(to, low, masses[inside] * (1.0 - share))
    np.add.at(to, np.minimum(low + 1, to.size - 1), masses[inside] * share)


def _spread(
    to: Reals, law: Law, cut: float, share: float, start: float, step: float
) -> None:
    """Add the masses of a law beyond a cut likewise: differences of its mean survival."""
    nodes, weights = np.polynomial.legendre.leggauss(4)
    first = math.floor(start)
    edges = first + np.arange(to.size - first + 1.0)
    edges[0] = start
    half = 0.5 * np.diff(edges)
    middle = 0.5 * (edges[1:] + edges[:-1])
    t = cut + step * (middle[:, None] + half[:, None] * nodes - start)
    survival = np.asarray(law.sf(t))
    means = (survival * weights).sum(axis=1) * half
    # Before the cut the survival function is 1.
    means[0] += start - first
    before = np.concatenate([[1.0], means[:-1]])
    to[first : first + means.size] += share * (before - means)
