"""What selection does when tails are heavy: fastest of Q, best of n."""

from __future__ import annotations

from ._answer import Answer, Estimate, Interval
from ._build import build_info
from ._core import __version__
from .laws import (
    Empirical,
    Exponential,
    Frechet,
    GeneralizedPareto,
    Law,
    LogLogistic,
    Lomax,
    Pareto,
    Uniform,
    Weibull,
)
from .selection import Selected
from .simulation import StepsSimulation
from .steps import IndependentSteps
from .steps_table import StepsTable, steps_table

__all__ = [
    "Answer",
    "Empirical",
    "Estimate",
    "Exponential",
    "Frechet",
    "GeneralizedPareto",
    "IndependentSteps",
    "Interval",
    "Law",
    "LogLogistic",
    "Lomax",
    "Pareto",
    "Selected",
    "StepsSimulation",
    "StepsTable",
    "Uniform",
    "Weibull",
    "__version__",
    "build_info",
    "steps_table",
]
