"""NumPy functions that are short expressions of the table's operations, and have no name here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbgrad.engine import numpy_protocols as dispatch
from nbgrad.engine.variable import Variable, as_variable

from .arithmetic import sqrt, square
from .base import Operand
from .diagonal import trace


def hypot(x0: Operand, x1: Operand) -> Variable:
    """Length of the hypotenuse."""
    return sqrt(square(as_variable(x0)) + square(as_variable(x1)))


COMPOSITES: dict[Callable[..., Any], Callable[..., Any]] = {
    np.hypot: hypot,
    np.trace: trace,
}

for _twin, _composite in COMPOSITES.items():
    dispatch.numpy_twins[_twin] = _composite
