"""Streams of cpp/tailrace/random: published values, and the reference twin."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import reference
from numpy.testing import assert_array_equal
from stat_checks import assert_binomial
from tailrace import _core

# Random123, examples/kat_vectors, lines "threefry4x64 20": counter, key, result.
KNOWN_THREEFRY = {
    "zeros": """
        0000000000000000 0000000000000000 0000000000000000 0000000000000000
        0000000000000000 0000000000000000 0000000000000000 0000000000000000
        09218ebde6c85537 55941f5266d86105 4bd25e16282434dc ee29ec846bd2e40b""",
    "ones": """
        ffffffffffffffff ffffffffffffffff ffffffffffffffff ffffffffffffffff
        ffffffffffffffff ffffffffffffffff ffffffffffffffff ffffffffffffffff
        29c24097942bba1b 0371bbfb0f6f4e11 3c231ffa33f83a1c cd29113fde32d168""",
    "digits of pi": """
        243f6a8885a308d3 13198a2e03707344 a4093822299f31d0 082efa98ec4e6c89
        452821e638d01377 be5466cf34e90c6c be5466cf34e90c6c c0ac29b7c97c50dd
        a7e8fde591651bd9 baafd0c30138319b 84a5c1a729e685b9 901d406ccebc1ba4""",
}

# The authors' xoshiro256plusplus.c from the state 1, 2, 3, 4.
KNOWN_XOSHIRO = [
    41943041,
    58720359,
    3588806011781223,
    3591011842654386,
    9228616714210784205,
    9973669472204895162,
    14011001112246962877,
    12406186145184390807,
    15849039046786891736,
    10450023813501588000,
]

TOP = 2**64 - 1
PLACES = [(0, 0), (0, 1), (1, 0), (1, 12345), (TOP, TOP), (0, 2**63)]
SEEDS = {
    "empty": b"",
    "zero": bytes(32),
    "one": b"\x01",
    "all of 256 bits": bytes(range(32)),
    "ones": b"\xff" * 32,
    "bytes that end within a word": bytes(range(1, 14)),
    "257 bits": bytes(32) + b"\x01",
    "512 bits": bytes(range(64)),
    "three groups, the last cut": bytes(range(90)),
}


def words(text):
    return [int(word, 16) for word in text.split()]


@pytest.mark.parametrize("name", KNOWN_THREEFRY)
@pytest.mark.parametrize("threefry", [_core.threefry4x64, reference.threefry4x64])
def test_threefry_gives_the_published_values(threefry, name):
    known = words(KNOWN_THREEFRY[name])
    counter, key, want = known[:4], known[4:8], known[8:]
    assert list(threefry(key, counter)) == want


def test_xoshiro_gives_the_published_values_in_every_lane(isa):
    assert reference.xoshiro256pp([1, 2, 3, 4], 10) == KNOWN_XOSHIRO
    got = _core.xoshiro256pp([1, 2, 3, 4], 10).reshape(10, reference.LANES)
    want = np.array(KNOWN_XOSHIRO, dtype=np.uint64)[:, None]
    assert_array_equal(got, np.broadcast_to(want, got.shape), err_msg=isa)


def test_stream_version_is_the_one_the_reference_has():
    assert _core.build_info()["stream_version"] == reference.STREAM_VERSION


@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS)
def test_streams_agree_with_the_reference(isa, seed):
    for path, task in PLACES:
        got = _core.stream_bits(seed, path, task, 80)
        want = np.array(reference.stream_bits(seed, path, task, 80), dtype=np.uint64)
        assert_array_equal(got, want, err_msg=f"{path}, {task} on {isa}")


@pytest.mark.parametrize("length", [8, 16, 24, 32])
def test_a_seed_below_256_bits_is_its_integer_whatever_its_length(length):
    want = _core.stream_bits(b"\x07", 0, 0, 8)
    got = _core.stream_bits((7).to_bytes(length, "little"), 0, 0, 8)
    assert_array_equal(got, want)


def test_an_empty_seed_is_zero():
    want = _core.stream_bits(bytes(8), 0, 0, 8)
    assert_array_equal(_core.stream_bits(b"", 0, 0, 8), want)


@pytest.mark.parametrize("byte", [0, 7, 8, 31, 32, 39, 40, 63, 64, 95])
def test_every_byte_of_a_seed_counts(byte):
    seed = bytearray(96)
    before = _core.stream_bits(bytes(seed), 0, 0, 8)
    seed[byte] = 0x80
    assert not np.any(before == _core.stream_bits(bytes(seed), 0, 0, 8))


@pytest.mark.parametrize("count", [1, 8, 9, 100, 512, 4096])
def test_a_short_stream_is_a_prefix_of_a_long_one(isa, count):
    long = _core.stream_bits(b"prefix", 0, 3, 5000)
    short = _core.stream_bits(b"prefix", 0, 3, count)
    assert count <= len(short) < count + reference.LANES
    assert_array_equal(short, long[: len(short)], err_msg=isa)


def test_different_places_and_seeds_never_share_a_value():
    # Of 60 * 512 fair values some two agree with chance below 30720^2 / 2^65 < 3e-11.
    streams = {
        (seed, path, task): _core.stream_bits(
            seed.to_bytes(40, "little"), path, task, 512
        )
        for seed in (0, 1, 2, 2**64, 2**128, 2**255, 2**256, 2**256 + 1, 2**319, 3)
        for path in (0, 1)
        for task in (0, 1, 2**40)
    }
    pool = np.concatenate(list(streams.values()))
    assert len(streams) == 60
    assert len(np.unique(pool)) == len(pool)


def test_lanes_of_a_stream_are_not_copies_of_each_other():
    lanes = _core.stream_bits(b"lanes", 0, 0, 8 * 1000).reshape(1000, 8)
    for i, j in combinations(range(8), 2):
        assert not np.intersect1d(lanes[:, i], lanes[:, j]).size, (i, j)


def test_every_bit_of_the_output_is_fair():
    # 64 exact two-sided checks share the chance of a false alarm.
    bits = _core.stream_bits(b"fair", 0, 0, 200_000)
    for i in range(64):
        ones = int(np.sum(bits >> np.uint64(i) & np.uint64(1)))
        assert_binomial(ones, len(bits), 0.5, p_fail=1e-9 / 64)
