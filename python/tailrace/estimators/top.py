"""The largest values, exactly."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _check
from .._tabular import Tabular
from ..laws.base import Reals
from ..tails import TailEstimate, hill, no_tail
from .base import Estimator


class TopK(Estimator, Tabular):
    """The k largest of all values seen, or the k smallest, with labels if wanted.

    Parameters
    ----------
    k : int
        How many, from 1 to 2^24.
    largest : bool, default True
        Whether the largest are kept, or the smallest.

    Raises
    ------
    TypeError
        If `k` is no integer, or `largest` no truth value.
    ValueError
        If `k` is not from 1 to 2^24.

    Notes
    -----
    Equal values come in the order of their labels, so that neither the order of the data
    nor the order of merging matters. A zero has no sign.

    Examples
    --------
    >>> import tailrace as tr
    >>> top = tr.TopK(2)
    >>> top.update([3.0, 1.0, 4.0, 1.0, 5.0], labels=range(5))
    >>> top.update([9.0, 2.0, 6.0], labels=range(5, 8))
    >>> top.values, top.labels
    (array([9., 6.]), array([5, 7]))
    """

    __slots__ = ()

    def __init__(self, k: int, largest: bool = True) -> None:
        """Start with no values."""
        many = _check.count("k", k, 1, 2**24)
        if _check.flag("largest", largest):
            self._keep(largest=many)
        else:
            self._keep(smallest=many)

    @classmethod
    def _fits(cls, kept: tuple[int, ...]) -> bool:
        return kept[:2] == (0, -1) and (kept[2] == 0) != (kept[3] == 0)

    def update(
        self,
        x: ArrayLike,
        *,
        labels: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        nan: str = "raise",
        threads: int | None = None,
    ) -> None:
        """Take in values: one, or an array of any shape.

        Parameters
        ----------
        x : array_like
            Real numbers, as for `Summary.update`.
        labels : array_like of int, optional
            What tells the values apart, from 0 to 2^62, in the shape of `x`, or one for all:
            rows of a table, say, as by ``labels=range(start, start + len(x))``.
        weights : array_like of int, optional
            How many times each value counts, from 0 to 2^62.
        nan : {"raise", "omit"}
            What to do with NaN.
        threads : int, optional
            Most threads to use; by default every core, for work above about 1 ms.

        Raises
        ------
        TypeError
            If `x` does not hold real numbers, or `labels` or `weights` no integers.
        ValueError
            As for `Summary.update`; if labels are negative or do not fit.
        """
        self._update(x, weights, labels, nan, threads)

    def merge(self, *others: TopK) -> None:
        """Take in what others have seen; see `Estimator.merge`.

        Raises
        ------
        TypeError
            If one is of another class.
        ValueError
            If one keeps the smallest values, and this one the largest.
        """
        for other in others:
            if isinstance(other, TopK) and other.largest != self.largest:
                msg = f"others must keep the {self._side} values, got {other!r}"
                raise ValueError(msg)
        super().merge(*others)

    def __add__(self, other: object) -> TopK:
        """Return a new estimator that has seen what both have."""
        if not isinstance(other, TopK):
            return NotImplemented
        total = self.copy()
        total.merge(other)
        return total

    @property
    def k(self) -> int:
        """How many values are kept."""
        _, _, largest, smallest = self._state.kept()
        return largest or smallest

    @property
    def largest(self) -> bool:
        """Whether the largest values are kept, or the smallest."""
        return self._state.kept()[2] > 0

    @property
    def _side(self) -> str:
        return "largest" if self.largest else "smallest"

    @property
    def values(self) -> Reals:
        """The values, the most extreme first; k of them, or as many as were seen."""
        return self._state.extremes(self.largest)[0]

    @property
    def labels(self) -> NDArray[np.int64]:
        """The labels of `values`; -1 for a value that has none."""
        return self._state.extremes(self.largest)[1]

    def hill(self, k: int | None = None) -> TailEstimate:
        """Fit a Pareto tail to the largest values, by Hill's estimator.

        Parameters
        ----------
        k : int, optional
            Values beyond the threshold: from 1 to one less than are kept. By default as
            many as there are, but at most a tenth of all.

        Returns
        -------
        TailEstimate
            For the smallest values, that of their negatives. Its `isf` gives quantiles
            beyond the data, by Weissman's estimator.

        Raises
        ------
        TypeError
            If `k` is no integer.
        ValueError
            If there are not k + 1 values.

        Examples
        --------
        >>> import tailrace as tr
        >>> top = tr.TopK(1001)
        >>> top.update(tr.Pareto(1.2).sample(10**6, rng=7))
        >>> found = top.hill()
        >>> found.k, 1.1 < found.tail_index < 1.3
        (1000, True)
        """
        values = self.values if self.largest else -self.values
        most = values.size - 1
        used = (
            min(most, max(self.count // 10, 1)) if k is None else _check.count("k", k)
        )
        if used > most:
            msg = f"k must be < the {values.size} values kept, got {used}"
            raise ValueError(msg)
        if used < 1:
            return no_tail("fewer than two values are kept", 0, math.nan, self.count)
        return hill(values, used, self.count)

    def to_dict(self) -> dict[str, list[Any]]:
        """Return rank, value and label of the values kept, as columns."""
        values, labels = self._state.extremes(self.largest)
        return {
            "rank": list(range(1, values.size + 1)),
            "value": values.tolist(),
            "label": labels.tolist(),
        }

    def __repr__(self) -> str:
        """Show what is kept of how many."""
        shown = ", ".join(f"{v:.6g}" for v in self.values[:3].tolist())
        more = ", ..." if self.values.size > 3 else ""
        return (
            f"TopK(k={self.k}, largest={self.largest}, count={self.count}, "
            f"values=[{shown}{more}])"
        )
