"""Activation functions, elementwise: finite for any finite x."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nbgrad.engine.operation import unary
from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, apply, floating, keep, number, overwrite, plain
from .error_function import erf_of


class Sigmoid(Operation):
    """y = 1 / (1 + e⁻ˣ)."""

    def forward(self, x: Any) -> Any:
        # Where e⁻ˣ overflows, 1/∞ is the right 0.
        x = floating(x)
        one = number(1, x)
        with np.errstate(over="ignore"):
            return one / (np.exp(-x) + one)

    def derivative(self, y: Value, x: Value) -> Value:
        return y * (1.0 - y)


class Relu(Operation):
    """y = max(x, 0)."""

    def forward(self, x: Any) -> Any:
        return np.maximum(x, number(0, x))

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return keep(plain(x) > 0, gy)


class LeakyRelu(Operation):
    """y = x where x > 0, else slope · x."""

    def __init__(self, slope: float = 0.01) -> None:
        self.slope = slope

    def forward(self, x: Any) -> Any:
        x = floating(x)
        return np.where(x > 0, x, x * number(self.slope, x))[()]

    def derivative(self, y: Value, x: Value) -> Value:
        return np.where(plain(x) > 0, number(1, y), number(self.slope, y))


class Softplus(Operation):
    """y = ln(1 + eˣ)."""

    def forward(self, x: Any) -> Any:
        return np.logaddexp(x, number(0, x))

    def derivative(self, y: Value, x: Value) -> Value:
        # The sigmoid of x, by y: exact also where it is tiny.
        return -overwrite(np.expm1, -y)


class Gelu(Operation):
    """y = x · Φ(x), with the normal distribution's Φ."""

    def forward(self, x: Any) -> Any:
        x = floating(x)
        return x * _normal_below(x).astype(x.dtype)

    def derivative(self, y: Value, x: Value) -> Value:
        return _normal_below(x) + x * overwrite(np.exp, x * x * -0.5) * _PEAK


class Erf(Operation):
    """y = 2/√π · ∫₀ˣ e^(-t²) dt."""

    def forward(self, x: Any) -> Any:
        return erf_of(floating(x))

    def derivative(self, y: Value, x: Value) -> Value:
        return overwrite(np.exp, -(x * x)) * _TWO_OVER_ROOT_PI


_PEAK = 1.0 / math.sqrt(2.0 * math.pi)
_TWO_OVER_ROOT_PI = 2.0 / math.sqrt(math.pi)
_ROOT_HALF = math.sqrt(0.5)


_ERF = Erf()


def _normal_below(x: Value) -> Value:
    return (apply(_ERF, x * _ROOT_HALF) + 1.0) * 0.5


def leaky_relu(x: Operand, slope: float = 0.01) -> Variable:
    """Leaky rectifier, elementwise: x where x > 0, else slope · x.

    Parameters
    ----------
    x : Variable, array or number, any shape
    slope : float

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.
    """
    return LeakyRelu(slope).on(x)


sigmoid = unary(Sigmoid(), "sigmoid", "Logistic function, elementwise: 1 / (1 + e⁻ˣ).")
relu = unary(Relu(), "relu", "Rectifier, elementwise: max(x, 0).")
softplus = unary(Softplus(), "softplus", "Smooth rectifier, elementwise: ln(1 + eˣ).")
gelu = unary(Gelu(), "gelu", "Gaussian error linear unit, elementwise: x · Φ(x), not approximated.")
erf = unary(_ERF, "erf", "Error function, elementwise, to double precision.")
