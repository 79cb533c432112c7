"""Rounding, and division with a remainder, elementwise.

A step function is constant between its jumps: its derivative is 0, by convention also at them.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import names_users_line
from nbgrad.engine.errors import OperandError
from nbgrad.engine.operation import binary, unary
from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, plain


def no_slope(gy: Value, *values: Value) -> Value:
    """Return zeros for gradients, and nan where one of the values is."""
    nan = np.isnan(plain(values[0]))
    for value in values[1:]:
        nan = nan | np.isnan(plain(value))
    return np.where(nan, np.nan, 0.0).astype(plain(gy).dtype)


class Step(Operation):
    """A step function on one input."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return no_slope(gy, x)


class Floor(Step, forward=np.floor):
    """y = ⌊x⌋."""


class Ceil(Step, forward=np.ceil):
    """y = ⌈x⌉."""


class Trunc(Step, forward=np.trunc):
    """y = x without its fraction."""


class Rint(Step, forward=np.rint):
    """y = the integer nearest to x, of two the even one."""


class Round(Step):
    """y = x rounded to a number of decimals."""

    def __init__(self, decimals: int = 0) -> None:
        self.decimals = decimals

    @names_users_line
    def forward(self, x: Any) -> Any:
        return np.round(x, self.decimals)


class FloorDivide(Operation, forward=np.floor_divide):
    """y = ⌊x0 / x1⌋."""

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return no_slope(gy, x0, x1)

    gx1 = gx0


class Remainder(Operation, forward=np.remainder, aliases=True):
    """y = x0 - ⌊x0 / x1⌋ · x1, with the sign of x1."""

    def quotient(self, y: Any, x0: Any, x1: Any) -> Any:
        """Return the whole number of x1 in x0."""
        return np.floor_divide(x0, x1)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return gy

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return gy * -self.quotient(plain(y), plain(x0), plain(x1)).astype(plain(gy).dtype)


class Fmod(Remainder, forward=np.fmod):
    """y = x0 - trunc(x0 / x1) · x1, with the sign of x0."""

    def quotient(self, y: Any, x0: Any, x1: Any) -> Any:
        return np.rint((x0 - y) / x1)


class Modf(Operation, forward=np.modf, several_outputs=True, aliases=True):
    """Several y: the fraction and the whole part of x, both with its sign."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy[0] + no_slope(gy[0], x)


floor = unary(Floor(), "Largest integer that is not above x, elementwise: ⌊x⌋.")
ceil = unary(Ceil(), "Smallest integer that is not below x, elementwise: ⌈x⌉.")
trunc = unary(Trunc(), "Whole part, elementwise: x without its fraction.")
rint = unary(Rint(), "Nearest integer, elementwise; of two equally near the even one.")
floor_divide = binary(FloorDivide(), "Quotient rounded down, elementwise: ⌊x0 / x1⌋, or x0 // x1.")
remainder = binary(
    Remainder(), "Remainder of ``x0 // x1``, elementwise, with the sign of x1: x0 % x1."
)
fmod = binary(
    Fmod(), "Remainder of the truncated quotient, elementwise, with the sign of x0, as in C."
)


def round_(x: Operand, decimals: int = 0) -> Variable:
    """Round to a number of decimals, elementwise; of two equally near to the even one.

    Parameters
    ----------
    decimals : int
        Negative to round to tens, hundreds, ….
    """
    try:
        decimals = operator.index(decimals)
    except TypeError:
        raise OperandError(f"round: decimals is an integer, not {decimals!r}.") from None
    return Round(decimals).on(x)


def divmod_(x0: Operand, x1: Operand) -> tuple[Variable, Variable]:
    """Quotient rounded down and remainder, elementwise: ``x0 // x1`` and ``x0 % x1``.

    Returns
    -------
    tuple of two Variables
    """
    return floor_divide(x0, x1), remainder(x0, x1)


def modf(x: Operand) -> tuple[Variable, Variable]:
    """Fraction and whole part, elementwise, both with the sign of x.

    Returns
    -------
    tuple of two Variables
    """
    fraction, whole = Modf().on(x)
    return fraction, whole
