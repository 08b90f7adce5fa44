"""The median of means, of data in pieces."""

from __future__ import annotations

import math
from functools import partial
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _check, _core
from .._answer import Estimate
from ..laws.base import Reals
from . import deviations
from .base import READERS, Estimator
from .container import MAGIC, pack, unpack
from .deviations import MomentBound, moment_bound
from .intervals import estimate

_KIND = b"medm"
MOST_BLOCKS = 10_000


class _Dealt:
    """Sums to which values are dealt in turn; as the core's summary to its users."""

    def __init__(self, blocks: int, sums: list[_core.Summary] | None = None) -> None:
        self.sums = sums or [_core.Summary(1, -1, 0, 0) for _ in range(blocks)]
        self._lock = Lock()

    def kept(self) -> tuple[int]:
        return (len(self.sums),)

    def update(
        self,
        x: Reals,
        labels: None,
        times: NDArray[np.uint64] | None,
        threads: int,
    ) -> bool:
        if np.isnan(x).any():
            return False
        flat, k = x.ravel(), len(self.sums)
        with self._lock:
            start = self._count() % k
            # New sums, which take the place of the old ones at once or not at all.
            sums = [one.copy() for one in self.sums]
            if times is not None:
                weights = times.astype(np.int64).ravel()
                every, rest = np.divmod(weights, k)
                # The block at which the turns of each value begin.
                begins = (start + np.cumsum(rest) - rest) % k
            for i, one in enumerate(sums):
                if times is None:
                    mine = np.ascontiguousarray(flat[(i - start) % k :: k])
                    one.update(mine, None, None, threads)
                else:
                    turns = every + ((i - begins) % k < rest)
                    one.update(flat, None, turns.astype(np.uint64), threads)
            self.sums = sums
        return True

    def update_one(self, x: float) -> bool:
        if math.isnan(x):
            return False
        with self._lock:
            self.sums[self._count() % len(self.sums)].update_one(x)
        return True

    def merge(self, other: _Dealt) -> None:
        theirs = other.copy().sums
        if len(theirs) != len(self.sums):
            msg = f"others must have {len(self.sums)} blocks, got {len(theirs)}"
            raise ValueError(msg)
        with self._lock:
            # As if the other's values had come after these.
            start = self._count()
            sums = [one.copy() for one in self.sums]
            for i, one in enumerate(theirs):
                sums[(start + i) % len(theirs)].merge(one)
            self.sums = sums

    def fresh(self) -> _Dealt:
        return _Dealt(len(self.sums))

    def copy(self) -> _Dealt:
        with self._lock:
            return _Dealt(0, [one.copy() for one in self.sums])

    def equals(self, other: _Dealt) -> bool:
        mine, theirs = self.copy().sums, other.copy().sums
        return len(mine) == len(theirs) and all(
            a.equals(b) for a, b in zip(mine, theirs, strict=True)
        )

    def to_bytes(self) -> bytes:
        return pack(_KIND, [], [one.to_bytes() for one in self.copy().sums])

    @classmethod
    def from_bytes(cls, data: bytes) -> _Dealt:
        _, parts = unpack(_KIND, data, 0)
        if not 1 <= len(parts) <= MOST_BLOCKS:
            msg = f"data must hold 1 to {MOST_BLOCKS} blocks, got {len(parts)}"
            raise ValueError(msg)
        sums = [_core.Summary.from_bytes(part) for part in parts]
        if any(one.kept() != (1, -1, 0, 0) for one in sums):
            msg = "data must hold sums, got something else"
            raise ValueError(msg)
        return cls(0, sums)

    def counts(self) -> tuple[int, int, int, int]:
        finite, zeros, above, below = zip(
            *(one.counts() for one in self.sums), strict=True
        )
        return sum(finite), sum(zeros), sum(above), sum(below)

    def ends(self) -> tuple[float, float]:
        ends = np.array([one.ends() for one in self.sums])
        return float(np.nanmin(ends)), float(np.nanmax(ends))

    def memory(self) -> int:
        return sum(one.memory() for one in self.sums)

    def _count(self) -> int:
        finite, _, above, below = self.counts()
        return finite + above + below


READERS[MAGIC] = _Dealt.from_bytes


class MedianOfMeans(Estimator):
    """The median of the means of blocks, to which values are dealt in turn.

    Parameters
    ----------
    blocks : int, optional
        From 1 to 10,000. By default the number for which the bound at 95 % is smallest
        where a moment of order 1.5 exists.

    Raises
    ------
    TypeError
        If `blocks` is no integer.
    ValueError
        If it is out of range.

    Notes
    -----
    A merge is as if the values of the other had come after those of this one. So unlike
    the other estimators this one depends on the order of the data; its guarantee, for
    independent values, does not: see `robust_mean`.

    Examples
    --------
    >>> import tailrace as tr
    >>> parts = [tr.MedianOfMeans() for _ in range(10)]
    >>> for seed, part in enumerate(parts):
    ...     part.update(tr.Pareto(1.6).sample(1000, rng=seed))
    >>> mean = sum(parts).mean(moment=(1.5, 14.0))
    >>> interval = mean.confidence_interval()
    >>> interval.low < 1.6 / 0.6 < interval.high
    True
    """

    __slots__ = ()

    def __init__(self, blocks: int | None = None) -> None:
        """Start with no values."""
        many = deviations.blocks_for(0.05, 1.5) if blocks is None else blocks
        self._state: Any = _Dealt(_check.count("blocks", many, 1, MOST_BLOCKS))

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return len(self._state.sums)

    def mean(self, *, moment: tuple[float, float] | None = None) -> Estimate:
        """Median of the means of the blocks.

        Parameters
        ----------
        moment : tuple of float, optional
            (p, v), a bound for a central moment, as for `robust_mean`; without it there is
            no interval.

        Returns
        -------
        Estimate
            NaN before the first value. Blocks without values are left out.

        Raises
        ------
        TypeError
            If `moment` is no pair of numbers.
        ValueError
            If it is out of range.
        """
        bound = moment_bound(moment)
        sizes, means = [], []
        for one in self._state.copy().sums:
            finite, _, above, below = one.counts()
            if above or below:
                means.append(
                    math.inf if not below else math.nan if above else -math.inf
                )
            elif finite:
                _, (total, unit), *_ = one.sums()
                whole = int.from_bytes(total, "little", signed=True)
                means.append(whole / (finite << -unit))
            if finite + above + below:
                sizes.append(finite + above + below)
        middle = float(np.median(means)) if means else math.nan
        return estimate(middle, bound, partial(_radius, tuple(sizes)))

    @classmethod
    def _fits(cls, kept: tuple[int, ...]) -> bool:
        return len(kept) == 1

    def __repr__(self) -> str:
        """Show the blocks, the count and the mean."""
        if not self.count:
            return f"MedianOfMeans(blocks={self.blocks}, count=0)"
        return (
            f"MedianOfMeans(blocks={self.blocks}, count={self.count}, "
            f"mean={self.mean():.6g})"
        )


def _radius(sizes: tuple[int, ...], bound: MomentBound, delta: float) -> float:
    return deviations.of_medians(sizes, bound, delta) if sizes else math.inf
