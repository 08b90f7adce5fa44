"""Small tools: complex functions that keep the digits near 0, and nodes of panels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..laws.base import Reals

Complex = NDArray[np.complex128]
Places = NDArray[np.int64]

# Below this size the series of log1p_less has its digits in ten terms.
_NEAR = 0.3


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


def panels(*edges: float) -> tuple[Reals, Reals]:
    """Return nodes and weights of the 16-point Gauss-Legendre rule between edges."""
    cuts = np.array(edges)
    half = 0.5 * np.diff(cuts)[:, None]
    nodes = cuts[:-1, None] + half * (1.0 + _NODES)
    return nodes.ravel(), (half * _WEIGHTS).ravel()


def dot(rows: NDArray[Any], values: NDArray[Any]) -> Any:
    """Return the sum over the last axis of products.

    By one thread: products this small are slowed down by several that wait for another.
    """
    return np.einsum("...j,j->...", rows, values)


def expm1(w: Complex) -> Complex:
    """Return e^w - 1."""
    x, y = w.real, w.imag
    half = np.sin(0.5 * y)
    result = np.empty(w.shape, dtype=np.complex128)
    with np.errstate(over="ignore", invalid="ignore"):
        grown = np.expm1(x)
        result.real = grown * np.cos(y) - 2.0 * half * half
        result.imag = (grown + 1.0) * np.sin(y)
    return result


def log1p(w: Complex) -> Complex:
    """Return the principal log(1 + w)."""
    x, y = w.real, w.imag
    near = np.abs(w) < 0.5
    small = np.where(near, w, 0.0)
    square = small.real * (2.0 + small.real) + small.imag * small.imag
    result = np.empty(w.shape, dtype=np.complex128)
    with np.errstate(divide="ignore"):
        far = np.log(np.hypot(1.0 + x, y))
    result.real = np.where(near, 0.5 * np.log1p(square), far)
    result.imag = np.arctan2(y, 1.0 + x)
    return result


def log1p_less(w: Complex) -> Complex:
    """Return log(1 + w) - w."""
    near = np.abs(w) < _NEAR
    small = np.where(near, w, 0.0)
    # log(1 + w) = 2 atanh(t) with t = w / (2 + w), and 2 t - w = -w t.
    t = small / (2.0 + small)
    square = t * t
    rest = np.zeros_like(t)
    for k in range(21, 1, -2):
        rest = (rest + 1.0 / k) * square
    series = t * (2.0 * rest - small)
    far = np.where(near, 1.0, w)
    result: Complex = np.where(near, series, log1p(far) - far)
    return result
