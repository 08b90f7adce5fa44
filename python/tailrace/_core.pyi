from collections.abc import Callable, Sequence
from typing import Any, final, overload

import numpy as np
from numpy.typing import NDArray

__version__: str

@final
class Law:
    def smallest_of(self, q: float) -> Law: ...
    def largest_of(self, n: float) -> Law: ...
    def order_statistic(self, k: float, m: float, from_top: bool) -> Law: ...
    def beyond(self, t: float) -> Law: ...
    def truncated(self, low: float, high: float) -> Law: ...
    def capped(self, t: float) -> Law: ...
    def affine(self, scale: float, shift: float) -> Law: ...
    def evaluate(
        self, question: str, x: NDArray[np.float64]
    ) -> NDArray[np.float64]: ...
    @property
    def tame(self) -> bool: ...

def make_law(name: str, parameters: Sequence[float]) -> Law: ...
def make_empirical(
    values: NDArray[np.float64], weights: NDArray[np.float64]
) -> Law: ...
def make_outside(
    map: str,
    loc: float,
    scale: float,
    ends: tuple[float, float],
    support: tuple[float, float],
    kinks: tuple[Sequence[float], Sequence[float]],
    u: Callable[[bool, NDArray[np.float64]], NDArray[np.float64]],
    hazards: Callable[
        [NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]
    ],
    values: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> tuple[Law, float]: ...
def outside_numbers(law: Law) -> list[float]: ...
def outside_from_numbers(
    numbers: Sequence[float],
    map: str,
    hazards: Callable[
        [NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]
    ],
    values: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> Law: ...
def make_spliced(
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    tail: Sequence[float],
    above: float,
) -> Law: ...
def sample_one(law: Law, seed: bytes) -> float: ...
def sample(
    law: Law, seed: bytes, shape: Sequence[int], single: bool, threads: int
) -> NDArray[Any]: ...
@overload
def sample_into(
    law: Law, seed: bytes, out: NDArray[np.float64], threads: int
) -> None: ...
@overload
def sample_into(
    law: Law, seed: bytes, out: NDArray[np.float32], threads: int
) -> None: ...
@overload
def sample_joint_into(
    law: Law,
    seed: bytes,
    out: NDArray[np.float64],
    kind: str,
    k: int,
    n: float,
    threads: int,
) -> None: ...
@overload
def sample_joint_into(
    law: Law,
    seed: bytes,
    out: NDArray[np.float32],
    kind: str,
    k: int,
    n: float,
    threads: int,
) -> None: ...
def simulate_steps(
    law: Law,
    seed: bytes,
    steps: int,
    trials: int,
    threads: int,
    progress: Callable[[float], object] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def build_info() -> dict[str, Any]: ...
def set_isa(name: str) -> None: ...
def next_256_bits(capsule: Any) -> bytes: ...
def threefry4x64(
    key: Sequence[int], counter: Sequence[int]
) -> tuple[int, int, int, int]: ...
def xoshiro256pp(state: Sequence[int], count: int) -> NDArray[np.uint64]: ...
def stream_bits(
    seed: bytes, path: int, task: int, count: int
) -> NDArray[np.uint64]: ...
def clocks_from_bits(bits: NDArray[np.uint64]) -> NDArray[np.float64]: ...
def apply(function: str, tame: bool, x: NDArray[np.float64]) -> NDArray[np.float64]: ...
