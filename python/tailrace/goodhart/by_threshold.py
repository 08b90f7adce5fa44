"""Questions to a model given that the proxy reaches a threshold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _check
from ..laws.base import Law, Reals
from .base import CENSORED, NO_NUMBER, Model
from .density import At, given_value, given_value_of
from .discrete import DiscreteProxy
from .independent import Independent
from .selection import Selection, computed


class ByThreshold(Model):
    """Answers given U >= t; a part of `Goodhart`."""

    def probability(self, t: ArrayLike) -> Any:
        """P(U >= t).

        Parameters
        ----------
        t : array_like
            Thresholds for the proxy, in its units.

        Returns
        -------
        Computed or ndarray of float64, shape of `t`

        Raises
        ------
        TypeError
            If `t` does not hold real numbers.

        Examples
        --------
        >>> import tailrace as tr
        >>> tr.Goodhart(tr.Normal(), tr.StudentT(3)).probability([0.0, 100.0, 1e100])
        array([5.00000000e-001, 1.10...e-006, 1.10...e-300])
        """
        points = _check.points("t", t)
        columns = self._given_beyond(points, self._terms.truth_beyond)
        p = np.exp(columns["log_p"])
        why = NO_NUMBER.format("t") if np.isnan(points).any() else ""
        return computed(p, p * np.minimum(columns["p_error"], 1.0), why)

    def expected_truth(self, t: ArrayLike) -> Any:
        """E[V | U >= t]: what the truth is worth once the proxy reached t.

        Parameters
        ----------
        t : array_like
            Thresholds for the proxy, in its units.

        Returns
        -------
        Computed or ndarray of float64, shape of `t`
            To about 1e-11 relative, for P(U >= t) down to 1e-300 as far as the laws
            are known. NaN with a reason where no value of the proxy reaches t; for
            numerical errors of many thresholds see `beyond`.

        Raises
        ------
        TypeError
            If `t` does not hold real numbers.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.Goodhart(tr.Normal(), tr.StudentT(3))
        >>> model.expected_truth([2.0, 10.0, 1e4])     # it falls back to E[V] = 0
        array([9.148...e-01, 3.047...e-01, 3.000...e-04])
        """
        return self._mean_given_beyond("truth", t, self._terms.truth_beyond)

    def expected_error(self, t: ArrayLike) -> Any:
        """E[X | U >= t]: how much of the proxy is error.

        Parameters
        ----------
        t : array_like
            Thresholds for the proxy, in its units.

        Returns
        -------
        Computed or ndarray of float64, shape of `t`
            As of `expected_truth`; inf with a reason where X has no mean.

        Raises
        ------
        TypeError
            If `t` does not hold real numbers.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.Goodhart(tr.Normal(), tr.Laplace())
        >>> round(model.expected_error(30.0), 9), round(model.expected_truth(30.0), 9)
        (30.0, 1.0)
        >>> tr.Goodhart(tr.Normal(), tr.Cauchy()).expected_error(1.0).reason
        'the tail index of the error, 1, is not above 1'
        """
        return self._mean_given_beyond("error", t, self._terms.given_beyond)

    def beyond(self, t: ArrayLike) -> Selection:
        """Select what has U >= t.

        Parameters
        ----------
        t : array_like
            Thresholds for the proxy, in its units.

        Returns
        -------
        Selection
            Truth, error, proxy, probability and KL divergence, -log P(U >= t).

        Raises
        ------
        TypeError
            If `t` does not hold real numbers.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.Goodhart(tr.Laplace(), tr.StudentT(3))
        >>> print(model.beyond([1.0, 10.0, 100.0]).table())
          t  probability     kl    truth  error  proxy
          1       0.2815  1.268    1.132  1.299  2.431
         10     0.001277  6.663    1.112  13.48  14.59
        100    1.104e-06  13.72  0.06015  149.9    150
        """
        points = _check.points("t", t)
        columns = self._given_beyond(points, self._terms.given_beyond)
        values = {
            "probability": np.exp(columns["log_p"]),
            "kl": -columns["log_p"] + 0.0,
            "truth": columns["truth"],
            "error": columns["error"],
            "proxy": self._proxy_of(columns["truth"], columns["error"]),
        }
        bounds = {"truth": columns["truth_error"], "error": columns["error_error"]}
        bounds["proxy"] = bounds["truth"] + bounds["error"]
        bounds["probability"] = values["probability"] * columns["p_error"]
        reasons = {name: self._why(columns, name) for name in ("truth", "error")}
        reasons["proxy"] = reasons["truth" if "truth" in self._missing else "error"]
        return Selection(self, "t", points, values, bounds, reasons)  # type: ignore[arg-type]

    def expected_truth_at(self, u: ArrayLike) -> Any:
        """E[V | U = u]: what the truth is worth at a value of the proxy.

        Parameters
        ----------
        u : array_like
            Values of the proxy.

        Returns
        -------
        Computed or ndarray of float64, shape of `u`
            NaN with a reason where the proxy has no density, nor such a value.

        Raises
        ------
        TypeError
            If `u` does not hold real numbers.

        Examples
        --------
        >>> import tailrace as tr
        >>> tr.Goodhart(tr.Normal(), tr.Normal(0, 2)).expected_truth_at([1.0, 50.0])
        array([ 0.2, 10. ])
        """
        points = _check.points("u", u)
        flat = points.ravel()
        value, bound = np.full((2, flat.size), math.nan)
        ordinary = np.isfinite(flat) & (not self._censored)
        if ordinary.any():
            found = self._given_value(flat[ordinary])
            value[ordinary], bound[ordinary] = found.truth, found.truth_error
            empty = ~(found.log_density > -math.inf)
            value[np.flatnonzero(ordinary)[empty]] = math.nan
        value, bound = value.reshape(points.shape), bound.reshape(points.shape)
        if "truth" in self._missing:
            value[...] = math.nan
            return computed(value, bound, self._missing["truth"][1])
        why = CENSORED if self._censored else "the proxy has no density there"
        why = NO_NUMBER.format("u") if np.isnan(points).any() else why
        return computed(value, bound, why)

    def _given_value(self, u: Reals) -> At:
        terms = self._terms
        if not isinstance(terms, Independent):
            return given_value_of(terms, u)
        found = given_value(terms, u)
        values, masses, worth = terms.atoms
        if values.size:
            # A value with a probability leaves no room for the others.
            place = np.clip(np.searchsorted(values, u), 1, values.size - 1)
            place -= u - values[place - 1] < values[place] - u
            same = np.abs(values[place] - u) <= 1e-12 * np.abs(u)
            found.log_density[same] = np.log(masses[place[same]])
            found.truth[same] = worth[0, place[same]]
            found.truth_error[same] = 1e-12 * np.abs(worth[0, place[same]])
        return found

    def _proxy_of(self, truth: Reals, error: Reals) -> Reals:
        with np.errstate(invalid="ignore"):
            proxy: Reals = truth + error
        return proxy

    def threshold(self, probability: ArrayLike) -> Any:
        """Threshold that the proxy reaches with a given probability.

        Parameters
        ----------
        probability : array_like
            From 0 to 1.

        Returns
        -------
        float or ndarray of float64, shape of `probability`
            The largest t with P(U >= t) >= probability; NaN where it lies further out
            than tails are known to, or doubles tell the values apart.

        Raises
        ------
        ValueError
            If a probability is not between 0 and 1.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.Goodhart(tr.Normal(), tr.StudentT(3))
        >>> model.threshold([1e-2, 1e-6, 1e-300])
        array([4.9...e+000, 1.03...e+002, 1.03...e+100])
        """
        p = _check.probabilities("probability", probability)
        if self._censored:
            found = np.full(p.shape, math.nan)
            return found if p.ndim else math.nan
        if self._rough:
            found = self._by_halving(p.ravel()).reshape(p.shape)
            return found if p.ndim else float(found)
        curve = self._curve
        if isinstance(curve, DiscreteProxy):
            found = np.array([curve.quantile(float(x)) for x in p.ravel()])
        else:
            with np.errstate(divide="ignore"):
                odds = np.log1p(-p.ravel()) - np.log(p.ravel())
            found = self._at_odds(odds)
        result = found.reshape(p.shape)
        return result if p.ndim else float(result)

    def _by_halving(self, p: Reals) -> Reals:
        """Return thresholds of probabilities where there is no curve of the proxy."""
        terms = self._terms
        assert isinstance(terms, Independent)
        laws = (terms.truth, terms.error)
        # If U is that large then one of both is, and likewise if it is that small.
        high = np.sum([law.isf(0.5 * p) for law in laws], axis=0)
        low = np.sum([law.ppf(0.5 * (1.0 - p)) for law in laws], axis=0)
        with np.errstate(invalid="ignore"):
            for _ in range(100):
                middle = 0.5 * low + 0.5 * high
                reached = terms.truth_beyond(middle).log_p >= np.log(p)
                low = np.where(reached, middle, low)
                high = np.where(reached, high, middle)
        return np.asarray(low)

    def _at_odds(self, odds: Reals) -> Reals:
        """Return values of the proxy at log-odds: from the curve, and a Newton step."""
        curve = self._curve
        assert not isinstance(curve, DiscreteProxy)
        low, high = self._terms.support
        inside = np.isfinite(odds)
        result = np.where(odds > 0.0, high, low)
        if not inside.any():
            return result
        wanted = odds[inside]
        down, up = curve.farthest
        curve.reaching(max(float(wanted.min()), -down), min(float(wanted.max()), up))
        s = curve.odds.inverse(wanted)
        u = self._terms.place(s)
        found = self._terms.truth_beyond(u)
        with np.errstate(all="ignore"):
            slope = curve.odds.slope(s) / np.exp(curve.log_slope(u, s))
            step = (wanted - (found.log_q - found.log_p)) / slope
        # Only where the curve is right but for a last digit, and not beyond its end.
        fine = np.abs(step) * slope < 1e-6
        known = np.abs(wanted - curve.odds(s)) < 1e-6
        u = np.where(fine, u + step, u)
        # Beyond the curve there is nothing that is known, or an atom at the end.
        values = self._terms.atoms[0]
        last = high if values.size and values[-1] == high else math.nan
        result[inside] = np.where(known, u, np.where(wanted > 0.0, last, low))
        return result

    def truth_law(self, t: float) -> Law:
        """Return the whole law of V given U >= t.

        Parameters
        ----------
        t : float
            A threshold for the proxy.

        Returns
        -------
        Law
            With quantiles, P(V < v), `sample` and selections, as any other.

        Raises
        ------
        TypeError
            If `t` is no real number.
        ValueError
            If no value of the proxy reaches `t`.

        Examples
        --------
        >>> import tailrace as tr
        >>> law = tr.Goodhart(tr.Normal(), tr.Normal()).truth_law(3.0)
        >>> round(law.median(), 4), round(law.cdf(0.0), 4)
        (1.7489, 0.0085)
        >>> law.sample((2, 3), rng=7).shape
        (2, 3)
        """
        return self.beyond(_check.number("t", t)).truth_law()
