"""The transform of a law that starts afresh at a cut-off, until it is done."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from ..variants import Restarted
from . import operations as ways
from .complexes import Complex, expm1, log1p, log1p_less
from .continued import continued
from .transform import Transform


class RestartedTransform(Transform):
    """The time of the last attempt, and a geometric number of cut-offs before it.

    With the cut-off c and the chance p that an attempt is given up, the cut-offs have the
    transform (1 - p) / (1 - p exp(-s c)).
    """

    expands = False

    def __init__(self, law: Restarted, unit: float) -> None:
        attempt = ways.truncated(continued(law.law), -math.inf, law.cutoff)
        self.last_one = Transform(attempt, unit)
        self.law = replace(attempt, end=math.inf)
        self.unit = unit
        self.terms = self.last_one.terms
        self.past = self.last_one.past
        self.tail = None
        self.centred = True
        self.cutoff = law.cutoff
        lost = float(law.law.hazard(law.cutoff))
        #: How many attempts are given up, on average.
        self.given_up = 1.0 / math.expm1(lost)
        self.mean = self.last_one.mean + law.cutoff * self.given_up
        self._most = lost / law.cutoff

    @property
    def light(self) -> bool:
        """Whether transforms exist to the left of 0 as well."""
        return True

    @property
    def heavy(self) -> bool:
        """Whether the far tail of sums can be computed around the cut."""
        return False

    @property
    def most(self) -> float:
        """How far below 0 transforms exist."""
        return self._most

    def psi(self, s: Complex, plain: bool = False) -> Complex:
        """Return the logarithm at points: see Transform."""
        w = -self.given_up * expm1(-s * self.cutoff)
        last = self.last_one.psi(s, plain)
        if plain:
            return last - log1p(w)
        near = np.abs(w) < 0.3
        small = np.where(near, w, 0.0)
        # log(1 + w) less its linear term in s.
        linear = self.given_up * self.cutoff
        rest = log1p_less(small) + self.given_up * _beyond_linear(s * self.cutoff)
        with np.errstate(divide="ignore", invalid="ignore"):
            result: Complex = last - np.where(near, rest, log1p(w) - s * linear)
        return result


def _beyond_linear(u: Complex) -> Complex:
    """Return 1 - exp(-u) - u."""
    near = np.abs(u) < 0.5
    small = np.where(near, u, 0.0)
    series = np.zeros_like(small)
    for k in range(16, 1, -1):
        series = (series + 1.0) * -small / k
    return np.where(near, series * small, -expm1(-u) - u)
