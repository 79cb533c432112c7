"""Exponentials and logarithms, elementwise."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.operation import binary, unary

from .activation import Sigmoid
from .base import Operation, Value, apply, overwrite, plain
from .precision import number


class Exp(Operation, forward=np.exp):
    """y = eˣ."""

    def derivative(self, y: Value, x: Value) -> Value:
        return y


class Exp2(Operation, forward=np.exp2):
    """y = 2ˣ."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy * number(LOG_2, plain(y)) * y


class Expm1(Operation, forward=np.expm1):
    """y = eˣ - 1, exact for small x."""

    def derivative(self, y: Value, x: Value) -> Value:
        return np.exp(x)


class Log(Operation, forward=np.log):
    """y = ln x."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy / x


class Log2(Operation, forward=np.log2):
    """y = log₂ x."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy / number(LOG_2, plain(y)) / x


class Log10(Operation, forward=np.log10):
    """y = log₁₀ x."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy / number(LOG_10, plain(y)) / x


class Log1p(Operation, forward=np.log1p):
    """y = ln(1 + x), exact for small x."""

    def derivative(self, y: Value, x: Value) -> Value:
        return overwrite(np.reciprocal, x + 1.0)


class LogAddExp(Operation, forward=np.logaddexp):
    """y = ln(e^x0 + e^x1), without overflow."""

    def derivative0(self, y: Value, x0: Value, x1: Value) -> Value:
        return apply(_SIGMOID, _difference(x0, x1))

    def derivative1(self, y: Value, x0: Value, x1: Value) -> Value:
        return apply(_SIGMOID, _difference(x1, x0))


def _difference(x0: Value, x1: Value) -> Value:
    """Return x0 - x1; 0 where both are the same infinity."""
    a, b = plain(x0), plain(x1)
    if np.result_type(a, b).kind != "f":
        x0, x1 = x0 * 1.0, x1 * 1.0
    same = np.isinf(a) & (a == b)
    if same.any():
        x0, x1 = np.where(same, 0.0, x0), np.where(same, 0.0, x1)
    return x0 - x1


_SIGMOID = Sigmoid()


class XLogY(Operation):
    """y = x0 · ln x1, and 0 where x0 is 0."""

    def forward(self, x0: Any, x1: Any) -> Any:
        hidden = (x0 == 0) & ~np.isnan(x1)
        y = x0 * np.log(np.where(hidden, number(1, x1), x1))
        return np.where(hidden, number(0, y), y)[()]

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        hidden = np.equal(plain(x0), 0) & np.less_equal(plain(x1), 0)
        return gy * np.log(np.where(hidden, 1.0, x1) if hidden.any() else x1)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        hidden = np.equal(plain(x0), 0) & np.equal(plain(x1), 0)
        return gy * (x0 / (np.where(hidden, 1.0, x1) if hidden.any() else x1))


LOG_2, LOG_10 = np.log(np.longdouble(2)), np.log(np.longdouble(10))


class LogAddExp2(Operation, forward=np.logaddexp2):
    """y = log₂(2^x0 + 2^x1), without overflow."""

    def derivative0(self, y: Value, x0: Value, x1: Value) -> Value:
        return apply(_SIGMOID, _difference(x0, x1) * number(LOG_2, plain(y)))

    def derivative1(self, y: Value, x0: Value, x1: Value) -> Value:
        return apply(_SIGMOID, _difference(x1, x0) * number(LOG_2, plain(y)))


exp = unary(Exp(), "Exponential, elementwise: eˣ.")
exp2 = unary(Exp2(), "Power of two, elementwise: 2ˣ.")
expm1 = unary(Expm1(), "Exponential minus one, elementwise: eˣ - 1, exact for small x.")
log = unary(Log(), "Natural logarithm, elementwise.")
log2 = unary(Log2(), "Logarithm to base 2, elementwise.")
log10 = unary(Log10(), "Logarithm to base 10, elementwise.")
log1p = unary(Log1p(), "Natural logarithm of 1 + x, elementwise, exact for small x.")
xlogy = binary(XLogY(), "Product x0 · ln x1, elementwise; 0 where x0 is 0, as in entropies.")
logaddexp = binary(LogAddExp(), "ln(e^x0 + e^x1), elementwise, without overflow.")
logaddexp2 = binary(LogAddExp2(), "log₂(2^x0 + 2^x1), elementwise, without overflow.")
