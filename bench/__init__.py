"""Benchmarks against NumPy, SciPy and hand-made kernels; every answer is checked.

Run  python -m bench  for the table of ratios, or  pytest bench  for single figures.
"""

from __future__ import annotations
