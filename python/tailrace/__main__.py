"""The `tailrace` command: `python -m tailrace` is the same."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, or say what it needs."""
    try:
        import rich  # noqa: F401
        import typer  # noqa: F401
    except ImportError:
        sys.exit(
            "the tailrace command needs two more packages: pip install 'tailrace[cli]'"
        )
    from .cli import app

    app(prog_name="tailrace")


if __name__ == "__main__":
    main()
