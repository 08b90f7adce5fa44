"""Checks of answers; a right sampler fails one with a chance below P_FAIL."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Chance that the check of a right answer fails. The bounds hold for every sample size.
P_FAIL = 1e-9

Check = Callable[[NDArray[Any]], None]


class WrongAnswer(Exception):
    """A candidate may be fast, but its answer is wrong."""


def follows(cdf: Callable[[Any], Any], *, size: int) -> Check:
    """Check all draws against a law, by the DKW inequality with Massart's constant."""
    allowed = math.sqrt(math.log(2 / P_FAIL) / (2 * size))
    ranks = np.arange(size + 1) / size

    def check(draws: NDArray[Any]) -> None:
        _check_shape(draws, (size,))
        exact = cdf(np.sort(draws).astype(np.float64))
        gap = max(np.max(ranks[1:] - exact), np.max(exact - ranks[:-1]))
        if not gap <= allowed:  # NaN is wrong as well
            raise WrongAnswer(f"KS gap {gap:.3g} of {size} draws, above {allowed:.3g}")

    return check


def has_median(median: float, *, size: int) -> Check:
    """Check the share of draws up to the exact median, by Hoeffding's inequality."""
    allowed = math.sqrt(math.log(2 / P_FAIL) / (2 * size))

    def check(draws: NDArray[Any]) -> None:
        _check_shape(draws, (size,))
        share = np.mean(draws <= median)
        if np.isnan(draws).any() or abs(share - 0.5) > allowed:
            found = np.median(draws)
            raise WrongAnswer(f"median {found:.6g} of {size}, exact {median:.6g}")

    return check


def is_close_to(exact: NDArray[np.float64], *, relative: float) -> Check:
    """Check values one by one; the bound is not statistical."""

    def check(values: NDArray[Any]) -> None:
        _check_shape(values, exact.shape)
        error = np.max(np.abs(values / exact - 1.0))
        if not error <= relative:
            raise WrongAnswer(f"relative error {error:.3g}, above {relative:.3g}")

    return check


def _check_shape(answer: NDArray[Any], shape: tuple[int, ...]) -> None:
    if answer.shape != shape:
        raise WrongAnswer(f"an answer of shape {answer.shape}, not {shape}")
