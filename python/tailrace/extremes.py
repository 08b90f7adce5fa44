"""Extremes of n values, drawn jointly without drawing n."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from . import _check, _core
from ._rng import RNG, seed_bytes
from .laws.base import Law

Shape = int | tuple[int, ...] | None


def check_law(law: object) -> Law:
    """Return a law."""
    if not isinstance(law, Law):
        msg = f"base must be a Law, got {_check.said(law)}"
        raise TypeError(msg)
    return law


def rows(
    law: Law,
    kind: Literal["smallest", "largest", "ends"],
    k: int,
    n: float,
    shape: Shape,
    rng: RNG,
    out: NDArray[Any] | None,
    dtype: DTypeLike | None,
    threads: int | None,
) -> NDArray[Any]:
    """Draw rows of `k` extremes: `kind` is that of the core."""
    sizes = () if shape is None else _check.shape("shape", shape)
    if out is not None:
        array = _check.output(out, None, dtype)
        if array.shape[-1:] != (k,):
            msg = f"out must have rows of {k}, got shape {array.shape}"
            raise ValueError(msg)
        if shape is not None and sizes != array.shape[:-1]:
            msg = f"shape must be that of out, {array.shape[:-1]}, got {shape}"
            raise ValueError(msg)
    else:
        single = dtype is not None and _check.is_single(dtype)
        array = np.empty((*sizes, k), np.float32 if single else np.float64)
    # Far too little work for a second thread: then nobody asks how many there are.
    small = threads is None and array.size < 100_000
    count = 1 if small else _check.threads("threads", threads)
    _core.sample_joint_into(law._core_law, seed_bytes(rng), array, kind, k, n, count)
    law._refuse_unknown(array)
    return array


@dataclass(frozen=True, slots=True, repr=False)
class JointExtremes:
    r"""The k largest or smallest of n independent values, jointly.

    Made by `Law.top` and `Law.bottom`.

    Parameters
    ----------
    base : Law
        The law of one value.
    k : int
        How many, from 1 to `n`.
    n : float
        Of how many: any real number from `k` to 1e300.
    side : {"top", "bottom"}
        The largest, in descending order, or the smallest, ascending.

    Raises
    ------
    ValueError
        If `k` is below 1, `n` below `k` or above 1e300, or `side` none of the two.
    TypeError
        If `base` is no Law, `k` no integer, or `n` no real number.

    Notes
    -----
    The hazards of n values, in ascending order, have independent exponential steps
    :math:`E_1 / n, E_2 / (n - 1), \ldots` [1]_, so a row takes k exponentials whatever n
    is; the largest are the same sums for the lower tail. For an n that is not whole
    these sums are the definition.

    Each value is rounded by itself, so a spacing, ``numpy.diff(x)``, is exact to the
    last digit of the *values*: of two that agree in d digits it keeps 16 - d. The k
    values of a row differ by about one part in n near the body of a law, and by far
    more in a heavy tail.

    References
    ----------
    .. [1] A. Renyi, "On the theory of order statistics", Acta Math. Acad. Sci. Hungar. 4
       (1953).

    Examples
    --------
    >>> import tailrace as tr
    >>> best = tr.Frechet(1.2).top(3, 64)
    >>> best, best.law(1) == tr.Frechet(1.2).max_of(64)
    (Frechet(shape=1.2, scale=1.0).top(3, 64), True)
    >>> best.sample((100, 2), rng=7).shape
    (100, 2, 3)
    """

    base: Law
    k: int
    n: float
    side: Literal["top", "bottom"] = "top"

    def __post_init__(self) -> None:
        """Check the parameters."""
        check_law(self.base)
        k = _check.count("k", self.k)
        object.__setattr__(self, "k", k)
        object.__setattr__(self, "n", _check.at_least("n", self.n, k, 1e300))
        _check.choice("side", self.side, ("top", "bottom"))

    def __repr__(self) -> str:
        """Return the call that makes it."""
        return f"{self.base!r}.{self.side}({self.k}, {self.n:.15g})"

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support of each value."""
        return self.base.support

    def law(self, i: int) -> Law:
        """Law of the i-th value of a row, counted from 1.

        Parameters
        ----------
        i : int
            From 1, the most extreme one, to `k`.

        Raises
        ------
        ValueError
            If `i` is not from 1 to `k`.
        """
        i = _check.count("i", i, 1, self.k)
        if i == 1:
            law = self.base
            return law.max_of(self.n) if self.side == "top" else law.min_of(self.n)
        return self.base.order_statistic(-i if self.side == "top" else i, self.n)

    def sample(
        self,
        shape: Shape = None,
        *,
        rng: RNG = None,
        out: NDArray[Any] | None = None,
        dtype: DTypeLike | None = None,
        threads: int | None = None,
    ) -> NDArray[Any]:
        """Draw independent rows of the k extremes, the most extreme value first.

        Parameters
        ----------
        shape : int or tuple of int, optional
            Shape of the array of rows; a single row by default. Fewer rows of the same
            seed are the beginning of more.
        rng, dtype, threads
            As for `Law.sample`. A row is drawn by one thread.
        out : ndarray of float64 or float32, optional
            Writeable C-contiguous array of shape ``(*shape, k)`` to fill.

        Returns
        -------
        ndarray, shape ``(*shape, k)``

        Raises
        ------
        TypeError
            If `shape` or `threads` is no integer, or `rng` or `out` of a wrong type.
        ValueError
            If a size is negative, or `out` is read-only, not contiguous, or of another
            shape or type.
        MemoryError
            If the array is too large for memory.
        """
        kind: Literal["largest", "smallest"] = (
            "largest" if self.side == "top" else "smallest"
        )
        return rows(self.base, kind, self.k, self.n, shape, rng, out, dtype, threads)


@dataclass(frozen=True, slots=True, repr=False)
class OfMany:
    """What is asked of n independent values: the law of one of them, and n."""

    #: The method of Law that makes it.
    _method: ClassVar[str]

    base: Law
    n: float

    def __post_init__(self) -> None:
        """Check the parameters."""
        check_law(self.base)
        object.__setattr__(self, "n", _check.at_least("n", self.n, 1.0, 1e300))

    def __repr__(self) -> str:
        """Return the call that makes it."""
        return f"{self.base!r}.{self._method}({self.n:.15g})"


@dataclass(frozen=True, slots=True, repr=False)
class MinAndMax(OfMany):
    """The smallest and the largest of n independent values, jointly.

    Made by `Law.min_and_max`. Given the smallest, the others are n - 1 values beyond it,
    so a pair takes two exponentials whatever n is.

    Parameters
    ----------
    base : Law
        The law of one value.
    n : float
        Of how many: any real number from 1 to 1e300.

    Raises
    ------
    ValueError
        If `n` is not between 1 and 1e300.
    TypeError
        If `base` is no Law, or `n` no real number.

    Examples
    --------
    >>> import tailrace as tr
    >>> ends = tr.Pareto(1.2).min_and_max(64)
    >>> ends
    Pareto(shape=1.2, scale=1.0).min_and_max(64)
    >>> low, high = ends.sample(1000, rng=7).T
    >>> bool((low < high).all())
    True
    """

    _method: ClassVar[str] = "min_and_max"

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support of both."""
        return self.base.support

    def laws(self) -> tuple[Law, Law]:
        """Return the laws of the smallest and of the largest, each by itself."""
        return self.base.min_of(self.n), self.base.max_of(self.n)

    def sample(
        self,
        shape: Shape = None,
        *,
        rng: RNG = None,
        out: NDArray[Any] | None = None,
        dtype: DTypeLike | None = None,
        threads: int | None = None,
    ) -> NDArray[Any]:
        """Draw independent pairs, the smallest first.

        Parameters
        ----------
        shape : int or tuple of int, optional
            Shape of the array of pairs; a single pair by default. Fewer pairs of the
            same seed are the beginning of more.
        rng, dtype, threads
            As for `Law.sample`.
        out : ndarray of float64 or float32, optional
            Writeable C-contiguous array of shape ``(*shape, 2)`` to fill.

        Returns
        -------
        ndarray, shape ``(*shape, 2)``

        Raises
        ------
        TypeError, ValueError
            As for `Law.sample`.
        """
        return rows(self.base, "ends", 2, self.n, shape, rng, out, dtype, threads)
