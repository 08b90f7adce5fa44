"""Writing of generated files: only what changed, and nothing left of an older build."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

DOCS = Path(__file__).resolve().parent


def write_all(folder: Path, files: Mapping[str, str]) -> None:
    """Make `files` the whole content of `folder`; Sphinx reads changed ones again."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
