"""Laws that quadrature finds: of a sum, and of the truth of what was selected."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .. import _check
from .._answer import Answer
from ..laws.base import Law
from ..outside import Tabulated
from .curve_functions import CurveFunctions, functions_of_proxy
from .independent import Independent
from .proxy import ProxyCurve


class SumOf(Tabulated):
    r"""Law of the sum of independent values, one of each of several laws.

    Parameters
    ----------
    laws : sequence of Law
        The laws, at least two; of each two sums, not both with atoms.

    Raises
    ------
    ValueError
        If there are fewer than two laws, or the sum has atoms.
    TypeError
        If an item is no law.

    Attributes
    ----------
    laws : tuple of Law
        The terms.
    table_error : float
        Largest error found in the table that draws come from, relative to
        max(abs(x), scale).
    table_hash : str
        Of the table; equal tables give equal draws.

    Notes
    -----
    The log-odds of the sum come from quadrature, in both tails to about 1e-10 relative
    in probability, and are kept as piecewise polynomials; several terms are added one
    after the other. A table is made of them for draws and selections. That takes some
    tenths of a second.

    Examples
    --------
    >>> import tailrace as tr
    >>> law = tr.SumOf([tr.Normal(), tr.StudentT(3)])
    >>> round(law.sf(1e30) / tr.StudentT(3).sf(1e30), 9)   # one large term
    1.0
    >>> law.mean(), law.var(), law.tail_index
    (0.0, 4.0, 3.0)
    """

    __slots__ = ("laws",)

    laws: tuple[Law, ...]

    def __init__(self, laws: Any) -> None:
        parts = tuple(_check.items("laws", laws, "laws"))
        for part in parts:
            if not isinstance(part, Law):
                msg = f"laws must be laws, got {_check.said(part)}"
                raise TypeError(msg)
        if len(parts) < 2:
            msg = f"laws must be at least two, got {len(parts)}"
            raise ValueError(msg)
        first = parts[0] if len(parts) == 2 else SumOf(parts[:-1])
        self._make(laws=parts, _functions=_sum_functions(first, parts[-1]))

    def __reduce__(self) -> Any:
        """Copy and pickle by the terms, with the table."""
        return _sum_restored, (self.laws, self._state())

    def __repr__(self) -> str:
        """Return the call that makes this law."""
        return f"SumOf([{', '.join(map(repr, self.laws))}])"

    def __eq__(self, other: object) -> bool:
        """Laws are equal that are sums of equal laws."""
        if not isinstance(other, SumOf):
            return NotImplemented
        return self.laws == other.laws

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash((SumOf, self.laws))

    @property
    def tail_index(self) -> float:
        """The smallest tail index of the terms."""
        return min(law.tail_index for law in self.laws)

    @property
    def _lower_tail_index(self) -> float:
        return min(law._lower_tail_index for law in self.laws)

    def _mean(self) -> float:
        return math.fsum(float(law.mean()) for law in self.laws)

    def _var(self) -> float:
        return math.fsum(float(law.var()) for law in self.laws)


def _sum_functions(first: Law, second: Law) -> CurveFunctions:
    terms = Independent(first, second)
    if terms.atoms[0].size:
        msg = f"laws must make a sum without atoms, got {first!r} and {second!r}"
        raise ValueError(msg)
    return functions_of_proxy(ProxyCurve(terms, gains=False))


def sum_of_curve(laws: tuple[Law, Law], curve: ProxyCurve) -> SumOf:
    """Return the law of a sum whose curve is made."""
    law = SumOf.__new__(SumOf)
    law._make(laws=laws, _functions=functions_of_proxy(curve))
    return law


def _sum_restored(laws: tuple[Law, ...], state: Any) -> SumOf:
    law = SumOf.__new__(SumOf)
    first = laws[0] if len(laws) == 2 else SumOf(laws[:-1])
    law._restore(state, laws=laws, _functions=_sum_functions(first, laws[-1]))
    return law


class SelectedLaw(Tabulated):
    """Law of the truth, or of the proxy, of what a model selected.

    Made by `Selection.truth_law`, `Selection.proxy_law` and `Goodhart.proxy`.

    Attributes
    ----------
    said : str
        What it is the law of.
    table_error : float
        Largest error found in the table that draws come from, relative to
        max(abs(x), scale).
    table_hash : str
        Of the table; equal tables give equal draws.

    Examples
    --------
    >>> import tailrace as tr
    >>> model = tr.Goodhart(tr.Normal(), tr.StudentT(3))
    >>> law = model.beyond(5.0).truth_law()
    >>> round(law.mean(), 9) == round(model.expected_truth(5.0), 9)
    True
    >>> law
    <SelectedLaw: V given U >= 5, Goodhart(Normal(loc=0.0, scale=1.0), StudentT(df=3.0, loc=0.0, scale=1.0))>
    """

    __slots__ = ("_indices", "_known_mean", "_make_functions", "said")

    said: str
    _indices: tuple[float, float]
    _known_mean: float
    _make_functions: Callable[[], CurveFunctions]

    def __init__(
        self,
        said: str,
        make_functions: Callable[[], CurveFunctions],
        indices: tuple[float, float],
        mean: float,
    ) -> None:
        self._make(
            said=said,
            _make_functions=make_functions,
            _functions=make_functions(),
            _indices=indices,
            _known_mean=mean,
        )

    def __reduce__(self) -> Any:
        """Copy and pickle by what it is made of, with the table."""
        state = (self.said, self._make_functions, self._indices, self._known_mean)
        return _selected_restored, (*state, self._state())

    def __repr__(self) -> str:
        """Return what it is the law of."""
        return f"<SelectedLaw: {self.said}>"

    def __eq__(self, other: object) -> bool:
        """Laws are equal that have equal tables."""
        if not isinstance(other, SelectedLaw):
            return NotImplemented
        return (self.said, self.table_hash) == (other.said, other.table_hash)

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash((self.said, self.table_hash))

    @property
    def tail_index(self) -> float:
        """Index of the upper tail; NaN where it is unknown."""
        return self._indices[0]

    @property
    def _lower_tail_index(self) -> float:
        return self._indices[1]

    def _missing_mean(self, name: str) -> Answer | None:
        if math.isnan(self._indices[0]) and name == "mean":
            return None
        return super()._missing_mean(name)

    def _mean(self) -> float:
        return self._known_mean


def _selected_restored(
    said: str,
    make_functions: Callable[[], CurveFunctions],
    indices: tuple[float, float],
    mean: float,
    state: Any,
) -> SelectedLaw:
    law = SelectedLaw.__new__(SelectedLaw)
    law._restore(
        state,
        said=said,
        _make_functions=make_functions,
        _functions=make_functions(),
        _indices=indices,
        _known_mean=mean,
    )
    return law
