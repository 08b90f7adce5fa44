"""The pick: selection by a proxy that is the truth plus an error."""

from __future__ import annotations

from .model import Goodhart
from .selection import Computed, Selection

__all__ = ["Computed", "Goodhart", "Selection"]
