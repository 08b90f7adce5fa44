"""Estimators against their plain twin, through any sequence of what can be done."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import tailrace as tr
from estimator_twin import Twin, is_within
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, rule

QS = [0.0, 1e-9, 0.25, 0.5, 0.75, 0.99, 1.0]
ERROR = 2.0**-7

ordinary = st.floats(allow_nan=False, allow_infinity=False, width=64)
#: Close to each other, tiny, huge, equal, opposite: what sums and buckets may stumble on.
values = st.one_of(
    ordinary,
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 5e-324, -5e-324, 2.0**-1022, 1e308, -1e308]),
    st.sampled_from([math.inf, -math.inf]),
    st.integers(-3, 3).map(float),
    st.floats(1.0, 1.001),
)
arrays = st.lists(values, max_size=40)


def made():
    return {
        "mean": tr.Mean(moments=2),
        "quantiles": tr.Quantiles(ERROR),
        "top": tr.TopK(3),
        "bottom": tr.TopK(3, largest=False),
        "summary": tr.Summary(ERROR),
    }


class Machine(RuleBasedStateMachine):
    """Pairs of estimators and twins, updated, merged and copied at random."""

    pairs = Bundle("pairs")

    @rule(target=pairs)
    def new(self):
        """Start with nothing."""
        return made(), Twin()

    @rule(target=pairs, pair=consumes(pairs), x=arrays)
    def update(self, pair, x):
        """Take in an array."""
        ours, twin = pair
        for one in ours.values():
            one.update(np.array(x))
        return ours, twin + Twin(x)

    @rule(target=pairs, pair=consumes(pairs), x=values)
    def update_with_a_scalar(self, pair, x):
        """Take in one value."""
        ours, twin = pair
        for one in ours.values():
            one.update(x)
        return ours, twin + Twin([x])

    @rule(target=pairs, pair=consumes(pairs), x=arrays, seed=st.integers(0, 99))
    def update_with_weights(self, pair, x, seed):
        """Take in an array with weights."""
        ours, twin = pair
        weights = np.random.default_rng(seed).integers(0, 4, len(x))
        for one in ours.values():
            one.update(np.array(x), weights=weights)
        return ours, twin + Twin(np.repeat(x, weights))

    @rule(target=pairs, a=consumes(pairs), b=consumes(pairs))
    def merge(self, a, b):
        """Merge two, in either order."""
        for name, one in a[0].items():
            other = b[0][name]
            assert one + other == other + one
            one.merge(other)
        return a[0], a[1] + b[1]

    @rule(target=pairs, pair=pairs, how=st.sampled_from(["copy", "pickle", "bytes"]))
    def copy(self, pair, how):
        """Copy, by any way there is."""
        by = {
            "copy": copy.copy,
            "pickle": lambda one: pickle.loads(pickle.dumps(one)),
            "bytes": lambda one: type(one).from_bytes(one.to_bytes()),
        }[how]
        ours = {name: by(one) for name, one in pair[0].items()}
        assert ours == pair[0]
        return ours, pair[1] + Twin()

    @rule(pair=pairs)
    def sums_are_exact(self, pair):
        """Compare counts, ends, means and variances."""
        ours, twin = pair
        for one in ours.values():
            assert one.count == len(twin.values)
        if not twin.values:
            assert math.isnan(ours["mean"].min)
            return
        assert ours["mean"].min == twin.values[0]
        assert ours["quantiles"].max == twin.values[-1]
        if all(map(math.isfinite, twin.values)):
            for one in (ours["mean"], ours["summary"]):
                assert one.mean() == twin.mean()
                assert one.var(0) == twin.var(0)

    @rule(pair=pairs)
    def quantiles_keep_their_promise(self, pair):
        """Compare quantiles, within their bound."""
        ours, twin = pair
        if twin.values:
            for q in QS:
                want = twin.order_statistic(q)
                assert is_within(ours["quantiles"].quantile(q), want, ERROR)
                # All order statistics are among the extremes of so few.
                if len(twin.values) <= 256:
                    assert ours["summary"].quantile(q) == want

    @rule(pair=pairs)
    def extremes_are_exact(self, pair):
        """Compare the largest and the smallest."""
        ours, twin = pair
        assert ours["top"].values.tolist() == twin.largest(3)[0]
        assert ours["bottom"].values.tolist() == twin.smallest(3)[0]

    @rule(pair=pairs, seed=st.integers(0, 2**32))
    def order_leaves_no_trace(self, pair, seed):
        """Take the same values in at once, in another order."""
        ours, twin = pair
        shuffled = np.random.default_rng(seed).permutation(twin.values)
        again = made()
        for name, one in again.items():
            one.update(shuffled)
            assert one.to_bytes() == ours[name].to_bytes()


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
