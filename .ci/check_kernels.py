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

# The registers that a vectorised loop uses, and the loops that the work goes through.
WIDE = {"v3": "%ymm", "v4": "%zmm"}
LOOPS = {
    "kernels.cpp": (
        r"::next_bits\(",
        r"::clocks_from_bits\(",
        r"::clocks_of_ends\(",
        r"::flip_sums\(",
        r"::values<tailrace::\w+::Pareto, tailrace::\w+::Tame>\(",
    ),
    "folds.cpp": (
        r"::sum_and_largest\(",
        r"::look\(",
        r"::find_between\(",
        r"::find_beyond\(",
        r"::fold_exactly<.*1, 2>\(",
        r"::fold_exactly<.*2, 2>\(",
    ),
}


def output(*command: str) -> str:
    """Return what a command prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def shared_symbols(path: str, isa: str) -> list[str]:
    """Return what the linker may merge although it was built for one set only."""
    symbols = re.findall(
        r"^[0-9a-f]+ ([WVu]) (.*)$",
        output("nm", "-C", "--defined-only", path),
        flags=re.MULTILINE,
    )
    return [name for _, name in symbols if f"tailrace::{isa}::" not in name]


def narrow_loops(path: str, isa: str) -> list[str]:
    """Return the loops that do not use the wide registers of their set."""
    code = output("objdump", "-d", "-C", "--no-show-raw-insn", path)
    functions = re.split(r"^[0-9a-f]+ <(.*)>:$", code, flags=re.MULTILINE)
    bodies = list(zip(functions[1::2], functions[2::2], strict=True))
    return [
        loop
        for loop in LOOPS[Path(path).name.removesuffix(".o")]
        if not any(
            re.search(loop, name) and body.count(WIDE[isa]) > 10
            for name, body in bodies
        )
    ]


def main() -> int:
    """Check every kernel object found."""
    objects = sorted(Path(sys.argv[1]).rglob("kernels_*.dir/**/*.cpp.o"))
    wrong = []
    for path in map(str, objects):
        isa = re.findall(r"kernels_(\w+)\.dir", path)[0]
        for name in shared_symbols(path, isa):
            wrong.append(f"{isa}: {name} may be linked into code for another CPU")
        if isa in WIDE:
            for loop in narrow_loops(path, isa):
                wrong.append(f"{isa}: {loop} is not vectorised")
    print(*wrong, f"{len(objects)} kernel objects, {len(wrong)} faults", sep="\n")
    return 1 if wrong or not objects else 0


if __name__ == "__main__":
    sys.exit(main())
