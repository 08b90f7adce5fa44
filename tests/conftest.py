"""Fixtures that all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tailrace import _core


@pytest.fixture(params=_core.build_info()["isa_available"])
def isa(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run the test on every instruction set of this CPU, and see that it is in use."""
    before = _core.build_info()["isa"]
    _core.set_isa(request.param)
    assert _core.build_info()["isa"] == request.param
    yield request.param
    _core.set_isa(before)
