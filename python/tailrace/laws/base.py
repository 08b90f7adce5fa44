"""What every law can do: probabilities, quantiles, draws, and selection."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Self, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .. import _check, _core
from .._answer import Answer, finite_or
from .._rng import RNG, seed_bytes
from .derivations import Derivations
from .joint import JointMethods

if TYPE_CHECKING:
    from ..l_moments import LMoments

Reals = NDArray[np.float64]


class Law(Derivations, JointMethods):
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
        """Mean, exact; infinite or NaN with a `.reason` where it does not exist.

        A closed form where there is one, quadrature to about 1e-10 elsewhere.
        """
        missing = self._missing_mean("mean")
        return self._moment(self._mean, "mean") if missing is None else missing

    def var(self) -> Answer:
        """Variance, exact; inf or NaN with a `.reason` where it does not exist."""
        missing = self._missing_mean("variance")
        if missing is not None and math.isnan(missing):
            return missing
        if self.tail_index <= 2:
            reason = f"the tail index {self.tail_index:.15g} is not above 2"
            return Answer(math.inf, reason)
        if self._lower_tail_index <= 2:
            index = self._lower_tail_index
            reason = f"the index of the lower tail, {index:.15g}, is not above 2"
            return Answer(math.inf, reason)
        return self._moment(self._var, "variance")

    def std(self) -> Answer:
        """Return the standard deviation, the root of `var`."""
        var = self.var()
        return Answer(math.sqrt(var), var.reason)

    def l_moments(self, order: int = 4) -> LMoments:
        r"""First L-moments, exact; NaN with a `.reason` where the mean does not exist.

        Parameters
        ----------
        order : int, default 4
            How many, from 1 to 20.

        Returns
        -------
        LMoments
            As `tailrace.l_moments` gives for data. By quadrature of
            :math:`\lambda_r = \int_0^1 Q(p) P_{r-1}(2p - 1) \, dp`, to about 1e-10 of
            the second.

        Raises
        ------
        ValueError
            If `order` is not from 1 to 20.
        TypeError
            If `order` is no integer.

        Examples
        --------
        >>> import tailrace as tr
        >>> found = tr.Pareto(3.0).l_moments()
        >>> round(found.l1, 12), round(found.l2, 12), round(found.tau3, 12)
        (1.5, 0.3, 0.5)
        """
        from ..l_moments import LMoments

        count = _check.count("order", order)
        if count > 20:
            msg = f"order must be from 1 to 20, got {count}"
            raise ValueError(msg)
        missing = self._missing_mean("L-moment")
        if missing is not None:
            return LMoments(np.full(count, math.nan), None, missing.reason)
        from .moments import l_moments

        return LMoments(l_moments(self, count), None)

    def median(self) -> float:
        """Median."""
        return float(self.ppf(0.5))

    def _mean_of_rank(self, k: float, m: float) -> float | None:
        """Return the mean of the k-th smallest of k + m - 1, if that has a formula."""
        return None

    def _kinks(self) -> list[float]:
        """Return clocks at which the inverse hazard is not smooth."""
        return []

    @property
    def _lower_tail_index(self) -> float:
        """Index of the lower tail; inf where it is light or bounded."""
        return math.inf

    def _missing_mean(self, name: str) -> Answer | None:
        """Return what stands for the mean where it does not exist."""
        upper, lower = self.tail_index, self._lower_tail_index
        if math.isnan(upper) or math.isnan(lower):
            return Answer(math.nan, f"the tail is unknown, and so is the {name}")
        if upper > 1 and lower > 1:
            return None
        if upper <= 1 and lower <= 1:
            reason = f"neither tail index, {lower:.15g} and {upper:.15g}, is above 1"
            return Answer(math.nan, reason)
        if upper <= 1:
            return Answer(math.inf, f"the tail index {upper:.15g} is not above 1")
        reason = f"the index of the lower tail, {lower:.15g}, is not above 1"
        return Answer(-math.inf, reason)

    def _moment(self, compute: Callable[[], float], name: str) -> Answer:
        value = compute()
        if name == "mean" and math.isfinite(value):
            # Rounding may not carry a mean out of the support.
            value = min(max(value, self.support[0]), self.support[1])
        if math.isnan(value):
            return Answer(
                value, f"the {name} is beyond what doubles can hold on the way"
            )
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
            self._refuse_unknown(array)
            return array
        single = dtype is not None and _check.is_single(dtype)
        sizes = () if shape is None else _check.shape("shape", shape)
        # Far too little work for a second thread: then nobody asks how many there are.
        small = threads is None and math.prod(sizes) < 100_000
        n = 1 if small else _check.threads("threads", threads)
        seed = seed_bytes(rng)
        if shape is None:
            value = _core.sample_one(self._core_law, seed)
            self._refuse_unknown(value)
            return float(np.float32(value)) if single else value
        x = _core.sample(self._core_law, seed, sizes, single, n)
        self._refuse_unknown(x)
        return x

    def _refuse_unknown(self, x: float | NDArray[Any]) -> None:
        """Raise ValueError where draws, or sums of them, lie where no law is known."""
