"""The law of the sum of independent values, for any number of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from .. import _check, _core
from .._answer import Answer
from ..laws.base import Law, Reals
from ..outside import Tabulated
from .functions import TotalFunctions
from .values import METHODS


class Computed(float):
    """A number with an estimate of its error, and the method that it comes from.

    It is a float in every respect.

    Attributes
    ----------
    error : float
        Estimate of the absolute error.
    method : str
        How it was computed.

    Examples
    --------
    >>> import tailrace as tr
    >>> total = tr.Pareto(1.2).sum_of(1000)
    >>> p = total.sf(10_000.0)
    >>> p, p.error < 1e-12
    (0.036312..., True)
    """

    error: float
    method: str

    def __new__(cls, value: float, error: float = 0.0, method: str = "") -> Self:
        """Make a float of `value`."""
        self = super().__new__(cls, value)
        self.error = error
        self.method = method
        return self

    def __getnewargs__(self) -> tuple[float, float, str]:  # type: ignore[override]
        """Keep the error through copies and pickles."""
        return float(self), self.error, self.method


@dataclass(frozen=True, slots=True, eq=False)
class TotalValues:
    """The law of a total at several times, with errors; made by `Total.evaluate`.

    Attributes
    ----------
    x : ndarray
        The times.
    cdf, sf, pdf : ndarray
        P(T <= x), P(T > x) and the density.
    error : ndarray
        Estimate of the error relative to the smaller of `cdf` and `sf`.
    method : tuple of str
        How each was computed: by a path along a "ray", across a "saddle" or around the
        "cut"; for data by sums over their "atoms".
    """

    x: Reals
    cdf: Reals
    sf: Reals
    pdf: Reals
    error: Reals
    method: tuple[str, ...]

    def to_dict(self) -> dict[str, list[Any]]:
        """Return columns of equal length."""
        columns: dict[str, list[Any]] = {
            name: getattr(self, name).tolist()
            for name in ("x", "cdf", "sf", "pdf", "error")
        }
        return {**columns, "method": list(self.method)}

    def to_frame(self) -> Any:
        """Return `to_dict` as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.to_dict())

    def table(self) -> str:
        """Return `to_dict` as text."""
        from ..plots import text_table

        return text_table(self.to_dict())

    def plot(self, ax: Any = None) -> Any:
        """Draw P(T > x) on log-log axes; return the axes."""
        from ..plots import axes

        ax = axes(ax)
        ax.plot(self.x, self.sf)
        ax.set(xscale="log", yscale="log", xlabel="x", ylabel="P(T > x)")
        ax.grid(alpha=0.25)
        return ax


class Total(Law):
    r"""Law of the sum of independent values.

    Made by `Law.sum_of`, `IndependentSteps.total` and `Total.of`.

    Attributes
    ----------
    parts : tuple of (Law, int)
        The laws, and how many values of each there are.
    centred : bool
        Whether it is the law of the sum less its mean.

    Notes
    -----
    Probabilities are integrals of the Laplace transform of the sum over paths in the
    complex plane: along a ray for the bulk, to an absolute error near 1e-14; across a
    saddle or around the cut of a heavy tail for small probabilities, which so keep their
    digits. The transform of a single value is made once and serves any number of them.
    `evaluate` says the method and the error at each point; answers at a single point
    carry them.

    Draws come from a table of the exact quantiles, made when it is first needed.

    References
    ----------
    .. [1] J. Gil-Pelaez, "Note on the inversion theorem", *Biometrika* 38 (1951),
       481-482.
    .. [2] H. E. Daniels, "Saddlepoint approximations in statistics", *Ann. Math.
       Statist.* 25 (1954), 631-650.

    Examples
    --------
    >>> import tailrace as tr
    >>> total = tr.Pareto(1.2).sum_of(10**6)
    >>> round(total.median() / 1e6, 3), total.mean() / 1e6
    (5.571, 6.0...)
    >>> total.tail_index
    1.2
    """

    __slots__ = ("_functions", "_table", "centred", "parts")

    _functions: TotalFunctions
    _table: Tabulated | None
    parts: tuple[tuple[Law, int], ...]
    centred: bool

    def __init__(
        self, parts: Sequence[tuple[Law, int]], *, centred: bool = False
    ) -> None:
        joined: dict[Law, int] = {}
        for part in _check.items("parts", parts, "pairs of a Law and an integer"):
            law, n = _part(part)
            joined[law] = joined.get(law, 0) + n
        self._fill(tuple(joined.items()), _check.flag("centred", centred))

    def _fill(self, parts: tuple[tuple[Law, int], ...], centred: bool) -> None:
        values = {
            "parts": parts,
            "centred": centred,
            "_functions": TotalFunctions(parts, centred),
            "_table": None,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __reduce__(self) -> Any:
        """Copy and pickle by the parts."""
        return _restored, (self.parts, self.centred)

    def __repr__(self) -> str:
        """Return the call that makes this law."""
        if len(self.parts) == 1:
            law, n = self.parts[0]
            text = f"{law!r}.sum_of({n})"
        else:
            said = ", ".join(f"({law!r}, {n})" for law, n in self.parts)
            text = f"Total([{said}])"
        return f"{text}.centred_at_mean()" if self.centred else text

    def __eq__(self, other: object) -> bool:
        """Laws are equal that add up equal laws."""
        if not isinstance(other, Total):
            return NotImplemented
        return (dict(self.parts), self.centred) == (dict(other.parts), other.centred)

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash((frozenset(self.parts), self.centred))

    def centred_at_mean(self) -> Total:
        """Law of the sum less its mean: for sums so long that doubles cannot hold both.

        Raises
        ------
        ValueError
            If the mean is infinite.

        Examples
        --------
        >>> import tailrace as tr
        >>> gap = tr.Pareto(3.0).sum_of(10**12).centred_at_mean()
        >>> round(gap.median())
        -8
        """
        mean = self.mean()
        if not math.isfinite(mean):
            msg = f"law must have a mean to be centred at, got {mean} ({mean.reason})"
            raise ValueError(msg)
        return Total(self.parts, centred=True)

    # What every law has.

    @property
    def _core_law(self) -> _core.Law:  # type: ignore[override]
        """The law with its table, as the core has it."""
        if self._table is None:
            table = _Table.__new__(_Table)
            table._make(_functions=self._functions)
            object.__setattr__(self, "_table", table)
        assert self._table is not None
        return self._table._core_law

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        return self._functions.support

    @property
    def _has_atoms(self) -> bool:
        return any(law._has_atoms for law, _ in self.parts)

    @property
    def tail_index(self) -> float:
        """The smallest tail index of the laws."""
        return min(law.tail_index for law, _ in self.parts)

    def _mean(self) -> float:
        return math.fsum(n * float(law.mean()) for law, n in self.parts)

    def mean(self) -> Answer:
        """Mean, exact; infinite or NaN with a `.reason` where it does not exist."""
        for law, _ in self.parts:
            mean = law.mean()
            if not math.isfinite(mean):
                return mean
        return Answer(0.0 if self.centred else self._mean())

    def var(self) -> Answer:
        """Variance, exact; infinite or NaN with a `.reason` where it does not exist."""
        for law, _ in self.parts:
            var = law.var()
            if not math.isfinite(var):
                return var
        return Answer(math.fsum(n * float(law.var()) for law, n in self.parts))

    def _refuse_unknown(self, x: Any) -> None:
        unknown = int(np.count_nonzero(np.isnan(x)))
        if unknown:
            lower, upper = (math.exp(-end) for end in self._functions.ends)
            msg = (
                "draws must lie where the law is known, up to probabilities of "
                f"{lower:.3g} below and {upper:.3g} above, got {unknown} beyond"
            )
            raise ValueError(msg)

    # Functions of values.

    def _ask(self, question: str, x: Reals) -> Any:
        flat = np.ravel(x)
        if question in ("isf", "ppf", "inverse_hazard"):
            return self._at_probabilities(question, flat, x)
        found = self._functions.at(flat)
        if question in ("pdf", "logpdf") and self._functions.of_data:
            found.density[:] = math.nan
        answer = _READ[question](found.lower, found.upper, found.density)
        if x.ndim:
            return answer.reshape(x.shape)
        small = math.exp(min(float(found.lower[0]), float(found.upper[0])))
        error = float(found.error[0])
        value = float(answer[0])
        # Of a probability the error is that of the smaller one; elsewhere relative.
        size = small if question in ("sf", "cdf") else abs(value)
        return Computed(value, error * size, METHODS[int(found.method[0])])

    def _at_probabilities(self, question: str, p: Reals, x: Reals) -> Any:
        with np.errstate(divide="ignore", invalid="ignore"):
            if question == "inverse_hazard":
                clocks = p
                other = -np.log(-np.expm1(-p))
            else:
                clocks = -np.log(p) + 0.0
                other = -np.log1p(-p) + 0.0
                if question == "ppf":
                    clocks, other = other, clocks
        low, high = self.support
        upper = clocks >= other
        tail = np.where(upper, clocks, other)
        answer = np.where(upper, high, low)
        open_ = np.isfinite(tail)
        for side in (False, True):
            mine = open_ & (upper == side)
            if mine.any():
                answer[mine] = self._functions.quantile(side, tail[mine])
        if x.ndim:
            return answer.reshape(x.shape)
        value = float(answer[0])
        if not math.isfinite(value) or not open_[0]:
            return Computed(value)
        found = self._functions.at(answer)
        small = min(float(found.lower[0]), float(found.upper[0]))
        slope = math.exp(small - float(found.density[0]))
        error = float(found.error[0]) * slope + math.ulp(value)
        return Computed(value, error, METHODS[int(found.method[0])])

    def median(self) -> Computed:
        """Median, with its error."""
        result: Computed = self.ppf(0.5)
        return result

    def evaluate(self, x: ArrayLike) -> TotalValues:
        """Return probabilities and densities at times, with errors and methods.

        Parameters
        ----------
        x : array_like of shape (n,)
            Times.

        Returns
        -------
        TotalValues

        Examples
        --------
        >>> import tailrace as tr
        >>> found = tr.Pareto(2.5).sum_of(100).evaluate([150.0, 170.0, 1e6])
        >>> found.sf.round(4), found.method
        (array([0.9396, 0.3283, 0.    ]), ('ray', 'ray', 'cut'))
        """
        points = np.ravel(_check.points("x", x))
        found = self._functions.at(points)
        with np.errstate(under="ignore"):
            return TotalValues(
                points,
                np.exp(found.lower),
                np.exp(found.upper),
                np.exp(found.density),
                found.error,
                tuple(METHODS[int(m)] for m in found.method),
            )


class _Table(Tabulated):
    """The table that draws of a total come from."""

    __slots__ = ()
    _name: ClassVar[str] = ""


def _hazard(lower: Reals, upper: Reals, density: Reals) -> Reals:
    return np.where(lower < -0.7, -np.log1p(-np.exp(lower)), -upper) + 0.0


_READ = {
    "sf": lambda lower, upper, density: np.exp(upper),
    "cdf": lambda lower, upper, density: np.exp(lower),
    "logsf": lambda lower, upper, density: upper,
    "logcdf": lambda lower, upper, density: lower,
    "pdf": lambda lower, upper, density: np.exp(density),
    "logpdf": lambda lower, upper, density: density,
    "hazard": _hazard,
}


def _part(part: object) -> tuple[Law, int]:
    if not isinstance(part, tuple | list) or len(part) != 2:
        msg = f"parts must be pairs of a Law and an integer, got {_check.said(part)}"
        raise TypeError(msg)
    law, n = part
    if not isinstance(law, Law):
        msg = f"parts must be pairs of a Law and an integer, got {_check.said(law)}"
        raise TypeError(msg)
    return law, _check.count("n", n)


def _restored(parts: tuple[tuple[Law, int], ...], centred: bool) -> Total:
    law = Total.__new__(Total)
    law._fill(parts, centred)
    return law
