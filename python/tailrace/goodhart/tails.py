"""What is known of the tails of laws: one line a family, and rules for laws from laws."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..derived import Derived, ranks
from ..laws.base import Law
from ..laws.empirical import Empirical
from ..laws.formulas import log_gamma, log_gamma_step
from ..mixture import Mixture
from ..spliced import Spliced
from .laws import SumOf

#: From the lightest to the heaviest; a lattice is as heavy as a power, but rough.
KINDS = (
    "bounded",
    "superexponential",
    "exponential",
    "stretched",
    "log-normal",
    "power",
    "lattice",
    "unknown",
)


@dataclass(frozen=True, slots=True)
class Tail:
    r"""The upper tail of a law, to leading order as x grows.

    ==================  =====================================================
    kind                P(X > x)
    ==================  =====================================================
    bounded             0 above `end`
    superexponential    P(X > x + 1) / P(X > x) tends to 0
    exponential         :math:`C x^p e^{-a x}`
    stretched           :math:`C x^p e^{-(x / s)^a}`, a < 1
    log-normal          :math:`C (\log x)^p e^{-(\log x - m)^2 / (2 s^2)}`
    power               :math:`C x^{-a}`
    lattice             constant between atoms at :math:`s r^k`, index a
    unknown
    ==================  =====================================================

    Attributes
    ----------
    kind : str
        One of these.
    a, s, m : float
        As above: `a` is the rate, the shape or the tail index; `m` the ratio r of a
        lattice.
    power, log_c : float
        p and log C; the latter is NaN where the constant is unknown.
    end : float
        Upper end of the support.
    """

    kind: str
    a: float = math.nan
    s: float = math.nan
    m: float = 0.0
    power: float = 0.0
    log_c: float = 0.0
    end: float = math.inf

    @property
    def weight(self) -> tuple[float, ...]:
        """What tails are ordered by: of two, the heavier has the larger."""
        order = float(KINDS.index(self.kind))
        if self.kind == "log-normal":
            return order, self.s, self.m, self.power
        if self.kind == "stretched":
            return order, -self.a, self.s, self.power
        if self.kind in ("exponential", "power"):
            return order, -self.a, self.power
        return (order, self.end if self.kind == "bounded" else 0.0)

    @property
    def is_subexponential(self) -> bool:
        """Whether one large value is what makes a sum large."""
        return self.kind in ("stretched", "log-normal", "power")

    @property
    def rate(self) -> float:
        """The largest s with E[e^(sX)] finite for every smaller one."""
        if self.kind == "exponential":
            return self.a
        if self.kind in ("bounded", "superexponential"):
            return math.inf
        return math.nan if self.kind == "unknown" else 0.0


def _bounded(end: float) -> Tail:
    return Tail("bounded", end=end)


LIGHT = Tail("superexponential")
UNKNOWN = Tail("unknown", log_c=math.nan)


def _power(a: float, log_c: float) -> Tail:
    return Tail("power", a, log_c=log_c)


def _exponential(scale: float, loc: float = 0.0, log_c: float = 0.0) -> Tail:
    return Tail("exponential", 1.0 / scale, log_c=log_c + loc / scale)


def _weibull(k: float, s: float) -> Tail:
    """Return the tail e^(-(x / s)^k)."""
    if k == 1.0:
        return _exponential(s)
    return Tail("stretched", k, s) if k < 1.0 else LIGHT


def _generalized_normal(x: Any) -> Tail:
    log_c = -math.log(2.0) - log_gamma(1.0 / x.beta)
    if x.beta == 1.0:
        return _exponential(x.scale, x.loc, log_c)
    if x.beta > 1.0:
        return LIGHT
    power = 1.0 - x.beta
    return Tail(
        "stretched", x.beta, x.scale, 0.0, power, log_c - power * math.log(x.scale)
    )


def _gamma(x: Any) -> Tail:
    power = x.shape - 1.0
    log_c = -log_gamma(x.shape) - power * math.log(x.scale)
    return replace(_exponential(x.scale), power=power, log_c=log_c)


def _extreme(x: Any) -> Tail:
    """Return the upper tail of a generalized extreme value or Pareto law."""
    if x.xi > 0.0:
        return _power(1.0 / x.xi, math.log(x.scale / x.xi) / x.xi)
    return _bounded(x.support[1]) if x.xi < 0.0 else _exponential(x.scale, _loc(x))


def _loc(x: Any) -> float:
    return float(getattr(x, "loc", getattr(x, "threshold", 0.0)))


def _extreme_below(x: Any) -> Tail:
    """Return the lower tail of a generalized extreme value law."""
    if x.xi > 0.0:
        return _bounded(-x.support[0])
    return LIGHT if x.xi == 0.0 else _weibull(-1.0 / x.xi, -x.scale / x.xi)


def _student(df: float, scale: float) -> Tail:
    log_c = log_gamma_step(0.5 * df, 0.5) - 0.5 * math.log(math.pi)
    return _power(df, log_c + (0.5 * df - 1.0) * math.log(df) + df * math.log(scale))


def _stable(x: Any, sign: float) -> Tail:
    if x.alpha == 2.0:
        return LIGHT
    share = 1.0 + sign * x.beta
    if share == 0.0:
        end = x.support[1] if sign > 0.0 else -x.support[0]
        return _bounded(end) if end < math.inf else LIGHT
    constant = math.sin(0.5 * math.pi * x.alpha) / math.pi * share
    log_c = math.log(constant) + math.lgamma(x.alpha)
    return _power(x.alpha, log_c + x.alpha * math.log(x.scale))


def _normal_log(x: Any) -> Tail:
    log_c = math.log(x.sigma) - 0.5 * math.log(2.0 * math.pi)
    return Tail("log-normal", s=x.sigma, m=x.mu, power=-1.0, log_c=log_c)


def _power_of(a: float, scale: float) -> Tail:
    """Return the tail (x / scale)^-a."""
    return _power(a, a * math.log(scale))


#: The upper tail of every family.
UPPER: dict[str, Callable[[Any], Tail]] = {
    "Burr": lambda x: _power_of(x.c * x.k, x.scale),
    "Cauchy": lambda x: _student(1.0, x.scale),
    "Exponential": lambda x: _exponential(x.scale),
    "Frechet": lambda x: _power_of(x.shape, x.scale),
    "Gamma": _gamma,
    "GeneralizedExtremeValue": _extreme,
    "GeneralizedNormal": _generalized_normal,
    "GeneralizedPareto": _extreme,
    "Gumbel": lambda x: _exponential(x.scale, x.loc),
    "InverseGamma": lambda x: _power(
        x.shape, x.shape * math.log(x.scale) - log_gamma(x.shape + 1.0)
    ),
    "Laplace": lambda x: _exponential(x.scale, x.loc, -math.log(2.0)),
    "Levy": lambda x: _power(0.5, 0.5 * math.log(2.0 * x.scale / math.pi)),
    "LogLogistic": lambda x: _power_of(x.shape, x.scale),
    "LogNormal": _normal_log,
    "Logistic": lambda x: _exponential(x.scale, x.loc),
    "Lomax": lambda x: _power_of(x.shape, x.scale),
    "Normal": lambda x: LIGHT,
    "Pareto": lambda x: _power_of(x.shape, x.scale),
    "StPetersburg": lambda x: Tail("lattice", x.shape, x.scale, x.ratio),
    "Stable": lambda x: _stable(x, 1.0),
    "StudentT": lambda x: _student(x.df, x.scale),
    "Uniform": lambda x: _bounded(x.high),
    "Weibull": lambda x: _weibull(x.shape, x.scale),
}

#: The upper tail of minus the variable, of laws that are not bounded below.
LOWER: dict[str, Callable[[Any], Tail]] = {
    "GeneralizedExtremeValue": _extreme_below,
    "Gumbel": lambda x: LIGHT,
    "Stable": lambda x: _stable(x, -1.0),
}


def tails_of(law: Law) -> tuple[Tail, Tail]:
    """Return the lower tail, as the upper one of minus the variable, and the upper."""
    low, high = law.support
    name = type(law).__name__
    if isinstance(law, Derived):
        lower, upper = tails_of(law.base)
        for i, step in enumerate(law.steps):
            before = Derived(law.base, law.steps[:i]) if i else law.base
            lower, upper = _after(step, lower, upper, before)
    elif isinstance(law, Mixture):
        pairs = [tails_of(part) for part in law.laws]
        lower, upper = (_sum([p[i] for p in pairs], law.weights) for i in (0, 1))
    elif isinstance(law, SumOf):
        pairs = [tails_of(part) for part in law.laws]
        lower, upper = (_of_total([p[i] for p in pairs]) for i in (0, 1))
    elif isinstance(law, Spliced):
        tail = _extreme(law.tail)
        lower, upper = UNKNOWN, _times(tail, math.log(law.share_beyond))
    elif name in UPPER:
        upper = UPPER[name](law)
        if getattr(law, "_symmetric", False):
            lower = UPPER[name](law._scaled(-1.0, 0.0))
        else:
            lower = LOWER[name](law) if name in LOWER else UNKNOWN
    else:
        lower, upper = (
            _of_index(index) for index in (law._lower_tail_index, law.tail_index)
        )
    if isinstance(law, Empirical) and name == "Empirical" and law.censored_share:
        upper = UNKNOWN
    elif high < math.inf and upper.kind != "lattice":
        upper = _bounded(high)
    return (_bounded(-low) if low > -math.inf else lower), upper


def _of_index(index: float) -> Tail:
    return _power(index, math.nan) if index < math.inf else UNKNOWN


def _times(tail: Tail, log_factor: float) -> Tail:
    return replace(tail, log_c=tail.log_c + log_factor)


def _to_power(tail: Tail, q: float) -> Tail:
    """Return the tail whose probability is the q-th power."""
    tail = replace(tail, power=q * tail.power, log_c=q * tail.log_c)
    if tail.kind == "stretched":
        return replace(tail, s=tail.s * q ** (-1.0 / tail.a))
    if tail.kind == "log-normal":
        return replace(tail, s=tail.s / math.sqrt(q))
    return replace(tail, a=q * tail.a)


def _scaled(tail: Tail, scale: float, shift: float) -> Tail:
    """Return the tail of scale X + shift, scale > 0: to leading order."""
    log_scale = math.log(scale)
    if tail.kind == "bounded":
        return _bounded(scale * tail.end + shift)
    if tail.kind == "exponential":
        log_c = tail.log_c - tail.power * log_scale + tail.a / scale * shift
        return replace(tail, a=tail.a / scale, log_c=log_c)
    if tail.kind == "stretched":
        return replace(
            tail, s=tail.s * scale, log_c=tail.log_c - tail.power * log_scale
        )
    if tail.kind == "log-normal":
        return replace(tail, m=tail.m + log_scale)
    if tail.kind == "power":
        return _times(tail, tail.a * log_scale)
    if tail.kind == "lattice":
        return replace(tail, s=tail.s * scale) if shift == 0.0 else UNKNOWN
    return tail


def _after(
    step: tuple[Any, ...], lower: Tail, upper: Tail, before: Law
) -> tuple[Tail, Tail]:
    """Return both tails after one step from a law to a law."""
    method, *arguments = step
    if method == "scaled":
        scale, shift = arguments
        if scale < 0.0:
            lower, upper = upper, lower
        return _scaled(lower, abs(scale), -shift), _scaled(upper, abs(scale), shift)
    if method == "min_of":
        (q,) = arguments
        return _times(lower, math.log(q)), _to_power(upper, q)
    if method == "max_of":
        (n,) = arguments
        return _to_power(lower, n), _times(upper, math.log(n))
    if method == "order_statistic":
        k, others, from_top = ranks(*arguments)
        above, below = (k, others) if from_top else (others, k)
        log_choose = log_gamma_step(above + 1.0, below - 1.0) - log_gamma(below)
        both = log_choose, log_gamma_step(below + 1.0, above - 1.0) - log_gamma(above)
        return _times(_to_power(lower, below), both[1]), _times(
            _to_power(upper, above), both[0]
        )
    if method == "capped":
        return lower, _bounded(arguments[0])
    low, high = (arguments[0], math.inf) if method == "beyond" else arguments
    lower = _bounded(-low) if low > -math.inf else lower
    upper = _bounded(high) if high < math.inf else upper
    mass = float(before.sf(low)) - float(before.sf(high))
    return _times(lower, -math.log(mass)), _times(upper, -math.log(mass))


def _sum(tails: Sequence[Tail], weights: Sequence[float]) -> Tail:
    """Return the tail of a mixture: the heaviest, or the sum of all that are as heavy."""
    if any(t.kind in ("unknown", "lattice") for t in tails):
        return UNKNOWN if len(tails) > 1 else tails[0]
    heaviest = max(t.weight for t in tails)
    pairs = zip(tails, weights, strict=True)
    same = [_times(t, math.log(w)) for t, w in pairs if t.weight == heaviest]
    log_c = float(np.logaddexp.reduce([t.log_c for t in same]))
    return replace(same[0], log_c=log_c)


def _of_total(tails: Sequence[Tail]) -> Tail:
    """Return the tail of a sum of independent terms, where it is that of the heaviest."""
    if all(t.kind == "bounded" for t in tails):
        return _bounded(math.fsum(t.end for t in tails))
    if any(t.kind in ("unknown", "lattice") for t in tails):
        return UNKNOWN
    heaviest = _sum(tails, [1.0] * len(tails))
    if heaviest.is_subexponential:
        return heaviest
    if heaviest.kind == "superexponential":
        return LIGHT
    alone = [t for t in tails if t.weight[:2] == heaviest.weight[:2]]
    # Of one exponential tail the others change the constant.
    return replace(heaviest, log_c=math.nan) if len(alone) == 1 else UNKNOWN
