"""Clocks of cpp/tailrace/clocks/from_bits.hpp: errors, both tails, and the law."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
import reference
from numpy.testing import assert_array_equal
from stat_checks import assert_binomial, assert_follows
from tailrace import _core
from ulp import worst_ulp_error

LOG2 = np.log(2.0)
LARGEST = float(65 * mp.log(2))
SMALLEST = 2.0**-65

# In ULP of the clock that the 64 bits stand for. Of 4e8 clocks, most of them just below
# 1 and 1/2, the worst was wrong by 2.073; rounding the bits to a double is 0.8 of that.
BOUND = 2.25
HARDEST = [-6630279992821713407, 6790420476244564484]  # 2.073, 1.726


def bits_of(k):
    """Signed integers as random bits; k >= 0 is the upper tail, k < 0 the lower one."""
    return np.asarray(k, dtype=np.int64).view(np.uint64)


def any_size(count, seed):
    """Integers from 0 to 2^63 whose numbers of digits are as likely as each other."""
    rng = np.random.default_rng(seed)
    bits = rng.integers(2**63, size=count) >> rng.integers(63, size=count)
    return bits.astype(np.int64)


def extreme_bits():
    """Every end of a half and of a power of two, with its neighbours."""
    powers = [2**j + d for j in range(64) for d in (-1, 0, 1)]
    ends = [0, 1, 2, 2**63 - 2, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 2, 2**64 - 1]
    both = powers + [2**64 - 1 - p for p in powers]
    return np.array([*ends, *both], dtype=np.uint64)


def sample_bits():
    rng = np.random.default_rng(4)
    size = any_size(3000, seed=5)
    near_one = (rng.uniform(0.35, 0.38, 1500) * 2.0**64).astype(np.int64)
    return np.concatenate(
        [
            extreme_bits(),
            _core.stream_bits(b"clocks", 0, 0, 4000),
            bits_of(size),
            bits_of(-1 - size),
            bits_of(near_one),
            bits_of(-near_one),
            bits_of(HARDEST),
        ]
    )


@pytest.fixture(scope="module")
def bits_and_truth():
    bits = sample_bits()
    return bits, [reference.clock(int(u)) for u in bits]


def test_clocks_agree_with_the_reference(isa, bits_and_truth):
    bits, want = bits_and_truth
    worst, where = worst_ulp_error(bits, _core.clocks_from_bits(bits), want)
    assert worst <= BOUND, f"{worst:.3f} ULP at {where!r} on {isa}"


def test_ends_of_both_halves_are_exact(isa):
    ends = np.array([0, 2**63 - 1, 2**63, 2**64 - 1], dtype=np.uint64)
    got = _core.clocks_from_bits(ends)
    assert_array_equal(got, [LARGEST, LOG2, LOG2, SMALLEST], err_msg=isa)


def test_no_bits_give_infinity_or_zero(isa, bits_and_truth):
    clocks = _core.clocks_from_bits(bits_and_truth[0])
    assert np.all(clocks >= SMALLEST), isa
    assert np.all(clocks <= LARGEST), isa


def test_clocks_have_the_same_bits_on_every_isa(isa):
    bits = sample_bits()
    # Starts that are no multiple of a vector, and lengths that leave a remainder.
    parts = [bits, *(bits[n : 2 * n] for n in (0, 1, 7, 8, 511, 513, 1001))]
    got = [_core.clocks_from_bits(part) for part in parts]
    _core.set_isa("baseline")
    for part, mine in zip(parts, got, strict=True):
        want = _core.clocks_from_bits(part)
        assert_array_equal(mine.view(np.uint64), want.view(np.uint64), err_msg=isa)


def test_every_clock_below_1e_13_is_a_different_one():
    # All the bits there are: the 1.8 million values of k just below 0.
    k = np.arange(int(-1.01e-13 * 2**64), 0)
    clocks = _core.clocks_from_bits(bits_of(k))
    assert clocks[0] > 1e-13
    assert np.sum(clocks < 1e-13) == int(1e-13 * 2**64)
    assert np.all(np.diff(clocks) < 0)


def test_every_clock_above_30_is_a_different_one():
    # All the bits there are: the 1.7 million values of k just above 0.
    k = np.arange(int(1.01 * np.exp(-30) * 2**64))
    clocks = _core.clocks_from_bits(bits_of(k))
    assert clocks[-1] < 30
    assert np.sum(clocks > 40) == round(np.exp(-40) * 2**64)
    assert np.all(np.diff(clocks) < 0)


@pytest.mark.parametrize("sign", [1, -1], ids=["upper", "lower"])
def test_clocks_are_monotone_within_each_half(isa, sign):
    starts = any_size(40, seed=6)
    if sign < 0:
        starts = -1 - starts
    # Steps of a few doubles, of which there are 2^11 integers apiece near v = 1/2.
    runs = [np.arange(200) * 700 + np.clip(k, -(2**63), 2**63 - 2**18) for k in starts]
    runs.append(np.sort(sign * any_size(5000, seed=7)))
    for k in runs:
        k = k[k >= 0] if sign > 0 else k[k < 0]
        assert np.all(np.diff(_core.clocks_from_bits(bits_of(k))) <= 0), isa


def exponential_cdf(x):
    return -np.expm1(-x)


def test_clocks_follow_the_exponential_law():
    clocks = _core.clocks_from_bits(_core.stream_bits(b"law", 0, 0, 10**6))
    assert_follows(clocks, exponential_cdf, p_fail=1e-9)


def test_both_tails_hold_their_share_of_clocks():
    # 32 exact checks share the chance of a false alarm.
    clocks = _core.clocks_from_bits(_core.stream_bits(b"share", 0, 0, 10**6))
    for j in range(1, 17):
        p = 2.0**-j
        above = int(np.sum(clocks > -np.log(p)))
        below = int(np.sum(clocks < -np.log1p(-p)))
        assert_binomial(above, len(clocks), p, p_fail=1e-9 / 32)
        assert_binomial(below, len(clocks), p, p_fail=1e-9 / 32)


# Beyond P = 1e-6 a sample is too short, so the leading bits are set by hand. Given them
# v is uniform below 2^-lead, on a grid of 2^-24 or finer, which adds as little to a gap
# that may be 5e-3.
LEADS = [20, 30, 40]


def small_integers(lead):
    bits = _core.stream_bits(b"tails", 0, lead, 500_000)
    return (bits >> np.uint64(lead)).view(np.int64)


@pytest.mark.parametrize("lead", LEADS)
def test_upper_tail_is_exponential_given_its_leading_bits(lead):
    clocks = _core.clocks_from_bits(bits_of(small_integers(lead)))
    assert_follows(clocks - lead * LOG2, exponential_cdf, p_fail=1e-9)


@pytest.mark.parametrize("lead", LEADS)
def test_lower_tail_is_exponential_given_its_leading_bits(lead):
    clocks = _core.clocks_from_bits(bits_of(-1 - small_integers(lead)))
    assert_follows(clocks, lambda x: exponential_cdf(x) * 2.0**lead, p_fail=1e-9)
