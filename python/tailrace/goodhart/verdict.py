"""Where E[V | U >= t] goes: the verdict, and what is computed where none is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _check
from .._tabular import Tabular
from ..laws.base import Reals
from .independent import Independent
from .limits import Decision, decide
from .rates import number

if TYPE_CHECKING:
    from .model import Goodhart

#: Probabilities at which the trend is shown.
TREND = (1e-1, 1e-2, 1e-4, 1e-8, 1e-16, 1e-32, 1e-64, 1e-128, 1e-256)


@dataclass(frozen=True, slots=True, eq=False)
class Verdict(Tabular):
    """What becomes of E[V | U >= t] as t grows; made by `Goodhart.limit`.

    Best of n has the same limit as n grows, where there is one.

    Attributes
    ----------
    model : Goodhart
        The model.
    value : float
        The limit, perhaps infinite. NaN where there is none, or where no theorem here
        covers the laws: then `reason` says which.
    case : str
        The theorem that decided it; empty where none did.
    sentence : str
        All of it, to be quoted.
    conditions : tuple of (str, str)
        The conditions that were checked, and what was found.
    rate : str
        How the limit is approached; empty where none is known.
    reason : str
        Why `value` is not finite.

    Examples
    --------
    >>> import tailrace as tr
    >>> verdict = tr.Goodhart(tr.StudentT(3), tr.StudentT(2)).limit()
    >>> verdict.value, verdict.case
    (3.30797337253..., 'subexponential error, at the boundary')
    >>> print(tr.Goodhart(tr.Normal(), tr.StudentT(3)).limit())
    E[V | U >= t] falls back to E[V] = 0: large proxies are large errors, and the truth is as it was: the selection was for nothing.
    """

    model: Goodhart
    value: float
    case: str
    sentence: str
    conditions: tuple[tuple[str, str], ...]
    rate: str
    reason: str
    _approach: Callable[[Reals], Reals] | None = field(repr=False)

    def __str__(self) -> str:
        """Return the sentence."""
        return self.sentence

    def approach(self, t: ArrayLike) -> Any:
        """Return the leading terms of E[V | U >= t], by the theorem.

        Parameters
        ----------
        t : array_like
            Thresholds.

        Returns
        -------
        float or ndarray of float64, shape of `t`
            NaN where the theorem gives none.

        Raises
        ------
        TypeError
            If `t` does not hold real numbers.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.Goodhart(tr.Normal(), tr.StudentT(3))
        >>> model.limit().approach(1e4) / model.expected_truth(1e4)
        0.9999999...
        """
        points = _check.points("t", t)
        found = np.full(points.shape, math.nan)
        if self._approach is not None:
            found = self._approach(points.ravel()).reshape(points.shape)
        return found if points.ndim else float(found)

    def trend(self, probability: ArrayLike = TREND) -> dict[str, list[Any]]:
        """Compute E[V | U >= t] where P(U >= t) is as given.

        Parameters
        ----------
        probability : array_like, default 0.1 to 1e-256
            Probabilities; those are left out whose threshold lies further out than
            tails are known to.

        Returns
        -------
        dict of str to list
            Columns of equal length: `probability`, `t`, `truth`, which is E[V | U >=
            t], and `approach`, its leading terms.

        Raises
        ------
        ValueError
            If a probability is not between 0 and 1.

        Examples
        --------
        >>> import tailrace as tr
        >>> found = tr.Goodhart(tr.Normal(), tr.StudentT(3)).limit().trend([1e-2, 1e-6])
        >>> [round(truth, 4) for truth in found["truth"]]
        [0.6361, 0.029]
        """
        p = _check.probabilities("probability", probability).ravel()
        t = np.asarray(self.model.threshold(p))
        known = np.isfinite(t)
        truth = np.asarray(self.model.expected_truth(t[known]))
        return {
            "probability": p[known].tolist(),
            "t": t[known].tolist(),
            "truth": truth.tolist(),
            "approach": np.asarray(self.approach(t[known])).tolist(),
        }

    def to_dict(self) -> dict[str, list[Any]]:
        """Return what is computed from common to rare: see `trend`."""
        return self.trend()

    def plot(self, ax: Any = None) -> Any:
        """Draw E[V | U >= t] against P(U >= t), with the limit; return the axes."""
        from .plots import plot_verdict

        return plot_verdict(self, ax=ax)


def verdict_of(model: Goodhart) -> Verdict:
    """Return the verdict on a model."""
    terms = model._terms
    if isinstance(terms, Independent):
        decision = decide(terms.truth, terms.error, terms.mean_truth)
    else:
        why = "the error depends on the truth"
        decision = Decision(math.nan, "", why, (("the terms are independent", "no"),))
    reason = ""
    if not math.isfinite(decision.value):
        reason = decision.because
    return Verdict(
        model,
        float(decision.value),
        decision.case,
        _sentence(model, decision),
        decision.conditions,
        decision.rate,
        reason,
        decision.approach,
    )


def _sentence(model: Goodhart, decision: Decision) -> str:
    value, because = decision.value, decision.because
    if not decision.case:
        return (
            "No theorem here says where E[V | U >= t] goes, since "
            f"{because}. {_trend(model)}"
        )
    if math.isnan(value):
        return f"E[V | U >= t] has no limit: {because}."
    if value == math.inf:
        return f"E[V | U >= t] grows without bound: {because}."
    mean = model._terms.mean_truth
    if value == -math.inf:
        return f"E[V | U >= t] falls without bound: {because}."
    if value == mean:
        return f"E[V | U >= t] falls back to E[V] = {number(value)}: {because}."
    return f"E[V | U >= t] tends to {number(value)}: {because}."


def _trend(model: Goodhart) -> str:
    """Say what is computed at the ends of what can be."""
    t = np.asarray(model.threshold(np.array(TREND)))
    known = np.isfinite(t)
    truth = np.asarray(model.expected_truth(t[known]))
    pairs = zip(np.array(TREND)[known].tolist(), truth.tolist(), strict=True)
    shown = [(p, value) for p, value in pairs if math.isfinite(value)]
    if len(shown) < 2:
        return "Too little can be computed for a trend."
    rows = [shown[0], shown[len(shown) // 2], shown[-1]]
    values = ", ".join(f"{number(g)} at P = {p:g}" for p, g in dict.fromkeys(rows))
    return f"Computed: {values}."
