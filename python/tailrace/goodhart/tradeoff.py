"""Truth and proxy against the KL divergence, for the usual ways to select."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .._tabular import Tabular
from ..laws.base import Reals
from .independent import Independent
from .selection import Selection

if TYPE_CHECKING:
    from .model import Goodhart

#: Divergences shown where none are asked for, in nats: e^20 candidates are 5e8.
KL = np.linspace(0.0, 20.0**0.5, 61) ** 2


@dataclass(frozen=True, slots=True, eq=False)
class Tradeoff(Tabular):
    """Truth and proxy against the KL divergence; made by `Goodhart.tradeoff`.

    Attributes
    ----------
    model : Goodhart
        The model.
    best_of, threshold : Selection
        The best of n, and a hard threshold, with the divergences asked for; where the
        proxy has atoms, with the closest there are.
    tilted : Selection or None
        The optimum of E[U] within these divergences; None for an error that depends on
        the truth.

    Examples
    --------
    >>> import tailrace as tr
    >>> found = tr.Goodhart(tr.Normal(), tr.Laplace()).tradeoff([1.0, 10.0])
    >>> print(found.table())
    selection  kl   truth  proxy
    best of n   1  0.7642  2.229
    best of n  10       1  11.38
    threshold   1  0.6632  1.704
    threshold  10       1  10.81
       tilted   1  0.6284  2.705
       tilted  10  0.9229  13.37
    """

    model: Goodhart
    best_of: Selection = field(repr=False)
    threshold: Selection = field(repr=False)
    tilted: Selection | None = field(repr=False)

    def __iter__(self) -> Any:
        """Yield the name of each way to select, and the selection."""
        yield "best of n", self.best_of
        yield "threshold", self.threshold
        if self.tilted is not None:
            yield "tilted", self.tilted

    def to_dict(self) -> dict[str, list[Any]]:
        """Return columns of equal length: `selection`, `kl`, `truth` and `proxy`."""
        columns: dict[str, list[Any]] = {
            "selection": [],
            "kl": [],
            "truth": [],
            "proxy": [],
        }
        for name, found in self:
            columns["selection"] += [name] * found.at.size
            for each in ("kl", "truth", "proxy"):
                columns[each] += np.ravel(getattr(found, each)).tolist()
        return columns

    def plot(self, ax: Any = None) -> Any:
        """Draw truth and proxy against the square root of KL; return the axes."""
        from .plots import plot_tradeoff

        return plot_tradeoff(self, ax=ax)


def candidates(kl: Reals) -> Reals:
    """Return the n with log n - (n - 1) / n = kl.

    That is n = -1 / W(-e^(-1 - kl)), with the principal branch of Lambert's W.
    """
    from scipy.special import lambertw

    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        n = -1.0 / np.real(lambertw(-np.exp(-1.0 - kl)))
        # Where e^(-1 - kl) has no digits: log n = 1 + kl - 1 / n.
        n = np.where(kl > 500.0, np.exp(1.0 + kl), n)
        # Near n = 1 the branch point takes half of the digits: there, Newton steps.
        x = np.sqrt(2.0 * kl) * (1.0 + 2.0 / 3.0 * np.sqrt(2.0 * kl))
        for _ in range(3):
            x = x - (np.log1p(x) - x / (1.0 + x) - kl) * (1.0 + x) ** 2 / x
        n = np.where(kl < 1e-3, 1.0 + np.where(kl > 0.0, x, 0.0), n)
    return np.clip(n, 1.0, 1e300)


def tradeoff_of(model: Goodhart, kl: Reals) -> Tradeoff:
    """Return what each way to select makes of the divergences."""
    chosen = model.best_of(candidates(kl))
    p = np.exp(-kl)
    t = np.asarray(model.threshold(p))
    threshold = model.beyond(np.where(kl > 0.0, t, -math.inf))
    independent = isinstance(model._terms, Independent)
    tilted = model.tilted(kl=kl) if independent else None
    return Tradeoff(model, chosen, threshold, tilted)
