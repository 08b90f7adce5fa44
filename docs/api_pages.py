"""Pages of the API reference: one for each public name, made from `tailrace.__all__`.

What all laws share is described once, with `Law`; the page of another law shows its
parameters and what it has of its own.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import tailrace as tr
from made import DOCS, write_all
from tailrace._tabular import Tabular

INDEX = """\
API reference
=============

Everything public is in the module ``tailrace``, and listed here.
``tailrace.__version__`` is the version as text.
"""

OF_EVERY_LAW = """
What every {kind} can do is described with :class:`~tailrace.{parent}`: {members}.
"""


def signature(function: Any) -> str:
    """Return the arguments of a function or method, without types."""
    parameters = inspect.signature(function).parameters.values()
    plain = [
        p.replace(annotation=p.empty)
        for p in parameters
        if p.name not in ("self", "cls")
    ]
    return str(inspect.Signature(plain))


def own_members(cls: type) -> Iterator[tuple[str, str]]:
    """Yield kind and name of the public methods and properties that `cls` itself has.

    `Law`, both models, the estimators and results have those of their parts as well.
    """
    models = (tr.Law, tr.IndependentSteps, tr.Goodhart)
    whole = cls in models or issubclass(cls, tr.Estimator | Tabular)
    parts = reversed(cls.__mro__[:-1]) if whole else (cls,)
    members = {name: value for part in parts for name, value in vars(part).items()}
    parents = [p for p in (tr.Law, tr.Estimator) if cls is not p and issubclass(cls, p)]
    for name, value in sorted(members.items()):
        if name.startswith("_"):
            continue
        # What the parent describes.
        if any(getattr(parent, name, None) is getattr(cls, name) for parent in parents):
            continue
        if tr.Law in parents and hasattr(tr.Law, name):
            continue
        if isinstance(value, property | cached_property):
            yield "autoproperty", name
        elif inspect.isfunction(value) or isinstance(value, classmethod):
            yield "automethod", name


def page(name: str) -> str:
    """Return the page of one public name."""
    thing = getattr(tr, name)
    lines = [name, "=" * len(name), "", ".. currentmodule:: tailrace", ""]
    if not inspect.isclass(thing):
        lines += [f".. autofunction:: {name}{signature(thing)}", ""]
        return "\n".join(lines)
    # The arguments come from __init__ where there is one; the parent's __new__, which
    # takes anything, would hide them.
    own = thing.__init__ not in (object.__init__, float.__init__)
    arguments = signature(thing.__init__ if own else thing.__new__)
    if thing is tr.Law:
        arguments = "()"
    lines += [f".. autoclass:: {name}{arguments}", ""]
    for kind, member in own_members(thing):
        found = getattr(thing, member)
        said = signature(found) if kind == "automethod" else ""
        lines += [f"   .. {kind}:: {member}{said}", ""]
    for parent, kind_of in ((tr.Law, "law"), (tr.Estimator, "estimator")):
        if issubclass(thing, parent) and thing is not parent:
            name_of = parent.__name__
            shared = [
                f":{'meth' if kind == 'automethod' else 'attr'}:`~{name_of}.{member}`"
                for kind, member in own_members(parent)
            ]
            members = ", ".join(shared)
            lines += [
                OF_EVERY_LAW.format(kind=kind_of, parent=name_of, members=members)
            ]
    return "\n".join(lines)


def index(names: list[str]) -> str:
    """Return the page that lists all names, by what they are."""
    things = {name: getattr(tr, name) for name in names}
    laws = [n for n in names if inspect.isclass(things[n]) and is_law(things[n])]
    estimators = [
        n
        for n in names
        if inspect.isclass(things[n])
        and issubclass(things[n], tr.Estimator | tr.Moving | tr.TailEstimate)
    ]
    functions = [n for n in names if inspect.isfunction(things[n])]
    others = [n for n in names if n not in {*laws, *functions, *estimators}]
    laws.sort(key=lambda name: (name != "Law", name))
    text = INDEX
    for title, group in [
        ("Laws", laws),
        ("Models, results and answers", others),
        ("Estimators of data in pieces", estimators),
        ("Functions", functions),
    ]:
        rows = "".join(f"   {name}\n" for name in group)
        text += f"\n{title}\n{'-' * len(title)}\n\n.. currentmodule:: tailrace\n"
        text += f"\n.. autosummary::\n   :nosignatures:\n\n{rows}"
        text += f"\n.. toctree::\n   :hidden:\n\n{rows}"
    return text


def is_law(cls: type) -> bool:
    """Return whether a public class is a law."""
    return issubclass(cls, tr.Law)


def write() -> None:
    """Write all pages to docs/api."""
    names = [name for name in tr.__all__ if not name.startswith("_")]
    pages = {f"{name}.rst": page(name) for name in names}
    write_all(DOCS / "api", {"index.rst": index(names), **pages})
