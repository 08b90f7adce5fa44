"""Errors in units in the last place, against numbers of any precision."""

from __future__ import annotations

from collections.abc import Iterable

import mpmath as mp
import numpy as np


def ulp_error(got: float, want: mp.mpf) -> float:
    """Return |got - want| in units in the last place of `want`.

    The unit is the spacing of doubles at `want`, not at its rounded value, and never
    below the spacing of subnormals. An infinite or NaN `got` has an infinite error.
    """
    if not np.isfinite(got):
        return float("inf")
    if want == 0:
        return 0.0 if got == 0 else float("inf")
    unit = mp.ldexp(1, max(mp.mag(want), -1021) - 53)
    return float(abs(mp.mpf(float(got)) - want) / unit)


def worst_ulp_error(
    x: Iterable[float], got: Iterable[float], want: Iterable[mp.mpf]
) -> tuple[float, object]:
    """Return the largest error and the argument at which it occurs."""
    rows = zip(x, got, want, strict=True)
    return max((ulp_error(g, w), point) for point, g, w in rows)
