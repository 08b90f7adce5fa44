"""Sums of independent values: their laws, exactly, at any number of them."""

from __future__ import annotations

from .total import Computed, Total, TotalValues

__all__ = ["Computed", "Total", "TotalValues"]
