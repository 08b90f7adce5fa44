"""What every result with columns can be shown as."""

from __future__ import annotations

from typing import Any


class Tabular:
    """The parent of results whose `to_dict` gives columns of equal length."""

    __slots__ = ()

    def to_dict(self, *arguments: Any) -> dict[str, list[Any]]:
        """Return columns of equal length."""
        raise NotImplementedError

    def to_frame(self, *arguments: Any) -> Any:
        """Return `to_dict`, which takes the arguments, as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.to_dict(*arguments))

    def table(self, *arguments: Any) -> str:
        """Return `to_dict`, which takes the arguments, as text."""
        from .plots import text_table

        return text_table(self.to_dict(*arguments))
