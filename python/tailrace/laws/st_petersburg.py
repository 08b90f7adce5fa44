"""A heavy-tailed law on a lattice: the prize of the St Petersburg game."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from .. import _check
from .._answer import Answer
from .base import Law
from .empirical import Empirical

# Values and probabilities end there, within the doubles.
_LARGEST = 1e290
_RAREST = 1e-300


class StPetersburg(Empirical):
    r"""Heavy-tailed law on a lattice: values grow by a ratio, ever less likely.

    .. math:: P(X = s\, r^k) = r^{-a (k - 1)} (1 - r^{-a}), \quad k \ge 1

    Parameters
    ----------
    shape : float, default 1.0
        Tail index :math:`a > 0`, between 0.01 and 100.
    scale : float, default 1.0
        The s; between 1e-100 and 1e100.
    ratio : float, default 2.0
        The r, of each value to the one before; between 1.01 and 1e6.

    Raises
    ------
    ValueError
        If a parameter is out of range.
    TypeError
        If a parameter is no real number.

    Notes
    -----
    The game doubles the prize with every toss of a coin that shows heads. Its tail is as
    heavy as that of a Pareto law, but rough: between two values :math:`P(X > x + 1) /
    P(X > x)` is 1, at a value it is :math:`r^{-a}`. So it is no subexponential law, and
    an error of this kind makes E[V | U >= t] oscillate for ever. Values end at 1e290 or
    where their probability falls below 1e-300: the last one has all that is left.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.StPetersburg()
    >>> law.sf([2.0, 4.0, 8.0]), law.mean().reason
    (array([0.5  , 0.25 , 0.125]), 'the tail index 1 is not above 1')
    >>> tr.Goodhart(tr.Normal(), law).limit().reason
    'the error is heavy-tailed but sits on a lattice: there is no limit, it oscillates between ... and 0.27603'
    """

    __slots__ = ("ratio", "scale", "shape")

    _name: ClassVar[str] = ""

    shape: float
    scale: float
    ratio: float

    def __init__(
        self, shape: float = 1.0, scale: float = 1.0, ratio: float = 2.0
    ) -> None:
        a = _check.at_least("shape", shape, 0.01, 100.0)
        s = _check.at_least("scale", scale, 1e-100, 1e100)
        r = _check.at_least("ratio", ratio, 1.01, 1e6)
        step = math.log(r)
        count = 1 + int(
            min(math.log(_LARGEST / s), -math.log(_RAREST) / a, 1e5 * step) / step
        )
        k = np.arange(1.0, count + 1.0)
        masses = np.exp(-a * step * (k - 1.0)) * -math.expm1(-a * step)
        masses[-1] /= -math.expm1(-a * step)
        super().__init__(s * r**k, weights=masses)
        self._set(shape=a, scale=s, ratio=r)

    def __reduce__(self) -> Any:
        """Copy and pickle by the parameters."""
        return StPetersburg, (self.shape, self.scale, self.ratio)

    def __repr__(self) -> str:
        """Return the call that makes this law."""
        return (
            f"StPetersburg(shape={self.shape}, scale={self.scale}, ratio={self.ratio})"
        )

    @property
    def support(self) -> tuple[float, float]:
        """Smallest value, and inf."""
        return float(self.values[0]), math.inf

    @property
    def tail_index(self) -> float:
        """The shape."""
        return self.shape

    def _missing_mean(self, name: str) -> Answer | None:
        return Law._missing_mean(self, name)

    def _mean(self) -> float:
        step = math.log(self.ratio)
        share = math.expm1(-self.shape * step) / math.expm1((1.0 - self.shape) * step)
        return self.scale * self.ratio * share

    def _scaled(self, scale: float, shift: float) -> Law:
        if shift == 0.0 and 1e-100 <= scale * self.scale <= 1e100:
            return StPetersburg(self.shape, scale * self.scale, self.ratio)
        return Law._scaled(self, scale, shift)
