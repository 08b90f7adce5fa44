"""Which laws have a hazard rate that never falls: theorems, a line a family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..derived import Derived
from ..laws.base import Law

#: Whether the hazard rate of a family is non-decreasing, and whether its density is
#: log-concave, which its mirror image and cuts of it inherit.
RISING: dict[str, Callable[[Any], tuple[bool, bool]]] = {
    "Exponential": lambda x: (True, True),
    "Gamma": lambda x: (x.shape >= 1.0,) * 2,
    "GeneralizedExtremeValue": lambda x: (-1.0 <= x.xi <= 0.0,) * 2,
    "GeneralizedNormal": lambda x: (x.beta >= 1.0,) * 2,
    "GeneralizedPareto": lambda x: (x.xi <= 0.0, -1.0 <= x.xi <= 0.0),
    "Gumbel": lambda x: (True, True),
    "Laplace": lambda x: (True, True),
    "Logistic": lambda x: (True, True),
    "Normal": lambda x: (True, True),
    "Uniform": lambda x: (True, True),
    "Weibull": lambda x: (x.shape >= 1.0,) * 2,
}


def rises(law: Law) -> bool:
    """Return whether the hazard rate is non-decreasing, as far as theorems say."""
    return _known(law)[0]


def _known(law: Law) -> tuple[bool, bool]:
    """Return whether the hazard rate is known to rise, and the density log-concave."""
    if not isinstance(law, Derived):
        found = RISING.get(type(law).__name__)
        return found(law) if found is not None else (False, False)
    hazard, density = _known(law.base)
    for method, *arguments in law.steps:
        if method == "scaled":
            hazard = hazard if arguments[0] > 0.0 else density
        elif method == "truncated":
            # A cut above takes a log-concave density, which is one still.
            hazard = density
        elif method == "capped":
            hazard = density = False
        elif method in ("min_of", "max_of", "order_statistic"):
            # Order statistics inherit the hazard rate; for the density that takes whole
            # numbers, and is not used.
            density = False
    return hazard, density
