"""Choosing between values, elementwise; and comparisons, which have no derivative."""

from __future__ import annotations

import operator
from typing import Any, ClassVar

import numpy as np

from nbgrad.engine import dispatch, recording
from nbgrad.engine.arrays import NUMPY_2, ordinary
from nbgrad.engine.diagnostics.numpy_warnings import computed
from nbgrad.engine.errors import OperandError
from nbgrad.engine.operation import binary, raw_operand
from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, as_input, as_operand, keep, plain, within_rules
from .precision import number


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
    mask = ordinary(recording.raw(plain(condition)), "where cannot take", OperandError)
    op = Where(computed(np.array, mask, bool))  # another library's array may warn
    recording.depends(op, "condition", condition)
    return op.on(x, y)


class Maximum(Operation, forward=np.maximum, is_lost=operator.lt):
    """y = the larger one of x0 and x1."""

    is_lost: ClassVar[Any]

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return share(~self.is_lost(plain(x0), plain(x1)), plain(x0) == plain(x1), gy)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return share(~self.is_lost(plain(x1), plain(x0)), plain(x0) == plain(x1), gy)


class Minimum(Maximum, forward=np.minimum, is_lost=operator.gt):
    """y = the smaller one of x0 and x1."""


def share(chosen: Any, ties: Any, gy: Value) -> Value:
    """Pass a gradient to the chosen one; half of it where both are equal."""
    if np.any(ties):
        gy = np.where(ties, gy * 0.5, gy)
        chosen = chosen | ties
    return keep(chosen, gy)


_CLIP: Any = getattr(np, "_core" if NUMPY_2 else "core").umath.clip


class Clip(Operation):
    """y = x held between two bounds."""

    def __init__(self, min: Any = None, max: Any = None) -> None:  # noqa: A002 (NumPy's names)
        self.min, self.max = min, max

    def forward(self, x: Any) -> Any:
        bounds = (
            number(b, x) if _is_weak(b) and x.dtype.kind == "f" else b for b in (self.min, self.max)
        )
        low, high = bounds
        if x.dtype.kind != "f" or high is None:
            return np.clip(x, low, high)
        # As in NumPy's Python code, which takes longer than a small array.
        return np.minimum(x, high) if low is None else _CLIP(x, low, high)

    def rule_text(self, rule: str) -> str:
        for bound, text in ((self.min, "min ≤ "), (self.max, " ≤ max")):
            rule = rule.replace(text, "") if bound is None else rule
        return super().rule_text(rule).replace(" where x, else 0", "")

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        x = plain(x)
        beyond: Any = np.False_
        if self.min is not None:
            beyond = x < self.min
        if self.max is not None:
            beyond = beyond | (x > self.max)
        return keep(~beyond, gy)  # nan passes on


class Bound(Maximum):
    """A bound that is a Variable: it gets the gradient of what it replaces."""

    public_name = symbol = "clip"

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return keep(~self.is_lost(plain(x0), plain(x1)), gy)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return keep(self.is_lost(plain(x0), plain(x1)) | np.isnan(plain(x1)), gy)


@within_rules
class AtLeast(Bound, forward=np.maximum, is_lost=operator.lt):
    """y = x0, or x1 where x0 is smaller."""

    formula = "gx0 = gy where x0 ≥ x1, else 0; gx1 = gy where x0 < x1, else 0"


@within_rules
class AtMost(Bound, forward=np.minimum, is_lost=operator.gt):
    """y = x0, or x1 where x0 is larger."""

    formula = "gx0 = gy where x0 ≤ x1, else 0; gx1 = gy where x0 > x1, else 0"


minimum = binary(Minimum(), "Smaller of two operands, elementwise.")
maximum = binary(Maximum(), "Larger of two operands, elementwise.")


def clip(
    x: Operand,
    a_min: Any = None,
    a_max: Any = None,
    *,
    min: Any = None,  # noqa: A002 (NumPy's names)
    max: Any = None,  # noqa: A002
) -> Variable:
    """Limit the elements to an interval.

    Parameters
    ----------
    a_min, a_max : Variable, array or number, optional
        The bounds; `min` and `max` are the same. A Variable gets the gradient of the
        elements that it replaces.

    Raises
    ------
    ShapeError
        If the bounds do not broadcast with x.
    """
    low = as_operand(a_min if min is None else min)
    high = as_operand(a_max if max is None else max)
    if not isinstance(low, Variable) and not isinstance(high, Variable):
        return Clip(_bound(low), _bound(high)).on(x)
    x = np.asarray(x) if _is_weak(x) else x  # as NumPy, which clips an array
    if low is not None:
        x = AtLeast().on(x, low)
    return as_input(x) if high is None else AtMost().on(x, high)


def _bound(b: Any) -> Any:
    """Return a bound that cannot change before the backward pass."""
    return b if b is None or _is_weak(b) else raw_operand(b, Clip()).copy()


def _is_weak(b: Any) -> bool:
    """Whether a number is a Python number, which takes the array's dtype."""
    return isinstance(b, (int, float)) and not isinstance(b, np.generic)


# `array.clip(x, 2)` calls this ufunc, which has no name of its own in NumPy.
dispatch.numpy_twins[_CLIP] = clip
