"""The uniform law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .. import _check
from .base import Law


@dataclass(frozen=True, slots=True)
class Uniform(Law):
    r"""Uniform law on [low, high].

    Parameters
    ----------
    low, high : float, default 0.0 and 1.0
        Ends of the support, finite, ``low < high`` and no further apart than 1.7e308.

    Raises
    ------
    ValueError
        If an end is not finite, or `high` is not above `low`.

    Notes
    -----
    All moments exist. Closed under `beyond`.

    ==================  ========================  ===============
    tailrace            SciPy                     R
    ==================  ========================  ===============
    Uniform(low, high)  uniform(low, high - low)  unif(low, high)
    ==================  ========================  ===============

    References
    ----------
    .. [1] N. L. Johnson, S. Kotz, N. Balakrishnan, *Continuous Univariate Distributions*,
       2nd ed., vol. 2, Wiley, 1995, chapter 26.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.Uniform(0.0, 10.0).max_of(9).mean()
    9.0...
    """

    _name: ClassVar[str] = "uniform"

    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        low = _check.finite("low", self.low)
        high = _check.finite("high", self.high)
        if not low < high or math.isinf(high - low):
            msg = f"high must be above low by a finite width, got {high!r} and {low!r}"
            raise ValueError(msg)
        self._set(low=low, high=high)

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        return self.low, self.high

    @property
    def tail_index(self) -> float:
        """Infinite: the support is bounded."""
        return math.inf

    def _mean(self) -> float:
        return 0.5 * self.low + 0.5 * self.high

    def _var(self) -> float:
        width = self.high - self.low
        return width * width / 12.0

    def _mean_of_rank(self, k: float, m: float) -> float:
        share = k / (k + m)
        return self.low * (m / (k + m)) + self.high * share

    def _scaled(self, scale: float, shift: float) -> Law:
        ends = sorted((scale * self.low + shift, scale * self.high + shift))
        if not (ends[0] < ends[1] and math.isfinite(ends[1] - ends[0])):
            return self._derived("scaled", scale, shift)
        return Uniform(*ends)

    def _truncated(self, low: float, high: float) -> Law:
        return Uniform(max(low, self.low), high)

    def _beyond(self, t: float) -> Law:
        return Uniform(t, self.high)
