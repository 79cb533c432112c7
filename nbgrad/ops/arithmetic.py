"""Arithmetic, elementwise with broadcasting."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from nbgrad.engine.operation import binary, unary
from nbgrad.engine.rules import pull_product, pull_sum
from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, apply, as_input, keep, plain, within_rules
from .kink import with_slope
from .precision import number, vanishing


class Add(Operation, forward=operator.add, aliases=True):
    """y = x0 + x1."""

    pull = pull_sum

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return gy

    gx1 = gx0


class Sub(Operation, forward=operator.sub, aliases=True):
    """y = x0 - x1."""

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return gy

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return -gy


class Mul(Operation, forward=operator.mul):
    """y = x0 · x1."""

    pull = pull_product

    def derivative0(self, y: Value, x0: Value, x1: Value) -> Value:
        return x1

    def derivative1(self, y: Value, x0: Value, x1: Value) -> Value:
        return x0


class Div(Operation, forward=operator.truediv):
    """y = x0 / x1."""

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return gy / x1

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return -(gy * y / x1)


class Neg(Operation, forward=operator.neg):
    """y = -x."""

    def derivative(self, y: Value, x: Value) -> Value:
        return -1.0


class Pos(Operation, forward=operator.pos, aliases=True):
    """y = +x, a copy of x."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy


class Pow(Operation, forward=operator.pow):
    """y = x0 to the power of x1."""

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        size = np.absolute(plain(x1))
        if np.logical_and(size > 1, size < 1000).all():
            return gy * (x1 * x0 ** (x1 - 1.0))
        a = plain(x0)
        flat = (size == 0) & (a == 0)
        # 0 · 0⁻¹: the power 1 in place of -1 makes it 0.
        n = x1 - 1.0 + 2.0 * flat if flat.any() else x1 - 1.0
        power = x0**n
        if np.isinf(size).any():
            return gy * vanishing(power, x1)
        odd = (plain(n) == plain(x1)) & (a < 0)
        if odd.any():  # an even number from which 1 is rounded away: x1 - 1 is odd
            power = np.where(odd, -power, power)
        early = (size <= 1) & (np.absolute(plain(power)) == np.inf) & (a != 0)
        if early.any():  # a power of a tiny number, though x1 or gy times it is finite
            half = np.where(early, np.absolute(x0), 1.0) ** (n * 0.5)
            power = np.where(early, 1.0, x0) ** n
            return np.where(early, gy * half * (x1 * half), gy * (x1 * power))
        return gy * (x1 * power)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        if isinstance(y, Variable):
            return gy * apply(PowerTimesLog(), x0, x1)
        return gy * (y * _log(x0, x1))


def _is_flat(x0: Value, x1: Value) -> Any:
    """Where the power is 0 for all exponents near x1."""
    a, n = plain(x0), plain(x1)
    return ((a == 0) & (n >= 0)) | ((a == np.inf) & (n < 0))


def _log(x0: Value, x1: Value) -> Value:
    """Return ln x0; 0 where it is infinite and the power is 0."""
    flat = _is_flat(x0, x1)
    return np.log(np.where(flat, 1.0, x0) if flat.any() else x0)


@within_rules
class PowerTimesLog(Operation):
    """y = x0 to the power of x1, times a power of ln x0."""

    def __init__(self, order: int = 1) -> None:
        self.order = order

    def forward(self, x0: Any, x1: Any) -> Any:
        return x0**x1 * _log(x0, x1) ** self.order

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        log, k = _log(x0, x1), self.order
        flat = _is_flat(x0, x1)
        base = np.where(flat, 1.0, x0) if flat.any() else x0
        return gy * (base ** (x1 - 1.0) * keep(~flat, log ** (k - 1) * (x1 * log + float(k))))

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return gy * apply(PowerTimesLog(self.order + 1), x0, x1)


class Square(Operation):
    """y = x²."""

    def forward(self, x: Any) -> Any:
        return x * x

    def derivative(self, y: Value, x: Value) -> Value:
        return 2.0 * x


class Sqrt(Operation, forward=np.sqrt):
    """y = √x."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy * 0.5 / (y + 0.0)  # √-0.0 is -0.0, but the slope there is +∞


class Cbrt(Operation, forward=np.cbrt):
    """y = ∛x."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy / (y * 3.0) / y  # not y², whose slope is infinite where y is


class Reciprocal(Operation):
    """y = 1 / x."""

    def forward(self, x: Any) -> Any:
        return number(1, x) / x if x.dtype.kind == "f" else np.reciprocal(x)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        if plain(x).dtype.kind != "f":
            return gy * 0.0
        return -(gy * y * y)


class Abs(Operation, forward=np.absolute):
    """y = |x|."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return with_slope(gy * np.sign(plain(x)), gy, y, x)


class Sign(Operation, forward=np.sign):
    """y = -1, 0 or 1; nan for nan."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return keep(np.isnan(plain(x)), gy)


add = binary(Add(), "Sum of two operands, elementwise: x0 + x1.")
sub = binary(Sub(), "Difference of two operands, elementwise: x0 - x1.")
mul = binary(Mul(), "Product of two operands, elementwise: x0 · x1.")
div = binary(Div(), "Quotient of two operands, elementwise: x0 / x1.")
pow_ = binary(Pow(), "First operand to the power of the second, elementwise.")
neg = unary(Neg(), "Negative, elementwise: -x.")
pos = unary(Pos(), "The same values in a new array: +x.")
square = unary(Square(), "Square, elementwise: x².")
cbrt = unary(Cbrt(), "Cube root, elementwise: ∛x.")
sqrt = unary(Sqrt(), "Square root, elementwise: √x.")
reciprocal = unary(
    Reciprocal(), "Reciprocal, elementwise: 1 / x; of integers without the fraction."
)
abs_ = unary(Abs(), "Absolute value, elementwise: |x|.")
sign = unary(Sign(), "Sign, elementwise: -1, 0 or 1. Its derivative is 0.")


def fabs(x: Operand) -> Variable:
    """Absolute value as a floating number, elementwise: |x|."""
    x = as_input(x)
    if x.dtype.kind != "f":
        x = x.astype(np.fabs(np.zeros((), x.dtype)).dtype)
    return abs_(x)


def float_power(x0: Operand, x1: Operand) -> Variable:
    """First operand to the power of the second in float64 or wider, elementwise.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        float64, or longdouble if an operand is.
    """
    return pow_(_as_float64(x0), _as_float64(x1))


def _as_float64(x: Operand) -> Any:
    if isinstance(x, Variable):
        return x if x.dtype.char in "dg" else x.astype(np.float64)
    x = np.asarray(x)
    return x if x.dtype.char in "dg" else x.astype(np.float64)
