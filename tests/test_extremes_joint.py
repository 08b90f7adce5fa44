"""Joint extremes: the k largest or smallest of n, and both ends, without drawing n."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import tailrace as tr
from law_cases import CASES
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import expon, gamma
from stat_checks import assert_follows
from tailrace import _core

P_FAIL = 1e-9
JOINT = 2  # the path of their streams
ROWS = 20_000

LAWS = [
    *(case.law for case in CASES),
    tr.Pareto(1.2).max_of(1e9),
    tr.Frechet(1.2).min_of(0.3).max_of(7).beyond(2.0),
    tr.LogLogistic(2.0).beyond(3.0),
    tr.Pareto(0.001),
    -tr.Frechet(1.2),
    3 - 2 * tr.Pareto(1.2).min_of(3),
    tr.Lomax(1.2).truncated(0.5, 90.0),
    tr.Gumbel().order_statistic(2, 5),
    tr.Empirical([3.0, 1.0, 1.0, 2.0, 7.0]),
]
each_law = pytest.mark.parametrize("law", LAWS, ids=repr)
each_side = pytest.mark.parametrize("side", ["top", "bottom"])


def flip(y):
    far = np.log1p(-np.exp(-np.maximum(y, 0.7)))
    return -np.where(y < 0.7, np.log(-np.expm1(-np.minimum(y, 0.7))), far)


def exponentials(seed, k, rows):
    """Return the exponentials of up to eight rows of at most 512 values."""
    bits = _core.stream_bits(seed.to_bytes(32, "little"), JOINT, 0, 8 * k)
    return _core.clocks_from_bits(bits).reshape(k, 8).T[:rows]


def long_exponentials(seed, row, k):
    """Return those of a longer row: blocks of 512, laid out as eight columns."""
    blocks = -(-k // 512)
    bits = _core.stream_bits(seed.to_bytes(32, "little"), JOINT, row, 512 * blocks)
    e = _core.clocks_from_bits(bits).reshape(blocks, 64, 8)
    return e.transpose(0, 2, 1).ravel()[:k]


# The plain twin.


@each_law
@each_side
@pytest.mark.parametrize("n", [8, 9.5, 64, 1e9, 1e17, 1e300])
def test_rows_are_the_sums_of_spacings_turned_into_values(law, side, n):
    k = 8
    e = exponentials(5, k, 8)
    sums = np.cumsum(e * (n / (n - np.arange(k))), axis=1)
    clocks = sums / n
    if side == "top":
        clocks = np.log(n) - np.log(sums) if n > 1e100 else flip(clocks)
    got = getattr(law, side)(k, n).sample(8, rng=5)
    if isinstance(law, tr.Empirical):
        # The same atom, unless its edge lies between the two roundings.
        assert np.mean(got == law.inverse_hazard(clocks)) > 0.98
        return
    # What a relative error of 1e-13 in a clock may do to a value.
    ends = np.stack([law.inverse_hazard(clocks * f) for f in (1 - 1e-13, 1 + 1e-13)])
    ends, got = np.clip(ends, -1e307, 1e307), np.clip(got, -1e307, 1e307)
    slack = 1e-12 * np.abs(ends).max(axis=0) + 4 * 5e-324
    assert np.all(got >= ends.min(axis=0) - slack)
    assert np.all(got <= ends.max(axis=0) + slack)


@each_side
@pytest.mark.parametrize("k", [513, 1000, 5000])
@pytest.mark.parametrize("times", [1, 1.5, 1e6])
def test_long_rows_are_the_sums_of_spacings(side, k, times):
    n = k * times
    law = tr.Weibull(0.7)
    got = getattr(law, side)(k, n).sample(2, rng=5)
    for row in range(2):
        e = long_exponentials(5, row, k)
        clocks = np.cumsum(e / (n - np.arange(k)))
        clocks = flip(clocks) if side == "top" else clocks
        assert_allclose(got[row], law.inverse_hazard(clocks), rtol=1e-11)


@pytest.mark.parametrize("n", [1.0, 1.01, 2, 9.5, 64, 1e9, 1e17, 1e300])
def test_both_ends_are_one_spacing_and_the_largest_beyond_it(n):
    e = exponentials(5, 2, 8)
    first = e[:, 0] / n
    with np.errstate(all="ignore"):
        lower = e[:, 1] / (n - 1.0)
        far = np.log(n) - np.log(e[:, 1])
        beyond = np.where(n > 1e100, far, flip(lower))
    for law in (tr.Pareto(1.2), tr.Gumbel(), tr.LogLogistic(3.0).max_of(2)):
        want = law.inverse_hazard(np.stack([first, first + beyond], axis=1))
        got = law.min_and_max(n).sample(8, rng=5)
        assert_allclose(got, want, rtol=3e-13)


# The law of a row.


@pytest.mark.parametrize("law", [tr.Pareto(1.2), tr.Weibull(0.5), tr.Gumbel()])
@each_side
@pytest.mark.parametrize(("k", "n"), [(1, 1), (3, 3), (5, 20), (20, 20), (64, 64)])
def test_columns_and_spacings_are_those_of_sorted_samples(law, side, k, n):
    rng = np.random.default_rng(8)
    rows = 20_000 if n < 64 else 5_000
    got = getattr(law, side)(k, n).sample(rows, rng=rng)
    brute = np.sort(law.sample((rows, n), rng=rng), axis=1)
    brute = brute[:, ::-1][:, :k] if side == "top" else brute[:, :k]
    # Both empirical laws are within the DKW bound of the true one.
    allowed = 2 * np.sqrt(np.log(2 / (P_FAIL / 1000)) / (2 * rows))
    pairs = [(got[:, j], brute[:, j]) for j in range(k)]
    pairs += [(got[:, i] - got[:, j], brute[:, i] - brute[:, j])
              for i in (0, k // 2) for j in (k // 2, k - 1) if i != j]  # fmt: skip
    pairs.append((got.sum(axis=1), brute.sum(axis=1)))
    for one, other in pairs:
        points = np.sort(np.concatenate([one, other]))
        f, g = (
            np.searchsorted(np.sort(x), points, "right") / rows for x in (one, other)
        )
        assert np.max(np.abs(f - g)) <= allowed


@pytest.mark.parametrize("n", [8, 9.25, 64, 1e9, 1e15, 1e300])
def test_logarithms_of_pareto_have_exponential_spacings_from_the_top(n):
    x = tr.Pareto(1.2).top(8, n).sample(ROWS, rng=3)
    steps = 1.2 * np.arange(1, 8) * np.log(x[:, :-1] / x[:, 1:])
    if float(n).is_integer():
        for column in steps.T:
            assert_follows(column, expon.cdf, p_fail=P_FAIL)
        assert_follows(steps.sum(axis=1), gamma(7).cdf, p_fail=P_FAIL)
    assert_follows(x[:, 0], tr.Pareto(1.2).max_of(n).cdf, p_fail=P_FAIL)


@pytest.mark.parametrize("n", [8, 9.25, 64, 1e9, 1e15])
def test_hazards_of_the_smallest_have_exponential_spacings(n):
    law = tr.Weibull(0.5)
    x = law.bottom(8, n).sample(ROWS, rng=4)
    steps = np.diff(law.hazard(x), axis=1, prepend=0.0) * (n - np.arange(8))
    for column in steps.T:
        assert_follows(column, expon.cdf, p_fail=P_FAIL)
    assert_follows(steps.sum(axis=1), gamma(8).cdf, p_fail=P_FAIL)


@pytest.mark.parametrize(
    "law",
    [
        tr.Pareto(1.2).min_of(2),
        tr.Lomax(2.0).max_of(5),
        tr.Frechet(1.5).beyond(2),
        tr.Laplace(),
    ],
    ids=repr,
)
def test_each_end_of_a_row_of_a_selected_law_has_its_law(law):
    top, bottom = law.top(3, 10), law.bottom(3, 10)
    assert_follows(top.sample(ROWS, rng=1)[:, 0], top.law(1).cdf, p_fail=P_FAIL)
    assert_follows(bottom.sample(ROWS, rng=1)[:, 0], bottom.law(1).cdf, p_fail=P_FAIL)
    ends = law.min_and_max(10)
    for column, one in zip(ends.sample(ROWS, rng=1).T, ends.laws(), strict=True):
        assert_follows(column, one.cdf, p_fail=P_FAIL)


@pytest.mark.parametrize("law", [tr.LogLogistic(1.2), -tr.LogLogistic(1.2)], ids=repr)
@pytest.mark.parametrize("n", [5, 7.5, 1e9, 1e300])
@each_side
def test_every_column_has_the_law_of_its_rank(law, n, side):
    joint = getattr(law, side)(5, n)
    for i, column in enumerate(joint.sample(ROWS, rng=6).T, start=1):
        assert_follows(column, joint.law(i).cdf, p_fail=P_FAIL)


def test_the_largest_of_minus_a_law_are_minus_its_smallest():
    law = tr.LogLogistic(1.2)
    assert_array_equal((-law).top(9, 40).sample(50, rng=1),
                       -law.bottom(9, 40).sample(50, rng=1))  # fmt: skip
    assert_array_equal((-law).bottom(9, 1e90).sample(50, rng=1),
                       -law.top(9, 1e90).sample(50, rng=1))  # fmt: skip


def test_atoms_come_in_ties_as_often_as_they_should():
    law = tr.Empirical([1.0, 2.0], weights=[1, 3])
    x = law.top(3, 3).sample(ROWS, rng=2)
    ones = (x == 1.0).sum(axis=1)
    share = np.bincount(ones, minlength=4) / ROWS
    want = np.array([27, 27, 9, 1]) / 64
    assert np.max(np.abs(share - want)) <= np.sqrt(np.log(8 / P_FAIL) / (2 * ROWS))
    assert np.all(np.diff(x, axis=1) <= 0)


@each_law
def test_rows_are_in_order_and_on_the_support(law):
    low, high = law.support
    for k, n in [(1, 1), (9, 9), (65, 70), (600, 600), (20, 1e300)]:
        down, up = law.top(k, n).sample(20, rng=1), law.bottom(k, n).sample(20, rng=1)
        assert np.all(down[:, 1:] <= down[:, :-1])
        assert np.all(up[:, 1:] >= up[:, :-1])
        for x in (down, up):
            assert np.all((x >= low) & (x <= high))


# The same bits.


@each_law
@pytest.mark.parametrize(
    ("k", "n"), [(1, 4), (8, 64), (70, 70.5), (3, 1e300), (530, 540)]
)
def test_rows_have_the_same_bits_on_every_instruction_set(isa, law, k, n):
    rows = 3 if k > 100 else 11
    calls = [law.top(k, n), law.bottom(k, n), law.min_and_max(n)]
    got = [call.sample(rows, rng=5) for call in calls]
    _core.set_isa("baseline")
    for call, x in zip(calls, got, strict=True):
        assert_array_equal(x, call.sample(rows, rng=5))


@pytest.mark.parametrize("k", [1, 2, 3, 8, 64, 65, 512, 513, 2000])
def test_few_rows_are_the_beginning_of_more(k):
    for call in (tr.Pareto(1.2).top(k, 3e3), tr.Pareto(1.2).min_and_max(3e3)):
        many = call.sample(5000 // k + 30, rng=4)
        for rows in (0, 1, 7, 8, 9, 20):
            assert_array_equal(call.sample(rows, rng=4), many[:rows])
        assert_array_equal(call.sample(rng=4), many[0])
        assert_array_equal(call.sample((2, 3), rng=4), many[:6].reshape(2, 3, -1))
        out = np.empty((5, many.shape[1]))
        assert call.sample(rng=4, out=out) is out
        assert_array_equal(out, many[:5])
        single = call.sample(9, rng=4, dtype=np.float32)
        assert_array_equal(single, many[:9].astype(np.float32))
        assert single.dtype == np.float32


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize(("k", "rows"), [(8, 100_003), (513, 1500), (600_000, 2)])
def test_rows_do_not_depend_on_the_number_of_threads(threads, k, rows):
    top = tr.Pareto(1.2).top(k, 1e7)
    want = top.sample(rows, rng=8, threads=1)
    assert_array_equal(top.sample(rows, rng=8, threads=threads), want)


# What they are, and what is refused.


def test_they_are_plain_values():
    law = tr.Pareto(1.2)
    for one, same, other, said in [
        (law.top(3, 10), law.top(3, 10.0), law.bottom(3, 10), ".top(3, 10)"),
        (law.bottom(3, 10), law.bottom(3, 10), law.bottom(3, 11), ".bottom(3, 10)"),
        (law.min_and_max(9), law.min_and_max(9), law.min_and_max(8), ".min_and_max(9)"),
        (law.range_of(9), law.range_of(9), law.range_of(8), ".range_of(9)"),
    ]:
        assert one == same == pickle.loads(pickle.dumps(one)) == copy.deepcopy(one)
        assert hash(one) == hash(same)
        assert one != other
        assert repr(one) == repr(law) + said
        assert one.base is law
        with pytest.raises(AttributeError):
            one.n = 3.0
    assert law.top(3, 10).support == law.min_and_max(3).support == law.support
    assert law.top(3, 10).law(1) == law.max_of(10)
    assert law.top(3, 10).law(2) == law.order_statistic(-2, 10)
    assert law.bottom(3, 10).law(2) == law.order_statistic(2, 10)
    assert law.bottom(3, 10).law(1) == law.min_of(10)


@pytest.mark.parametrize(
    ("k", "n", "message"),
    [
        (0, 5, "k must be >= 1, got 0"),
        (2.0, 5, "k must be an integer, got 2.0"),
        (True, 5, "k must be an integer, got True"),
        (6, 5, "n must be >= 6 and <= 1e[+]300, got 5"),
        (1, 1e301, "n must be >= 1 and <= 1e[+]300, got 1e[+]301"),
        (1, np.nan, "n must be .*, got nan"),
        (1, "5", "n must be a real number, got '5'"),
    ],
)
def test_wrong_numbers_are_refused(k, n, message):
    for method in ("top", "bottom"):
        with pytest.raises((ValueError, TypeError), match=f"^{message}$"):
            getattr(tr.Pareto(1.2), method)(k, n)


def test_wrong_arguments_are_refused():
    top = tr.Pareto(1.2).top(3, 10)
    for bad, message in [
        ({"out": np.empty((4, 2))}, r"out must have rows of 3, got shape \(4, 2\)"),
        ({"out": np.empty(())}, r"out must have rows of 3, got shape \(\)"),
        ({"out": np.empty((4, 3)), "shape": 5}, r"shape must be that of out, \(4,\), got 5"),
        ({"out": np.empty((3, 4)).T}, "out must be C-contiguous .*"),
        ({"shape": -1}, "shape must be >= 0, got -1"),
        ({"dtype": int}, "dtype must be float64 or float32, got int64"),
        ({"threads": 0}, "threads must be >= 1, got 0"),
        ({"rng": -1}, "rng must be >= 0, got -1"),
    ]:  # fmt: skip
        with pytest.raises((ValueError, TypeError), match=f"^{message}$"):
            top.sample(**bad)
    with pytest.raises(ValueError, match=r"^i must be <= 3, got 4$"):
        top.law(4)
    with pytest.raises(TypeError, match=r"^base must be a Law, got 3$"):
        tr.JointExtremes(3, 1, 1)
    with pytest.raises(ValueError, match=r"^side must be 'top' or 'bottom', got 'up'$"):
        tr.JointExtremes(tr.Pareto(1.2), 1, 1, "up")
    with pytest.raises(MemoryError):
        tr.Pareto(1.2).top(2**58, 1e300).sample()
