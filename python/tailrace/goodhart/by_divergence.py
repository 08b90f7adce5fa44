"""Questions to a model that is optimised under a KL penalty or a KL cap."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike

from .. import _check
from .base import Model
from .cumulants import domain, tilt
from .frontier import FAR, HEAVY, most_divergence, tilt_within
from .independent import Independent
from .selection import Selection
from .tradeoff import KL, Tradeoff, tradeoff_of

if TYPE_CHECKING:
    from .model import Goodhart

INFINITE = "E[e^(U / beta)] is infinite: there is no optimum"


class ByDivergence(Model):
    """The optimum of E[U] less a KL penalty, and its like; a part of `Goodhart`."""

    def tilted(
        self, *, beta: ArrayLike | None = None, kl: ArrayLike | None = None
    ) -> Selection:
        r"""Maximise E[U] - beta KL, or E[U] within a cap on KL.

        Parameters
        ----------
        beta : array_like, optional
            Penalties, finite and > 0.
        kl : array_like, optional
            Caps on the divergence in nats, finite and >= 0; instead of `beta`.

        Returns
        -------
        Selection
            NaN with a reason where there is no optimum.

        Raises
        ------
        TypeError
            If not exactly one of both is given, or it does not hold real numbers, or the
            error depends on the truth.
        ValueError
            If a number is out of range.

        Notes
        -----
        The optimum has the density :math:`\propto e^{u / \beta}` [1]_. It exists if and
        only if :math:`E\, e^{U / \beta}` is finite: for a heavy-tailed error at no
        `beta`, and there is none under any cap either, since E[U] is unbounded at every
        KL > 0. For independent terms the tilt falls apart: E[V] is :math:`K_V'(1 /
        \beta)` and E[X] is :math:`K_X'(1 / \beta)`, with cumulant generating functions
        K. So for an error of exponential tail with rate g, E[V] stays below
        :math:`K_V'(g)` at every cap: the limit of hard thresholds.

        References
        ----------
        .. [1] M. D. Donsker, S. R. S. Varadhan, "Asymptotic evaluation of certain Markov
           process expectations for large time, I", Comm. Pure Appl. Math. 28 (1975).

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.Goodhart(tr.Normal(), tr.Laplace())
        >>> model.tilted(kl=[0.1, 1, 10, 100]).truth
        array([0.24994..., 0.62835..., 0.92285..., 0.99047...])
        >>> model.tilted(beta=0.5).truth.reason
        'E[e^(U / beta)] is infinite: there is no optimum'
        """
        if (beta is None) == (kl is None):
            msg = f"beta must be given, or else kl, got {_check.said(beta)} and {_check.said(kl)}"
            raise TypeError(msg)
        terms = self._terms
        if not isinstance(terms, Independent):
            msg = (
                f"error must be independent of the truth here, got {self.error_given!r}"
            )
            raise TypeError(msg)
        if beta is not None:
            by, points = "beta", _check.points("beta", beta)
            bad = ~((points > 0.0) & (points < math.inf))
            rule = "finite and > 0"
        else:
            assert kl is not None
            by, points = "kl_cap", _check.points("kl", kl)
            bad = ~((points >= 0.0) & (points < math.inf))
            rule = "finite and >= 0"
        if bad.any():
            name = "beta" if by == "beta" else "kl"
            msg = f"{name} must be {rule}, got {float(points[bad].flat[0])!r}"
            raise ValueError(msg)
        rows, reason = [], ""
        for point in points.ravel():
            s, why = self._slope(by, float(point))
            cap = float(point) if by == "kl_cap" else math.nan
            row, because = self._tilted(s, terms, cap)
            rows.append(row)
            reason = reason or why or because
        names = ("kl", "truth", "error", "proxy", "slope")
        table = np.array(rows).reshape(-1, len(names)).T
        columns: dict[str, Any] = {
            name: column.reshape(points.shape)
            for name, column in zip(names, table, strict=True)
        }
        columns["probability"] = np.full(points.shape, math.nan)
        bounds = {
            n: 1e-12 * np.abs(columns[n]) for n in ("truth", "error", "proxy", "kl")
        }
        # It is a difference of terms of which the quadrature has these digits.
        with np.errstate(over="ignore"):
            size = np.abs(columns["slope"] * columns["proxy"])
        bounds["kl"] += 1e-14 + 2.0**-51 * size
        reasons = dict.fromkeys(("truth", "error", "proxy", "kl"), reason)
        return Selection(self, by, points, columns, bounds, reasons)  # type: ignore[arg-type]

    def tradeoff(self, kl: ArrayLike | None = None) -> Tradeoff:
        """Compare ways to select that cost the same KL divergence.

        Parameters
        ----------
        kl : array_like, optional
            Divergences in nats, from 0 to 690; up to 20 by default.

        Returns
        -------
        Tradeoff
            Truth and proxy of the best of n, of a hard threshold, and of the optimum
            under a cap; `plot` draws them against the square root of KL.

        Raises
        ------
        TypeError
            If `kl` does not hold real numbers.
        ValueError
            If a divergence is not from 0 to 690.

        Examples
        --------
        >>> import tailrace as tr
        >>> found = tr.Goodhart(tr.Normal(), tr.StudentT(3)).tradeoff([0, 1, 4, 9])
        >>> found.best_of.truth.round(4), found.tilted.reason
        (array([0.    , 0.7392, 0.6494, 0.1235]), 'the upper tail of the proxy is heavy: E[U] has no bound at any KL > 0')
        """
        points = _check.points("kl", KL if kl is None else kl)
        bad = ~((points >= 0.0) & (points <= 690.0))
        if bad.any():
            msg = f"kl must be >= 0 and <= 690, got {float(points[bad].flat[0])!r}"
            raise ValueError(msg)
        return tradeoff_of(cast("Goodhart", self), points)

    def plot(self, ax: Any = None) -> Any:
        """Draw truth and proxy against the square root of KL; return the axes.

        For the best of n, a hard threshold, and the optimum under a cap on KL: see
        `tradeoff`.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            A new figure by default.

        Examples
        --------
        >>> import tailrace as tr
        >>> axes = tr.Goodhart(tr.Normal(), tr.Laplace()).plot()
        >>> axes.get_xlabel()
        'square root of the KL divergence, in nats'
        """
        return self.tradeoff().plot(ax=ax)

    def _slope(self, by: str, point: float) -> tuple[float, str]:
        """Return the s of a tilt e^(su), or NaN and why there is none."""
        if by == "beta":
            return 1.0 / point, ""
        if point == 0.0:
            return 0.0, ""
        terms = self._terms
        assert isinstance(terms, Independent)
        laws = [terms.truth, terms.error]
        found, why = tilt_within(laws, point)
        if why == HEAVY:
            why = (
                "the upper tail of the proxy is heavy: E[U] has no bound at any KL > 0"
            )
        elif why and why != FAR:
            why = "the upper tail of the proxy is unknown"
        elif found < math.inf and found == min(domain(law)[1] for law in laws):
            return math.nan, "no tilted law is that far away: there is no optimum"
        return found, why

    def _tilted(
        self, s: float, terms: Independent, cap: float
    ) -> tuple[tuple[float, ...], str]:
        """Return KL, truth, error, proxy and the slope itself, and why they are NaN."""
        laws = [terms.truth, terms.error]
        if s == math.inf and not math.isnan(cap):
            # Both means are at their ends, to rounding, and the slope may be no double.
            truth, error = (law.support[1] for law in laws)
            return (cap, truth, error, truth + error, math.nan), ""
        if math.isnan(s):
            return (math.nan,) * 5, ""
        (k, truth, _, kl), (other, error, _, more) = (tilt(law, s) for law in laws)
        if math.inf in (k, other):
            return (math.nan,) * 5, INFINITE
        if not math.isfinite(k + other + kl + more):
            return (math.nan,) * 5, FAR
        # The cap is kept exactly, if it can be.
        kl = kl + more if math.isnan(cap) else min(cap, most_divergence(laws))
        return (kl, truth, error, truth + error, s), ""
