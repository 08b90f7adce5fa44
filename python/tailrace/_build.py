"""What this build of the core is, and what it runs."""

from __future__ import annotations

from typing import Any

from . import _core


def build_info() -> dict[str, Any]:
    """Return what the core was built with and which kernels it runs.

    Returns
    -------
    dict
        `version`; `isa`, the instruction set in use (``TAILRACE_ISA`` in the environment
        forces one of `isa_available`); `isa_is_slow`, True for the x86 baseline, which
        has no fused multiply-add and is there to be compared with; `stream_version`,
        which names the draws of a seed; `compiler`.

    Examples
    --------
    >>> import tailrace as tr
    >>> tr.build_info()["stream_version"]
    2
    """
    return _core.build_info()
