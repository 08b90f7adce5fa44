"""Seeds: from whatever `numpy.random.default_rng` takes to one integer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from numbers import Integral
from typing import TypeAlias

import numpy as np

from . import _check, _core

RNG: TypeAlias = (
    int
    | np.integer
    | Sequence[int]
    | np.random.SeedSequence
    | np.random.BitGenerator
    | np.random.Generator
    | None
)


def seed_bytes(rng: RNG) -> bytes:
    """Return the seed as little-endian bytes, the form the core takes.

    A generator gives four of its 64-bit values, under its lock, and so moves on; a
    seed sequence gives four words of its state; None asks the operating system.
    """
    if isinstance(rng, np.random.Generator):
        rng = rng.bit_generator
    if isinstance(rng, np.random.BitGenerator):
        with rng.lock:
            return _core.next_256_bits(rng.capsule)
    if isinstance(rng, bool | np.bool_):
        msg = f"rng must not be a truth value, got {rng!r}"
        raise TypeError(msg)
    if isinstance(rng, Integral):
        value = _check.count("rng", rng, low=0, high=2**65536)
        return value.to_bytes(max(32, -(-value.bit_length() // 256) * 32), "little")
    if rng is None:
        return os.urandom(16).ljust(32, b"\0")
    if isinstance(rng, np.random.RandomState):
        return seed_bytes(rng._bit_generator)
    if not isinstance(rng, np.random.SeedSequence):
        try:
            rng = np.random.SeedSequence(rng)
        except (TypeError, ValueError) as error:
            msg = (
                "rng must be a non-negative integer, a sequence of these, a SeedSequence, "
                f"BitGenerator, Generator or None, got {_check.said(rng)}"
            )
            raise TypeError(msg) from error
    return rng.generate_state(4, np.uint64).astype("<u8").tobytes()


def seed_integer(seed: bytes) -> int:
    """Return the integer which, given as `rng`, stands for the same seed."""
    return int.from_bytes(seed, "little")
