"""An error that depends on the truth: what the quadrature needs of both."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np

from ..laws.base import Law, Reals
from .conditionals import FunctionGiven, ScaleGiven
from .pairs import steepness
from .parts import Atoms, Part, parts_of
from .quadrature import LogIntegrand, Panels, integrate
from .sides import LAST, Side, log_weight, side_of
from .threshold import Conditional, joined, nothing

_CHUNK = 64
# Rows of integrals: P(U >= t) and P(U < t); E[(V - c)^+; U >= t] and E[(V - c)^-; ..];
# and of X what it exceeds E[X | V] by, and what that is above and below E[X].
_ROWS, _ROWS_OF_TRUTH = 7, 4
_ROUNDING = 2.0**-50


@dataclass(frozen=True)
class Dependent:
    """V, and X with a law given V.

    Attributes
    ----------
    truth : Law
        The law of V.
    given : ScaleGiven or FunctionGiven
        The law of X given V.
    breaks : tuple of float
        Truths at which that law jumps or bends.
    """

    truth: Law
    given: ScaleGiven | FunctionGiven
    breaks: tuple[float, ...]

    keeps_digits = False
    uneven = True

    @cached_property
    def parts(self) -> list[Part]:
        """The law of V as a mixture of parts."""
        return parts_of(self.truth)

    @cached_property
    def atoms(self) -> tuple[Reals, Reals, Reals]:
        """Values of the proxy that have a probability: those of sure errors."""
        found = []
        for weight, part in self.parts:
            if isinstance(part, Atoms):
                for v, mass in zip(part.values, part.masses, strict=True):
                    if self.given.is_sure(float(v)):
                        x = float(self.given.quantile(np.zeros(1), float(v))[0])
                        found.append(
                            (v + x, weight * mass, weight * mass * v, weight * mass * x)
                        )
        table = np.array(found).reshape(-1, 4)
        values, where = np.unique(table[:, 0], return_inverse=True)
        masses, *firsts = cast(
            "list[Reals]", [np.bincount(where, c, values.size) for c in table.T[1:]]
        )
        return values, masses, np.array(firsts) / masses

    @property
    def known_to(self) -> tuple[float, float]:
        """Clocks to which the tails are known: those of lower ones, on both sides."""
        return LAST[1], LAST[1]

    @cached_property
    def mean_truth(self) -> float:
        """E[V]."""
        means = [
            side_of(p).mean if isinstance(p, Law) else p.mean for _, p in self.parts
        ]
        return math.fsum(w * m for (w, _), m in zip(self.parts, means, strict=True))

    @cached_property
    def mean_error(self) -> float:
        """E[X], the mean of E[X | V]; NaN where some of these do not exist."""
        v = np.array(self._some)
        if not np.isfinite(self.given.excess(v, v, np.zeros(v.size))[1]).all():
            return math.nan
        total = 0.0
        for weight, part in self.parts:
            if isinstance(part, Atoms):
                _, means = self.given.excess(part.values, part.values, part.values)
                total += weight * math.fsum(part.masses * means)
                continue
            side = side_of(part)
            logs, _ = self._integrals(
                side, np.full(1, -math.inf), self._means_of(side), 2
            )
            total += weight * float(np.exp(logs[0, 0]) - np.exp(logs[1, 0]))
        return total

    def _means_of(self, side: Side) -> LogIntegrand:
        def log_f(panels: Panels, s: Reals) -> tuple[Reals, Reals]:
            v = side.at(s)
            _, mean = self.given.excess(v, v, v)
            with np.errstate(divide="ignore", invalid="ignore"):
                signs = [np.log(np.maximum(m, 0.0)) for m in (mean, -mean)]
            return np.stack(signs) + log_weight(s), np.zeros(s.shape[0])

        return log_f

    @cached_property
    def scales(self) -> tuple[float, float]:
        """The width of the middle half of V, and the mean of that of X given V."""
        low, high = (float(self.truth.ppf(p)) for p in (0.25, 0.75))
        return high - low or 1.0, float(
            np.mean([self.given.width(v)[1] for v in self._some])
        )

    @cached_property
    def _some(self) -> list[float]:
        """A few truths, through the law."""
        return [float(self.truth.ppf(p)) for p in np.linspace(0.02, 0.98, 25)]

    @cached_property
    def support(self) -> tuple[float, float]:
        """Ends of the support of the proxy; unknown, and so infinite."""
        return -math.inf, math.inf

    end_sizes = 0.0, 0.0

    @property
    def tail_indices(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The indices of the tails of V, and those of X, unknown."""
        truth = self.truth
        return (truth.tail_index, truth._lower_tail_index), (math.nan, math.nan)

    @cached_property
    def typical_error(self) -> float:
        """A middle value of X."""
        return float(np.median([self.given.width(v)[0] for v in self._some]))

    def place(self, s: Reals) -> Reals:
        """Return a value of V and a typical one of X at the log-odds s."""
        draws = [self.given.quantile(s, v) for v in self._some]
        v = np.asarray(self.truth.inverse_hazard(np.logaddexp(0.0, s)))
        total: Reals = v + np.mean(draws, axis=0)
        return total

    def bends(self) -> list[float]:
        """Return nothing: the curves find where they bend."""
        return []

    def given_beyond(self, t: Reals) -> Conditional:
        """Return what is known given U >= t, of both."""
        return self._in_chunks(t, with_error=True)

    def truth_beyond(self, t: Reals) -> Conditional:
        """Return what is known given U >= t, of V alone."""
        return self._in_chunks(t, with_error=False)

    def _in_chunks(self, t: Reals, *, with_error: bool) -> Conditional:
        if t.size == 0:
            return nothing()
        chunks = range(0, t.size, _CHUNK)
        rows = _ROWS if with_error else _ROWS_OF_TRUTH
        return joined([self._beyond(t[i : i + _CHUNK], rows) for i in chunks])

    def _beyond(self, t: Reals, rows: int) -> Conditional:
        logs = np.full((rows, t.size), -math.inf)
        errors = logs.copy()
        for weight, part in self.parts:
            found = (
                self._of_atoms(part, t, rows)
                if isinstance(part, Atoms)
                else self._of(part, t, rows)
            )
            logs = np.logaddexp(logs, found[0] + math.log(weight))
            errors = np.logaddexp(errors, found[1] + math.log(weight))
        log_p, log_q = np.minimum(logs[0], 0.0), np.minimum(logs[1], 0.0)
        with np.errstate(invalid="ignore", over="ignore"):
            p_errors = np.exp(errors[:2] - logs[:2])
            p_error = np.where(log_p < log_q, *p_errors) + _ROUNDING
            shares, bounds = np.exp(logs - log_p), np.exp(errors - log_p)
        answers = []
        wanted = [(self.mean_truth, [2], [3])]
        if rows == _ROWS:
            wanted.append((self.mean_error, [4, 5], [6]))
        for mean, plus, minus in wanted:
            gain = shares[plus].sum(axis=0) - shares[minus].sum(axis=0)
            used = [*plus, *minus]
            size = np.abs(shares[used]).sum(axis=0)
            bound = bounds[used].sum(axis=0) + size * (p_error + _ROUNDING)
            answers += [mean + gain, bound + _ROUNDING * abs(mean), gain]
        answers += [np.full(t.size, math.nan)] * (6 - len(answers))
        return Conditional(log_p, log_q, p_error, *answers)

    def _rows(self, weight: Reals, y: Reals, v: Reals, number: int) -> Reals:
        """Return the logarithms of the first rows, or of all."""
        beyond, up_to = self.given.log_tails(y, v)
        rows = np.empty((number, *v.shape))
        rows[0], rows[1] = beyond, up_to
        distances = [(2, v - self.mean_truth)]
        if number == _ROWS:
            rows[4], mean = self.given.excess(y, v, beyond)
            distances.append((5, mean - self.mean_error))
        with np.errstate(divide="ignore", invalid="ignore"):
            for row, distance in distances:
                rows[row] = beyond + np.log(np.maximum(distance, 0.0))
                rows[row + 1] = beyond + np.log(np.maximum(-distance, 0.0))
        rows[np.isnan(rows)] = -math.inf
        return rows + weight

    def _of_atoms(self, atoms: Atoms, t: Reals, number: int) -> tuple[Reals, Reals]:
        v = np.broadcast_to(atoms.values, (t.size, atoms.values.size))
        rows = self._rows(np.log(atoms.masses), t[:, None] - v, v, number)
        logs = np.logaddexp.reduce(rows, axis=2)
        return logs, logs + math.log(_ROUNDING)

    def _of(self, law: Law, t: Reals, number: int) -> tuple[Reals, Reals]:
        side = side_of(law)

        def log_f(panels: Panels, s: Reals) -> tuple[Reals, Reals]:
            v = side.at_nodes(panels.place, s)
            mine = t[panels.owner]
            y = mine[:, None] - v
            rows = self._rows(log_weight(s), y, v, number)
            size = np.maximum(np.abs(mine), np.abs(v).max(axis=1))
            return rows, 2.0**-53 * size * steepness(rows[0], y)

        return self._integrals(side, t, log_f, number)

    # Given the value of the proxy itself.

    def rows_at(self, u: Reals) -> tuple[Reals, Reals]:
        """Return logarithms of the density at u and of E[(V - c)^+-] times it."""
        logs = np.full((3, u.size), -math.inf)
        errors = logs.copy()
        for weight, part in self.parts:
            if isinstance(part, Atoms):
                v = np.broadcast_to(part.values, (u.size, part.values.size))
                rows = self._density_rows(np.log(part.masses), u[:, None] - v, v)
                found = np.logaddexp.reduce(rows, axis=2)
                bound = found + math.log(_ROUNDING)
            else:
                found, bound = self._density_of(part, u)
            logs = np.logaddexp(logs, found + math.log(weight))
            errors = np.logaddexp(errors, bound + math.log(weight))
        return logs, errors

    def _density_rows(self, weight: Reals, y: Reals, v: Reals) -> Reals:
        return self._sides_of(self.given.log_density(y, v) + weight, v)

    def _sides_of(self, log_f: Reals, v: Reals) -> Reals:
        distance = v - self.mean_truth
        with np.errstate(divide="ignore"):
            parts = [np.log(np.maximum(d, 0.0)) for d in (distance, -distance)]
        return np.stack([log_f, *(log_f + part for part in parts)])

    def _density_of(self, law: Law, u: Reals) -> tuple[Reals, Reals]:
        side = side_of(law)

        def log_f(panels: Panels, s: Reals) -> tuple[Reals, Reals]:
            v = side.at(s)
            rows = self._density_rows(log_weight(s), u[panels.owner][:, None] - v, v)
            return rows, np.zeros(s.shape[0])

        logs, errors = self._integrals(side, u, log_f, 3)
        # Where there is no error the proxy is the truth, and has its density.
        sure = np.array([self.given.is_sure(float(x)) for x in u])
        if sure.any():
            v = u[sure]
            x = np.array([float(self.given.quantile(np.zeros(1), a)[0]) for a in v])
            there = np.where(x == 0.0, side.log_density(v), math.nan)
            logs[:, sure] = np.logaddexp(logs[:, sure], self._sides_of(there, v))
        return logs, errors

    def _integrals(
        self, side: Side, t: Reals, log_f: LogIntegrand, rows: int
    ) -> tuple[Reals, Reals]:
        """Return integrals over V for each t, and their errors, in logarithms."""
        edges = [np.append(side.edges, self._cuts(side, x)) for x in t]
        width = max(e.size for e in edges)
        table = np.array(
            [np.pad(np.sort(e), (0, width - e.size), "edge") for e in edges]
        )
        owner, j = np.nonzero(table[:, 1:] > table[:, :-1])
        low, high = table[owner, j], table[owner, j + 1]
        place = np.clip(
            np.searchsorted(side.edges, low, "right") - 1, 0, side.edges.size - 2
        )
        whole = (low == side.edges[place]) & (high == side.edges[place + 1])
        panels = Panels(owner, low, high, np.where(whole, place, -1))
        return integrate(panels, log_f, np.full((rows, t.size), -math.inf))

    def _cuts(self, side: Side, t: float) -> Reals:
        """Return log-odds at which panels end: breaks, and where X has its middle."""
        cuts = [*self.breaks]
        low, high = side.points[[0, -1]]
        if low < t < high:
            middle, step = self.given.width(t)
            cuts += [t, t - middle]
            while 0.0 < step < side.scale:
                cuts += [t - middle - step, t - middle + step]
                step *= 4.0
        inside = [c for c in cuts if low < c < high]
        odds: Reals = side.odds(np.array(inside)) if inside else np.empty(0)
        return odds[np.isfinite(odds)]

    def mean_over_errors(
        self, log_w: Callable[[Reals], Reals], v: Reals, mode: float
    ) -> Reals:
        """Return log E[w(v + X) | V = v] for every v; w grows, and most near `mode`."""
        edges = np.array(
            [-40.0, -16.0, -8.0, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 8.0]
        )
        edges = np.concatenate([edges, [16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 700.0]])
        owner = np.repeat(np.arange(v.size), edges.size - 1)
        low, high = np.tile(edges[:-1], v.size), np.tile(edges[1:], v.size)
        panels = Panels(owner, low, high, np.full(owner.size, -1))

        def log_f(some: Panels, s: Reals) -> tuple[Reals, Reals]:
            x = np.empty(s.shape)
            for i in np.unique(some.owner):
                mine = some.owner == i
                x[mine] = self.given.quantile(s[mine], float(v[i]))
            u = v[some.owner][:, None] + x
            logs = log_w(u.ravel()).reshape(u.shape) + log_weight(s)
            return logs[None], np.full(s.shape[0], 1e-10)

        floor = np.full((1, v.size), -math.inf)
        logs, _ = integrate(panels, log_f, floor, tolerance=1e-10)
        means: Reals = logs[0]
        return means
