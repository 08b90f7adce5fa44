"""The race: a task of n serial steps, each the fastest of Q attempts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import _check, _core
from ._answer import Answer
from ._rng import RNG, seed_bytes, seed_integer
from .estimators import Mean, Summary
from .laws import Law
from .simulation import BITS, EXTREMES, StepsSimulation
from .steps_exact import ExactTotals
from .steps_limits import approach_to_mean
from .steps_threshold import critical_attempts, mean_at_threshold


@dataclass(frozen=True, slots=True)
class IndependentSteps(ExactTotals):
    r"""A task of serial steps, each taking the fastest of Q independent attempts.

    Parameters
    ----------
    law : Law
        Time of one attempt, in any unit; its support may not reach below 0.
    attempts : float or "critical", default 1.0
        Q, the attempts at a step that run at once: any real number above 0, or the
        threshold itself.

    Raises
    ------
    ValueError
        If `attempts` is not between 1e-300 and 1e300, or "critical" where there is no threshold;
        if `law` can be negative.
    TypeError
        If `law` is no `Law`.

    Notes
    -----
    With a tail :math:`P(T > t) \approx t^{-\alpha}` a step has the tail
    :math:`t^{-\alpha Q}`. Its mean is finite only above the threshold
    :math:`Q_c = 1 / \alpha`. Below it the median time per step of a task of n steps
    grows like :math:`n^{1 / (\alpha Q) - 1}`, without bound.

    With a `RandomAttempts` that may have no attempt at all everything here is given that
    every step has one: a task of n steps at Q = 1 has with the chance (1 - never)^n, and
    else never ends.

    Examples
    --------
    >>> import tailrace as tr
    >>> model = tr.IndependentSteps(tr.Pareto(1.2), attempts=0.5)
    >>> model.critical_attempts, model.regime, model.rate
    (0.8333333333333334, 'below', 0.0)
    """

    law: Law
    attempts: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        if not isinstance(self.law, Law):
            msg = f"law must be a Law, got {_check.said(self.law)}"
            raise TypeError(msg)
        if not self.law.support[0] >= 0.0:
            low = self.law.support[0]
            msg = f"law must have no values below 0, got support from {low:g}"
            raise ValueError(msg)
        attempts: object = self.attempts
        if isinstance(attempts, str):
            _check.choice("attempts", attempts, ("critical",))
            threshold = self.critical_attempts
            if not threshold > 0.0:
                why = threshold.reason
                msg = (
                    "attempts must be a number where there is no threshold, got "
                    f"{attempts!r} ({why})"
                )
                raise ValueError(msg)
            attempts = float(threshold)
        q = _check.at_least("attempts", attempts, 1e-300, 1e300)
        object.__setattr__(self, "attempts", q)

    # Facts.

    @property
    def critical_attempts(self) -> Answer:
        """Qc, the number of attempts up to which a step has no mean: 1 / tail index.

        0 where every number of attempts leaves a mean; `.reason` says whether the threshold
        is a soft one, as with log-normal and stretched exponential laws, whose mean grows
        faster than 1 / Q as Q falls though it never ends. inf where no number leaves a
        mean, NaN where the tail is unknown. At Qc itself there is no mean, unless a
        factor that varies slowly decides otherwise: then `.reason` says so.
        """
        return critical_attempts(self.law)

    @property
    def step(self) -> Law:
        """Law of one step, the fastest of `attempts`."""
        return self.law if self.attempts == 1.0 else self.law.min_of(self.attempts)

    @property
    def regime(self) -> str:
        """Where the attempts stand: "below", "at" or "above" the threshold, or "unknown".

        "at" means that tail index times attempts is within 4 ULP of 1.
        """
        product = self.law.tail_index * self.attempts
        if math.isnan(product):
            return "unknown"
        if abs(product - 1.0) <= 4 * np.finfo(float).eps:
            return "at"
        return "below" if product < 1.0 else "above"

    @property
    def rate(self) -> Answer:
        """Long-run rate in steps per unit of time, 1 / E[step]; 0 if that is infinite.

        Of one endless task; `mean_rate` is the mean over tasks of n steps. With Pareto
        attempts from 1 on it is 1 - 1 / (alpha Q).
        """
        mean = self.step_mean()
        if math.isinf(mean):
            return Answer(0.0, mean.reason)
        if mean == 0.0:
            return Answer(math.inf, "the mean step is too short for a double")
        return Answer(1.0 / mean, mean.reason)

    @property
    def efficiency(self) -> Answer:
        """Long-run rate against the fastest possible one, from 0 to 1.

        The fastest possible takes the lower end of the support for every step.
        """
        fastest = self.law.support[0]
        if fastest == 0.0:
            return Answer(
                math.nan, "a step can take no time, so no rate is the fastest"
            )
        rate = self.rate
        return Answer(rate * fastest, rate.reason)

    # Exact answers.

    def step_mean(self) -> Answer:
        """Mean time of a step; inf, with a reason, at and below the threshold."""
        if self.regime == "at":
            return mean_at_threshold(self.law, self.attempts)
        return self.step.mean()

    def step_var(self) -> Answer:
        """Variance of the time of a step; inf, with a reason, where it has none."""
        if self.regime == "at":
            return Answer(
                math.inf, "tail index times attempts is 1, which is not above 2"
            )
        return self.step.var()

    def step_median(self) -> float:
        """Median time of a step."""
        return self.step.median()

    def verdict(self) -> str:
        """Say in one sentence what becomes of long tasks.

        With a `RandomAttempts` that may have none, in a second one, how many steps never
        end.
        """
        never = getattr(getattr(self.law, "base", self.law), "never", 0.0)
        if not never:
            return self._verdict()
        return (
            f"{self._verdict()} That is of steps with an attempt at all: "
            f"{100.0 * never:.3g} % of draws have none, and never end."
        )

    def _verdict(self) -> str:
        q = f"{self.attempts:.4g}"
        if self.regime == "unknown":
            limit = getattr(
                getattr(self.law, "base", self.law), "censored_at", math.inf
            )
            share = 100.0 * self.step.sf(limit)
            return (
                f"{share:.3g} % of steps are still unfinished at the limit of {limit:g}: "
                "how long tasks take depends on a tail that the data do not show."
            )
        threshold = self.critical_attempts
        mean = self.step_mean()
        if threshold == 0.0:
            return (
                f"With Q = {q} a step takes {mean:.4g} on average; this law has no "
                "threshold, every Q leaves a mean."
            )
        qc = f"the threshold {threshold:.4g}"
        if math.isinf(threshold):
            return (
                f"With Q = {q} a step has no mean, nor with any other Q: the median time "
                "grows faster than every power of n."
            )
        power = 1.0 / (self.law.tail_index * self.attempts)
        if self.regime == "at" and math.isfinite(mean):
            return (
                f"Q = {q} is at {qc}, where a slowly varying factor decides: long tasks "
                f"take {mean:.4g} a step, but the median hardly gets there."
            )
        if self.regime == "below":
            return (
                f"Q = {q} is below {qc}: steps have no mean, and the median time per "
                f"step grows like n^{power - 1.0:.3g}, without bound."
            )
        if self.regime == "at":
            return (
                f"Q = {q} is at {qc}: steps have no mean, and the median time per step "
                "grows like log n, without bound."
            )
        return (
            f"Q = {q} is above {qc}: long tasks take {mean:.4g} a step, but the median "
            f"only gets there like n^-{approach_to_mean(1.0 / power):.3g}."
        )

    # Simulation.

    def simulate(
        self,
        steps: int,
        trials: int = 10_000,
        *,
        rng: RNG = None,
        threads: int | None = None,
        keep: bool = False,
        progress: Callable[[float], object] | None = None,
    ) -> StepsSimulation:
        """Draw the total time of whole tasks.

        Parameters
        ----------
        steps : int
            Steps of a task, at least 1.
        trials : int, default 10_000
            Tasks to draw, at least 1. Memory is bounded, whatever `trials` and `steps`.
        rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
            As in `Law.sample`. The result keeps a seed that gives it again.
        threads : int, optional
            Most threads to use; by default every core, for work above about 1 ms.
        keep : bool, default False
            Keep the total and the largest step of every trial, in order: 16 bytes each.
        progress : callable, optional
            Called about every 50 ms with the share of the work done, from 0 to 1.

        Returns
        -------
        StepsSimulation

        Raises
        ------
        TypeError
            If an argument is of a wrong type.
        ValueError
            If `steps`, `trials` or `threads` is less than 1.

        Notes
        -----
        The same seed gives the same bits on every instruction set and number of threads,
        and the first trials of a longer run are those of a shorter one.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.IndependentSteps(tr.Pareto(1.2), attempts=2)
        >>> result = model.simulate(1000, 10_000, rng=7)
        >>> round(result.median(per_step=True), 2)
        1.71
        """
        n = _check.count("steps", steps)
        draws = _check.count("trials", trials)
        workers = _check.threads("threads", threads)
        keep = _check.flag("keep", keep)
        watch = _check.callback("progress", progress)
        seed = seed_bytes(rng)
        found = _core.simulate_steps(
            self.step._core_law, seed, n, draws, BITS, EXTREMES, keep, workers, watch
        )
        if found is None:
            self.step._refuse_unknown(math.nan)
            raise AssertionError  # every law that gives NaN says why
        totals, shares, *kept = found
        if watch is not None:
            watch(1.0)
        return StepsSimulation.of(
            self,
            n,
            seed_integer(seed),
            Summary._of(totals),
            Mean._of(shares),
            (kept[0], kept[1]) if keep else None,
        )
