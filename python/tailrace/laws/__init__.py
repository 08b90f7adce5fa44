"""The laws: one small file each."""

from __future__ import annotations

from .base import Law
from .empirical import Empirical
from .exponential import Exponential
from .frechet import Frechet
from .generalized_pareto import GeneralizedPareto
from .loglogistic import LogLogistic
from .lomax import Lomax
from .pareto import Pareto
from .uniform import Uniform
from .weibull import Weibull

__all__ = [
    "Empirical",
    "Exponential",
    "Frechet",
    "GeneralizedPareto",
    "Law",
    "LogLogistic",
    "Lomax",
    "Pareto",
    "Uniform",
    "Weibull",
]
