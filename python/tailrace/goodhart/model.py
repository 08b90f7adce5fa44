"""The pick: what the truth is worth once the proxy was selected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .. import _check
from ..laws.base import Law
from .by_count import ByCount
from .by_divergence import ByDivergence
from .by_limit import ByLimit
from .by_simulation import BySimulation
from .by_threshold import ByThreshold
from .conditionals import error_given_by


@dataclass(frozen=True, repr=False)
class Goodhart(ByThreshold, ByCount, ByDivergence, ByLimit, BySimulation):
    r"""Selection by a proxy U = V + X: a truth V that is wanted, and an error X.

    Parameters
    ----------
    truth : Law
        Law of V.
    error : Law, optional
        Law of X, independent of V.
    error_given : callable or ScaledError, optional
        Law of X given V, instead of `error`: a function from a truth to a law, or to a
        number where there is no chance left; or a scale of the truth times a law, which
        is vectorised and so faster.
    breaks : sequence of float, optional
        Truths at which `error_given` jumps or bends. Jumps are looked for on a grid of
        2,000 quantiles of V, or 200 for a function that is called for every value;
        those of a narrower band are missed, unnoticed by the bound of the numerical
        error, unless they are given here.

    Raises
    ------
    TypeError
        If `truth` or `error` is no `Law`, or not exactly one of `error` and
        `error_given` is given.
    ValueError
        If a break is not finite, or there are breaks for an independent error.

    Notes
    -----
    All answers are exact, by quadrature of
    :math:`E[V; U \ge t] = \int v\, P(X \ge t - v)\, dF_V(v)` in logarithms, from
    whichever of both variables serves, with bounds of their numerical errors; those of
    `simulate` are drawn. Means that do not exist are infinite or NaN, with a reason.

    References
    ----------
    .. [1] T. Kwa, D. Thomas, A. Garriga-Alonso, "Catastrophic Goodhart: regularizing
       RLHF with KL divergence does not mitigate heavy-tailed reward misspecification",
       arXiv:2407.14503 (2024).

    Examples
    --------
    >>> import tailrace as tr
    >>> model = tr.Goodhart(tr.Normal(), tr.StudentT(3))
    >>> model.best_of([1, 16, 256, 65536]).truth.round(4)
    array([0.    , 0.871 , 0.5501, 0.0858])
    >>> print(model.limit())
    E[V | U >= t] falls back to E[V] = 0: large proxies are large errors, and the truth is as it was: the selection was for nothing.

    An error that depends on the truth:

    >>> model = tr.Goodhart(tr.Normal(), error_given=lambda v: tr.Normal(0, 1 + v * v))
    >>> round(model.expected_truth(8.0), 6)
    1.280935
    """

    truth: Law
    error: Law | None = None
    error_given: Any = field(default=None, kw_only=True)
    breaks: tuple[float, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        if not isinstance(self.truth, Law):
            msg = f"truth must be a Law, got {_check.said(self.truth)}"
            raise TypeError(msg)
        if self.error is not None and not isinstance(self.error, Law):
            msg = f"error must be a Law, got {_check.said(self.error)}"
            raise TypeError(msg)
        if (self.error is None) == (self.error_given is None):
            msg = (
                "error must be given, or else error_given, got "
                f"{'both' if self.error is not None else 'neither'}"
            )
            raise TypeError(msg)
        places = np.ravel(_check.points("breaks", self.breaks))
        breaks = sorted({_check.finite("breaks", place) for place in places.tolist()})
        if self.error_given is not None:
            error_given_by(self.error_given)  # refuses what is no conditional law
        elif breaks:
            msg = f"breaks must come with error_given, got {breaks} without it"
            raise ValueError(msg)
        object.__setattr__(self, "breaks", tuple(breaks))

    def __repr__(self) -> str:
        """Return the call that makes this model."""
        if self.error is not None:
            return f"Goodhart({self.truth!r}, {self.error!r})"
        breaks = f", breaks={self.breaks}" if self.breaks else ""
        return f"Goodhart({self.truth!r}, error_given={self.error_given!r}{breaks})"

    def __reduce__(self) -> Any:
        """Copy and pickle by the parameters: what was worked out is so again."""
        return _made, (self.truth, self.error, self.error_given, self.breaks)


def _made(truth: Law, error: Any, given: Any, breaks: tuple[float, ...]) -> Goodhart:
    return Goodhart(truth, error, error_given=given, breaks=breaks)
