"""The fastest of attempts that differ, or that start at different times."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .. import _check
from ..laws.base import Law, Reals
from ..outside import FARTHEST, between
from .hazards import Hazards, OfHazards, attempt, log_rate


class Fastest(OfHazards):
    r"""Law of the smallest of independent values of different laws.

    Parameters
    ----------
    laws : sequence of Law
        One for each value, at least one; >= 0, none with atoms.

    Raises
    ------
    ValueError
        If there is no law, or one has atoms or values below 0.
    TypeError
        If an item is no law.

    Attributes
    ----------
    laws : tuple of Law
        The laws.
    table_error : float
        Largest error found in the table that draws come from, relative to
        max(abs(x), scale).
    table_hash : str
        Of the table; equal tables give equal draws.

    Notes
    -----
    Cumulative hazards add up: :math:`P(\min > x) = \prod_i P(X_i > x)`. Tail indices add up
    as well. An attempt that starts later is a law plus a number: see `hedged`.

    Examples
    --------
    >>> import tailrace as tr
    >>> both = tr.Fastest([tr.Pareto(0.7), tr.Weibull(0.5, 20.0) + 1.0])
    >>> round(both.median(), 4), both.tail_index
    (1.9664, inf)
    >>> tr.Fastest([tr.Pareto(0.7), tr.Pareto(0.9)]).median() == tr.Pareto(1.6).median()
    True
    """

    __slots__ = ("laws",)
    _fields = ("laws",)

    laws: tuple[Law, ...]

    def __init__(self, laws: Sequence[Law]) -> None:
        given = _check.items("laws", laws, "laws")
        if not given:
            msg = "laws must hold at least one law, got none"
            raise ValueError(msg)
        parts = tuple(attempt("laws", law) for law in given)
        self._made_of(laws=parts)

    def _hazards(self) -> Hazards:
        return _Sum(self.laws)

    def __repr__(self) -> str:
        """Return the call that makes this law."""
        return f"Fastest([{', '.join(map(repr, self.laws))}])"

    @property
    def tail_index(self) -> float:
        """The sum of those of the laws."""
        return math.fsum(law.tail_index for law in self.laws)

    @property
    def _lower_tail_index(self) -> float:
        return min(law._lower_tail_index for law in self.laws)


def hedged(law: Law, delay: float, copies: int = 1) -> Law:
    """Law of a step where more attempts start only after a delay.

    Parameters
    ----------
    law : Law
        Time of one attempt.
    delay : float
        When the others start, unless the first is done by then; finite and > 0.
    copies : int, default 1
        How many others.

    Returns
    -------
    Law
        Of the time until the first of them is done: a `Fastest`.

    Raises
    ------
    ValueError
        If `delay` is not finite and > 0, or `copies` is less than 1.
    TypeError
        If `law` is no law, or a number no number.

    Notes
    -----
    The tail is that of all attempts at once, while few steps pay for more than one: the
    "hedged requests" of Dean and Barroso [1]_.

    References
    ----------
    .. [1] J. Dean, L. A. Barroso, "The tail at scale", *Communications of the ACM* 56
       (2013), 74-80.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.Pareto(0.8)
    >>> late = tr.hedged(law, delay=10.0)
    >>> late.tail_index, round(law.sf(11.0), 3)  # the second starts in 15 % of steps
    (1.6, 0.147)
    >>> round(late.mean(), 4), law.min_of(2).mean()
    (4.7696, 2.666666666666...)
    """
    wait = _check.positive("delay", delay)
    first = attempt("law", law)
    others = first if _check.count("copies", copies) == 1 else first.min_of(copies)
    return Fastest([first, others + wait])


class _Sum:
    """The sum of hazards: see hazards.Hazards."""

    ends = FARTHEST, FARTHEST

    def __init__(self, laws: tuple[Law, ...]) -> None:
        self.laws = laws
        ends = [law.support for law in laws]
        self.support = min(low for low, _ in ends), min(high for _, high in ends)

    def hazard(self, x: Reals) -> Reals:
        """Return the sum."""
        hazards = [np.asarray(law.hazard(x)) for law in self.laws]
        result: Reals = np.sum(hazards, axis=0)
        return result

    def log_rate(self, x: Reals) -> Reals:
        """Return the logarithm of the sum of rates."""
        rates = [log_rate(law, x) for law in self.laws]
        result: Reals = np.logaddexp.reduce(rates)
        return result

    def inverse(self, clocks: Reals) -> Reals:
        """Return the root: below it would be with one law, above with all alike."""
        share = clocks / len(self.laws)
        high = np.min([law.inverse_hazard(clocks) for law in self.laws], axis=0)
        low = np.min([law.inverse_hazard(share) for law in self.laws], axis=0)

        def short(x: Reals, clock: Reals) -> Reals:
            return self.hazard(x) - clock

        return between(short, low, high, clocks, self.support[0])

    def kinks(self) -> list[float]:
        """Return the clocks at which a law starts, or has a kink of its own."""
        places = []
        for law in self.laws:
            places += [law.support[0]]
            places += [float(law.inverse_hazard(clock)) for clock in law._kinks()]
        inside = sorted({x for x in places if self.support[0] < x < self.support[1]})
        clocks = [float(self.hazard(np.array([x]))[0]) for x in inside]
        return [clock for clock in clocks if 0.0 < clock < FARTHEST]
