"""Where selection is worth most, and what is lost beyond."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .base import CENSORED
from .discrete import DiscreteProxy
from .hazards import rises
from .independent import Independent
from .proxy import ProxyCurve

if TYPE_CHECKING:
    from .model import Goodhart
    from .selection import Selection

# A fall of less than that share is no fall.
_FALL = 1e-7
# Candidates looked at, from 1 to 1e300, and steps of each search.
_GRID = 121
_POINTS = 12
_ROUNDS = 7
NEVER_FALLS = "the truth never falls, as far as it can be computed"
TOO_FAR_OUT = "the truth falls to its limit beyond what can be computed"
ROUGH = "it rises and falls around every value of a lattice without an end"


@dataclass(frozen=True, slots=True, eq=False)
class Peak:
    """The first maximum of the truth; made by `Goodhart.peak` and `Goodhart.peak_n`.

    Attributes
    ----------
    by : str
        What was varied: "t" or "n".
    at : float
        Where the maximum is; inf where the truth never falls.
    probability : float
        P(U >= t) there; NaN for best of n.
    truth : float
        E[V] there; where it never falls, the limit.
    trough_at, trough : float
        Where the truth is smallest beyond, and how small; inf and the limit where it
        falls for ever; NaN where it never does.
    lost : float
        `truth` less `trough`; 0 where it never falls.
    rises_again : bool
        Whether it rises again beyond the trough: a hump does not tell the limit.
    reason : str
        Why there is no peak; empty where there is one.

    Examples
    --------
    >>> import tailrace as tr
    >>> peak = tr.Goodhart(tr.Laplace(), tr.StudentT(3)).peak()
    >>> round(peak.at, 3), round(peak.truth, 4), peak.trough
    (5.051, 2.3456, 0.0)
    """

    by: str
    at: float
    probability: float
    truth: float
    trough_at: float
    trough: float
    lost: float
    rises_again: bool
    reason: str

    def to_dict(self) -> dict[str, list[Any]]:
        """Return peak and trough as two rows: where, and what the truth is worth."""
        return {
            "what": ["peak", "trough"],
            self.by: [self.at, self.trough_at],
            "truth": [self.truth, self.trough],
        }


@dataclass(frozen=True, slots=True)
class Monotone:
    """Whether E[V | U >= t] never falls as t grows; made by `Goodhart.is_monotone`.

    It is true or false like a truth value.

    Attributes
    ----------
    value : bool or None
        None where no theorem says so and no fall was found.
    reason : str
        The theorem, or where it falls.

    Examples
    --------
    >>> import tailrace as tr
    >>> found = tr.Goodhart(tr.StudentT(3), tr.Normal()).is_monotone
    >>> bool(found), found.reason
    (True, 'the hazard rate of the error never falls')
    """

    value: bool | None
    reason: str

    def __bool__(self) -> bool:
        """Return the value; None counts as False."""
        return bool(self.value)


def monotone(model: Goodhart) -> Monotone:
    """Return whether E[V | U >= t] never falls."""
    terms = model._terms
    if isinstance(terms, Independent) and rises(terms.error):
        return Monotone(True, "the hazard rate of the error never falls")
    if "truth" in model._missing:
        return Monotone(None, model._missing["truth"][1])
    if model._rough:
        return Monotone(None, ROUGH)
    peak = peak_of_threshold(model)
    if not peak.reason:
        p = f" (P = {peak.probability:.3g})"
        return Monotone(
            False, f"it falls from {peak.truth:.6g} at t = {peak.at:.6g}{p}"
        )
    return Monotone(None, "no theorem says so, and no fall was found")


def peak_of_threshold(model: Goodhart) -> Peak:
    """Return the first maximum of E[V | U >= t]."""
    none = _surely_none("t", model)
    if none is not None:
        return none
    curve, limit = model._curve, model.limit().value
    if isinstance(curve, DiscreteProxy):
        t = curve.values
        truth = np.asarray(model.expected_truth(t))
    else:
        t, truth = _scan(curve)
    scale = model._terms.scales[0]
    found = _first_fall(truth, scale)
    if found is None:
        return _never_seen_to_fall("t", truth, scale, limit)
    if not isinstance(curve, DiscreteProxy):
        turns = found, found + int(np.argmin(truth[found:]))
        t, truth = _refined(lambda x: _truths(curve, x), t, truth, turns)
        found = _first_fall(truth, scale)
        assert found is not None
        # The curve is right to nine digits, the integrals themselves to more.
        turns = found, found + int(np.argmin(truth[found:]))
        exact = np.asarray(model.expected_truth(t[list(turns)]))
        truth[list(turns)] = np.where(np.isfinite(exact), exact, truth[list(turns)])
    p = float(model.probability(float(t[found])))
    return _peak("t", t, truth, found, p, limit, _noise(model))


def _noise(model: Goodhart) -> float:
    """Return what a truth may be off by, where it is not right to its own digits."""
    terms = model._terms
    return 1e-300 if terms.keeps_digits else 1e-9 * terms.scales[0]


def _surely_none(by: str, model: Goodhart) -> Peak | None:
    """Return that there is no peak where that is known beforehand."""
    terms = model._terms
    if "truth" in model._missing:
        value, reason = model._missing["truth"]
        return _no_peak(by, value, reason)
    if model._rough:
        return _no_peak(by, math.nan, ROUGH)
    if model._censored:
        return _no_peak(by, math.nan, CENSORED)
    if isinstance(terms, Independent) and rises(terms.error):
        # The threshold of the best of n grows with n, so this holds for n as well.
        why = "the hazard rate of the error never falls, and so neither does the truth"
        return _no_peak(by, model.limit().value, why)
    return None


def _truths(curve: ProxyCurve, t: np.ndarray) -> np.ndarray:
    return np.asarray(curve.known.mean_truth + curve.gain(0, curve.s_of(t)))


def _scan(curve: ProxyCurve) -> tuple[np.ndarray, np.ndarray]:
    """Return values of the proxy, dense where it is common, with E[V | U >= t]."""
    curve.reaching(-curve.farthest[0] / 8.0, curve.farthest[1])
    odds = np.concatenate([np.linspace(-30.0, 40.0, 141), np.arange(42.0, 691.0, 2.0)])
    low, high = curve.odds.at_cuts[[0, -1]]
    inside = odds[(odds > low) & (odds < high)]
    s = curve.odds.inverse(inside)
    t, first = np.unique(curve.known.place(s), return_index=True)
    truth = curve.known.mean_truth + curve.gain(0, s[first])
    known = np.isfinite(truth)
    return t[known], truth[known]


def _first_fall(
    truth: np.ndarray, scale: float, bound: np.ndarray | float = 0.0
) -> int | None:
    """Return the place of the first maximum from which the truth falls noticeably.

    That is by more than the bounds of both numerical errors.
    """
    best = 0
    bounds = np.broadcast_to(bound, truth.shape)
    for i, value in enumerate(truth):
        least = _FALL * (abs(truth[best]) + scale) + bounds[best] + bounds[i]
        if value > truth[best]:
            best = i
        elif value < truth[best] - least:
            return best
    return None


def _refined(
    truths: Callable[[np.ndarray], np.ndarray],
    at: np.ndarray,
    truth: np.ndarray,
    turns: tuple[int, int],
) -> tuple[np.ndarray, np.ndarray]:
    """Add points around a maximum, and around the minimum beyond."""
    old, last = at, at.size - 1
    for turn, sign in zip(turns, (1.0, -1.0), strict=True):
        low, high = old[max(turn - 1, 0)], old[min(turn + 1, last)]
        for _ in range(_ROUNDS):
            inner = np.linspace(low, high, _POINTS)[1:-1]
            values = truths(inner)
            best = int(np.argmax(sign * values))
            at, truth = np.append(at, inner), np.append(truth, values)
            step = (high - low) / (_POINTS - 1.0)
            low, high = inner[best] - step, inner[best] + step
    at, first = np.unique(at, return_index=True)
    return at, truth[first]


def _no_peak(by: str, limit: float, reason: str) -> Peak:
    nan = math.nan
    return Peak(by, math.inf, nan, limit, nan, nan, 0.0, False, reason)


def _never_seen_to_fall(by: str, truth: np.ndarray, scale: float, limit: float) -> Peak:
    """Return that there is no peak; or that it is unknown, above a limit."""
    most = float(truth.max(initial=-math.inf))
    if most <= limit + 1e-6 * (abs(most) + scale) or math.isnan(limit):
        return _no_peak(by, limit, NEVER_FALLS)
    nan = math.nan
    return Peak(by, nan, nan, nan, nan, nan, nan, False, TOO_FAR_OUT)


def _peak(
    by: str,
    at: np.ndarray,
    truth: np.ndarray,
    found: int,
    p: float,
    limit: float,
    noise: float,
) -> Peak:
    low = found + int(np.argmin(truth[found:]))
    trough, trough_at = float(truth[low]), float(at[low])
    rise = float(truth[-1]) - trough
    rises_again = limit == math.inf or rise > 1e-6 * abs(trough) + noise
    if low == truth.size - 1 and not rises_again:
        trough_at = math.inf
        trough = limit if math.isfinite(limit) else trough
    top = float(truth[found])
    return Peak(
        by, float(at[found]), p, top, trough_at, trough, top - trough, rises_again, ""
    )


def peak_of_count(model: Goodhart) -> Peak:
    """Return the first maximum of the truth of the best of n."""
    none = _surely_none("n", model)
    if none is not None:
        return none
    log_n = np.linspace(0.0, math.log(1e300), _GRID)
    log_n = np.unique([*np.linspace(0.0, 20.0, 41), *log_n[log_n > 20.0]])

    def best_of(logs: np.ndarray) -> Selection:
        return model.best_of(np.clip(np.exp(logs), 1.0, 1e300))

    best = best_of(log_n)
    truth, bound = np.asarray(best.truth), np.asarray(best.numerical_error)
    known = np.isfinite(truth) & np.isfinite(bound)
    log_n, truth, bound = log_n[known], truth[known], bound[known]
    limit = model.limit().value
    scale = model._terms.scales[0]
    found = _first_fall(truth, scale, bound)
    if found is None:
        return _never_seen_to_fall("n", truth - bound, scale, limit)
    turns = found, found + int(np.argmin(truth[found:]))
    grid = log_n
    log_n, truth = _refined(lambda x: best_of(x).truth, log_n, truth, turns)
    found = _first_fall(truth, scale, np.interp(log_n, grid, bound))
    assert found is not None
    return _peak("n", np.exp(log_n), truth, found, math.nan, limit, _noise(model))
