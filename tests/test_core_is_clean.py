"""Rules about the sources themselves: who includes what, how long, no machine's paths."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "cpp" / "tailrace"

pytestmark = pytest.mark.skipif(
    not CORE.is_dir(), reason="cpp/ is absent: not a checkout of the sources"
)

LONGEST = 400
SOURCES = {".py", ".pyi", ".hpp", ".cpp"}
TEXTS = SOURCES | {".md", ".toml", ".txt", ".yml", ".yaml", ".cfg", ".cff", ".rst"}

# Plain data that kernels share with the host, and code for the host alone.
HOST_LAWS = {"joint.hpp", "program.hpp", "table.hpp", "tables.hpp"}
KERNEL_HEADERS = [
    "math/*.hpp",
    "random/threefry.hpp",
    "random/lanes.hpp",
    "clocks/*.hpp",
    "folds/*.hpp",
    "laws/*.hpp",
    "tables/*.hpp",
]


def core_files():
    return [p for p in sorted(CORE.rglob("*")) if p.suffix in SOURCES]


def kernel_headers():
    found = [p for pattern in KERNEL_HEADERS for p in sorted(CORE.glob(pattern))]
    return [p for p in found if p.name not in HOST_LAWS]


def kernel_sources():
    once_a_set = [CORE / "kernels" / name for name in ("kernels.cpp", "folds.cpp")]
    return [*kernel_headers(), *once_a_set]


def project_files():
    """Files that git tracks, or would if they were added."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        out = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("the files of the project are known only to a git checkout")
    paths = [ROOT / name for name in out.decode().split("\0") if name]
    return [p for p in paths if p.is_file()]


def lines_with(pattern, paths):
    """Every line of `paths` that matches, as "file:line: text"."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if re.search(pattern, line)
    ]


def test_there_are_files_to_check():
    assert len(core_files()) > 20
    assert len(kernel_headers()) > 10


def test_core_never_heard_of_python():
    assert lines_with(r"pybind11|Python\.h", core_files()) == []


def test_core_includes_nothing_of_the_bindings():
    assert lines_with(r'#include "(?!tailrace/)', core_files()) == []


def test_kernel_headers_include_c_headers_only():
    # An inline std:: function built for AVX-512 may be the copy the linker keeps.
    not_c = r"#include <(?!stddef\.h>|stdint\.h>)"
    assert lines_with(not_c, kernel_headers()) == []


def test_kernels_use_no_standard_library():
    sources = kernel_sources()
    assert lines_with(r"^(?!\s*//)[^/]*\bstd::", sources) == []


def test_kernels_use_no_intrinsics():
    sources = kernel_sources()
    assert lines_with(r"\b_mm\d*_|immintrin|arm_neon", sources) == []


def test_no_source_is_longer_than_a_few_screens():
    sources = [p for p in project_files() if p.suffix in SOURCES]
    lengths = {p: len(p.read_text("utf-8").splitlines()) for p in sources}
    long = {str(p.relative_to(ROOT)): n for p, n in lengths.items() if n > LONGEST}
    assert long == {}


def test_no_file_names_a_path_of_one_machine():
    texts = [p for p in project_files() if p.suffix in TEXTS]
    assert lines_with(r"(?<![\w.-])/(?:work|root|home|Users)/\w", texts) == []
