"""Estimators of data seen in pieces, exact and mergeable, and exact selection."""

from __future__ import annotations

from .base import Estimator
from .mean import Mean
from .quantiles import Quantiles
from .selection import median, quantile
from .summary import Summary
from .top import TopK

__all__ = [
    "Estimator",
    "Mean",
    "Quantiles",
    "Summary",
    "TopK",
    "median",
    "quantile",
]
