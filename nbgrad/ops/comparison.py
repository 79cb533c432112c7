"""Choosing between values, elementwise; and comparisons, which have no derivative."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine import recording
from nbgrad.engine.operation import binary
from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, as_operand, keep, number, plain


class Where(Operation):
    """y = x0 where the condition holds, else x1."""

    def __init__(self, condition: Any) -> None:
        self.condition = condition

    def forward(self, x0: Any, x1: Any) -> Any:
        return np.where(self.condition, x0, x1)[()]

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return keep(self.condition, gy)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return keep(~self.condition, gy)

    @property
    def label(self) -> str:
        """The name alone: the condition has a value for each element."""
        return "where"


def where(condition: Any, x: Operand, y: Operand) -> Variable:
    """Choose elements of x where a condition holds, of y elsewhere.

    Parameters
    ----------
    condition : array of bool, or Variable
        Broadcasts with x and y. No gradient goes through it.
    x, y : Variable, array or number

    Returns
    -------
    Variable
        Of the shape that all three broadcast to.

    Raises
    ------
    ShapeError
        If they do not broadcast.
    """
    # A copy: a mask that is reused and changed later must not change the gradient.
    op = Where(np.array(recording.raw(plain(condition)), bool))
    recording.depends(op, "condition", condition)
    return op.on(x, y)


class Maximum(Operation):
    """y = the larger one of x0 and x1."""

    def forward(self, x0: Any, x1: Any) -> Any:
        return np.maximum(x0, x1)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return share(plain(x0) > plain(x1), plain(x0) == plain(x1), gy)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return share(plain(x1) > plain(x0), plain(x0) == plain(x1), gy)


class Minimum(Operation):
    """y = the smaller one of x0 and x1."""

    def forward(self, x0: Any, x1: Any) -> Any:
        return np.minimum(x0, x1)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return share(plain(x0) < plain(x1), plain(x0) == plain(x1), gy)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return share(plain(x1) < plain(x0), plain(x0) == plain(x1), gy)


def share(chosen: Any, ties: Any, gy: Value) -> Value:
    """Pass a gradient to the chosen one; half of it where both are equal."""
    if np.any(ties):
        return np.where(chosen, gy, keep(ties, gy * 0.5))
    return keep(chosen, gy)


class Clip(Operation):
    """y = x held between two bounds."""

    def __init__(self, min: Any = None, max: Any = None) -> None:  # noqa: A002 (NumPy's names)
        self.min, self.max = min, max

    def forward(self, x: Any) -> Any:
        bounds = (
            b if b is None or x.dtype.kind != "f" else number(b, x) for b in (self.min, self.max)
        )
        return np.clip(x, *bounds)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        inside: Any = True
        if self.min is not None:
            inside = plain(x) >= self.min
        if self.max is not None:
            inside = inside & (plain(x) <= self.max)
        return keep(inside, gy)


minimum = binary(Minimum(), "minimum", "Smaller one of two operands, elementwise.")
maximum = binary(Maximum(), "maximum", "Larger one of two operands, elementwise.")


def clip(
    x: Operand,
    a_min: Any = None,
    a_max: Any = None,
    *,
    min: Any = None,  # noqa: A002 (NumPy's names)
    max: Any = None,  # noqa: A002
) -> Variable:
    """Hold the elements between two bounds.

    Parameters
    ----------
    x : Variable, array or number, any shape
    a_min, a_max : Variable, array or number, optional
        The bounds; `min` and `max` are the same. Where both are arrays or Variables,
        this is ``minimum(maximum(x, a_min), a_max)``.

    Raises
    ------
    ShapeError
        If the bounds do not broadcast with x.
    """
    low = as_operand(a_min if min is None else min)
    high = as_operand(a_max if max is None else max)
    if all(b is None or isinstance(b, (int, float)) for b in (low, high)):
        return Clip(low, high).on(x)
    if low is not None:
        x = maximum(x, low)
    y: Variable = x if high is None else minimum(x, high)
    return y
