"""Attempts that are given up at a cut-off, and started afresh."""

from __future__ import annotations

import math

import numpy as np

from .. import _check
from .._answer import Answer
from ..laws.base import Law, Reals
from ..outside import FARTHEST
from .hazards import Hazards, OfHazards, attempt, log_rate

# A table has a cell or more for each restart, and has to reach beyond the largest clock
# that is ever drawn, which is near 45.
_LEAST_CLOCKS = 46.0
_SOME_KINKS = 500
_MOST_KINKS = 4600

# No cut-offs are tried beyond.
_LARGEST = 1e290


class Restarted(OfHazards):
    r"""Law of a step whose attempt is given up at a cut-off and started afresh.

    Parameters
    ----------
    law : Law
        Time of one attempt, or of the fastest of some; >= 0, without atoms.
    cutoff : float
        When an attempt is given up; inside the support of the law.

    Raises
    ------
    ValueError
        If `law` can be negative or has atoms, no attempt is done by the `cutoff` or
        every one is, or fewer than one in 100 attempts are.
    TypeError
        If `law` is no law.

    Attributes
    ----------
    table_error : float
        Largest error found in the table that draws come from, relative to
        max(abs(x), scale).
    table_hash : str
        Of the table; equal tables give equal draws.

    Notes
    -----
    :math:`P(T > k c + y) = P(X > c)^k P(X > y)` with the cut-off c and 0 <= y < c. The
    tail falls off exponentially, whatever that of an attempt: restarts leave a mean,

    .. math:: E T = E \min(X, c) / P(X \le c).

    The cut-off with the least mean is that of `best_cutoff` [1]_.

    References
    ----------
    .. [1] M. Luby, A. Sinclair, D. Zuckerman, "Optimal speedup of Las Vegas algorithms",
       *Information Processing Letters* 47 (1993), 173-180.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.Pareto(0.5)
    >>> step = tr.Restarted(law, cutoff=4.0)
    >>> round(step.mean(), 12), step.sf([4.0, 4.9, 8.0])  # a new attempt takes 1 at least
    (6.0, array([0.5 , 0.5 , 0.25]))
    """

    __slots__ = ("cutoff", "law")
    _fields = ("law", "cutoff")

    law: Law
    cutoff: float

    def __init__(self, law: Law, cutoff: float) -> None:
        checked = attempt("law", law)
        low, high = law.support
        end = _check.finite("cutoff", cutoff)
        if not low < end < high:
            msg = (
                f"cutoff must be inside the support ({low:g} to {high:g}), got {end!r}"
            )
            raise ValueError(msg)
        lost = float(law.hazard(end))
        if not lost > _LEAST_CLOCKS / _MOST_KINKS:
            msg = (
                "cutoff must let at least one attempt in 100 be done, got one in "
                f"{1.0 / max(lost, 1e-300):.3g}"
            )
            raise ValueError(msg)
        self._made_of(law=checked, cutoff=end)

    def _hazards(self) -> Hazards:
        return _Periods(self.law, self.cutoff)

    def __repr__(self) -> str:
        """Return the call that makes this law."""
        return f"Restarted({self.law!r}, {self.cutoff!r})"

    @property
    def tail_index(self) -> float:
        """inf: the tail is exponential."""
        return math.inf

    @property
    def _lower_tail_index(self) -> float:
        return self.law._lower_tail_index

    def _mean(self) -> float:
        return float(self.law.capped(self.cutoff).mean()) / float(
            self.law.cdf(self.cutoff)
        )

    def _var(self) -> float:
        # The time of the attempts before the last one, and that one.
        last = self.law.truncated(high=self.cutoff)
        p = float(self.law.sf(self.cutoff))
        return float(last.var()) + self.cutoff**2 * p / float(
            self.law.cdf(self.cutoff) ** 2
        )


def best_cutoff(law: Law) -> Answer:
    r"""Cut-off of restarts with the least mean time of a step.

    Parameters
    ----------
    law : Law
        Time of one attempt, or of the fastest of some; >= 0, without atoms.

    Returns
    -------
    Answer
        inf, with a `.reason`, where waiting is best; 0, with a reason, where attempts
        can hardly be given up too soon; NaN, with a reason, where doubles do not reach.

    Raises
    ------
    ValueError
        If `law` can be negative or has atoms.
    TypeError
        If `law` is no law.

    Notes
    -----
    Where :math:`E \min(X, c) / P(X \le c)` is least it is 1 / h(c), h being the hazard
    rate. Found among quantiles from 1e-9 to 1 - 1e-12, and then to the last digits.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.Pareto(0.5)
    >>> cutoff = tr.best_cutoff(law)
    >>> round(cutoff, 4), round(tr.Restarted(law, cutoff).mean(), 4)
    (2.9142, 5.8284)
    >>> tr.best_cutoff(tr.Weibull(2.0)).reason
    'the longer an attempt has taken, the sooner it is done'
    """
    from scipy.optimize import brentq

    attempt("law", law)
    clocks = np.exp(np.linspace(math.log(1e-9), math.log(27.6), 120))
    ends = np.asarray(law.inverse_hazard(clocks))
    # As far as doubles hold values, with room for the area below.
    held = ends < _LARGEST
    clocks, ends = clocks[held], ends[held]
    if clocks.size < 3:
        return Answer(math.nan, "attempts take longer than doubles can hold")
    # E min(X, c), as the integral of the survival function over one stretch after another.
    shares = np.empty(ends.size)
    lasts = np.array([law.support[0], *ends[:-1]])
    for k, (low, high) in enumerate(zip(lasts, ends, strict=True)):
        shares[k] = _area(law, float(low), float(high))
    areas = law.support[0] + np.cumsum(shares)
    means = areas / -np.expm1(-clocks)
    place = int(np.argmin(means))
    if place == 0:
        why = "the sooner attempts are given up the better"
        return Answer(0.0, why)
    if place == clocks.size - 1 or means[place] >= float(law.mean()) * (1.0 - 1e-9):
        if not held.all():
            return Answer(math.nan, "the best cut-off may be beyond what doubles hold")
        why = "the longer an attempt has taken, the sooner it is done"
        return Answer(math.inf, why)

    def rising(c: float) -> float:
        """Return the sign of the slope: P(X <= c) - h(c) E min(X, c)."""
        area = areas[place - 1] + _area(law, float(ends[place - 1]), c)
        rate = float(law.pdf(c)) / float(law.sf(c))
        return float(law.cdf(c)) - rate * float(area)

    bracket = float(ends[place - 1]), float(ends[place + 1])
    return Answer(float(brentq(rising, *bracket, xtol=1e-300, rtol=1e-14)))


def _area(law: Law, low: float, high: float) -> float:
    """Return the integral of the survival function over a stretch."""
    nodes, weights = np.polynomial.legendre.leggauss(16)
    half = 0.5 * (high - low)
    survival = np.asarray(law.sf(low + half * (1.0 + nodes)))
    return float(half * (weights @ survival))


class _Periods:
    """The hazard of one attempt, over and over: see hazards.Hazards."""

    def __init__(self, law: Law, cutoff: float) -> None:
        self.law = law
        self.cutoff = cutoff
        self.lost = float(law.hazard(cutoff))
        self.support = law.support[0], math.inf
        count = max(min(FARTHEST, _SOME_KINKS * self.lost), _LEAST_CLOCKS)
        self.ends = FARTHEST, self.lost * math.ceil(count / self.lost)

    def _place(self, x: Reals) -> tuple[Reals, Reals]:
        """Return how many attempts are over at x, and how long the next has run."""
        over = np.floor(x / self.cutoff)
        return over, np.clip(x - over * self.cutoff, 0.0, self.cutoff)

    def hazard(self, x: Reals) -> Reals:
        """Return the hazard."""
        over, own = self._place(x)
        with np.errstate(invalid="ignore"):
            result: Reals = over * self.lost + np.asarray(self.law.hazard(own))
        return result

    def log_rate(self, x: Reals) -> Reals:
        """Return the logarithm of its rate."""
        return log_rate(self.law, self._place(x)[1])

    def inverse(self, clocks: Reals) -> Reals:
        """Return values."""
        over = np.maximum(np.ceil(clocks / self.lost) - 1.0, 0.0)
        rest = np.clip(clocks - over * self.lost, 0.0, self.lost)
        result: Reals = over * self.cutoff + np.asarray(self.law.inverse_hazard(rest))
        return result

    def kinks(self) -> list[float]:
        """Return the clocks of restarts, and of kinks of the attempt between them."""
        own = [clock for clock in self.law._kinks() if clock < self.lost]
        # Next to a restart values may rise like any law from its start: cells shrink.
        own += [self.lost / part for part in (8.0, 64.0, 1024.0)]
        starts = self.lost * np.arange(round(self.ends[1] / self.lost) + 1.0)
        return sorted({float(c) for k in (0.0, *own) for c in starts + k} - {0.0})
