"""Sketches of other packages behind one face: what a user would pick today."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tailrace as tr
from numpy.typing import NDArray

from .hand_made import Missing

try:
    import datasketches
except ImportError:
    datasketches = None
try:
    import fastdigest
except ImportError:
    fastdigest = None
try:
    import ddsketch
except ImportError:
    ddsketch = None

Reals = NDArray[np.float64]
#: Values of an update.
BLOCK = 65_536


@dataclass(frozen=True)
class Sketch:
    """A kind of sketch.

    Attributes
    ----------
    name : str
        As its package calls it.
    package : module or None
        None where it is not installed.
    make, update, quantile, nbytes : callable
        Make an empty one; take in an array; ask; length of its bytes.
    merge : callable
        Merge a list of them into a new one.
    values : int, default 10**7
        How many values it can be given in reasonable time.
    single : bool, default False
        Whether it holds float32 only.
    """

    name: str
    package: Any
    make: Callable[[], Any]
    update: Callable[[Any, Reals], Any]
    quantile: Callable[[Any, float], float]
    nbytes: Callable[[Any], int]
    merge: Callable[[list[Any]], Any]
    values: int = 10**7
    single: bool = False

    def fill(self, x: Reals) -> Any:
        """Make one that has seen an array, block by block."""
        if self.package is None:
            raise Missing(f"the package for {self.name} is not installed")
        one = self.make()
        for i in range(0, x.size, BLOCK):
            self.update(one, x[i : i + BLOCK])
        return one


def _merged(make: Callable[[], Any]) -> Callable[[list[Any]], Any]:
    def merge(parts: list[Any]) -> Any:
        whole = make()
        for part in parts:
            whole.merge(part)
        return whole

    return merge


def _ours(name: str, make: Callable[[], Any]) -> Sketch:
    return Sketch(
        name,
        tr,
        make,
        lambda s, x: s.update(x, threads=1),
        lambda s, q: s.quantile(q),
        lambda s: len(s.to_bytes()),
        _merged(make),
    )


def _datasketches(
    name: str, make: Callable[[], Any], *, single: bool = False
) -> Sketch:
    return Sketch(
        name,
        datasketches,
        make,
        lambda s, x: s.update(x),
        lambda s, q: s.get_quantile(q),
        lambda s: len(s.serialize()),
        _merged(make),
        single=single,
    )


def _fastdigest(name: str, make: Callable[[], Any]) -> Sketch:
    return Sketch(
        name,
        fastdigest,
        make,
        lambda s, x: s.batch_update(x),
        lambda s, q: s.quantile(q),
        lambda s: len(s.to_bytes()),
        lambda parts: fastdigest.merge_all(parts),
    )


def _add_all(sketch: Any, x: Reals) -> None:
    add = sketch.add
    for value in x.tolist():
        add(value)


OURS = _ours("tailrace Quantiles(1e-3)", lambda: tr.Quantiles(1e-3))
SKETCHES = [
    OURS,
    _ours("tailrace Quantiles(1e-4)", lambda: tr.Quantiles(1e-4)),
    _datasketches(
        "datasketches KLL k=200", lambda: datasketches.kll_doubles_sketch(200)
    ),
    _datasketches(
        "datasketches KLL k=2000", lambda: datasketches.kll_doubles_sketch(2000)
    ),
    _datasketches(
        "datasketches REQ k=12, float32",
        lambda: datasketches.req_floats_sketch(12, True),
        single=True,
    ),
    _datasketches(
        "datasketches REQ k=50, float32",
        lambda: datasketches.req_floats_sketch(50, True),
        single=True,
    ),
    _datasketches(
        "datasketches t-digest k=200", lambda: datasketches.tdigest_double(200)
    ),
    _fastdigest("fastdigest 1000", lambda: fastdigest.TDigest()),
    Sketch(
        "ddsketch 1 %",
        ddsketch,
        lambda: ddsketch.DDSketch(),
        _add_all,
        lambda s, q: s.get_quantile_value(q),
        lambda s: len(pickle.dumps(s)),
        lambda parts: _merged(lambda: ddsketch.DDSketch())(parts),
        values=10**6,
    ),
]
