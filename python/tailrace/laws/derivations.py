"""Laws from a law: selection, sums, conditioning, and arithmetic."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from .. import _check

if TYPE_CHECKING:
    from .base import Law


class Immutable:
    """Refusal to change; a part of every law, since laws made from it rely on it."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: laws are immutable."""
        msg = f"a law is immutable, so {name} cannot be set"
        raise AttributeError(msg)

    def __delattr__(self, name: str) -> None:
        """Refuse: laws are immutable."""
        self.__setattr__(name, None)


class Derivations(Immutable):
    """What makes a law from a law; a part of every law."""

    __slots__ = ()

    # NumPy numbers leave arithmetic with a law to the law.
    __array_ufunc__ = None

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

    def order_statistic(self, k: int, n: float) -> Law:
        r"""Law of the k-th smallest of `n` independent values.

        Parameters
        ----------
        k : int
            Rank from 1; from the top where negative, so that -1 is the largest. Not
            both the rank and what is above it may exceed 1e15.
        n : float
            How many there are, from abs(k) to 1e300. Need not be an integer: then the
            rank has the law :math:`F(X) \sim \mathrm{Beta}(k, n - k + 1)`.

        Returns
        -------
        Law
            Drawn in O(1) whatever `n`, and exact in both tails. The first time for a
            `k` and `n`, tables are made, which takes some milliseconds.

        Raises
        ------
        ValueError
            If `k` is 0, or `n` is below abs(k) or above 1e300.
        TypeError
            If `k` is no integer.

        Notes
        -----
        The clock of the k-th has density proportional to
        :math:`(1 - e^{-c})^{k-1} e^{-(n-k+1)c}`; so an order statistic of any law is one
        more operation on clocks. The rank and the end that it is counted from are kept
        apart: n - k + 1 is n above 2^53.

        References
        ----------
        .. [1] H. A. David, H. N. Nagaraja, *Order Statistics*, 3rd ed., Wiley, 2003.

        Examples
        --------
        >>> import tailrace as tr
        >>> law = tr.Pareto(1.2).order_statistic(-3, 10**9)  # the third largest
        >>> round(law.tail_index, 9), round(law.median() / 1e6, 6)
        (3.6, 13.932338)
        """
        from ..derived import ranked

        return ranked(cast("Law", self), k, n)

    def median_of(self, n: int) -> Law:
        """Law of the median of an odd number of independent values.

        Parameters
        ----------
        n : int
            Odd, so that there is one median.

        Raises
        ------
        ValueError
            If `n` is even or below 1.
        TypeError
            If `n` is no integer.

        Examples
        --------
        >>> import tailrace as tr
        >>> tr.Uniform().median_of(9).var()
        0.0227272727272...
        """
        count = _check.count("n", n)
        if count % 2 == 0:
            msg = f"n must be odd, so that one value is the median, got {count}"
            raise ValueError(msg)
        return self.order_statistic((count + 1) // 2, count)

    # Sums.

    def sum_of(self, n: int) -> Law:
        """Law of the sum of `n` independent values, exact for any `n`.

        Parameters
        ----------
        n : int
            How many, from 1 to 1e15.

        Returns
        -------
        Law
            Of the same family where that is closed under sums; a `Total` otherwise,
            whose answers carry their errors.

        Raises
        ------
        ValueError
            If `n` is out of range.
        TypeError
            If `n` is no integer.

        Examples
        --------
        >>> import tailrace as tr
        >>> tr.Exponential(2.0).sum_of(3)
        Gamma(shape=3.0, scale=2.0)
        >>> law = tr.Pareto(0.8).sum_of(1000)  # no mean: one step is most of it
        >>> round(law.median()), round(law.isf(1e-100) / 1e128, 6)
        (29257, 5.623413)
        """
        from ..totals.closed import sum_of

        return sum_of(cast("Law", self), n)

    # Conditioning.

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
        low, high = self._support()
        if not t < high:
            msg = f"t must be < {high:g}, the upper end of the support, got {t!r}"
            raise ValueError(msg)
        return cast("Law", self) if t < low else self._beyond(t)

    def truncated(self, low: float = -math.inf, high: float = math.inf) -> Law:
        """Law of a value given that it lies between two ends; no rejection.

        Parameters
        ----------
        low, high : float
            The ends, low < high; infinite for no end.

        Raises
        ------
        ValueError
            If no value lies between.

        Examples
        --------
        >>> import tailrace as tr
        >>> law = tr.Pareto(1.2).truncated(high=100.0)
        >>> law.support, round(law.mean(), 6)
        ((1.0, 100.0), 3.625792)
        """
        low, high = _check.number("low", low), _check.number("high", high)
        bottom, top = self._support()
        if not (low < high and low < top and high > bottom):
            msg = (
                "high must be > low with values of the support "
                f"({bottom:g} to {top:g}) between, got {low!r} and {high!r}"
            )
            raise ValueError(msg)
        if high >= top:
            return cast("Law", self) if low < bottom else self._beyond(low)
        return self._truncated(low if low >= bottom else -math.inf, high)

    def capped(self, t: float) -> Law:
        """Law of min(X, t): what a time limit leaves.

        Parameters
        ----------
        t : float
            The limit, finite; P(X > t) becomes an atom there, which `pdf` leaves out.

        Raises
        ------
        ValueError
            If `t` is not finite, or not above the lower end of the support.

        Examples
        --------
        >>> import tailrace as tr
        >>> law = tr.Pareto(0.8).capped(100.0)
        >>> law.sf(99.9), law.sf(100.0), round(law.mean(), 6)
        (0.025138..., 0.0, 8.559432)
        """
        t = _check.finite("t", t)
        low, high = self._support()
        if not t > low:
            msg = f"t must be > {low:g}, the lower end of the support, got {t!r}"
            raise ValueError(msg)
        return cast("Law", self) if t >= high else self._capped(t)

    # Arithmetic.

    def __mul__(self, factor: float) -> Law:
        """Law of `factor` times a value; a finite factor other than 0."""
        if not _check.is_number(factor):
            return NotImplemented
        scale = _check.finite("factor", factor)
        if scale == 0.0:
            msg = "factor must be other than 0, got 0.0"
            raise ValueError(msg)
        return self._scaled(scale, 0.0)

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> Law:
        """Law of a value over `divisor`, finite and other than 0."""
        if not _check.is_number(divisor):
            return NotImplemented
        number = _check.finite("divisor", divisor)
        if number == 0.0 or math.isinf(1.0 / number):
            msg = f"divisor must be other than 0, got {number!r}"
            raise ValueError(msg)
        return self._scaled(1.0 / number, 0.0)

    def __add__(self, shift: float) -> Law:
        """Law of a value plus `shift`, a finite number; not of a sum of two values."""
        if not _check.is_number(shift):
            return NotImplemented
        return self._scaled(1.0, _check.finite("shift", shift))

    __radd__ = __add__

    def __sub__(self, shift: float) -> Law:
        """Law of a value less `shift`."""
        if not _check.is_number(shift):
            return NotImplemented
        return self._scaled(1.0, -_check.finite("shift", shift))

    def __rsub__(self, shift: float) -> Law:
        """Law of `shift` less a value."""
        if not _check.is_number(shift):
            return NotImplemented
        return self._scaled(-1.0, _check.finite("shift", shift))

    def __neg__(self) -> Law:
        """Law of minus a value."""
        return self._scaled(-1.0, 0.0)

    def __pos__(self) -> Law:
        """Return the law itself."""
        return cast("Law", self)

    def __abs__(self) -> Law:
        """Law of the absolute value."""
        from ..mixture import absolute

        return absolute(cast("Law", self))

    @property
    def _has_atoms(self) -> bool:
        """Whether single values have a probability."""
        return False

    # A family closed under one of these overrides it; arguments have been checked.

    def _support(self) -> tuple[float, float]:
        return cast("Law", self).support

    def _min_of(self, q: float) -> Law:
        return self._derived("min_of", q)

    def _max_of(self, n: float) -> Law:
        return self._derived("max_of", n)

    def _order_statistic(self, k: int, n: float) -> Law:
        return self._derived("order_statistic", k, n)

    def _beyond(self, t: float) -> Law:
        return self._derived("beyond", t)

    def _truncated(self, low: float, high: float) -> Law:
        return self._derived("truncated", low, high)

    def _capped(self, t: float) -> Law:
        return self._derived("capped", t)

    def _scaled(self, scale: float, shift: float) -> Law:
        if scale == 1.0 and shift == 0.0:
            return cast("Law", self)
        return self._derived("scaled", scale, shift)

    def _derived(self, method: str, *arguments: Any) -> Law:
        from ..derived import derived

        return derived(cast("Law", self), method, *arguments)
