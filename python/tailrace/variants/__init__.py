"""Times of a step in variants of the race: each is a law, and goes wherever laws go."""

from __future__ import annotations

from .fastest import Fastest, hedged
from .log_pareto import LogPareto
from .random_attempts import RandomAttempts
from .restarted import Restarted, best_cutoff
from .shared_factor import SharedFactor

__all__ = [
    "Fastest",
    "LogPareto",
    "RandomAttempts",
    "Restarted",
    "SharedFactor",
    "best_cutoff",
    "hedged",
]
