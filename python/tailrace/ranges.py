"""The range of n values: drawn from both ends at once, and exact by quadrature."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from . import _check
from ._answer import Answer, finite_or
from ._rng import RNG
from .extremes import OfMany, Shape, rows
from .laws.base import Law, Reals
from .laws.moments import atoms

# Below this share of a hazard its increment is an integral, not a difference.
_CLOSE = 1e-5
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


@dataclass(frozen=True, slots=True, repr=False)
class RangeOf(OfMany):
    r"""The range of n independent values: the largest less the smallest.

    Made by `Law.range_of`.

    Parameters
    ----------
    base : Law
        The law of one value.
    n : float
        Of how many: any real number from 1 to 1e300.

    Raises
    ------
    ValueError
        If `n` is not between 1 and 1e300.
    TypeError
        If `base` is no Law, or `n` no real number.

    Notes
    -----
    Given the smallest value x, at the hazard c = H(x), the others are n - 1 values
    beyond it, so

    .. math:: P(R \le r) = \int_0^\infty n e^{-n c}
              \left(1 - e^{-(H(x + r) - c)}\right)^{n - 1} \, dc.

    `cdf` and `sf` compute the integral in logarithms, to a relative error of 1e-9 as
    long as values of the law are not closer than one part in 1e10; for `Empirical` they
    are sums over the atoms. Where all n values are censored the range counts as inf.

    Examples
    --------
    >>> import tailrace as tr
    >>> wide = tr.Pareto(1.2).range_of(64)
    >>> wide.median(), wide.sf(1e6)
    (42.613559739..., 4.038114068...e-06)
    >>> tr.Pareto(0.9).range_of(64).mean().reason
    'the tail index 0.9 is not above 1'
    """

    _method: ClassVar[str] = "range_of"

    @property
    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support."""
        low, high = self.base.support
        return 0.0, (high - low if self.n > 1.0 else 0.0)

    def sample(
        self,
        shape: Shape = None,
        *,
        rng: RNG = None,
        out: NDArray[Any] | None = None,
        dtype: DTypeLike | None = None,
        threads: int | None = None,
    ) -> float | NDArray[Any]:
        """Draw independent ranges: differences of the pairs of `Law.min_and_max`.

        A range is exact to the last digit of the values. The parameters are those of
        `Law.sample`.
        """
        to = _check.room(shape, out, dtype)
        pairs = rows(
            self.base, "ends", 2, self.n, to.shape, rng, None, np.float64, threads
        )
        with np.errstate(invalid="ignore", over="ignore"):
            wide = pairs[..., 1] - pairs[..., 0]
            wide = np.where(np.isnan(wide), math.inf, wide)
            to[...] = wide
        return float(to[()]) if out is None and shape is None else to

    def mean(self) -> Answer:
        """Mean, that of the largest less that of the smallest; with a `.reason`."""
        if self.n == 1.0:
            return Answer(0.0)
        largest = self.base.max_of(self.n).mean()
        smallest = self.base.min_of(self.n).mean()
        for mean in (largest, smallest):
            if not math.isfinite(mean):
                return Answer(math.nan if math.isnan(mean) else math.inf, mean.reason)
        return finite_or(largest - smallest, "the mean is too large for a double")

    def median(self) -> float:
        """Median."""
        return self.ppf(0.5)

    def cdf(self, r: ArrayLike) -> Any:
        """Distribution function P(R <= r); small values keep their digits.

        Parameters
        ----------
        r : array_like
            Widths, in the units of the law.

        Returns
        -------
        float or ndarray of float64, shape of `r`
        """
        return self._each(r, lambda cdf, sf: cdf)

    def sf(self, r: ArrayLike) -> Any:
        """Survival function P(R > r); small values keep their digits. See `cdf`."""
        return self._each(r, lambda cdf, sf: sf)

    def ppf(self, p: float) -> float:
        """Quantile: the width not exceeded with probability `p`, by root finding.

        Parameters
        ----------
        p : float
            Between 0 and 1.

        Raises
        ------
        ValueError
            If `p` is not between 0 and 1.
        """
        from scipy.optimize import brentq

        p = _check.fraction("p", p)
        if self.n == 1.0:
            return 0.0

        def above(log_r: float) -> float:
            cdf, sf = self._both(math.exp(log_r))
            return cdf - p if p < 0.5 else (1.0 - p) - sf

        guess = self.base.max_of(self.n).median() - self.base.min_of(self.n).median()
        start = math.log(guess) if 0.0 < guess < math.inf else 0.0
        low = high = min(max(start, -690.0), 690.0)
        step = 0.5
        while above(low) > 0.0 and low > -700.0:
            low, step = max(low - step, -700.0), 2.0 * step
        step = 0.5
        while above(high) < 0.0 and high < 709.0:
            high, step = min(high + step, 709.0), 2.0 * step
        if above(low) > 0.0:
            return 0.0
        if above(high) < 0.0:
            return math.inf
        if low == high:
            return math.exp(low)
        return math.exp(brentq(above, low, high, xtol=1e-14, rtol=1e-14))

    def _each(self, r: ArrayLike, pick: Callable[[float, float], float]) -> Any:
        widths = _check.points("r", r)
        found = [pick(*self._both(float(x))) for x in widths.flat]
        return np.array(found).reshape(widths.shape) if widths.ndim else found[0]

    def _both(self, r: float) -> tuple[float, float]:
        """P(R <= r) and P(R > r), the smaller one with all its digits."""
        if math.isnan(r):
            return math.nan, math.nan
        if r < 0.0:
            return 0.0, 1.0
        found = atoms(self.base)
        if self.n == 1.0 or (r >= self.support[1] and found is None):
            return 1.0, 0.0
        if found is not None:
            return _by_atoms(self.base, found[0], self.n, r)
        cdf = _by_quadrature(self.base, self.n, r, False)
        if cdf < 0.5:
            return cdf, 1.0 - cdf
        sf = _by_quadrature(self.base, self.n, r, True)
        return 1.0 - sf, sf


def _log1mexp(y: Reals) -> Reals:
    """log(1 - e^-y) for y > 0."""
    return np.where(y < 0.7, np.log(-np.expm1(-y)), np.log1p(-np.exp(-y)))


def _by_atoms(law: Law, values: Reals, n: float, r: float) -> tuple[float, float]:
    """Return the sum over the atom that is the smallest value."""
    values = values[np.isfinite(values)]
    above = np.asarray(law.sf(values))
    before = np.concatenate([[1.0], above[:-1]])
    beyond = np.minimum(np.asarray(law.sf(values + r)), above)

    def all_but(s: Reals) -> Reals:
        """s^n - (s - beyond)^n: all exceed, and one of them by more than r."""
        with np.errstate(divide="ignore", invalid="ignore"):
            part = -np.expm1(n * np.log1p(-beyond / s))
        return np.where(s > 0.0, s**n * part, 0.0)

    sf = math.fsum(all_but(before) - all_but(above))
    cdf = math.fsum((before - beyond) ** n - (above - beyond) ** n)
    # Where every value is censored, no range is known.
    sf += float(above[-1] ** n) if above.size else 1.0
    return (cdf, 1.0 - cdf) if cdf < sf else (1.0 - sf, sf)


@lru_cache(maxsize=1024)
def _by_quadrature(law: Law, n: float, r: float, upper: bool) -> float:
    """Return the integral over u = log c, with c the hazard of the smallest value.

    Both tails are often asked for at the same places: those asked for lately are kept.
    """
    log_n, log_others = math.log(n), math.log(n - 1.0)

    def log_integrand(u: Reals) -> Reals:
        c = np.exp(u)
        d = _increment(law, c, r)
        near = np.minimum(d, 40.0)
        # Minus the logarithm of P(no one of n - 1 exceeds x + r), and its logarithm.
        log_q = log_others + np.where(d > 40.0, -d, np.log(-_log1mexp(near)))
        q = np.exp(log_q)
        held = np.where(log_q < -37.0, log_q, _log1mexp(q)) if upper else -q
        result: Reals = log_n + u - n * c + held
        return result

    with np.errstate(all="ignore"):
        return math.exp(min(_log_integral(log_integrand, -706.0, math.log(745.0)), 0.0))


def _increment(law: Law, c: Reals, r: float) -> Reals:
    """H(x + r) - c for the value x of clock c, also where that is far less than c."""

    def rate(t: Reals) -> Reals:
        result: Reals = np.exp(np.asarray(law.logpdf(t)) - np.asarray(law.logsf(t)))
        return result

    x = np.asarray(law.inverse_hazard(c))
    y = x + r
    start: Reals = np.asarray(law.hazard(x))
    # The value is rounded, and so H(x) is not c; but at an atom it stands for many c.
    rounding = np.nan_to_num(
        2e-15 * np.abs(x) * rate(np.nextafter(x, np.inf)), posinf=0.0
    )
    atom = np.abs(start - c) > 1e-9 * c + rounding
    start = np.where(atom, c, start)
    # What rounding x + r lost.
    taken = y - x
    lost = (x - (y - taken)) + (r - taken)
    correction = np.where(lost == 0.0, 0.0, rate(y) * lost)
    far: Reals = np.asarray(law.hazard(y)) - start
    far = np.where(np.isfinite(correction), far + correction, far)
    close = (far < _CLOSE * start) & ~atom
    if not close.any():
        return far
    half = 0.5 * r
    inside = x[close, None] + half * (1.0 + _NODES)
    near = half * (rate(inside) @ _WEIGHTS)
    result = far.copy()
    result[close] = near
    return result


def _log_integral(f: Callable[[Reals], Reals], low: float, high: float) -> float:
    """Return log of the integral of e^f, by Gauss-Legendre on panels.

    A panel is done when halving it no longer changes the whole, and when f is smooth on
    it or, continued as steeply as it runs there, stays far below the largest f.
    """

    def panels(a: Reals, b: Reals) -> tuple[Reals, Reals, Reals]:
        half = 0.5 * (b - a)
        u = 0.5 * (a + b)[:, None] + half[:, None] * _NODES
        g = f(u.ravel()).reshape(u.shape)
        g = np.where(np.isnan(g), -np.inf, g)
        top = g.max(axis=1)
        safe = np.where(np.isfinite(top), top, 0.0)
        value = safe + np.log(np.exp(g - safe[:, None]) @ _WEIGHTS) + np.log(half)
        spread = top - np.where(np.isfinite(g), g, np.inf).min(axis=1)
        return value, top, np.where(np.isfinite(top), spread, 0.0)

    edges = np.linspace(low, high, 65)
    a, b = edges[:-1], edges[1:]
    value, _, _ = panels(a, b)
    best, done = -math.inf, -math.inf
    for _ in range(60):
        middle = 0.5 * (a + b)
        left, right = panels(a, middle), panels(middle, b)
        both = np.logaddexp(left[0], right[0])
        best = max(best, float(left[1].max()), float(right[1].max()))
        total = float(np.logaddexp.reduce(np.append(both, done)))
        if total == -math.inf:
            return total
        settled = np.abs(np.exp(both - total) - np.exp(value - total)) < 1e-13
        for _, top, spread in (left, right):
            settled &= (spread < 4.0) | (top + spread < best - 40.0)
        done = float(np.logaddexp.reduce(np.append(both[settled], done)))
        again = ~settled
        if not again.any():
            return done
        a, middle, b = a[again], middle[again], b[again]
        a, b = np.concatenate([a, middle]), np.concatenate([middle, b])
        value = np.concatenate([left[0][again], right[0][again]])
    return float(np.logaddexp.reduce(np.append(value, done)))
