"""Selection by a hard threshold: what V and X are worth given that V + X >= t."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from ..laws.base import Law, Reals
from ..laws.formulas import flip
from .pairs import BEYOND, ERROR, TRUTH, above
from .parts import Atoms, Part
from .sides import Side, side_of

# Thresholds at once, and products of thresholds and atoms: a few arrays of these.
_CHUNK = 256
_CELLS = 1 << 20
# Pairs of data whose sums are told apart.
_MOST_PAIRS = 4_000_000
_ROUNDING = 4.0 * 2.0**-52
# Of what is lost in the tables no more is told: it is a finite number.
_LARGEST = 600.0


@dataclass(frozen=True, slots=True)
class Conditional:
    """What is known given U >= t, for thresholds of shape (count,).

    Attributes
    ----------
    log_p, log_q : ndarray
        Logarithms of P(U >= t) and P(U < t).
    p_error : ndarray
        Bound of the error of the smaller of both probabilities, relative.
    truth, truth_error : ndarray
        E[V | U >= t], and a bound of its error.
    truth_gain : ndarray
        E[V | U >= t] - E[V]: its digits are its own where that is close to 0.
    error, error_error, error_gain : ndarray
        The same of X; NaN where it was not asked for.
    """

    log_p: Reals
    log_q: Reals
    p_error: Reals
    truth: Reals
    truth_error: Reals
    truth_gain: Reals
    error: Reals
    error_error: Reals
    error_gain: Reals

    def __getitem__(self, index: object) -> Conditional:
        """Return some of the thresholds."""
        return Conditional(*(array[index] for array in self._arrays()))  # type: ignore[call-overload]

    def _arrays(self) -> list[Reals]:
        return [getattr(self, name) for name in self.__slots__]


def nothing() -> Conditional:
    """Return the answers for no thresholds at all."""
    return Conditional(*np.empty((9, 0)))


def joined(parts: Sequence[Conditional]) -> Conditional:
    """Return several, one after the other."""
    columns = zip(*(part._arrays() for part in parts), strict=True)
    return Conditional(*(np.concatenate(column) for column in columns))


def log_rest(log_p: Reals) -> Reals:
    """Return log(1 - e^log_p)."""
    return -flip(-np.minimum(log_p, 0.0))


def given_beyond(
    truths: list[Part], errors: list[Part], t: Reals, *, with_error: bool
) -> Conditional:
    """Return what is known given V + X >= t, for independent V and X.

    Parameters
    ----------
    truths, errors : list of Part
        V and X as mixtures; at least one part of each.
    t : ndarray of shape (count,)
        Finite thresholds.
    with_error : bool
        Whether to say something of X as well.
    """
    if t.size == 0:
        return nothing()
    found = []
    for start in range(0, t.size, _CHUNK):
        some = t[start : start + _CHUNK]
        pairs = [
            (w * v, _pair(truth, error, some, with_error))
            for w, truth in truths
            for v, error in errors
        ]
        whole = _mean_of(truths), _mean_of(errors)
        found.append(pairs[0][1] if len(pairs) == 1 else _mixed(pairs, *whole))
    return joined(found)


def _mean_of(parts: list[Part]) -> float:
    means = [side_of(p).mean if isinstance(p, Law) else p.mean for _, p in parts]
    return math.fsum(w * m for (w, _), m in zip(parts, means, strict=True))


def _mixed(
    pairs: list[tuple[float, Conditional]], mean_truth: float, mean_error: float
) -> Conditional:
    """Return what holds for a mixture, by its parts."""
    weights = np.log([w for w, _ in pairs])[:, None]
    log_ps = weights + np.array([c.log_p for _, c in pairs])
    log_qs = weights + np.array([c.log_q for _, c in pairs])
    log_p = np.logaddexp.reduce(log_ps)
    log_q = np.logaddexp.reduce(log_qs)
    with np.errstate(invalid="ignore"):
        shares = np.nan_to_num(np.exp(log_ps - log_p))
    # Errors are relative to the smaller of both probabilities: a part that does not
    # reach t, or surely does, has no say.
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        lost = np.minimum(log_ps, log_qs) + np.log([c.p_error for _, c in pairs])
        p_error = np.nan_to_num(np.exp(lost - np.minimum(log_p, log_q))).sum(axis=0)
        p_errors = np.nan_to_num(np.exp(lost - log_ps))
    p_error += _ROUNDING

    def mean(name: str, whole: float) -> tuple[Reals, Reals, Reals]:
        values = np.array([getattr(c, name) for _, c in pairs])
        errors = np.array([getattr(c, f"{name}_error") for _, c in pairs])
        with np.errstate(invalid="ignore"):
            parts = np.where(shares > 0.0, shares * values, 0.0)
            bounds = np.where(shares > 0.0, shares * errors, 0.0)
            bound = (bounds + np.abs(parts) * (_ROUNDING + p_errors)).sum(axis=0)
        total = np.where(log_p > -math.inf, parts.sum(axis=0), math.nan)
        return total, bound, total - whole

    return Conditional(
        log_p,
        log_q,
        p_error,
        *mean("truth", mean_truth),
        *mean("error", mean_error),
    )


def _pair(
    truth: Law | Atoms, error: Law | Atoms, t: Reals, with_error: bool
) -> Conditional:
    """Return what holds for two parts."""
    if isinstance(truth, Law) and isinstance(error, Law):
        return _of_sides(side_of(truth), side_of(error), t, with_error)
    if isinstance(truth, Law):
        return _of_atoms(cast("Atoms", error), side_of(truth), t, atoms_are_truth=False)
    if isinstance(error, Law):
        return _of_atoms(truth, side_of(error), t, atoms_are_truth=True)
    return _of_two_atoms(truth, error, t)


def _of_sides(truth: Side, error: Side, t: Reals, with_error: bool) -> Conditional:
    """Return what holds for two laws without atoms."""
    count = t.size
    log_p, log_q = np.zeros(count), np.full(count, -math.inf)
    p_error = np.zeros(count)
    wanted = [BEYOND]
    if math.isfinite(truth.mean):
        wanted.append(TRUTH)
    if with_error and math.isfinite(error.mean):
        wanted.append(ERROR)
    gains = np.full((3, count), math.nan)
    relative = np.full((3, count), math.nan)
    upper = t >= truth.median + error.median
    for mine, up in ((upper, True), (~upper, False)):
        if not mine.any():
            continue
        sides = (truth, error) if up else (truth.opposite, error.opposite)
        logs, errors = above(*sides, t[mine] if up else -t[mine], wanted)
        with np.errstate(invalid="ignore"):
            errors = np.nan_to_num(np.exp(errors - logs)) + _ROUNDING
        small = np.minimum(logs[0], 0.0)
        large = log_rest(small)
        log_p[mine], log_q[mine] = (small, large) if up else (large, small)
        # What lies beyond the tables.
        missed = np.logaddexp(-sides[0].edges[-1], -sides[1].edges[-1])
        p_error[mine] = errors[0] + np.exp(np.minimum(missed - small, _LARGEST))
        for k, log_gain, err in zip(wanted[1:], logs[1:], errors[1:], strict=True):
            with np.errstate(invalid="ignore"):
                gains[k, mine] = np.exp(log_gain - log_p[mine])
            relative[k, mine] = err + p_error[mine]
    return Conditional(
        log_p,
        log_q,
        p_error,
        *_around(truth, gains[TRUTH], relative[TRUTH]),
        *_around(error, gains[ERROR], relative[ERROR]),
    )


def _around(side: Side, gain: Reals, relative: Reals) -> tuple[Reals, Reals, Reals]:
    """Return a conditional mean, its error, and what it exceeds the mean by."""
    value = side.mean + gain
    with np.errstate(invalid="ignore", over="ignore"):
        bound = gain * relative + side.mean_error + 2.0**-52 * np.abs(value)
    return value, bound, gain


def _of_atoms(
    atoms: Atoms, side: Side, t: Reals, *, atoms_are_truth: bool
) -> Conditional:
    """Return what holds for atoms and a law without any: sums over the atoms."""
    center = atoms.mean
    log_masses = np.log(atoms.masses)
    finite = math.isfinite(side.mean)
    logs = np.full((3, t.size), -math.inf)
    gains, size = np.zeros((2, t.size))
    rows = max(1, _CELLS // atoms.values.size)
    for start in range(0, t.size, rows):
        mine = slice(start, start + rows)
        rest = t[mine, None] - atoms.values
        here = side.log_beyond(rest)
        sums = [here, side.opposite.log_beyond(-rest)]
        sums += [side.log_excess_anywhere(rest)] if finite else []
        for row, each in zip(logs, sums, strict=False):
            row[mine] = np.logaddexp.reduce(each + log_masses, axis=1)
        # Relative to what the tail is at the centre: no digits are lost but those of a
        # difference.
        middle = side.log_beyond(t[mine] - center)[:, None]
        with np.errstate(invalid="ignore", over="ignore"):
            beyond = logs[0][mine, None]
            here, middle = np.exp(here - beyond), np.exp(middle - beyond)
            terms = atoms.masses * ((atoms.values - center) * (here - middle))
        gains[mine] = terms.sum(axis=1)
        size[mine] = np.abs(terms).sum(axis=1) + middle[:, 0]
    log_p = np.minimum(logs[0], 0.0)
    with np.errstate(invalid="ignore", over="ignore"):
        of_atoms = (center + gains, _ROUNDING * (size + abs(center)), gains)
        gain = np.exp(logs[2] - log_p) if finite else np.full(t.size, math.nan)
    p_error = np.full(t.size, 8.0 * _ROUNDING)
    of_side = _around(side, gain, 2.0 * p_error)
    both = (*of_atoms, *of_side) if atoms_are_truth else (*of_side, *of_atoms)
    return Conditional(log_p, np.minimum(logs[1], 0.0), p_error, *both)


def _of_two_atoms(truth: Atoms, error: Atoms, t: Reals) -> Conditional:
    """Return what holds for data and data: sums over the pairs, grouped."""
    # Sums from each place of the error upwards.
    masses = np.append(np.cumsum(error.masses[::-1])[::-1], 0.0)
    firsts = np.append(np.cumsum((error.masses * error.values)[::-1])[::-1], 0.0)
    lower = np.append(0.0, np.cumsum(error.masses))
    columns = np.empty((4, t.size))
    for i, threshold in enumerate(t):
        first = first_reaching(truth.values, error.values, threshold)
        columns[0, i] = math.fsum(truth.masses * masses[first])
        columns[1, i] = math.fsum(truth.masses * lower[first])
        columns[2, i] = math.fsum(truth.masses * truth.values * masses[first])
        columns[3, i] = math.fsum(truth.masses * firsts[first])
    p, q, of_truth, of_error = columns
    error_of = np.full(t.size, 4.0 * _ROUNDING)
    with np.errstate(divide="ignore", invalid="ignore"):
        both = []
        for value, atoms in ((of_truth / p, truth), (of_error / p, error)):
            size = float(np.abs(atoms.values).max()) * error_of
            both += [value, size, value - atoms.mean]
        return Conditional(np.log(p), np.log(q), error_of, *both)


def first_reaching(truth: Reals, error: Reals, t: float) -> np.ndarray:
    """Return, for every truth, the place of the first error with truth + error >= t."""
    first = np.searchsorted(error, t - truth)
    # The sum is what counts, and it is rounded otherwise than the difference.
    down = np.maximum(first - 1, 0)
    first = np.where((first > 0) & (truth + error[down] >= t), down, first)
    here = np.minimum(first, error.size - 1)
    return np.where((first < error.size) & (truth + error[here] < t), first + 1, first)


def check_pairs(truth: Atoms, error: Atoms) -> None:
    """Refuse more pairs of values than can be told apart."""
    pairs = truth.values.size * error.values.size
    if pairs > _MOST_PAIRS:
        msg = (
            f"error must make at most {_MOST_PAIRS} pairs of values with truth where "
            f"both are data, got {pairs}"
        )
        raise ValueError(msg)
