"""NumPy functions that are short expressions of the table's operations, and have no name here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbgrad.engine import numpy_protocols as dispatch

from .diagonal import trace
from .matrices import cross_of_vectors, diagonal_of_matrices, trace_of_matrices

COMPOSITES: dict[Callable[..., Any], Callable[..., Any]] = {
    np.trace: trace,
}
for _name, _of_matrices in (
    ("trace", trace_of_matrices),
    ("diagonal", diagonal_of_matrices),
    ("cross", cross_of_vectors),
):
    if hasattr(np.linalg, _name):  # since NumPy 2
        COMPOSITES[getattr(np.linalg, _name)] = _of_matrices

for _twin, _composite in COMPOSITES.items():
    dispatch.numpy_twins[_twin] = _composite
