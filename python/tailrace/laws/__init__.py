"""The laws: one small file each."""

from __future__ import annotations

from .base import Law
from .burr import Burr
from .cauchy import Cauchy
from .empirical import Empirical
from .exponential import Exponential
from .frechet import Frechet
from .gamma import Gamma
from .generalized_extreme_value import GeneralizedExtremeValue
from .generalized_normal import GeneralizedNormal
from .generalized_pareto import GeneralizedPareto
from .gumbel import Gumbel
from .inverse_gamma import InverseGamma
from .laplace import Laplace
from .levy import Levy
from .logistic import Logistic
from .loglogistic import LogLogistic
from .lognormal import LogNormal
from .lomax import Lomax
from .normal import Normal
from .pareto import Pareto
from .st_petersburg import StPetersburg
from .stable import Stable
from .student_t import StudentT
from .uniform import Uniform
from .weibull import Weibull

__all__ = [
    "Burr",
    "Cauchy",
    "Empirical",
    "Exponential",
    "Frechet",
    "Gamma",
    "GeneralizedExtremeValue",
    "GeneralizedNormal",
    "GeneralizedPareto",
    "Gumbel",
    "InverseGamma",
    "Laplace",
    "Law",
    "Levy",
    "LogLogistic",
    "LogNormal",
    "Logistic",
    "Lomax",
    "Normal",
    "Pareto",
    "StPetersburg",
    "Stable",
    "StudentT",
    "Uniform",
    "Weibull",
]
