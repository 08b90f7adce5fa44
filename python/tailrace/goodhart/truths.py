"""The whole laws of truth and proxy of what was selected."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ..laws.base import Law, Reals
from ..laws.empirical import Empirical
from . import levels
from .curve_functions import CurveFunctions, functions_of, functions_of_proxy
from .discrete import DiscreteProxy
from .independent import Independent
from .laws import SelectedLaw
from .parts import Atoms, parts_of
from .proxy import ProxyCurve
from .quadrature import Panels, integrate
from .sides import log_weight, side_of

if TYPE_CHECKING:
    from .base import Model

# E-folds of mass looked for, where every point costs an integral.
_DEEP = 160.0
_ALL = 760.0
_NEGLIGIBLE = 40.0
_CHUNK = 512
# In deviations of the threshold from its mode.
_TURNS = np.array([-8.0, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0])

LogWeight = Callable[[Reals], Reals]
#: A function of V; values around which it changes, and at which it jumps or bends; and
#: how far it is needed, in e-folds.
Weight = tuple[LogWeight, list[float], list[float], float]


def truth_law(model: Model, said: str, weight: tuple[object, ...], mean: float) -> Law:
    """Return the law of V with the density that a weight gives it.

    `weight` is the name of a weight of this module and its arguments.
    """
    truth = model.truth
    if weight[0] == "ranked" and weight[1] == weight[2]:
        return truth  # all are kept
    parts = [part for _, part in parts_of(truth)]
    if all(isinstance(part, Atoms) for part in parts):
        (atoms,) = parts
        assert isinstance(atoms, Atoms)
        log_w, *_ = log_weight_of(model, weight)
        chances = np.log(atoms.masses) + log_w(atoms.values)
        return Empirical(atoms.values, weights=np.exp(chances - chances.max()))
    if len(parts) > 1 and any(isinstance(part, Atoms) for part in parts):
        msg = f"truth must be data or without atoms for its law, got {truth!r}"
        raise ValueError(msg)
    make = partial(_functions_of_truth, model, weight)
    return SelectedLaw(said, make, _indices(truth, weight), mean)


def _indices(truth: Law, weight: tuple[object, ...]) -> tuple[float, float]:
    """Return the indices of the tails: those of V above, and none that is known below."""
    lower = truth._lower_tail_index
    return truth.tail_index, math.inf if lower == math.inf else math.nan


def _functions_of_truth(model: Model, weight: tuple[object, ...]) -> CurveFunctions:
    return functions_of(model.truth, *log_weight_of(model, weight))


def reweighted_proxy(model: Model, said: str, k: float, n: float, mean: float) -> Law:
    """Return the law of U of a random one of the k best of n."""
    proxy = model.proxy
    if k == n:
        return proxy
    indices = proxy.tail_index, proxy._lower_tail_index
    return SelectedLaw(said, partial(_functions_of_top, proxy, k, n), indices, mean)


def _functions_of_top(proxy: Law, k: float, n: float) -> CurveFunctions:
    def log_w(u: Reals) -> Reals:
        lower, upper = np.asarray(proxy.logcdf(u)), np.asarray(proxy.logsf(u))
        return levels.log_ratio(lower - upper, k, n)

    clocks = np.logaddexp(0.0, levels.edges(k, n))
    seeds = np.asarray(proxy.inverse_hazard(clocks))
    return functions_of(proxy, log_w, seeds[np.isfinite(seeds)].tolist(), [])


def tilted_proxy(model: Model, said: str, s: float, mean: float) -> Law:
    """Return the law of U tilted by e^(su)."""
    _check_slope(s)
    proxy = model.proxy
    if isinstance(proxy, Empirical):
        chances = np.log(proxy.masses) + s * proxy.values
        return Empirical(proxy.values, weights=np.exp(chances - chances.max()))
    indices = math.inf, proxy._lower_tail_index
    return SelectedLaw(said, partial(_functions_of_tilt, proxy, s), indices, mean)


def _check_slope(s: float) -> None:
    """Refuse a tilt that does not exist, or whose slope no double is."""
    if math.isnan(s):
        msg = f"selection must be by a tilt of known slope for a law, got slope {s!r}"
        raise ValueError(msg)


def _functions_of_tilt(proxy: Law, s: float) -> CurveFunctions:
    return functions_of(proxy, lambda u: s * u, [], [])


def proxy_functions(model: Model) -> CurveFunctions:
    """Return the functions of the proxy of a model."""
    curve = model._curve
    assert isinstance(curve, ProxyCurve)
    return functions_of_proxy(curve)


def log_weight_of(model: Model, weight: tuple[object, ...]) -> Weight:
    """Return the weight of a name and its arguments."""
    kind, *arguments = weight
    return _WEIGHTS[str(kind)](model, *arguments)


def _around(middle: float, width: float, reach: float) -> list[float]:
    """Return values around a middle, ever further from it."""
    steps = []
    while 0.0 < width < reach:
        steps.append(width)
        width *= 3.0
    return [middle, *(middle - w for w in steps), *(middle + w for w in steps)]


def _beyond(model: Model, t: float) -> Weight:
    """Weights of the truths of what has U >= t: P(X >= t - v | V = v)."""
    terms = model._terms
    reach = abs(t) + 10.0 * terms.scales[0]
    if not isinstance(terms, Independent):
        middle, width = terms.given.width(t)
        given = terms.given
        seeds = _around(t - middle, width, reach)
        return lambda v: given.log_tails(t - v, v)[0], seeds, [*terms.breaks, t], _ALL
    error, parts = terms.error, [part for _, part in terms.parts[1]]
    seeds, bends = [], []
    for part in parts:
        if isinstance(part, Atoms):
            bends += (t - part.values[:200]).tolist()
        else:
            side = side_of(part)
            seeds += _around(t - side.median, side.scale, reach)
            bends += [*(t - side.kinks), t - side.median]
    atomic = any(isinstance(part, Atoms) for part in parts)

    def log_w(v: Reals) -> Reals:
        rest = t - v
        return np.asarray(
            error.logsf(np.nextafter(rest, -math.inf) if atomic else rest)
        )

    return log_w, seeds, bends, _ALL


def _ranked(model: Model, k: float, n: float) -> Weight:
    """Weights of the truths of one of the k best of n: E[w(v + X) | V = v]."""
    curve = model._curve
    if isinstance(curve, DiscreteProxy):
        return partial(_ranked_data, model, curve, k, n), [], [], _DEEP
    if curve.known.atoms[0].size:
        msg = "error must be without atoms, where truth has any, for laws of the best of n"
        raise ValueError(msg)
    curve.reaching(*levels.edges(k, n)[[0, -1]])
    mode, width = levels.spread(k, n)
    # Values of the proxy around which the weight changes.
    turns = curve.known.place(curve.odds.inverse(mode + width * _TURNS))
    middle = float(turns[_TURNS == 0.0][0])

    def log_ratio(u: Reals) -> Reals:
        return levels.log_ratio(curve.odds_of(u), k, n)

    def log_w(v: Reals) -> Reals:
        chunks = [v[i : i + _CHUNK] for i in range(0, v.size, _CHUNK)]
        return np.concatenate(
            [mean_over_errors(model, log_ratio, c, middle, turns) for c in chunks]
        )

    reach = abs(middle) + 10.0 * curve.known.scales[0]
    seeds = _around(middle - curve.known.typical_error, min(curve.known.scales), reach)
    return log_w, seeds, list(curve.known.breaks), _DEEP


def _ranked_data(
    model: Model, curve: DiscreteProxy, k: float, n: float, v: Reals
) -> Reals:
    terms = model._terms
    assert isinstance(terms, Independent)
    ((_, error),) = terms.parts[1]
    assert isinstance(error, Atoms)
    ratio = curve.selected(k, n) / curve.masses
    place = np.searchsorted(curve.values, np.add.outer(v, error.values))
    with np.errstate(divide="ignore"):
        logs: Reals = np.log((ratio[place] * error.masses).sum(axis=1))
    return logs


def mean_over_errors(
    model: Model, log_w: LogWeight, v: Reals, mode: float, turns: Reals
) -> Reals:
    """Return log E[w(v + X) | V = v] for every v.

    Where w(u) grows, most near `mode`, and changes its slope near `turns`.
    """
    terms = model._terms
    if not isinstance(terms, Independent):
        return terms.mean_over_errors(log_w, v, mode)
    total = np.full(v.size, -math.inf)
    for weight, part in terms.parts[1]:
        if isinstance(part, Atoms):
            u = np.add.outer(v, part.values)
            logs = log_w(u.ravel()).reshape(u.shape) + np.log(part.masses)
            found = np.logaddexp.reduce(logs, axis=1)
        else:
            found = _over_law(part, log_w, v, turns)
        total = np.logaddexp(total, found + math.log(weight))
    return total


def _over_law(error: Law, log_w: LogWeight, v: Reals, turns: Reals) -> Reals:
    side = side_of(error)
    low, high = side.points[[0, -1]]
    inner = np.clip(turns - v[:, None], low, high)
    odds = np.clip(side.odds(inner), side.edges[0], side.edges[-1])
    edges = np.concatenate([np.tile(side.edges, (v.size, 1)), odds], axis=1)
    points = np.concatenate([np.tile(side.points, (v.size, 1)), inner], axis=1)
    edges, points = np.sort(edges, axis=1), np.sort(points, axis=1)
    there = log_w((v[:, None] + points).ravel()).reshape(points.shape)
    owner, j = np.nonzero(edges[:, 1:] > edges[:, :-1])
    left, right = edges[owner, j], edges[owner, j + 1]
    near = np.where(left * right <= 0.0, 0.0, np.minimum(abs(left), abs(right)))
    most = there[owner, j + 1] - near + np.log(right - left)
    least = there[owner, j] - np.maximum(abs(left), abs(right))
    sure = np.full(v.size, -math.inf)
    np.maximum.at(sure, owner, least + np.log(np.minimum(right - left, 1.0)))
    place = np.clip(
        np.searchsorted(side.edges, left, "right") - 1, 0, side.edges.size - 2
    )
    whole = (left == side.edges[place]) & (right == side.edges[place + 1])
    panels = Panels(owner, left, right, np.where(whole, place, -1))
    panels = panels.chosen(most > sure[owner] - _NEGLIGIBLE)

    def log_f(some: Panels, s: Reals) -> tuple[Reals, Reals]:
        u = v[some.owner][:, None] + side.at_nodes(some.place, s)
        logs = log_w(u.ravel()).reshape(u.shape) + log_weight(s)
        return logs[None], np.full(s.shape[0], 1e-10)

    floor = np.full((1, v.size), -math.inf)
    logs, _ = integrate(panels, log_f, floor, tolerance=1e-10)
    means: Reals = logs[0]
    return means


def _tilted(model: Model, s: float) -> Weight:
    """Weights of what is tilted by e^(su), for independent terms."""
    _check_slope(s)
    return lambda v: s * v, [], [], _ALL


_WEIGHTS: dict[str, Callable[..., Weight]] = {
    "beyond": _beyond,
    "ranked": _ranked,
    "tilted": _tilted,
}
