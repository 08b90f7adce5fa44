"""Same seed, same bits: instruction sets, threads, sizes, and the golden draws."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import tailrace as tr
from law_cases import CASES
from numpy.testing import assert_array_equal
from tailrace import _core

LAWS = [
    *(case.law for case in CASES),
    tr.Empirical(np.arange(1.0, 50.0) ** 2, censored_at=2000.0),
    tr.Pareto(1.2).max_of(1e9),
    tr.Frechet(1.2).min_of(0.3).max_of(7).beyond(2.0),
    tr.Pareto(0.001),  # leaves the range in which checks may be left out
    tr.Weibull(0.01).max_of(3),
]
each_law = pytest.mark.parametrize("law", LAWS, ids=repr)


@each_law
@pytest.mark.parametrize("count", [1, 7, 513, 5001])
def test_draws_have_the_same_bits_on_every_instruction_set(isa, law, count):
    count = min(count, 513) if isa == "baseline" else count
    got = law.sample(count, rng=5)
    _core.set_isa("baseline")
    few = min(count, 513)
    assert_array_equal(got[:few], law.sample(few, rng=5))


@pytest.mark.skipif(len(_core.build_info()["isa_available"]) < 3, reason="no AVX-512")
@each_law
def test_long_samples_have_the_same_bits_with_and_without_avx512(law):
    before = _core.build_info()["isa"]
    try:
        samples = []
        for name in ("v3", "v4"):
            _core.set_isa(name)
            samples.append(law.sample(20_011, rng=6))
    finally:
        _core.set_isa(before)
    assert_array_equal(*samples)


@each_law
def test_answers_have_the_same_bits_on_every_instruction_set(isa, law):
    p = np.linspace(0.001, 0.999, 33)
    questions = ("isf", "ppf")
    got = [getattr(law, q)(p) for q in questions]
    x = law.isf(p)
    values = ("sf", "cdf", "hazard", "logcdf", "pdf")
    got += [getattr(law, q)(x) for q in values]
    _core.set_isa("baseline")
    want = [getattr(law, q)(p) for q in questions] + [
        getattr(law, q)(x) for q in values
    ]
    for one, other in zip(got, want, strict=True):
        assert_array_equal(one, other)


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_samples_do_not_depend_on_the_number_of_threads(threads):
    law = tr.Pareto(1.2)
    want = law.sample(1_000_003, rng=8, threads=1)
    assert_array_equal(law.sample(1_000_003, rng=8, threads=threads), want)


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize(
    ("steps", "trials"), [(1, 700_001), (10, 60_001), (999, 601), (100_003, 7)]
)
def test_totals_do_not_depend_on_the_number_of_threads(threads, steps, trials):
    model = tr.IndependentSteps(tr.Pareto(1.2))
    want = model.simulate(steps, trials, rng=8, threads=1, keep=True)
    got = model.simulate(steps, trials, rng=8, threads=threads, keep=True)
    assert_array_equal(got.totals, want.totals)
    assert_array_equal(got.largest, want.largest)


def test_totals_have_the_same_bits_on_every_instruction_set(isa):
    model = tr.IndependentSteps(tr.Pareto(1.2), 0.5)
    for steps, trials in [(1, 300), (7, 50), (31, 20), (33, 20), (1000, 3)]:
        got = model.simulate(steps, trials, rng=8, keep=True)
        before = _core.build_info()["isa"]
        _core.set_isa("baseline")
        want = model.simulate(steps, trials, rng=8, keep=True)
        _core.set_isa(before)
        assert_array_equal(got.totals, want.totals)
        assert_array_equal(got.largest, want.largest)


@pytest.mark.parametrize("steps", [1, 10, 999, 5000])
def test_fewer_trials_are_the_beginning_of_more(steps):
    model = tr.IndependentSteps(tr.Pareto(1.2))
    many = model.simulate(steps, 900, rng=8, keep=True).totals
    few = model.simulate(steps, 17, rng=8, keep=True).totals
    assert_array_equal(few, many[:17])


def test_a_short_sample_is_the_beginning_of_a_longer_one():
    law = tr.Weibull(0.5)
    want = law.sample(10_000, rng=4)
    for count in (0, 1, 8, 511, 512, 4095, 4096, 4097):
        assert_array_equal(law.sample(count, rng=4), want[:count])
    assert law.sample(rng=4) == want[0]
    assert_array_equal(law.sample((100, 100), rng=4).ravel(), want)
    out = np.empty((10, 10, 100))
    assert law.sample(rng=4, out=out) is out
    assert_array_equal(out.ravel(), want)
    assert_array_equal(
        law.sample(10_000, rng=4, dtype=np.float32), want.astype(np.float32)
    )


# The first draws and a hash of many: a change of these is a change of stream_version.
GOLDEN = {
    "Exponential(scale=1.0)": "291701880961f8d1",
    "Pareto(shape=1.2, scale=1.0)": "77223da2b9f8937b",
    "Frechet(shape=1.2, scale=1.0)": "136bb5752cc1de37",
    "Pareto(shape=1.2, scale=1.0).max_of(1000)": "3a550e79bb8d17c7",
}


@pytest.mark.parametrize("name", GOLDEN)
def test_draws_are_those_of_stream_version_2(name):
    laws = [
        tr.Exponential(),
        tr.Pareto(1.2),
        tr.Frechet(1.2),
        tr.Pareto(1.2).max_of(1000),
    ]
    law = next(law for law in laws if repr(law) == name)
    assert _core.build_info()["stream_version"] == 2
    x = law.sample(10_000, rng=2026).astype("<f8")
    assert hashlib.sha256(x.tobytes()).hexdigest()[:16] == GOLDEN[name]


def test_choosing_an_unknown_instruction_set_is_refused():
    with pytest.raises(ValueError, match=r"^TAILRACE_ISA must be one of baseline"):
        _core.set_isa("avx1024")
