"""The laws that the gallery and the table of errors show: a line for each family.

The first law of a line is the one whose minima and maxima the gallery draws.
"""

from __future__ import annotations

import tailrace as tr

SHOWN: dict[str, tuple[tr.Law, ...]] = {
    "Exponential": (tr.Exponential(), tr.Exponential(3.0)),
    "Frechet": (tr.Frechet(1.2), tr.Frechet(3.0)),
    "GeneralizedPareto": tuple(tr.GeneralizedPareto(xi) for xi in (0.5, 0.0, -0.5)),
    "LogLogistic": (tr.LogLogistic(1.2), tr.LogLogistic(3.0)),
    "Lomax": (tr.Lomax(1.2), tr.Lomax(3.0)),
    "Pareto": (tr.Pareto(1.2), tr.Pareto(3.0)),
    "Stable": (tr.Stable(1.5, 0.5), tr.Stable(0.7, 1.0)),
    "Uniform": (tr.Uniform(), tr.Uniform(0.5, 1.0)),
    "Weibull": (tr.Weibull(0.5), tr.Weibull(2.0)),
}

#: Public laws that are no family with parameters to choose.
NO_FAMILY = ("Empirical", "Law", "Selected")

#: Laws shown that have no formula in tests/law_cases.py to be measured against.
NOT_MEASURED: tuple[str, ...] = ("Stable",)

#: How many points to measure a law at, where its formula takes long; 60 elsewhere.
POINTS: dict[str, int] = {}
