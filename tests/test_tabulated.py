"""Draws of laws with tables: cpp/tailrace/laws/tabulated.hpp, tables, makers."""

from __future__ import annotations

import numpy as np
import pytest
import reference
import tailrace as tr
from law_cases import TABULATED
from numpy.testing import assert_allclose, assert_array_equal
from stat_checks import assert_follows
from tailrace import _core

each_case = pytest.mark.parametrize("case", TABULATED, ids=str)
P_FAIL = 1e-9

# The key that a seed of 1 gives.
SEED = b"\1".ljust(32, b"\0")

DIRECT = (tr.Normal, tr.LogNormal, tr.StudentT, tr.Cauchy)

# Laws at the limits of their shapes: tables there are the hardest to build.
EXTREME = [
    tr.Gamma(1e-3),
    tr.Gamma(1e6),
    tr.Gamma(1e15),
    tr.InverseGamma(0.01),
    tr.InverseGamma(1e15),
    tr.StudentT(0.01),
    tr.StudentT(0.14),
    tr.StudentT(1e6),
    tr.StudentT(1e12),
    tr.GeneralizedNormal(0.01),
    tr.GeneralizedNormal(1000.0),
    tr.LogNormal(0.0, 100.0),
]


def assert_draws_are(law, got, want):
    """Assert 1e-12 of each value, or of the scale of a law that has a location.

    At the limits of the shapes values are exponentials of hundreds, which multiply the
    rounding of their argument: 5e-12.
    """
    about_0 = hasattr(law, "loc")
    size = np.maximum(np.abs(want), max(abs(law.loc), law.scale) if about_0 else 0.0)
    fine = np.isfinite(want) & (np.abs(want) > 1e-300)
    error = np.abs(got[fine] - want[fine]) / size[fine]
    assert np.max(error, initial=0.0) <= (5e-12 if law in EXTREME else 1e-12)


@pytest.mark.parametrize("law", [*(case.law for case in TABULATED), *EXTREME], ids=repr)
@pytest.mark.parametrize("q", [1 / 15, 0.7, 2.0**20, 2.0**60])
def test_draws_are_the_exact_inverse_of_their_clocks(isa, law, q):
    # The smallest of q has the clock e / q: from 2^-124 to 675.
    count = 2000 if isa != "baseline" else 200
    clocks = _core.clocks_from_bits(_core.stream_bits(SEED, 0, 0, count)[:count])
    got = law.min_of(q).sample(count, rng=1)
    assert_draws_are(law, got, law.inverse_hazard(clocks / q))


@pytest.mark.parametrize(
    "law",
    [law for law in [*(c.law for c in TABULATED), *EXTREME] if type(law) not in DIRECT],
    ids=repr,
)
def test_unselected_draws_fold_the_bits_at_the_median(isa, law):
    # The sign of x = (k + 1/2) / 2^64 is the half, and |x| the probability beyond.
    count = 2000 if isa != "baseline" else 200
    bits = _core.stream_bits(SEED, 0, 0, count)[:count].view(np.int64)
    p = np.abs((bits + 0.5) * 2.0**-64)
    want = np.where(bits >= 0, law.isf(p), law.ppf(p))
    assert_draws_are(law, law.sample(count, rng=1), want)


@each_case
def test_exact_inverse_and_hazard_agree_from_end_to_end(case):
    law = case.law
    e = np.concatenate([2.0 ** np.arange(-64, 0, 0.5), np.linspace(1.0, 700.0, 300)])
    x = law.inverse_hazard(e)
    inside = (x > law.support[0]) & np.isfinite(x) & (np.abs(x) > 1e-300)
    e, x = e[inside], x[inside]
    # What rounding x does to the hazard, by its rate.
    with np.errstate(all="ignore"):
        rounding = np.spacing(np.abs(x)) * np.exp(law.logpdf(x) - law.logsf(x))
    allowed = 2 * case.ulp * 2.0**-52 * e + rounding
    assert np.all(np.abs(law.hazard(x) - e) <= allowed)


def words(count):
    """Random words as the reference takes them."""
    return [int(word) for word in _core.stream_bits(SEED, 0, 0, count)]


def test_normal_draws_are_the_pairs_of_the_reference(isa):
    bits, got = words(64), tr.Normal().sample(64, rng=1)
    moved = tr.LogNormal(1.0, 0.5).sample(64, rng=1)
    for group in range(0, 64, 16):
        for i in range(group, group + 8):
            pair = [float(z) for z in reference.normal_pair(bits[i], bits[i + 8])]
            assert_allclose([got[i], got[i + 8]], pair, rtol=2e-15)
            want = np.exp(1.0 + 0.5 * np.array(pair))
            assert_allclose([moved[i], moved[i + 8]], want, rtol=2e-15)


@pytest.mark.parametrize("df", [0.5, 3.0, 1e6])
def test_draws_of_student_t_are_those_of_the_reference(isa, df):
    bits, got = words(64), tr.StudentT(df).sample(32, rng=1)
    for i, x in enumerate(got):
        at = i // 8 * 16 + i % 8
        want = float(reference.student_t(df, bits[at], bits[at + 8]))
        # An exponential of up to 2 / df * 45 multiplies its rounding.
        assert_allclose(x, want, rtol=(8 + 100 / df) * 2.0**-53)


def test_draws_of_cauchy_are_those_of_the_reference(isa):
    bits, got = words(32), tr.Cauchy().sample(32, rng=1)
    want = [float(reference.cauchy(word)) for word in bits]
    assert_allclose(got, want, rtol=2e-15)


@pytest.mark.parametrize(
    "law",
    [
        tr.Normal(),
        tr.LogNormal(1.0, 3.0),
        tr.StudentT(3.0),
        tr.StudentT(0.5),
        tr.StudentT(1e6),
        tr.Cauchy(),
        tr.Gamma(2.5),
        tr.Levy(),
        tr.GeneralizedNormal(0.5),
    ],
    ids=repr,
)
def test_many_draws_follow_the_law_down_to_both_ends(law):
    # Given X beyond the point of chance p, sf(X) / p is uniform; so for the other end.
    x = np.concatenate([law.sample(2_000_000, rng=seed) for seed in range(10)])
    assert_follows(law.cdf(x[:100_000]), lambda u: u, p_fail=P_FAIL)
    for p in (1e-3, 1e-6):
        above, below = x[x > law.isf(p)], x[x < law.ppf(p)]
        assert min(above.size, below.size) > 0.3 * p * x.size
        assert_follows(law.sf(above) / p, lambda u: u, p_fail=P_FAIL)
        assert_follows(law.cdf(below) / p, lambda u: u, p_fail=P_FAIL)


@pytest.mark.parametrize(
    "law",
    [
        tr.Normal(2.0, 3.0),
        tr.StudentT(3.0, 2.0),
        tr.Cauchy(2.0),
        tr.StudentT(0.05, 2.0),
    ],
    ids=repr,
)
def test_symmetric_laws_are_symmetric(law):
    x = np.array([0.0, 1e-300, 1e-20, 2.0**-26, 0.25, 1.0, 30.0, 2.0**49, 1e300])
    assert_array_equal(law.sf(2.0 + x), law.cdf(2.0 - x))
    assert law.median() == 2.0
    assert law.sf(2.0) == law.cdf(2.0) == 0.5


@pytest.mark.parametrize(
    ("law", "same"),
    [
        (tr.Gamma(1.0, 3.0), tr.Exponential(3.0)),
        (tr.GeneralizedNormal(1.0, 2.0, 3.0), tr.Laplace(2.0, 3.0)),
        (tr.GeneralizedNormal(2.0, 1.0, 2.0**0.5), tr.Normal(1.0, 1.0)),
        (tr.StudentT(1.0, 1.0, 3.0), tr.Cauchy(1.0, 3.0)),
        (tr.Levy(0.0, 3.0), tr.InverseGamma(0.5, 1.5)),
    ],
    ids=repr,
)
def test_laws_meet_where_one_is_a_case_of_the_other(law, same):
    p = np.concatenate([10.0 ** np.arange(-150.0, 0.0, 9.0), [0.3, 0.9, 1 - 1e-9]])
    x = same.isf(p)
    # The scale of the normal is rounded, and counts 150 times in its exponent.
    loose = 3e-13 if isinstance(same, tr.Normal) else 5e-15
    assert_allclose(law.sf(x), same.sf(x), rtol=loose)
    assert_allclose(law.cdf(x), same.cdf(x), rtol=loose)
    assert_allclose(law.pdf(x), same.pdf(x), rtol=loose)
    assert_allclose(law.isf(p), x, rtol=loose)
    assert_allclose(law.var(), same.var(), rtol=1e-15)


def test_densities_at_the_end_of_the_support():
    assert tr.Gamma(2.5).pdf(0.0) == tr.InverseGamma(2.0).pdf(0.0) == 0.0
    assert tr.LogNormal().pdf(0.0) == tr.Levy(2.0).pdf(2.0) == 0.0
    assert_allclose(tr.Gamma(1.0, 4.0).pdf(0.0), 0.25, rtol=1e-15)
    assert tr.Gamma(0.5).pdf(0.0) == np.inf
    for law in (tr.Normal(), tr.StudentT(3.0), tr.GeneralizedNormal(0.5)):
        assert_array_equal(law.pdf([-np.inf, np.inf]), 0.0)


@pytest.mark.parametrize("law", EXTREME, ids=repr)
def test_laws_at_the_limits_of_their_shapes_are_no_nan(law):
    assert not np.isnan(law.sample(10_000, rng=1)).any()
    e = np.concatenate([10.0 ** np.arange(-300.0, 0.0, 3.0), np.arange(1.0, 700.0)])
    x = law.inverse_hazard(e)
    x = x[np.isfinite(x)]
    assert np.all(np.diff(x) >= -1e-12 * np.abs(x[1:]))
    for name in ("sf", "cdf", "logsf", "logcdf", "pdf", "logpdf", "hazard"):
        values = getattr(law, name)(x)
        assert not np.isnan(values).any()


def test_moments_do_not_overflow_into_nan():
    big = tr.LogNormal(0.0, 60.0)
    assert big.mean() == np.inf
    assert big.mean().reason == "the mean is too large for a double"
    assert tr.LogNormal(-1e300, 1e140).mean() == 0.0
    assert tr.LogNormal(0.0, 1e-200).std() == pytest.approx(0.0, abs=1e-199)
    assert_allclose(tr.LogNormal(3.0, 1e-9).std(), np.exp(3.0) * 1e-9, rtol=1e-14)
    assert_allclose(tr.GeneralizedNormal(1000.0).var(), 1 / 3, rtol=1e-2)
    assert_allclose(tr.GeneralizedNormal(2.0).var(), 0.5, rtol=1e-15)
    assert np.isfinite(tr.GeneralizedNormal(0.02).var())
    assert_allclose(tr.Gamma(1e15, 1e-165).var(), 1e-315, rtol=1e-7)
    assert tr.StudentT(2.0).var() == np.inf
