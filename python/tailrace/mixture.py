"""Mixtures of laws, and absolute values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import _check
from .laws.base import Law, Reals
from .laws.empirical import Empirical
from .laws.formulas import LOG_2, flip
from .outside import FARTHEST, Tabulated, between


class Mixture(Tabulated):
    r"""Law that draws from one of several laws, chosen at random.

    Parameters
    ----------
    laws : sequence of Law
        The components, at least one, none with atoms: to cap or splice, do so to the
        mixture; for data with a tail see `Spliced`.
    weights : array_like of shape (n,), optional
        Weight of each, finite and > 0; equal by default.

    Raises
    ------
    ValueError
        If there is no law, one has atoms, or a weight is not finite and > 0.
    TypeError
        If an item is no law.

    Attributes
    ----------
    laws : tuple of Law
        The components.
    weights : tuple of float
        Their probabilities.
    table_error : float
        Largest error found in the table that draws come from, relative to
        max(abs(x), scale).
    table_hash : str
        Of the table; equal tables give equal draws.

    Notes
    -----
    :math:`P(X > x) = \sum_i w_i P(X_i > x)`: `sf`, `cdf` and `pdf` are sums of those of
    the components, in logarithms, and `isf` and `ppf` solve for them. Draws come from a
    table of the inverse hazard, so that a mixture can be selected from like any law. The
    table is made once, takes some tens of milliseconds, and is pickled with the law.

    The tail index is the smallest of the components'.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.Mixture([tr.Exponential(), tr.Pareto(1.5)], weights=[0.9, 0.1])
    >>> law.tail_index, round(law.mean(), 12)
    (1.5, 1.2)
    >>> round(law.sf(1e6) / tr.Pareto(1.5).sf(1e6), 12)
    0.1
    """

    __slots__ = ("laws", "weights")

    laws: tuple[Law, ...]
    weights: tuple[float, ...]

    def __init__(self, laws: Sequence[Law], weights: ArrayLike | None = None) -> None:
        parts = tuple(_check.items("laws", laws, "laws"))
        if not parts:
            msg = "laws must hold at least one law, got none"
            raise ValueError(msg)
        for part in parts:
            if not isinstance(part, Law):
                msg = f"laws must be laws, got {_check.said(part)}"
                raise TypeError(msg)
            if part._has_atoms:
                msg = f"laws must be without atoms, got {part!r}"
                raise ValueError(msg)
        shares = _shares(weights, len(parts))
        functions = MixtureFunctions(parts, shares)
        self._make(laws=parts, weights=shares, _functions=functions)

    def __reduce__(self) -> Any:
        """Copy and pickle by components, with the table."""
        return _restored, (self.laws, self.weights, self._state())

    def __repr__(self) -> str:
        """Return the call that makes this law."""
        parts = ", ".join(map(repr, self.laws))
        weights = ", ".join(f"{w:.15g}" for w in self.weights)
        return f"Mixture([{parts}], weights=[{weights}])"

    def __eq__(self, other: object) -> bool:
        """Laws are equal that mix equal laws with equal weights."""
        if not isinstance(other, Mixture):
            return NotImplemented
        return (self.laws, self.weights) == (other.laws, other.weights)

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash((self.laws, self.weights))

    @property
    def tail_index(self) -> float:
        """The smallest tail index of the components."""
        return min(law.tail_index for law in self.laws)

    @property
    def _lower_tail_index(self) -> float:
        return min(law._lower_tail_index for law in self.laws)

    def _mean(self) -> float:
        means = (law._mean() for law in self.laws)
        return math.fsum(w * m for w, m in zip(self.weights, means, strict=True))

    def _var(self) -> float:
        center = self._mean()
        parts = (law._var() + (law._mean() - center) ** 2 for law in self.laws)
        return math.fsum(w * v for w, v in zip(self.weights, parts, strict=True))


class MixtureFunctions:
    """The functions of a mixture: see outside.Functions."""

    def __init__(self, laws: tuple[Law, ...], weights: tuple[float, ...]) -> None:
        self.laws = laws
        self.log_weights = np.log(weights)
        ends = [law.support for law in laws]
        self.support = min(low for low, _ in ends), max(high for _, high in ends)
        self.ends = FARTHEST, FARTHEST

    def _sum(self, parts: Sequence[Reals]) -> Reals:
        """Return the logarithm of the weighted sum, from those of the parts."""
        rows = np.array(parts) + self.log_weights[:, None]
        top = rows.max(axis=0)
        safe = np.where(np.isfinite(top), top, 0.0)
        with np.errstate(divide="ignore"):
            total: Reals = safe + np.log(np.exp(rows - safe).sum(axis=0))
        return total

    def log_tails(self, x: Reals) -> tuple[Reals, Reals]:
        """Return log P(X <= x) and log P(X > x)."""
        lower = self._sum([law.logcdf(x) for law in self.laws])
        return lower, self._sum([law.logsf(x) for law in self.laws])

    def logpdf(self, x: Reals) -> Reals:
        """Return the logarithm of the density."""
        return self._sum([law.logpdf(x) for law in self.laws])

    def quantile(self, upper: bool, clocks: Reals) -> Reals:
        """Return quantiles: between the least and the largest of the components'."""
        own = clocks if upper else flip(clocks)
        each = np.array([law.inverse_hazard(own) for law in self.laws])

        def short(x: Reals, clock: Reals) -> Reals:
            lower, above = self.log_tails(x)
            gap: Reals = above + clock if upper else -(lower + clock)
            return gap

        ends = each.min(axis=0), each.max(axis=0)
        return between(short, *ends, clocks, self.support[0])

    def kinks(self) -> list[float]:
        """Return the clocks of the components' ends and kinks."""
        points = []
        for law in self.laws:
            points += [end for end in law.support if math.isfinite(end)]
            points += [float(law.inverse_hazard(clock)) for clock in law._kinks()]
        found: list[float] = []
        for point in sorted(points):
            lower, upper = self.log_tails(np.array([point]))
            clock = float(np.where(lower < -LOG_2, flip(-lower), -upper)[0])
            # Across a gap in the support the clock stands still.
            if 0.0 < clock < math.inf and (
                not found or clock - found[-1] > 1e-12 * clock
            ):
                found.append(clock)
        return found


def _shares(weights: ArrayLike | None, count: int) -> tuple[float, ...]:
    given = np.ones(count) if weights is None else _check.data("weights", weights)
    if given.shape != (count,):
        msg = f"weights must be as many as laws, {count}, got shape {given.shape}"
        raise ValueError(msg)
    bad = ~((given > 0) & (given < math.inf))
    if bad.any():
        msg = f"weights must be finite and > 0, got {float(given[bad][0])!r}"
        raise ValueError(msg)
    if given.max() <= 1.0 and abs(math.fsum(given) - 1.0) < 1e-15:
        return tuple(float(w) for w in given)
    scaled = given / given.max()
    total = math.fsum(scaled)
    return tuple(float(w) / total for w in scaled)


def _restored(laws: tuple[Law, ...], weights: tuple[float, ...], state: Any) -> Mixture:
    law = Mixture.__new__(Mixture)
    functions = MixtureFunctions(laws, weights)
    law._restore(state, laws=laws, weights=weights, _functions=functions)
    return law


def absolute(law: Law) -> Law:
    """Return the law of the absolute value."""
    low, high = law.support
    if low >= 0.0:
        return law
    mirrored = -law
    if high <= 0.0:
        return mirrored
    if getattr(law, "_symmetric", False) and getattr(law, "loc", None) == 0.0:
        return law.beyond(0.0)
    if isinstance(law, Empirical):
        return Empirical(
            np.abs(law.values), weights=law.masses, censored_at=law.censored_at
        )
    above = float(law.sf(0.0))
    parts = [law.beyond(0.0), mirrored.beyond(0.0)]
    return Mixture(parts, weights=[above, float(law.cdf(0.0))])
