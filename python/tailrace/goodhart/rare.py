"""Rare selections by conditional Monte Carlo: one truth and any number of errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from .. import _check
from .._answer import Estimate
from .._rng import RNG, seed_bytes, seed_integer
from .._tabular import Tabular
from ..intervals import normal_or_none
from ..laws.base import Law, Reals
from .drawing import generator
from .rare_terms import Term, tilting

# Samples at a time, and where their generators are spawned.
_BLOCK = 2**13
_PLACE = 0x7A13
# Up to that shape the estimator is efficient for sums of Weibull terms:
# 2 (1 / 2)^k > 3 / 2 of the rest, k < log(3 / 2) / log 2.
_EFFICIENT = math.log(1.5) / math.log(2.0)
#: The two estimators.
HEAVY, LIGHT = "Asmussen-Kroese", "tilted"


@dataclass(frozen=True, slots=True, eq=False)
class BeyondEstimate(Tabular):
    """What the truth is worth beyond a threshold, estimated; see `estimate_beyond`.

    Attributes
    ----------
    t : float
        The threshold for the sum of all terms.
    samples, seed : int
        How many draws of all terms; given as `rng`, the seed gives this result again.
    method : str
        "Asmussen-Kroese" or "tilted".
    log_probability : float
        Logarithm of P(U >= t), which may be too small for a double itself.
    probability, truth : Estimate
        P(U >= t) and E[V | U >= t]; NaN where the latter does not exist.
    reason : str
        Why the truth is NaN, or has no interval; empty otherwise.

    Examples
    --------
    >>> import tailrace as tr
    >>> found = tr.estimate_beyond(tr.Normal(), [tr.StudentT(3)], 1e4, rng=7)
    >>> interval = found.truth.confidence_interval(0.999)
    >>> exact = tr.Goodhart(tr.Normal(), tr.StudentT(3)).expected_truth(1e4)
    >>> interval.low < exact < interval.high, f"{exact:.2e}"
    (True, '3.00e-04')
    """

    t: float
    samples: int
    seed: int
    method: str
    log_probability: float
    probability: Estimate
    truth: Estimate
    reason: str
    _path: tuple[Reals, Reals] = field(repr=False)

    def to_dict(self, *arguments: Any) -> dict[str, list[Any]]:
        """Return columns of equal length: a row for the probability and the truth.

        Returns
        -------
        dict of str to list
            `quantity`, its `estimate`, and `low` and `high`, the 95 % interval.
        """
        estimates = [self.probability, self.truth]
        spans = [estimate.confidence_interval() for estimate in estimates]
        return {
            "quantity": ["probability", "truth"],
            "estimate": [float(estimate) for estimate in estimates],
            "low": [span.low for span in spans],
            "high": [span.high for span in spans],
        }

    def plot(self, ax: Any = None) -> Any:
        """Draw the estimated truth against the number of samples; return the axes."""
        from .plots import plot_estimate

        return plot_estimate(self, self._path, ax=ax)


def estimate_beyond(
    truth: Law,
    errors: Any,
    t: float,
    samples: int = 100_000,
    *,
    rng: RNG = None,
    progress: Callable[[float], object] | None = None,
) -> BeyondEstimate:
    r"""Estimate P(U >= t) and E[V | U >= t], for U the sum of a truth and several errors.

    However rare that is. For a truth and one error `Goodhart` is exact, and faster.

    Parameters
    ----------
    truth : Law
        Law of V; data as `Empirical`.
    errors : sequence of Law
        Laws of the errors, independent, at least one; without atoms.
    t : float
        Threshold, finite.
    samples : int, default 100_000
        How often all terms are drawn, at least 2.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
        As in `Law.sample`.
    progress : callable, optional
        Called now and then with the share of the work done, from 0 to 1.

    Returns
    -------
    BeyondEstimate

    Raises
    ------
    TypeError
        If `truth` or an error is no `Law`, or another argument of a wrong type.
    ValueError
        If there are no errors, one has atoms, `t` is not finite, `samples` is below 2,
        or it is not known how heavy the tails are.

    Notes
    -----
    The tails choose the estimator. Where the heaviest is subexponential, one term is
    large: each in turn is integrated out from the largest of the others on [1]_,

    .. math:: D = \sum_i \bar F_i(\max(M_{-i},\; t - S_{-i})),

    the truth among them, by the exact E[V - E V; V >= y]. Its mean is known: what is
    proportional to V - E V, with the errors alone, is taken from the numerator, so that
    the relative error stays bounded even where E[V | U >= t] falls back to E[V].

    Where all tails are light, all terms share the sum: all but one are drawn from their
    exponential tilt :math:`\theta` with :math:`\sum_i K_i'(\theta) = t`, and the last is
    integrated out.

    Estimators that integrate out the errors only are not offered: where a jump of the
    truth carries E[V | U >= t], they give tight intervals around a wrong value.

    References
    ----------
    .. [1] S. Asmussen, D. P. Kroese, "Improved algorithms for rare event simulation with
       heavy tails", Adv. Appl. Probab. 38 (2006), 545-558.

    Examples
    --------
    Data, and two errors:

    >>> import tailrace as tr
    >>> data = tr.Empirical(tr.Normal().sample(1000, rng=1))
    >>> found = tr.estimate_beyond(data, [tr.StudentT(3), tr.Normal()], 1e3, rng=7)
    >>> found.method, found.probability < 2e-9
    ('Asmussen-Kroese', True)
    """
    laws = [truth, *_check.items("errors", errors, "laws")]
    for name, law in zip(["truth", *["errors"] * (len(laws) - 1)], laws, strict=True):
        if not isinstance(law, Law):
            what = "a Law" if name == "truth" else "laws"
            msg = f"{name} must be {what}, got {_check.said(law)}"
            raise TypeError(msg)
        if name == "errors" and law._has_atoms:
            msg = f"errors must be without atoms, got {law!r}"
            raise ValueError(msg)
    level = _check.finite("t", t)
    count = _check.count("samples", samples, low=2)
    watch = _check.callback("progress", progress)
    seed = seed_integer(seed_bytes(rng))
    terms = [Term(law) for law in laws]
    method, doubt = _chosen(terms)
    if method == HEAVY:
        sample = _jumping(terms, level)
    else:
        sample, doubt = _tilted(terms, level)
    sums = _Sums()
    for block, first in enumerate(range(0, count, _BLOCK)):
        log_d, n = sample(block, min(_BLOCK, count - first), seed)
        sums.add(log_d, n)
        if watch is not None:
            watch(min(first + _BLOCK, count) / count)
    return sums.result(terms[0], level, seed, method, doubt)


def _chosen(terms: list[Term]) -> tuple[str, str]:
    """Return the estimator for these tails, and why it has no valid interval."""
    if any(term.tail.kind in ("unknown", "lattice") for term in terms):
        unknown = next(t for t in terms if t.tail.kind in ("unknown", "lattice"))
        msg = f"errors and truth must have tails that are known, got {unknown.law!r}"
        raise ValueError(msg)
    if not max((term.tail for term in terms), key=lambda x: x.weight).is_subexponential:
        return LIGHT, ""
    near = [t for t in terms if t.tail.kind == "stretched" and t.tail.a > _EFFICIENT]
    heavier = any(term.tail.kind in ("log-normal", "power") for term in terms)
    if len(near) > 1 and not heavier:
        return HEAVY, "two terms are nearly exponential: a few samples may count most"
    return HEAVY, ""


#: From a block, its size and a seed to log D and to the numerator over e^(log D).
Sampler = Callable[[int, int, int], tuple[Reals, Reals]]


def _jumping(terms: list[Term], t: float) -> Sampler:
    """Return samples of the two-sided estimator, with the known mean."""
    center = terms[0].mean
    controlled = math.isfinite(float(terms[0].law.var()))

    def sample(block: int, count: int, seed: int) -> tuple[Reals, Reals]:
        y = [
            term.law.sample(_BLOCK, rng=generator(seed, _PLACE, block, i))[:count]
            for i, term in enumerate(terms)
        ]

        def least(i: int, *without: int) -> Reals:
            """Return what term i has to reach, of those that are not left out."""
            rest = [y[j] for j in range(len(y)) if j != i and j not in without]
            shift = center if without else 0.0
            top = np.full(count, -math.inf)
            for each in rest:
                top = np.maximum(top, each)
            total: Reals = np.maximum(top, t - (np.sum(rest, axis=0) + shift))
            return total

        logs = np.stack([term.log_beyond(least(i)) for i, term in enumerate(terms)])
        log_d = np.logaddexp.reduce(logs)
        if not math.isfinite(center):
            return log_d, np.full(count, math.nan)
        distance = y[0] - center
        with np.errstate(invalid="ignore", over="ignore"):
            # All over D, which is what is left when that is tiny.
            n = np.exp(terms[0].log_excess(least(0)) - log_d)
            for i, term in enumerate(terms[1:], start=1):
                share = np.exp(logs[i] - log_d)
                if controlled:
                    share = share - np.exp(term.log_beyond(least(i, 0)) - log_d)
                n = n + distance * share
        return log_d, n

    return sample


def _tilted(terms: list[Term], t: float) -> tuple[Sampler, str]:
    """Return samples of the tilted estimator: all but the heaviest error are drawn."""
    last = max(range(1, len(terms)), key=lambda i: terms[i].tail.weight)
    drawn = [i for i in range(len(terms)) if i != last]
    theta, log_mgf, laws, doubt = tilting([term.law for term in terms], drawn, t)

    def sample(block: int, count: int, seed: int) -> tuple[Reals, Reals]:
        y = [
            law.sample(_BLOCK, rng=generator(seed, _PLACE, block, i))[:count]
            for i, law in enumerate(laws)
        ]
        total = np.sum(y, axis=0)
        log_d = terms[last].log_beyond(t - total) - theta * total + log_mgf
        return log_d, y[0] - terms[0].mean

    return sample, doubt


class _Sums:
    """Sums over samples of D, and of the numerator, both over e^top."""

    def __init__(self) -> None:
        self._rows: list[tuple[float, Reals]] = []

    def add(self, log_d: Reals, n: Reals) -> None:
        """Take in a block."""
        top = float(log_d.max())
        with np.errstate(invalid="ignore"):
            d = np.exp(log_d - top) if top > -math.inf else np.zeros(log_d.size)
            # Without a chance there is nothing, whatever is over it.
            above = np.where(d > 0.0, d * n, 0.0)
        sums = [d.size, d.sum(), above.sum(), (d * d).sum()]
        sums += [(d * above).sum(), (above * above).sum()]
        self._rows.append((top, np.array(sums, dtype=np.float64)))

    def result(
        self, truth: Term, t: float, seed: int, method: str, doubt: str
    ) -> BeyondEstimate:
        """Return what all samples say."""
        top = max(row[0] for row in self._rows)
        powers = np.array([0.0, 1.0, 1.0, 2.0, 2.0, 2.0])
        if top == -math.inf:
            rows = np.stack([row[1] for row in self._rows])
        else:
            rows = np.stack([s * np.exp((a - top) * powers) for a, s in self._rows])
        path = np.cumsum(rows, axis=0)
        samples, d, _n, dd, dn, nn = path[-1]
        mean = d / samples
        reason = doubt
        with np.errstate(divide="ignore", invalid="ignore"):
            gains = path[:, 2] / path[:, 1]
            log_p = top + float(np.log(mean))
            spread = max(dd / samples - mean * mean, 0.0)
            p = float(np.exp(log_p))
            p_error = p / mean * math.sqrt(spread / samples) if mean > 0.0 else 0.0
            worth = truth.mean + gains
            ratio = gains[-1]
            errors = max(nn - 2.0 * ratio * dn + ratio * ratio * dd, 0.0)
            error = math.sqrt(errors) / d if d > 0.0 else math.nan
            # Sums are doubles: t - V has no more digits, nor a probability beyond it.
            digits = 2.0**-52 * max(1.0, -log_p) * float(truth.law.std())
            error += digits if math.isfinite(digits) else 0.0
        if not math.isfinite(truth.mean):
            reason = truth.law.mean().reason
            worth = np.full(worth.shape, math.nan)
        elif mean == 0.0:
            reason = "no sample has a chance to reach t"
        elif math.isinf(truth.law.var()):
            reason = f"no valid interval: {truth.law.var().reason}"
        interval = partial(normal_or_none, error=float(error), reason=reason)
        value = float(worth[-1])
        return BeyondEstimate(
            t=t,
            samples=int(samples),
            seed=seed,
            method=method,
            log_probability=log_p,
            probability=Estimate(
                p, partial(normal_or_none, p, error=p_error, reason=doubt, low=0.0)
            ),
            truth=Estimate(value, partial(interval, value)),
            reason=reason,
            _path=(path[:, 0], worth),
        )
