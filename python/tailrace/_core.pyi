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

@final
class Summary:
    def __init__(
        self, moments: int, bits: int, largest: int, smallest: int
    ) -> None: ...
    def update(
        self,
        x: NDArray[np.float64],
        labels: NDArray[np.int64] | None,
        times: NDArray[np.uint64] | None,
        threads: int,
    ) -> bool: ...
    def update_one(self, x: float) -> bool: ...
    def merge(self, other: Summary) -> None: ...
    def fresh(self) -> Summary: ...
    def copy(self) -> Summary: ...
    def equals(self, other: Summary) -> bool: ...
    def to_bytes(self) -> bytes: ...
    @staticmethod
    def from_bytes(data: bytes) -> Summary: ...
    def kept(self) -> tuple[int, int, int, int]: ...
    def counts(self) -> tuple[int, int, int, int]: ...
    def ends(self) -> tuple[float, float]: ...
    def sums(
        self,
    ) -> tuple[
        tuple[int, int, int, int],
        tuple[bytes, int],
        tuple[bytes, int],
        NDArray[np.float64],
        NDArray[np.float64],
    ]: ...
    def buckets(
        self,
    ) -> tuple[
        NDArray[np.float64],
        NDArray[np.float64],
        NDArray[np.uint64],
        NDArray[np.float64],
        NDArray[np.float64],
    ]: ...
    def extremes(
        self, largest: bool
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]: ...
    def memory(self) -> int: ...

def running_means(x: NDArray[np.float64]) -> NDArray[np.float64]: ...
def running_medians(x: NDArray[np.float64]) -> NDArray[np.float64]: ...
def count_keys(
    x: NDArray[np.float64], low: int, shift: int, counts: NDArray[np.uint64]
) -> None: ...
def take_between(
    x: NDArray[np.float64], lows: NDArray[np.int64], highs: NDArray[np.int64]
) -> NDArray[np.float64]: ...
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
    bits: int,
    extremes: int,
    keep: bool,
    threads: int,
    progress: Callable[[float], object] | None,
) -> tuple[Summary, Summary, NDArray[np.float64], NDArray[np.float64]] | None: ...
def simulate_best(
    truth: Law,
    error: Law,
    ladder_values: NDArray[np.float64],
    ladder_words: NDArray[np.uint64],
    seed: bytes,
    n: int,
    trials: int,
    bits: int,
    extremes: int,
    keep: bool,
    threads: int,
    progress: Callable[[float], object] | None,
) -> (
    tuple[Summary, Summary, Summary, NDArray[np.float64], NDArray[np.float64]] | None
): ...
def simulate_directly(
    truth: Law,
    error: Law,
    boxes: Sequence[NDArray[np.float64]],
    first: NDArray[np.uint64],
    alias: NDArray[np.uint64],
    law: Law | None,
    fixed: float,
    seed: bytes,
    trials: int,
    bits: int,
    extremes: int,
    keep: bool,
    threads: int,
    progress: Callable[[float], object] | None,
) -> (
    tuple[Summary, Summary, Summary, NDArray[np.float64], NDArray[np.float64]] | None
): ...
def pairs_beyond(
    truth: Law,
    error: Law,
    boxes: Sequence[NDArray[np.float64]],
    first: NDArray[np.uint64],
    alias: NDArray[np.uint64],
    law: Law | None,
    fixed: float,
    seed: bytes,
    count: int,
    threads: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None: ...
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
