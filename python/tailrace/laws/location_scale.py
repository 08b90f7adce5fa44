"""What the laws with a location and a scale on the whole line have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .. import _check
from .base import Law


@dataclass(frozen=True, slots=True)
class LocationScale(Law):
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
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        return -math.inf, math.inf

    @property
    def tail_index(self) -> float:
        """Infinite: the tails are light."""
        return math.inf
