"""Elementary functions of cpp/tailrace/math: errors, edges, and the same bits."""

from __future__ import annotations

from functools import cache

import mpmath as mp
import numpy as np
import pytest
import reference
from numpy.testing import assert_array_equal
from tailrace import _core
from ulp import worst_ulp_error

TINY = 5e-324
MIN_NORMAL = 2.0**-1022
MAX = np.finfo(np.float64).max
LOG2 = np.log(2.0)
TAME = 690.0

# Errors in ULP over the whole domain, and arguments that come near them: the worst of
# some 4e9, searched most densely where results cancel to just below a power of two.
BOUND = {"log": 1.3, "exp": 1.0, "log1p": 2.0, "expm1": 2.0, "flip": 1.5}
HARDEST = {
    "log": [1.5592032693777569, 0.7030493867450648],
    "exp": [682.4190393052224, 307.42373464142963],
    "log1p": [0.4212562518369894, -0.359324520211204],
    "expm1": [0.36136087191511324, 0.3577799800833592],
    "flip": [0.9815510922666612, 0.4611187576496446],
}

TRUTH = {
    "log": mp.log,
    "exp": mp.exp,
    "log1p": mp.log1p,
    "expm1": mp.expm1,
    "flip": reference.flip,
}

LENGTHS = [0, 1, 7, 8, 511, 513, 1001]  # most leave a remainder after whole vectors


def any_size(rng, low, high, count):
    """Doubles from low to high whose exponents are as likely as each other."""
    ends = np.array([low, high]).view(np.uint64)
    return rng.integers(*ends, count, dtype=np.uint64).view(np.float64)


def neighbours(*points):
    """Each point, three doubles on either side of it, and its double and half."""
    x = np.array(points)
    found = [x, 2 * x, x / 2]
    for direction in (-np.inf, np.inf):
        near = x
        for _ in range(3):
            near = np.nextafter(near, direction)
            found.append(near)
    return np.concatenate(found)


def log_points(rng):
    return [
        any_size(rng, TINY, MAX, 6000),
        any_size(rng, TINY, MIN_NORMAL, 1500),
        1 + rng.choice([-1, 1], 4500) * 2.0 ** rng.uniform(-54, -1.5, 4500),
        rng.uniform(0.5, 2.0, 7500),
        neighbours(1.0, 0.5**0.5, MIN_NORMAL, 2.0**-960, 2.0**960, MAX / 2, 4 * TINY),
    ]


def exp_points(rng):
    return [
        rng.uniform(-745.2, 709.78, 7500),
        rng.uniform(-745.2, -708.0, 1500),
        rng.choice([-1, 1], 3000) * any_size(rng, TINY, 1e-3, 3000),
        rng.uniform(-1.5, 1.5, 7500),
        neighbours(
            0.0, 0.5 * LOG2, -0.5 * LOG2, -708.3964185322641, -745.1332191019412
        ),
        np.arange(-1074, 1024, 25) * LOG2,
        [709.782712893384],
    ]


def log1p_points(rng):
    return [
        any_size(rng, TINY, MAX, 4500),
        rng.choice([-1, 1], 4500) * any_size(rng, TINY, 0.99, 4500),
        rng.uniform(-0.6, 1.5, 7500),
        2.0 ** rng.uniform(-53, -1, 3000) - 1,
        neighbours(0.0, 0.5**0.5 - 1, 2**0.5 - 1, 2.0**53, 2.0**960, MAX / 2),
    ]


def expm1_points(rng):
    return [
        rng.uniform(-60, 709.78, 4500),
        rng.choice([-1, 1], 6000) * any_size(rng, TINY, 1.0, 6000),
        rng.uniform(-1.5, 1.5, 7500),
        rng.uniform(-5, 5, 3000),
        neighbours(0.0, 0.5 * LOG2, -0.5 * LOG2, 1.5 * LOG2, -45.0, -37.4, MIN_NORMAL),
        [709.782712893384],
    ]


def flip_points(rng):
    return [
        any_size(rng, MIN_NORMAL, 745.0, 6000),
        LOG2 + rng.choice([-1, 1], 3000) * 2.0 ** rng.uniform(-54, -1.5, 3000),
        rng.uniform(0.0, 3.0, 7500),
        rng.uniform(3.0, 745.1, 4500),
        neighbours(LOG2, 2.0**-960, 2 * MIN_NORMAL, 44.0, 100.0, 372.5),
    ]


POINTS = {
    "log": log_points,
    "exp": exp_points,
    "log1p": log1p_points,
    "expm1": expm1_points,
    "flip": flip_points,
}


def in_domain(function, x):
    """Where `function` is finite and real, which is what its error is stated for."""
    if function == "log":
        return x > 0
    if function == "log1p":
        return x > -1
    if function == "flip":
        return x > 0
    return x <= 709.782712893384


def in_tame_domain(function, x):
    """Where exponentials and arguments of logarithms are within e^-690 and e^690."""
    if function == "log":
        return (x >= np.exp(-TAME)) & (x <= np.exp(TAME))
    if function == "log1p":
        return x <= np.exp(TAME)
    if function == "flip":
        return (x >= np.exp(-TAME)) & (x <= TAME)
    return np.abs(x) <= TAME


@cache
def points(function):
    rng = np.random.default_rng(20240607)
    x = np.concatenate([*POINTS[function](rng), HARDEST[function]])
    return x[np.isfinite(x) & in_domain(function, x)]


@cache
@mp.workprec(120)
def truth(function):
    # np.array would call float on each.
    want = np.empty(len(points(function)), dtype=object)
    want[:] = [TRUTH[function](float(x)) for x in points(function)]
    return want


@pytest.mark.parametrize("tame", [False, True], ids=["any", "tame"])
@pytest.mark.parametrize("function", BOUND)
def test_error_is_within_the_stated_bound(isa, function, tame):
    x, want = points(function), truth(function)
    if tame:
        keep = in_tame_domain(function, x)
        x, want = x[keep], want[keep]
    assert len(x) > 10_000
    worst, where = worst_ulp_error(x, _core.apply(function, tame, x), want)
    assert worst <= BOUND[function], f"{worst:.3f} ULP at {where!r} on {isa}"


def test_flip_is_right_for_every_subnormal_clock(isa):
    x = np.concatenate(
        [
            TINY * np.arange(1, 200),
            any_size(np.random.default_rng(1), TINY, MIN_NORMAL, 500),
        ]
    )
    want = [reference.flip(float(v)) for v in x]
    worst, where = worst_ulp_error(x, _core.apply("flip", False, x), want)
    assert worst <= BOUND["flip"], f"{worst:.3g} ULP at {where!r} on {isa}"


SPECIAL = [
    ("log", 1.0, 0.0),
    ("log", 2.0, LOG2),
    ("log", 0.0, -np.inf),
    ("log", -0.0, -np.inf),
    ("log", -1.0, np.nan),
    ("log", -np.inf, np.nan),
    ("log", np.inf, np.inf),
    ("log", np.nan, np.nan),
    ("exp", 0.0, 1.0),
    ("exp", -0.0, 1.0),
    ("exp", 709.7827128933841, np.inf),
    ("exp", 1e300, np.inf),
    ("exp", np.inf, np.inf),
    ("exp", -745.13, TINY),
    ("exp", -745.14, 0.0),
    ("exp", -1e300, 0.0),
    ("exp", -np.inf, 0.0),
    ("exp", np.nan, np.nan),
    ("log1p", 0.0, 0.0),
    ("log1p", 1.0, LOG2),
    ("log1p", TINY, TINY),
    ("log1p", -TINY, -TINY),
    ("log1p", -1.0, -np.inf),
    ("log1p", -1.1, np.nan),
    ("log1p", -np.inf, np.nan),
    ("log1p", np.inf, np.inf),
    ("log1p", np.nan, np.nan),
    ("expm1", 0.0, 0.0),
    ("expm1", -0.0, 0.0),
    ("expm1", 2.0**-1000, 2.0**-1000),
    ("expm1", -50.0, -1.0),
    ("expm1", -1e300, -1.0),
    ("expm1", -np.inf, -1.0),
    ("expm1", 709.7827128933841, np.inf),
    ("expm1", np.inf, np.inf),
    ("expm1", np.nan, np.nan),
    ("flip", 0.0, np.inf),
    ("flip", -0.0, np.inf),
    ("flip", LOG2, LOG2),
    ("flip", 745.13, TINY),
    ("flip", 745.14, 0.0),
    ("flip", 1e300, 0.0),
    ("flip", np.inf, 0.0),
    ("flip", np.nan, np.nan),
]


@pytest.mark.parametrize(("function", "x", "want"), SPECIAL)
def test_edges_have_their_exact_answer(isa, function, x, want):
    got = _core.apply(function, False, np.array([x]))
    assert_array_equal(got, [want], err_msg=isa)


@pytest.mark.parametrize("k", [-1074, -1022, -961, -960, -1, 3, 960, 961, 1023])
def test_log_of_a_power_of_two_is_rounded_from_k_log_2(isa, k):
    got = _core.apply("log", False, np.array([2.0**k]))
    assert_array_equal(got, [float(k * mp.log(2))], err_msg=isa)


def assert_same_bits(got, want, isa):
    """Compare bits, those of NaN apart: IEEE 754 leaves its sign and payload open."""
    nan = np.isnan(want)
    assert_array_equal(np.isnan(got), nan, err_msg=isa)
    bits = got[~nan].view(np.uint64), want[~nan].view(np.uint64)
    assert_array_equal(*bits, err_msg=isa)


@pytest.mark.parametrize("tame", [False, True], ids=["any", "tame"])
@pytest.mark.parametrize("function", BOUND)
def test_bits_are_the_same_on_every_isa(isa, function, tame):
    rng = np.random.default_rng(7)
    x = points(function)
    edges = [] if tame else [v for f, v, _ in SPECIAL if f == function]
    x = rng.permutation(np.concatenate([x, edges]))
    if tame:
        x = x[in_tame_domain(function, x)]
    # Starts that are no multiple of a vector, and lengths that leave a remainder.
    parts = [x] + [x[3 * i : 3 * i + length] for i, length in enumerate(LENGTHS)]
    got = [_core.apply(function, tame, part) for part in parts]
    _core.set_isa("baseline")
    for part, mine in zip(parts, got, strict=True):
        want = _core.apply(function, tame, part)
        assert_same_bits(mine, want, isa)


@pytest.mark.parametrize("function", BOUND)
def test_functions_are_monotone_up_to_their_error(isa, function):
    rng = np.random.default_rng(11)
    x = any_size(rng, TINY, MAX, 20_000)
    x = np.concatenate([x, -x, rng.uniform(-2, 2, 20_000), points(function)])
    x = np.sort(x[in_domain(function, x)])
    if function == "flip":
        x = x[x >= MIN_NORMAL]
    y = _core.apply(function, False, x)
    change = -np.diff(y) if function == "flip" else np.diff(y)
    allowed = 2 * BOUND[function] * np.spacing(np.maximum(abs(y[1:]), abs(y[:-1])))
    assert np.all(change >= -allowed), isa


def test_flip_undoes_itself_as_far_as_its_slope_allows(isa):
    rng = np.random.default_rng(3)
    y = np.concatenate([any_size(rng, 1e-300, 700.0, 2000), rng.uniform(0, 40, 2000)])
    z = _core.apply("flip", False, y)
    back = _core.apply("flip", False, z)
    # A relative error in z = flip(y) is multiplied by z / (e^z - 1) / y.
    with np.errstate(over="ignore"):
        slope = z / np.expm1(z) / y
    allowed = BOUND["flip"] * 2.0**-52 * (1 + slope)
    assert np.all(np.abs(back / y - 1) <= allowed), isa
