"""What a determined user writes with numba: counters through SplitMix64, inlined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

try:
    from numba import njit
except ImportError:
    njit = None


class Missing(Exception):
    """A package that a candidate needs is not installed."""


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a loop with numba, or put off the error until it is called."""
    if njit is not None:
        return njit(nogil=True)(function)

    def missing(*_: object) -> NoReturn:
        raise Missing("numba is not installed")

    return missing


@compiled
def mixed(counter):
    """One uniform in (0, 1), of 53 bits, by the finaliser of SplitMix64."""
    word = counter * np.uint64(0x9E3779B97F4A7C15)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    word ^= word >> np.uint64(31)
    return (np.float64(word >> np.uint64(11)) + 0.5) * 2.0**-53


@compiled
def fill_uniform(out, start):
    """Fill a one-dimensional array; LLVM turns the loop into vector code."""
    for i in range(out.size):
        out[i] = mixed(start + np.uint64(i))


@compiled
def new_powers(state, n, exponent):
    """Make an array of powers of uniforms, one after the other."""
    out = np.empty(n)
    for i in range(n):
        state[0] += np.uint64(1)
        out[i] = mixed(state[0]) ** exponent
    return out


@compiled
def one_power(state, exponent):
    """Draw one power of a uniform."""
    state[0] += np.uint64(1)
    return mixed(state[0]) ** exponent


class Uniforms:
    """A stream of uniforms in (0, 1), a counter that moves on."""

    def __init__(self, seed: int) -> None:
        """Begin far from where other small seeds begin."""
        self._next = np.uint64(seed << 48)

    def fill(self, out: NDArray[Any]) -> None:
        """Fill a contiguous array."""
        flat = out.reshape(-1)
        fill_uniform(flat, self._next)
        self._next += np.uint64(flat.size)
