"""The laws: one small file each."""

from __future__ import annotations

from .base import Law
from .burr import Burr
from .empirical import Empirical
from .exponential import Exponential
from .frechet import Frechet
from .generalized_extreme_value import GeneralizedExtremeValue
from .generalized_pareto import GeneralizedPareto
from .gumbel import Gumbel
from .laplace import Laplace
from .logistic import Logistic
from .loglogistic import LogLogistic
from .lomax import Lomax
from .pareto import Pareto
from .stable import Stable
from .uniform import Uniform
from .weibull import Weibull

__all__ = [
    "Burr",
    "Empirical",
    "Exponential",
    "Frechet",
    "GeneralizedExtremeValue",
    "GeneralizedPareto",
    "Gumbel",
    "Laplace",
    "Law",
    "LogLogistic",
    "Logistic",
    "Lomax",
    "Pareto",
    "Stable",
    "Uniform",
    "Weibull",
]
