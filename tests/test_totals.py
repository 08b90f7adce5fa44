"""Totals of Pareto steps against numbers in 30 and more digits."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose

# Quantiles of T_n / n by inversion of the transform along a ray in 170-bit arithmetic, to
# 18 digits; a second method agrees to 1e-30. (a, n): {p: value}.
QUANTILES = {
    (0.5, 2): {0.001: 1.04680273648244472, 0.5: 7.46410161513775459},
    (0.5, 10): {0.001: 2.06595707821771935, 0.5: 35.0960714461726910},
    (0.8, 2): {0.01: 1.09882527469503632, 0.9: 22.8449059485215477},
    (1.0, 100): {0.001: 2.77826686703621183, 0.5: 6.36060538202857025},
    (1.2, 10): {0.01: 1.47912926340207746, 0.5: 3.01501072563043106},
    (1.2, 1000): {0.05: 3.71126428805615001, 0.5: 4.63655654222649426},
    (1.5, 2): {0.25: 1.39958583283905988, 0.95: 6.944320396376569},
    (2.0, 1000): {0.001: 1.79452226558440899, 0.5: 1.98425849056880310},
    (3.0, 2): {0.001: 1.00760529690007016, 0.5: 1.33909684258468906},
    (3.0, 100): {0.001: 1.31004547664449405, 0.5: 1.49003647042955537},
}
# Medians of T_n / n for n = 10^4, likewise.
MEDIANS = {
    0.5: 34528.3915389848036,
    0.8: 55.1482577416290539,
    1.0: 10.9877319213666291,
    1.2: 5.07414494519746373,
    1.5: 2.93695147061508216,
    2.0: 1.99565857274936868,
    3.0: 1.49978143848324249,
}


@pytest.mark.parametrize(("a", "n"), QUANTILES)
def test_quantiles_have_ten_digits(a, n):
    total = tr.Pareto(a).sum_of(n)
    for p, exact in QUANTILES[a, n].items():
        found = total.ppf(p)
        assert_allclose(found / n, exact, rtol=1e-11)
        # What it says of its error is no less than the error, but for the rounding.
        assert abs(found / n - exact) <= found.numerical_error / n + 4e-16 * exact
        assert_allclose(total.cdf(n * exact), p, rtol=1e-11)


@pytest.mark.parametrize("a", MEDIANS)
def test_medians_of_many_steps_have_ten_digits(a):
    # Large values of the tail index 0.5 are as hard as the sum of 10^4 terms of 10^8.
    total = tr.IndependentSteps(tr.Pareto(2.0 * a), 0.5).total(10**4)
    assert_allclose(total.median() / 1e4, MEDIANS[a], rtol=1e-12)


def _near(k: float, ulps: int) -> float:
    for _ in range(abs(ulps)):
        k = math.nextafter(k, math.copysign(math.inf, ulps))
    return k


# P(T_n <= t), or P(T_n - n mean <= y) from index 2 on, in mpmath with 40 digits by the
# same formula with a E_{a+1}(s) itself: near integers the usual series loses everything.
NEAR_INTEGERS = [
    (1.0, 10, 40.82585092994046, 0.50521894541840646359),
    (1.0, 10**12, 29411021115928.547, 0.50018679296562260773),
    (_near(1.0, 1), 10, 40.82585092994046, 0.50521894541840671526),
    (_near(1.0, 1), 10**6, 15595510.557964273, 0.50019046462602691079),
    (_near(1.0, -1), 10**12, 29411021115928.547, 0.50018679296561637569),
    (1.00000001, 10**6, 15595510.557964273, 0.50019062143192144114),
    (1.00000001, 10**12, 26469919004335.69, 0.04180451819841801499),
    (0.99999, 10, 61.23877639491069, 0.70831698224619650095),
    (0.99999, 10**12, 44116531673892.82, 0.92860952088785294617),
    (2.0, 10, -8.620218361060584, 0.00024716475364880724971),
    (2.0, 10**12, -1070159.2613425078, 0.43760098124494152587),
    (_near(2.0, 1), 10**6, -769.8184346445407, 0.45448309845645768393),
    (_near(2.0, -1), 10, 5.746812240707056, 0.88180472690115111692),
    (_near(2.0, -1), 10**12, 5350796.306712539, 0.84576582022574952703),
    (2.00000001, 10**12, -8026194.460068809, 0.065879364187392973944),
    (3.0, 10, -4.107919181288746, 0.00026111469977836690663),
    (3.0, 10**12, -1299038.105676658, 0.066805513819632976275),
    (_near(3.0, 1), 10**6, -1299.0381056766576, 0.065972908154330169394),
    (_near(3.0, 1), 10**12, -1299038.1056766575, 0.066805513819632974025),
    (_near(3.0, -1), 10**6, -1299.0381056766585, 0.065972908154330175111),
    (_near(3.0, -1), 10**12, -1299038.1056766585, 0.066805513819632978526),
    (3.00000001, 10**6, -1299.0380948513407, 0.065972908177694381721),
    (3.00000001, 10**12, -1299038.0948513406, 0.066805513819737668597),
    (2.99999, 10**6, -1299.048931084417, 0.065972884789620912072),
    (2.99999, 10**12, -1299048.931084417, 0.066805513714930404342),
    (3.001, 10**6, -1297.956475268597, 0.06597523972385882086),
    (3.001, 10**12, -1297956.4752685968, 0.066805524244305816817),
]


@pytest.mark.parametrize(("a", "n", "x", "exact"), NEAR_INTEGERS)
def test_indices_next_to_integers_lose_no_digit(a, n, x, exact):
    total = tr.Pareto(a).sum_of(n)
    if a > 1.5:
        total = total.centred_at_mean()
    # Ten digits are asked for; all but the last two of a probability are there.
    assert_allclose(total.cdf(x), exact, rtol=1e-11, atol=1e-14)


def test_centred_totals_keep_the_digits_that_the_mean_would_take():
    # The same n as above; a total near 1.5e12 has steps of 2.4e-4.
    total = tr.Pareto(3.0).sum_of(10**12)
    gap = total.centred_at_mean()
    assert gap.mean() == 0.0
    assert_allclose(total.median() - 1.5e12, gap.median(), atol=3e-4)
    # The skewness is infinite at index 3, where it is not too far above this holds:
    # median = mean - skewness * sd / 6, here -2 (1 + a) / (a - 3) ... / 6, to O(1 / n).
    a, n = 8.0, 10**12
    sd = math.sqrt(a / (a - 2.0)) / (a - 1.0)
    skewness = 2.0 * (1.0 + a) / (a - 3.0) * math.sqrt((a - 2.0) / a)
    light = tr.Pareto(a).sum_of(n).centred_at_mean()
    assert_allclose(light.median(), -skewness * sd / 6.0, rtol=1e-6)


def test_a_barely_finite_mean_can_be_the_center():
    gap = tr.Pareto(1.001).sum_of(10).centred_at_mean()
    # In mpmath, as above.
    assert_allclose(gap.cdf(-8.620218361060584), 0.99900106073365453191, rtol=1e-13)


# P(T_n - n mean > y), or P(T_n - n > y) below index 1: the integral around the cut, and
# off it from where the integrand is least, by mpmath's quadrature with 40 digits; the two
# in which most is off the cut by the ray with 50.
TAILS = [
    (0.5, 1000, 1e9, 0.0316144929466957),
    (1.2, 1000, 1e6, 6.306994799891179e-5),
    (1.5, 10**6, 1e9, 3.162277645866892e-8),
    (2.5, 100, 1e3, 3.15212270324129853e-6),
    (2.2, 10**12, 4e7, 1.916867151816042e-5),
    (3.5, 10**6, 1.2e4, 5.39114388321535811e-9),
    (3.5, 10**12, 9e6, 4.745627238103367e-13),
    (6.5, 1000, 60.0, 3.52520680138625e-9),
    (6.5, 1000, 1e3, 3.141744699799839e-17),
    (20.5, 100, 5.0, 1.02148336151358e-12),
]


@pytest.mark.parametrize(("a", "n", "y", "exact"), TAILS)
def test_upper_tails_keep_their_digits(a, n, y, exact):
    total = tr.Pareto(a).sum_of(n)
    found = total.centred_at_mean().sf(y) if a > 1.0 else total.sf(n + y)
    assert_allclose(found, exact, rtol=1e-12)
    assert found.numerical_error < 1e-9 * exact


@pytest.mark.parametrize(("a", "n"), [(0.5, 1000), (1.2, 10**6), (2.5, 100)])
@pytest.mark.parametrize("p", [1e-30, 1e-300])
def test_the_farthest_tail_is_that_of_one_large_value(a, n, p):
    total = tr.Pareto(a).sum_of(n)
    if a < 1.0:
        p = max(p, 1e-145)  # of less than that times are larger than doubles
    assert_allclose(total.sf(total.isf(p)), p, rtol=1e-10)
    x = (n / p) ** (1.0 / a)
    # P(T > x) = n x^-a (1 + O(n mean / x)) above index 1, (1 + O(n x^-a)) below.
    rest = a * n * (a / (a - 1.0)) / x if a > 1.0 else n * x**-a
    assert_allclose(total.sf(x), n * x**-a, rtol=2.0 * rest + 1e-11)


# log P(T_n <= n D): across the saddle, by mpmath's quadrature with 30 digits; and the rate
# -log of the least value of the integrand, over n.
LEFT = [
    (1.5, 1000, 2.0, -29.3212056477735893, 0.026674044061825),
    (1.0, 1000, 3.0, -41.6543946859688717, 0.0389544993939273),
    (0.5, 1000, 10.0, -86.1526720642308611, 0.0833632028075249),
]


@pytest.mark.parametrize(("a", "n", "average", "log_p", "rate"), LEFT)
def test_lower_tails_have_their_rate_of_decay(a, n, average, log_p, rate):
    total = tr.Pareto(a).sum_of(n)
    found = total.logcdf(n * average)
    assert_allclose(found, log_p, atol=1e-11)
    assert_allclose(total.decay_rate(average), rate, rtol=1e-12)
    # Chernoff's bound.
    assert found <= -n * rate


def test_lower_tails_reach_as_far_as_logarithms():
    # For large n the logarithm is the rate, but for log(n) / 2n of it.
    for n in (10**4, 10**8, 10**12):
        total = tr.Pareto(3.0).sum_of(n)
        rate = total.decay_rate(1.4)
        assert_allclose(
            -total.logcdf(1.4 * n) / n, rate, rtol=20.0 / (n * rate) + 1e-12
        )
    assert total.decay_rate(1.5) == total.decay_rate(9.0) == 0.0
    assert total.decay_rate(0.99) == math.inf


def test_the_rate_of_rare_speed_below_index_one_follows_its_power_law():
    # I(D) = pi / (4 D) (1 + O(1 / D)) for the index 1/2.
    total = tr.Pareto(0.5).sum_of(10)
    assert_allclose(total.decay_rate(1e6), math.pi / 4e6, rtol=1e-5)


def test_one_and_two_steps_have_their_formulas():
    law = tr.Pareto(1.2)
    assert law.sum_of(1) == law
    # P(T_2 > t) by quadrature of the convolution, in mpmath.
    assert_allclose(law.sum_of(2).sf(5.0), 0.41415081533058886, rtol=1e-12)


def test_totals_depend_on_the_product_of_index_and_attempts_only():
    for n in (2, 1000, 10**9):
        one = tr.IndependentSteps(tr.Pareto(1.2), 2.0).total(n).median()
        other = tr.IndependentSteps(tr.Pareto(0.6), 4.0).total(n).median()
        assert_allclose(one, other, rtol=1e-15)


def test_more_attempts_are_never_slower():
    p = np.array([1e-9, 0.01, 0.5, 0.99, 1 - 1e-9])
    attempts = [0.3, 0.83, 1 / 1.2, 0.84, 1.7, 20.0]
    for n in (3, 10**8):
        rows = [
            tr.IndependentSteps(tr.Pareto(1.2), q).total(n).ppf(p) for q in attempts
        ]
        assert (np.diff(rows, axis=0) < 0.0).all()
