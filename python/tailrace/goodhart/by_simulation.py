"""Simulation of a model: the best of n, and pairs given what was selected."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from .. import _check, _core
from .._rng import RNG, seed_bytes, seed_integer
from ..estimators import Summary
from ..laws.base import Reals
from ..laws.exponential import Exponential
from ..simulation import BITS, EXTREMES
from . import drawing
from .base import Model, single
from .discrete import DiscreteProxy
from .drawing import Pairs, Plan
from .independent import Independent
from .simulated import GoodhartSimulation

if TYPE_CHECKING:
    from .selection import Selection

METHODS = ("all", "conditional")


class BySimulation(Model):
    """Draws of what is selected; a part of `Goodhart`."""

    def simulate(
        self,
        n: float,
        trials: int = 10_000,
        *,
        method: str = "all",
        rng: RNG = None,
        threads: int | None = None,
        keep: bool = False,
        progress: Callable[[float], object] | None = None,
    ) -> GoodhartSimulation:
        r"""Take the best of `n` candidates, again and again.

        Parameters
        ----------
        n : float
            Candidates of a trial: an integer from 1 for ``method="all"``; 1, or any real
            number from 2 to 1e300, for "conditional".
        trials : int, default 10_000
            How often, at least 1. Memory is bounded, whatever `trials` and `n`.
        method : "all" or "conditional", default "all"
            "all" draws every candidate, and relies on nothing else. "conditional" draws
            only the best, in the same time for any `n`: for independent errors.
        rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
            As in `Law.sample`. The result keeps a seed that gives it again.
        threads : int, optional
            Most threads to use; by default every core, for work above about 1 ms.
        keep : bool, default False
            Keep V and X of every trial, in order: 16 bytes each.
        progress : callable, optional
            Called about every 50 ms with the share of the work done, from 0 to 1.

        Returns
        -------
        GoodhartSimulation

        Raises
        ------
        TypeError
            If an argument is of a wrong type.
        ValueError
            If `n`, `trials` or `threads` is out of range, `method` is none of these, or
            "conditional" with an error that depends on the truth, or with atoms in both
            laws beside others.

        Notes
        -----
        The second largest proxy of n is a threshold t, and given it the best is
        distributed like (V, X) given V + X >= t. So "conditional" draws t from the law of
        that order statistic, then pairs given V + X >= t by rejection, from boxes that
        cover the event whether V, X or both are large. The pairs are exact; t comes from
        a table of the law of the proxy, and its relative error is the `table_error` of
        the result. The first call makes that table, in some tenths of a second.

        The same seed gives the same bits on every instruction set and number of threads,
        and the first trials of a longer run are those of a shorter one.

        Examples
        --------
        >>> import tailrace as tr
        >>> model = tr.Goodhart(tr.Normal(), tr.StudentT(3))
        >>> round(model.simulate(1024, 10_000, rng=7).truth, 1)
        0.3
        >>> result = model.simulate(10**12, 10_000, method="conditional", rng=7)
        >>> interval = result.truth.confidence_interval(0.999)
        >>> interval.low < model.best_of(1e12).truth < interval.high
        True
        """
        _check.choice("method", method, METHODS)
        if method == "all":
            candidates: float = _check.count("n", n)
        else:
            candidates = _check.at_least("n", n, 1.0, 1e300)
        draws = _check.count("trials", trials)
        workers = _check.threads("threads", threads)
        keep = _check.flag("keep", keep)
        watch = _check.callback("progress", progress)
        seed = seed_bytes(rng)
        table_error = 0.0
        if method == "all":
            found = self._all(int(candidates), draws, seed, keep, workers, watch)
        else:
            if not isinstance(self._terms, Independent):
                what = "for an error that depends on the truth"
                msg = f"method must be 'all' {what}, got {method!r}"
                raise ValueError(msg)
            plan = self._plan_of_top(1, candidates)
            if isinstance(plan, Plan):
                table_error = getattr(plan.law and self.proxy, "table_error", 0.0)
                found = plan.simulate(seed, draws, keep, workers, watch)
                if found is None:
                    self._refuse_unknown()
            else:
                found = _gathered(plan(draws, seed_integer(seed)), draws, keep, watch)
        seen, kept = _taken(found, keep)
        if watch is not None:
            watch(1.0)
        return GoodhartSimulation.of(
            self,  # type: ignore[arg-type]
            float(candidates),
            seed_integer(seed),
            method,
            table_error,
            seen,
            kept,
        )

    def _all(
        self, n: int, trials: int, seed: bytes, keep: bool, threads: int, watch: Any
    ) -> Any:
        terms = self._terms
        if not isinstance(terms, Independent):
            drawn = drawing.best_of_dependent(terms, n, trials, seed_integer(seed))
            return _gathered(drawn, trials, keep, watch)
        found = _core.simulate_best(
            terms.truth._core_law,
            terms.error._core_law,
            *drawing.ladder(terms.truth, terms.error),
            seed,
            n,
            trials,
            BITS,
            EXTREMES,
            keep,
            threads,
            watch,
        )
        if found is None:
            self._refuse_unknown()
        return found

    def _refuse_unknown(self) -> NoReturn:
        """Say which law was asked for a value that is not known."""
        laws = [law for law in (self.truth, self.error) if law is not None]
        for law in [*laws, self.proxy]:
            law._refuse_unknown(math.nan)
        msg = "n must be such that the best can be told: some sums are inf - inf"
        raise ValueError(msg)

    def _plan_of_top(self, k: int, n: float) -> Any:
        """Return how one of the k best of n is drawn, with nothing but it."""
        terms, curve = self._terms, self._curve
        assert isinstance(terms, Independent)
        if isinstance(curve, DiscreteProxy):
            chances = curve.selected(float(k), n)

            def pieces(trials: int, seed: int) -> Any:
                return drawing.best_of_data(terms, curve, chances, trials, seed)

            return pieces
        if n == k:
            return drawing.plan_beyond(terms.truth, terms.error, -math.inf)
        if n < k + 1:
            msg = f"n must be {k}, or >= {k + 1}, to be drawn directly, got {n!r}"
            raise ValueError(msg)
        return _plan_of_top(terms.truth, terms.error, self.proxy, k, n)

    # Pairs given what was selected.

    def _sample_selected(
        self, selection: Selection, shape: Any, rng: RNG, threads: int | None
    ) -> Pairs:
        at = single(selection)
        sizes = () if shape is None else _check.shape("shape", shape)
        count = math.prod(sizes)
        workers = _check.threads("threads", threads)
        kind, *numbers = selection._weight
        if kind == "tilted":
            msg = "selection must be by t, n or k for pairs, got one by a tilt"
            raise ValueError(msg)
        if kind == "beyond" and not float(selection.kl) < math.inf:
            msg = f"t must be a value that the proxy reaches, got {at!r}"
            raise ValueError(msg)
        seed = seed_bytes(rng)
        if not isinstance(self._terms, Independent):
            found = self._dependent_pairs(kind, at, count, seed)
        else:
            plan = (
                self._plan_beyond(at)
                if kind == "beyond"
                else self._plan_of_top(int(numbers[0]), numbers[1])
            )
            if isinstance(plan, Plan):
                drawn = plan.pairs(seed, count, workers)
                if drawn is None:
                    self._refuse_unknown()
                found = drawn
            else:
                found = _joined(plan(count, seed_integer(seed)))
        v, x = (array.reshape(sizes) for array in found)
        return v, x

    def _plan_beyond(self, t: float) -> Any:
        terms, curve = self._terms, self._curve
        assert isinstance(terms, Independent)
        if isinstance(curve, DiscreteProxy):
            chances = np.where(curve.values >= t, curve.masses, 0.0)

            def pieces(count: int, seed: int) -> Any:
                return drawing.best_of_data(terms, curve, chances, count, seed)

            return pieces
        return drawing.plan_beyond(terms.truth, terms.error, t)

    def _dependent_pairs(self, kind: str, t: float, count: int, seed: bytes) -> Pairs:
        terms = self._terms
        assert not isinstance(terms, Independent)
        if kind != "beyond":
            msg = (
                "selection must be by t for pairs with an error that depends on the "
                "truth, got one by rank"
            )
            raise ValueError(msg)
        law = self._selected_truth(self.beyond(t))  # type: ignore[attr-defined]
        rng = drawing.generator(seed_integer(seed), 0)
        v: Reals = law.sample(count, rng=rng)
        clocks = Exponential().sample(count, rng=rng)
        return v, terms.given.beyond(t - v, v, clocks)


@lru_cache(maxsize=64)
def _plan_of_top(truth: Any, error: Any, proxy: Any, k: int, n: float) -> Plan:
    return drawing.plan_of_top(truth, error, proxy, k, n)


def _gathered(pieces: Any, total: int, keep: bool, watch: Any) -> Any:
    """Return summaries of pieces, and the pairs if they are to be kept."""
    kept: list[Pairs] = []

    def each() -> Any:
        for pair in pieces:
            if keep:
                kept.append(pair)
            yield pair

    seen = drawing.seen_in(each(), total, watch)
    return (*seen, *(_joined(kept) if keep else (np.empty(0), np.empty(0))))


def _joined(pieces: Any) -> Pairs:
    pairs = list(pieces) or [(np.empty(0), np.empty(0))]
    v, x = (np.concatenate(column) for column in zip(*pairs, strict=True))
    return v, x


def _taken(found: Any, keep: bool) -> tuple[list[Summary], Pairs | None]:
    *seen, truths, errors = found
    summaries = [s if isinstance(s, Summary) else Summary._of(s) for s in seen]
    return summaries, (truths, errors) if keep else None
