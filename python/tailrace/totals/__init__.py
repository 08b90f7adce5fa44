"""Sums of independent values: their laws, exactly, at any number of them."""

from __future__ import annotations

from .total import Total
from .total_values import TotalValues

__all__ = ["Total", "TotalValues"]
