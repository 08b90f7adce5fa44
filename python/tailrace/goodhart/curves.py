"""Smooth functions on an interval, as polynomials on panels."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from ..laws.base import Reals
from .quadrature import NODES, PLACES, TO_SERIES


class Curve:
    """A function that is a polynomial of degree 15 on each of several panels.

    Attributes
    ----------
    cuts : ndarray of shape (panels + 1,)
        Ends of the panels, ascending.
    values, series : ndarray of shape (panels, NODES)
        Values at the nodes, and the coefficients of a Legendre series, on each panel.
    """

    def __init__(self, cuts: Reals, values: Reals) -> None:
        """Interpolate `values` at the nodes of each panel, of shape (panels, NODES)."""
        self.cuts = cuts
        self.values = values
        with np.errstate(invalid="ignore"):
            self.series: Reals = values @ TO_SERIES

    @cached_property
    def _powers(self) -> Any:
        from scipy.interpolate import PPoly

        width = np.diff(self.cuts)[:, None]
        with np.errstate(invalid="ignore"):
            powers = (self.series @ _TO_POWERS) / width ** np.arange(NODES)
        return PPoly(powers.T[::-1], self.cuts)

    @cached_property
    def _slopes(self) -> Any:
        return self._powers.derivative()

    def __call__(self, s: Reals) -> Reals:
        """Return values; beyond the ends, those at the ends."""
        result: Reals = self._powers(np.clip(s, self.cuts[0], self.cuts[-1]))
        return result

    def slope(self, s: Reals) -> Reals:
        """Return derivatives."""
        result: Reals = self._slopes(np.clip(s, self.cuts[0], self.cuts[-1]))
        return result

    @cached_property
    def at_cuts(self) -> Reals:
        """Values at the ends of the panels."""
        return self(self.cuts)

    def inverse(self, values: Reals) -> Reals:
        """Return where an increasing curve has these values; an end where it has none.

        By Newton steps, and halving where one would leave the bracket.
        """
        ends = np.maximum.accumulate(self.at_cuts)
        wanted = np.clip(values, ends[0], ends[-1])
        panel = np.clip(
            np.searchsorted(ends, wanted, side="right") - 1, 0, ends.size - 2
        )
        low, high = self.cuts[panel], self.cuts[panel + 1]
        s = 0.5 * (low + high)
        close = 1e-15 * np.maximum(high - low, np.abs(s))
        for _ in range(64):
            short = wanted - self(s)
            low, high = np.where(short > 0.0, s, low), np.where(short > 0.0, high, s)
            with np.errstate(divide="ignore", invalid="ignore"):
                ahead = s + short / self.slope(s)
            middle = 0.5 * (low + high)
            ahead = np.where((ahead >= low) & (ahead <= high), ahead, middle)
            done = np.abs(ahead - s) <= close
            done |= np.abs(short) <= 4e-15 * np.maximum(np.abs(wanted), 1.0)
            s = ahead
            if done.all():
                break
        return s


def _to_powers() -> Reals:
    """Return what makes a Legendre series one in powers of z, with place 2 z - 1."""
    of_place = np.zeros((NODES, NODES))
    for k, row in enumerate(np.eye(NODES)):
        of_place[k, : k + 1] = np.polynomial.legendre.leg2poly(row)[: k + 1]
    shift = np.zeros((NODES, NODES))
    for i in range(NODES):
        for j in range(i + 1):
            shift[i, j] = math.comb(i, j) * 2.0**j * (-1.0) ** (i - j)
    product: Reals = of_place @ shift
    return product


_TO_POWERS = _to_powers()


def nodes_between(cuts: Reals) -> Reals:
    """Return the nodes of the panels between cuts, of shape (panels, NODES)."""
    low, high = cuts[:-1, None], cuts[1:, None]
    nodes: Reals = 0.5 * (low + high) + 0.5 * (high - low) * PLACES
    return nodes


#: The ends of a panel, and functions at its nodes, of shape (functions, NODES).
Panel = tuple[float, float, Reals]


def resolved(
    panels: list[tuple[float, float]],
    values: Callable[[Reals], tuple[Reals, Reals]],
    most: int,
) -> list[Panel]:
    """Halve panels until the series of functions on them have settled.

    Parameters
    ----------
    panels : list of (float, float)
        The ends of each.
    values : callable
        From nodes of shape (panels, NODES) to functions there, of shape
        (functions, panels, NODES), and to the largest coefficients that the ends of
        their series may have, of shape (functions, panels).
    most : int
        Number of panels not to be exceeded.
    """
    done: list[Panel] = []
    low, high = np.array(panels).reshape(-1, 2).T
    while low.size:
        nodes = 0.5 * (low + high)[:, None] + 0.5 * (high - low)[:, None] * PLACES
        found, tolerance = values(nodes)
        with np.errstate(invalid="ignore"):
            last = np.abs(found @ TO_SERIES[:, -2:]).max(axis=2)
        # Of a function that is not known, halves say no more.
        good = ~(last > tolerance).any(axis=0) | (high - low < 1e-12 * np.abs(high))
        if len(done) + 2 * low.size > most:
            good[:] = True
        done += [(low[i], high[i], found[:, i]) for i in np.flatnonzero(good)]
        rest_low, rest_high = low[~good], high[~good]
        middle = 0.5 * (rest_low + rest_high)
        low = np.concatenate([rest_low, middle])
        high = np.concatenate([middle, rest_high])
    return done


def curves_of(panels: list[Panel]) -> list[Curve]:
    """Return the functions on panels that adjoin, as curves."""
    ordered = sorted(panels, key=lambda panel: panel[0])
    cuts = np.array([panel[0] for panel in ordered] + [ordered[-1][1]])
    return [Curve(cuts, f) for f in np.stack([panel[2] for panel in ordered], axis=1)]
