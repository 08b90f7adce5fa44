"""Sums of independent values: their laws, exactly, at any number of them."""

from __future__ import annotations

from .computed import Computed, TotalValues
from .total import Total

__all__ = ["Computed", "Total", "TotalValues"]
