"""What a call does to the process around it: signals, threads, seeds, the FPU's mode."""

from __future__ import annotations

import copy
import math
import os
import platform
import re
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_array_equal

LAW = tr.Pareto(1.2)
MODEL = tr.IndependentSteps(LAW, 2)
LONG = (10**11, 1)  # steps and trials of a task for minutes: one that nobody waits for
LIMIT = 20  # seconds, where an answer within a second is expected
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")

PRELUDE = """
import os, signal, sys, threading, time
import numpy as np
import tailrace as tr
signal.signal(signal.SIGINT, signal.default_int_handler)
law = tr.Pareto(1.2)
model = tr.IndependentSteps(law, 2)
def started(share=0.0):
    print("started", flush=True)
def soon():
    threading.Timer(0.1, started).start()
"""


def start(code, **environment):
    """Start Python on `code`, after the prelude."""
    command = [sys.executable, "-X", "utf8", "-c", PRELUDE + code]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env={**os.environ, **environment}, **pipes)


def finished(code, **environment):
    """Run `code` to its end, which must be a good one; return what it printed."""
    with start(code, **environment) as process:
        out, err = process.communicate(timeout=3 * LIMIT)
        assert process.returncode == 0, (process.returncode, err)
        return out


def interrupted(code, **environment):
    """Run `code` until it has started, then press Ctrl-C; return what it printed."""
    with start(code, **environment) as process:
        try:
            assert process.stdout.readline() == "started\n", process.communicate()[1]
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=LIMIT)
        finally:
            process.kill()
        assert process.returncode in (-signal.SIGINT, 130)
        assert err.splitlines()[-1] == "KeyboardInterrupt"
        return out


# Ctrl-C.


@posix
@pytest.mark.parametrize(
    "code",
    [
        "model.simulate(10**11, 1, progress=started)",
        "model.simulate(10**5, 10**6, threads=1, progress=started)",
        "soon(); model.simulate(10**11, 1)",
        "soon(); model.simulate(10**5, 10**6, threads=2)",
        "soon(); tr.steps_table([model], steps=[10**11], trials=1)",
    ],
)
def test_control_c_ends_a_long_simulation(code):
    interrupted(code)


@posix
@pytest.mark.parametrize("isa", ["baseline", ""])
def test_control_c_ends_a_long_sample_before_it_is_full(isa):
    code = """
out = np.zeros(3 * 10**8, np.float32)  # memory that is not there until it is written
soon()
try:
    law.sample(out=out, threads=1)
except KeyboardInterrupt:
    print("the end is", out[-1], flush=True)
    raise
"""
    assert interrupted(code, TAILRACE_ISA=isa) == "the end is 0.0\n"


@posix
@pytest.mark.parametrize(
    "shape", ["(10**8 // 512, 512)", "(10**8 // 8, 8)", "(1, 10**8)"]
)
def test_control_c_ends_long_rows_of_extremes_before_they_are_full(shape):
    code = f"""
out = np.zeros({shape}, np.float32)
soon()
try:
    while True:
        law.top(out.shape[1], 1e12).sample(out=out, threads=1)
        print("again", flush=True)
except KeyboardInterrupt:
    print("the end is", out[-1, -1], flush=True)
    raise
"""
    assert interrupted(code, TAILRACE_ISA="baseline") == "the end is 0.0\n"


@posix
def test_control_c_ends_the_evaluation_of_a_long_array():
    interrupted("""
x = np.full(2 * 10**7, 3.0)
soon()
while True:
    tr.LogLogistic(1.2).max_of(3).beyond(2).isf(tr.Weibull(0.3).min_of(2).sf(x))
""")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("threads", ["1", "None"])
def test_a_sample_that_takes_longer_than_a_look_at_signals_is_whole(dtype, threads):
    code = f"x = law.sample(4 * 10**6, rng=1, dtype={dtype!r}, threads={threads})\n"
    code += "print(x.min() >= 1, x.dtype, x[-1] == law.sample(out=x, rng=1)[-1])"
    assert finished(code, TAILRACE_ISA="baseline") == f"True {dtype} True\n"


# Progress.


@pytest.mark.parametrize("threads", [1, 2, None])
def test_progress_goes_from_0_to_1_and_never_back(threads):
    shares = []
    MODEL.simulate(1000, 200_000, rng=1, threads=threads, progress=shares.append)
    assert all(type(share) is float for share in shares)
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] == 1
    shares = []
    tr.steps_table(
        [MODEL] * 2, steps=[300, 700], trials=10**5, rng=1, progress=shares.append
    )
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] == pytest.approx(1, abs=1e-12)
    assert shares[-1] <= 1


def test_progress_does_not_change_the_draws():
    plain = MODEL.simulate(1000, 2000, rng=1, keep=True)
    watched = MODEL.simulate(1000, 2000, rng=1, keep=True, progress=lambda share: 0)
    assert_array_equal(plain.totals, watched.totals)
    assert_array_equal(plain.largest, watched.largest)


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("threads", [1, 2])
def test_an_exception_of_the_callback_stops_the_work(error, threads):
    seen = []

    def fail(share):
        seen.append(share)
        raise error("from the callback")

    with pytest.raises(error, match="from the callback"):
        MODEL.simulate(*LONG, threads=threads, progress=fail)
    with pytest.raises(error, match="from the callback"):
        tr.steps_table([MODEL], steps=[10**11], trials=1, progress=fail)
    assert len(seen) == 2
    assert MODEL.simulate(3, 5, rng=1).seed == 1


# Threads.


@pytest.mark.parametrize(
    "work",
    [
        lambda: MODEL.simulate(1000, 200_000, rng=1, threads=1),
        lambda: LAW.max_of(3).sample(rng=1, out=np.empty(10**7, "f4"), threads=1),
        lambda: tr.LogLogistic(1.2).max_of(3).sf(np.full(10**6, 3.0)),
    ],
    ids=["simulate", "sample", "sf"],
)
def test_other_threads_of_python_run_while_the_core_computes(work):
    stop, gaps = threading.Event(), []

    def look_at_the_clock():
        last = time.monotonic()
        while not stop.is_set():
            gaps.append(-last + (last := time.monotonic()))

    thread = threading.Thread(target=look_at_the_clock)
    thread.start()
    try:
        begin = time.monotonic()
        work()
        taken = time.monotonic() - begin
    finally:
        stop.set()
        thread.join()
    # Would the core keep the interpreter's lock, one gap would be all of the time taken.
    assert max(gaps) < 0.9 * taken


def test_calls_from_many_threads_at_once_give_the_same_bits():
    want = MODEL.simulate(100, 20_000, rng=5, keep=True).totals
    rng, draws, totals = np.random.default_rng(3), [], []

    def work():
        draws.extend(LAW.sample(rng=rng) for _ in range(200))
        totals.append(MODEL.simulate(100, 20_000, rng=5, keep=True).totals)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(totals) == 8
    for got in totals:
        assert_array_equal(got, want)
    # Each call took four values of the generator, which no other one got.
    one_by_one = np.random.default_rng(3)
    assert sorted(draws) == sorted(LAW.sample(rng=one_by_one) for _ in range(1600))
    assert rng.random() == one_by_one.random()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_forked_child_can_simulate_after_its_parent_did():
    code = """
want = model.simulate(1000, 10_000, rng=1, threads=2).median()
child = os.fork()
same = model.simulate(1000, 10_000, rng=1, threads=2).median() == want
if child == 0:
    os._exit(0 if same else 7)
print(same, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert finished(code) == "True 0\n"


MODES = """
import ctypes, struct
libm = ctypes.CDLL(None)
mode = ctypes.create_string_buffer(32)
libm.fegetenv(mode)  # the control word of SSE stands in the last four bytes
flushing = mode.raw[:28] + struct.pack("<I", 0x1F80 | 0x8040)
upward = mode.raw[:28] + struct.pack("<I", 0x1F80 | 0x4000)
def now():
    float(tiny) / 2  # subnormal, unless the mode says otherwise
    return float(tiny) / 2 == 0, float(one) + 1e-30 > 1
tiny, one = "1e-308", "1"
ready = [law, tr.Weibull(0.01), tr.Frechet(1.2).min_of(3).beyond(5),
         tr.LogLogistic(0.05).min_of(1e300), tr.Empirical([1e-310, 3, 5]),
         tr.Pareto(1.2, 1e-314), tr.Exponential(1e-312)]
def bits():
    fresh = [tr.LogLogistic(1.2).max_of(3).beyond(7), tr.Weibull(0.01).beyond(1e-200),
             tr.Lomax(1.2).beyond(1e-300).max_of(1e10), tr.Frechet(0.1).beyond(1e-10),
             tr.GeneralizedPareto(1e-9, 1e-305).beyond(3e-305), tr.Empirical([1, 3, 5])]
    for a_law in ready + fresh:
        yield a_law.sample(5000, rng=1).tobytes()
        yield a_law.sf([1e-310, 1.0, 5.0, 1e155, 1e257, 1e300]).tobytes()
        yield a_law.isf([1e-310, 0.5, 1 - 1e-16]).tobytes()
        result = tr.IndependentSteps(a_law).simulate(100, 9000, rng=3, keep=True)
        yield result.totals.tobytes() + result.largest.tobytes()
        yield result._seen.to_bytes()
    parts = [tr.Summary(), tr.Summary()]
    tiny_values = np.array([-2e-310, 5e-324, 1e-309] * 50)
    for part in parts:
        part.update(tiny_values)
        part.update(tiny_values, weights=2)
    yield (parts[0] + parts[1]).to_bytes()
    yield tr.Summary.from_bytes(parts[0].to_bytes()).to_bytes()
    yield tr.running_mean(tiny_values).tobytes() + tr.running_median(tiny_values).tobytes()
want = list(bits())
for changed in (flushing, upward):
    libm.fesetenv(ctypes.create_string_buffer(changed, 32))
    before, got, after = now(), list(bits()), now()
    libm.fesetenv(mode)
    print(before, after, [i for i, b in enumerate(got) if b != want[i]])
"""


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="sets the control word as the C library of Linux on x86-64 keeps it",
)
def test_the_mode_of_the_processor_changes_no_bit_and_is_left_as_it_was():
    assert finished(MODES).splitlines() == [
        "(True, False) (True, False) []",  # subnormals are flushed to zero
        "(False, True) (False, True) []",  # rounding upward
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TAILRACE_NUM_THREADS", "0"),
        ("TAILRACE_NUM_THREADS", "two"),
        ("TAILRACE_NUM_THREADS", "\u00b2"),  # a digit to str.isdigit, but not to int
        ("TAILRACE_ISA", "v9"),
    ],
)
def test_what_is_set_in_the_environment_is_checked(name, value):
    with start("law.sample(10**5, rng=1)", **{name: value}) as process:
        last = process.communicate(timeout=LIMIT)[1].splitlines()[-1]
    assert re.fullmatch(rf"ValueError: {name} must .*, got '?{value}'?", last), last


# Seeds.

SEEDS = [0, 7, 2**256 + 7, 2**4000, np.int64(8), [1, 2], [], [2**100, 3], np.array([4])]
SEEDS += [np.random.SeedSequence(5), np.random.SeedSequence(5).spawn(1)[0]]
BITS = [np.random.MT19937, np.random.PCG64, np.random.Philox, np.random.SFC64]
NO_SEED = [-1, np.int64(-7), True, False, np.True_, 1.5, math.nan, 1j, "seven", b"7"]
NO_SEED += [[-1], [1.5], [None], {}, object(), np.random.PCG64, -(10**5000)]


@pytest.mark.parametrize("rng", NO_SEED, ids=lambda rng: type(rng).__name__)
def test_what_is_no_seed_is_refused(rng):
    for call in (
        lambda: LAW.sample(rng=rng),
        lambda: LAW.sample(3, rng=rng),
        lambda: MODEL.simulate(3, 5, rng=rng),
        lambda: tr.steps_table([MODEL], rng=rng),
    ):
        with pytest.raises((TypeError, ValueError), match=r"^rng must .*, got "):
            call()


def test_every_seed_gives_its_own_draws_again_and_again():
    draws = [LAW.sample(5, rng=rng) for rng in SEEDS]
    for rng, first in zip(SEEDS, draws, strict=True):
        assert_array_equal(LAW.sample(5, rng=rng), first)
        assert LAW.sample(rng=rng) == first[0]
    assert len({x[0] for x in draws}) == len(SEEDS)
    assert LAW.sample(rng=np.uint8(7)) == LAW.sample(rng=7)
    assert LAW.sample(rng=(1, 2)) == LAW.sample(rng=[1, 2])
    assert LAW.sample(rng=None) != LAW.sample(rng=None)


@pytest.mark.parametrize("bits", BITS)
def test_a_generator_gives_its_own_draws_and_moves_on_by_four_values(bits):
    rng, same, other = (np.random.Generator(bits(5)) for _ in range(3))
    draws = LAW.sample(5, rng=rng)
    assert_array_equal(LAW.sample(5, rng=same.bit_generator), draws)
    assert_array_equal(LAW.sample(5, rng=np.random.RandomState(bits(5))), draws)
    other.integers(0, 2**64 - 1, 4, np.uint64, endpoint=True)
    assert rng.random() == same.random() == other.random()
    assert LAW.sample(rng=rng) != draws[0]


@pytest.mark.parametrize("rng", [None, *SEEDS, np.random.default_rng(3)], ids=repr)
def test_a_result_keeps_the_seed_that_gives_it_again(rng):
    before = copy.deepcopy(rng)
    first = MODEL.simulate(3, 50, rng=rng, keep=True)
    again = MODEL.simulate(3, 50, rng=first.seed, keep=True)
    assert type(first.seed) is int
    assert again.seed == first.seed
    assert_array_equal(again.totals, first.totals)
    assert_array_equal(again.largest, first.largest)
    if rng is not None:
        table = tr.steps_table([MODEL], steps=[1, 3], trials=50, rng=before)
        assert table.seed == first.seed
        assert table.cells[0][1].to_dict() == first.to_dict()
