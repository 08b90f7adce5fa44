"""The law of the sum of independent values, for any number of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .. import _check, _core
from .._answer import Answer, Computed
from ..laws.base import Law, Reals
from ..outside import Tabulated
from .few import FEW, sample
from .functions import TotalFunctions
from .saddles import rate
from .total_values import TotalValues
from .values import METHODS, UNKNOWN


class Total(Law):
    r"""Law of the sum of independent values.

    Made by `Law.sum_of` and `IndependentSteps.total`, or of several laws.

    Parameters
    ----------
    parts : sequence of (Law, int)
        The laws, and how many values of each are added up.
    centred : bool, default False
        Whether the mean of the sum is taken off it: see `centred_at_mean`.

    Raises
    ------
    TypeError
        If `parts` are no pairs of a law and an integer.
    ValueError
        If there are none, or a number is below 1.

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

    Draws come from a table of the exact quantiles, made when it is first needed: a
    look-up a draw, however many values there are. Up to 4096 values of a law in pieces,
    such as one that is capped, are drawn and added up.

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
        if _check.flag("centred", centred):
            _refuse_without_mean(joined)
        self._fill(tuple(joined.items()), centred)

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

    def sample(self, shape: Any = None, **how: Any) -> Any:
        """Draw independent values: see `Law.sample`."""
        law, n = self.parts[0]
        few = len(self.parts) == 1 and n <= FEW and not self.centred
        if few and not self._functions.total.single:
            return sample(law, n, shape, **how)
        return super().sample(shape, **how)

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
        if math.isnan(value) and not math.isnan(flat[0]):
            return Computed(value, UNKNOWN, math.inf)
        # Of a probability the error is that of the smaller one; elsewhere relative.
        size = small if question in ("sf", "cdf") else abs(value)
        return Computed(value, "", error * size, METHODS[int(found.method[0])])

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
        if math.isnan(value) and open_[0]:
            return Computed(value, UNKNOWN, math.inf)
        if not math.isfinite(value) or not open_[0]:
            return Computed(value)
        found = self._functions.at(answer)
        small = min(float(found.lower[0]), float(found.upper[0]))
        slope = math.exp(small - float(found.density[0]))
        error = float(found.error[0]) * slope + math.ulp(value)
        return Computed(value, "", error, METHODS[int(found.method[0])])

    def median(self) -> Computed:
        """Median, with its error."""
        result: Computed = self.ppf(0.5)
        return result

    def decay_rate(self, average: float) -> Computed:
        r"""Rate at which it becomes ever less likely that the average is this small.

        Parameters
        ----------
        average : float
            Time per value, D: usually below the mean, where there is one.

        Returns
        -------
        Computed
            I(D), with P(sum <= n D) = exp(-n (I(D) + o(1))), and at most exp(-n I(D)).
            0 from the mean on, and for laws with a heavy lower tail; inf where no sum
            is so small.

        Raises
        ------
        ValueError
            If `average` is not finite.

        Notes
        -----
        :math:`I(D) = \sup_{s > 0} (-s D - \log E\,e^{-s X})`, with the mean of the
        logarithms where there are several laws.

        References
        ----------
        .. [1] H. Cramer, "Sur un nouveau theoreme-limite de la theorie des
           probabilites", *Actualites scientifiques et industrielles* 736 (1938), 5-23.

        Examples
        --------
        >>> import tailrace as tr
        >>> total = tr.Pareto(1.5).sum_of(1000)
        >>> total.decay_rate(2.0), -total.logcdf(2000.0) / 1000
        (0.026674..., 0.029321...)
        """
        t = _check.finite("average", average)
        n = sum(count for _, count in self.parts)
        y, x = (float(d[0]) for d in self._functions.distances(np.array([n * t])))
        mean = 0.0 if self.centred else float(self.mean())
        total = self._functions.total
        if n * t >= mean or (total.two_sided and not total.light):
            return Computed(0.0)
        if x <= 0.0:
            at_start = self.cdf(n * t)
            return Computed(-math.log(at_start) / n if at_start > 0.0 else math.inf)
        with np.errstate(all="ignore"):
            found = rate(total, y, x)
        error = 1e-13 * max(found / n, 1.0)
        return Computed(max(found, 0.0) / n, "", error, METHODS[2])

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


def _refuse_without_mean(laws: Iterable[Law]) -> None:
    for law in laws:
        mean = law.mean()
        if not math.isfinite(mean):
            msg = f"law must have a mean to be centred at, got {mean} ({mean.reason})"
            raise ValueError(msg)


def _restored(parts: tuple[tuple[Law, int], ...], centred: bool) -> Total:
    law = Total.__new__(Total)
    law._fill(parts, centred)
    return law
