"""Laws that are closed under sums, and sums of all others."""

from __future__ import annotations

import math
from typing import Any, cast

from .. import _check, laws
from ..derived import Derived
from ..laws.base import Law
from .datalaws import written_out
from .total import Total

# The largest shape of a gamma law.
_LARGEST = 1e15


def sum_of(law: Law, n: int) -> Law:
    """Return the law of the sum of `n` values: see `Law.sum_of`."""
    count = _check.count("n", n, high=10**15)
    if count == 1:
        return law
    if isinstance(law, Total):
        many = [(part, k * count) for part, k in law.parts]
        return Total(many, centred=law.centred)
    closed = _closed(law, count)
    if closed is not None:
        return closed
    low, high = law.support
    # A law that is bounded below only stays as it is.
    mirrored = isinstance(law, Derived) and _mirrors(law.steps[-1])
    if mirrored and (math.isinf(low) or math.isfinite(high)):
        return -sum_of(-law, count)
    written = written_out(law, count)
    if written is not None:
        return written
    if math.isinf(low) and math.isfinite(high):
        return -sum_of(-law, count)
    return Total([(law, count)])


def _mirrors(step: tuple[Any, ...]) -> bool:
    return bool(step[0] == "scaled" and step[1] < 0.0)


def _closed(law: Law, n: int) -> Law | None:
    if isinstance(law, laws.Normal):
        return laws.Normal(n * law.loc, math.sqrt(n) * law.scale)
    if isinstance(law, laws.Cauchy):
        return laws.Cauchy(n * law.loc, n * law.scale)
    if isinstance(law, laws.Levy):
        return laws.Levy(n * law.loc, float(n) * n * law.scale)
    if isinstance(law, laws.Exponential):
        return laws.Gamma(float(n), law.scale)
    if isinstance(law, laws.Gamma) and n * law.shape <= _LARGEST:
        return laws.Gamma(n * law.shape, law.scale)
    if isinstance(law, laws.Stable):
        return _stable(law, n)
    return None


def _stable(law: laws.Stable, n: int) -> Law:
    scale = law.scale * float(n) ** (1.0 / law.alpha)
    loc = n * law.loc
    if law.parametrization == "S0" and law.alpha not in (1.0, 2.0):
        # The location of S1 is additive; that of S0 differs by a multiple of the scale.
        tangent = math.tan(0.5 * math.pi * law.alpha)
        loc += law.beta * (scale - n * law.scale) * tangent
    return cast(
        "Law",
        laws.Stable(law.alpha, law.beta, loc, scale, law.parametrization),
    )
