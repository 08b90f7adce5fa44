"""Statistical checks that state their chance of a false alarm, without asymptotics."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom

Cdf = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def ks_gap(x: ArrayLike, cdf: Cdf) -> float:
    """Return the largest distance between a sample's steps and a continuous `cdf`."""
    x = np.sort(np.asarray(x, dtype=np.float64))
    steps = np.arange(len(x) + 1) / len(x)
    f = cdf(x)
    return float(max(np.max(steps[1:] - f), np.max(f - steps[:-1])))


def dkw_bound(count: int, p_fail: float) -> float:
    """Return the gap that `count` right draws exceed with chance <= `p_fail`.

    P(gap > e) <= 2 exp(-2 count e^2) for every count and every law: the inequality of
    Dvoretzky, Kiefer and Wolfowitz with the constant of P. Massart, "The tight constant
    in the Dvoretzky-Kiefer-Wolfowitz inequality", Ann. Probab. 18 (1990).
    """
    return float(np.sqrt(np.log(2 / p_fail) / (2 * count)))


def assert_follows(x: ArrayLike, cdf: Cdf, *, p_fail: float) -> None:
    """Assert that a sample follows `cdf`; a right sampler fails with chance <= p_fail.

    The bound is `dkw_bound`. NaN in the sample fails.
    """
    gap, allowed = ks_gap(x, cdf), dkw_bound(np.size(x), p_fail)
    assert gap <= allowed, f"KS gap {gap:.4g} > {allowed:.4g} (p_fail={p_fail:g})"


def assert_binomial(count: int, trials: int, p: float, *, p_fail: float) -> None:
    """Assert that `count` of `trials` is likely at chance `p` each.

    A right count fails with chance <= p_fail: each of the two exact tails,
    P(C <= count) and P(C >= count), must be above p_fail / 2.
    """
    low = float(binom.cdf(count, trials, p))
    high = float(binom.sf(count - 1, trials, p))
    assert min(low, high) > p_fail / 2, (
        f"{count} of {trials} at p = {p:g}: expected {trials * p:.6g}, "
        f"P(C <= count) = {low:.3g}, P(C >= count) = {high:.3g} (p_fail={p_fail:g})"
    )
