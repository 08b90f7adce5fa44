"""Attempts that share a factor: a hard step is hard for all of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property

import numpy as np

from .. import _check
from ..laws.base import Law, Reals
from ..laws.formulas import LOG_2, flip
from ..outside import FARTHEST
from ..totals.complexes import panels
from ..totals.numerical import LogHazard
from .hazards import LARGEST, Hazards, OfHazards, attempt

# Integrals run over s with the clock log(1 + e^(s/2))^2 of the factor: like e^s far down,
# like s^2 far up. First where the integrand counts is looked for in steps of 1.
_FIRST, _LAST = -150.0, 54.0
_NATS = 45.0
_SEARCH = np.linspace(0.0, 1.0, 25)

# Then it is added up, in this many panels of 16 nodes.
_PANELS = 12


class SharedFactor(OfHazards):
    r"""Law of the fastest of some attempts whose times share a random factor.

    Parameters
    ----------
    law : Law
        Time of one attempt, but for the factor; >= 0, without atoms.
    factor : Law
        The factor that all attempts at a step have in common; likewise.
    attempts : float, default 1.0
        How many attempts run at once: any real number above 0.

    Raises
    ------
    ValueError
        If a law can be negative or has atoms, both are bounded, `attempts` is not
        between 1e-300 and 1e300, or they are so few that doubles cannot hold the times.
    TypeError
        If `law` or `factor` is no law.

    Attributes
    ----------
    table_error : float
        Largest error found in the table that draws come from, relative to
        max(abs(x), scale).
    table_hash : str
        Of the table; equal tables give equal draws.

    Notes
    -----
    The time of a step is Z min(X_1, .., X_q). More attempts thin the tail of the minimum,
    not that of Z: the tail index is the smaller of both, and no number of attempts brings
    back a mean that the factor does not have. Probabilities are integrals over the
    factor, to about 1e-12.

    Attempts that share a factor are counted here: `min_of`, and the attempts of
    `IndependentSteps`, take the fastest of several independent values, each with a factor
    of its own.

    Examples
    --------
    >>> import tailrace as tr
    >>> hard = tr.LogNormal(0.0, 1.0)  # how hard the step is
    >>> step = tr.SharedFactor(tr.Pareto(0.8), hard, attempts=2)
    >>> step.tail_index, round(step.mean() / hard.mean(), 9), round(step.median(), 4)
    (1.6, 2.666666667, 1.7847)
    >>> tr.SharedFactor(tr.Pareto(0.8), tr.Pareto(0.9), attempts=100).tail_index
    0.9
    """

    __slots__ = ("attempts", "factor", "law")
    _fields = ("law", "factor", "attempts")

    law: Law
    factor: Law
    attempts: float

    def __init__(self, law: Law, factor: Law, attempts: float = 1.0) -> None:
        first, second = attempt("law", law), attempt("factor", factor)
        if max(first.support[1], second.support[1]) < math.inf:
            msg = f"factor must be unbounded where law is bounded, got {factor!r}"
            raise ValueError(msg)
        q = _check.at_least("attempts", attempts, 1e-300, 1e300)
        # A table needs quartiles.
        product = _Product(first if q == 1.0 else first.min_of(q), second)
        if not product.hazard(np.array([LARGEST]))[0] > 2.0 * LOG_2:
            msg = f"attempts must leave 3 values of 4 below {LARGEST:g}, got {q!r}"
            raise ValueError(msg)
        self._made_of(law=first, factor=second, attempts=q)

    def _hazards(self) -> Hazards:
        return _Product(self._fastest(), self.factor)

    def __repr__(self) -> str:
        """Return the call that makes this law."""
        return f"SharedFactor({self.law!r}, {self.factor!r}, {self.attempts!r})"

    @property
    def tail_index(self) -> float:
        """The smaller one of the fastest attempt and the factor."""
        return min(self.attempts * self.law.tail_index, self.factor.tail_index)

    @property
    def _lower_tail_index(self) -> float:
        return min(self.law._lower_tail_index, self.factor._lower_tail_index)

    def _fastest(self) -> Law:
        return self.law if self.attempts == 1.0 else self.law.min_of(self.attempts)

    def _mean(self) -> float:
        return float(self._fastest().mean()) * float(self.factor.mean())

    def _var(self) -> float:
        first, second = self._fastest(), self.factor
        means = float(first.mean()), float(second.mean())
        squares = [
            float(law.var()) + mean**2
            for law, mean in zip((first, second), means, strict=True)
        ]
        return squares[0] * squares[1] - (means[0] * means[1]) ** 2


class _Product:
    """The product of two independent values: see hazards.Hazards.

    P(Z W > x) is the integral of P(W > x / z) over the law of Z, up to z = x / w with the
    start w of W, and what Z has beyond.
    """

    ends = 60.0, FARTHEST

    def __init__(self, law: Law, factor: Law) -> None:
        self.law = law
        self.factor = factor
        (low, high), (least, most) = law.support, factor.support
        self.support = low * least, high * most

    def _values(self, s: Reals) -> tuple[Reals, Reals]:
        """Return values of the factor, and the logarithm of their mass, per s."""
        root = np.logaddexp(0.0, 0.5 * s)
        clocks = root * root
        slope = np.log(root) - np.logaddexp(0.0, -0.5 * s)
        return np.asarray(self.factor.inverse_hazard(clocks)), slope - clocks

    def _place(self, x: Reals, end: float, otherwise: float) -> Reals:
        """Return the s at which the other value is at an end of its support."""
        if end in (0.0, math.inf):
            return np.full(x.shape, otherwise)
        clock = np.asarray(self.factor.hazard(x / end))
        with np.errstate(divide="ignore"):
            s: Reals = 2.0 * np.log(np.expm1(np.sqrt(clock)))
        return np.clip(s, _FIRST, _LAST)

    def _log_integral(self, log_g: Callable[[Reals, Reals], Reals], x: Reals) -> Reals:
        """Return the logarithm of the integral of g(x / z, z) over the law of Z."""
        low, high = self.law.support
        first, last = self._place(x, high, _FIRST), self._place(x, low, _LAST)
        result = np.full(x.shape, -math.inf)
        open_ = np.flatnonzero(last > first)
        for k in range(0, open_.size, 512):
            mine = open_[k : k + 512]
            result[mine] = self._log_sum(log_g, x[mine], first[mine], last[mine])
        return result

    def _log_sum(
        self,
        log_g: Callable[[Reals, Reals], Reals],
        x: Reals,
        first: Reals,
        last: Reals,
    ) -> Reals:
        def log_f(s: Reals) -> Reals:
            z, log_mass = self._values(s)
            with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
                log = log_g(x[:, None] / z, z) + log_mass
            return np.where(np.isnan(log), -math.inf, log)

        steps = np.arange(_FIRST, _LAST + 1.0)
        low, high = first, last
        rows = np.arange(x.size)
        for grid in (np.clip(steps, first[:, None], last[:, None]), None, None):
            if grid is None:
                grid = low[:, None] + (high - low)[:, None] * _SEARCH
            level = log_f(grid)
            there = level > level.max(axis=1, keepdims=True) - _NATS
            end = grid.shape[1] - 1
            left = np.maximum(np.argmax(there, axis=1) - 1, 0)
            right = np.minimum(end - np.argmax(there[:, ::-1], axis=1) + 1, end)
            low, high = grid[rows, left], grid[rows, right]
        share, weight = panels(*np.linspace(0.0, 1.0, _PANELS + 1))
        span = (high - low)[:, None]
        level = log_f(low[:, None] + span * share)
        top = level.max(axis=1)
        safe = np.where(np.isfinite(top), top, 0.0)[:, None]
        with np.errstate(divide="ignore"):
            result: Reals = top + np.log((np.exp(level - safe) * span) @ weight)
        return result

    def hazard(self, x: Reals) -> Reals:
        """Return the hazard."""
        upper = self._log_integral(lambda w, z: self.law.logsf(w), x)
        low, high = self.law.support
        if low > 0.0:
            upper = np.logaddexp(upper, np.asarray(self.factor.logsf(x / low)))
        near = upper > -1e-3
        lower = self._log_integral(lambda w, z: self.law.logcdf(w), x[near])
        if high < math.inf:
            lower = np.logaddexp(lower, np.asarray(self.factor.logcdf(x[near] / high)))
        result: Reals = -upper
        result[near] = flip(-lower)
        return result

    def log_rate(self, x: Reals) -> Reals:
        """Return the logarithm of its rate."""
        density = self._log_integral(lambda w, z: self.law.logpdf(w) - np.log(z), x)
        return density + self.hazard(x)

    @cached_property
    def _through(self) -> LogHazard:
        """The hazard beyond the start by polynomials, whose inverse is at hand."""
        start = self.support[0]
        law, factor = self.law, self.factor
        # P(Z W > z w) is at least P(Z > z) P(W > w), and at most their sum.
        ends = [0.5 * math.exp(-self.ends[0]), self.ends[1] + LOG_2]
        low, high = (
            float(law.inverse_hazard(c) * factor.inverse_hazard(c)) for c in ends
        )
        middle = float(law.median() * factor.median()) - start
        least = max(low - start, 1e-9 * start, 1e-14 * middle, 1e-290)
        most = min(high - start, LARGEST)
        bends = [x - start for x in self._bends() if least < x - start < most]

        def hazard(y: Reals) -> Reals:
            return self.hazard((start + y).ravel()).reshape(y.shape)

        return LogHazard(hazard, (least, *bends, most))

    def inverse(self, clocks: Reals) -> Reals:
        """Return values."""
        with np.errstate(divide="ignore", over="ignore"):
            x: Reals = self.support[0] + np.exp(self._through.inverse(np.log(clocks)))
        return x

    def _bends(self) -> list[float]:
        """Return the values at which ends of both laws meet."""
        ends = self.law.support, self.factor.support
        low, high = self.support
        return sorted(
            {a * b for a in ends[0] if a for b in ends[1] if b and low < a * b < high}
        )

    def kinks(self) -> list[float]:
        """Return their clocks."""
        bends = self._bends()
        return [float(clock) for clock in self.hazard(np.array(bends))] if bends else []
