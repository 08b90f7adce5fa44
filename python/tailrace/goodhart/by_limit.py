"""Questions to a model of what becomes of it under ever harder selection."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from .base import Model
from .peaks import Monotone, Peak, monotone, peak_of_count, peak_of_threshold
from .verdict import Verdict, verdict_of

if TYPE_CHECKING:
    from .model import Goodhart


class ByLimit(Model):
    """Limits, peaks and monotony; a part of `Goodhart`."""

    def limit(self) -> Verdict:
        r"""Say where E[V | U >= t] goes as t grows, and by which theorem.

        Returns
        -------
        Verdict
            A limit, or a statement that there is none, or that no theorem here covers
            the laws; never a guess.

        Notes
        -----
        For independent V and X, by the tail of the error:

        - lighter than every exponential: the upper end of V [1]_;
        - exponential with rate g: the mean of V tilted by :math:`e^{g v}`, or infinity
          where :math:`E\, e^{g V}` is;
        - subexponential: with :math:`\rho(t) = E[V; V > t] / P(X > t)`, E[V] where
          :math:`\rho` tends to 0, E[V] + c where it tends to c, and infinity where it
          does. So V must be lighter by more than a factor t; a truth that is lighter by
          less still grows without bound.

        The theory page has the proofs, and the constants for regularly varying tails.

        References
        ----------
        .. [1] T. Kwa, D. Thomas, A. Garriga-Alonso, "Catastrophic Goodhart: regularizing
           RLHF with KL divergence does not mitigate heavy-tailed reward
           misspecification", arXiv:2407.14503 (2024).

        Examples
        --------
        >>> import tailrace as tr
        >>> round(tr.Goodhart(tr.Normal(), tr.Laplace()).limit().value, 12)
        1.0
        >>> tr.Goodhart(tr.Normal(), tr.StudentT(3)).limit().rate
        '3 / t'
        """
        return verdict_of(cast("Goodhart", self))

    def peak(self) -> Peak:
        """Find the first maximum of E[V | U >= t], and what is lost beyond.

        Returns
        -------
        Peak
            With `.reason` where there is none.

        Examples
        --------
        >>> import tailrace as tr
        >>> truth = tr.StudentT(10, 0, 2 * 0.8**0.5)
        >>> peak = tr.Goodhart(truth, tr.LogNormal(0, 0.6931471805599453) - 1).peak()
        >>> round(peak.truth, 6), round(peak.trough, 6), peak.rises_again
        (4.621332, 0.718022, True)
        """
        return peak_of_threshold(cast("Goodhart", self))

    def peak_n(self) -> Peak:
        """Find the first maximum of the truth of the best of n, over real n up to 1e300.

        Returns
        -------
        Peak
            With `.reason` where there is none.

        Examples
        --------
        >>> import tailrace as tr
        >>> peak = tr.Goodhart(tr.Normal(0, 2), tr.StudentT(3, 0, 3**-0.5)).peak_n()
        >>> round(peak.at), round(peak.truth, 5)
        (169, 4.09139)
        """
        return peak_of_count(cast("Goodhart", self))

    @property
    def is_monotone(self) -> Monotone:
        """Whether E[V | U >= t] never falls as t grows, with the reason.

        Examples
        --------
        >>> import tailrace as tr
        >>> tr.Goodhart(tr.Normal(), tr.Laplace()).is_monotone.value
        True
        >>> tr.Goodhart(tr.Laplace(), tr.StudentT(3)).is_monotone.reason
        'it falls from 2.34559 at t = 5.0509 (P = 0.0152)'
        """
        return monotone(cast("Goodhart", self))
