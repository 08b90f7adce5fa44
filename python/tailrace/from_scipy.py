"""Laws of scipy.stats, as far as they can be trusted."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np

from . import _check
from ._answer import Answer, finite_or
from .laws.base import Law, Reals
from .outside import FARTHEST, Tabulated

# What SciPy calls them: in frozen laws, and in those of make_distribution.
_FROZEN = {name: name for name in ("logcdf", "logsf", "logpdf", "ppf", "isf")}
_NAMES = (_FROZEN, _FROZEN | {"logsf": "logccdf", "ppf": "icdf", "isf": "iccdf"})

# How far SciPy's logsf and isf may disagree, relative to the clock.
_AGREE = 1e-9


def from_scipy(dist: Any, *, tail_index: float | None = None) -> Law:
    """Law of a continuous distribution of `scipy.stats`, with a table for draws.

    Parameters
    ----------
    dist : frozen distribution or object of scipy.stats.make_distribution
        A continuous one, such as ``stats.gamma(2.5)`` or ``stats.Normal()``.
    tail_index : float, optional
        Index of its upper tail, > 0, inf for a lighter one: SciPy does not know it.

    Returns
    -------
    ScipyLaw

    Raises
    ------
    TypeError
        If `dist` is no continuous distribution of SciPy.
    ValueError
        If its quantiles and tails agree nowhere.

    Notes
    -----
    The table covers the range in which SciPy's own quantiles and logarithms of tails
    agree to 1e-9; `known_tails` reports it. Of many distributions the far tail is
    wrong or 0 in SciPy: draws there are refused in words. Answers such as `sf` are
    SciPy's own at that point.

    Examples
    --------
    >>> import tailrace as tr
    >>> from scipy import stats
    >>> law = tr.from_scipy(stats.gumbel_r())
    >>> round(law.max_of(1000).median(), 6) == round(tr.Gumbel().max_of(1000).median(), 6)
    True
    """
    return ScipyLaw(dist, tail_index)


class ScipyLaw(Tabulated):
    """A law of scipy.stats; made by `from_scipy`.

    Attributes
    ----------
    dist : object
        The distribution.
    known_tails : tuple of float
        The smallest probabilities, of the lower and of the upper tail, at which SciPy's
        quantiles and tails agree.
    table_error : float
        Largest error found in the table, relative to max(abs(x), scale).
    table_hash : str
        Of the table; equal tables give equal draws.

    Examples
    --------
    >>> import tailrace as tr
    >>> from scipy import stats
    >>> law = tr.from_scipy(stats.norm())
    >>> law.known_tails[1] < 1e-300
    True
    """

    __slots__ = ("_index", "dist")

    dist: Any
    _index: float

    def __init__(self, dist: Any, tail_index: float | None = None) -> None:
        index = math.nan
        if tail_index is not None:
            index = _check.at_least("tail_index", tail_index, 1e-300)
        functions = ScipyFunctions(dist)
        self._make(dist=dist, _index=index, _functions=functions)

    def __reduce__(self) -> Any:
        """Copy and pickle by the distribution, with the table."""
        return _restored, (self.dist, self._index, self._functions.ends, self._state())

    def __repr__(self) -> str:
        """Return the call that makes this law."""
        return f"from_scipy({_said(self.dist)})"

    def __eq__(self, other: object) -> bool:
        """Laws are equal that have equal tables."""
        if not isinstance(other, ScipyLaw):
            return NotImplemented
        # SciPy's own names change when some of its laws are copied.
        kinds = [hasattr(law.dist, "iccdf") for law in (self, other)]
        same = (self.table_hash, self.support) == (other.table_hash, other.support)
        return same and kinds[0] == kinds[1]

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash((self.table_hash, self.support))

    @property
    def known_tails(self) -> tuple[float, float]:
        """Smallest lower and upper tail probability at which SciPy agrees with itself."""
        lower, upper = self._functions.ends
        return math.exp(-lower), math.exp(-upper)

    @property
    def tail_index(self) -> float:
        """As given; NaN otherwise."""
        return self._index

    def mean(self) -> Answer:
        """Mean, as SciPy has it."""
        return finite_or(float(self.dist.mean()), "SciPy's mean is not finite")

    def var(self) -> Answer:
        """Variance, as SciPy has it."""
        call = getattr(self.dist, "var", None) or self.dist.variance
        return finite_or(float(call()), "SciPy's variance is not finite")

    def _mean(self) -> float:
        return float(self.mean())

    def _var(self) -> float:
        return float(self.var())


class ScipyFunctions:
    """The functions of a SciPy distribution: see outside.Functions."""

    def __init__(self, dist: Any, ends: tuple[float, float] | None = None) -> None:
        from scipy import stats

        frozen = isinstance(getattr(dist, "dist", None), stats.rv_continuous)
        made = hasattr(dist, "iccdf")
        self._calls: dict[str, Callable[[Reals], Any]] = {}
        for names in _NAMES:
            calls = {ours: getattr(dist, name, None) for ours, name in names.items()}
            if (frozen or made) and all(callable(call) for call in calls.values()):
                self._calls = cast("dict[str, Callable[[Reals], Any]]", calls)
        if not self._calls:
            msg = (
                "dist must be a continuous distribution of scipy.stats, frozen or made "
                f"by make_distribution, got {_check.said(dist)}"
            )
            raise TypeError(msg)
        low, high = dist.support()
        if np.ndim(low) or np.ndim(high) or np.ndim(dist.mean()):
            msg = f"dist must have single numbers as parameters, got {_said(dist)}"
            raise ValueError(msg)
        self.support = float(low), float(high)
        if math.isnan(self.support[0]) or math.isnan(self.support[1]):
            msg = f"dist must have valid parameters, got {_said(dist)}"
            raise ValueError(msg)
        self.ends = ends if ends is not None else (self._end(False), self._end(True))

    def _end(self, upper: bool) -> float:
        """Return the largest clock up to which SciPy agrees with itself."""
        tail = np.linspace(1.0, FARTHEST, 400)
        clocks = np.concatenate([[math.log(2.0)], tail])
        with np.errstate(all="ignore"):
            x = self.quantile(upper, clocks)
            log_tail = self.log_tails(x)[1 if upper else 0]
            near = np.abs(log_tail + clocks) <= _AGREE * clocks
            # Or as near as the neighbours of x among the doubles allow.
            step = 4.0 * np.spacing(np.abs(x))
            ends = [self.log_tails(x + s * step)[1 if upper else 0] for s in (-1, 1)]
            between = (np.minimum(*ends) <= -clocks) & (-clocks <= np.maximum(*ends))
            good = np.isfinite(x) & (near | between)
        count = int(np.argmin(good)) if not good.all() else good.size
        # Twelve clocks are P = 6e-6: with less there is no law to speak of.
        if count == 0 or clocks[count - 1] < 12.0:
            side = "upper" if upper else "lower"
            msg = (
                f"dist must have quantiles that agree with its {side} tail to "
                f"P = 1e-5 at least, got {clocks[max(count - 1, 0)]:.3g} clocks of it"
            )
            raise ValueError(msg)
        return float(clocks[count - 1])

    def log_tails(self, x: Reals) -> tuple[Reals, Reals]:
        """Return log P(X <= x) and log P(X > x)."""
        with _quiet():
            lower, upper = self._calls["logcdf"](x), self._calls["logsf"](x)
            return np.asarray(lower), np.asarray(upper)

    def logpdf(self, x: Reals) -> Reals:
        """Return the logarithm of the density."""
        with _quiet():
            return np.asarray(self._calls["logpdf"](x))

    def quantile(self, upper: bool, clocks: Reals) -> Reals:
        """Return SciPy's quantiles."""
        with _quiet():
            call = self._calls["isf" if upper else "ppf"]
            return np.asarray(call(np.exp(-clocks)), dtype=np.float64)

    def kinks(self) -> list[float]:
        """Return nothing: SciPy does not know where a law is not smooth."""
        return []


@contextmanager
def _quiet() -> Iterator[None]:
    """Say nothing of what SciPy warns of far out: it shows in the known tails."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def _said(dist: Any) -> str:
    """Return how a distribution is written."""
    inner = getattr(dist, "dist", None)
    if inner is None:
        return _check.said(dist)
    arguments = [f"{a!r}" for a in dist.args]
    arguments += [f"{name}={value!r}" for name, value in dist.kwds.items()]
    return f"{inner.name}({', '.join(arguments)})"


def _restored(dist: Any, index: float, ends: tuple[float, float], state: Any) -> Law:
    law = ScipyLaw.__new__(ScipyLaw)
    functions = ScipyFunctions(dist, ends)
    law._restore(state, dist=dist, _index=index, _functions=functions)
    return law
