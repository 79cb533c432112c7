"""Which operation answers an operator, an array method or a function of NumPy.

The engine knows no operation by name. `ops/` fills two tables here: one from the
names that `Operators` calls, one from NumPy's own functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .errors import OperandError, unfit

Call = Callable[..., Any]


class Methods:
    """The function behind each operator and array method of Variable; filled by `register`."""


methods: Any = Methods
"""The class itself, since class attributes are the fastest lookup."""
numpy_twins: dict[Any, Call] = {}


ufunc_methods: dict[str, Call] = {}
"""What answers a method of a ufunc of two operands, from the ufunc and its twin."""


late_twins: list[Callable[[Any], Call | None]] = []
"""Functions that may know what is not in `numpy_twins`: what is imported when it is first used."""


def twin_of(function: Any) -> Call | None:
    """Return what answers a function, a ufunc or its method; None for what nobody knows."""
    twin = numpy_twins.get(function)
    if twin is None and (twin := next(filter(None, (f(function) for f in late_twins)), None)):
        numpy_twins[function] = twin
    return twin


def register(name: str, function: Call, method: Call, twins: Iterable[Any] = ()) -> None:
    """Make an operation known to `Variable` by name, as a method, and to NumPy by its twins."""
    setattr(methods, name, getattr(method, "for_operators", method))
    for twin in twins:
        numpy_twins[twin] = function


def as_operand(x: Any) -> Any:
    """Return a list as an array, or as a Variable if it holds one; anything else as it is.

    Raises
    ------
    OperandError
        For rows of several lengths.
    """
    if not isinstance(x, (list, tuple)):
        return x
    if holds_variable(x):
        return methods.array(x)
    try:
        return np.asarray(x)
    except ValueError as error:
        raise OperandError(f"{unfit(x)} is not an array: {error}") from None


def holds_variable(x: Any) -> bool:
    """Whether x is a Variable, or a nested list with one in it."""
    if isinstance(x, (list, tuple)):
        return any(holds_variable(item) for item in x)
    return hasattr(x, "_data")
