"""How Sphinx builds these pages: `python -m sphinx -W docs docs/_build/html`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent))

import accuracy
import api_pages
import docutils.nodes
import gallery
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
    for script in (api_pages, gallery, accuracy):
        script.write()


def visit_math(self: Any, node: Any) -> None:
    """Write a formula as MathML, which browsers show without a script from elsewhere."""
    block = isinstance(node, docutils.nodes.math_block)
    formula = latex2mathml.tex2mathml(node.astext(), as_block=block)
    self.body.append(f'<div class="math">{formula}</div>' if block else formula)
    raise docutils.nodes.SkipNode


def setup(app: Any) -> None:
    """Connect the two above."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math, None))
    app.connect("builder-inited", make_pages)
