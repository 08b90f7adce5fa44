"""What every question to a model of selection rests on."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import numpy as np

from .. import _check
from ..derived import Derived
from ..laws.base import Law, Reals
from ..laws.empirical import Empirical
from .conditionals import error_given_by
from .dependent import Dependent
from .discrete import DiscreteProxy
from .independent import Independent
from .jumps import jumps_of
from .laws import SelectedLaw, sum_of_curve
from .parts import Atoms
from .proxy import ProxyCurve
from .selection import Selection, computed
from .tails import tails_of
from .threshold import Conditional
from .truths import proxy_functions, reweighted_proxy, tilted_proxy, truth_law

# A relative error above which a number is none.
_WORTHLESS = 1e-6
CENSORED = "data are censored: what is selected there is unknown"
TOO_FAR = "P(U >= t) is smaller than tails are known to"
NO_NUMBER = "{} is NaN"
# Values up to here are told apart from infinity.
_FAR = 1e300
EMPTY = "no value of the proxy reaches t"


class Model:
    """Truth, error, and what is worked out of them once; the parent of `Goodhart`."""

    truth: Law
    error: Law | None
    error_given: Any
    breaks: tuple[float, ...]

    @cached_property
    def _terms(self) -> Independent | Dependent:
        if self.error is not None:
            return Independent(self.truth, self.error)
        given = error_given_by(self.error_given)
        return Dependent(self.truth, given, jumps_of(self.truth, given, self.breaks))

    @cached_property
    def _rough(self) -> str:
        """The law whose tail is a lattice without an end, said; or nothing."""
        if not isinstance(self._terms, Independent):
            return ""
        laws = (self._terms.truth, self._terms.error)
        rough = [law for law in laws if tails_of(law)[1].kind == "lattice"]
        return repr(rough[0]) if rough else ""

    @cached_property
    def _censored(self) -> str:
        """Which of both is data that are censored; empty where none is."""
        for name, law in (("truth", self.truth), ("error", self.error)):
            base = law.base if isinstance(law, Derived) else law
            if isinstance(base, Empirical) and base.censored_share:
                return name
        return ""

    @cached_property
    def _curve(self) -> ProxyCurve | DiscreteProxy:
        """The levels of the proxy."""
        terms = self._terms
        if self._censored:
            msg = (
                f"{self._censored} must not be censored for laws of what was selected, got "
                f"{getattr(self, self._censored)!r}; cap it at its limit"
            )
            raise ValueError(msg)
        if self._rough:
            msg = (
                "error must not sit on a lattice without an end for laws of the proxy "
                f"and the best of n, got {self._rough}; cap it"
            )
            raise ValueError(msg)
        if isinstance(terms, Independent):
            parts = [part for law in terms.parts for _, part in law]
            if all(isinstance(part, Atoms) for part in parts):
                return DiscreteProxy(terms)
        return ProxyCurve(terms)

    # Means that do not exist.

    @cached_property
    def _missing(self) -> dict[str, tuple[float, str]]:
        """What stands for a conditional mean that does not exist, and why."""
        terms = self._terms
        found = {}
        for name, index in (("truth", 0), ("error", 1)):
            upper, lower = terms.tail_indices[index]
            other = terms.tail_indices[1 - index][0]
            value = math.nan
            reason = ""
            if math.isnan(upper) or math.isnan(lower):
                mean = terms.mean_truth if name == "truth" else terms.mean_error
                if math.isnan(mean):
                    reason = f"the tail of the {name} is unknown, and so is its mean"
            elif upper <= 1.0 and lower + other > 1.0:
                value = math.inf
                reason = f"the tail index of the {name}, {upper:.15g}, is not above 1"
            elif upper <= 1.0:
                reason = f"neither tail of the {name} has a mean"
            elif lower <= 1.0:
                reason = (
                    f"the index of the lower tail of the {name}, {lower:.15g}, is not "
                    "above 1"
                )
                value = -math.inf if lower + other <= 1.0 else math.nan
            if not reason and isinstance(terms, Independent):
                reason = _beyond_doubles(name, (terms.truth, terms.error)[index])
            if reason:
                found[name] = value, reason
        return found

    def _with_missing(self, name: str, value: Reals, known: Any) -> Reals:
        """Put what stands for a missing mean where the probability is positive."""
        if name not in self._missing:
            return value
        here = np.broadcast_to(known, value.shape)
        return np.where(here, self._missing[name][0], math.nan)

    def _reason(self, name: str) -> str:
        """Return why a mean is infinite or NaN."""
        if name in self._missing:
            return self._missing[name][1]
        return CENSORED if self._censored else TOO_FAR

    # Answers for thresholds of any shape.

    def _given_beyond(
        self, t: Reals, ask: Callable[[Reals], Conditional]
    ) -> dict[str, Reals]:
        """Return columns of answers given U >= t, of the shape of t."""
        low, high = self._terms.support
        flat = t.ravel()
        ordinary = np.isfinite(flat) & (flat > low)
        names = ("log_p", "truth", "truth_error", "error", "error_error", "p_error")
        columns = {name: np.full(flat.size, math.nan) for name in names}
        if ordinary.any():
            found = ask(flat[ordinary])
            for name in names:
                columns[name][ordinary] = getattr(found, name)
            # They are of the smaller of both probabilities: here of P(U >= t).
            less = np.minimum(found.log_q - found.log_p, 0.0)
            columns["p_error"][ordinary] *= np.exp(np.nan_to_num(less, neginf=-745.0))
        everything, nothing = flat <= low, flat == math.inf
        columns["log_p"][everything] = columns["p_error"][everything] = 0.0
        columns["log_p"][nothing | (flat > high)] = -math.inf
        means = {"truth": self._terms.mean_truth, "error": self._terms.mean_error}
        for name, mean in means.items():
            columns[name][everything] = mean
            columns[f"{name}_error"][everything] = 0.0
            possible = columns["log_p"] > -math.inf
            columns[name] = self._with_missing(name, columns[name], possible)
            poor = possible & ~(columns["p_error"] < _WORTHLESS) & ordinary
            if name not in self._missing:
                columns[name][poor] = math.nan
        columns["t"] = t
        return {name: column.reshape(t.shape) for name, column in columns.items()}

    def _why(self, columns: dict[str, Reals], name: str) -> str:
        if columns["t"].ndim == 0 and np.isnan(columns["t"]):
            return NO_NUMBER.format("t")
        if columns["log_p"].ndim == 0 and columns["log_p"] == -math.inf:
            return EMPTY
        return self._reason(name)

    def _mean_given_beyond(self, name: str, t: Any, ask: Any) -> Any:
        """Return E[V | U >= t] or E[X | U >= t]."""
        points = _check.points("t", t)
        columns = self._given_beyond(points, ask)
        why = self._why(columns, name)
        return computed(columns[name], columns[f"{name}_error"], why)

    # Laws.

    @cached_property
    def proxy(self) -> Law:
        """The law of the proxy U = V + X, a law like any other.

        Of two laws of data it is `Empirical`; else a table is made the first time, in
        some tenths of a second. ValueError where the proxy has atoms and more.

        Examples
        --------
        >>> import tailrace as tr
        >>> proxy = tr.Goodhart(tr.Normal(), tr.StudentT(3)).proxy
        >>> round(proxy.isf(1e-6), 3), proxy.tail_index
        (103.319, 3.0)
        """
        curve, terms = self._curve, self._terms
        if isinstance(curve, DiscreteProxy):
            return Empirical(curve.values, weights=curve.masses)
        if terms.atoms[0].size:
            msg = "error must be without atoms, where truth has any, for a law of the proxy"
            raise ValueError(msg)
        if isinstance(terms, Independent):
            return sum_of_curve((terms.truth, terms.error), curve)
        make = partial(proxy_functions, self)
        mean = terms.mean_truth + terms.mean_error
        return SelectedLaw(f"U, {self!r}", make, (math.nan, math.nan), mean)

    def _selected_truth(self, selection: Selection) -> Law:
        at = single(selection)
        if self._censored == "truth":
            self._curve  # noqa: B018  it refuses, in words
        if math.isnan(float(selection.truth)) and "truth" not in self._missing:
            msg = f"{selection.by} must select something, got {at!r}"
            raise ValueError(msg)
        said = f"V {selection.said()}, {self!r}"
        return truth_law(self, said, selection._weight, float(selection.truth))

    def _selected_proxy(self, selection: Selection) -> Law:
        at = single(selection)
        kind, *arguments = selection._weight
        if kind == "beyond":
            return self.proxy.beyond(at)
        said = f"U {selection.said()}, {self!r}"
        if kind == "tilted":
            return tilted_proxy(self, said, float(arguments[0]), float(selection.proxy))
        k, n = arguments
        if k == 1.0:
            return self.proxy.max_of(n)
        return reweighted_proxy(self, said, k, n, float(selection.proxy))


def _beyond_doubles(name: str, law: Law) -> str:
    """Say so where a light tail has a share of the mean that doubles cannot hold."""
    size = abs(float(law.mean())) + float(law.isf(0.25)) - float(law.ppf(0.25))
    if not math.isfinite(size):
        return ""
    tails = (
        (law.tail_index, float(law.logsf(_FAR)), float(law.logpdf(_FAR))),
        (law._lower_tail_index, float(law.logcdf(-_FAR)), float(law.logpdf(-_FAR))),
    )
    log_far = math.log(_FAR)
    for index, tail, density in tails:
        if math.isfinite(index) or not tail > -1e6:
            continue
        # Where the tail still falls slower than 1 / x, most of the mean is beyond.
        if log_far + density <= tail or log_far + tail > math.log(1e-6 * size):
            return (
                f"part of the mean of the {name} comes from values beyond the doubles"
            )
    return ""


def single(selection: Selection) -> float:
    """Return the parameter of a single selection."""
    if selection.at.ndim:
        msg = (
            f"{selection.by} must be a single number for a law, got shape "
            f"{selection.at.shape}"
        )
        raise ValueError(msg)
    return float(selection.at)
