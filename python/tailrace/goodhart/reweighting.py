"""More weight for a tail: how a mean is moved far by a small divergence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _check
from .._tabular import Tabular
from ..laws.base import Law, Reals
from .parts import Atoms, parts_of
from .selection import computed
from .sides import side_of


@dataclass(frozen=True, slots=True, eq=False)
class Reweighting(Tabular):
    """A law with more weight on its tail; made by `reweight_tail`.

    Attributes
    ----------
    law : Law
        The law that one starts from.
    t, weight : ndarray
        Where the tail begins, and the probability it is given; of one shape.
    mean, kl : Computed or ndarray
        The mean, and the KL divergence from the law, of that shape.

    Examples
    --------
    >>> import tailrace as tr
    >>> more = tr.reweight_tail(tr.StudentT(3), 1e8, 1e-6)
    >>> round(more.mean, 6), round(more.kl, 9)
    (150.0, 4.0349e-05)
    """

    law: Law
    t: Reals
    weight: Reals
    mean: Any
    kl: Any

    def to_dict(self) -> dict[str, list[Any]]:
        """Return `t`, `weight`, `mean` and `kl` as columns."""
        names = ("t", "weight", "mean", "kl")
        return {n: np.ravel(getattr(self, n)).tolist() for n in names}

    def plot(self, ax: Any = None) -> Any:
        """Draw the means against the square roots of the divergences; return the axes."""
        from .plots import plot_reweighting

        return plot_reweighting(self, ax=ax)


def reweight_tail(law: Law, t: ArrayLike, weight: ArrayLike) -> Reweighting:
    r"""Give the values beyond t another probability, and leave the rest in proportion.

    Parameters
    ----------
    law : Law
        Q, with a mean.
    t : array_like
        Where the tail begins.
    weight : array_like
        The probability w that it is given, from 0 to 1; broadcast against `t`.

    Returns
    -------
    Reweighting
        Its mean and its KL divergence from Q.

    Raises
    ------
    TypeError
        If `law` is no Law, or an argument holds no numbers.
    ValueError
        If a weight is not from 0 to 1, or Q has no value beyond a `t`.

    Notes
    -----
    With p = Q(X > t) the divergence is :math:`w \log(w / p) + (1 - w) \log((1 - w) / (1
    - p))`. For a heavy tail :math:`-\log p = o(t)`: with w = c / t the divergence
    vanishes as t grows, while the mean gains :math:`c \, a / (a - 1)` for a tail index
    a, or c for a lighter tail [1]_. So no KL penalty holds a heavy-tailed mean.

    References
    ----------
    .. [1] T. Kwa, D. Thomas, A. Garriga-Alonso, "Catastrophic Goodhart: regularizing
       RLHF with KL divergence does not mitigate heavy-tailed reward
       misspecification", arXiv:2407.14503 (2024), theorem 1.

    Examples
    --------
    >>> import tailrace as tr
    >>> t = [1e4, 1e6, 1e9]
    >>> more = tr.reweight_tail(tr.StudentT(3), t, [x**-0.8 for x in t])
    >>> more.mean.round(4), more.kl.round(7)
    (array([ 9.4644, 23.7734, 94.6436]), array([1.20925e-02, 4.64300e-04, 2.80000e-06]))
    """
    if not isinstance(law, Law):
        msg = f"law must be a Law, got {_check.said(law)}"
        raise TypeError(msg)
    at, share = _check.points("t", t), _check.probabilities("weight", weight)
    try:
        at, share = np.broadcast_arrays(at, share)
    except ValueError as error:
        msg = f"weight must broadcast with t, of shape {at.shape}, got {share.shape}"
        raise ValueError(msg) from error
    log_p = np.asarray(law.logsf(at))
    if not (log_p > -math.inf).all():
        first = float(at[~(log_p > -math.inf)].flat[0])
        msg = f"t must be < {law.support[1]:g}, where values end, got {first!r}"
        raise ValueError(msg)
    mean = law.mean()
    excess = _excess(law, at, float(mean))
    p, rest = np.exp(log_p), np.asarray(law.cdf(at))
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.where(rest > 0.0, (share - p) * np.exp(excess - log_p) / rest, 0.0)
        inside = np.where(share > 0.0, share * (np.log(share) - log_p), 0.0)
        others = np.log1p(-share) - np.asarray(law.logcdf(at))
        kl = inside + np.where(share < 1.0, (1.0 - share) * others, 0.0)
    kl = np.maximum(kl, 0.0)
    means = float(mean) + moved
    return Reweighting(
        law,
        at.copy(),
        share.copy(),
        computed(means, 1e-12 * np.abs(moved), mean.reason),
        computed(kl, 1e-14 + 0.0 * kl, "t lies below all values"),
    )


def _excess(law: Law, t: Reals, mean: float) -> Reals:
    """Return log E[X - E X; X > t]."""
    total = np.zeros(t.shape)
    for weight, part in parts_of(law):
        if isinstance(part, Atoms):
            own = part.mean
            above = [
                (part.masses * (part.values - own))[part.values > x].sum()
                for x in t.ravel()
            ]
            beyond = [part.masses[part.values > x].sum() for x in t.ravel()]
            gain, p = np.reshape(above, t.shape), np.reshape(beyond, t.shape)
        else:
            side = side_of(part)
            own = side.mean
            flat = np.atleast_1d(t).ravel()
            gain = np.exp(side.log_excess_anywhere(flat)).reshape(t.shape)
            p = np.exp(side.log_beyond(flat)).reshape(t.shape)
        total = total + weight * (gain + (own - mean) * p)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(total)
