"""What every law can do: probabilities, quantiles, draws, and selection."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, ClassVar, Self, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .. import _check, _core
from .._answer import Answer, finite_or
from .._rng import RNG, seed_bytes
from .joint import JointMethods

Reals = NDArray[np.float64]


class Law(JointMethods):
    r"""A continuous law, or one with atoms: the parent of every law.

    Everything rests on the cumulative hazard :math:`H(x) = -\log P(X > x)`. :math:`H(X)`
    is a standard exponential clock, so a draw is :math:`H^{-1}(E)`, and a selection is
    arithmetic on :math:`E`. Laws are immutable; their parameters are checked once.

    Functions of `x` and of `p` take a scalar or an array of any shape, and give a float
    or an array of that shape. They are computed in twice the working precision and
    rounded once, however far in the tail. NaN in `x` gives NaN there.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.Pareto(1.5).min_of(2).max_of(10)
    >>> isinstance(law, tr.Law), law.tail_index
    (True, 3.0)
    """

    __slots__ = ("_core_law",)

    _core_law: _core.Law
    #: The name in the core's table of laws.
    _name: ClassVar[str] = ""

    def __new__(cls, *_: object, **__: object) -> Self:
        """Refuse to make a law of no kind."""
        if cls is Law:
            msg = "Law is the parent of the laws; make one of those, such as Pareto"
            raise TypeError(msg)
        return super().__new__(cls)

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        raise NotImplementedError

    @property
    def tail_index(self) -> float:
        """Index a of a tail like x^-a; inf for a lighter one, NaN where unknown."""
        raise NotImplementedError

    def _mean(self) -> float:
        """Return the mean, known to exist; by quadrature where a law has no formula."""
        from .moments import mean

        return mean(self)

    def _var(self) -> float:
        """Return the variance, known to exist; by quadrature as above."""
        from .moments import var

        return var(self)

    def _make_core_law(self) -> _core.Law:
        fields = dataclasses.fields(self)  # type: ignore[arg-type]
        return _core.make_law(self._name, [getattr(self, f.name) for f in fields])

    def _set(self, **values: object) -> None:
        """Set checked parameters, and make the law in the core."""
        for name, value in values.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_core_law", self._make_core_law())

    def __reduce__(self) -> Any:
        """Copy and pickle by the parameters."""
        fields = dataclasses.fields(self)  # type: ignore[arg-type]
        return type(self), tuple(getattr(self, f.name) for f in fields)

    def _ask(self, question: str, x: Reals) -> Any:
        answer = self._core_law.evaluate(question, x)
        return answer if x.ndim else float(answer[()])

    def sf(self, x: ArrayLike) -> Any:
        """Survival function P(X > x).

        Parameters
        ----------
        x : array_like
            Values, in the units of the law.

        Returns
        -------
        float or ndarray of float64, shape of `x`

        Raises
        ------
        TypeError
            If `x` does not hold real numbers.

        Examples
        --------
        >>> import tailrace as tr
        >>> tr.Pareto(2.0).sf([10.0, 1e100])
        array([1.e-002, 1.e-200])
        """
        return self._ask("sf", _check.points("x", x))

    def cdf(self, x: ArrayLike) -> Any:
        """Distribution function P(X <= x); small values keep their digits. See `sf`."""
        return self._ask("cdf", _check.points("x", x))

    def logsf(self, x: ArrayLike) -> Any:
        """Logarithm of the survival function. See `sf`."""
        return self._ask("logsf", _check.points("x", x))

    def logcdf(self, x: ArrayLike) -> Any:
        """Logarithm of the distribution function; -inf below 1e-308. See `sf`."""
        return self._ask("logcdf", _check.points("x", x))

    def pdf(self, x: ArrayLike) -> Any:
        """Density, in 1 / units of the law. See `sf`."""
        return self._ask("pdf", _check.points("x", x))

    def logpdf(self, x: ArrayLike) -> Any:
        """Logarithm of the density. See `sf`."""
        return self._ask("logpdf", _check.points("x", x))

    def hazard(self, x: ArrayLike) -> Any:
        r"""Cumulative hazard :math:`H(x) = -\log P(X > x)`.

        Not the hazard *rate*, which is its derivative, ``pdf(x) / sf(x)``. See `sf`.
        """
        return self._ask("hazard", _check.points("x", x))

    def inverse_hazard(self, e: ArrayLike) -> Any:
        """Value with cumulative hazard `e`, the (left-continuous) inverse of `hazard`.

        Parameters
        ----------
        e : array_like
            Clocks, at least 0. A probability of 1e-300 is the clock 690.8.

        Returns
        -------
        float or ndarray of float64, shape of `e`

        Raises
        ------
        ValueError
            If a clock is negative or NaN.
        """
        clocks = _check.points("e", e)
        bad = ~(clocks >= 0)
        if bad.any():
            msg = f"e must be >= 0, got {float(clocks[bad].flat[0])!r}"
            raise ValueError(msg)
        return self._ask("inverse_hazard", clocks)

    def isf(self, p: ArrayLike) -> Any:
        """Value exceeded with probability `p`, the inverse of `sf`.

        Parameters
        ----------
        p : array_like
            Probabilities, from 0 to 1.

        Returns
        -------
        float or ndarray of float64, shape of `p`

        Raises
        ------
        ValueError
            If a probability is not between 0 and 1.
        """
        return self._ask("isf", _check.probabilities("p", p))

    def ppf(self, p: ArrayLike) -> Any:
        """Quantile: the value not exceeded with probability `p`. See `isf`."""
        return self._ask("ppf", _check.probabilities("p", p))

    def mean(self) -> Answer:
        """Mean, exact; inf or NaN with a `.reason` where it does not exist.

        A closed form where there is one, quadrature to about 1e-10 elsewhere.
        """
        return self._moment(1, "mean")

    def var(self) -> Answer:
        """Variance, exact; inf or NaN with a `.reason` where it does not exist."""
        return self._moment(2, "variance")

    def std(self) -> Answer:
        """Return the standard deviation, the root of `var`."""
        var = self.var()
        return Answer(math.sqrt(var), var.reason)

    def median(self) -> float:
        """Median."""
        return float(self.ppf(0.5))

    def _moment(self, order: int, name: str) -> Answer:
        index = self.tail_index
        if math.isnan(index):
            return Answer(math.nan, f"the tail is unknown, and so is the {name}")
        if index <= order:
            return Answer(math.inf, f"the tail index {index:.15g} is not above {order}")
        value = self._mean() if order == 1 else self._var()
        if order == 1 and math.isfinite(value):
            # Rounding may not carry a mean out of the support.
            value = min(max(value, self.support[0]), self.support[1])
        if math.isnan(value):
            value = math.inf
        return finite_or(value, f"the {name} is too large for a double")

    @overload
    def sample(
        self,
        shape: None = ...,
        *,
        rng: RNG = ...,
        out: None = ...,
        dtype: DTypeLike | None = ...,
        threads: int | None = ...,
    ) -> float: ...

    @overload
    def sample(
        self,
        shape: int | tuple[int, ...] | None = ...,
        *,
        rng: RNG = ...,
        out: NDArray[Any] | None = ...,
        dtype: DTypeLike | None = ...,
        threads: int | None = ...,
    ) -> NDArray[Any]: ...

    def sample(
        self,
        shape: int | tuple[int, ...] | None = None,
        *,
        rng: RNG = None,
        out: NDArray[Any] | None = None,
        dtype: DTypeLike | None = None,
        threads: int | None = None,
    ) -> float | NDArray[Any]:
        """Draw independent values.

        Parameters
        ----------
        shape : int or tuple of int, optional
            Shape of the result; a single float by default. A shorter sample of the same
            seed is the beginning of a longer one.
        rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
            What `numpy.random.default_rng` takes. A seed fixes every bit of the result,
            on every instruction set and number of threads; a Generator moves on by four
            64-bit values a call.
        out : ndarray of float64 or float32, optional
            Writeable C-contiguous array to fill instead of making one.
        dtype : float64 or float32, default float64
            Type of the result. Draws are made in float64 and rounded; a value beyond
            the largest float32, 3.4e38, becomes inf.
        threads : int, optional
            Most threads to use; by default every core, for work above about 1 ms.

        Returns
        -------
        float or ndarray, shape `shape`

        Raises
        ------
        TypeError
            If `shape` or `threads` is no integer, or `rng` or `out` of a wrong type.
        ValueError
            If a size is negative, or `out` is read-only, not contiguous, or of another
            shape or type.

        Examples
        --------
        >>> import tailrace as tr
        >>> tr.Pareto(1.2).sample((2, 3), rng=7).shape
        (2, 3)
        """
        if out is not None:
            array = _check.output(out, shape, dtype)
            n = _check.threads("threads", threads)
            _core.sample_into(self._core_law, seed_bytes(rng), array, n)
            return array
        single = dtype is not None and _check.is_single(dtype)
        sizes = () if shape is None else _check.shape("shape", shape)
        # Far too little work for a second thread: then nobody asks how many there are.
        small = threads is None and math.prod(sizes) < 100_000
        n = 1 if small else _check.threads("threads", threads)
        seed = seed_bytes(rng)
        if shape is None:
            value = _core.sample_one(self._core_law, seed)
            return float(np.float32(value)) if single else value
        return _core.sample(self._core_law, seed, sizes, single, n)

    # Selection.

    def min_of(self, q: float) -> Law:
        """Law of the smallest of `q` independent values.

        Parameters
        ----------
        q : float
            Any real number above 0, up to 1e300: P(min > x) = P(X > x)^q.

        Returns
        -------
        Law
            Of the same family where that is closed under minima.

        Raises
        ------
        ValueError
            If `q` is not finite and > 0.

        Examples
        --------
        >>> import tailrace as tr
        >>> tr.Pareto(1.2).min_of(0.5)
        Pareto(shape=0.6, scale=1.0)
        """
        return self._min_of(_check.at_least("q", q, 1e-300, 1e300))

    def max_of(self, n: float) -> Law:
        """Law of the largest of `n` independent values.

        Parameters
        ----------
        n : float
            Any real number from 1 to 1e300: P(max <= x) = P(X <= x)^n.

        Raises
        ------
        ValueError
            If `n` is not between 1 and 1e300.

        Examples
        --------
        >>> import tailrace as tr
        >>> tr.Pareto(1.2).max_of(10**12).median()
        13572049943.56...
        """
        return self._max_of(_check.at_least("n", n, 1.0, 1e300))

    def beyond(self, t: float) -> Law:
        """Law of a value given that it exceeds `t`; no rejection, whatever `t`.

        Parameters
        ----------
        t : float
            Any number below the upper end of the support.

        Raises
        ------
        ValueError
            If no value exceeds `t`, or `t` is NaN.

        Examples
        --------
        >>> import tailrace as tr
        >>> tr.Pareto(1.2).beyond(1e6).median()
        1781797.43...
        """
        t = _check.number("t", t)
        low, high = self.support
        if not t < high:
            msg = f"t must be < {high:g}, the upper end of the support, got {t!r}"
            raise ValueError(msg)
        return self if t < low else self._beyond(t)

    # A family closed under a selection overrides these; arguments have been checked.

    def _min_of(self, q: float) -> Law:
        return self._selected("min_of", q)

    def _max_of(self, n: float) -> Law:
        return self._selected("max_of", n)

    def _beyond(self, t: float) -> Law:
        return self._selected("beyond", t)

    def _selected(self, method: str, argument: float) -> Law:
        from ..selection import selected

        return selected(self, method, argument)
