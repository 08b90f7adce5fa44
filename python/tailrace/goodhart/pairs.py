"""Two independent variables without atoms, given that their sum is large: quadrature."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..laws.base import Reals
from .quadrature import NODES, Panels, integrate_halves
from .sides import Side, log_weight

# Panels are left out that hold less than this logarithm of the rest.
_NEGLIGIBLE = 38.0
# Digits that a difference may lose, and what rounding does to a sum.
_STEEP = 1e-3
_ROUNDING = 2.0**-51
#: What is asked of a pair: log P(V + X >= t), log E[V - mean; V + X >= t], and that of X.
BEYOND, TRUTH, ERROR = 0, 1, 2


@dataclass(frozen=True)
class _Half:
    """The half of the plane in which one variable, the measure, lies below its cut.

    Attributes
    ----------
    measure, other : Side
        The variable integrated over, and the one of which only the tail is seen.
    t, cut : ndarray of shape (count,)
        Thresholds for the sum, and for the measure.
    own, less, others : int or None
        Rows for the excess of the measure, for what is to be taken from it, and for the
        excess of the other.
    rows : int
        How many rows there are.
    by_parts : bool
        Whether to integrate by parts everywhere: see `zone`.
    """

    measure: Side
    other: Side
    t: Reals
    cut: Reals
    own: int | None
    less: int | None
    others: int | None
    rows: int
    by_parts: bool

    @cached_property
    def last(self) -> Reals:
        """Log-odds of the cut."""
        return self.measure.odds(self.cut)

    @cached_property
    def zone(self) -> tuple[Reals, Reals]:
        r"""Log-odds between which the excess of the measure is integrated by parts.

        With k the tail of the other variable, :math:`\int G dk = [G k] + \int k \,
        (y - \mathrm{mean}) \, dF`: without a density, but as a difference. Where that
        leaves no digits the zone is only that in which the other is near an end with an
        infinite density. There k begins with 0, and G grows by less than e, so that
        little is lost.
        """
        nowhere = np.full(self.t.size, math.inf)
        if self.own is None or not (self.by_parts or self.other.spiked):
            return nowhere, nowhere
        if self.by_parts:
            return -nowhere, self.last
        side = self.measure
        begin = side.odds(np.minimum(self.t - self.other.end, self.cut))
        middle = float(side.odds(np.array([side.mean]))[0])
        end = np.minimum(begin + 1.0, np.where(begin < middle, middle, math.inf))
        return begin, np.minimum(end, self.last)

    def panels(self) -> tuple[Panels, Reals, Reals, Reals]:
        """Return panels, bounds of the logarithms that each brings, and what is known.

        The upper and lower bounds are of shape (rows, panels); what needs no panels is
        of shape (rows, count).
        """
        side, other, t = self.measure, self.other, self.t
        cuts = [self.cut - step for step in _seeds(side, other)]
        cuts += [t - kink for kink in other.kinks]
        begin, end = self.zone
        known = np.full((self.rows, t.size), -math.inf)
        if self.less is not None:
            y = np.minimum(side.at(np.maximum(end, side.edges[0])), self.cut)
            y = np.where(end < self.last, y, self.cut)
            cuts.append(y)
            there = side.log_excess_anywhere(y) + other.log_beyond(t - y)
            known[self.own] = np.where(end > begin, there, -math.inf)
        extra = np.array(cuts).reshape(len(cuts), t.size).T
        inside = np.minimum(extra, self.cut[:, None])
        odds = np.where(extra < self.cut[:, None], side.odds(inside), side.edges[0])
        fixed = np.minimum(side.edges, self.last[:, None])
        odds = np.clip(odds, side.edges[0], side.edges[-1])
        edges = np.concatenate([fixed, odds], axis=1)
        points = np.concatenate([np.broadcast_to(side.points, fixed.shape), inside], 1)
        points = np.minimum(points, self.cut[:, None])
        order = np.argsort(edges, axis=1, kind="stable")
        edges = np.take_along_axis(edges, order, axis=1)
        points = np.take_along_axis(points, order, axis=1)
        beyond = other.log_beyond(t[:, None] - points)
        owner, j = np.nonzero(edges[:, 1:] > edges[:, :-1])
        low, high = edges[owner, j], edges[owner, j + 1]
        place = np.searchsorted(side.edges, low, side="right") - 1
        place = np.clip(place, 0, side.edges.size - 2)
        whole = (low == side.edges[place]) & (high == side.edges[place + 1])
        panels = Panels(owner, low, high, np.where(whole, place, -1))
        # The tail of the other variable grows along the panel.
        most = np.full((self.rows, owner.size), -math.inf)
        least = most.copy()
        near = np.where(low * high <= 0.0, 0.0, np.minimum(abs(low), abs(high)))
        span = np.log(high - low)
        far = np.minimum(span, 0.0) - np.maximum(abs(low), abs(high)) - math.log(4.0)
        most[BEYOND] = beyond[owner, j + 1] + (span - near)
        least[BEYOND] = beyond[owner, j] + far
        if self.own is not None:
            most[self.own] = beyond[owner, j + 1] + side.largest_excess[place]
            least[self.own] = self._sample_of_own()[owner]
        if self.others is not None:
            excess = other.log_excess(t[:, None] - points, beyond)
            most[self.others] = excess[owner, j + 1] + (span - near)
            least[self.others] = excess[owner, j] + far
        return panels, most, least, known

    def _sample_of_own(self) -> Reals:
        """Return, for each t, about a tenth of what the middle of the measure brings.

        It is there to tell what is negligible, and that is less by far.
        """
        side = self.measure
        panel, node = side.edges.size // 2 + 1, NODES // 2
        y = np.minimum(side.nodes[panel, node], self.cut)
        if self.by_parts:
            lever = math.log(0.1) + np.log(np.abs(y - side.mean) + 1e-300)
            sample = lever + self.other.log_beyond(self.t - y)
        else:
            sample = side.levers[panel, node] + self.other.log_density(self.t - y)
        return np.where(np.isfinite(sample), sample - 2.3, -math.inf)

    def integrands(self, panels: Panels, s: Reals) -> tuple[Reals, Reals]:
        """Return the logarithms of all rows, per log-odds of the measure, and noise."""
        side, other = self.measure, self.other
        known = panels.place >= 0
        result = np.full((self.rows, *s.shape), -math.inf)
        y = side.at_nodes(panels.place, s)
        t = self.t[panels.owner]
        rest = t[:, None] - y
        weight = log_weight(s)
        beyond = other.log_beyond(rest)
        result[BEYOND] = weight + beyond
        if self.own is not None and not self.by_parts:
            lever = np.empty(s.shape)
            lever[known] = side.levers[panels.place[known]]
            lever[~known] = side.log_lever(s[~known], y[~known])
            result[self.own] = lever + other.log_density(rest)
        if self.less is not None:
            begin, end = (ends[panels.owner] for ends in self.zone)
            middle = 0.5 * (panels.low + panels.high)
            mine = (middle > begin) & (middle < end)
            distance = y[mine] - side.mean
            with np.errstate(divide="ignore"):
                part = weight[mine] + beyond[mine] + np.log(np.abs(distance))
            result[self.own, mine] = np.where(distance > 0.0, part, -math.inf)
            result[self.less, mine] = np.where(distance < 0.0, part, -math.inf)
        if self.others is not None:
            result[self.others] = weight + other.log_excess(rest, beyond)
        # A difference is rounded to the last digit of the larger term.
        size = np.maximum(np.abs(t), np.abs(y).max(axis=1))
        noise = 2.0**-53 * size * steepness(beyond, rest)
        return result, noise + side.noise + other.noise


def steepness(log_f: Reals, x: Reals) -> Reals:
    """Return the largest slope of a function between neighbours in every row."""
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = np.abs(np.diff(log_f) / np.diff(x))
    slopes[~np.isfinite(slopes)] = 0.0
    largest: Reals = slopes.max(axis=1)
    return largest


def _known(x: Reals, instead: float) -> Reals:
    """Return x, and something else where it is NaN."""
    return np.where(np.isnan(x), instead, x)


def _seeds(side: Side, other: Side) -> list[float]:
    """Return distances from the cut at which panels end, for an other of finer scale."""
    steps = []
    step = other.scale
    while step < 0.5 * side.scale:
        steps.append(step)
        step *= 4.0
    return steps


def above(truth: Side, error: Side, t: Reals, wanted: list[int]) -> tuple[Reals, Reals]:
    """Return `_above`, by parts where that leaves enough digits.

    The excess is about the hazard rate of the other times the variance, and the terms of
    its difference are about the scale.
    """
    rates = np.full(t.size, math.inf)
    pairs = {TRUTH: (truth, error), ERROR: (error, truth)}
    for side, other in (pairs[k] for k in wanted if k != BEYOND):
        rest = t - side.mean
        with np.errstate(invalid="ignore", over="ignore"):
            rate = np.exp(other.log_density(rest) - other.log_beyond(rest))
        rates = np.fmin(rates, side.scale * rate)
    plain = rates > _STEEP
    logs, errors = np.empty((2, len(wanted), t.size))
    for mine, by_parts in ((plain, True), (~plain, False)):
        if mine.any():
            found = _above(truth, error, t[mine], wanted, by_parts=by_parts)
            logs[:, mine], errors[:, mine] = found
    return logs, errors


def _above(
    truth: Side, error: Side, t: Reals, wanted: list[int], *, by_parts: bool
) -> tuple[Reals, Reals]:
    r"""Return logarithms of P(U >= t) and of E[Y - mean; U >= t] for Y = V and Y = X.

    Parameters
    ----------
    truth, error : Side
        V and X.
    t : ndarray of shape (count,)
        Thresholds for U = V + X, each at least the sum of the medians.
    wanted : list of int
        `BEYOND`, and after it `TRUTH`, `ERROR` or both.

    Returns
    -------
    logs, errors : ndarray of shape (wanted, count)
        Logarithms, and those of bounds of the errors.

    Notes
    -----
    The plane is cut at m, half way between what each median leaves to the other:

    .. math:: P(U \ge t) = \int_{v \le m} P(X \ge t - v) \, dF_V
        + P(V > m) P(X \ge t - m) + \int_{x < t - m} P(V \ge t - x) \, dF_X,

    so that each integral runs over the measure that has structure there, and sees only
    the tail of the other. With :math:`G(v) = E[V - E V; V > v]`, which is nowhere
    negative and vanishes at both ends,

    .. math:: E[V - E V; U \ge t] = \mathrm{Cov}(V, P(X \ge t - V \mid V))
        = \int G(v) f_X(t - v) \, dv = E[G(t - X)]

    (Hoeffding's formula for a covariance [1]_): a sum of positive terms, whose digits
    survive when the conditional mean falls back to E[V]. It is cut at m as well.

    References
    ----------
    .. [1] W. Hoeffding, "Masstabinvariante Korrelationstheorie", Schr. Math. Inst. Univ.
       Berlin 5 (1940), 181-233.
    """
    count = t.size
    m = 0.5 * (truth.median + (t - error.median))
    rows = {kernel: row for row, kernel in enumerate(wanted)}
    of_truth, of_error = rows.get(TRUTH), rows.get(ERROR)
    number = len(wanted)
    less_of_truth = less_of_error = None
    if of_truth is not None and (by_parts or error.spiked):
        less_of_truth, number = number, number + 1
    if of_error is not None and (by_parts or truth.spiked):
        less_of_error, number = number, number + 1
    rows_of_truth, rows_of_error = (of_truth, less_of_truth), (of_error, less_of_error)
    halves = (
        _Half(truth, error, t, m, *rows_of_truth, of_error, number, by_parts),
        _Half(error, truth, t, t - m, *rows_of_error, of_truth, number, by_parts),
    )
    both = [half.panels() for half in halves]
    floor = np.full((number, count), -math.inf)
    floor[BEYOND] = truth.log_beyond(m) + error.log_beyond(t - m)
    for *_, known in both:
        floor = np.logaddexp(floor, known)
    sure = floor.copy()
    for panels, _, least, _ in both:
        for k in range(number):
            # What is not known is not sure, and below it may count.
            np.maximum.at(sure[k], panels.owner, _known(least[k], -math.inf))
    kept = []
    for panels, most, _, _ in both:
        counts = _known(most, math.inf) > sure[:, panels.owner] - _NEGLIGIBLE
        kept.append(panels.chosen(np.asarray(counts.any(axis=0))))

    logs, errors = integrate_halves(halves, kept, floor)
    for row, less in (rows_of_truth, rows_of_error):
        if row is not None and less is not None:
            rounding = np.logaddexp(logs[row], logs[less]) + math.log(_ROUNDING)
            with np.errstate(divide="ignore", invalid="ignore"):
                share = np.nan_to_num(np.exp(logs[less] - logs[row]))
                logs[row] += np.log1p(-np.minimum(share, 1.0))
            parts = (errors[row], errors[less], rounding)
            errors[row] = np.logaddexp.reduce(parts)
    return logs[: len(wanted)], errors[: len(wanted)]
