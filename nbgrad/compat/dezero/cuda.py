"""What programs of the book ask about GPUs: there are none here, arrays are NumPy's."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable

gpu_enable = False


def get_array_module(x: Any) -> Any:  # noqa: ARG001 (the book's)
    """Return NumPy."""
    return np


def as_numpy(x: Any) -> Any:
    """Return the array of a Variable, an array or a number."""
    return x.data if isinstance(x, Variable) else np.asarray(x)


def as_cupy(x: Any) -> NoReturn:
    """Refuse: nbgrad computes with NumPy.

    Raises
    ------
    OperandError
        Always.
    """
    raise OperandError(
        f"nbgrad computes with NumPy, not on a GPU: leave as_cupy out ({type(x).__name__})."
    )
