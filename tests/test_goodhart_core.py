"""The pick in the core: twins, what may be left out, boxes, and the same bits always."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_allclose, assert_array_equal
from stat_checks import assert_follows
from tailrace import _core
from tailrace.goodhart.boxes import boxes_for
from tailrace.goodhart.drawing import ladder
from test_interrupt import interrupted, posix

MODEL = tr.Goodhart(tr.Normal(), tr.StudentT(3))
DATA = tr.Goodhart(tr.Empirical([0.0, 1.0, 5.0]), tr.Empirical([0.0, 2.0, 2.0, 7.0]))
PAIRS = [
    (tr.Normal(), tr.StudentT(3)),
    (tr.StudentT(3), tr.StudentT(2.5)),
    (tr.Uniform(-1, 1), tr.Normal()),
    (-1 * tr.Pareto(1.5), tr.Cauchy()),
    (tr.Empirical([0.0, 1.0, 5.0]), tr.Empirical([0.0, 2.0, 7.0])),
    (tr.Empirical([-3.0, 1.0]), tr.Laplace()),
    (tr.Normal().max_of(3), tr.LogNormal(0, 1) - 1),
]
each_pair = pytest.mark.parametrize("pair", PAIRS, ids=repr)


def all_candidates(truth, error, n, trials, seed):
    """Draw every candidate from the words of the stream, and take the best."""
    key = seed.to_bytes(32, "little")
    per_task = max(1, 4096 // n)
    found = []
    for task in range(-(-trials // per_task)):
        blocks = -(-min(per_task, trials) * n // 512)
        words = _core.stream_bits(key, 6, task, 1024 * blocks).reshape(blocks, 2, 512)
        v, x = (
            law.inverse_hazard(_core.clocks_from_bits(words[:, i].ravel()))
            for law, i in ((truth, 0), (error, 1))
        )
        for trial in range(per_task):
            mine = slice(trial * n, (trial + 1) * n)
            if mine.stop <= v.size:
                best = np.argmax(v[mine] + x[mine])
                found.append((v[mine][best], x[mine][best]))
    return np.array(found[:trials]).T


@pytest.mark.parametrize(
    ("n", "trials"), [(1, 700), (7, 300), (512, 17), (513, 9), (5000, 3)]
)
def test_the_best_is_that_of_all_candidates(n, trials):
    result = MODEL.simulate(n, trials, rng=9, keep=True)
    truths, errors = all_candidates(MODEL.truth, MODEL.error, n, trials, 9)
    # A law answers to the last digit, draws are within some.
    assert_allclose(result.truths, truths, rtol=1e-13, atol=1e-15)
    assert_allclose(result.errors, errors, rtol=1e-13, atol=1e-15)


@each_pair
@pytest.mark.parametrize("n", [2, 40, 3000])
def test_candidates_that_are_left_out_change_nothing(pair, n):
    truth, error = (law._core_law for law in pair)
    rest = ((7).to_bytes(32, "little"), n, max(6000 // n, 2), 13, 64, True, 1, None)
    none = np.empty(0), np.empty(0, np.uint64)
    *_, v, x = _core.simulate_best(truth, error, *ladder(*pair), *rest)
    *_, all_v, all_x = _core.simulate_best(truth, error, *none, *rest)
    assert_array_equal(v, all_v)
    assert_array_equal(x, all_x)


@each_pair
def test_sums_below_a_rung_are_below_its_value(pair):
    values, words = ladder(*pair)
    assert (np.diff(values) >= 0).all()
    assert (words[1:] < words[:-1]).all()
    for i in range(0, words.size, 100):
        clock = _core.clocks_from_bits(words[i : i + 1])
        sums = [np.asarray(law.inverse_hazard(clock)) for law in pair]
        assert (sum(sums) <= values[i]).all()


@each_pair
@pytest.mark.parametrize("p", [0.3, 1e-3])
def test_boxes_cover_all_pairs_beyond_the_threshold_once(pair, p):
    t = float(tr.Goodhart(*pair).threshold(p))
    boxes = boxes_for(*pair, np.array([-np.inf, t]))
    first, last = (int(i) for i in boxes.first[1:])
    clocks = [tr.Exponential().sample(200_000, rng=seed) for seed in (1, 2)]
    v, x = (law.inverse_hazard(e) for law, e in zip(pair, clocks, strict=True))
    held = np.zeros(v.size, dtype=int)
    for box in range(first, last):
        inside = np.ones(v.size, dtype=bool)
        for e, low, mass in zip(
            clocks,
            (boxes.truth_clock[box], boxes.error_clock[box]),
            (boxes.truth_mass[box], boxes.error_mass[box]),
            strict=True,
        ):
            top = low - np.log1p(-mass) if mass < 1.0 else np.inf
            inside &= (e >= low) & (e < top)
        held += inside
    assert held.max() == 1
    assert (held[v + x >= t] == 1).all()
    # And they are not much larger than what they cover.
    assert boxes.size[1] < 2.5 * max(p, np.mean(v + x >= t))


def test_a_box_is_chosen_with_its_chance():
    boxes = boxes_for(*PAIRS[1], np.array([-np.inf, 40.0]))
    first, last = (int(i) for i in boxes.first[1:])
    count = last - first
    chances = boxes.stay[first:last] / count
    for box in range(first, last):
        chances[int(boxes.alias[box]) - first] += (1.0 - boxes.stay[box]) / count
    mass = np.log(boxes.truth_mass) - boxes.truth_clock
    mass += np.log(boxes.error_mass) - boxes.error_clock
    assert_allclose(chances, np.exp(mass[first:last]) / boxes.size[1], rtol=1e-9)


def test_without_a_threshold_pairs_are_plain_draws():
    v, x = MODEL.beyond(-np.inf).sample(20_000, rng=3)
    assert_follows(v, MODEL.truth.cdf, p_fail=1e-9)
    assert_follows(x, MODEL.error.cdf, p_fail=1e-9)


def ways():
    """Return jobs that draw pairs in every way, for so many of them and threads."""
    dependent = tr.Goodhart(
        tr.Normal(),
        error_given=tr.ScaledError(tr.StudentT(3), lambda v: np.abs(v)),
    )

    def simulated(model, n, **how):
        def job(count, threads):
            result = model.simulate(n, count, rng=8, keep=True, threads=threads, **how)
            return result.truths, result.errors

        return job

    return {
        "all, 3": simulated(MODEL, 3),
        "all, 5000": simulated(MODEL, 5000),
        "conditional": simulated(MODEL, 1e9, method="conditional"),
        "conditional, data": simulated(DATA, 9, method="conditional"),
        "dependent": simulated(dependent, 9),
        "beyond": lambda count, threads: MODEL.beyond(1e4).sample(
            count, rng=8, threads=threads
        ),
        "top": lambda count, threads: MODEL.top(5, 1000).sample(
            count, rng=8, threads=threads
        ),
    }


@pytest.mark.parametrize("way", ways())
def test_pairs_do_not_depend_on_threads_nor_on_how_many_there_are(way):
    job = ways()[way]
    count = 400 if way == "all, 5000" else 60_001
    want = job(count, 1)
    for threads in (2, 5):
        assert_array_equal(job(count, threads), want)
    few = np.array(want)[:, :77]
    assert_array_equal(job(77, 1), few)


@pytest.mark.parametrize("way", ways())
def test_pairs_have_the_same_bits_on_every_instruction_set(isa, way):
    job = ways()[way]
    count = 3 if way == "all, 5000" else 200
    got = job(count, 1)
    _core.set_isa("baseline")
    assert_array_equal(job(count, 1), got)


# A change of these is a change of stream_version.
GOLDEN = {
    "all, 3": "efc303e9b8168c63",
    "beyond": "d22171b8286468f4",
}


@pytest.mark.parametrize("way", GOLDEN)
def test_pairs_are_those_of_stream_version_2(way):
    assert _core.build_info()["stream_version"] == 2
    pairs = np.array(ways()[way](5000, 1)).astype("<f8")
    assert hashlib.sha256(pairs.tobytes()).hexdigest()[:16] == GOLDEN[way]


@posix
@pytest.mark.parametrize(
    "code",
    [
        "pick.simulate(10**13, 2, progress=started)",
        "soon(); pick.simulate(10**6, 10**8, threads=2)",
        "soon(); pick.simulate(10**9, 10**11, method='conditional')",
    ],
)
def test_control_c_ends_a_long_pick(code):
    interrupted("pick = tr.Goodhart(tr.Normal(), tr.StudentT(3))\n" + code)


def test_progress_is_told():
    shares = []
    MODEL.simulate(10**6, 200, rng=1, progress=shares.append)
    assert shares[-1] == 1.0
    assert shares == sorted(shares)
