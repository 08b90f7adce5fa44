"""Plain scalar twins of the core: written first, to be read, with no tricks."""

from __future__ import annotations

from collections.abc import Sequence

import mpmath as mp

WORD = 2**64
LANES = 8
STREAM_VERSION = 2

# Skein 1.3, table 4, and the constant of its key schedule.
ROTATIONS = [
    (14, 16),
    (52, 57),
    (23, 40),
    (5, 37),
    (25, 33),
    (46, 12),
    (58, 22),
    (32, 32),
]
PARITY = 0x1BD11BDAA9FC1A22


def rotate_left(x: int, k: int) -> int:
    """Rotate a 64-bit word."""
    return (x << k | x >> (64 - k)) % WORD


def threefry4x64(key: Sequence[int], counter: Sequence[int]) -> list[int]:
    """Encipher four words by Threefry4x64 with 20 rounds."""
    schedule = [*key, PARITY ^ key[0] ^ key[1] ^ key[2] ^ key[3]]
    x = [(c + k) % WORD for c, k in zip(counter, key, strict=True)]
    for i in range(20):
        pairs = [(0, 1), (2, 3)] if i % 2 == 0 else [(0, 3), (2, 1)]
        for (a, b), rotation in zip(pairs, ROTATIONS[i % 8], strict=True):
            x[a] = (x[a] + x[b]) % WORD
            x[b] = rotate_left(x[b], rotation) ^ x[a]
        if i % 4 == 3:
            step = i // 4 + 1
            x = [(x[j] + schedule[(step + j) % 5]) % WORD for j in range(4)]
            x[3] = (x[3] + step) % WORD
    return x


def xoshiro256pp(state: Sequence[int], count: int) -> list[int]:
    """Return the first values of xoshiro256++ from a state of four words."""
    s = list(state)
    values = []
    for _ in range(count):
        values.append((rotate_left((s[0] + s[3]) % WORD, 23) + s[0]) % WORD)
        t = (s[1] << 17) % WORD
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate_left(s[3], 45)
    return values


def key_of(seed: bytes) -> list[int]:
    """Hash the bytes of a little-endian integer to a key, 256 bits at a time."""
    key = [0, 0, 0, 0]
    for start in range(0, max(len(seed), 1), 32):
        group = seed[start : start + 32].ljust(32, b"\0")
        words = [int.from_bytes(group[i : i + 8], "little") for i in range(0, 32, 8)]
        mixed = threefry4x64(key, words)
        key = [k ^ m for k, m in zip(key, mixed, strict=True)]
    return key


def stream_bits(seed: bytes, path: int, task: int, count: int) -> list[int]:
    """Return the first values of a stream: value i is step i // 8 of lane i % 8."""
    key = key_of(seed)
    lanes = []
    for lane in range(LANES):
        state = threefry4x64(key, [path, task, lane, STREAM_VERSION])
        lanes.append(xoshiro256pp(state, -(-count // LANES)))
    return [lanes[i % LANES][i // LANES] for i in range(count)]


@mp.workprec(200)
def clock(bits: int) -> mp.mpf:
    """Return the standard exponential that 64 random bits stand for."""
    k = bits - WORD if bits >= WORD // 2 else bits
    x = (k + mp.mpf(0.5)) / WORD
    return -mp.log(x) if x > 0 else -mp.log1p(x)


@mp.workprec(200)
def flip(y: float) -> mp.mpf:
    """Return -log(1 - e^-y)."""
    y = mp.mpf(y)
    return -mp.log(-mp.expm1(-y)) if y < 1 else -mp.log1p(-mp.exp(-y))


def _signed(bits: int) -> mp.mpf:
    k = bits - WORD if bits >= WORD // 2 else bits
    return (k + mp.mpf(0.5)) / WORD


def _circle(bits: int) -> tuple[mp.mpf, mp.mpf]:
    """Return sine and cosine: 52 bits are a place in an eighth, three say in which."""
    y = (bits % 2**52 + mp.mpf(0.5)) / 2**52
    pair = [mp.sinpi(y / 4), mp.cospi(y / 4)]
    if bits >> 63 & 1:
        pair.reverse()
    signs = [-1 if bits >> shift & 1 else 1 for shift in (62, 61)]
    return pair[0] * signs[0], pair[1] * signs[1]


@mp.workprec(200)
def normal_pair(a: int, b: int) -> tuple[mp.mpf, mp.mpf]:
    """Return two standard normals: a clock is half a squared radius, then an angle."""
    radius = mp.sqrt(2 * clock(a))
    s, c = _circle(b)
    return radius * s, radius * c


@mp.workprec(200)
def student_t(df: float, a: int, b: int) -> mp.mpf:
    """Return a Student's t by the polar form."""
    df = mp.mpf(df)
    return mp.sqrt(df * mp.expm1(2 / df * clock(a))) * _circle(b)[0]


@mp.workprec(200)
def cauchy(bits: int) -> mp.mpf:
    """Return a Cauchy: the cotangent of a signed probability."""
    x = mp.pi * _signed(bits)
    return mp.cos(x) / mp.sin(x)
