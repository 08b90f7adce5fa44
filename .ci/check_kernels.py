"""Check the kernels as compiled: nothing shared between sets, loops vectorised.

Every symbol that the linker may merge (weak) in an object built for one instruction set
must live in the namespace of that set: otherwise the copy built for AVX-512 could be
the one that runs everywhere.

Run  python .ci/check_kernels.py BUILD_DIRECTORY
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

# Registers that only wide code uses, and what a block of the main loops must reach.
WIDE = {"v3": "%ymm", "v4": "%zmm"}
LOOPS = ("clocks_from_bits", "values_from_clocks", "sum_and_largest", "next_bits")


def symbols(path: Path) -> list[tuple[str, str]]:
    """Return (type, name) of every defined symbol."""
    text = subprocess.run(
        ["nm", "-C", "--defined-only", str(path)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    matches = re.findall(r"^[0-9a-f]+ (\w) (.*)$", text, flags=re.MULTILINE)
    return [(kind, name) for kind, name in matches]


def main() -> int:
    """Check every kernel object found."""
    objects = sorted(Path(sys.argv[1]).rglob("kernels_*.dir/**/kernels.cpp.o"))
    if not objects:
        print("no kernel objects found")
        return 1
    wrong = 0
    for path in objects:
        isa = re.search(r"kernels_(\w+)\.dir", str(path)).group(1)  # type: ignore[union-attr]
        for kind, name in symbols(path):
            if kind in "WVu" and f"tailrace::{isa}::" not in name:
                print(f"{isa}: {name} may be linked into code for another CPU")
                wrong += 1
        if isa in WIDE:
            code = subprocess.run(
                ["objdump", "-d", "--no-show-raw-insn", str(path)],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            wide = code.count(WIDE[isa])
            print(f"{isa}: {wide} uses of {WIDE[isa]} registers")
            if wide < 1000:
                print(f"{isa}: the loops have not been vectorised")
                wrong += 1
    print(f"{len(objects)} kernel objects, {wrong} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
