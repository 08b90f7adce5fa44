"""Print the polynomial coefficients used in this folder, as C++ hex floats.

Weighted least squares on Chebyshev nodes in 300-bit arithmetic, which is within a few
per cent of minimax here. The error printed beside each is the largest weighted one, in
units of 2^-53, before the coefficients are rounded.

Run  python cpp/tailrace/math/coefficients.py    (needs mpmath)
"""

from __future__ import annotations

from collections.abc import Callable

import mpmath as mp

mp.mp.prec = 300


def fit(
    f: Callable[[mp.mpf], mp.mpf],
    low: mp.mpf,
    high: mp.mpf,
    degree: int,
    weight: Callable[[mp.mpf], mp.mpf],
) -> tuple[list[float], float]:
    """Return the coefficients, lowest power first, and the largest weighted error."""
    terms, nodes = degree + 1, 8 * (degree + 1)
    x = [
        (low + high) / 2 + (high - low) / 2 * mp.cos(mp.pi * (2 * k + 1) / (2 * nodes))
        for k in range(nodes)
    ]
    a = mp.matrix(nodes, terms)
    y = mp.matrix(nodes, 1)
    for i, xi in enumerate(x):
        for j in range(terms):
            a[i, j] = weight(xi) * xi**j
        y[i] = weight(xi) * f(xi)
    c = mp.lu_solve(a.T * a, a.T * y)
    error = max(
        abs(weight(v) * (sum(c[j] * v**j for j in range(terms)) - f(v))) for v in x
    )
    return [float(v) for v in c], float(error * 2**53)


def show(name: str, coefficients: list[float], error: float) -> None:
    """Print one table."""
    print(f"{name}: error {error:.2g} x 2^-53")
    print(",\n".join(f"    {c.hex()}" for c in coefficients))


def main() -> None:
    """Print every table."""
    # log((1 + s) / (1 - s)) = 2 s + s^3 L(s^2), |s| <= (sqrt 2 - 1) / (sqrt 2 + 1).
    s = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)
    show(
        "kLog",
        *fit(
            lambda z: (2 * mp.atanh(mp.sqrt(z)) / mp.sqrt(z) - 2) / z,
            mp.mpf(0),
            s**2,
            6,
            lambda z: z / 2,
        ),
    )
    # e^r = 1 + r + r^2 / 2 + r^3 P(r), |r| <= log(2) / 2.
    half = mp.log(2) / 2
    show(
        "kExp",
        *fit(
            lambda r: (mp.expm1(r) - r - r * r / 2) / r**3,
            -half,
            half,
            9,
            lambda r: r**2,
        ),
    )
    # sin(pi y / 4) = y S(y^2) and cos(pi y / 4) = 1 + y^2 C(y^2), 0 <= y <= 1.
    quarter = mp.pi / 4
    root = mp.sqrt
    show(
        "kSin",
        *fit(
            lambda z: mp.sin(quarter * root(z)) / root(z),
            mp.mpf(0),
            mp.mpf(1),
            6,
            lambda z: 1 / quarter,
        ),
    )
    show(
        "kCos",
        *fit(
            lambda z: (mp.cos(quarter * root(z)) - 1) / z,
            mp.mpf(0),
            mp.mpf(1),
            6,
            lambda z: z,
        ),
    )


if __name__ == "__main__":
    main()
