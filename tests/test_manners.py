"""Bad input gets a sentence, good input of any form gets its answer: python/tailrace."""

from __future__ import annotations

import copy
import inspect
import math
import pickle
import re
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose, assert_array_equal

LAW = tr.Pareto(1.2)
MODEL = tr.IndependentSteps(LAW, 2)
RESULT = MODEL.simulate(10, 100, rng=1)
TABLE = tr.steps_table([MODEL], steps=[1], trials=10, rng=1)
FAMILIES = (tr.Pareto, tr.Lomax, tr.Weibull, tr.Frechet, tr.LogLogistic)
GAMMAS = (tr.Gamma, tr.InverseGamma)
LINE = (tr.Laplace, tr.Logistic, tr.Gumbel, tr.Normal, tr.Cauchy, tr.Levy)
SHAPED = (tr.StudentT, tr.GeneralizedNormal)
LAWS = [
    *(family(1.5, 2) for family in FAMILIES),
    tr.Exponential(2),
    tr.GeneralizedPareto(0.5, 2, 1),
    tr.GeneralizedPareto(-0.5),
    *(family(1, 2) for family in LINE),
    tr.GeneralizedExtremeValue(0.5, 2, 1),
    tr.Burr(0.8, 1.5, 2),
    *(family(1.5, 2) for family in GAMMAS),
    *(family(1.5, 1, 2) for family in SHAPED),
    tr.LogNormal(1, 2),
    tr.Uniform(1, 3),
    tr.Empirical([1, 2, 9], weights=[1, 2, 3], censored_at=5),
    tr.Frechet(2).min_of(3),
    tr.Frechet(2).min_of(3).max_of(7).beyond(2),
    tr.Empirical([1, 2, 9]).min_of(2),
]
every_law = pytest.mark.parametrize("law", LAWS, ids=repr)


def refused(name, call, *args, **kwargs):
    """Assert that a call is refused in a sentence that names the parameter."""
    with pytest.raises((TypeError, ValueError)) as caught:
        call(*args, **kwargs)
    message = str(caught.value)
    assert re.fullmatch(rf"{name} must .*, got .+", message), message
    assert len(message) < 300, message
    return type(caught.value)


# One number: every parameter that takes one, with everything that is none.

NO_NUMBER = ["2.5", b"2", None, [2.5], (2.5,), {}, 1j, True, np.True_, object(), float]
NO_NUMBER += [np.array(x) for x in ([2.5], [], "2", True, 1j)] + [np.datetime64("2020")]
UNENDING = [math.nan, math.inf, -math.inf, np.float32("inf"), np.array(math.nan)]
UNENDING += [10**400, -(10**400)]
NOT_POSITIVE = [*UNENDING, 0, -0.0, -1, Fraction(-1, 3), np.array(-2.0)]
NOT_WITHIN = [*UNENDING, 0, 1, -0.5, 1.5, 95]
UNPRINTABLE = 10**5000  # Python refuses to write out so many digits
NUMBERS = [
    *(("shape", family, NOT_POSITIVE) for family in FAMILIES),
    *(("scale", partial(family, 1), NOT_POSITIVE) for family in FAMILIES),
    ("scale", tr.Exponential, NOT_POSITIVE),
    ("scale", partial(tr.GeneralizedPareto, 1), NOT_POSITIVE),
    ("xi", tr.GeneralizedPareto, UNENDING),
    ("threshold", partial(tr.GeneralizedPareto, 1, 1), UNENDING),
    *(("shape", family, [*NOT_POSITIVE, 1e-4, 1e16]) for family in GAMMAS),
    *(("scale", partial(family, 1), NOT_POSITIVE) for family in GAMMAS),
    ("df", tr.StudentT, [*NOT_POSITIVE, 1e-3, 1e13]),
    ("beta", tr.GeneralizedNormal, [*NOT_POSITIVE, 1e-3, 1e4]),
    *(("loc", partial(family, 1), UNENDING) for family in SHAPED),
    *(("scale", partial(family, 1, 1), NOT_POSITIVE) for family in SHAPED),
    ("mu", tr.LogNormal, UNENDING),
    ("sigma", partial(tr.LogNormal, 1), NOT_POSITIVE),
    *(("loc", family, UNENDING) for family in LINE),
    *(("scale", partial(family, 1), NOT_POSITIVE) for family in LINE),
    ("xi", tr.GeneralizedExtremeValue, UNENDING),
    ("scale", partial(tr.GeneralizedExtremeValue, 1), NOT_POSITIVE),
    ("loc", partial(tr.GeneralizedExtremeValue, 1, 1), UNENDING),
    ("c", partial(tr.Burr, k=1), NOT_POSITIVE),
    ("k", partial(tr.Burr, 1), NOT_POSITIVE),
    ("scale", partial(tr.Burr, 1, 1), NOT_POSITIVE),
    ("low", partial(tr.Uniform, high=7), UNENDING),
    ("high", partial(tr.Uniform, 1), [*UNENDING, 1, 0.5, -1]),
    ("attempts", partial(tr.IndependentSteps, LAW), NOT_POSITIVE),
    ("q", LAW.min_of, [*NOT_POSITIVE, 1e301, 1e-301]),
    ("q", tr.Frechet(2).min_of, NOT_POSITIVE),
    ("n", LAW.max_of, [*NOT_POSITIVE, 0.999, 1e301]),
    ("t", LAW.beyond, [math.nan, math.inf, 10**400]),
    ("t", tr.Uniform(0, 2).beyond, [math.nan, 2, 2.5, math.inf]),
    ("q", RESULT.quantile, NOT_WITHIN),
    ("q", lambda v: RESULT.to_dict([v]), NOT_WITHIN),
    ("q", lambda v: RESULT.table([v]), NOT_WITHIN),
    ("confidence_level", RESULT.median().confidence_interval, NOT_WITHIN),
    ("confidence_level", RESULT.sample_mean().confidence_interval, NOT_WITHIN),
    ("confidence_level", RESULT.largest_share().confidence_interval, NOT_WITHIN),
    ("confidence_level", lambda v: TABLE.to_dict(confidence_level=v), NOT_WITHIN),
]


@pytest.mark.parametrize(("name", "call", "wrong"), NUMBERS)
def test_a_number_that_is_none_or_out_of_range_is_refused(name, call, wrong):
    for value in NO_NUMBER:
        word = isinstance(value, str) and name == "attempts"  # another than "critical"
        assert refused(name, call, value) is (ValueError if word else TypeError)
    for value in wrong:
        assert refused(name, call, value) is ValueError


# One integer.

NO_INTEGER = ["3", b"3", [3], (3,), {}, 1j, True, np.True_, 3.0, np.array([3])]
MISFIT = [0, -1, 2**63, 10**30]
INTEGERS = [
    ("steps", partial(MODEL.simulate, trials=5), [None], MISFIT),
    ("trials", partial(MODEL.simulate, 5), [None], MISFIT),
    ("threads", lambda v: MODEL.simulate(5, 5, threads=v), [], MISFIT),
    ("threads", lambda v: LAW.sample(5, threads=v), [], MISFIT),
    ("threads", lambda v: LAW.sample(threads=v), [], MISFIT),
    ("threads", lambda v: LAW.sample(out=np.empty(3), threads=v), [], MISFIT),
    ("steps", lambda v: tr.steps_table([MODEL], steps=[v]), [None], MISFIT),
    ("trials", lambda v: tr.steps_table([MODEL], trials=v), [None], MISFIT),
    ("threads", lambda v: tr.steps_table([MODEL], threads=v), [], MISFIT),
    ("shape", lambda v: LAW.sample((2, v)), [None], MISFIT[1:]),
    ("shape", lambda v: LAW.sample([v], out=np.empty(3)), [None], [*MISFIT, 2]),
]


@pytest.mark.parametrize(("name", "call", "types", "values"), INTEGERS)
def test_an_integer_that_is_none_or_out_of_range_is_refused(name, call, types, values):
    for value in [*NO_INTEGER, *types]:
        assert refused(name, call, value) is TypeError
    for value in values:
        assert refused(name, call, value) is ValueError


@pytest.mark.parametrize(("name", "call"), [case[:2] for case in NUMBERS + INTEGERS])
def test_a_number_too_long_to_be_printed_is_refused_in_words(name, call):
    assert refused(name, call, UNPRINTABLE) is ValueError


# Shapes, types and places of draws.


@pytest.mark.parametrize("size", [10**18, 2**62, 2**63 - 1, (2**40, 2**40), (1,) * 65])
def test_more_than_memory_holds_is_refused(size):
    with pytest.raises((MemoryError, ValueError)):
        LAW.sample(size, rng=1)
    if isinstance(size, int):
        with pytest.raises((MemoryError, ValueError)):
            MODEL.simulate(3, size, rng=1, keep=True)


@pytest.mark.parametrize("dtype", [np.float64, "f4"])
@pytest.mark.parametrize("shape", [0, (3, 0), (), 1, [2, 2], np.int8(3), (1, 2, 3)])
def test_draws_have_the_shape_and_type_asked_for_and_may_fill_an_array(shape, dtype):
    draws = LAW.sample(shape, rng=7, dtype=dtype)
    assert draws.shape == np.empty(shape).shape
    assert draws.dtype == np.dtype(dtype)
    out = np.full(draws.shape, -1, dtype)
    assert LAW.sample(out=out, rng=7) is out
    assert_array_equal(out, draws)
    assert type(LAW.sample(rng=7, dtype=dtype)) is float


@pytest.mark.parametrize("dtype", [int, ">f8", "nonsense", True, [], "f8,f8", object()])
def test_a_wrong_dtype_is_refused(dtype):
    refused("dtype", LAW.sample, 3, dtype=dtype)
    refused("dtype", LAW.sample, dtype=dtype)
    refused("dtype", LAW.sample, out=np.empty(3), dtype=dtype)


FROZEN = np.broadcast_to(np.ones((2, 3)), (2, 3))  # a view that cannot be written
BAD_OUT = [np.ones((2, 3), dtype) for dtype in (int, complex, "f2", ">f8", "f8,f8")]
BAD_OUT += [np.ones((3, 2)).T, np.ones((2, 6))[:, ::2], np.broadcast_to(1.0, (2, 3))]
BAD_OUT += [FROZEN, np.frombuffer(bytearray(8 * 6 + 1), offset=1)]  # not aligned


@pytest.mark.parametrize("out", BAD_OUT, ids=lambda out: f"{out.dtype}{out.strides}")
def test_out_that_cannot_be_filled_is_refused_and_left_alone(out):
    before, rng = out.copy(), np.random.default_rng(1)
    refused("out", LAW.sample, out=out, rng=rng)
    assert_array_equal(out, before)
    assert rng.random() == np.random.default_rng(1).random()
    for nothing in ([1.0], 3.0, "out", memoryview(bytearray(8)), np.float64(1)):
        assert refused("out", LAW.sample, out=nothing) is TypeError
    refused("dtype", LAW.sample, dtype=np.float32, out=np.empty((2, 3)))


# Arrays of numbers.

OF_X = ["sf", "cdf", "logsf", "logcdf", "pdf", "logpdf", "hazard"]
FUNCTIONS = [("p", "isf"), ("p", "ppf"), ("e", "inverse_hazard")]
FUNCTIONS += [("x", f) for f in OF_X]
every_function = pytest.mark.parametrize(("name", "function"), FUNCTIONS)
NO_ARRAY = [None, "0.5", b"1", ["a"], [None], 1j, [1j], True, [True], {1: 2}, object()]
NO_ARRAY += [[[1], [1, 2]], np.array(["1"]), np.datetime64("2020")]


@every_function
def test_arguments_that_hold_no_numbers_are_refused(name, function):
    for x in NO_ARRAY:
        refused(name, getattr(LAW, function), x)
    if name == "p":
        refused(name, getattr(LAW, function), 10**30)


@pytest.mark.parametrize("f", [*(getattr(LAW, f) for f in OF_X), LAW.inverse_hazard])
def test_integers_larger_than_those_of_numpy_are_numbers_too(f):
    assert_array_equal(f([10**30, 1]), [f(1e30), f(1.0)])
    assert f(10**30) == f(1e30)


@every_function
@every_law
def test_arguments_of_any_form_give_answers_of_that_form(law, name, function):
    f = getattr(law, function)
    x = np.array([[0.125, 0.5, 1.0], [0.75, 0.0, 0.25]]) * (1 if name == "p" else 4)
    want = f(x)
    assert (want.dtype, want.shape) == (np.float64, x.shape)
    frozen, wide = x.copy(), np.zeros((2, 6))
    wide[:, ::2] = x
    frozen.flags.writeable = False
    for same in (frozen, wide[:, ::2], np.asfortranarray(x), x.tolist()):
        assert_array_equal(f(same), want)
    for dtype in (">f8", np.float32, np.longdouble):
        assert_array_equal(f(x.astype(dtype)), want)
    for scalar in (1, 1.0, np.float64(1), np.array(1.0), np.uint8(1), np.array(1)):
        assert type(f(scalar)) is float
        assert_array_equal(f(scalar), f([1.0])[0])
    assert (f([]).shape, f(np.empty((0, 3))).shape) == ((0,), (0, 3))


@every_law
def test_arguments_out_of_range_are_refused_and_nan_is_not_hidden(law):
    for p in (-1e-300, 1 + 2**-52, math.nan, math.inf, [0.5, 2], [[math.nan]]):
        refused("p", law.isf, p)
        refused("p", law.ppf, p)
    for e in (-1e-300, math.nan, -math.inf, [1, -1], np.full((2, 2), -5)):
        refused("e", law.inverse_hazard, e)
    for function in OF_X:
        assert math.isnan(getattr(law, function)(math.nan))


# Arguments at the ends of the doubles.


@pytest.mark.parametrize(
    ("law", "q"),
    [
        (tr.Weibull(0.001), 1e-10), (tr.Exponential(1e300), 1e-300), (LAW, 1e300),
        (tr.Pareto(1e300), 1e300), (tr.Lomax(1e-300), 1e-300), (LAW, 1e-300),
        (tr.GeneralizedPareto(0.5).min_of(1e-200), 1e-200), (LAWS[-2], 1e300),
    ],
)  # fmt: skip
def test_a_selection_beyond_the_doubles_is_right_or_names_its_own_argument(law, q):
    try:
        clocks = np.array([1e-3, 0.7, 40.0])
        got = law.min_of(q).inverse_hazard(clocks)
        assert_allclose(got, law.inverse_hazard(clocks / q), rtol=1e-12)
    except ValueError:
        refused("q", law.min_of, q)
    try:
        model = tr.IndependentSteps(law, 10 * q)
    except ValueError:
        refused("attempts", tr.IndependentSteps, law, 10 * q)
    else:
        assert model.step.min_of(1).median() == model.step_median()


def test_what_no_double_can_hold_is_refused_and_so_is_a_law_without_a_name():
    assert tr.Pareto(1).max_of(1e300).max_of(1e300).median() == math.inf
    assert tr.Exponential().max_of(1e300).max_of(1e300).median() == pytest.approx(
        600 * math.log(10) - math.log(math.log(2)), rel=1e-14
    )
    refused("t", tr.Weibull(5).beyond, 1e100)
    refused("attempts", tr.IndependentSteps, tr.Pareto(5e-324), "critical")
    assert tr.Frechet(0.001).max_of(1e10).median() == math.inf
    with pytest.raises(TypeError, match="Law"):
        tr.Law()


# Everything else.

OTHERS = [
    ("law", tr.IndependentSteps, [None, 1.2, "pareto", tr.Pareto, tr.Uniform(-1, 1)]),
    ("attempts", partial(tr.IndependentSteps, tr.Exponential()), ["critical", "x"]),
    ("keep", lambda v: MODEL.simulate(3, 5, keep=v), [1, None, "yes", []]),
    ("progress", lambda v: MODEL.simulate(3, 5, progress=v), [1, "x", True, []]),
    ("progress", lambda v: tr.steps_table([MODEL], progress=v), [1, "x", True, []]),
    ("per_step", lambda v: RESULT.quantile(0.5, per_step=v), [1, None, "yes", []]),
    ("per_step", lambda v: RESULT.median(per_step=v), [1, None, "yes", []]),
    ("per_step", lambda v: RESULT.sample_mean(per_step=v), [1, None, "yes", []]),
    ("quantiles", RESULT.to_dict, [None, 5, True]),
    ("quantiles", RESULT.table, [None, 5, True]),
    ("ax", RESULT.plot, [5, "x", True]),
    ("ax", TABLE.plot, [5, "x", True]),
    ("models", tr.steps_table, [None, 5, "ab", MODEL, [1], [LAW], [MODEL, None], []]),
    ("steps", lambda v: tr.steps_table([MODEL], steps=v), [None, 5, "12", [1.5], []]),
    ("labels", lambda v: tr.steps_table([MODEL], labels=v), [5, [], ["a", "b"], [3]]),
    ("base", lambda v: tr.Derived(v, ()), [None, 1, "x", tr.Pareto]),
    ("steps", lambda v: tr.Derived(LAW, v), [None, 1, "ab", (("at", 1.0),), ((),)]),
    ("q", lambda v: tr.Derived(LAW, (("min_of", v),)), [-1, "x", None, True, 1e301]),
    ("n", lambda v: tr.Derived(LAW, (("max_of", v),)), [0.5, "x", None, True, 1e301]),
    ("t", lambda v: tr.Derived(LAW, (("beyond", v),)), ["x", None, True, math.nan]),
]
EACH = [(name, call, value) for name, call, values in OTHERS for value in values]


@pytest.mark.parametrize(("name", "call", "value"), EACH)
def test_anything_else_that_is_wrong_is_refused(name, call, value):
    refused(name, call, value)


# Laws and results as values.


@every_law
def test_a_law_is_a_value(law):
    for same in (copy.copy(law), copy.deepcopy(law), pickle.loads(pickle.dumps(law))):
        assert (same, hash(same), repr(same)) == (law, hash(law), repr(law))
        assert_array_equal(same.sample(9, rng=1), law.sample(9, rng=1))
        for array in (getattr(same, "values", None), getattr(same, "masses", None)):
            assert array is None or not array.flags.writeable
    assert [other == law for other in LAWS].count(True) == 1
    for name in (*getattr(law, "__match_args__", law.__slots__), "_core_law", "new"):
        for change in (partial(setattr, same, name, 2.0), partial(delattr, same, name)):
            with pytest.raises((AttributeError, TypeError)):
                change()


def test_equal_laws_have_equal_hashes():
    for one, two in (
        (tr.Uniform(0.0, 1), tr.Uniform(-0.0, 1)),
        (tr.Empirical([0.0, 1.0]), tr.Empirical([1, -0.0])),
        (tr.Empirical([1, 2, 2]), tr.Empirical([2, 1], weights=[2, 1])),
        (tr.IndependentSteps(LAW), tr.IndependentSteps(tr.Pareto(1.2), 1)),
    ):
        assert one == two
        assert hash(one) == hash(two)


def test_results_keep_what_they_know_through_copies():
    answer, estimate = tr.Pareto(0.9).mean(), RESULT.median()
    for copied in (copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))):
        assert copied(answer).reason == answer.reason != ""
        assert copied(estimate).confidence_interval() == estimate.confidence_interval()
        assert copied(RESULT).to_dict() == RESULT.to_dict()
        assert copied(TABLE).to_dict() == TABLE.to_dict()
    kept = MODEL.simulate(3, 5, rng=1, keep=True)
    assert not any(x.flags.writeable for x in (kept.totals, kept.largest))
    for frozen in (RESULT, TABLE):
        with pytest.raises((AttributeError, TypeError)):
            frozen.seed = 1


# What is said of it all.


def test_everything_public_is_listed():
    public = {name for name in vars(tr) if not name.startswith("_")} - {"annotations"}
    modules = {name for name in public if inspect.ismodule(getattr(tr, name))}
    assert public - modules == set(tr.__all__) - {"__version__"}


@pytest.mark.parametrize("name", sorted(set(tr.__all__) - {"__version__"}))
def test_everything_public_is_described_with_an_example(name):
    thing = getattr(tr, name)
    text = inspect.getdoc(thing)
    assert re.search(r"^Examples\n--------\n(.*\n)*?>>> ", text, re.MULTILINE)
    if inspect.isfunction(thing):
        assert not [p for p in inspect.signature(thing).parameters if p not in text]
    for part, value in vars(thing).items() if isinstance(thing, type) else ():
        if not part.startswith("_"):
            routine = callable(value) or isinstance(value, property | classmethod)
            assert inspect.getdoc(value) if routine else part in text, part
