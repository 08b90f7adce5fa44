"""How Sphinx builds these pages: `python -m sphinx -W docs docs/_build/html`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent))

import accuracy
import api_pages
import docutils.nodes
import gallery
import goodhart
import joint
import pick_draws
import race_exactly
import streams
import tailrace
from docutils.utils.math import latex2mathml

project = "tailrace"
author = "the tailrace developers"
version = release = tailrace.__version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc", "myst_parser"]
exclude_patterns = ["_build", "made"]
nitpicky = False
# A name between single backticks links to what it names, if that is public.
default_role = "autolink"

autosummary_generate = False  # docs/api_pages.py writes the pages
autodoc_typehints = "none"  # docstrings give the types
numpydoc_show_class_members = False

myst_enable_extensions = ["amsmath", "dollarmath", "smartquotes"]
myst_heading_anchors = 3

html_theme = "pydata_sphinx_theme"
html_title = f"tailrace {release}"
html_static_path = ["static"]
html_css_files = ["tailrace.css"]
html_math_renderer = "mathml"
html_show_sourcelink = False
# Pages with nothing below them.
html_sidebars = {
    page: []
    for page in (
        "index",
        "theory",
        "totals",
        "robust",
        "gallery",
        "accuracy",
        "characterization",
        "changelog",
    )
}
toc_object_entries_show_parents = "hide"
html_theme_options = {
    "show_prev_next": False,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_end": [],
    "show_toc_level": 2,
}


def make_pages(app: Any) -> None:
    """Write the pages and figures that the library itself makes."""
    pages = (api_pages, gallery, accuracy, goodhart, joint, pick_draws, race_exactly)
    for script in (*pages, streams):
        script.write()


def visit_math(self: Any, node: Any) -> None:
    """Write a formula as MathML, which browsers show without a script from elsewhere."""
    block = isinstance(node, docutils.nodes.math_block)
    formula = latex2mathml.tex2mathml(node.astext(), as_block=block)
    # Browsers set "log P" without the space that TeX puts there.
    formula = re.sub(
        r"(<mo>&ApplyFunction;</mo>)(\s*<m[in])",
        r'\1<mspace width="0.17em"/>\2',
        formula,
    )
    self.body.append(f'<div class="formula">{formula}</div>' if block else formula)
    raise docutils.nodes.SkipNode


def close_examples(app: Any, name: str, source: list[str]) -> None:
    """Take away the empty line that ends an example, which only its test needs."""
    source[0] = re.sub(r"(```pycon\n(?:.*\n)*?)\n```", r"\1```", source[0])


def keep_initials(app: Any, kind: str, name: str, *rest: Any) -> None:
    """Make the initial of an author no item "B." of a list."""
    lines: list[str] = rest[-1]
    lines[:] = [re.sub(r"^(\s*\.\. \[\d+\] )(?=[A-Z]\. )", r"\1\\", x) for x in lines]


def find_in_law(app: Any, env: Any, node: Any, content: Any) -> Any:
    """Link what a law has from its parent, which alone describes it."""
    name = node.get("reftarget", "").rpartition(".")[2]
    if node.get("refdomain") != "py" or not hasattr(tailrace.Law, name):
        return None
    page, target = node["refdoc"], f"tailrace.Law.{name}"
    return env.get_domain("py").resolve_xref(
        env, page, app.builder, "obj", target, node, content
    )


def setup(app: Any) -> None:
    """Connect what stands above."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math, None))
    app.connect("builder-inited", make_pages)
    app.connect("source-read", close_examples)
    app.connect("missing-reference", find_in_law)
    # Before numpydoc, which has the usual priority of 500.
    app.connect("autodoc-process-docstring", keep_initials, priority=400)
