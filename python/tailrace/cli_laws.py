"""Laws as the command line names them."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields

from . import laws
from .laws import Empirical, Law


def _plain(name: str) -> str:
    """Return a name without what stands between its words: student-t is student_t."""
    return re.sub(r"[-_\s]", "", name.lower())


def parse_law(text: str) -> Law:
    """Return the law that a text such as ``pareto:1.2`` or ``gpd:0.5,2`` names."""
    named = {
        law._name: law
        for law in (getattr(laws, name) for name in laws.__all__)
        if law._name and law is not Empirical
    }
    name, _, rest = text.partition(":")
    cls = {_plain(known): law for known, law in named.items()}.get(_plain(name))
    if cls is None:
        msg = f"law must be one of {', '.join(sorted(named))}, got {name!r}"
        raise ValueError(msg)
    form = ",".join(f.name for f in fields(cls))
    try:
        numbers = [float(part) for part in rest.split(",")] if rest.strip() else []
        needed = [f.name for f in fields(cls) if f.default is MISSING]
        if not len(needed) <= len(numbers) <= len(fields(cls)):
            raise ValueError
    except ValueError:
        msg = f"law must be given as {name}:{form}, in numbers, got {text!r}"
        raise ValueError(msg) from None
    law: Law = cls(*numbers)
    return law
