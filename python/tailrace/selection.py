"""Laws selected from other laws."""

from __future__ import annotations

import math

from . import _check, _core
from .laws.base import Law

#: A step of selection: the name of the method and its argument.
Step = tuple[str, float]


def selected(law: Law, method: str, argument: float) -> Law:
    """Return `law` after one more selection."""
    if method == "max_of" and argument == 1.0:
        return law
    if isinstance(law, Selected):
        return Selected(law.base, (*law.steps, (method, argument)))
    return Selected(law, ((method, argument),))


def _step(step: object) -> Step:
    """Return a checked step of selection."""
    if not isinstance(step, tuple) or len(step) != 2:
        msg = f"steps must be pairs of a method and a number, got {_check.said(step)}"
        raise TypeError(msg)
    method = _check.choice("steps", step[0], ("min_of", "max_of", "beyond"))
    if method == "beyond":
        return method, _check.number("t", step[1])
    if method == "min_of":
        return method, _check.at_least("q", step[1], 1e-300, 1e300)
    return method, _check.at_least("n", step[1], 1.0, 1e300)


class Selected(Law):
    """A law selected from another one by minima, maxima and conditioning.

    Made by `Law.min_of`, `Law.max_of` and `Law.beyond`; drawn in O(1) whatever the
    numbers, since a selection is arithmetic on the clock of the base law.

    Attributes
    ----------
    base : Law
        What was selected from.
    steps : tuple of (str, float)
        The selections, first one first.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.Frechet(1.2).min_of(8).max_of(3)
    Frechet(shape=1.2, scale=1.0).min_of(8).max_of(3)
    """

    __slots__ = ("base", "steps")

    base: Law
    steps: tuple[Step, ...]

    def __init__(self, base: Law, steps: tuple[Step, ...]) -> None:
        if not isinstance(base, Law) or isinstance(base, Selected):
            msg = f"base must be a Law that is not selected, got {_check.said(base)}"
            raise TypeError(msg)
        checked = tuple(_step(step) for step in _check.items("steps", steps, "steps"))
        self._set(base=base, steps=checked)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: laws are immutable."""
        msg = f"a law is immutable, so {name} cannot be set"
        raise AttributeError(msg)

    def __reduce__(self) -> tuple[type[Selected], tuple[Law, tuple[Step, ...]]]:
        """Copy and pickle by base and steps."""
        return Selected, (self.base, self.steps)

    def __repr__(self) -> str:
        """Return the calls that make this law."""
        calls = "".join(
            f".{method}({argument:.15g})" for method, argument in self.steps
        )
        return repr(self.base) + calls

    def __eq__(self, other: object) -> bool:
        """Laws are equal that were made from equal laws in the same way."""
        if not isinstance(other, Selected):
            return NotImplemented
        return (self.base, self.steps) == (other.base, other.steps)

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash((self.base, self.steps))

    def _make_core_law(self) -> _core.Law:
        law = self.base._core_law
        for method, argument in self.steps:
            if method == "min_of":
                law = law.smallest_of(argument)
            elif method == "max_of":
                law = law.largest_of(argument)
            else:
                law = law.beyond(argument)
        return law

    def __delattr__(self, name: str) -> None:
        """Refuse: laws are immutable."""
        self.__setattr__(name, None)

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        low, high = self.base.support
        points = [t for method, t in self.steps if method == "beyond"]
        return max([low, *points]), high

    @property
    def tail_index(self) -> float:
        """Tail index: minima multiply it, maxima and conditioning leave it."""
        minima = [q for method, q in self.steps if method == "min_of"]
        return self.base.tail_index * math.prod(minima)
