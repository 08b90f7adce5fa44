"""Inversion around the cut that a heavy tail leaves to the left of 0: upper tails.

On the lip of the cut, at s = -v, the exponential of K(s) = y s + the logarithm of the
transform has a tiny imaginary part, which carries the one large value: as an integral of
one sign it keeps all digits of a probability, however small. Where exp(K) is least on the
lip the path leaves it, and what comes from there are many moderate values at once: the
normal part of the tail.
"""

from __future__ import annotations

import math

import numpy as np

from ..laws.base import Reals
from .across import Found
from .bulk import BLOCK, ROUNDING, of_step
from .complexes import Complex, panels
from .sums import Sum

# Places on the lip and, in panels, off it.
_COUNT = 129
_OFF = panels(0.0, 0.5, 1.0, 1.6, 2.4, 3.4, 4.6, 6.0, 7.5)


def around(total: Sum, y: Reals) -> Found:
    """Return the upper tail of a heavy-tailed sum, by a path around the cut."""
    log, density, error = (np.full(y.size, np.nan) for _ in range(3))
    order = np.argsort(y)
    for first in range(0, y.size, BLOCK):
        block = order[first : first + BLOCK]
        log[block], density[block], error[block] = _on_lip(total, y[block])
    return Found(log, density, error)


def _on_lip(total: Sum, y: Reals, finer: int = 0) -> tuple[Reals, Reals, Reals]:
    """Return the integral over the lip, from 0 to where exp(K) is least."""
    low, high = 1e-4 / float(y.max()), 60.0 / float(y.min())
    highest = 1e4 * high
    while True:
        v, logs, step = total.on_lip(low, high, finer)
        k = logs.real - np.multiply.outer(y, v)
        turn = np.sin(-logs.imag)
        known = np.isfinite(logs)
        # Up to the first least exp(K): beyond it the path leaves the numbers. A law
        # without a mean lets K rise a little first.
        later = k[:, 1:]
        rising = (np.diff(k, axis=1) > 0.0) & ((later < -1.0) | (later > 3.0))
        rising |= ~known[1:]
        stop = np.where(rising.any(axis=1), np.argmax(rising, axis=1), v.size - 1)
        inside = known & (np.arange(v.size) <= stop[:, None])
        with np.errstate(divide="ignore", invalid="ignore"):
            level = np.where(inside, k + np.log(np.abs(turn)), -np.inf)
        top = level.max(axis=1)
        rest = k[np.arange(y.size), stop] - top
        if (level[:, 0] > top - 40.0).any() and low > 1e-300:
            low *= 1e-6
        elif ((stop == v.size - 1) & (rest > -32.0)).any() and high < highest:
            high *= 10.0
        else:
            break
    with np.errstate(invalid="ignore"):
        grown = np.where(inside, np.exp(level - top[:, None]) * np.sign(turn), 0.0)
    whole = grown.sum(axis=1) * (step / math.pi)
    half = grown[:, ::2].sum(axis=1) * (2.0 * step / math.pi)
    rates = (grown * v).sum(axis=1) * (step / math.pi)
    with np.errstate(divide="ignore", invalid="ignore"):
        rough = np.abs(whole - half) / whole
        log, density = top + np.log(whole), top + np.log(rates)
        rounding = 1e-14 * np.abs(grown).sum(axis=1) * step / whole
        error = of_step(rough, 1e4) + np.exp(rest) / whole + rounding
        # What lies before the first place; of tails with an index near 0 there is much.
        error += 1e3 * np.exp(level[:, 0] - top) / whole
        again = ~(np.exp(rest) < 1e-13 * whole)
    again &= (stop > 1) & (stop < v.size - 1)
    for place in np.unique(stop[again]):
        bend = logs.real[place - 1 : place + 2]
        if not np.isfinite(bend).all():
            continue
        mine = again & (stop == place)
        slope = 0.5 * (bend[2] - bend[0]) / step
        curve = (bend[2] - 2.0 * bend[1] + bend[0]) / step**2 - slope
        width = float(v[place]) / math.sqrt(max(curve, 1e-4))
        found = _past_saddle(total, y[mine], float(v[place]), width)
        log[mine], density[mine], error[mine] = found
    rough = (error > 1e-11) & ~again
    if finer < 2 and rough.any():
        found = _on_lip(total, y[rough], finer + 1)
        log[rough], density[rough], error[rough] = found
    return log, density, error


def _off_lip(v: float, width: float, lean: float) -> tuple[Complex, Complex]:
    """Return places and weights on the lip up to a place, and off it from there."""
    # The tanh-sinh rule in log v, from -inf to log v; there ds / s = d log v.
    step = 0.05
    steep = math.pi * np.sinh(np.linspace(-3.2, 3.2, _COUNT))
    sizes = v * np.exp(-np.logaddexp(0.0, -steep))
    weights = step * np.hypot(steep, math.pi) / (1.0 + np.exp(steep))
    # Off the lip by Gauss-Legendre panels: there the path has an end.
    tau, part = _OFF
    off = -v + width * (1j * np.sinh(tau) - lean * (np.cosh(tau) - 1.0))
    along = width * (1j * np.cosh(tau) - lean * np.sinh(tau)) * part
    return np.append(-sizes + 0j, off), np.append(-sizes * weights, along)


def _past_saddle(
    total: Sum, y: Reals, v: float, width: float
) -> tuple[Reals, Reals, Reals]:
    """Return the integral over the lip up to a point, and off the numbers from there."""
    key = "around", v, width
    if key not in total.paths:
        s, weight = _off_lip(v, width, math.tan(total.past))
        total.paths[key] = s, weight, total.log_around(s)
    s, weight, logs = total.paths[key]
    k = np.multiply.outer(y, s)
    k += logs
    top = k.real.max(axis=1)
    with np.errstate(under="ignore"):
        grown = np.exp(k - top[:, None]) * weight
    parts = (grown / s).imag
    whole = -parts.sum(axis=1) / math.pi
    on_lip = parts[:, :_COUNT]
    rough = on_lip[:, ::2].sum(axis=1) - on_lip[:, 1::2].sum(axis=1)
    density = grown.imag.sum(axis=1) / math.pi
    size = np.abs(parts).sum(axis=1) / math.pi
    with np.errstate(divide="ignore", invalid="ignore"):
        rough = np.abs(rough) / math.pi / np.abs(whole)
        rounding = 100.0 * ROUNDING * size / np.abs(whole)
        error = rounding + of_step(rough, 1e4)
        return top + np.log(whole), top + np.log(density), error
