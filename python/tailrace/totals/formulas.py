"""The laws of the library whose hazards have formulas for complex values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import laws, variants
from ..derived import Derived
from ..laws.base import Law
from ..mixture import Mixture
from . import operations as ways
from .complexes import Complex, expm1, log1p
from .continued import Continued, Hazard, Leaf, continued, hazard_of, of_incidence

#: As wide as an angle gets: nearer to pi a logarithm would meet its cut.
WIDEST = 0.95 * math.pi


def _reach(a: float) -> float:
    """Return the angle up to which (1 + z)^-a stays below e^8 in size."""
    return min(math.pi - math.asin(math.exp(-8.0 / a)), WIDEST)


def _power(y: Complex, exponent: float) -> Complex:
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Complex = np.where(y == 0.0, 0.0, np.exp(exponent * np.log(y)))
    return result


def _lomax(law: Any) -> Continued:
    a, s = law.shape, law.scale
    start = s if isinstance(law, laws.Pareto) else 0.0
    return Continued.of(start, Leaf(lambda y: a * log1p(y / s), _reach(a), a, True))


def _generalized_pareto(law: Any) -> Continued:
    xi, s, start = law.xi, law.scale, law.threshold
    end = law.support[1] - start
    if not math.isfinite(end):
        if xi > 0.0:
            a = 1.0 / xi
            leaf = Leaf(lambda y: a * log1p(xi / s * y), _reach(a), a, True)
            return Continued.of(start, leaf)
        return Continued.of(start, Leaf(lambda y: y / s, 0.5 * math.pi, math.inf))
    # Beyond the end the power goes on, from below the numbers.
    hazards = (lambda y: log1p(xi / s * y) / xi, None)
    return ways.from_pieces(start, (0.0, end), hazards, WIDEST, math.inf, False)


def _weibull(law: Any) -> Continued:
    k, s = law.shape, law.scale
    angle = min(0.5 * math.pi / k, WIDEST)
    return Continued.of(0.0, Leaf(lambda y: _power(y / s, k), angle, math.inf, k < 1.0))


def _exponential(law: Any) -> Continued:
    s = law.scale
    return Continued.of(0.0, Leaf(lambda y: y / s, 0.5 * math.pi, math.inf))


def _frechet(law: Any) -> Continued:
    a, s = law.shape, law.scale

    def hazard(y: Complex) -> Complex:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            v = _power(s / y, a)
            f: Complex = np.exp(-v)
            # Where a power is too large for a double, nothing is reached yet.
            f = np.where(np.isfinite(f), f, 0.0)
            far = np.abs(v) < 1e-8
            g = -expm1(-np.where(np.isfinite(v) & ~far, v, 800.0))
            # -log(1 - e^-v), where v itself may be less than the least double.
            out = a * np.log(y / s) + 0.5 * v
        return np.where(far, out, hazard_of(g, f))

    return Continued.of(0.0, Leaf(hazard, min(0.5 * math.pi / a, WIDEST), a, True))


def _generalized_extreme_value(law: Any) -> Continued:
    # With a lower end, that is with xi > 0, it is Frechet's law, moved.
    wide = law.scale / law.xi
    moved = _frechet(laws.Frechet(1.0 / law.xi, wide))
    return ways.moved(moved, 1.0, law.loc - wide)


def _burr(law: Any) -> Continued:
    c, s = getattr(law, "c", None) or law.shape, law.scale
    k = getattr(law, "k", 1.0)

    def hazard(y: Complex) -> Complex:
        far = np.abs(y) > s
        inside = log1p(_power(np.where(far, 0.0, y) / s, c))
        # Beyond the circle with the singular points the power of the logarithm goes on.
        safe = np.where(far, y, s) / s
        outside = c * np.log(safe) + log1p(_power(1.0 / safe, c))
        return np.asarray(k * np.where(far, outside, inside))

    return Continued.of(0.0, Leaf(hazard, min(_reach(k) / c, WIDEST), c * k, True))


def _lognormal(law: Any) -> Continued:
    from scipy.special import wofz

    mu, sigma = law.mu, law.sigma
    root = math.sqrt(0.5)

    def hazard(y: Complex) -> Complex:
        with np.errstate(divide="ignore", invalid="ignore"):
            z = (np.log(y) - mu) / sigma
        z = np.where(z.real < -38.0, -38.0 + 0j, z)
        below = z.real < 0.0
        # The smaller probability is e^(-z^2 / 2) times a function that hardly turns; a
        # principal logarithm of the product would jump.
        size = np.where(below, -z, z)
        scaled = np.log(0.5 * wofz(1j * root * size))
        tail = 0.5 * size * size - scaled
        result: Complex = np.where(
            below, of_incidence(np.exp(-np.where(below, tail, 1.0))), tail
        )
        return result

    # |P(X > y)| grows by e^(angle^2 / 2 sigma^2) off the numbers.
    return Continued.of(0.0, Leaf(hazard, min(2.4 * sigma, WIDEST), math.inf, True))


def _inverse_gamma(law: Any) -> Continued:
    from scipy.special import gammaln, hyp1f1

    levy = isinstance(law, laws.Levy)
    a, s = (0.5, 0.5 * law.scale) if levy else (law.shape, law.scale)
    log_unit = float(gammaln(a + 1.0))

    def hazard(y: Complex) -> Complex:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            w = s / y
            flat = ~(np.abs(w) < 60.0)
            w = np.where(flat, 1.0, w)
            log_g = a * np.log(w) - log_unit + np.log(hyp1f1(a, a + 1.0, -w))
        g = np.where(flat, 1.0, np.exp(log_g))
        near = np.abs(1.0 - g) < 0.5
        return np.where(flat, 0.0, np.where(near, -np.log(g), -log_g))

    start = law.loc if levy else 0.0
    return Continued.of(start, Leaf(hazard, 0.5 * math.pi, a, True))


def _log_pareto(law: Any) -> Continued:
    a, b = law.shape, law.log_shape

    def hazard(y: Complex) -> Complex:
        u = log1p(y)
        return np.asarray(a * u + b * log1p(u))

    reach = min(_reach(a), 0.75 * math.pi) if a > 0.0 else 0.75 * math.pi
    return Continued.of(1.0, Leaf(hazard, reach, a, True))


def _fastest(law: Any) -> Continued:
    return ways.fastest([continued(part) for part in law.laws])


def _random_attempts(law: Any) -> Continued:
    numbers = np.array(law.attempts)
    weights = np.array(law.weights)
    more = numbers[1:] - numbers[0]

    def change(hazard: Hazard) -> Hazard:
        def own(y: Complex) -> Complex:
            h = hazard(y)
            up_to = -np.tensordot(weights, expm1(-np.multiply.outer(numbers, h)), 1)
            # Far out from the fewest attempts on.
            waves = np.exp(-np.multiply.outer(more, h))
            rest = np.tensordot(weights[1:], waves, 1)
            far = numbers[0] * h - np.log(weights[0] + rest)
            result: Complex = np.where(np.abs(up_to) < 0.5, of_incidence(up_to), far)
            return result

        return own

    return ways.changed(continued(law.law), change, law.tail_index)


def _uniform(law: Any) -> Continued:
    width = law.high - law.low
    hazards = (lambda y: -log1p(-y / width), None)
    return ways.from_pieces(law.low, (0.0, width), hazards, WIDEST, math.inf, False)


def _student(law: Any, t: float) -> Continued | None:
    """Return the law of a Student-t value beyond t, at or above the center."""
    from scipy.special import gammaln, hyp2f1

    df = 1.0 if isinstance(law, laws.Cauchy) else law.df
    # A formula with large numbers of degrees of freedom loses its digits.
    if t < law.loc or df > 40.0:
        return None
    root = math.sqrt(df)
    log_unit = float(gammaln(0.5 * (df + 1.0)) - gammaln(0.5 * df)) - 0.5 * math.log(
        math.pi * df
    )
    # P(T > z) is this times z^-df times a hypergeometric function of df / z^2.
    log_tail = log_unit + 0.5 * (df + 1.0) * math.log(df) - math.log(df)

    def hazard(x: Complex) -> Complex:
        z = (x - law.loc) / law.scale
        far = np.abs(z) > 0.5 * root
        out: Complex = np.where(far, z, 2.0 * root)
        # By Pfaff's transformation: as it stands SciPy's function loses its digits near
        # the singular points, from df = 12 on, and its logarithm jumps.
        w = (root / out) ** 2
        series = hyp2f1(0.5, 0.5 * df, 0.5 * df + 1.0, w / (1.0 + w))
        tail = df * np.log(out) + 0.5 * df * log1p(w) - log_tail - np.log(series)
        mid = np.where(far, 0.0, z)
        slope = hyp2f1(0.5, 0.5 * (df + 1.0), 1.5, -mid * mid / df)
        body = 0.5 - math.exp(log_unit) * mid * slope
        result: Complex = np.where(far, tail, -np.log(body))
        return result

    before = float(hazard(np.array([t + 0j]))[0].real)

    def beyond(y: Complex) -> Complex:
        return hazard(t + y) - before

    def from_center(y: Complex) -> Complex:
        # Half the mass lies beyond the center, and P(X <= y) keeps its digits.
        z = y / law.scale
        far = np.abs(z) > 0.5 * root
        mid = np.where(far, 0.0, z)
        slope = hyp2f1(0.5, 0.5 * (df + 1.0), 1.5, -mid * mid / df)
        near = -log1p(-2.0 * math.exp(log_unit) * mid * slope)
        result: Complex = np.where(far, beyond(y), near)
        return result

    form = from_center if t == law.loc else beyond
    # Singular at a right angle, where z^2 = -df: see _reach, of (1 + z^2 / df)^(-df / 2).
    angle = 0.5 * (math.pi - math.asin(math.exp(-16.0 / df)))
    return Continued.of(t, Leaf(form, angle, df, True))


#: Formulas by class.
FORMULAS: dict[type, Callable[[Any], Continued]] = {
    laws.Pareto: _lomax,
    laws.Lomax: _lomax,
    laws.GeneralizedPareto: _generalized_pareto,
    laws.Weibull: _weibull,
    laws.Exponential: _exponential,
    laws.Frechet: _frechet,
    laws.GeneralizedExtremeValue: _generalized_extreme_value,
    laws.Burr: _burr,
    laws.LogLogistic: _burr,
    laws.LogNormal: _lognormal,
    laws.InverseGamma: _inverse_gamma,
    laws.Levy: _inverse_gamma,
    laws.Uniform: _uniform,
    variants.LogPareto: _log_pareto,
    variants.Fastest: _fastest,
    variants.RandomAttempts: _random_attempts,
}


def of_formula(law: Law) -> Continued | None:
    """Return a law by its formula, or by those of what it is made of."""
    formula = FORMULAS.get(type(law))
    if formula is not None:
        return formula(law)
    if isinstance(law, Mixture):
        parts = [continued(part) for part in law.laws]
        return ways.mixed(parts, law.weights, law.tail_index)
    if isinstance(law, Derived):
        steps = list(law.steps)
        first: Continued | None
        if isinstance(law.base, laws.StudentT | laws.Cauchy):
            if steps[0][0] != "beyond":
                return None
            first = _student(law.base, *steps.pop(0)[1:])
        elif math.isfinite(law.base.support[0]):
            first = continued(law.base)
        else:
            return None
        return None if first is None else ways.derived(first, steps)
    return None
