"""What the laws with a shape and a scale have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .. import _check
from .base import Law
from .formulas import usable


@dataclass(frozen=True, slots=True)
class ShapeScale(Law):
    """Law on the positive numbers whose shape is its tail index, times a scale."""

    shape: float
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        self._set(
            shape=_check.positive("shape", self.shape),
            scale=_check.positive("scale", self.scale),
        )

    def _scaled(self, scale: float, shift: float) -> Law:
        size = scale * self.scale
        if shift != 0.0 or not usable(size):
            return super(ShapeScale, self)._scaled(scale, shift)
        return type(self)(self.shape, size)

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        return 0.0, math.inf

    @property
    def tail_index(self) -> float:
        """The shape."""
        return self.shape
