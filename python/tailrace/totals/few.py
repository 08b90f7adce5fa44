"""Draws of sums of few values of laws in pieces: one by one, and added up."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .. import _check, _core
from .._rng import RNG, seed_bytes
from ..laws.base import Law
from ..simulation import BITS, EXTREMES

#: So few values are drawn sooner than the table of a sum of laws in pieces is made.
FEW = 4096


def sample(
    law: Law,
    n: int,
    shape: int | tuple[int, ...] | None,
    rng: RNG = None,
    out: NDArray[Any] | None = None,
    dtype: DTypeLike | None = None,
    threads: int | None = None,
) -> float | NDArray[Any]:
    """Return sums of n draws: see `Law.sample`."""
    array = _check.room(shape, out, dtype)
    count, workers = array.size, _check.threads("threads", threads)
    if count:
        seed = seed_bytes(rng)
        found = _core.simulate_steps(
            law._core_law, seed, n, count, BITS, EXTREMES, True, workers, None
        )
        if found is None:
            law._refuse_unknown(math.nan)
            raise AssertionError  # every law that gives NaN says why
        with np.errstate(over="ignore"):
            array[...] = found[2].reshape(array.shape)
    return float(array) if out is None and shape is None else array
