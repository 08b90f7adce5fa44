"""What selection does when tails are heavy: fastest of Q, best of n."""

from __future__ import annotations

from ._answer import Answer, Estimate, Interval
from ._build import build_info
from ._core import __version__
from .l_moments import LMoments, l_moments
from .laws import (
    Burr,
    Cauchy,
    Empirical,
    Exponential,
    Frechet,
    Gamma,
    GeneralizedExtremeValue,
    GeneralizedNormal,
    GeneralizedPareto,
    Gumbel,
    InverseGamma,
    Laplace,
    Law,
    Levy,
    Logistic,
    LogLogistic,
    LogNormal,
    Lomax,
    Normal,
    Pareto,
    StudentT,
    Uniform,
    Weibull,
)
from .order_means import MeanEstimate, OrderStatisticMeans, order_statistic_mean
from .selection import Selected
from .simulation import StepsSimulation
from .steps import IndependentSteps
from .steps_table import StepsTable, steps_table

__all__ = [
    "Answer",
    "Burr",
    "Cauchy",
    "Empirical",
    "Estimate",
    "Exponential",
    "Frechet",
    "Gamma",
    "GeneralizedExtremeValue",
    "GeneralizedNormal",
    "GeneralizedPareto",
    "Gumbel",
    "IndependentSteps",
    "Interval",
    "InverseGamma",
    "LMoments",
    "Laplace",
    "Law",
    "Levy",
    "LogLogistic",
    "LogNormal",
    "Logistic",
    "Lomax",
    "MeanEstimate",
    "Normal",
    "OrderStatisticMeans",
    "Pareto",
    "Selected",
    "StepsSimulation",
    "StepsTable",
    "StudentT",
    "Uniform",
    "Weibull",
    "__version__",
    "build_info",
    "l_moments",
    "order_statistic_mean",
    "steps_table",
]
