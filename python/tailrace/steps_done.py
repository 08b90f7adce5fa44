"""How many steps are done by a time: the count of a renewal process."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from . import _check
from ._answer import Answer
from ._tabular import Tabular
from .laws.base import Reals

if TYPE_CHECKING:
    from .steps import IndependentSteps

#: The most steps of a total.
MOST = 10**15

# Sums over n go through polynomials of this degree, and stretches that are summed up as
# they are where they are no longer than this.
_DEGREE = 11
_SHORT = 24

# Below this probability nothing more is done.
_NOTHING = 1e-15


@dataclass(frozen=True, slots=True, eq=False)
class StepsDone(Tabular):
    r"""Law of the number of steps done by a time; made by `IndependentSteps.done_by`.

    Attributes
    ----------
    model : IndependentSteps
        The race.
    time : float
        By when.

    Notes
    -----
    N(t) = max{n : T_n <= t} is the count of a renewal process:
    :math:`P(N(t) \ge n) = P(T_n \le t)`, exactly. Above the threshold N(t) / t tends to the
    long-run `rate`; at it N(t) grows like t / log t, and below like :math:`t^{\alpha Q}`
    [1]_.

    References
    ----------
    .. [1] W. Feller, "Fluctuation theory of recurrent events", *Trans. Amer. Math. Soc.* 67
       (1949), 98-119.

    Examples
    --------
    >>> import tailrace as tr
    >>> done = tr.IndependentSteps(tr.Pareto(1.2)).done_by(600.0)  # a step takes 6
    >>> done.median(), round(done.mean(), 3), done.ppf(0.01)
    (146, 139.079, 18)
    """

    model: IndependentSteps
    time: float

    def at_least(self, steps: int) -> float:
        """Probability that so many steps are done, P(N >= n) = P(T_n <= t).

        Parameters
        ----------
        steps : int
            From 0 to 10^15.

        Raises
        ------
        ValueError
            If `steps` is out of range.
        TypeError
            If `steps` is no integer.
        """
        n = _check.count("steps", steps, 0, MOST)
        return 1.0 if n == 0 else self._reached(n)

    def pmf(self, steps: int) -> float:
        """Probability that exactly so many steps are done. See `at_least`."""
        n = _check.count("steps", steps, 0, MOST - 1)
        return max(self.at_least(n) - self.at_least(n + 1), 0.0)

    def cdf(self, steps: int) -> float:
        """Probability that at most so many steps are done. See `at_least`."""
        n = _check.count("steps", steps, 0, MOST - 1)
        return float(self.model.total(n + 1).sf(self.time))

    def ppf(self, q: float) -> int:
        """Quantile: the least n with P(N <= n) >= q.

        Parameters
        ----------
        q : float
            Between 0 and 1.

        Raises
        ------
        ValueError
            If `q` is not between 0 and 1, or it takes more than 10^15 steps.
        """
        level = _check.fraction("q", q)
        return first(lambda n: n > 0 and self.cdf(n - 1) >= level, self.time) - 1

    def median(self) -> int:
        """Median of the number of steps."""
        return self.ppf(0.5)

    def mean(self) -> Answer:
        """Mean of the number of steps, the sum of all P(T_n <= t), to about 1e-9.

        inf, with a reason, where more than 10^15 steps may be done.
        """
        try:
            last = first(lambda n: self.at_least(n) < _NOTHING, self.time)
        except TooManySteps:
            return Answer(math.inf, "more than 10^15 steps may be done by then")
        return Answer(_sum(self._reached, 1, last))

    def to_dict(
        self, quantiles: ArrayLike = (0.01, 0.1, 0.5, 0.9, 0.99)
    ) -> dict[str, list[Any]]:
        """Return the quantiles as columns of equal length: `quantile` and `steps`."""
        levels = [float(q) for q in _check.data("quantiles", quantiles)]
        return {"quantile": levels, "steps": [self.ppf(q) for q in levels]}

    def plot(self, ax: Any = None) -> Any:
        """Draw P(N >= n) against n; return the axes."""
        from .plots import axes

        ax = axes(ax)
        low, high = self.ppf(1e-3), self.ppf(1.0 - 1e-3)
        n = np.unique(np.linspace(low, high + 1, 120).astype(np.int64))
        ax.plot(n, [self.at_least(int(k)) for k in n], drawstyle="steps-pre")
        ax.set_xlabel("steps, n")
        ax.set_ylabel(f"chance that n steps are done by {self.time:g}")
        ax.grid(alpha=0.25)
        return ax

    def _reached(self, n: int) -> float:
        return float(self.model.total(n).cdf(self.time))


class TooManySteps(ValueError):
    """More steps than those of any total."""


def first(holds: Callable[[int], bool], time: float, name: str = "time") -> int:
    """Return the first n >= 0 for which something holds that goes on to hold.

    The time, and its name, are to blame where that is beyond the most steps.
    """
    low, high = -1, 1
    while not holds(high):
        low, high = high, 2 * high
        if high > MOST:
            msg = f"{name} must be too short for {MOST} steps, got {time!r}"
            raise TooManySteps(msg)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _sum(f: Callable[[int], float], first: int, last: int) -> float:
    """Return the sum of f(first) .. f(last), falling and smooth, to about 1e-10."""
    known: dict[int, float] = {}

    def at(n: int) -> float:
        if n not in known:
            known[n] = f(n)
        return known[n]

    def part(low: int, high: int, whole: float) -> float:
        if high - low < _SHORT:
            return math.fsum(at(n) for n in range(low, high + 1))
        count = high - low + 1
        fall = at(low) - at(high)
        if fall * count <= 1e-13 * whole:
            return 0.5 * count * (at(low) + at(high))
        # Chebyshev's points, at the next integers, with both ends, where what falls at
        # once would else stay unseen.
        angles = math.pi * (np.arange(_DEGREE + 3) + 0.5) / (_DEGREE + 3)
        inner = np.rint(0.5 * (low + high) + 0.5 * (high - low) * np.cos(angles))
        places = np.unique(np.concatenate([[low, high], inner]))
        x = (2.0 * places - (low + high)) / count
        y = np.array([at(int(n)) for n in places])
        fit = np.polynomial.chebyshev.Chebyshev.fit(x, y, _DEGREE, domain=[-1.0, 1.0])
        off = max(
            float(np.max(np.abs(fit(x) - y))), float(np.max(np.abs(fit.coef[-2:])))
        )
        if off * count <= 1e-11 * whole:
            return _sum_of_polynomial(fit, count)
        middle = (low + high) // 2
        return part(low, middle, whole) + part(middle + 1, high, whole)

    whole = 1.0
    for rough in (True, False):
        # The first time only the size is wanted.
        whole = _size(at, first, last) if rough else part(first, last, whole)
    return whole


def _size(at: Callable[[int], float], first: int, last: int) -> float:
    """Return about the sum: up to where half of it is left."""
    low, high = first, last
    half = 0.5 * at(first)
    while high - low > max(1, low // 4):
        middle = (low + high) // 2
        low, high = (middle, high) if at(middle) > half else (low, middle)
    return max(at(first) * low, 1e-300)


def _sum_of_polynomial(fit: Any, count: int) -> float:
    """Return the sum over `count` points, at the middles of cells from -1 to 1."""
    if count <= 4096:
        x: Reals = (2.0 * np.arange(count) + 1.0 - count) / count
        return float(np.sum(fit(x)))
    # The midpoint rule: it errs by a 24th of how much the slopes at both ends differ, and no
    # slope is steeper than 1 over thousands of steps.
    whole = fit.integ()
    return 0.5 * count * float(whole(1.0) - whole(-1.0))
