"""The laws that the gallery and the table of errors show: a line for each family.

The first law of a line is the one whose minima and maxima the gallery draws.
"""

from __future__ import annotations

import tailrace as tr

SHOWN: dict[str, tuple[tr.Law, ...]] = {
    "Burr": (tr.Burr(2.0, 0.75), tr.Burr(0.8, 1.5)),
    "Cauchy": (tr.Cauchy(), tr.Cauchy(1.0, 0.5)),
    "Exponential": (tr.Exponential(), tr.Exponential(3.0)),
    "Frechet": (tr.Frechet(1.2), tr.Frechet(3.0)),
    "Gamma": (tr.Gamma(2.5), tr.Gamma(0.5), tr.Gamma(8.0)),
    "GeneralizedExtremeValue": tuple(
        tr.GeneralizedExtremeValue(xi) for xi in (0.5, 0.0, -0.5)
    ),
    "GeneralizedNormal": tuple(tr.GeneralizedNormal(b) for b in (0.5, 1.0, 4.0)),
    "GeneralizedPareto": tuple(tr.GeneralizedPareto(xi) for xi in (0.5, 0.0, -0.5)),
    "Gumbel": (tr.Gumbel(), tr.Gumbel(1.0, 2.0)),
    "InverseGamma": (tr.InverseGamma(1.5), tr.InverseGamma(4.0)),
    "Laplace": (tr.Laplace(), tr.Laplace(0.0, 2.0)),
    "Levy": (tr.Levy(), tr.Levy(0.0, 3.0)),
    "LogLogistic": (tr.LogLogistic(1.2), tr.LogLogistic(3.0)),
    "LogPareto": (tr.LogPareto(1.0, 2.0), tr.LogPareto(0.5, 1.0)),
    "LogNormal": (tr.LogNormal(), tr.LogNormal(0.0, 0.5)),
    "Logistic": (tr.Logistic(), tr.Logistic(0.0, 2.0)),
    "Lomax": (tr.Lomax(1.2), tr.Lomax(3.0)),
    "Normal": (tr.Normal(), tr.Normal(1.0, 2.0)),
    "Pareto": (tr.Pareto(1.2), tr.Pareto(3.0)),
    "StudentT": (tr.StudentT(3.0), tr.StudentT(1.5), tr.StudentT(30.0)),
    "Stable": (tr.Stable(1.5, 0.5), tr.Stable(0.7, 1.0)),
    "Uniform": (tr.Uniform(), tr.Uniform(0.5, 1.0)),
    "Weibull": (tr.Weibull(0.5), tr.Weibull(2.0)),
}

#: Public laws that are no family with parameters to choose.
NO_FAMILY = (
    "Derived",
    "Empirical",
    "Fastest",
    "Law",
    "Mixture",
    "RandomAttempts",
    "Restarted",
    "ScipyLaw",
    "SelectedLaw",
    "SharedFactor",
    "Spliced",
    "StPetersburg",
    "SumOf",
    "Total",
)

#: Laws shown that have no formula in tests/law_cases.py to be measured against.
NOT_MEASURED: tuple[str, ...] = ("LogPareto", "Stable")

#: How many points to measure a law at, where its formula takes long; 60 elsewhere.
POINTS: dict[str, int] = {}
