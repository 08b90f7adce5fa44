"""Laws whose parameters are at the ends of the doubles: python/tailrace/laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tailrace as tr

OF_X = ["sf", "cdf", "logsf", "logcdf", "pdf", "logpdf", "hazard"]
FAMILIES = (tr.Pareto, tr.Lomax, tr.Weibull, tr.Frechet, tr.LogLogistic)
SHAPES = (1e-300, 1e-3, 1.0, 3.0, 1e10, 1e300)
SCALES = (1e-300, 1.0, 1e300)
EXTREME = [
    *(family(1.5, 2) for family in FAMILIES),
    *(f(a, s) for f in FAMILIES for s in SCALES for a in SHAPES),
    *(tr.GeneralizedPareto(xi, s) for s in SCALES
      for xi in (-1e10, -1.0, -1e-10, 0, 1e-10, 1e10)),
    *(tr.GeneralizedExtremeValue(xi, s, m) for s in SCALES for m in (-1e300, 0, 1e300)
      for xi in (-1e300, -1.0, -1e-10, 0, 1e-300, 1e-10, 0.3, 1e300)),
    *(f(m, s) for f in (tr.Laplace, tr.Logistic, tr.Gumbel) for s in SCALES
      for m in (-1.7e308, -1.0, 0, 1e300)),
    *(tr.Burr(c, k, s) for s in SCALES for c in SHAPES for k in SHAPES),
    tr.GeneralizedPareto(0.5, 2, 1), tr.GeneralizedPareto(-0.5),
    tr.Exponential(2), tr.Exponential(1e300), tr.Exponential(1e-300),
    tr.Uniform(1, 3), tr.Uniform(-1e308, 5e307),
]  # fmt: skip
extreme = pytest.mark.parametrize("law", EXTREME, ids=repr)


@extreme
def test_no_parameter_makes_a_function_silently_nan(law):
    x = [-math.inf, -1e308, -1, 0, 5e-324, 1e-300, 1, 2, 1e300, 1.7e308, math.inf]
    assert not [f for f in OF_X if np.isnan(getattr(law, f)(x)).any()]


@extreme
def test_no_parameter_gives_values_off_the_support(law):
    low, high = law.support
    got = [*law.sample(100, rng=1), *law.isf([0, 1e-300, 1]), *law.ppf([0, 5e-324, 1])]
    got += [*law.inverse_hazard([5e-324, 0.7, 40, 700, 1e300, math.inf])]
    assert not [x for x in got if not low <= x <= high]


@extreme
def test_no_parameter_makes_a_moment_fail_without_a_reason(law):
    for moment in (law.mean(), law.var(), law.std()):
        assert isinstance(moment, tr.Answer)
        assert math.isfinite(moment) or moment.reason
    assert not law.var() < 0


@extreme
def test_no_parameter_spoils_a_race(law):
    if law.support[0] >= 0:
        model = tr.IndependentSteps(law)
        result = model.simulate(10, 20, rng=1)
        assert 0.1 - 1e-12 <= result.largest_share() <= 1
        assert model.rate >= 0
        assert model.verdict().endswith(".")
        result.sample_mean().confidence_interval()
        assert "nan" not in tr.steps_table([model], steps=[2], trials=20, rng=1).table()
