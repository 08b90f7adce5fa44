"""Questions to a model of which the best of n is taken."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from .. import _check
from ..laws.base import Reals
from .base import Model
from .selection import Selection


class ByCount(Model):
    """Best of n, and the k best of n; a part of `Goodhart`."""

    def best_of(self, n: ArrayLike) -> Selection:
        r"""Select the best of `n` independent candidates, by the proxy.

        Parameters
        ----------
        n : array_like
            Candidates: any real numbers from 1 to 1e300.

        Returns
        -------
        Selection
            Truth E[V], error, proxy E[U], and the KL divergence of what was selected
            from all: log n - (n - 1) / n for a proxy without atoms, less with atoms.

        Raises
        ------
        ValueError
            If an `n` is not between 1 and 1e300.
        TypeError
            If `n` does not hold real numbers.

        Notes
        -----
        Given the second largest value t of the proxy, the largest is distributed like U
        given U >= t. So the best of n is a hard threshold at a random place:
        :math:`E_n[V] = E[g(U_{(n-1:n)})]` with :math:`g(t) = E[V \mid U \ge t]`, a mean
        of a smooth function under the law of an order statistic, for any real n > 1.
        Ties are broken at random.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.Goodhart(tr.Normal(), tr.StudentT(3))
        >>> model.best_of([1, 16, 1024, 1e9]).truth    # up, and back down
        array([0.        , 0.87096..., 0.346..., 0.00345...])
        >>> round(model.best_of(256).kl, 6)
        4.549084
        """
        points = _check.points("n", n)
        _refuse("n", points, 1.0, 1e300)
        return self._selected("n", points, np.ones(points.shape), points)

    def top(self, k: ArrayLike, n: ArrayLike) -> Selection:
        """Select a random one of the `k` best of `n` candidates, by the proxy.

        A quantilizer: see [1]_.

        Parameters
        ----------
        k : array_like of int
            How many are kept, from 1 to 1e15.
        n : array_like
            Candidates: any real numbers from k to 1e300; broadcast against `k`.

        Returns
        -------
        Selection
            As of `best_of`, which is ``top(1, n)``; for ``k = n`` nothing is selected.

        Raises
        ------
        ValueError
            If `k` is not from 1 to `n`, or `n` above 1e300.
        TypeError
            If `k` holds no integers, or `n` no real numbers.

        References
        ----------
        .. [1] J. Taylor, "Quantilizers: a safer alternative to maximizers for limited
           optimization", AAAI Workshop on AI, Ethics, and Society (2016).

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.Goodhart(tr.Normal(), tr.StudentT(3))
        >>> model.top([1, 10, 100, 1000], 1000).truth
        array([0.349..., 0.647..., 0.922..., 0.        ])
        """
        kept, points = _check.integers("k", k), _check.points("n", n)
        try:
            kept, points = np.broadcast_arrays(kept, points)
        except ValueError as error:
            msg = f"k must broadcast with n, of shape {points.shape}, got {kept.shape}"
            raise ValueError(msg) from error
        _refuse("n", points, 1.0, 1e300)
        bad = (kept < 1) | (kept > 10**15) | (kept > points)
        if bad.any():
            first = int(np.argmax(bad))
            msg = (
                f"k must be from 1 to n, {points.flat[first]:g}, got {kept.flat[first]}"
            )
            raise ValueError(msg)
        counts = kept.astype(np.float64)
        by = "k" if _check.integers("k", k).ndim else "n"
        at = counts if by == "k" else points
        return self._selected(by, at.copy(), counts, points.copy())

    def _selected(self, by: str, at: Reals, k: Reals, n: Reals) -> Selection:
        middles = self._terms.mean_truth, self._terms.mean_error
        means = np.empty((2, n.size))
        bounds = np.empty((2, n.size))
        kl = np.empty(n.size)
        if self._censored:
            means[...] = bounds[...] = kl[...] = math.nan
        for i, (kept, of) in enumerate(zip(k.ravel(), n.ravel(), strict=True)):
            if self._censored:
                break
            gains, bounds[:, i] = self._curve.average(float(kept), float(of))
            means[:, i] = gains + np.array(middles)
            kl[i] = self._curve.divergence(float(kept), float(of))
        shape = n.shape
        columns = {"kl": kl.reshape(shape), "k": k, "n": n}
        columns["probability"] = np.full(shape, math.nan)
        errors = {}
        for row, name in enumerate(("truth", "error")):
            value = means[row].reshape(shape)
            columns[name] = self._with_missing(name, value, True)
            errors[name] = bounds[row].reshape(shape)
        with np.errstate(invalid="ignore"):
            proxy = columns["truth"] + columns["error"]
        errors["proxy"] = errors["truth"] + errors["error"]
        # No mean lies beyond the ends of a support, whatever the numerical error.
        columns["truth"] = np.clip(columns["truth"], *self.truth.support)
        columns["proxy"] = np.clip(proxy, *self._terms.support)
        reasons = {name: self._reason(name) for name in ("truth", "error")}
        reasons["proxy"] = reasons["truth" if "truth" in self._missing else "error"]
        reasons["kl"] = self._reason("kl")
        return Selection(self, by, at, columns, errors, reasons)  # type: ignore[arg-type]


def _refuse(name: str, values: Reals, low: float, high: float) -> None:
    """Refuse numbers out of range."""
    bad = ~((values >= low) & (values <= high))
    if bad.any():
        msg = (
            f"{name} must be >= {low:g} and <= {high:g}, got "
            f"{float(values[bad].flat[0])!r}"
        )
        raise ValueError(msg)
