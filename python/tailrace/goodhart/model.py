"""The pick: what the truth is worth once the proxy was selected."""

from __future__ import annotations

from typing import Any

from ..laws.base import Law
from .by_count import ByCount
from .by_divergence import ByDivergence
from .by_limit import ByLimit
from .by_threshold import ByThreshold


class Goodhart(ByThreshold, ByCount, ByDivergence, ByLimit):
    """TODO."""

    def __init__(
        self,
        truth: Law,
        error: Any = None,
        *,
        error_given: Any = None,
        breaks: Any = (),
    ) -> None:
        self.truth = truth
        self.error = error
        self.error_given = error_given
        self.breaks = tuple(breaks)

    def __repr__(self) -> str:
        return f"Goodhart({self.truth!r}, {self.error!r})"

    def __reduce__(self):
        return _made, (self.truth, self.error, self.error_given, self.breaks)


def _made(truth, error, given, breaks):
    return Goodhart(truth, error, error_given=given, breaks=breaks)
