"""Errors whose law depends on the truth."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from .. import _check
from ..laws.base import Law, Reals
from .sides import side_of


@dataclass(frozen=True)
class ScaledError:
    """An error that is a law times a scale which depends on the truth.

    Parameters
    ----------
    law : Law
        The law of X / scale(V), without atoms, independent of V.
    scale : callable
        From an array of truths to scales of that shape, finite and >= 0. Where the
        scale is 0, so is the error.

    Raises
    ------
    TypeError
        If `law` is no Law or `scale` cannot be called.
    ValueError
        If `law` has atoms.

    Examples
    --------
    An error only where the truth is moderate:

    >>> import numpy as np, tailrace as tr
    >>> error = tr.ScaledError(tr.Normal(0, 2), lambda v: np.abs(v) <= 1)
    >>> model = tr.Goodhart(tr.Normal(), error_given=error, breaks=[-1, 1])
    >>> round(model.expected_truth(4.0), 6)
    0.321335
    """

    law: Law
    scale: Callable[[Reals], Any]

    def __post_init__(self) -> None:
        """Check the parameters, once."""
        if not isinstance(self.law, Law):
            msg = f"law must be a Law, got {_check.said(self.law)}"
            raise TypeError(msg)
        if self.law._has_atoms:
            msg = f"law must be without atoms, got {self.law!r}"
            raise ValueError(msg)
        if not callable(self.scale):
            msg = f"scale must be callable, got {_check.said(self.scale)}"
            raise TypeError(msg)

    def scales(self, v: Reals) -> Reals:
        """Return the scales at truths, checked."""
        given = np.asarray(self.scale(v), dtype=np.float64)
        try:
            scales = np.broadcast_to(given, v.shape)
        except ValueError as error:
            msg = f"scale must return the shape of its argument, {v.shape}, got {given.shape}"
            raise ValueError(msg) from error
        bad = ~((scales >= 0.0) & (scales < math.inf))
        if bad.any():
            at = float(v[bad].flat[0])
            msg = f"scale must be finite and >= 0, got {float(scales[bad].flat[0])!r} at {at:g}"
            raise ValueError(msg)
        return scales


class ErrorGiven(Protocol):
    """What quadrature asks of an error given truths v, at values y of the same shape."""

    def log_tails(self, y: Reals, v: Reals) -> tuple[Reals, Reals]:
        """Return log P(X >= y) and log P(X < y)."""

    def log_density(self, y: Reals, v: Reals) -> Reals:
        """Return the logarithm of the density, of the part that has one."""

    def excess(self, y: Reals, v: Reals, log_beyond: Reals) -> tuple[Reals, Reals]:
        """Return log E[X - E X; X >= y], and E X."""

    def quantile(self, s: Reals, v: float) -> Reals:
        """Return values at log-odds, for one truth."""

    def is_sure(self, v: float) -> bool:
        """Whether there is no error at all given a truth."""

    def width(self, v: float) -> tuple[float, float]:
        """Return the median given a truth, and the width of the middle half."""

    def sample(self, v: Reals, rng: np.random.Generator) -> Reals:
        """Draw errors for truths."""

    def beyond(self, y: Reals, v: Reals, clocks: Reals) -> Reals:
        """Return the error whose hazard is that much above that of y, for each truth."""


class ScaleGiven:
    """The answers of a `ScaledError`."""

    def __init__(self, error: ScaledError) -> None:
        self.error = error
        self.side = side_of(error.law)

    def _split(self, y: Reals, v: Reals) -> tuple[Any, Reals, Reals]:
        """Return where there is an error, its scales, and y in their units."""
        scales = self.error.scales(v)
        some = scales > 0.0
        return some, scales[some], y[some] / scales[some]

    def log_tails(self, y: Reals, v: Reals) -> tuple[Reals, Reals]:
        """Return log P(X >= y) and log P(X < y)."""
        some, _, z = self._split(y, v)
        beyond = np.where(y <= 0.0, 0.0, -math.inf)
        up_to = np.where(y <= 0.0, -math.inf, 0.0)
        beyond[some] = self.side.log_beyond(z)
        up_to[some] = self.side.opposite.log_beyond(-z)
        return beyond, up_to

    def log_density(self, y: Reals, v: Reals) -> Reals:
        """Return the logarithm of the density, of the part that has one."""
        some, scales, z = self._split(y, v)
        result = np.full(y.shape, -math.inf)
        result[some] = self.side.log_density(z) - np.log(scales)
        return result

    def excess(self, y: Reals, v: Reals, log_beyond: Reals) -> tuple[Reals, Reals]:
        """Return log E[X - E X; X >= y], and E X."""
        some, scales, z = self._split(y, v)
        result, mean = np.full(y.shape, -math.inf), np.zeros(y.shape)
        if math.isfinite(self.side.mean):
            result[some] = self.side.log_excess_anywhere(z) + np.log(scales)
            mean[some] = scales * self.side.mean
        else:
            mean[some] = math.nan
        return result, mean

    def quantile(self, s: Reals, v: float) -> Reals:
        """Return values at log-odds, for one truth."""
        scale = float(self.error.scales(np.array([v]))[0])
        values: Reals = scale * self.side.at(s) if scale > 0.0 else np.zeros(s.shape)
        return values

    def is_sure(self, v: float) -> bool:
        """Whether there is no error at all given a truth."""
        return float(self.error.scales(np.array([v]))[0]) == 0.0

    def width(self, v: float) -> tuple[float, float]:
        """Return the median given a truth, and the width of the middle half."""
        scale = float(self.error.scales(np.array([v]))[0])
        return scale * self.side.median, scale * self.side.scale

    def sample(self, v: Reals, rng: np.random.Generator) -> Reals:
        """Draw errors for truths."""
        draws: Reals = self.error.scales(v) * self.error.law.sample(v.shape, rng=rng)
        return draws

    def beyond(self, y: Reals, v: Reals, clocks: Reals) -> Reals:
        """Return the error whose hazard is that much above that of y, for each truth."""
        some, scales, z = self._split(y, v)
        result = np.zeros(y.shape)
        result[some] = scales * _beyond(self.error.law, z, clocks[some])
        return np.where(some, np.maximum(result, y), 0.0)


class FunctionGiven:
    """The answers of a function from a truth to a law, or to a number."""

    def __init__(self, function: Callable[[float], Any]) -> None:
        self.function = function
        self._known: dict[float, Law | float] = {}

    def at(self, v: float) -> Law | float:
        """Return the law, or the number, of the error given a truth."""
        if v not in self._known:
            found = self.function(v)
            if isinstance(found, Law):
                if found._has_atoms:
                    msg = f"error_given must return laws without atoms, got {found!r}"
                    raise ValueError(msg)
            elif _check.is_number(found):
                found = _check.finite("error_given", found)
            else:
                msg = (
                    f"error_given must return laws or numbers, got {_check.said(found)}"
                )
                raise TypeError(msg)
            if len(self._known) > 20_000:
                self._known.clear()
            self._known[v] = found
        return self._known[v]

    def _each(self, y: Reals, v: Reals) -> Any:
        """Yield law or number, the values asked of it, and where they stand."""
        truths, where = np.unique(v.ravel(), return_inverse=True)
        order = np.argsort(where, kind="stable")
        ends = np.searchsorted(where[order], np.arange(truths.size + 1))
        flat = y.ravel()
        for i, truth in enumerate(truths):
            mine = order[ends[i] : ends[i + 1]]
            yield self.at(float(truth)), flat[mine], mine

    def log_tails(self, y: Reals, v: Reals) -> tuple[Reals, Reals]:
        """Return log P(X >= y) and log P(X < y)."""
        beyond, up_to = np.empty(y.size), np.empty(y.size)
        for found, each, mine in self._each(y, v):
            if isinstance(found, Law):
                # Not by its side, whose tables take longer than all the rest.
                beyond[mine], up_to[mine] = found.logsf(each), found.logcdf(each)
            else:
                beyond[mine] = np.where(each <= found, 0.0, -math.inf)
                up_to[mine] = np.where(each <= found, -math.inf, 0.0)
        return beyond.reshape(y.shape), up_to.reshape(y.shape)

    def log_density(self, y: Reals, v: Reals) -> Reals:
        """Return the logarithm of the density, of the part that has one."""
        result = np.full(y.size, -math.inf)
        for found, each, mine in self._each(y, v):
            if isinstance(found, Law):
                result[mine] = side_of(found).log_density(each)
        return result.reshape(y.shape)

    def excess(self, y: Reals, v: Reals, log_beyond: Reals) -> tuple[Reals, Reals]:
        """Return log E[X - E X; X >= y], and E X."""
        result, mean = np.full(y.size, -math.inf), np.empty(y.size)
        for found, each, mine in self._each(y, v):
            mean[mine] = side_of(found).mean if isinstance(found, Law) else found
            if isinstance(found, Law) and math.isfinite(side_of(found).mean):
                result[mine] = side_of(found).log_excess_anywhere(each)
        return result.reshape(y.shape), mean.reshape(y.shape)

    def quantile(self, s: Reals, v: float) -> Reals:
        """Return values at log-odds, for one truth."""
        found = self.at(v)
        return (
            side_of(found).at(s) if isinstance(found, Law) else np.full(s.shape, found)
        )

    def is_sure(self, v: float) -> bool:
        """Whether there is no error at all given a truth."""
        return not isinstance(self.at(v), Law)

    def width(self, v: float) -> tuple[float, float]:
        """Return the median given a truth, and the width of the middle half."""
        found = self.at(v)
        if isinstance(found, Law):
            return side_of(found).median, side_of(found).scale
        return found, 0.0

    def sample(self, v: Reals, rng: np.random.Generator) -> Reals:
        """Draw errors for truths."""
        draws = np.empty(v.size)
        for found, each, mine in self._each(v, v):
            draws[mine] = (
                found.sample(each.size, rng=rng) if isinstance(found, Law) else found
            )
        return draws.reshape(v.shape)

    def beyond(self, y: Reals, v: Reals, clocks: Reals) -> Reals:
        """Return the error whose hazard is that much above that of y, for each truth."""
        result = np.empty(y.size)
        flat = clocks.ravel()
        for found, each, mine in self._each(y, v):
            result[mine] = (
                np.maximum(_beyond(found, each, flat[mine]), each)
                if isinstance(found, Law)
                else found
            )
        return result.reshape(y.shape)


def _beyond(law: Law, y: Reals, clocks: Reals) -> Reals:
    return np.asarray(law.inverse_hazard(np.asarray(law.hazard(y)) + clocks))


def error_given_by(given: Any) -> ScaleGiven | FunctionGiven:
    """Return the answers of what was given as `error_given`."""
    if isinstance(given, ScaledError):
        return ScaleGiven(given)
    if not callable(given):
        msg = f"error_given must be callable or a ScaledError, got {_check.said(given)}"
        raise TypeError(msg)
    return FunctionGiven(given)
