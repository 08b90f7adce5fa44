"""Laws that are known by a cumulative hazard and its inverse, in Python."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any, ClassVar, Protocol

import numpy as np

from .. import _check
from ..laws.base import Law, Reals
from ..laws.formulas import flip
from ..outside import FARTHEST, Tabulated


class Hazards(Protocol):
    """A cumulative hazard, the logarithm of its rate, and its inverse."""

    support: tuple[float, float]
    #: The clocks of the tails up to which tables go.
    ends: tuple[float, float]

    def hazard(self, x: Reals) -> Reals:
        """Return -log P(X > x)."""

    def log_rate(self, x: Reals) -> Reals:
        """Return the logarithm of the derivative of the hazard."""

    def inverse(self, clocks: Reals) -> Reals:
        """Return the values with these hazards."""

    def kinks(self) -> list[float]:
        """Return clocks at which the inverse is not smooth."""


#: Larger values are inf: a table could not tell them from where doubles end.
LARGEST = 1e305


class FromHazards:
    """The functions of such a law: see outside.Functions."""

    #: Tables reach to clocks at which values are inf.
    overflows = True

    def __init__(self, of: Hazards) -> None:
        self.of = of
        self.support = of.support
        self.ends = of.ends

    @cached_property
    def scale(self) -> float:
        """How far the median lies from the lower quartile: upper ones may be very far."""
        return float(np.diff(self.of.inverse(flip(np.log([4.0, 2.0]))))[0])

    def log_tails(self, x: Reals) -> tuple[Reals, Reals]:
        """Return log P(X <= x) and log P(X > x)."""
        low, high = self.support
        with np.errstate(all="ignore"):
            hazard = np.where(x <= low, 0.0, self.of.hazard(np.maximum(x, low)))
        hazard = np.where(x >= high, math.inf, hazard)
        return -flip(hazard), -hazard

    def logpdf(self, x: Reals) -> Reals:
        """Return the logarithm of the density."""
        low, high = self.support
        inside = (x > low) & (x < high)
        safe = np.where(inside, x, 0.5 * (low + high) if high < math.inf else low + 1.0)
        with np.errstate(all="ignore"):
            log = self.of.log_rate(safe) - self.of.hazard(safe)
        return np.where(inside, log, np.where(np.isnan(x), math.nan, -math.inf))

    def quantile(self, upper: bool, clocks: Reals) -> Reals:
        """Return the value beyond which, or up to which, e^-clock of the mass lies."""
        with np.errstate(all="ignore"):
            x = self.of.inverse(clocks if upper else flip(clocks))
            result: Reals = np.where(x > LARGEST, math.inf, x)
            return result

    def kinks(self) -> list[float]:
        """Return clocks at which the inverse hazard is not smooth."""
        last = float(self.of.hazard(np.array([LARGEST]))[0])
        return [*self.of.kinks(), *([last] if last < FARTHEST else [])]


class OfHazards(Tabulated):
    """Parent of laws that are made of other laws, by their hazards."""

    __slots__ = ()

    #: The attributes that make it, in the order of the arguments.
    _fields: ClassVar[tuple[str, ...]] = ()

    def _hazards(self) -> Hazards:
        """Return the hazards, once the attributes are there."""
        raise NotImplementedError

    def _made_of(self, **values: object) -> None:
        """Set the attributes, and make the table."""
        for name, value in values.items():
            object.__setattr__(self, name, value)
        self._make(_functions=FromHazards(self._hazards()))

    def __reduce__(self) -> Any:
        """Copy and pickle by the attributes, with the table."""
        return _restored, (type(self), self._key(), self._state())

    def _key(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self._fields)

    def __eq__(self, other: object) -> bool:
        """Laws are equal that are made in the same way."""
        if type(other) is not type(self):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash((type(self), self._key()))


def _restored(kind: type[OfHazards], key: tuple[Any, ...], state: Any) -> OfHazards:
    law = kind.__new__(kind)
    for name, value in zip(kind._fields, key, strict=True):
        object.__setattr__(law, name, value)
    law._restore(state, _functions=FromHazards(law._hazards()))
    return law


def attempt(name: str, law: object) -> Law:
    """Return a law that times of attempts can have."""
    if not isinstance(law, Law):
        msg = f"{name} must be a Law, got {_check.said(law)}"
        raise TypeError(msg)
    if law._has_atoms:
        msg = f"{name} must be without atoms, got {law!r}"
        raise ValueError(msg)
    if not law.support[0] >= 0.0:
        low = law.support[0]
        msg = f"{name} must have no values below 0, got support from {low:g}"
        raise ValueError(msg)
    return law


def log_rate(law: Law, x: Reals) -> Reals:
    """Return the logarithm of the hazard rate of a law."""
    result: Reals = np.asarray(law.logpdf(x)) - np.asarray(law.logsf(x))
    return result
