"""What a simulation of the race found."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import _check, intervals
from ._answer import Answer, Estimate
from ._tabular import Tabular
from .estimators import Mean, Summary
from .laws.base import Reals

if TYPE_CHECKING:
    from .steps import IndependentSteps

#: The quantiles of tables, when none are asked for.
QUANTILES = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999)

#: What is kept of totals: buckets of 2^-13 of an octave, and so many extremes.
BITS, EXTREMES = 13, 5_000


@dataclass(frozen=True, slots=True, eq=False)
class StepsSimulation(Tabular):
    """Totals of simulated tasks; made by `IndependentSteps.simulate`.

    Attributes
    ----------
    model : IndependentSteps
        What was simulated.
    steps, trials : int
        Steps a task, and tasks.
    seed : int
        Given as `rng`, it gives this result again.
    exact_mean : Answer
        Exact mean of the total, `steps` times that of a step: inf or NaN with a reason
        where there is none.
    totals, largest : ndarray of shape (trials,), or None
        Total and largest step of each trial, with ``keep=True``. A total is inf where a
        step reached the limit of censored data.

    Examples
    --------
    >>> import tailrace as tr
    >>> result = tr.IndependentSteps(tr.Pareto(0.8)).simulate(100, 1000, rng=7)
    >>> result.exact_mean.reason
    'the tail index 0.8 is not above 1'
    >>> result.to_dict([0.5, 0.9])["quantile"]
    [0.5, 0.9]
    >>> result.summary.count
    1000
    """

    model: IndependentSteps
    steps: int
    trials: int
    seed: int
    exact_mean: Answer
    totals: Reals | None
    largest: Reals | None
    _seen: Summary = field(repr=False)
    _share: Estimate = field(repr=False)

    @classmethod
    def of(
        cls,
        model: IndependentSteps,
        steps: int,
        seed: int,
        totals: Summary,
        shares: Mean,
        kept: tuple[Reals, Reals] | None,
    ) -> StepsSimulation:
        """Make the result from what was seen."""
        step_mean = model.step_mean()
        for array in kept or ():
            array.flags.writeable = False
        return cls(
            model=model,
            steps=steps,
            trials=totals.count,
            seed=seed,
            exact_mean=Answer(steps * step_mean, step_mean.reason),
            totals=kept[0] if kept else None,
            largest=kept[1] if kept else None,
            _seen=totals,
            _share=intervals.mean_of_bounded(shares),
        )

    @property
    def summary(self) -> Summary:
        """What is kept of the totals, as an estimator of your own.

        Quantiles are within a relative error of 6.1e-5, and exact where they are among the
        5,000 smallest or largest, so all of them up to 10,000 trials. Sums are exact. Merged
        with those of other runs, it knows of both.
        """
        return self._seen.copy()

    def quantile(self, q: float, *, per_step: bool = False) -> Estimate:
        """Quantile of the total time.

        Parameters
        ----------
        q : float
            Between 0 and 1.
        per_step : bool, default False
            Divide by the number of steps.

        Returns
        -------
        Estimate
            The order statistic, as `summary` knows it, with a distribution-free
            `confidence_interval`.

        Raises
        ------
        ValueError
            If `q` is not between 0 and 1.

        Examples
        --------
        >>> import tailrace as tr
        >>> result = tr.IndependentSteps(tr.Pareto(1.2)).simulate(10, 10_000, rng=7)
        >>> upper = result.quantile(0.9, per_step=True)
        >>> interval = upper.confidence_interval(0.999)
        >>> interval.low < 7.507643 < interval.high  # the exact quantile
        True
        """
        level = _check.fraction("q", q)
        low, high = (self.steps * end for end in self.model.step.support)
        return intervals.quantile(
            self._seen, level, low=low, high=high, unit=self._unit(per_step)
        )

    def _unit(self, per_step: bool) -> float:
        return float(self.steps) if _check.flag("per_step", per_step) else 1.0

    def median(self, *, per_step: bool = False) -> Estimate:
        """Median of the total time. See `quantile`."""
        return self.quantile(0.5, per_step=per_step)

    def sample_mean(self, *, per_step: bool = False) -> Estimate:
        """Mean of the simulated totals; an interval only where the variance exists.

        Compare `exact_mean`: below a tail index of 2 the sample mean settles slowly, and
        below 1 never.
        """
        var = self.model.step_var()
        reason = "" if math.isfinite(var) else f"no valid interval: {var.reason}"
        if math.isinf(self._seen.max):
            censored = math.isnan(self.model.step.tail_index)
            reason = (
                "some totals are only known to be at least the limit"
                if censored
                else "some totals are too large for a double"
            )
        return intervals.mean(
            self._seen, variance_reason=reason, unit=self._unit(per_step)
        )

    def largest_share(self) -> Estimate:
        """Mean share of the largest step in the total, from 0 to 1.

        Above the threshold it goes to 0 as tasks grow. Below, the total stays but a few
        times the largest step: E[total / largest] tends to 1 / (1 - alpha Q) [1]_. A
        total that holds a step at the limit of censored data counts as 1. The interval
        is the empirical Bernstein one, valid for every law.

        References
        ----------
        .. [1] N. H. Bingham, J. L. Teugels, "Conditions implying domains of
           attraction", Proc. 6th Conf. Probab. Theory, Brasov (1981), 23-34.
        """
        return self._share

    def to_dict(self, quantiles: Iterable[float] = QUANTILES) -> dict[str, list[Any]]:
        """Return the quantiles as columns of equal length.

        Parameters
        ----------
        quantiles : iterable of float
            Levels, each between 0 and 1.

        Returns
        -------
        dict of str to list
            `quantile`, `total`, `low`, `high` (95 % interval of the total), `per_step`.
        """
        levels = _check.items("quantiles", quantiles, "numbers")
        rows = [(q, self.quantile(q)) for q in levels]
        spans = [estimate.confidence_interval() for _, estimate in rows]
        return {
            "quantile": [q for q, _ in rows],
            "total": [float(e) for _, e in rows],
            "low": [i.low for i in spans],
            "high": [i.high for i in spans],
            "per_step": [float(e) / self.steps for _, e in rows],
        }

    def plot(self, ax: Any = None) -> Any:
        """Draw the survival function of the total, on log-log axes; return the axes."""
        return self._seen.plot(ax=ax, label=f"{self.steps} steps")
