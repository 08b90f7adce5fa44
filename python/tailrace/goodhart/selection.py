"""What a selection is worth: truth, error and proxy of what was selected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .._answer import Computed
from .._rng import RNG
from .._tabular import Tabular
from ..laws.base import Law, Reals

if TYPE_CHECKING:
    from .model import Goodhart


def computed(value: Reals, bound: Reals, reason: str) -> Any:
    """Return an array as it is, and one of shape () as a `Computed`."""
    if value.ndim:
        return value
    return Computed(float(value), reason, float(bound))


@dataclass(frozen=True, slots=True, eq=False)
class Selection(Tabular):
    """What was selected by the proxy, in one way or in several.

    Made by `Goodhart.beyond`, `Goodhart.best_of`, `Goodhart.top` and `Goodhart.tilted`.

    Attributes
    ----------
    model : Goodhart
        The model.
    by : str
        What is varied: "t", "n", "k", "beta" or "kl_cap".
    at : ndarray
        Its values; all that follows has their shape.

    Examples
    --------
    >>> import tailrace as tr
    >>> best = tr.Goodhart(tr.Normal(), tr.Normal()).best_of(16)
    >>> round(best.truth, 5), round(best.error, 5), round(best.kl, 5)
    (1.24874, 1.24874, 1.83509)
    >>> truth, error = best.sample(1000, rng=7)
    >>> truth.shape
    (1000,)
    """

    model: Goodhart
    by: str
    at: Reals
    _columns: dict[str, Reals] = field(repr=False)
    _bounds: dict[str, Reals] = field(repr=False)
    _reasons: dict[str, str] = field(repr=False)

    def _column(self, name: str) -> Any:
        value = self._columns[name]
        bound = self._bounds.get(name, np.zeros(value.shape))
        return computed(value, bound, self._reasons.get(name, ""))

    @property
    def truth(self) -> Any:
        """E[V] of what was selected: `Computed`, or an array for several."""
        return self._column("truth")

    @property
    def error(self) -> Any:
        """E[X] of what was selected."""
        return self._column("error")

    @property
    def proxy(self) -> Any:
        """E[U] of what was selected."""
        return self._column("proxy")

    @property
    def kl(self) -> Any:
        """KL divergence of what was selected from all, in nats."""
        return self._column("kl")

    @property
    def probability(self) -> Any:
        """P(U >= t) for a threshold; NaN for other selections."""
        return self._column("probability")

    @property
    def numerical_error(self) -> Any:
        """Bound of the absolute numerical error of `truth`, as estimated on the way."""
        bound = self._bounds["truth"]
        return bound if bound.ndim else float(bound)

    @property
    def reason(self) -> str:
        """Why a truth is infinite or NaN; empty where none is."""
        finite = np.isfinite(self._columns["truth"]).all()
        return "" if finite else self._reasons.get("truth", "")

    def reasons(self) -> list[str]:
        """Return why truths, errors or proxies are infinite or NaN; empty if none are."""
        found = [
            self._reasons.get(name, "")
            for name in ("truth", "error", "proxy")
            if not np.isfinite(self._columns[name]).all()
        ]
        return [why for why in dict.fromkeys(found) if why]

    def to_dict(self) -> dict[str, list[Any]]:
        """Return columns of equal length: what was varied, KL, truth, error, proxy.

        Returns
        -------
        dict of str to list
            For thresholds also their `probability`.
        """
        names = ["kl", "truth", "error", "proxy"]
        if self.by == "t":
            names.insert(0, "probability")
        columns = {self.by: self.at.ravel().tolist()}
        return columns | {name: self._columns[name].ravel().tolist() for name in names}

    def plot(self, ax: Any = None) -> Any:
        """Draw truth and proxy against what was varied; return the axes."""
        from .plots import plot_selection

        return plot_selection(self, ax=ax)

    def said(self) -> str:
        """Say what was selected, of a single selection."""
        kind, *numbers = self._weight
        words = {
            "beyond": "given U >= {:g}",
            "ranked": "of one of the {:g} best of {:g}",
        }
        if kind == "tilted":
            return f"tilted by e^({numbers[0]:.6g} u)"
        if kind == "ranked" and numbers[0] == 1.0:
            return f"of the best of {numbers[1]:g}"
        return words[kind].format(*numbers)

    @property
    def _weight(self) -> tuple[Any, ...]:
        """The weight of what was selected: see truths.py."""
        if self.by == "t":
            return "beyond", float(self.at)
        if self.by in ("beta", "kl_cap"):
            return "tilted", float(self._columns["slope"])
        return "ranked", float(self._columns["k"]), float(self._columns["n"])

    def truth_law(self) -> Law:
        """Return the whole law of V of what was selected, of a single selection.

        Returns
        -------
        Law
            With quantiles, tails, `sample` and selections, as any other.

        Raises
        ------
        ValueError
            If there are several selections, or nothing was selected.

        Examples
        --------
        >>> import tailrace as tr
        >>> law = tr.Goodhart(tr.Normal(), tr.StudentT(3)).best_of(1e6).truth_law()
        >>> round(law.mean(), 4), round(law.std(), 3)
        (0.0346, 1.0...)
        """
        return self.model._selected_truth(self)

    def proxy_law(self) -> Law:
        """Return the whole law of U of what was selected, of a single selection.

        Returns
        -------
        Law
            As of `truth_law`.

        Raises
        ------
        ValueError
            If there are several selections, or nothing was selected.

        Examples
        --------
        >>> import tailrace as tr
        >>> best = tr.Goodhart(tr.Normal(), tr.StudentT(3)).best_of(1e6)
        >>> best.proxy_law().median() < best.proxy  # its tail is heavy
        True
        """
        return self.model._selected_proxy(self)

    def sample(
        self,
        shape: int | tuple[int, ...] | None = None,
        *,
        rng: RNG = None,
        threads: int | None = None,
    ) -> tuple[Reals, Reals]:
        """Draw independent pairs of truth and error of a single selection.

        Parameters
        ----------
        shape : int or tuple of int, optional
            Shape of both arrays; () by default.
        rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
            As in `Law.sample`. A shorter sample of the same seed is the beginning of a
            longer one, on every number of threads.
        threads : int, optional
            Most threads to use; by default every core, for work above about 1 ms.

        Returns
        -------
        truth, error : ndarray of shape `shape`
            Their sum reaches t, for a threshold t, however rare that is.

        Raises
        ------
        TypeError
            If an argument is of a wrong type.
        ValueError
            If there are several selections, nothing was selected, or the selection is a
            tilt; for an error that depends on the truth, if it is no threshold.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.Goodhart(tr.Normal(), tr.StudentT(3))
        >>> truth, error = model.beyond(1e4).sample(1000, rng=7)    # one of 1e12
        >>> bool((truth + error >= 1e4).all()), round(float(truth.std()))
        (True, 1)
        """
        return self.model._sample_selected(self, shape, rng, threads)
