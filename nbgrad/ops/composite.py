"""NumPy functions that are short expressions of the table's operations, and have no name here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbgrad.engine import numpy_protocols as dispatch

from .diagonal import trace

COMPOSITES: dict[Callable[..., Any], Callable[..., Any]] = {
    np.trace: trace,
}

for _twin, _composite in COMPOSITES.items():
    dispatch.numpy_twins[_twin] = _composite
