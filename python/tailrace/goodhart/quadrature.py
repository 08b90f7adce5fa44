"""Many integrals of functions that are not negative, at once and in logarithms."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..laws.base import Reals

Integers = NDArray[np.int64]

NODES = 16
PLACES, WEIGHTS = np.polynomial.legendre.leggauss(NODES)
#: From values at the nodes to the coefficients of their Legendre series.
TO_SERIES = (
    WEIGHTS[:, None]
    * np.polynomial.legendre.legvander(PLACES, NODES - 1)
    * (np.arange(NODES) + 0.5)
)
# Halvings of a panel: enough to reach a jump anywhere within the doubles.
_ROUNDS = 70
# More than that at once means that they do not settle: then errors say so.
_MOST_PANELS = 100_000


@dataclass(frozen=True, slots=True)
class Panels:
    """Intervals to integrate over, each part of the integral of its owner.

    Attributes
    ----------
    owner : ndarray of int64, shape (panels,)
        To which integral it belongs.
    low, high : ndarray, shape (panels,)
        Its ends.
    place : ndarray of int64, shape (panels,)
        Its number among panels whose nodes are known beforehand; -1 for any other.
    """

    owner: Integers
    low: Reals
    high: Reals
    place: Integers

    def nodes(self) -> Reals:
        """Return the nodes, of shape (panels, NODES)."""
        half = 0.5 * (self.high - self.low)
        middle = 0.5 * (self.high + self.low)
        return middle[:, None] + half[:, None] * PLACES

    def chosen(self, which: NDArray[np.bool_]) -> Panels:
        """Return some of the panels."""
        return Panels(
            self.owner[which], self.low[which], self.high[which], self.place[which]
        )

    def halves(self) -> Panels:
        """Return every panel as two."""
        middle = 0.5 * (self.low + self.high)
        return Panels(
            np.tile(self.owner, 2),
            np.concatenate([self.low, middle]),
            np.concatenate([middle, self.high]),
            np.full(2 * self.owner.size, -1),
        )


#: From panels and their nodes to logarithms of integrands, of shape (kernels, panels,
#: NODES), and to what rounding may do to the integrand, relative, of shape (panels,).
LogIntegrand = Callable[[Panels, Reals], tuple[Reals, Reals]]


def joined(*parts: Panels) -> Panels:
    """Return the panels of all parts."""
    names = ("owner", "low", "high", "place")
    return Panels(*(np.concatenate([getattr(p, n) for p in parts]) for n in names))


class Half(Protocol):
    """A half of integrals, over a variable of its own."""

    def integrands(self, panels: Panels, s: Reals) -> tuple[Reals, Reals]:
        """Return logarithms of all rows at nodes, and the noise of each panel."""


def integrate_halves(
    halves: Sequence[Half], parts: Sequence[Panels], floor: Reals
) -> tuple[Reals, Reals]:
    """Integrate two halves of the same integrals at once: see `integrate`."""
    rows, count = floor.shape
    first, second = parts
    # Owners from `count` on are those of the second half.
    moved = Panels(second.owner + count, second.low, second.high, second.place)

    def log_f(panels: Panels, s: Reals) -> tuple[Reals, Reals]:
        result, noise = np.empty((rows, *s.shape)), np.empty(s.shape[0])
        late = panels.owner >= count
        for half, mine in zip(halves, (~late, late), strict=True):
            if mine.any():
                some = panels.chosen(mine)
                some = Panels(some.owner % count, some.low, some.high, some.place)
                result[:, mine], noise[mine] = half.integrands(some, s[mine])
        return result, noise

    return integrate(joined(first, moved), log_f, floor)


def log_sums(x: Reals, owner: Integers, count: int) -> Reals:
    """Return log of the sum of e^x for each owner; -inf where it has none."""
    top = np.full(count, -math.inf)
    np.maximum.at(top, owner, x)
    safe = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        total: Reals = safe + np.log(np.bincount(owner, np.exp(x - safe[owner]), count))
    return total


def integrate(
    panels: Panels,
    log_f: LogIntegrand,
    floor: Reals,
    *,
    tolerance: float = 1e-12,
) -> tuple[Reals, Reals]:
    """Integrate e^f over panels, halving those that 16 nodes do not resolve.

    Parameters
    ----------
    panels : Panels
        Owners are integrals, and count on modulo their number.
    log_f : LogIntegrand
        Gives f.
    floor : ndarray of shape (kernels, integrals)
        Logarithms of what is known of each integral already.
    tolerance : float, default 1e-12
        Largest error that a panel may bring, relative to its integral.

    Returns
    -------
    logs, errors : ndarray of the shape of `floor`
        Logarithms of the integrals, and of bounds of their errors.

    Notes
    -----
    The error of a panel is its width times (c / largest value)^1.5 times the largest
    value, with c the larger of the last two coefficients of the Legendre series: about
    right for a singularity at an end, and far too large for a smooth function, for
    which the error goes with c^2. As in QUADPACK's estimate from Gauss and Kronrod [1]_.

    References
    ----------
    .. [1] R. Piessens et al., *QUADPACK*, Springer, 1983, section 2.2.4.1.
    """
    kernels, count = floor.shape
    settled = floor.copy()
    errors = np.full(floor.shape, -math.inf)
    for left in range(_ROUNDS, 0, -1):
        if panels.owner.size == 0:
            break
        f, noise = log_f(panels, panels.nodes())
        value, error, last = _panel_integrals(f, panels)
        with np.errstate(divide="ignore"):
            error = np.logaddexp(error, value + np.log(noise))
        owner = panels.owner % count
        now = np.stack([log_sums(v, owner, count) for v in value])
        total = np.logaddexp(settled, now)
        allowed = total[:, owner] + math.log(tolerance)
        # What is not a number stays none.
        done = (error <= allowed) | ~(np.abs(value) < math.inf) | (last <= 4.0 * noise)
        done = np.asarray(done.all(axis=0))
        # Where rounding leaves no room for another half, or it has taken too long.
        width = panels.high - panels.low
        done |= width <= 1e-15 * np.maximum(np.abs(panels.low), np.abs(panels.high))
        done |= left == 1 or panels.owner.size > _MOST_PANELS
        mine = owner[done]
        for k in range(kernels):
            settled[k] = np.logaddexp(settled[k], log_sums(value[k][done], mine, count))
            errors[k] = np.logaddexp(errors[k], log_sums(error[k][done], mine, count))
        panels = panels.chosen(~done).halves()
    return settled, errors


def _panel_integrals(f: Reals, panels: Panels) -> tuple[Reals, Reals, Reals]:
    """Return logarithms of integrals over panels and of their errors, and the last c."""
    top = f.max(axis=-1)
    known = np.isfinite(top)
    safe = np.where(known, top, 0.0)
    scaled = np.exp(f - safe[..., None])
    log_half = np.log(0.5 * (panels.high - panels.low))
    with np.errstate(divide="ignore"):
        value = safe + log_half + np.log(scaled @ WEIGHTS)
        last = np.abs(scaled @ TO_SERIES[:, -2:]).max(axis=-1)
        error = safe + log_half + math.log(2.0) + 1.5 * np.log(last)
    never = np.where(top == math.inf, math.inf, -math.inf)
    return np.where(known, value, never), np.where(known, error, never), last
