"""What a law says of several of n values at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..extremes import JointExtremes, MinAndMax
    from ..ranges import RangeOf


class JointMethods:
    """The methods of `Law` that lead to joint extremes."""

    __slots__ = ()

    def top(self, k: int, n: float) -> JointExtremes:
        """Return the `k` largest of `n` independent values, jointly, in O(k) a draw.

        Parameters
        ----------
        k : int
            How many, from 1 to `n`.
        n : float
            Any real number from `k` to 1e300.

        Returns
        -------
        JointExtremes
            With `.sample`: rows of `k` values, the largest first.

        Raises
        ------
        ValueError
            If `k` is below 1, or `n` below `k` or above 1e300.
        TypeError
            If `k` is no integer, or `n` no real number.

        Examples
        --------
        >>> import tailrace as tr
        >>> x = tr.Pareto(1.2).top(3, 10**9).sample(1000, rng=7)
        >>> x.shape, bool((x[:, 0] >= x[:, 1]).all())
        ((1000, 3), True)
        """
        from ..extremes import JointExtremes

        law: Any = self
        return JointExtremes(law, k, n, "top")

    def bottom(self, k: int, n: float) -> JointExtremes:
        """Return the `k` smallest of `n` values, the smallest first. See `top`."""
        from ..extremes import JointExtremes

        law: Any = self
        return JointExtremes(law, k, n, "bottom")

    def min_and_max(self, n: float) -> MinAndMax:
        """Return the smallest and largest of `n` independent values, jointly.

        Parameters
        ----------
        n : float
            Any real number from 1 to 1e300.

        Returns
        -------
        MinAndMax
            With `.sample`: rows of two values.

        Examples
        --------
        >>> import tailrace as tr
        >>> tr.Pareto(1.2).min_and_max(10**9).sample((4, 5), rng=7).shape
        (4, 5, 2)
        """
        from ..extremes import MinAndMax

        law: Any = self
        return MinAndMax(law, n)

    def range_of(self, n: float) -> RangeOf:
        """Return the largest less the smallest of `n` independent values.

        Parameters
        ----------
        n : float
            Any real number from 1 to 1e300.

        Returns
        -------
        RangeOf
            With `.sample`, `.cdf`, `.sf`, `.ppf`, `.median` and `.mean`.

        Examples
        --------
        >>> import tailrace as tr
        >>> tr.Exponential().range_of(11).mean()  # 1 + 1/2 + ... + 1/10
        2.92896825396825...
        """
        from ..ranges import RangeOf

        law: Any = self
        return RangeOf(law, n)
