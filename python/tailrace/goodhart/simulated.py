"""What a simulation of the pick found."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from .. import _check, intervals
from .._answer import Estimate
from .._tabular import Tabular
from ..estimators import Summary
from ..laws.base import Reals

if TYPE_CHECKING:
    from .model import Goodhart
    from .selection import Selection

#: What is known of each trial.
QUANTITIES = ("truth", "error", "proxy")


@dataclass(frozen=True, slots=True, eq=False)
class GoodhartSimulation(Tabular):
    """The best of n, simulated; made by `Goodhart.simulate`.

    Attributes
    ----------
    model : Goodhart
        What was simulated.
    n : float
        Candidates a trial.
    trials : int
        How often the best of n was taken.
    seed : int
        Given as `rng`, it gives this result again.
    method : str
        "all" or "conditional": see `Goodhart.simulate`.
    table_error : float
        Relative error of the thresholds that pairs were drawn beyond; 0 for "all".
    truths, errors : ndarray of shape (trials,), or None
        V and X of the best of each trial, with ``keep=True``.

    Examples
    --------
    >>> import tailrace as tr
    >>> model = tr.Goodhart(tr.Normal(), tr.StudentT(3))
    >>> result = model.simulate(16, 10_000, rng=7)
    >>> interval = result.truth.confidence_interval(0.999)
    >>> interval.low < model.best_of(16).truth < interval.high
    True
    >>> result.to_dict()["quantity"]
    ['truth', 'error', 'proxy']
    """

    model: Goodhart
    n: float
    trials: int
    seed: int
    method: str
    table_error: float
    truths: Reals | None
    errors: Reals | None
    _seen: dict[str, Summary] = field(repr=False)

    @classmethod
    def of(
        cls,
        model: Goodhart,
        n: float,
        seed: int,
        method: str,
        table_error: float,
        seen: list[Summary],
        kept: tuple[Reals, Reals] | None,
    ) -> GoodhartSimulation:
        """Make the result from what was seen."""
        for array in kept or ():
            array.flags.writeable = False
        return cls(
            model=model,
            n=n,
            trials=seen[0].count,
            seed=seed,
            method=method,
            table_error=table_error,
            truths=kept[0] if kept else None,
            errors=kept[1] if kept else None,
            _seen=dict(zip(QUANTITIES, seen, strict=True)),
        )

    @property
    def truth(self) -> Estimate:
        """E[V] of the best of n; an interval only where the variance exists."""
        return self._mean("truth")

    @property
    def error(self) -> Estimate:
        """E[X] of the best of n. See `truth`."""
        return self._mean("error")

    @property
    def proxy(self) -> Estimate:
        """E[U] of the best of n. See `truth`."""
        return self._mean("proxy")

    @property
    def exact(self) -> Selection:
        """The exact answer to compare with: `Goodhart.best_of`, by quadrature."""
        return self.model.best_of(self.n)

    def summary(self, of: str = "truth") -> Summary:
        """Return what is kept of a quantity, as an estimator of your own.

        Parameters
        ----------
        of : "truth", "error" or "proxy", default "truth"
            Which.

        Raises
        ------
        ValueError
            If `of` is none of these.
        """
        return self._seen[_check.choice("of", of, QUANTITIES)].copy()

    def quantile(self, q: float, of: str = "truth") -> Estimate:
        """Quantile of the truth, the error or the proxy of the best of n.

        Parameters
        ----------
        q : float
            Between 0 and 1.
        of : "truth", "error" or "proxy", default "truth"
            Of which.

        Returns
        -------
        Estimate
            The order statistic, with a distribution-free `confidence_interval`.

        Raises
        ------
        ValueError
            If `q` is not between 0 and 1, or `of` none of these.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.Goodhart(tr.Normal(), tr.Normal())
        >>> result = model.simulate(1e6, 10_000, method="conditional", rng=7)
        >>> interval = result.quantile(0.5).confidence_interval(0.999)
        >>> interval.low < model.best_of(1e6).truth_law().median() < interval.high
        True
        """
        level = _check.fraction("q", q)
        seen = self._seen[_check.choice("of", of, QUANTITIES)]
        return intervals.quantile(seen, level, low=-math.inf, high=math.inf)

    def _mean(self, of: str) -> Estimate:
        seen = self._seen[of]
        lower, upper = self._tail_indices(of)
        if math.isnan(lower) or math.isnan(upper):
            # What the law does not tell, the data may.
            value = seen.mean()
            return Estimate(float(value), partial(_own_interval, seen))
        reason = ""
        if math.isinf(float(seen.max)) or math.isinf(float(seen.min)):
            reason = "some values are only known to be beyond the limit"
        elif upper <= 2.0:
            reason = f"no valid interval: the tail index {upper:.15g} is not above 2"
        elif lower <= 2.0:
            reason = (
                f"no valid interval: the index of the lower tail, {lower:.15g}, is not "
                "above 2"
            )
        return intervals.mean(seen, variance_reason=reason)

    def _tail_indices(self, of: str) -> tuple[float, float]:
        """Return the indices of the lower and the upper tail, of the best of n."""
        (up, low), (other_up, other_low) = self.model._terms.tail_indices
        if of == "proxy":
            return self.n * min(low, other_low), min(up, other_up)
        if of == "error":
            up, low, other_up, other_low = other_up, other_low, up, low
        if self.n == 1.0:
            return low, up
        # Far below, the best has much of the other term, or all others are as low.
        return low + min(other_up, (self.n - 1.0) * min(low, other_low)), up

    def to_dict(self, *arguments: Any) -> dict[str, list[Any]]:
        """Return columns of equal length: a row for truth, error and proxy.

        Returns
        -------
        dict of str to list
            `quantity`, its `mean`, `low` and `high` (95 % interval, NaN where there is
            none), and the quantiles `q10`, `median`, `q90`.
        """
        means = [self._mean(name) for name in QUANTITIES]
        spans = [mean.confidence_interval() for mean in means]
        columns: dict[str, list[Any]] = {
            "quantity": list(QUANTITIES),
            "mean": [float(mean) for mean in means],
            "low": [span.low for span in spans],
            "high": [span.high for span in spans],
        }
        for name, q in (("q10", 0.1), ("median", 0.5), ("q90", 0.9)):
            columns[name] = [float(self._seen[of].quantile(q)) for of in QUANTITIES]
        return columns

    def plot(self, ax: Any = None) -> Any:
        """Draw the shares of trials above a truth, and above a proxy; return the axes."""
        from .plots import plot_simulation

        return plot_simulation(self, ax=ax)


def _own_interval(seen: Summary, confidence_level: float) -> Any:
    return seen.mean().confidence_interval(confidence_level)
