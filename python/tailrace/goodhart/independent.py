"""Truth and error that know nothing of each other: what the quadrature needs of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np

from ..laws.base import Law, Reals
from .parts import Atoms, Part, parts_of
from .places import has_humps, holds_data, log_odds, smooth_quantile
from .sides import LAST, side_of
from .threshold import Conditional, check_pairs, given_beyond

# Sums of points that are looked at for bends.
_MOST_BENDS = 400


@dataclass(frozen=True)
class Independent:
    """Independent V and X.

    Attributes
    ----------
    truth, error : Law
        Their laws.
    """

    truth: Law
    error: Law

    @property
    def breaks(self) -> tuple[float, ...]:
        """Truths at which the law of X given V jumps or bends: none."""
        return ()

    @cached_property
    def parts(self) -> tuple[list[Part], list[Part]]:
        """Both laws as mixtures of parts."""
        return parts_of(self.truth), parts_of(self.error)

    @cached_property
    def keeps_digits(self) -> bool:
        """Whether gains are sums of positive terms, right to their own last digits."""
        return all(len(p) == 1 and isinstance(p[0][1], Law) for p in self.parts)

    @cached_property
    def uneven(self) -> bool:
        """Whether places may lie much further out than their log-odds tell."""
        return any(has_humps(parts) for parts in self.parts)

    @cached_property
    def known_to(self) -> tuple[float, float]:
        """Clocks to which the lower and upper tails of V and X are known."""
        laws = [
            part for parts in self.parts for _, part in parts if isinstance(part, Law)
        ]
        ends = [side_of(law).ends() for law in laws] + [LAST]
        return min(down for _, down in ends), min(up for up, _ in ends)

    @cached_property
    def scales(self) -> tuple[float, float]:
        """The widths of the middle half of V and of X, or of all where that is none."""
        return _scale(self.truth), _scale(self.error)

    @property
    def support(self) -> tuple[float, float]:
        """The ends of the support of V + X."""
        lows, highs = zip(self.truth.support, self.error.support, strict=True)
        return sum(lows), sum(highs)

    @property
    def end_sizes(self) -> tuple[float, float]:
        """How large the terms are that sum to either end of the support."""
        lows, highs = zip(self.truth.support, self.error.support, strict=True)
        return max(map(abs, lows)), max(map(abs, highs))

    @property
    def tail_indices(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The indices of the upper and of the lower tail, of V and of X."""
        truth, error = self.truth, self.error
        return (truth.tail_index, truth._lower_tail_index), (
            error.tail_index,
            error._lower_tail_index,
        )

    @cached_property
    def mean_truth(self) -> float:
        """E[V]."""
        return _mean(self.truth, self.parts[0])

    @cached_property
    def mean_error(self) -> float:
        """E[X]."""
        return _mean(self.error, self.parts[1])

    def given_beyond(self, t: Reals) -> Conditional:
        """Return what is known given V + X >= t, of both."""
        return given_beyond(*self.parts, t, with_error=True)

    def truth_beyond(self, t: Reals) -> Conditional:
        """Return what is known given V + X >= t, of V alone."""
        return given_beyond(*self.parts, t, with_error=False)

    @property
    def typical_error(self) -> float:
        """A middle value of X."""
        return self.error.median()

    def place(self, s: Reals) -> Reals:
        """Return the sum of values of both at the log-odds s, made smooth for data."""
        total: Reals = self._quantiles[0](s) + self._quantiles[1](s)
        return total

    @cached_property
    def _quantiles(self) -> list[Callable[[Reals], Reals]]:
        return [smooth_quantile(law) for law in (self.truth, self.error)]

    def bends(self) -> list[float]:
        """Return log-odds at which the proxy or its place is not smooth.

        A sum is not smooth where it is that of two such points.
        """
        found: list[float] = []
        points = [_points(parts) for parts in self.parts]
        for law, mine, parts in zip(
            (self.truth, self.error), points, self.parts, strict=True
        ):
            if has_humps(parts):
                laws = [part for _, part in parts if isinstance(part, Law)]
                found += [log_odds(p, x) for p in laws for x in side_of(p).kinks]
            elif not holds_data(law):
                found += [log_odds(law, x) for x in mine]
        sums = self.atoms[0]
        if sums.size > _MOST_BENDS:
            msg = (
                f"error must make at most {_MOST_BENDS} atoms of the proxy, unless both "
                f"laws are data, got {sums.size}"
            )
            raise ValueError(msg)
        if points[0].size * points[1].size <= _MOST_BENDS:
            sums = np.unique(np.add.outer(*points))
        if sums.size:
            found += _solve(self.place, sums).tolist()
        inner = sorted(b for b in found if math.isfinite(b) and abs(b) < 699.0)
        return [b for i, b in enumerate(inner) if i == 0 or b - inner[i - 1] > 1e-9]

    @cached_property
    def atoms(self) -> tuple[Reals, Reals, Reals]:
        """Values of the proxy that have a probability, with it, and E[V | U] there.

        They are ascending; the last array is of shape (2, atoms), for V and X.
        """
        columns: list[list[Reals]] = [[np.empty(0)] for _ in range(4)]
        for w, truth in self.parts[0]:
            for v, error in self.parts[1]:
                if isinstance(truth, Atoms) and isinstance(error, Atoms):
                    check_pairs(truth, error)
                    mass = w * v * np.outer(truth.masses, error.masses)
                    sums = np.add.outer(truth.values, error.values)
                    found = (
                        sums,
                        mass,
                        mass * truth.values[:, None],
                        mass * error.values,
                    )
                    for column, each in zip(columns, found, strict=True):
                        column.append(each.ravel())
        sums, *weights = (np.concatenate(column) for column in columns)
        values, where = np.unique(sums, return_inverse=True)
        masses, *firsts = cast(
            "list[Reals]", [np.bincount(where, w, values.size) for w in weights]
        )
        return values, masses, np.array(firsts) / masses


def _mean(law: Law, parts: list[Part]) -> float:
    """Return the mean: that of the parts, where a law is not one of them."""
    if len(parts) == 1 and isinstance(parts[0][1], Law):
        return side_of(parts[0][1]).mean
    missing = law._missing_mean("mean")
    if missing is not None:
        return float(missing)
    means = [side_of(p).mean if isinstance(p, Law) else p.mean for _, p in parts]
    return math.fsum(w * m for (w, _), m in zip(parts, means, strict=True))


def _scale(law: Law) -> float:
    low, high = (float(law.ppf(p)) for p in (0.25, 0.75))
    bottom, top = law.support
    return high - low or (top - bottom if top - bottom < math.inf else 0.0) or 1.0


def _points(parts: list[Part]) -> Reals:
    """Return values at which the law of a mixture is not smooth."""
    found: list[float] = []
    for _, part in parts:
        if isinstance(part, Law):
            found += side_of(part).kinks.tolist()
        else:
            found += part.values.tolist()
    return np.unique(found)


def _solve(place: Callable[[Reals], Reals], u: Reals) -> Reals:
    """Return the log-odds at which the place is each u; an end where there is none."""
    low, high = np.full(u.size, -700.0), np.full(u.size, 700.0)
    for _ in range(60):
        half = 0.5 * (low + high)
        short = place(half) < u
        low, high = np.where(short, half, low), np.where(short, high, half)
    middle: Reals = 0.5 * (low + high)
    return middle
