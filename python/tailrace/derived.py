"""Laws made from other laws: selected, conditioned, scaled."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

from . import _check, _core
from .laws.base import Law
from .laws.empirical import Empirical
from .laws.moments import atoms

#: One step: the name of a method and its arguments.
Step = tuple[Any, ...]


_ON_VALUES = ("truncated", "capped", "scaled")


def derived(law: Law, method: str, *arguments: float) -> Law:
    """Return `law` after one more step."""
    if method == "max_of" and arguments[0] == 1.0:
        return law
    if isinstance(law, Derived):
        if method in _ON_VALUES and (found := atoms(law)) is not None:
            # Data remain data, with the masses that the steps give them.
            values, masses = found
            limit = getattr(law.base, "censored_at", None)
            data = Empirical(values, weights=masses, censored_at=limit)
            return cast("Law", getattr(data, "_" + method)(*arguments))
        return Derived(law.base, (*law.steps, (method, *arguments)))
    return Derived(law, ((method, *arguments),))


def ranks(k: int, n: float) -> tuple[float, float, bool]:
    """Return k and n - k + 1 from the end that k is counted from, and whether the top."""
    rank = float(abs(k))
    # Above 2^53 this is n, as it should be: the rank no longer matters beside it.
    return rank, n - rank + 1.0, k < 0


class Derived(Law):
    """A law made from another one: by selection, conditioning or scaling.

    Made by `Law.min_of`, `Law.max_of`, `Law.order_statistic`, `Law.beyond`,
    `Law.truncated`, `Law.capped` and arithmetic with numbers. Draws take O(1), since
    every step is an operation on the clock or on the value of the base law.

    Attributes
    ----------
    base : Law
        What it was made from.
    steps : tuple of tuples
        The steps, first one first: the method's name and its arguments; scaling is
        ("scaled", scale, shift).

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.Frechet(1.2).min_of(8).max_of(3)
    Frechet(shape=1.2, scale=1.0).min_of(8).max_of(3)
    >>> 2 * tr.Lomax(1.2).min_of(0.5).truncated(high=9.0) - 1
    2 * Lomax(shape=0.6, scale=1.0).truncated(-inf, 9) - 1
    """

    __slots__ = ("base", "steps")

    base: Law
    steps: tuple[Step, ...]

    def __init__(self, base: Law, steps: tuple[Step, ...]) -> None:
        if not isinstance(base, Law) or isinstance(base, Derived):
            msg = f"base must be a Law that is not derived, got {_check.said(base)}"
            raise TypeError(msg)
        checked = tuple(_step(step) for step in _check.items("steps", steps, "steps"))
        self._set(base=base, steps=checked)

    def __reduce__(self) -> tuple[type[Derived], tuple[Law, tuple[Step, ...]]]:
        """Copy and pickle by base and steps."""
        return Derived, (self.base, self.steps)

    def __repr__(self) -> str:
        """Return the calls that make this law."""
        text, loose = repr(self.base), False
        for method, *arguments in self.steps:
            if method == "scaled":
                text = _scaled_text(f"({text})" if loose else text, *arguments)
                loose = True
            else:
                said = ", ".join(_said(a) for a in arguments)
                text = f"({text})" if loose else text
                text, loose = f"{text}.{method}({said})", False
        return text

    def __eq__(self, other: object) -> bool:
        """Laws are equal that were made from equal laws in the same way."""
        if not isinstance(other, Derived):
            return NotImplemented
        return (self.base, self.steps) == (other.base, other.steps)

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash((self.base, self.steps))

    def _make_core_law(self) -> _core.Law:
        law = self.base._core_law
        for method, *arguments in self.steps:
            law = _CORE[method](law, *arguments)
        return law

    @property
    def _has_atoms(self) -> bool:
        return self.base._has_atoms or any(step[0] == "capped" for step in self.steps)

    def _refuse_unknown(self, x: Any) -> None:
        self.base._refuse_unknown(x)

    def _before(self) -> Law:
        """Return the law before the last step."""
        steps = self.steps[:-1]
        return Derived(self.base, steps) if steps else self.base

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        low, high = self.base.support
        for method, *arguments in self.steps:
            if method == "beyond":
                low = max(low, arguments[0])
            elif method == "truncated":
                low, high = max(low, arguments[0]), min(high, arguments[1])
            elif method == "capped":
                high = min(high, arguments[0])
            elif method == "scaled":
                scale, shift = arguments
                low, high = sorted((scale * low + shift, scale * high + shift))
        return low, high

    def _tail_indices(self) -> tuple[float, float]:
        """Return the indices of the lower and the upper tail."""
        lower, upper = self.base._lower_tail_index, self.base.tail_index
        for method, *arguments in self.steps:
            if method == "min_of":
                upper *= arguments[0]
            elif method == "max_of":
                lower *= arguments[0]
            elif method == "order_statistic":
                k, m, from_top = ranks(*arguments)
                lower, upper = (
                    lower * (m if from_top else k),
                    upper * (k if from_top else m),
                )
            elif method == "beyond":
                lower = math.inf
            elif method == "truncated":
                lower = lower if arguments[0] == -math.inf else math.inf
                upper = math.inf
            elif method == "capped":
                upper = math.inf
            elif arguments[0] < 0:
                lower, upper = upper, lower
        return lower, upper

    @property
    def tail_index(self) -> float:
        """Tail index, as the steps leave it: minima multiply it, ends remove it."""
        return self._tail_indices()[1]

    @property
    def _lower_tail_index(self) -> float:
        return self._tail_indices()[0]

    def _mean(self) -> float:
        method, *arguments = self.steps[-1]
        if method == "scaled":
            return float(arguments[0] * self._before()._mean() + arguments[1])
        if method == "order_statistic" and len(self.steps) == 1:
            k, m, from_top = ranks(*arguments)
            closed = self.base._mean_of_rank(*((m, k) if from_top else (k, m)))
            if closed is not None:
                return closed
        return super()._mean()

    def _var(self) -> float:
        method, *arguments = self.steps[-1]
        if method == "scaled":
            return float(arguments[0] ** 2 * self._before()._var())
        return super()._var()

    def _kinks(self) -> list[float]:
        """Return clocks at which the inverse hazard has a kink."""
        kinks = self.base._kinks() if len(self.steps) == 0 else self._before()._kinks()
        method, *arguments = self.steps[-1]
        if method == "capped":
            just_below = math.nextafter(arguments[0], -math.inf)
            kinks.append(float(self.hazard(just_below)))
        return kinks

    def _scaled(self, scale: float, shift: float) -> Law:
        method, *arguments = self.steps[-1]
        if method == "scaled":
            # Two scalings in a row are one, if that loses nothing.
            before, both = self._before(), scale * arguments[0]
            moved = scale * arguments[1] + shift
            if both == 1.0 and moved == 0.0:
                return before
            if math.isfinite(both) and math.isfinite(moved) and abs(both) > 1e-300:
                return derived(before, "scaled", both, moved)
        return super()._scaled(scale, shift)


def _scaled_text(text: str, scale: float, shift: float) -> str:
    if scale == -1.0:
        text = f"-{text}"
    elif scale != 1.0:
        text = f"{_said(scale)} * {text}"
    if shift:
        text += f" {'+' if shift > 0 else '-'} {_said(abs(shift))}"
    return text


def _said(x: float) -> str:
    """Return a number with all its digits, and no .0 for a whole one."""
    return repr(int(x)) if abs(x) < 1e15 and x == int(x) else repr(float(x))


def _order_statistic(law: _core.Law, k: int, n: float) -> _core.Law:
    rank, others, from_top = ranks(k, n)
    return law.order_statistic(rank, others, from_top)


_CORE: dict[str, Callable[..., _core.Law]] = {
    "min_of": lambda law, q: law.smallest_of(q),
    "max_of": lambda law, n: law.largest_of(n),
    "order_statistic": _order_statistic,
    "beyond": lambda law, t: law.beyond(t),
    "truncated": lambda law, low, high: law.truncated(low, high),
    "capped": lambda law, t: law.capped(t),
    "scaled": lambda law, scale, shift: law.affine(scale, shift),
}


def _not_zero(name: str, value: object) -> float:
    number = _check.finite(name, value)
    if number == 0.0:
        msg = f"{name} must be other than 0, got {number!r}"
        raise ValueError(msg)
    return number


def _rank(name: str, value: object) -> int:
    k = _check.count(name, value, low=-(2**63))
    if k == 0:
        msg = f"{name} must be other than 0, got 0"
        raise ValueError(msg)
    return k


#: The names of the arguments of each step, and what checks them.
_ARGUMENTS: dict[str, tuple[tuple[str, Callable[[str, object], Any]], ...]] = {
    "min_of": (("q", lambda name, v: _check.at_least(name, v, 1e-300, 1e300)),),
    "max_of": (("n", lambda name, v: _check.at_least(name, v, 1.0, 1e300)),),
    "order_statistic": (
        ("k", _rank),
        ("n", lambda name, v: _check.at_least(name, v, 1.0, 1e300)),
    ),
    "beyond": (("t", _check.number),),
    "truncated": (("low", _check.number), ("high", _check.number)),
    "capped": (("t", _check.finite),),
    "scaled": (("scale", _not_zero), ("shift", _check.finite)),
}


def _step(step: object) -> Step:
    """Return a checked step."""
    if not isinstance(step, tuple) or not step:
        msg = f"steps must be tuples of a method and numbers, got {_check.said(step)}"
        raise TypeError(msg)
    method = _check.choice("steps", step[0], tuple(_ARGUMENTS))
    wanted = _ARGUMENTS[method]
    if len(step) != 1 + len(wanted):
        names = " and ".join(name for name, _ in wanted)
        msg = f"steps must give {method} {names}, got {_check.said(step)}"
        raise TypeError(msg)
    pairs = zip(wanted, step[1:], strict=True)
    values = tuple(check(name, value) for (name, check), value in pairs)
    if method == "order_statistic" and abs(values[0]) > values[1]:
        msg = f"n must be >= abs(k), {abs(values[0])}, got {values[1]:g}"
        raise ValueError(msg)
    return method, *values


def ranked(law: Law, k: int, n: float) -> Law:
    """Return the law of the k-th of n, with checks: see `Law.order_statistic`."""
    _, rank, count = _step(("order_statistic", k, n))
    least, others, from_top = ranks(rank, count)
    if min(least, others) > 1e15:
        msg = (
            "k must be <= 1e15 from one of the two ends, got "
            f"{_check.said(k)} with n = {count:g}"
        )
        raise ValueError(msg)
    if others == 1.0:
        return law.min_of(count) if from_top else law.max_of(count)
    if least == 1.0:
        return law.max_of(count) if from_top else law.min_of(count)
    return law._order_statistic(rank, count)
