"""The pick: selection by a proxy that is the truth plus an error."""

from __future__ import annotations

from .conditionals import ScaledError
from .frontier import Frontier, divergence_frontier
from .laws import SelectedLaw, SumOf
from .model import Goodhart
from .peaks import Monotone, Peak
from .rare import BeyondEstimate, estimate_beyond
from .reweighting import Reweighting, reweight_tail
from .selection import Selection
from .simulated import GoodhartSimulation
from .tradeoff import Tradeoff
from .verdict import Verdict

__all__ = [
    "BeyondEstimate",
    "Frontier",
    "Goodhart",
    "GoodhartSimulation",
    "Monotone",
    "Peak",
    "Reweighting",
    "ScaledError",
    "SelectedLaw",
    "Selection",
    "SumOf",
    "Tradeoff",
    "Verdict",
    "divergence_frontier",
    "estimate_beyond",
    "reweight_tail",
]
