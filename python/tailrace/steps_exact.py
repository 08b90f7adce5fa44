"""Exact answers about whole tasks; a part of `IndependentSteps`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from . import _check
from ._answer import Answer, Computed
from .laws import Law
from .steps_done import MOST, StepsDone, first
from .steps_limits import MedianGrowth, limit_law, median_growth
from .steps_numbers import attempts_needed, fitting, integral_of_power, lower_index
from .totals.functions import fits

if TYPE_CHECKING:
    from .steps import IndependentSteps


class ExactTotals:
    """What is known exactly of whole tasks."""

    __slots__ = ()

    def total(self, steps: int) -> Law:
        """Law of the total time of a task, exactly.

        Parameters
        ----------
        steps : int
            Steps of a task, from 1 to 10^15.

        Returns
        -------
        Law
            As `Law.sum_of` gives it: a `Total`, or a law with a closed form.

        Raises
        ------
        ValueError
            If `steps` is out of range, or totals may be beyond what doubles hold.
        TypeError
            If `steps` is no integer.

        Notes
        -----
        Steps that differ, in their law or in their attempts, are a `Total` of their own:
        ``Total([(easy.min_of(2), 90), (hard.min_of(8), 10)])``.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.IndependentSteps(tr.Pareto(1.2))  # the mean of a step is 6
        >>> [round(model.total(n).median() / n, 4) for n in (1, 1000, 10**6)]
        [1.7818, 4.6366, 5.5708]
        """
        n = _check.count("steps", steps, 1, MOST)
        step = self._race.step
        return step if n == 1 else fitting(step, n).sum_of(n)

    def mean_rate(self, steps: int) -> Answer:
        r"""Mean of the steps per unit of time of a task, E[n / T_n].

        Not the long-run `rate`, 1 / E[step]: that is 0 at and below the threshold, where
        this is positive at every n; they meet as n grows.

        Parameters
        ----------
        steps : int
            Steps of a task, from 1 to 10^15.

        Returns
        -------
        Answer
            inf, with a `.reason`, where a task can be so short that there is no mean; NaN
            where the tail of the data is unknown.

        Raises
        ------
        ValueError
            If `steps` is out of range.
        TypeError
            If `steps` is no integer.

        Notes
        -----
        :math:`E[n / T_n] = n \int_0^\infty \varphi(s)^n \, ds` with the Laplace transform
        of a step. Below the threshold it falls like :math:`n^{1 - 1/(\alpha Q)}`, at it like
        1 / log n.

        Examples
        --------
        >>> import tailrace as tr
        >>> stuck = tr.IndependentSteps(tr.Pareto(0.5))
        >>> stuck.rate, [round(stuck.mean_rate(n), 7) for n in (1, 10, 1000)]
        (0.0, [0.3333333, 0.0575965, 0.0006359])
        """
        n = _check.count("steps", steps, 1, MOST)
        step = self._race.step
        if math.isnan(step.tail_index):
            why = "the tail beyond the limit of the data is unknown, and so is the mean"
            return Answer(math.nan, why)
        if not fits(step, n):
            return Answer(math.nan, "totals are beyond what doubles can hold")
        low = step.support[0]
        if low == 0.0 and n * lower_index(step) <= 1.0 + 1e-9:
            why = "a task can be so short that its rate has no mean"
            return Answer(math.inf, why)
        return Answer(n * integral_of_power(step, n))

    def done_by(self, time: float) -> StepsDone:
        """Law of the number of steps done by a time.

        Parameters
        ----------
        time : float
            Finite and > 0, in the units of the law.

        Returns
        -------
        StepsDone

        Raises
        ------
        ValueError
            If `time` is not finite and > 0.
        TypeError
            If `time` is no number.

        Examples
        --------
        >>> import tailrace as tr
        >>> done = tr.IndependentSteps(tr.Pareto(0.5)).done_by(1e6)  # below the threshold
        >>> done.median(), done.ppf(0.9)
        (538, 1311)
        """
        return StepsDone(self._race, _check.positive("time", time))

    def chance_within(self, steps: int, budget: float) -> Computed:
        """Probability that a task is done within a budget, P(T_n <= budget).

        Parameters
        ----------
        steps : int
            Steps of the task, from 1 to 10^15.
        budget : float
            Time there is, finite and > 0, in the units of the law.

        Returns
        -------
        Computed
            With its error.

        Raises
        ------
        ValueError
            If a number is out of range.
        TypeError
            If a number is of a wrong type.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.IndependentSteps(tr.Pareto(1.2), attempts=2)
        >>> round(model.chance_within(100, 200.0), 4)
        0.9589
        """
        time = _check.positive("budget", budget)
        chance = self.total(steps).cdf(time)
        if isinstance(chance, Computed):
            return chance
        return Computed(chance, "", math.ulp(chance), "closed form")

    def most_steps(self, budget: float, probability: float = 0.5) -> int:
        """Return the largest number of steps that are done within a budget this likely.

        Parameters
        ----------
        budget : float
            Time there is, finite and > 0, in the units of the law.
        probability : float, default 0.5
            How likely at least, between 0 and 1.

        Returns
        -------
        int
            The largest n with P(T_n <= budget) >= probability; 0 where there is none.

        Raises
        ------
        ValueError
            If a number is out of range, or it is more than 10^15 steps.
        TypeError
            If a number is of a wrong type.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.IndependentSteps(tr.Pareto(1.2), attempts=2)
        >>> [model.most_steps(1000.0, p) for p in (0.5, 0.9, 0.99)]
        [585, 556, 519]
        """
        time = _check.positive("budget", budget)
        level = _check.fraction("probability", probability)

        def missed(n: int) -> bool:
            return n > 0 and self.chance_within(n, time) < level

        return first(missed, time, "budget") - 1

    def attempts_needed(
        self, steps: int, budget: float, probability: float = 0.5
    ) -> Answer:
        """Return how many attempts at a step it takes to be done this likely in time.

        Parameters
        ----------
        steps : int
            Steps of the task, from 1 to 10^15.
        budget : float
            Time there is, finite and > 0, in the units of the law.
        probability : float, default 0.5
            How likely at least, between 0 and 1.

        Returns
        -------
        Answer
            The least Q with P(T_n <= budget) >= probability, as a real number, whatever
            `attempts` is. inf, with a `.reason`, where no number is enough; 0 where every
            number is.

        Raises
        ------
        ValueError
            If a number is out of range.
        TypeError
            If a number is of a wrong type.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.IndependentSteps(tr.Pareto(1.2))
        >>> needed = model.attempts_needed(1000, budget=2000.0, probability=0.9)
        >>> round(needed, 4)
        1.7527
        >>> model.attempts_needed(1000, budget=900.0).reason
        'the task takes longer than the budget even if every step is as short as can be'
        """
        n = _check.count("steps", steps, 1, MOST)
        time = _check.positive("budget", budget)
        level = _check.fraction("probability", probability)
        return attempts_needed(self._race.law, n, time, level)

    def limit_law(self, steps: int) -> Law:
        r"""Law to which that of the total tends, centred and scaled for so many steps.

        Parameters
        ----------
        steps : int
            Steps of a task, from 1 to 10^15.

        Returns
        -------
        Law
            A `Stable` law below the index 2 of a step, Landau's at the index 1, a `Normal` one
            from 2 on.

        Raises
        ------
        ValueError
            If `steps` is out of range, the tail of the data unknown, or the index of a step
            below 0.1 or not 1 but within 0.02 of it.
        TypeError
            If `steps` is no integer.

        Notes
        -----
        With the index a of a step and its tail :math:`C x^{-a}` the total is centred at 0
        for a < 1, at n E[X] for a > 1, and scaled by :math:`(C n)^{1/a}` for a < 2, by
        :math:`\sqrt{C n \log n}` at a = 2 and by :math:`\sqrt{n \mathrm{Var} X}` beyond
        [1]_. At a = 1 it is centred at :math:`n E[\min(X, C n)] - \gamma C n`, for Pareto
        steps :math:`n \log n + (1 - \gamma) n`, with Euler's constant. Where another
        factor than a constant comes with the power, ``isf(1 / n)`` is in the place of
        :math:`(C n)^{1/a}`.

        References
        ----------
        .. [1] W. Feller, *An Introduction to Probability Theory and Its Applications*,
           vol. 2, 2nd ed., Wiley, 1971, section XVII.5.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.IndependentSteps(tr.Pareto(1.2))
        >>> limit = model.limit_law(10**6)
        >>> round(limit.median() / 1e6, 4), round(model.total(10**6).median() / 1e6, 4)
        (5.5708, 5.5708)
        """
        n = _check.count("steps", steps, 1, MOST)
        fitting(self._race.step, n)
        return limit_law(self._race, n)

    def median_growth(self) -> MedianGrowth:
        """Say how the median total time grows with the steps, and how fast it gets there.

        Returns
        -------
        MedianGrowth
            In words, as a formula, and as numbers.

        Examples
        --------
        >>> import tailrace as tr
        >>> growth = tr.IndependentSteps(tr.Pareto(1.2)).median_growth()
        >>> growth.formula, growth.words
        ('6 n', 'The median total grows like 6 n, which it nears like n^-0.167.')
        """
        return median_growth(self._race)

    @property
    def _race(self) -> IndependentSteps:
        return cast("IndependentSteps", self)
