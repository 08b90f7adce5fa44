"""Levels of a proxy that single values fill: where both terms have atoms."""

from __future__ import annotations

import numpy as np

from ..laws.base import Reals
from . import levels
from .curves import nodes_between
from .discrete import divergence_of
from .known import Known
from .quadrature import WEIGHTS
from .sides import LAST


class Jumps:
    """The levels of a proxy that single values have, where others have none.

    A value with the probability p - q has the levels from P(U > u) = q to P(U >= u) =
    p, all of them of the same worth; ties are broken at random.

    Attributes
    ----------
    low, high : ndarray of shape (values,)
        Log-odds of its lowest and highest level, for each.
    """

    def __init__(self, known: Known) -> None:
        values, self._masses, worth = known.atoms
        found = known.given_beyond(values)
        self._beyond = np.exp(found.log_p)
        self._after = np.maximum(self._beyond - self._masses, 0.0)
        with np.errstate(divide="ignore"):
            self.low = found.log_q - found.log_p
            self.high = np.log1p(-self._after) - np.log(self._after)
        self.high = np.minimum(self.high, LAST[0])
        # E[V - E V; level beyond] is linear in what lies beyond.
        self._gain = worth - np.array([[known.mean_truth], [known.mean_error]])
        gains = np.array([found.truth_gain, found.error_gain])
        self._rest = self._beyond * (gains - self._gain)

    def average(self, k: float, n: float) -> Reals:
        """Return what these levels add to the mean gains of V and X."""
        total = np.zeros(2)
        if not self._masses.size:
            return total
        cuts = levels.edges(k, n)
        for i in range(self._masses.size):
            inside = np.unique(np.clip(cuts, self.low[i], self.high[i]))
            odds = nodes_between(inside)
            weight = 0.5 * np.diff(inside)[:, None] * WEIGHTS
            weight = weight * np.exp(levels.log_density(odds, k, n))
            over = (weight * (1.0 + np.exp(odds))).sum()
            total += self._rest[:, i] * over + self._gain[:, i] * weight.sum()
        return total

    def divergence(self, k: float, n: float) -> float:
        """Return what these levels add to the divergence of a proxy without them."""
        if not self._masses.size:
            return 0.0
        chances = levels.mass_above(self._beyond, k, n)
        chances = chances - levels.mass_above(self._after, k, n)
        some = chances > 0.0
        told = divergence_of(chances[some], self._masses[some])
        ends = zip(self.low, self.high, strict=True)
        return told - sum(levels.divergence_between(a, b, k, n) for a, b in ends)
