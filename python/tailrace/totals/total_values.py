"""The law of a total in columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .._tabular import Tabular
from ..laws.base import Reals


@dataclass(frozen=True, slots=True, eq=False)
class TotalValues(Tabular):
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
        "cut"; for data by sums over their "atoms"; for values that were capped or
        truncated by the "number cut"; where less than 1e-300 is left of the lower tail
        there may be only a "bound of the lower tail".

    Examples
    --------
    >>> import tailrace as tr
    >>> found = tr.Pareto(1.2).sum_of(1000).evaluate([4000.0, 1e6, 1e30])
    >>> print(found.table())
        x     cdf         sf        pdf      error  method
     4000  0.1636     0.8364  0.0004975  8.978e-14     ray
    1e+06  0.9999  6.353e-05  7.666e-11  3.142e-14     cut
    1e+30       1      1e-33    1.2e-63  3.143e-14     cut
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

    def plot(self, ax: Any = None) -> Any:
        """Draw P(T > x) on log-log axes; return the axes."""
        from ..plots import axes

        ax = axes(ax)
        ax.plot(self.x, self.sf)
        ax.set(xscale="log", yscale="log", xlabel="x", ylabel="P(T > x)")
        ax.grid(alpha=0.25)
        return ax
