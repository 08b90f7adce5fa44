"""What selection does when tails are heavy: fastest of Q, best of n."""

from __future__ import annotations

from ._answer import Answer, Estimate, Interval
from ._build import build_info
from ._core import __version__
from .derived import Derived
from .estimators import (
    Estimator,
    Mean,
    MedianOfMeans,
    Moving,
    Quantiles,
    Summary,
    TopK,
    median,
    quantile,
    robust_mean,
    running_mean,
    running_median,
)
from .extremes import JointExtremes, MinAndMax
from .from_scipy import ScipyLaw, from_scipy
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
    Stable,
    StudentT,
    Uniform,
    Weibull,
)
from .mixture import Mixture
from .order_means import MeanEstimate, OrderStatisticMeans, order_statistic_mean
from .ranges import RangeOf
from .simulation import StepsSimulation
from .spliced import Spliced
from .steps import IndependentSteps
from .steps_table import StepsTable, steps_table
from .tails import TailEstimate

__all__ = [
    "Answer",
    "Burr",
    "Cauchy",
    "Derived",
    "Empirical",
    "Estimate",
    "Estimator",
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
    "JointExtremes",
    "LMoments",
    "Laplace",
    "Law",
    "Levy",
    "LogLogistic",
    "LogNormal",
    "Logistic",
    "Lomax",
    "Mean",
    "MeanEstimate",
    "MedianOfMeans",
    "MinAndMax",
    "Mixture",
    "Moving",
    "Normal",
    "OrderStatisticMeans",
    "Pareto",
    "Quantiles",
    "RangeOf",
    "ScipyLaw",
    "Spliced",
    "Stable",
    "StepsSimulation",
    "StepsTable",
    "StudentT",
    "Summary",
    "TailEstimate",
    "TopK",
    "Uniform",
    "Weibull",
    "__version__",
    "build_info",
    "from_scipy",
    "l_moments",
    "median",
    "order_statistic_mean",
    "quantile",
    "robust_mean",
    "running_mean",
    "running_median",
    "steps_table",
]
