"""What the laws with a location and a scale on the whole line have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar, cast

from .. import _check
from .base import Law
from .formulas import usable


class OnTheLine(Law):
    """Law on the whole line with a `loc` and a `scale`, closed under both."""

    __slots__ = ()

    #: Whether minus the standard law is the standard law.
    _symmetric: ClassVar[bool] = False

    loc: float
    scale: float

    def _scaled(self, scale: float, shift: float) -> Law:
        loc, size = scale * self.loc + shift, abs(scale) * self.scale
        closed = self._symmetric or scale > 0
        if not (closed and math.isfinite(loc) and usable(size)):
            return super()._scaled(scale, shift)
        return cast("Law", replace(cast(Any, self), loc=loc, scale=size))

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        return -math.inf, math.inf


@dataclass(frozen=True, slots=True)
class LocationScale(OnTheLine):
    """Law on the whole line with light tails: a standard one, scaled and moved."""

    loc: float = 0.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        self._set(
            loc=_check.finite("loc", self.loc),
            scale=_check.positive("scale", self.scale),
        )

    @property
    def tail_index(self) -> float:
        """Infinite: the tails are light."""
        return math.inf
