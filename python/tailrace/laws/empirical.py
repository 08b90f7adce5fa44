"""The law of data: given values, given weights, and a limit beyond which none is known."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .. import _check, _core
from .._answer import Answer
from .base import Law, Reals


class Empirical(Law):
    r"""Law that puts weight on given values, some of them perhaps censored.

    Parameters
    ----------
    x : array_like of shape (n,)
        Values, finite; infinite ones only with a limit, and then they count as censored.
    weights : array_like of shape (n,), optional
        Weight of each value, finite and >= 0, not all 0; equal by default.
    censored_at : float, optional
        Limit up to which values are known. Every value at or beyond it counts as "at
        least the limit", whatever number stands there.
    nan : {"raise", "omit"}, default "raise"
        What to do with NaN in `x`.

    Raises
    ------
    ValueError
        If `x` is empty or holds NaN, or a weight is negative, or nothing is left.
    TypeError
        If `x` or `weights` does not hold real numbers.

    Attributes
    ----------
    values : ndarray
        The distinct values, ascending; the last is inf where some are censored.
    masses : ndarray
        The probability of each.
    censored_at : float or None
        The limit.
    censored_share : float
        The probability of reaching the limit.
    size : int
        How many values there were.

    Notes
    -----
    Draws beyond the limit are inf, meaning "at least the limit": that spoils the mean,
    which is therefore NaN, with a reason; not medians and quantiles, as far as these
    lie below the limit. `capped_mean` is the mean of min(X, limit). The law has no
    density, so `pdf` is NaN. `hazard` is right-continuous, `inverse_hazard`, `isf` and
    `ppf` its left-continuous inverses: ``ppf`` is NumPy's ``inverted_cdf``.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.Empirical([3.0, 1.0, 7200.0, 2.0], censored_at=5000.0)
    >>> law.censored_share, law.median(), law.capped_mean()
    (0.25, 2.0, 1251.5)
    >>> law.mean().reason
    '25 % of the mass is censored at 5000, and the mean beyond it is unknown'
    """

    __slots__ = ("censored_at", "censored_share", "masses", "size", "values")

    _name: ClassVar[str] = "empirical"

    values: Reals
    masses: Reals
    censored_at: float | None
    censored_share: float
    size: int

    def __init__(
        self,
        x: ArrayLike,
        *,
        weights: ArrayLike | None = None,
        censored_at: float | None = None,
        nan: str = "raise",
    ) -> None:
        values = _check.data("x", x)
        mass = np.ones(values.shape) if weights is None else _weights(weights, values)
        if _check.choice("nan", nan, ("raise", "omit")) == "omit":
            known = ~np.isnan(values)
            values, mass = values[known], mass[known]
        _check.no_nan("x", values)
        limit = (
            None if censored_at is None else _check.finite("censored_at", censored_at)
        )
        if limit is None and not np.isfinite(values).all():
            msg = "x must be finite unless censored_at is given, got an infinite value"
            raise ValueError(msg)
        if limit is not None:
            values = np.where(values >= limit, math.inf, values)
        if not (values > -math.inf).all():
            msg = "x must not hold -inf, got it"
            raise ValueError(msg)
        size = values.size
        values, mass = values[mass > 0], mass[mass > 0]
        if values.size == 0:
            msg = "x must hold a value of positive weight, got none"
            raise ValueError(msg)
        values, where = np.unique(values, return_inverse=True)
        # Scaled first, since a sum of weights may be too large for a double.
        sums: Reals = np.bincount(where, mass / mass.max()).astype(np.float64)
        mass = sums / math.fsum(sums)
        share = float(mass[-1]) if values[-1] == math.inf else 0.0
        values.flags.writeable = mass.flags.writeable = False
        self._set(
            values=values,
            masses=mass,
            censored_at=limit,
            censored_share=share,
            size=size,
        )

    @classmethod
    def from_attempts(
        cls,
        times: ArrayLike,
        *,
        attempts: int = 1,
        censored_at: float | None = None,
        nan: str = "raise",
    ) -> Empirical:
        r"""Law of the fastest of Q attempts at a task drawn at random.

        Parameters
        ----------
        times : array_like of shape (tasks, attempts)
            Time of each attempt at each task. A time at or beyond `censored_at` means
            that the attempt was stopped there.
        attempts : int, default 1
            Q, how many of a task's attempts run at once; at most as many as it has.
        censored_at : float, optional
            The limit, in the units of `times`.
        nan : {"raise", "omit"}, default "raise"
            NaN means that an attempt was not made; "omit" leaves it out.

        Returns
        -------
        Empirical

        Raises
        ------
        ValueError
            If `times` is empty, holds NaN (unless omitted), or a task has fewer than
            `attempts` attempts.
        TypeError
            If `attempts` is no integer.

        Notes
        -----
        The average over tasks of the exact survival of the fastest of Q of the task's own
        attempts, drawn without replacement: C(m(t), Q) / C(M, Q), with M the attempts
        at the task and m(t) those that still run at time t. It is unbiased for the
        survival of the fastest of Q new attempts. Pooling the times of all tasks
        instead would draw the difficulty of the task anew for every attempt.

        References
        ----------
        .. [1] W. Hoeffding, "A class of statistics with asymptotically normal
           distribution", Ann. Math. Statist. 19 (1948), 293-325.

        Examples
        --------
        >>> import tailrace as tr
        >>> times = [[1.0, 4.0, 9.0], [2.0, 50.0, 90.0]]
        >>> law = tr.Empirical.from_attempts(times, attempts=2, censored_at=60.0)
        >>> law.values
        array([ 1.,  2.,  4., 50.])
        >>> law.masses.round(3)
        array([0.333, 0.333, 0.167, 0.167])
        """
        table = _check.data("times", times, ndim=2)
        q = _check.count("attempts", attempts)
        if _check.choice("nan", nan, ("raise", "omit")) == "raise":
            _check.no_nan("times", table)
        table = np.sort(table, axis=1)  # NaN last
        if censored_at is None and np.isinf(table).any():
            msg = (
                "times must be finite unless censored_at is given, got an infinite one"
            )
            raise ValueError(msg)
        made = np.count_nonzero(~np.isnan(table), axis=1)
        short = np.flatnonzero(made < q)
        if short.size:
            msg = (
                f"attempts must be <= the attempts made at every task, got {q}, but "
                f"{short.size} of {made.size} tasks have fewer, the first at row "
                f"{short[0]} with {made[short[0]]}"
            )
            raise ValueError(msg)
        weights = np.zeros(table.shape)
        # The i-th fastest of m wins if the other Q - 1 are among the m - i slower ones:
        # C(m - i, Q - 1) / C(m, Q), each from the one before.
        slower = made[:, None] - 1 - np.arange(table.shape[1])
        ratios = np.maximum(slower - (q - 1), 0) / np.maximum(slower, 1)
        weights[:, 0] = q / made
        np.cumprod(ratios[:, :-1], axis=1, out=weights[:, 1:])
        weights[:, 1:] *= weights[:, :1]
        flat = ~np.isnan(table)
        return cls(table[flat], weights=weights[flat], censored_at=censored_at)

    def __reduce__(self) -> Any:
        """Copy and pickle by values and masses."""
        state = (self.values, self.masses, self.censored_at, self.size)
        return _restored, state

    def __repr__(self) -> str:
        """Return a summary: data are too long to print."""
        limit = (
            "" if self.censored_at is None else f", censored_at={self.censored_at:g}"
        )
        return f"<Empirical of {self.size} values{limit}>"

    def __eq__(self, other: object) -> bool:
        """Laws are equal that have equal values, masses and limits."""
        if not isinstance(other, Empirical):
            return NotImplemented
        return (
            np.array_equal(self.values, other.values)
            and np.array_equal(self.masses, other.masses)
            and self.censored_at == other.censored_at
        )

    def __hash__(self) -> int:
        """Agree with equality."""
        # Adding 0 makes -0 the 0 that it equals.
        data = (self.values + 0.0).tobytes(), self.masses.tobytes()
        return hash((*data, self.censored_at))

    def _make_core_law(self) -> _core.Law:
        return _core.make_empirical(self.values, self.masses)

    @property
    def _has_atoms(self) -> bool:
        return True

    @property
    def support(self) -> tuple[float, float]:
        """Smallest and largest value; inf where some are censored."""
        return float(self.values[0]), float(self.values[-1])

    @property
    def tail_index(self) -> float:
        """Infinite, since data are bounded; NaN where the tail is censored."""
        return math.nan if self.censored_share else math.inf

    def capped_mean(self) -> float:
        """Mean of min(X, limit): what is known of the mean.

        Returns
        -------
        float
            In the units of `x`; the mean itself where nothing is censored.
        """
        values = self.values
        if self.censored_share:
            assert self.censored_at is not None
            values = np.minimum(values, self.censored_at)
        return math.fsum(values * self.masses)

    def _missing_mean(self, name: str) -> Answer | None:
        if self.censored_share:
            reason = (
                f"{100 * self.censored_share:.3g} % of the mass is censored at "
                f"{self.censored_at:g}, and the {name} beyond it is unknown"
            )
            return Answer(math.nan, reason)
        return None

    # Data scaled, cut or capped are data again.

    def _scaled(self, scale: float, shift: float) -> Law:
        limit = self.censored_at
        if limit is not None:
            self._refuse_censored(scale < 0, "the factor must be > 0", scale)
            limit = scale * limit + shift
        values = scale * self.values + shift
        return Empirical(values, weights=self.masses, censored_at=limit)

    def _capped(self, t: float) -> Law:
        if self.censored_at is not None:
            self._refuse_censored(t > self.censored_at, "t must be <= censored_at", t)
        return Empirical(np.minimum(self.values, t), weights=self.masses)

    def _truncated(self, low: float, high: float) -> Law:
        if self.censored_at is not None:
            known = high < self.censored_at
            self._refuse_censored(not known, "high must be < censored_at", high)
        inside = (self.values > low) & (self.values <= high)
        if not inside.any():
            msg = f"high must be above low with values between, got {low} and {high}"
            raise ValueError(msg)
        return Empirical(self.values[inside], weights=self.masses[inside])

    def _refuse_censored(self, wrong: bool, rule: str, value: float) -> None:
        if wrong and self.censored_share:
            msg = f"{rule} for censored data, got {value!r}"
            raise ValueError(msg)


def _weights(weights: ArrayLike, values: Reals) -> Reals:
    mass = _check.data("weights", weights)
    _check.no_nan("weights", mass)
    if mass.shape != values.shape:
        msg = f"weights must have the shape of x, {values.shape}, got {mass.shape}"
        raise ValueError(msg)
    bad = ~((mass >= 0) & (mass < math.inf))
    if bad.any():
        msg = f"weights must be finite and >= 0, got {mass[bad][0]!r}"
        raise ValueError(msg)
    return mass


def _restored(
    values: Reals, masses: Reals, censored_at: float | None, size: int
) -> Empirical:
    law = Empirical(values, weights=masses, censored_at=censored_at)
    values.flags.writeable = masses.flags.writeable = False
    law._set(values=values, masses=masses, size=size)
    return law
