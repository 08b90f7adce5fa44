"""All that is kept of data, in one pass."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable
from typing import Any

from .. import _check
from .._tabular import Tabular
from .looks import TAIL
from .mean import MeanMethods
from .quantiles import QuantileMethods, bits_for

#: The quantiles of tables, when none are asked for.
QUANTILES = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999)


class Summary(MeanMethods, QuantileMethods, Tabular):
    """Mean, variance, quantiles and tails of data seen in pieces, in one pass.

    What `Mean` (with squares), `Quantiles` and `TopK` know, for less than the sum of their
    times.

    Parameters
    ----------
    relative_error : float, default 1e-3
        Most that a quantile may differ from the order statistic, relatively; see
        `Quantiles`.
    extremes : int, default 256
        How many of the largest and of the smallest values are kept, from 1 to 2^24: order
        statistics among them are exact.

    Raises
    ------
    TypeError
        If `relative_error` is no real number, or `extremes` no integer.
    ValueError
        If one is out of range.

    Examples
    --------
    >>> import tailrace as tr
    >>> summary = tr.Summary()
    >>> for seed in range(10):
    ...     summary.update(tr.Pareto(1.5).sample(100_000, rng=seed))
    >>> summary.count, round(summary.median(), 1)
    (1000000, 1.6)
    >>> interval = summary.mean().confidence_interval()
    >>> interval.low < 3.0 < interval.high
    True
    >>> 1.3 < summary.tail().tail_index < 1.7
    True
    >>> tr.Summary.from_bytes(summary.to_bytes()) == summary
    True
    """

    __slots__ = ()

    def __init__(self, relative_error: float = 1e-3, extremes: int = TAIL) -> None:
        """Start with no values."""
        bits = bits_for(relative_error)
        k = _check.count("extremes", extremes, 1, 2**24)
        self._keep(moments=2, bits=bits, largest=k, smallest=k)

    @classmethod
    def _fits(cls, kept: tuple[int, ...]) -> bool:
        return len(kept) == 4 and kept[0] == 2 and kept[1] >= 0 < kept[2] == kept[3]

    def to_dict(self, quantiles: Iterable[float] = QUANTILES) -> dict[str, list[Any]]:
        """Return what is known as columns of equal length.

        Parameters
        ----------
        quantiles : iterable of float
            Levels, each between 0 and 1.

        Returns
        -------
        dict of str to list
            `statistic`, `value`, and `low` and `high`, the 95 % interval for the law behind
            the values (NaN where there is none); `note` says why something is missing.

        Raises
        ------
        TypeError
            If `quantiles` holds no numbers.
        ValueError
            If a level is not between 0 and 1.
        """
        asked = _check.items("quantiles", quantiles, "numbers")
        levels = [_check.fraction("quantiles", q) for q in asked]
        none = (math.nan, math.nan)
        rows: list[tuple[str, float, tuple[float, float], str]] = [
            ("count", self.count, none, ""),
            ("min", float(self.min), none, self.min.reason),
        ]
        for q in levels if self.count else ():
            span = self.confidence_interval(q)
            rows.append(
                (f"{100 * q:.10g} %", self.quantile(q), (span.low, span.high), "")
            )
        rows.append(("max", float(self.max), none, self.max.reason))
        mean, std = self.mean(), self.std()
        span = mean.confidence_interval()
        rows.append(("mean", float(mean), (span.low, span.high), span.reason))
        rows.append(("standard deviation", float(std), none, std.reason))
        sides = [("upper", "tail index")]
        if self.min < 0:
            sides.append(("lower", "lower tail index"))
        for side, name in sides:
            tail = self.tail(side)
            span = tail.tail_index.confidence_interval()
            rows.append(
                (name, float(tail.tail_index), (span.low, span.high), tail.reason)
            )
        return {
            "statistic": [row[0] for row in rows],
            "value": [row[1] for row in rows],
            "low": [row[2][0] for row in rows],
            "high": [row[2][1] for row in rows],
            "note": [row[3] for row in rows],
        }

    def table(self, quantiles: Iterable[float] = QUANTILES) -> str:
        """Return `to_dict` as text."""
        from ..plots import text_table

        return text_table(self._shown(quantiles))

    def _shown(self, quantiles: Iterable[float] = QUANTILES) -> dict[str, list[str]]:
        """Return the columns as they are shown: nothing where there is no number."""
        columns = self.to_dict(quantiles)

        def shown(value: Any) -> str:
            if isinstance(value, float):
                return "" if math.isnan(value) else f"{value:.6g}"
            return f"{value:,}" if isinstance(value, int) else str(value)

        return {name: [shown(v) for v in column] for name, column in columns.items()}

    def __repr__(self) -> str:
        """Show the count, the middle, the mean and the ends."""
        error = f"relative_error={self.relative_error:.3g}"
        if not self.count:
            return f"Summary({error}, count=0)"
        return (
            f"Summary({error}, count={self.count}, min={self.min:.6g}, "
            f"median={self.median():.6g}, mean={self.mean():.6g}, max={self.max:.6g})"
        )

    def _repr_html_(self) -> str:
        """Show a table in notebooks."""
        columns = self._shown()
        head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in zip(*columns.values(), strict=True)
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
