"""Data with a fitted tail: what run times need that were seen a few thousand times."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import _check, _core
from .laws.base import Law, Reals
from .laws.generalized_pareto import GeneralizedPareto

# Exceedances below which a tail of two parameters is not fitted.
_FEWEST = 10


class Spliced(Law):
    r"""Law of data up to a threshold, with a generalized Pareto tail beyond it.

    Parameters
    ----------
    x : array_like of shape (n,)
        Values, finite.
    threshold : float
        Where the tail begins; at least ten values must exceed it.
    tail : GeneralizedPareto, optional
        The law of a value beyond the threshold, starting there; fitted to the data by
        maximum likelihood by default.
    nan : {"raise", "omit"}, default "raise"
        What to do with NaN in `x`.

    Raises
    ------
    ValueError
        If `x` is empty or holds NaN or infinite values, too few or all values exceed
        the threshold, or `tail` begins elsewhere.
    TypeError
        If `x` does not hold real numbers, or `tail` is no GeneralizedPareto.

    Attributes
    ----------
    values : ndarray
        The distinct values up to the threshold, ascending.
    masses : ndarray
        The probability of each.
    threshold : float
        Where the tail begins.
    share_beyond : float
        The probability of the tail.
    tail : GeneralizedPareto
        The law beyond the threshold.
    size : int
        How many values there were.

    Notes
    -----
    :math:`P(X > x)` is that of the data up to the threshold, and
    ``share_beyond * tail.sf(x)`` beyond: the peaks-over-threshold model [1]_. The mean,
    extreme quantiles and `max_of` then rest on the tail and not on the largest value
    that happened to be seen. The body has atoms and no density: `pdf` is NaN there.

    References
    ----------
    .. [1] A. C. Davison, R. L. Smith, "Models for exceedances over high thresholds",
       J. R. Stat. Soc. B 52 (1990), 393-442.

    Examples
    --------
    >>> import tailrace as tr
    >>> x = tr.Lomax(1.5).sample(20_000, rng=7)
    >>> law = tr.Spliced(x, threshold=10.0)
    >>> abs(law.tail_index - 1.5) < 0.3, law.share_beyond
    (True, 0.02...)
    """

    __slots__ = ("masses", "share_beyond", "size", "tail", "threshold", "values")

    values: Reals
    masses: Reals
    threshold: float
    share_beyond: float
    tail: GeneralizedPareto
    size: int

    def __init__(
        self,
        x: ArrayLike,
        threshold: float,
        *,
        tail: GeneralizedPareto | None = None,
        nan: str = "raise",
    ) -> None:
        data = _check.data("x", x)
        if _check.choice("nan", nan, ("raise", "omit")) == "omit":
            data = data[~np.isnan(data)]
        _check.no_nan("x", data)
        if not np.isfinite(data).all():
            msg = f"x must be finite, got {float(data[~np.isfinite(data)][0])}"
            raise ValueError(msg)
        cut = _check.finite("threshold", threshold)
        beyond = data[data > cut]
        body, counts = np.unique(data[data <= cut], return_counts=True)
        if beyond.size < _FEWEST or body.size == 0:
            msg = (
                f"threshold must have at least {_FEWEST} values above and one up to it, "
                f"got {beyond.size} above and {data.size - beyond.size} up to {cut:g}"
            )
            raise ValueError(msg)
        if tail is None:
            tail = fit_tail(beyond - cut, cut)
        elif not isinstance(tail, GeneralizedPareto):
            msg = f"tail must be a GeneralizedPareto, got {_check.said(tail)}"
            raise TypeError(msg)
        elif tail.threshold != cut:
            msg = f"tail must begin at the threshold, {cut:g}, got {tail!r}"
            raise ValueError(msg)
        masses = counts / data.size
        body.flags.writeable = masses.flags.writeable = False
        self._set(
            values=body,
            masses=masses,
            threshold=cut,
            share_beyond=beyond.size / data.size,
            tail=tail,
            size=data.size,
        )

    def _make_core_law(self) -> _core.Law:
        tail = [self.tail.xi, self.tail.scale, self.tail.threshold]
        return _core.make_spliced(self.values, self.masses, tail, self.share_beyond)

    def __reduce__(self) -> Any:
        """Copy and pickle by what it is made of."""
        names = ("values", "masses", "threshold", "share_beyond", "tail", "size")
        return _restored, tuple(getattr(self, name) for name in names)

    def __repr__(self) -> str:
        """Return a summary: data are too long to print."""
        return (
            f"<Spliced of {self.size} values, beyond {self.threshold:g} "
            f"GeneralizedPareto(xi={self.tail.xi:.3g}, scale={self.tail.scale:.3g})>"
        )

    def __eq__(self, other: object) -> bool:
        """Laws are equal that have equal data, thresholds and tails."""
        if not isinstance(other, Spliced):
            return NotImplemented
        return (
            np.array_equal(self.values, other.values)
            and np.array_equal(self.masses, other.masses)
            and (self.tail, self.share_beyond) == (other.tail, other.share_beyond)
        )

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(((self.values + 0.0).tobytes(), self.tail, self.share_beyond))

    @property
    def _has_atoms(self) -> bool:
        return True

    @property
    def support(self) -> tuple[float, float]:
        """Smallest value, and the upper end of the tail."""
        return float(self.values[0]), self.tail.support[1]

    @property
    def tail_index(self) -> float:
        """That of the tail."""
        return self.tail.tail_index

    def _mean(self) -> float:
        body = math.fsum(self.values * self.masses)
        return body + self.share_beyond * self.tail._mean()

    def _var(self) -> float:
        center = self._mean()
        body = math.fsum((self.values - center) ** 2 * self.masses)
        gap = self.tail._mean() - center
        return body + self.share_beyond * (self.tail._var() + gap * gap)


def fit_tail(excess: Reals, threshold: float) -> GeneralizedPareto:
    """Return the generalized Pareto law of largest likelihood for excesses > 0.

    With theta = xi / scale the likelihood is maximal in xi at mean(log1p(theta y)), so
    one parameter is left to search.

    References
    ----------
    .. [1] S. D. Grimshaw, "Computing maximum likelihood estimates for the generalized
       Pareto distribution", Technometrics 35 (1993), 185-191.
    """
    from scipy.optimize import minimize_scalar

    unit = float(np.mean(excess))
    y = excess / unit
    largest = float(y.max())

    def minus_log_likelihood(s: float) -> float:
        # theta = expm1(s) / largest > -1 / largest, for any s.
        theta = math.expm1(s) / largest
        if abs(theta) < 1e-10:
            return 1.0
        xi = float(np.mean(np.log1p(theta * y)))
        # Below -1/2 the likelihood has no proper maximum.
        if xi <= -0.5:
            return 1e10
        return math.log(xi / theta) + xi + 1.0

    grid = np.concatenate([np.linspace(-8.0, -0.01, 40), np.linspace(0.01, 30.0, 200)])
    costs = [minus_log_likelihood(float(s)) for s in grid]
    best = int(np.argmin(costs))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    found = minimize_scalar(
        minus_log_likelihood,
        bounds=(low, high),
        method="bounded",
        options={"xatol": 1e-10},
    )
    theta = math.expm1(float(found.x)) / largest
    if abs(theta) < 1e-8:
        return GeneralizedPareto(0.0, unit, threshold)
    xi = float(np.mean(np.log1p(theta * y)))
    return GeneralizedPareto(xi, xi / theta * unit, threshold)


def _restored(
    values: Reals,
    masses: Reals,
    threshold: float,
    share_beyond: float,
    tail: GeneralizedPareto,
    size: int,
) -> Spliced:
    law = Spliced.__new__(Spliced)
    values.flags.writeable = masses.flags.writeable = False
    law._set(
        values=values,
        masses=masses,
        threshold=threshold,
        share_beyond=share_beyond,
        tail=tail,
        size=size,
    )
    return law
