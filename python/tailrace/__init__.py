"""What selection does when tails are heavy: fastest of Q, best of n."""

from __future__ import annotations

from ._answer import Answer, Estimate, Interval
from ._build import build_info
from ._core import __version__
from .l_moments import LMoments, l_moments
from .laws import (
    Burr,
    Empirical,
    Exponential,
    Frechet,
    GeneralizedExtremeValue,
    GeneralizedPareto,
    Gumbel,
    Laplace,
    Law,
    Logistic,
    LogLogistic,
    Lomax,
    Pareto,
    Stable,
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
    "Empirical",
    "Estimate",
    "Exponential",
    "Frechet",
    "GeneralizedExtremeValue",
    "GeneralizedPareto",
    "Gumbel",
    "IndependentSteps",
    "Interval",
    "LMoments",
    "Laplace",
    "Law",
    "LogLogistic",
    "Logistic",
    "Lomax",
    "MeanEstimate",
    "OrderStatisticMeans",
    "Pareto",
    "Selected",
    "Stable",
    "StepsSimulation",
    "StepsTable",
    "Uniform",
    "Weibull",
    "__version__",
    "build_info",
    "l_moments",
    "order_statistic_mean",
    "steps_table",
]
