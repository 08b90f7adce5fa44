"""The laws under test, each with its plain formula in mpmath and its SciPy twin.

The formulas are those of the docstrings, for numbers of any precision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath as mp
import numpy as np
import tail_formulas as tails
import tailrace as tr
from scipy import stats


def flip(y: mp.mpf) -> mp.mpf:
    """-log(1 - e^-y), from whichever side keeps digits at the working precision."""
    return -mp.log(-mp.expm1(-y)) if y < 1 else -mp.log1p(-mp.exp(-y))


@dataclass(frozen=True)
class Case:
    """A law, its cumulative hazard in mpmath, and the same law in SciPy."""

    law: tr.Law
    hazard: Callable[[mp.mpf], mp.mpf]
    scipy: Any
    #: Largest error of a function of a value, in ULP. One rounding of two doubles; laws
    #: with tables bring the error of a table in one double with them.
    ulp: float = 0.51

    @property
    def tabulated(self) -> bool:
        """Whether the law has tables, and draws of its own kind."""
        return self.ulp > 0.51

    def __str__(self) -> str:
        """Name the case in the test's id."""
        return repr(self.law)

    def points(self, count: int, seed: int) -> np.ndarray:
        """Points through the whole support: body, both ends, far tail."""
        rng = np.random.default_rng(seed)
        clocks = np.concatenate(
            [
                rng.exponential(size=count // 2),
                10.0 ** rng.uniform(-15, 0, count // 4),
                rng.uniform(1, 650, count - count // 2 - count // 4),
            ]
        )
        x = np.asarray(self.law.inverse_hazard(clocks))
        low, high = self.law.support
        return x[(x > low) & (x < high)]


def _pareto(a: float, s: float) -> Callable[[mp.mpf], mp.mpf]:
    return lambda x: mp.mpf(a) * mp.log(x / mp.mpf(s))


def _lomax(a: float, s: float) -> Callable[[mp.mpf], mp.mpf]:
    return lambda x: mp.mpf(a) * mp.log1p(x / mp.mpf(s))


def _weibull(k: float, s: float) -> Callable[[mp.mpf], mp.mpf]:
    return lambda x: mp.power(x / mp.mpf(s), mp.mpf(k))


def _frechet(a: float, s: float) -> Callable[[mp.mpf], mp.mpf]:
    return lambda x: flip(mp.power(x / mp.mpf(s), -mp.mpf(a)))


def _loglogistic(c: float, s: float) -> Callable[[mp.mpf], mp.mpf]:
    return lambda x: mp.log1p(mp.power(x / mp.mpf(s), mp.mpf(c)))


def _gpd(xi: float, s: float, u: float) -> Callable[[mp.mpf], mp.mpf]:
    if xi == 0:
        return lambda x: (x - mp.mpf(u)) / mp.mpf(s)
    return lambda x: mp.log1p(mp.mpf(xi) * (x - mp.mpf(u)) / mp.mpf(s)) / mp.mpf(xi)


def _uniform(a: float, b: float) -> Callable[[mp.mpf], mp.mpf]:
    width = mp.mpf(b) - mp.mpf(a)
    return lambda x: -mp.log((mp.mpf(b) - x) / width)


def _laplace(m: float, s: float) -> Callable[[mp.mpf], mp.mpf]:
    def hazard(x: mp.mpf) -> mp.mpf:
        z = (x - mp.mpf(m)) / mp.mpf(s)
        return z + mp.log(2) if z > 0 else -mp.log1p(-mp.exp(z) / 2)

    return hazard


def _logistic(m: float, s: float) -> Callable[[mp.mpf], mp.mpf]:
    return lambda x: mp.log1p(mp.exp((x - mp.mpf(m)) / mp.mpf(s)))


def _gumbel(m: float, s: float) -> Callable[[mp.mpf], mp.mpf]:
    return lambda x: flip(mp.exp(-(x - mp.mpf(m)) / mp.mpf(s)))


def gev(xi: float, s: float, m: float) -> Callable[[mp.mpf], mp.mpf]:
    if xi == 0:
        return _gumbel(m, s)
    return lambda x: flip(
        mp.power(1 + mp.mpf(xi) * (x - mp.mpf(m)) / mp.mpf(s), -1 / mp.mpf(xi))
    )


def _burr(c: float, k: float, s: float) -> Callable[[mp.mpf], mp.mpf]:
    return lambda x: mp.mpf(k) * mp.log1p(mp.power(x / mp.mpf(s), mp.mpf(c)))


CASES = [
    Case(tr.Exponential(2.5), lambda x: x / mp.mpf(2.5), stats.expon(scale=2.5)),
    *(
        Case(tr.Pareto(a, s), _pareto(a, s), stats.pareto(a, scale=s))
        for a, s in [(1.2, 1.0), (0.1, 3.0), (40.0, 0.7)]
    ),
    *(
        Case(tr.Lomax(a, s), _lomax(a, s), stats.lomax(a, scale=s))
        for a, s in [(1.2, 1.0), (0.3, 3.0)]
    ),
    *(
        Case(tr.Weibull(k, s), _weibull(k, s), stats.weibull_min(k, scale=s))
        for k, s in [(0.5, 1.0), (3.0, 0.2)]
    ),
    *(
        Case(tr.Frechet(a, s), _frechet(a, s), stats.invweibull(a, scale=s))
        for a, s in [(1.2, 1.0), (7.0, 3.0)]
    ),
    *(
        Case(tr.LogLogistic(c, s), _loglogistic(c, s), stats.fisk(c, scale=s))
        for c, s in [(1.2, 1.0), (5.0, 3.0)]
    ),
    *(
        Case(tr.GeneralizedPareto(xi, s, u), _gpd(xi, s, u), stats.genpareto(xi, u, s))
        for xi, s, u in [(0.5, 1.0, 0.0), (0.0, 2.0, 1.0), (-0.3, 2.0, -1.0)]
    ),
    *(
        Case(tr.Uniform(a, b), _uniform(a, b), stats.uniform(a, b - a))
        for a, b in [(0.0, 1.0), (-3.0, 5.0)]
    ),
    *(
        Case(tr.Laplace(m, s), _laplace(m, s), stats.laplace(m, s))
        for m, s in [(0.0, 1.0), (-3.0, 0.2)]
    ),
    *(
        Case(tr.Logistic(m, s), _logistic(m, s), stats.logistic(m, s))
        for m, s in [(0.0, 1.0), (5.0, 2.0)]
    ),
    *(
        Case(tr.Gumbel(m, s), _gumbel(m, s), stats.gumbel_r(m, s))
        for m, s in [(0.0, 1.0), (-2.0, 3.0)]
    ),
    *(
        Case(
            tr.GeneralizedExtremeValue(xi, s, m),
            gev(xi, s, m),
            stats.genextreme(-xi, m, s),
        )
        for xi, s, m in [(0.3, 1.0, 0.0), (0.0, 2.0, 1.0), (-0.3, 2.0, -1.0)]
    ),
    *(
        Case(tr.Burr(c, k, s), _burr(c, k, s), stats.burr12(c, k, scale=s))
        for c, k, s in [(0.8, 1.5, 1.0), (3.0, 0.4, 2.0)]
    ),
]

# Tables give the tail mass over the density to a few 2^-53, and that is the error:
# measured, at most 11.
TABLE_ULP = 16.0


def _tabulated(law: tr.Law, hazard: Callable[[mp.mpf], mp.mpf], scipy: Any) -> Case:
    return Case(law, hazard, scipy, TABLE_ULP)


TABULATED = [
    *(
        _tabulated(tr.Normal(m, s), tails.normal(m, s), stats.norm(m, s))
        for m, s in [(0.0, 1.0), (5.0, 0.1)]
    ),
    *(
        _tabulated(
            tr.LogNormal(m, s), tails.lognormal(m, s), stats.lognorm(s, scale=np.exp(m))
        )
        for m, s in [(0.0, 1.0), (1.0, 3.0)]
    ),
    *(
        _tabulated(tr.StudentT(df, m, s), tails.student_t(df, m, s), stats.t(df, m, s))
        for df, m, s in [(3.0, 0.0, 1.0), (0.5, 1.0, 2.0), (30.0, 0.0, 0.5)]
    ),
    *(
        _tabulated(tr.Cauchy(m, s), tails.cauchy(m, s), stats.cauchy(m, s))
        for m, s in [(0.0, 1.0), (-3.0, 2.0)]
    ),
    *(
        _tabulated(
            tr.Levy(m, s), tails.inverse_gamma(0.5, 0.5 * s, m), stats.levy(m, s)
        )
        for m, s in [(0.0, 1.0), (2.0, 3.0)]
    ),
    *(
        _tabulated(tr.Gamma(k, s), tails.gamma(k, s), stats.gamma(k, scale=s))
        for k, s in [(2.5, 1.0), (0.1, 3.0), (50.0, 1.0)]
    ),
    *(
        _tabulated(
            tr.InverseGamma(k, s), tails.inverse_gamma(k, s), stats.invgamma(k, scale=s)
        )
        for k, s in [(1.5, 1.0), (12.0, 3.0)]
    ),
    *(
        _tabulated(
            tr.GeneralizedNormal(b, m, s),
            tails.generalized_normal(b, m, s),
            stats.gennorm(b, m, s),
        )
        for b, m, s in [(0.5, 0.0, 1.0), (1.0, 2.0, 3.0), (4.0, 0.0, 1.0)]
    ),
]
CASES += TABULATED
