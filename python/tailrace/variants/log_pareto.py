"""Power laws with a logarithmic factor, down to those without any power."""

from __future__ import annotations

import math

import numpy as np

from .. import _check
from .._answer import Answer
from ..laws.base import Law, Reals
from ..outside import FARTHEST
from .hazards import Hazards, OfHazards

# The logarithm of the largest value of a table.
_LARGEST = math.log(1e305)

# The clock of the upper quartile, which a table has to know.
_LEAST = math.log(4.0)


class LogPareto(OfHazards):
    r"""Law with P(X > x) = x^-a (1 + log x)^-b from 1 on.

    Parameters
    ----------
    shape : float
        The tail index a, from 0 to 1e15: without any power at 0.
    log_shape : float
        The index b of the logarithmic factor, from 1e-3 to 1e15.

    Raises
    ------
    ValueError
        If a parameter is out of range, or a quarter of the values above 1e305.

    Attributes
    ----------
    table_error : float
        Largest error found in the table that draws come from, relative to
        max(abs(x), scale).
    table_hash : str
        Of the table; equal tables give equal draws.

    Notes
    -----
    The fastest of q has the shapes qa and qb. With a = 0 no number of attempts leaves a
    mean, nor any power of the logarithm a tail that doubles can hold: draws beyond 1e305
    are inf. With a > 0 the threshold is at 1 / a attempts, and at the threshold itself
    the factor decides: there is a mean there if b > a.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.LogPareto(1.0, 2.0)
    >>> law.sf(np.e), law.mean(), tr.LogPareto(1.0, 1.0).mean()
    (0.0919698602928..., 2.0, inf)
    >>> tr.IndependentSteps(tr.LogPareto(0.0, 1.0)).critical_attempts
    inf
    """

    __slots__ = ("log_shape", "shape")
    _fields = ("shape", "log_shape")

    shape: float
    log_shape: float

    def __init__(self, shape: float, log_shape: float) -> None:
        a = _check.at_least("shape", shape, 0.0, 1e15)
        b = _check.at_least("log_shape", log_shape, 1e-3, 1e15)
        if a * _LARGEST + b * math.log1p(_LARGEST) < _LEAST:
            msg = (
                "log_shape must be so large that 3 values of 4 are below 1e305, got "
                f"{b!r} with shape {a!r}"
            )
            raise ValueError(msg)
        self._made_of(shape=a, log_shape=b)

    def _hazards(self) -> Hazards:
        return _LogPower(self.shape, self.log_shape)

    def __repr__(self) -> str:
        """Return the call that makes this law."""
        return f"LogPareto(shape={self.shape!r}, log_shape={self.log_shape!r})"

    @property
    def tail_index(self) -> float:
        """The shape."""
        return self.shape

    @property
    def _lower_tail_index(self) -> float:
        return math.inf

    def _min_of(self, q: float) -> Law:
        if q * max(self.shape, self.log_shape) > 1e15 or q * self.log_shape < 1e-3:
            return super()._min_of(q)
        return LogPareto(q * self.shape, q * self.log_shape)

    def mean(self) -> Answer:
        """Mean; infinite, with a `.reason`, without the power or the factor for it."""
        if self.shape == 1.0:
            if self.log_shape > 1.0:
                return Answer(1.0 + 1.0 / (self.log_shape - 1.0))
            why = "the tail index is 1 and that of the logarithm not above 1"
            return Answer(math.inf, why)
        return super().mean()

    def var(self) -> Answer:
        """Variance; infinite, with a `.reason`, likewise."""
        if self.shape == 2.0 and self.log_shape > 1.0:
            return Answer(self._raw(2) - self._raw(1) ** 2)
        return super().var()

    def _mean(self) -> float:
        return self._raw(1)

    def _var(self) -> float:
        return self._raw(2) - self._raw(1) ** 2

    def _raw(self, k: int) -> float:
        """Return E[X^k]: an integral over log(1 + log X)."""
        from scipy.integrate import tanhsinh

        fall, rest = self.shape - k, self.log_shape - 1.0
        if fall == 0.0:
            return 1.0 + k / rest

        def part(v: Reals) -> Reals:
            result: Reals = k * np.exp(-fall * np.expm1(v) - rest * v)
            return result

        return 1.0 + float(tanhsinh(part, 0.0, math.log1p(745.0 / fall)).integral)


class _LogPower:
    """a log x + b log(1 + log x): see hazards.Hazards."""

    ends = FARTHEST, FARTHEST

    support = (1.0, math.inf)

    def __init__(self, a: float, b: float) -> None:
        self.a = a
        self.b = b

    def _of_log(self, u: Reals) -> Reals:
        result: Reals = self.a * u + self.b * np.log1p(u)
        return result

    def hazard(self, x: Reals) -> Reals:
        """Return the hazard."""
        return self._of_log(np.log(x))

    def log_rate(self, x: Reals) -> Reals:
        """Return the logarithm of its rate."""
        u = np.log(x)
        result: Reals = np.log(self.a + self.b / (1.0 + u)) - u
        return result

    def inverse(self, clocks: Reals) -> Reals:
        """Return values: their logarithms by Lambert's function, as Wright has it."""
        from scipy.special import wrightomega

        a, b = self.a, self.b
        if a == 0.0:
            u = np.expm1(clocks / b)
        else:
            u = b / a * wrightomega(math.log(a / b) + (clocks + a) / b) - 1.0
            # Near 0 it has lost its digits, which Newton's iteration gives back.
            u = np.where(u < 0.5, np.minimum(clocks / (a + b), u + 1.0), u)
            for _ in range(6):
                slope = a + b / (1.0 + u)
                u = np.maximum(u + (clocks - self._of_log(u)) / slope, 0.0)
        x: Reals = np.exp(u)
        return x

    def kinks(self) -> list[float]:
        """Return nothing: it is smooth."""
        return []
