"""Estimators as bytes: one form, golden files, and no harm from any bytes at all."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
import textwrap
import zlib
from pathlib import Path

import numpy as np
import pytest
import tailrace as tr
from numpy.testing import assert_array_equal

X = [3.0, 1.0, 4.0, 1.0, 5.0, -9.25, 0.0, 2.0**-1074, 1e300]
GOLDEN = Path(__file__).parent / "golden"
#: Of several parts, with another checksum.
COMPOSED = {
    "medians": lambda: tr.MedianOfMeans(3),
    "moving": lambda: tr.Moving(tr.Quantiles(0.1), 4, 2),
}
MAKERS = {
    "mean": lambda: tr.Mean(),
    "moments": lambda: tr.Mean(moments=2),
    "quantiles": lambda: tr.Quantiles(),
    "top": lambda: tr.TopK(4),
    "bottom": lambda: tr.TopK(4, largest=False),
    "summary": lambda: tr.Summary(0.01),
}
every_estimator = pytest.mark.parametrize("name", MAKERS)


def filled(name, x=X):
    one = {**MAKERS, **COMPOSED}[name]()
    one.update(x)
    one.update([math.inf, -math.inf])
    if name == "top":
        one.update([7.0], labels=[300])
    return one


def checksum(body):
    """FNV-1a of 64 bits, as its authors give it."""
    value = 0xCBF29CE484222325
    for byte in body:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value.to_bytes(8, "little")


def sealed(data):
    """Give bytes the length and the checksum that they should have."""
    if data[:8] == b"tailrack":
        body = data[:12] + len(data).to_bytes(8, "little") + data[20:-4]
        return body + zlib.crc32(body).to_bytes(4, "little")
    body = data[:12] + len(data).to_bytes(8, "little") + data[20:-8]
    return body + checksum(body)


@pytest.mark.parametrize("name", [*MAKERS, *COMPOSED])
def test_the_form_of_version_1_is_for_ever(name):
    golden = (GOLDEN / f"{name}.bin").read_bytes()
    assert filled(name).to_bytes() == golden
    again = type(filled(name)).from_bytes(golden)
    assert again == filled(name)


@every_estimator
def test_bytes_pickles_and_buffers_give_the_same_again(name):
    for one in (
        MAKERS[name](),
        filled(name),
        filled(name, np.geomspace(1e-9, 1e9, 9999)),
    ):
        cls, data = type(one), one.to_bytes()
        for again in (
            cls.from_bytes(data),
            cls.from_bytes(bytearray(data)),
            cls.from_bytes(memoryview(data)),
            pickle.loads(pickle.dumps(one)),
        ):
            assert again == one
            assert again.to_bytes() == data
            again.update(1.5)
            assert again == one + filled_with(name, 1.5)


def filled_with(name, x):
    one = MAKERS[name]()
    one.update(x)
    return one


def test_bytes_of_ordinary_data_are_few():
    sketch = filled_with("quantiles", np.random.default_rng(1).lognormal(size=100_000))
    assert len(sketch.to_bytes()) < 16_000
    assert filled_with("mean", X).nbytes < 16_000


@every_estimator
def test_bytes_of_another_class_are_refused(name):
    data = filled(name).to_bytes()
    for other in (tr.Mean, tr.Quantiles, tr.TopK, tr.Summary):
        if other is not type(filled(name)):
            with pytest.raises(
                ValueError, match=rf"^data must be of the class {other.__name__}"
            ):
                other.from_bytes(data)
    for nothing in (None, "tailrace", 5, [1], np.zeros(3)):
        with pytest.raises(TypeError, match=r"^data must be bytes"):
            tr.Mean.from_bytes(nothing)


@every_estimator
def test_damage_of_any_byte_or_length_is_found(name):
    data = filled(name).to_bytes()
    cls = type(filled(name))
    for i in range(len(data)):
        for bit in (1, 128):
            bad = bytes([*data[:i], data[i] ^ bit, *data[i + 1 :]])
            with pytest.raises(ValueError, match=r"^data must "):
                cls.from_bytes(bad)
        with pytest.raises(ValueError, match=r"^data must "):
            cls.from_bytes(data[:i])
    with pytest.raises(ValueError, match=r"^data must be as long as it says"):
        cls.from_bytes(data + b"\0")
    newer = data[:8] + b"\2" + data[9:]
    with pytest.raises(ValueError, match=r"^data must be of version 1"):
        cls.from_bytes(sealed(newer))


@every_estimator
def test_what_is_read_from_damaged_bytes_is_one_form_of_something(name):
    """Where damage with a right checksum is not found, the bytes are those of what is read."""
    data, cls, read = filled(name).to_bytes(), type(filled(name)), 0
    rng = np.random.default_rng(7)
    for _ in range(2_000):
        bad = bytearray(data)
        for _ in range(rng.integers(1, 4)):
            bad[rng.integers(20, len(bad) - 8)] = rng.integers(0, 256)
        if rng.random() < 0.3:
            cut = rng.integers(20, len(bad) - 8)
            del bad[cut : cut + rng.integers(0, 5)]
        bad = sealed(bytes(bad))
        try:
            one = cls.from_bytes(bad)
        except ValueError:
            with pytest.raises(ValueError, match=r"^data must "):
                cls.from_bytes(bad)
            continue
        read += 1
        assert one.to_bytes() == bad
    assert read > 10


HOSTILE = textwrap.dedent(
    """
    import resource, sys
    import numpy as np
    import tailrace as tr
    from test_estimator_bytes import COMPOSED, MAKERS, filled, sealed

    # What there is after the start, and 512 MB.
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    limit = used + (512 << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    rng = np.random.default_rng(20261125)
    seeds = [(type(filled(n)), filled(n).to_bytes()) for n in (*MAKERS, *COMPOSED)]
    read = refused = 0
    for i in range(100_000):
        cls, data = seeds[i % len(seeds)]
        bad = bytearray(data)
        for _ in range(1 + i % 5):
            what, at = rng.integers(0, 4), int(rng.integers(0, len(bad)))
            if what == 0:
                bad[at] = rng.integers(0, 256)
            elif what == 1:
                bad[at : at + 1] = rng.bytes(int(rng.integers(0, 12)))
            elif what == 2:
                del bad[at : at + int(rng.integers(1, 12))]
            else:
                bad[at : at + 8] = b"\\xff" * int(rng.integers(1, 10))
            bad = bad or bytearray(b"t")
        bad = bytes(bad)
        if i % 4 and len(bad) > 28:
            bad = sealed(data[:12] + bad[12:])
        try:
            one = cls.from_bytes(bad)
            one.update(1.0)
            repr(one)
            if hasattr(one, "merge"):
                one.merge(cls.from_bytes(data))
                one.count, one.min, one.max
            read += 1
        except ValueError:
            refused += 1
    print(read, refused)
    """
)


def test_a_hundred_thousand_hostile_bytes_do_no_harm():
    """In a process with little memory: no crash, no hang, no other error."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("the memory in use is known only on Linux")
    done = subprocess.run(
        [sys.executable, "-c", HOSTILE],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    read, refused = map(int, done.stdout.split())
    assert read + refused == 100_000
    assert read > 100


def test_sums_that_no_values_have_are_refused():
    honest = tr.Summary()
    honest.update([1.0, 5.0, 3.0])
    data = bytearray(honest.to_bytes())
    for i in range(20, len(data) - 8):
        bad = bytearray(data)
        bad[i] ^= 16
        try:
            one = tr.Summary.from_bytes(sealed(bytes(bad)))
        except ValueError:
            continue
        assert one.var(0) >= 0
        assert one.min <= one.trimmed_mean(0) <= one.max
        assert one.min <= one.quantile(0.5) <= one.max


SHORT_OF_MEMORY = textwrap.dedent(
    """
    import resource
    import numpy as np
    import tailrace as tr

    rng = np.random.default_rng(1)
    for make in (lambda: tr.Quantiles(2.0**-17), lambda: tr.Summary(2.0**-17, 10_000)):
        sketch, twin, other = make(), make(), make()
        other.update(np.ldexp(rng.random(3000), rng.integers(-900, 900, 3000)))
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        failed = 0
        for i in range(40):
            size = int(rng.integers(1, 5000))
            x = np.ldexp(rng.choice([-1, 1], size), rng.integers(-1000, 1000, size))
            x *= 1 + rng.random(size)
            limit = used + int(rng.integers(0, 4 << 20)) if i % 2 else -1
            resource.setrlimit(resource.RLIMIT_AS, (limit, -1))
            before = sketch.count
            try:
                if i % 7 == 0:
                    sketch.merge(other)
                else:
                    sketch.update(x, threads=1)
                done = True
            except MemoryError:
                done = False
                failed += 1
            resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
            assert done == (sketch.count != before)
            if done and i % 7 == 0:
                twin.merge(other)
            elif done:
                twin.update(x, threads=1)
            used = int(open("/proc/self/statm").read().split()[0]) * 4096
        assert sketch == twin
        assert type(sketch).from_bytes(sketch.to_bytes()) == sketch
        print(failed)
    """
)


def test_running_out_of_memory_takes_in_all_of_a_piece_or_nothing():
    if not Path("/proc/self/statm").exists():
        pytest.skip("the memory in use is known only on Linux")
    done = subprocess.run(
        [sys.executable, "-c", SHORT_OF_MEMORY],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert all(int(line) > 3 for line in done.stdout.split())


def test_sketches_of_differing_errors_merge_to_the_coarser():
    x = np.random.default_rng(2).normal(size=20_000)
    fine, coarse = tr.Quantiles(1e-4), tr.Quantiles(1e-2)
    fine.update(x[:9000])
    coarse.update(x[9000:])
    whole = tr.Quantiles(1e-2)
    whole.update(x)
    assert fine + coarse == coarse + fine == whole
    assert (fine + coarse).relative_error == coarse.relative_error
    top, few = tr.TopK(9), tr.TopK(5)
    top.update(x)
    few.update(x)
    assert_array_equal((top + few).values, np.sort(np.repeat(x, 2))[::-1][:5])
    assert (top + few).k == 5
    mean, moments = tr.Mean(), tr.Mean(moments=2)
    moments.update(x)
    assert (mean + moments).sum == math.fsum(x)
    with pytest.raises(ValueError, match=r"^moments must be 2 for a variance"):
        (mean + moments).var()


def test_only_estimators_of_one_class_are_added():
    for a, b in (
        (tr.Mean(), tr.Quantiles()),
        (tr.Summary(), 1),
        (tr.TopK(1), tr.Mean()),
    ):
        with pytest.raises(TypeError):
            a + b
        with pytest.raises(TypeError, match=r"^others must be of class "):
            a.merge(b)
    with pytest.raises(ValueError, match=r"^others must keep the largest values"):
        tr.TopK(3) + tr.TopK(3, largest=False)
