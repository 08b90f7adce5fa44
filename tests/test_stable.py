"""Stable laws: cpp/tailrace/tables/zolotarev.hpp, makers/stable.cpp, laws/stable.hpp."""

from __future__ import annotations

import math
import os
import subprocess
import sys

import mpmath as mp
import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose
from scipy import stats
from stat_checks import assert_binomial, assert_follows
from tailrace import _core

PAIRS = [
    (1.5, 0.5),
    (1.5, -1.0),
    (1.9, 0.3),
    (1.1, 1.0),
    (1.02, 0.5),
    (1.3, 0.0),
    (1.999, -0.999),
    (0.5, 0.5),
    (0.5, 1.0),
    (0.9, -0.9),
    (0.98, 0.2),
    (0.3, 0.7),
    (0.1, -0.4),
]
each_pair = pytest.mark.parametrize(("alpha", "beta"), PAIRS)


def law_of(alpha: float, beta: float) -> tr.Stable:
    return tr.Stable(alpha, beta)


def upper_tail(alpha: float, beta: float, x: float) -> mp.mpf:
    """Return P(X > x) for x > 0 by H. Bergstrom's series, Ark. Mat. 2 (1952).

    In x for alpha > 1, in 1 / x for alpha < 1; these converge for every x, after terms
    that cancel: the precision must hold their digits.
    """
    a, b, x = mp.mpf(alpha), mp.mpf(beta), mp.mpf(x)
    bend = b * mp.tan(mp.pi * a / 2)
    rho = mp.mpf(1) / 2 + mp.atan(bend) / (mp.pi * a)
    z = x * (1 + bend**2) ** (-1 / (2 * a))
    total, n = mp.mpf(0), 0
    while True:
        n += 1
        if a > 1:
            size = mp.gamma(1 + n / a) / mp.factorial(n) / n * z**n
            term = -size * mp.sin(n * mp.pi * rho)
        else:
            size = mp.gamma(n * a) / mp.factorial(n) * z ** (-n * a)
            term = size * mp.sin(n * mp.pi * a * rho)
        total += term if n % 2 else -term
        if n > 5 and size < mp.eps:
            return total / mp.pi + (rho if a > 1 else 0)


def tails(alpha: float, beta: float, x: float) -> tuple[mp.mpf, mp.mpf]:
    """Return P(X > x) and P(X <= x), for x not too far into a side of slow series."""
    if x > 0:
        upper = upper_tail(alpha, beta, x)
        return upper, 1 - upper
    lower = upper_tail(alpha, -beta, -x)
    return 1 - lower, lower


def far_tail(alpha: float, beta: float, x: float) -> mp.mpf:
    """Return the leading term of P(X > x): all of it for x = 1e200 and more."""
    a = mp.mpf(alpha)
    share = (1 + mp.mpf(beta)) * mp.gamma(a) * mp.sin(mp.pi * a / 2) / mp.pi
    return share * mp.mpf(x) ** -a


@each_pair
def test_tails_are_those_of_the_convergent_series(alpha, beta):
    # Next to alpha = 1 the series is a geometric one for a long time.
    plain = abs(alpha - 1) > 0.2
    near = [0.01, 0.1, 0.5, 0.9, *([2.0, 3.0] if plain else [])]
    far = [*([0.3] if plain else []), 1.1, 3.0, 10.0, 300.0, 1e8]
    size = (1 + (beta * math.tan(math.pi * alpha / 2)) ** 2) ** (0.5 / alpha)
    x = size * np.array(near if alpha > 1 else far)
    law = law_of(alpha, beta)
    with mp.workdps(120):
        for v in [*x, *-x]:
            upper, lower = tails(alpha, beta, v)
            # Where a light tail has less than the digits left, it has none to show.
            if upper > mp.mpf(10) ** -80:
                assert abs(law.sf(v) / upper - 1) <= 1e-12
            if lower > mp.mpf(10) ** -80:
                assert abs(law.cdf(v) / lower - 1) <= 1e-12


@each_pair
@pytest.mark.parametrize("x", [1e200, 1e280, 1e300])
def test_far_tails_follow_the_power_law(alpha, beta, x):
    law = law_of(alpha, beta)
    tail = far_tail(alpha, beta, x)
    with mp.workdps(30):
        # logsf, since 1e300^-1.9 is no double.
        assert abs(law.logsf(x) - mp.log(tail)) <= 1e-12 if tail > 0 else True
        tail = far_tail(alpha, -beta, x)
        if tail > 1e-300:
            assert abs(law.cdf(-x) / tail - 1) <= 1e-12


@pytest.mark.parametrize("beta", [-0.5, 0.0, 1.0])
def test_a_probability_of_1e_300_has_its_quantile(beta):
    law = tr.Stable(1.5, beta)
    want = float((far_tail(1.5, beta, 1.0) / mp.mpf(1e-300)) ** (1 / mp.mpf(1.5)))
    assert_allclose(law.isf(1e-300), want, rtol=1e-12)
    assert_allclose(law.sf(law.isf(1e-300)), 1e-300, rtol=1e-12)


@each_pair
def test_agrees_with_scipy_in_the_body(alpha, beta):
    law = law_of(alpha, beta)
    x = np.asarray(law.ppf([0.05, 0.3, 0.5, 0.8, 0.95]))
    if 0.4 < alpha < 0.95 or 1.05 < alpha < 1.95:
        peer = stats.levy_stable(alpha, beta)
        assert_allclose(law.cdf(x), peer.cdf(x), rtol=1e-6)
        assert_allclose(law.pdf(x), peer.pdf(x), rtol=1e-6)


def test_special_cases_are_the_laws_with_names():
    x = np.array([-1e9, -30.0, -2.0, 0.3, 1.0, 7.0, 1e10])
    assert_allclose(tr.Stable(2.0, 0.7, 1.0, 3.0).sf(x), stats.norm(1, 18**0.5).sf(x))
    assert_allclose(tr.Stable(1.0, 0.0, 1.0, 3.0).sf(x), stats.cauchy(1, 3).sf(x))
    levy = tr.Stable(0.5, 1.0, 1.0, 3.0)
    assert_allclose(levy.sf(x), stats.levy(1, 3).sf(x), rtol=1e-12)
    assert_allclose(levy.cdf(x), stats.levy(1, 3).cdf(x), rtol=1e-12)
    inside = x[x > 1.5]
    assert_allclose(levy.pdf(inside), stats.levy(1, 3).pdf(inside), rtol=1e-11)
    assert levy.pdf(1.0) == levy.sf(math.inf) == levy.cdf(1.0) == 0.0
    assert (levy.isf(1.0), levy.isf(0.0)) == (1.0, math.inf)


@each_pair
def test_quantiles_invert_the_distribution(isa, alpha, beta):
    law = law_of(alpha, beta)
    p = np.array([2.0**-64, 1e-12, 1e-6, 0.01, 0.2, 0.49, 0.5])
    for ask, invert in [(law.sf, law.isf), (law.cdf, law.ppf)]:
        x = np.asarray(invert(p))
        # Next to an end of the support, doubles are too far apart to tell.
        fine = np.abs(x) > 1e-9
        rate = np.asarray(law.pdf(x)) * np.maximum(np.abs(x), 1e-3)
        assert np.all(np.abs(ask(x) - p)[fine] <= (1e-12 * (p + 3 * rate))[fine])
    clocks = np.array([1e-15, 0.1, 1.0, 20.0, 300.0, 700.0])
    x = np.asarray(law.inverse_hazard(clocks))
    fine = np.isfinite(x) & (np.abs(x) > 1e-9)
    assert_allclose(np.asarray(law.hazard(x))[fine], clocks[fine], rtol=2e-12)


@each_pair
def test_hazards_ascend_and_the_density_is_their_derivative(alpha, beta):
    law = law_of(alpha, beta)
    x = np.asarray(law.ppf(np.linspace(1e-3, 1 - 1e-3, 4001)))
    assert np.all(np.diff(law.hazard(x)) > 0)
    p = np.linspace(0.05, 0.95, 19)
    fold = np.asarray(law.ppf(p))
    # A small part of the way that the tails halve in, and of the way to zero.
    step = 1e-3 * np.minimum(p, 1 - p) / np.asarray(law.pdf(fold))
    step = np.minimum(step, 1e-3 * np.abs(fold)) if alpha < 1 else step
    ends = np.arange(-3, 4)[:, None] * step
    weights = np.array([-1, 9, -45, 0, 45, -9, 1])[:, None] / 60
    slope = (weights * np.asarray(law.cdf(fold + ends))).sum(axis=0) / step
    assert_allclose(law.pdf(fold), slope, rtol=1e-6)


@pytest.mark.parametrize("alpha", [0.6, 1.7])
def test_skewness_next_to_1_is_next_to_the_end(alpha):
    x = np.array([0.5, 1.0, 3.0, 100.0])
    assert_allclose(
        tr.Stable(alpha, 1 - 1e-12).sf(x), tr.Stable(alpha, 1.0).sf(x), rtol=1e-10
    )


@pytest.mark.parametrize("x", [-2.0, 0.1, 1.0, 50.0])
def test_across_alpha_1_the_law_is_continuous_in_s0(x):
    below, above = (tr.Stable(a, 0.5, parametrization="S0") for a in (0.98, 1.02))
    assert_allclose(below.sf(x), above.sf(x), rtol=0.25)
    below, above = (tr.Stable(a, 0.0) for a in (0.98, 1.02))
    middle = 0.5 * (below.sf(x) + above.sf(x))
    assert_allclose(middle, tr.Stable(1.0).sf(x), rtol=1e-2)


def test_next_to_alpha_2_the_tail_is_heavy_all_the_same():
    law = tr.Stable(1.999999, 0.0)
    assert_allclose(law.sf(1.0), tr.Stable(2.0).sf(1.0), rtol=1e-5)
    with mp.workdps(30):
        want = float(mp.log(far_tail(1.999999, 0, 1e100)))
    assert_allclose(law.logsf(1e100), want, rtol=1e-14)


@each_pair
def test_mirrored_laws_and_parametrisations_agree(alpha, beta):
    law, mirror = law_of(alpha, beta), law_of(alpha, -beta)
    x = np.asarray(law.ppf([1e-9, 0.01, 0.4, 0.6, 0.99]))
    assert_allclose(mirror.cdf(-x), law.sf(x), rtol=1e-12)
    moved = beta * math.tan(math.pi * alpha / 2)
    s0 = tr.Stable(alpha, beta, 3.0 + 2.0 * moved, 2.0, "S0")
    s1 = tr.Stable(alpha, beta, 3.0, 2.0)
    assert_allclose(s0.sf(3.0 + 2.0 * x), s1.sf(3.0 + 2.0 * x), rtol=1e-9, atol=1e-13)


def by_chambers_mallows_stuck(
    alpha: float, beta: float, count: int, seed: int
) -> np.ndarray:
    """J. M. Chambers, C. L. Mallows, B. W. Stuck, JASA 71 (1976)."""
    rng = np.random.default_rng(seed)
    angle = math.pi * (rng.random(count) - 0.5)
    e = rng.exponential(size=count)
    bend = beta * math.tan(math.pi * alpha / 2)
    turn = math.atan(bend) / alpha
    size = (1 + bend**2) ** (0.5 / alpha)
    part = np.cos(angle - alpha * (angle + turn)) / e
    return (
        size
        * np.sin(alpha * (angle + turn))
        / np.cos(angle) ** (1 / alpha)
        * part ** ((1 - alpha) / alpha)
    )


@each_pair
def test_draws_and_their_twin_follow_the_law(alpha, beta):
    law = law_of(alpha, beta)
    count = 400_000
    draws = law.sample(count, rng=11)
    assert_follows(draws, law.cdf, p_fail=1e-9)
    twin = by_chambers_mallows_stuck(alpha, beta, count, 12)
    assert_follows(twin, law.cdf, p_fail=1e-9)
    for x in (draws, twin):
        for p in (1e-3, 1e-6):
            beyond = int(np.sum(x > law.isf(p)))
            assert_binomial(beyond, count, p, p_fail=1e-9)
            below = int(np.sum(x < law.ppf(p)))
            assert_binomial(below, count, p, p_fail=1e-9)
        top = x[x > law.isf(1e-3)]
        assert_follows(top, lambda v: 1 - law.sf(v) / 1e-3, p_fail=1e-9)
        bottom = -x[x < law.ppf(1e-3)]
        assert_follows(bottom, lambda v: 1 - law.cdf(-v) / 1e-3, p_fail=1e-9)


SHOW = """
import numpy as np
import tailrace as tr
for alpha, beta in [(1.5, 0.5), (0.7, -1.0)]:
    law = tr.Stable(alpha, beta)
    x = law.sample(100, rng=5)
    print(x.tobytes().hex(), law.sf(x).tobytes().hex(), law.pdf(x).tobytes().hex())
"""


def test_tables_made_by_any_instruction_set_have_the_same_bits():
    # A process each, for tables are kept.
    shown = {
        subprocess.run(
            [sys.executable, "-c", SHOW],
            env={**os.environ, "TAILRACE_ISA": name},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name in _core.build_info()["isa_available"]
    }
    assert len(shown) == 1


def test_moments_support_and_tail_indices():
    law = tr.Stable(1.5, 0.5, 3.0, 2.0)
    assert (law.mean(), law.var(), law.tail_index) == (3.0, math.inf, 1.5)
    moved = tr.Stable(1.5, 0.5, 3.0, 2.0, "S0").mean()
    assert_allclose(moved, 3.0 + 0.5 * 2.0)
    assert tr.Stable(2.0, scale=3.0).var() == 18.0
    assert tr.Stable(0.7, 1.0, 5.0).support == (5.0, math.inf)
    assert tr.Stable(0.7, -1.0, 5.0).support == (-math.inf, 5.0)
    assert tr.Stable(0.7, 0.9).support == (-math.inf, math.inf)
    assert tr.Stable(1.7, -1.0).tail_index == math.inf
    assert tr.Stable(1.7, -1.0)._lower_tail_index == 1.7
    assert tr.Stable(1.7, 1.0)._lower_tail_index == math.inf


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.05,), "alpha must be from 0.1 to 1.999999, or 2, got 0.05"),
        ((2.5,), "alpha must be from 0.1 to 1.999999, or 2, got 2.5"),
        ((1.5, 1.2), "beta must be from -1 to 1, got 1.2"),
        ((1.01, 0.5), "alpha must be at least 0.02 away from 1, or 1 with beta 0"),
        ((1.0, 0.5), "alpha must be at least 0.02 away from 1, or 1 with beta 0"),
        ((1.5, 0.5, math.inf), "loc must be finite, got inf"),
        ((1.5, 0.5, 0.0, 0.0), "scale must be"),
        ((1.5, 0.5, 0.0, 1.0, "S2"), "parametrization must be 'S1' or 'S0', got 'S2'"),
    ],
)
def test_bad_parameters_are_refused_in_words(arguments, message):
    with pytest.raises(ValueError, match=message):
        tr.Stable(*arguments)
