"""Tables that grow as they are asked: values at places of a logarithmic grid."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..laws.base import Reals


class Table:
    """Values of a function at exp(k * step), made a chunk of places at a time.

    Attributes
    ----------
    step : float
        Distance of places, in the logarithm.
    """

    def __init__(
        self, make: Callable[[Reals], NDArray[Any]], step: float, rows: int
    ) -> None:
        self.step = step
        self._make = make
        self._rows = rows
        self._chunks: dict[int, NDArray[Any]] = {}
        self._spans: dict[tuple[int, int], tuple[Reals, NDArray[Any]]] = {}

    def span(self, low: float, high: float) -> tuple[Reals, NDArray[Any]]:
        """Return sizes from at most `low` to at least `high`, and the values there."""
        width = self.step * self._rows
        first = math.floor(math.log(low) / width)
        last = max(math.ceil(math.log(high) / width) - 1, first)
        found = self._spans.get((first, last))
        if found is None:
            for number in range(first, last + 1):
                if number not in self._chunks:
                    self._chunks[number] = self._make(self._places(number))
            numbers = range(first, last + 1)
            sizes = np.exp(np.concatenate([self._places(k) for k in numbers]))
            values = np.concatenate([self._chunks[k] for k in numbers])
            found = self._spans[first, last] = sizes, values
        return found

    def _places(self, number: int) -> Reals:
        k = np.arange(number * self._rows, (number + 1) * self._rows)
        return np.asarray(k * self.step, dtype=np.float64)
