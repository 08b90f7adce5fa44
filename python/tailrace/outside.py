"""Laws whose functions are Python's: draws come from a table made of them."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from . import _core
from .laws.base import Law, Reals
from .laws.formulas import LOG_2, flip

# Clocks of either tail up to which tables are made, where a law is known that far:
# e^-700 is among the last doubles of full precision.
FARTHEST = 700.0


class Functions(Protocol):
    """What a law outside the core knows of itself, for arrays of shape (count,)."""

    support: tuple[float, float]
    #: The largest clocks of the lower and the upper tail at which it is known.
    ends: tuple[float, float]

    def log_tails(self, x: Reals) -> tuple[Reals, Reals]:
        """Return log P(X <= x) and log P(X > x)."""

    def logpdf(self, x: Reals) -> Reals:
        """Return the logarithm of the density."""

    def quantile(self, upper: bool, clocks: Reals) -> Reals:
        """Return the value beyond which, or up to which, e^-clock of the mass lies."""

    def kinks(self) -> list[float]:
        """Return clocks at which the inverse hazard is not smooth, or jumps."""


class Tabulated(Law):
    """Parent of the laws that are known by functions of Python.

    A subclass sets `_functions`, and calls `_make` with its own attributes.
    """

    __slots__ = ("_functions", "_map", "table_error", "table_hash")

    _functions: Functions
    _map: str
    table_error: float
    table_hash: str

    def _make(self, **values: object) -> None:
        """Set attributes, and make the table."""
        for name, value in values.items():
            object.__setattr__(self, name, value)
        functions = self._functions
        name, loc, scale, ends = _map_for(functions)

        def u(upper: bool, clocks: Reals) -> Reals:
            x = functions.quantile(upper, clocks)
            with np.errstate(divide="ignore"):
                over: Reals = (x - loc) / scale
                bent = np.log(over) if name == "exponential" else np.arcsinh(over)
            inside: Reals = np.clip(bent, -1400.0, 1400.0)
            return inside

        kinks = np.array(functions.kinks())
        sides = (flip(kinks), kinks) if kinks.size else (kinks, kinks)
        inside = [
            [float(k) for k in side if LOG_2 < k < end]
            for side, end in zip(sides, ends, strict=True)
        ]
        law, error = _core.make_outside(
            name,
            loc,
            scale,
            ends,
            functions.support,
            (inside[0], inside[1]),
            u,
            *_asked(functions),
        )
        numbers = _core.outside_numbers(law)
        self._finish(law, name, error, numbers)

    def _finish(
        self, law: _core.Law, name: str, error: float, numbers: list[float]
    ) -> None:
        digest = hashlib.sha256(np.array(numbers, dtype="<f8").tobytes()).hexdigest()
        object.__setattr__(self, "_core_law", law)
        object.__setattr__(self, "_map", name)
        object.__setattr__(self, "table_error", error)
        object.__setattr__(self, "table_hash", digest[:16])

    def _state(self) -> tuple[str, float, list[float]]:
        """Return the table, to be pickled with the law."""
        return self._map, self.table_error, _core.outside_numbers(self._core_law)

    def _restore(self, state: tuple[str, float, list[float]], **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)
        name, error, numbers = state
        law = _core.outside_from_numbers(numbers, name, *_asked(self._functions))
        self._finish(law, name, error, numbers)

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        return self._functions.support

    def _kinks(self) -> list[float]:
        return self._functions.kinks()

    def _refuse_unknown(self, x: Any) -> None:
        unknown = int(np.count_nonzero(np.isnan(x)))
        if unknown:
            lower, upper = self._functions.ends
            msg = (
                "draws must lie where the law is known, up to probabilities of "
                f"{math.exp(-lower):.3g} below and {math.exp(-upper):.3g} above, got "
                f"{unknown} that rest on values beyond"
            )
            raise ValueError(msg)


def between(
    short: Callable[..., Reals], low: Reals, high: Reals, clocks: Reals, start: float
) -> Reals:
    """Return the values between `low` and `high` at which short(x, clock) is 0.

    Of laws that start at `start`: from 0 on places are bisected by their logarithms, so
    that brackets shrink fast however far apart their ends.
    """
    from scipy.optimize.elementwise import find_root

    result: Reals = low.copy()
    open_ = np.flatnonzero(low < high)
    if open_.size == 0:
        return result
    to_u, from_u = (np.log, np.exp) if start == 0.0 else (np.arcsinh, np.sinh)
    with np.errstate(all="ignore"):
        root = find_root(
            lambda u, clock: short(from_u(u), clock),
            tuple(np.clip(to_u(end[open_]), -750.0, 710.0) for end in (low, high)),
            args=(clocks[open_],),
            tolerances={"xatol": 1e-16, "xrtol": 4e-16, "fatol": 0, "frtol": 0},
        )
        # Rounding may put both ends on one side of a root that is the lower one; across a
        # gap, where both are roots, it is the upper one.
        clock = clocks[open_]
        near = [np.abs(short(end[open_], clock)) < 1e-12 * clock for end in (low, high)]
        nearer = np.where(near[0] & ~near[1], low[open_], high[open_])
    result[open_] = np.where(np.isfinite(root.x), from_u(root.x), nearer)
    inside: Reals = np.clip(result, low, high)
    return inside


def _asked(functions: Functions) -> tuple[Any, Any]:
    """Return what the core asks: hazards with log rates at x, and x at clocks."""

    def hazards(x: Reals) -> tuple[Reals, Reals]:
        low, high = functions.support
        with np.errstate(divide="ignore", invalid="ignore"):
            lower, upper = functions.log_tails(x)
            h = np.where(lower < -LOG_2, flip(-lower), -upper)
            h = np.where(x < low, 0.0, np.where(x >= high, math.inf, h))
            return h + 0.0, functions.logpdf(x) + h

    def values(clocks: Reals) -> Reals:
        x = np.empty(clocks.shape)
        upper = clocks >= LOG_2
        ends = functions.support
        tail = np.where(upper, clocks, flip(clocks))
        for side in (False, True):
            mine = upper == side
            known = mine & (tail < math.inf)
            x[mine & ~known] = ends[side]
            if known.any():
                x[known] = functions.quantile(side, tail[known])
        return x

    return hazards, values


def _map_for(functions: Functions) -> tuple[str, float, float, tuple[float, float]]:
    """Return the map under which the inverse hazard is smooth, and the ends for it.

    The map is from u to loc + scale e^u for laws that start at 0, whose small values
    keep their digits so; to loc + scale sinh(u) for all others.
    """
    low, _ = functions.support
    quartiles = [
        float(functions.quantile(side, np.array([clock]))[0])
        for side, clock in (
            (False, math.log(4.0)),
            (True, LOG_2),
            (True, math.log(4.0)),
        )
    ]
    scale = getattr(functions, "scale", None) or quartiles[2] - quartiles[0] or 1.0
    lower, upper = functions.ends
    # As far as values are ordinary doubles.
    clocks = np.arange(1.0, max(lower, upper), 1.0)
    far = functions.quantile(True, clocks)
    near = functions.quantile(False, clocks)
    if not getattr(functions, "overflows", False):
        upper = _last(clocks, np.abs(far) < 1e290, upper)
    if low == 0.0 and _keeps_digits(functions):
        return "exponential", 0.0, scale, (_last(clocks, near > 1e-290, lower), upper)
    ends = _last(clocks, np.abs(near) < 1e290, lower), upper
    return "sinh", quartiles[1], scale, ends


def _keeps_digits(functions: Functions) -> bool:
    """Return whether values near 0 have digits of their own, not those of the bulk."""
    clocks = np.array([60.0, 200.0])
    lower, _ = functions.log_tails(functions.quantile(False, clocks))
    return bool(np.all(np.abs(lower + clocks) < 1e-9 * clocks))


def _last(clocks: Reals, good: Any, end: float) -> float:
    """Return the last clock before the first that is not good."""
    good = good & (clocks < end)
    return end if good.all() else float(clocks[max(int(np.argmin(good)) - 1, 0)])
