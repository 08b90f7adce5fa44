"""What the docs show and measure of the laws: docs/laws_shown.py, docs/accuracy.py."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import tailrace as tr
from accuracy import cases_of, quantile_error
from laws_shown import NO_FAMILY, NOT_MEASURED, SHOWN


def test_every_family_of_laws_is_shown():
    public = {name: getattr(tr, name) for name in tr.__all__}
    laws = {
        name
        for name, thing in public.items()
        if isinstance(thing, type) and issubclass(thing, tr.Law)
    }
    assert set(SHOWN) == laws - set(NO_FAMILY)


def test_every_line_shows_laws_of_its_family():
    for name, laws in SHOWN.items():
        assert laws
        assert {type(law).__name__ for law in laws} == {name}


def test_every_family_shown_has_a_formula_to_be_measured_against():
    assert {name for name in SHOWN if not cases_of(name)} == set(NOT_MEASURED)


def test_an_error_of_a_quantile_is_counted_in_ulp():
    for name in ("Pareto", "Weibull", "Uniform"):
        case = cases_of(name)[0]
        x = case.law.inverse_hazard(0.75)
        right = quantile_error(case, mp.mpf(0.75), x)
        wrong = quantile_error(case, mp.mpf(0.75), np.nextafter(x, np.inf))
        assert right <= 0.5
        assert 0.5 <= wrong <= 1.5
        assert min(abs(wrong - right - 1.0), abs(wrong + right - 1.0)) < 1e-9
