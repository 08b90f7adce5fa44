"""Models of the pick are shared between threads, and survive being interrupted."""

from __future__ import annotations

from threading import Thread

import pytest
import tailrace as tr
from numpy.testing import assert_array_equal
from tailrace.goodhart import proxy

N = [10.0, 1e6]


def model():
    return tr.Goodhart(tr.StudentT(3), tr.StudentT(2))


def test_threads_share_a_model():
    want = model().best_of(N).truth
    for _ in range(5):
        shared, found = model(), []
        threads = [
            Thread(target=lambda: found.append(shared.best_of(N).truth))  # noqa: B023
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for truth in found:
            assert_array_equal(truth, want)


@pytest.mark.parametrize("calls", [0, 1, 2])
def test_an_interrupted_question_leaves_no_trace(monkeypatch, calls):
    plain, left = proxy.resolved, [calls]

    def interrupted(*arguments):
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        return plain(*arguments)

    one = model()
    monkeypatch.setattr(proxy, "resolved", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _ = [one.best_of(n).truth for n in N], one.proxy
    monkeypatch.undo()
    assert_array_equal(one.best_of(N).truth, model().best_of(N).truth)
    assert_array_equal(one.threshold([0.5, 1e-3]), model().threshold([0.5, 1e-3]))
