"""Estimators of data seen in pieces, exact and mergeable, and exact selection."""

from __future__ import annotations

from .base import Estimator
from .mean import Mean
from .medians import MedianOfMeans
from .moving import Moving
from .quantiles import Quantiles
from .robust import robust_mean
from .running import running_mean, running_median
from .selection import median, quantile
from .summary import Summary
from .top import TopK

__all__ = [
    "Estimator",
    "Mean",
    "MedianOfMeans",
    "Moving",
    "Quantiles",
    "Summary",
    "TopK",
    "median",
    "quantile",
    "robust_mean",
    "running_mean",
    "running_median",
]
