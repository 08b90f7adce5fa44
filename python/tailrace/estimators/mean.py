"""The mean and its relatives: exact sums, and an interval that suits the tails."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial

from .. import _check
from .._answer import Answer, Estimate, Interval
from ..tails import TailEstimate, no_tail
from .base import Estimator
from .deviations import moment_bound, of_trimmed, trim_for
from .intervals import estimate
from .looks import TAIL
from .mean_interval import Moments, interval


class MeanMethods(Estimator):
    """What is known of sums, means and tails."""

    __slots__ = ()

    @property
    def _squares(self) -> bool:
        return self._state.kept()[0] > 1

    def _moments(self) -> tuple[Moments, Answer | None]:
        """Return the sums at one moment, and what stands for a sum that is not finite."""
        counts, (total, unit), (squares, square_unit), top, bottom = self._state.sums()
        finite, _, above, below = counts
        moments = Moments(
            finite,
            int.from_bytes(total, "little", signed=True),
            -unit,
            int.from_bytes(squares, "little", signed=True) if self._squares else None,
            -square_unit,
            top,
            bottom,
        )
        if above and below:
            missing = Answer(math.nan, "infinite values of both signs were seen")
        elif above or below:
            value = math.inf if above else -math.inf
            missing = Answer(value, "an infinite value was seen")
        else:
            missing = Answer(math.nan, "no values yet")
        return moments, None if finite and not above and not below else missing

    def _is_possible(self) -> bool:
        return self._moments()[0].is_possible()

    @property
    def sum(self) -> Answer:
        """Sum of the values, correctly rounded; 0 before the first."""
        moments, missing = self._moments()
        if missing is not None:
            return Answer(0.0) if missing.reason == "no values yet" else missing
        return moments.sum()

    def mean(self) -> Estimate:
        """Mean of the values, correctly rounded, with an interval that suits the tails.

        Returns
        -------
        Estimate
            NaN before the first value. Its `confidence_interval` is that for the mean of
            the law behind the values, which are taken as independent draws; see the notes.

        Notes
        -----
        The interval needs ``moments=2``, and at least 200 values to see the tails by. A look
        at both tails decides, by Hill's estimator on the largest values, at most 256 and at
        most a twentieth of them:

        - where both are light, or fall with a tail index of 2 or more: Student's interval;
        - where an index is below 2 the variance is infinite, and Student's interval holds the
          mean far less often than it says. The mean is then that of the values up to the
          threshold plus that of the fitted Pareto tail [1]_, and the interval is made of
          those of the two parts [2]_. An end is infinite where the data do not exclude that
          there is no mean;
        - where an index is below 1 beyond doubt there is no mean, and the interval is refused.

        Hill's estimator asks where a tail is measured from: 0, the threshold of the other
        tail or the middle of both thresholds, whichever is most likely; or the tail is taken
        for lighter than any Pareto tail. Where too few values lie beyond most of the data to
        tell, the interval is refused, with the reason.

        It is valid as far as the tail is a Pareto tail beyond the threshold:
        ``python -m bench.coverage`` prints how often intervals hold the mean.

        References
        ----------
        .. [1] L. Peng, "Estimating the mean of a heavy tailed distribution", Stat. Probab.
           Lett. 52 (2001), 255-264.
        .. [2] G. Y. Zou, A. Donner, "Construction of confidence limits about effect
           measures: a general approach", Stat. Med. 27 (2008), 1693-1702.
        """
        moments, missing = self._moments()
        if missing is not None:
            return Estimate(missing, partial(_none, missing.reason))
        return Estimate(moments.mean(), partial(interval, moments))

    def var(self, ddof: int = 1) -> Answer:
        """Variance of the values, correctly rounded.

        Parameters
        ----------
        ddof : int, default 1
            The sum of squared differences is divided by the count less this.

        Returns
        -------
        Answer
            NaN, with a reason, where there is none.

        Raises
        ------
        TypeError
            If `ddof` is no integer.
        ValueError
            If `ddof` is negative, or the estimator was made with ``moments=1``.
        """
        less = self._degrees(ddof)
        moments, missing = self._moments()
        return (
            moments.var(less) if missing is None else Answer(math.nan, missing.reason)
        )

    def std(self, ddof: int = 1) -> Answer:
        """Return the standard deviation, within an ULP, also where its square is no double.

        See `var`.
        """
        less = self._degrees(ddof)
        moments, missing = self._moments()
        return (
            moments.std(less) if missing is None else Answer(math.nan, missing.reason)
        )

    def _degrees(self, ddof: int) -> int:
        less = _check.count("ddof", ddof, low=0)
        if not self._squares:
            msg = "moments must be 2 for a variance, got an estimator made with 1"
            raise ValueError(msg)
        return less

    def trimmed_mean(
        self,
        cut: int | None = None,
        *,
        confidence_level: float = 0.95,
        moment: tuple[float, float] | None = None,
    ) -> Estimate:
        """Mean without the smallest and the largest values, exact and rounded once.

        Parameters
        ----------
        cut : int, optional
            Values to leave out at each end: those kept, 256 of them, and less than half. By
            default the number for which the bound at `confidence_level` is smallest.
        confidence_level : float, default 0.95
            What the number is chosen for.
        moment : tuple of float, optional
            (p, v), a bound for a central moment, as for `robust_mean`; without it there is
            no interval.

        Returns
        -------
        Estimate
            Of the mean, for tails that have one but no variance. Since few values need to
            be cut off however many there are, it can be had from merged estimators.

        Raises
        ------
        TypeError
            If `cut` is no integer, or `moment` no pair of numbers.
        ValueError
            If an argument is out of range, or there are infinite values or none.

        Examples
        --------
        >>> import tailrace as tr
        >>> mean = tr.Mean()
        >>> mean.update([1.0, 2.0, 3.0, 4.0, 1e9])
        >>> mean.trimmed_mean(1)
        3.0
        """
        delta = 1.0 - _check.fraction("confidence_level", confidence_level)
        bound = moment_bound(moment)
        moments, missing = self._moments()
        if missing is not None:
            msg = f"the estimator must have seen finite values only, got: {missing.reason}"
            raise ValueError(msg)
        n = moments.n
        most = min(self._state.kept()[2], (n - 1) // 2)
        if cut is None:
            cut = min(trim_for(delta, n, bound.p if bound else 1.5), most)
        less = _check.count("cut", cut, 0, most)
        rest = Fraction(moments.total, 1 << moments.unit)
        for values in (moments.top, moments.bottom):
            rest -= sum(map(Fraction, values[:less].tolist()))
        value = float(rest / (n - 2 * less))
        return estimate(value, bound, partial(of_trimmed, n, less))

    def tail(self, side: str = "upper") -> TailEstimate:
        """Fit a Pareto tail to the largest values, or the smallest with their sign turned.

        Parameters
        ----------
        side : {"upper", "lower"}
            Which tail.

        Returns
        -------
        TailEstimate
            As `mean` looks at it. NaN, with a reason, for a tail that is lighter than any
            Pareto tail, that ends in the data, or that cannot be seen.

        Raises
        ------
        ValueError
            If `side` is none of the two.
        """
        which = ("upper", "lower").index(
            _check.choice("side", side, ("upper", "lower"))
        )
        moments, missing = self._moments()
        if missing is not None:
            return no_tail(missing.reason, 0, math.nan, self.count)
        return moments.looks()[which].tail


class Mean(MeanMethods):
    """Count, exact sum and mean, smallest and largest of values seen in pieces.

    Parameters
    ----------
    moments : {1, 2}, default 1
        2 keeps the exact sum of the squares as well, for the variance and for intervals.

    Raises
    ------
    TypeError
        If `moments` is no integer.
    ValueError
        If `moments` is neither 1 nor 2.

    Notes
    -----
    The sum is kept as a fixed-point number wide enough for every double [1]_, so it is
    without error whatever the order, and `sum`, `mean` and `var` are rounded once. Blocks
    of values are first taken apart into a few sums without rounding errors [2]_, which
    makes this as fast as a sum that rounds. Beside it the 256 largest and smallest values
    are kept, to see how heavy the tails are.

    References
    ----------
    .. [1] R. M. Neal, "Fast exact summation using small and large superaccumulators",
       arXiv 1505.05571 (2015).
    .. [2] S. M. Rump, T. Ogita, S. Oishi, "Accurate floating-point summation part I:
       faithful rounding", SIAM J. Sci. Comput. 31 (2008), 189-224.

    Examples
    --------
    >>> import tailrace as tr
    >>> mean = tr.Mean()
    >>> mean.update([1e100, 1.0, -1e100])
    >>> mean.count, mean.sum, mean.mean()
    (3, 1.0, 0.3333333333333333)

    With squares, an interval that knows of the tails:

    >>> mean = tr.Mean(moments=2)
    >>> mean.update(tr.Pareto(1.5).sample(100_000, rng=7))  # the true mean is 3
    >>> interval = mean.mean().confidence_interval()
    >>> interval.low < 3.0 < interval.high, interval.method
    (True, 'mean of the body and of a Pareto tail')
    >>> mean = tr.Mean(moments=2)
    >>> mean.update(tr.Pareto(0.5).sample(100_000, rng=7))
    >>> mean.mean().confidence_interval().reason
    'the tail index of the data, 0.495, is below 1: there is no mean'
    """

    __slots__ = ()

    def __init__(self, moments: int = 1) -> None:
        """Start with no values."""
        kept = _check.count("moments", moments, 1, 2)
        self._keep(moments=kept, largest=TAIL, smallest=TAIL)

    @classmethod
    def _fits(cls, kept: tuple[int, ...]) -> bool:
        return kept[0] > 0 and kept[1:] == (-1, TAIL, TAIL)

    def __repr__(self) -> str:
        """Show the count, the mean and the ends."""
        if not self.count:
            return "Mean(count=0)"
        reason = self.mean().confidence_interval().reason
        note = (
            ", no mean: see mean().confidence_interval()" if "no mean" in reason else ""
        )
        return (
            f"Mean(count={self.count}, mean={self.mean():.6g}, min={self.min:.6g}, "
            f"max={self.max:.6g}{note})"
        )


def _none(reason: str, confidence_level: float) -> Interval:
    return Interval(math.nan, math.nan, confidence_level, "none", reason)
