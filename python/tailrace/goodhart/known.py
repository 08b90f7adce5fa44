"""What the law of a proxy rests on, whether or not the error depends on the truth."""

from __future__ import annotations

from typing import Protocol

from ..laws.base import Reals
from .threshold import Conditional


class Known(Protocol):
    """What a curve of the proxy rests on."""

    @property
    def keeps_digits(self) -> bool:
        """Whether gains are sums of positive terms, right to their own last digits."""

    @property
    def uneven(self) -> bool:
        """Whether places may lie much further out than their log-odds tell."""

    @property
    def known_to(self) -> tuple[float, float]:
        """Clocks to which the lower and upper tails of the terms are known."""

    @property
    def scales(self) -> tuple[float, float]:
        """Scales of V and X."""

    @property
    def breaks(self) -> tuple[float, ...]:
        """Truths at which the law of X given V jumps or bends."""

    @property
    def typical_error(self) -> float:
        """A middle value of X."""

    @property
    def mean_truth(self) -> float:
        """E[V]."""

    @property
    def mean_error(self) -> float:
        """E[X]."""

    @property
    def support(self) -> tuple[float, float]:
        """The ends of the support of the proxy."""

    @property
    def end_sizes(self) -> tuple[float, float]:
        """How large the terms are that sum to either end of the support."""

    @property
    def atoms(self) -> tuple[Reals, Reals, Reals]:
        """Values with a probability, ascending; that; and E[V | U] and E[X | U] there."""

    def place(self, s: Reals) -> Reals:
        """Return values of the proxy, ascending with s from -744 to 744."""

    def bends(self) -> list[float]:
        """Return values of s at which the law of the proxy is not smooth."""

    def given_beyond(self, t: Reals) -> Conditional:
        """Return what is known given U >= t."""
