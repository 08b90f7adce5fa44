"""The proxy of data and data: a finite number of values, each with its worth."""

from __future__ import annotations

import math

import numpy as np

from ..laws.base import Reals
from . import levels
from .independent import Independent


class DiscreteProxy:
    """All values of V + X for two laws of data, ascending.

    Attributes
    ----------
    values, masses : ndarray of shape (count,)
        The values, and their probabilities.
    truth, error : ndarray of shape (count,)
        E[V | U = u] and E[X | U = u].
    beyond, after : ndarray of shape (count,)
        P(U >= u) and P(U > u).
    """

    def __init__(self, known: Independent) -> None:
        self._means = known.mean_truth, known.mean_error
        self.values, self.masses, (self.truth, self.error) = known.atoms
        sums_from = np.cumsum(self.masses[::-1])[::-1]
        self.beyond = np.minimum(sums_from, 1.0)
        self.after = np.append(self.beyond[1:], 0.0)
        self.beyond[0] = 1.0

    def selected(self, k: float, n: float) -> Reals:
        """Return the chance of every value to be that of one of the k best of n."""
        if k == n:
            return self.masses
        chances = levels.mass_above(np.append(self.beyond, 0.0), k, n)
        return np.maximum(-np.diff(chances), 0.0)

    def average(self, k: float, n: float) -> tuple[Reals, Reals]:
        """Return the mean gains of V and X among the k best of n, and their errors.

        Ties are broken at random.
        """
        chances = self.selected(k, n)
        gains, bounds = np.empty((2, 2))
        for i, (each, mean) in enumerate(
            zip((self.truth, self.error), self._means, strict=True)
        ):
            gains[i] = math.fsum(chances * each) - mean
            bounds[i] = 1e-14 * float(np.abs(each).max())
        return gains, bounds

    def divergence(self, k: float, n: float) -> float:
        """Return KL(one of the k best of n || any)."""
        chances = self.selected(k, n)
        some = chances > 0.0
        return max(divergence_of(chances[some], self.masses[some]), 0.0)

    def quantile(self, p: float) -> float:
        """Return the largest value that U reaches with at least this probability."""
        place = int(np.searchsorted(-self.beyond, -p * (1.0 - 1e-15), side="right")) - 1
        return float(self.values[max(place, 0)])


def divergence_of(chances: Reals, masses: Reals) -> float:
    """Return the sum of p log(p / q)."""
    return math.fsum(chances * np.log(chances / masses))
