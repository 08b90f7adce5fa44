"""What selection does when tails are heavy: fastest of Q, best of n."""

from __future__ import annotations

from ._answer import Answer, Computed, Estimate, Interval
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
from .steps_done import StepsDone
from .steps_exact_table import ExactStepsTable, exact_steps_table
from .steps_limits import MedianGrowth
from .steps_table import StepsTable, steps_table
from .tails import TailEstimate
from .totals import Total, TotalValues
from .variants import (
    Fastest,
    LogPareto,
    RandomAttempts,
    Restarted,
    SharedFactor,
    best_cutoff,
    hedged,
)

__all__ = [
    "Answer",
    "Burr",
    "Cauchy",
    "Computed",
    "Derived",
    "Empirical",
    "Estimate",
    "Estimator",
    "ExactStepsTable",
    "Exponential",
    "Fastest",
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
    "LogPareto",
    "Logistic",
    "Lomax",
    "Mean",
    "MeanEstimate",
    "MedianGrowth",
    "MedianOfMeans",
    "MinAndMax",
    "Mixture",
    "Moving",
    "Normal",
    "OrderStatisticMeans",
    "Pareto",
    "Quantiles",
    "RandomAttempts",
    "RangeOf",
    "Restarted",
    "ScipyLaw",
    "SharedFactor",
    "Spliced",
    "Stable",
    "StepsDone",
    "StepsSimulation",
    "StepsTable",
    "StudentT",
    "Summary",
    "TailEstimate",
    "TopK",
    "Total",
    "TotalValues",
    "Uniform",
    "Weibull",
    "__version__",
    "best_cutoff",
    "build_info",
    "exact_steps_table",
    "from_scipy",
    "hedged",
    "l_moments",
    "median",
    "order_statistic_mean",
    "quantile",
    "robust_mean",
    "running_mean",
    "running_median",
    "steps_table",
]
