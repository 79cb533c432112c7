"""Trigonometric and hyperbolic functions, elementwise.

`1 - y²` is written `-(y² - 1)`: NumPy then works in the one temporary array.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.operation import binary, unary

from .base import Operation, Value, overwrite


class Sin(Operation):
    """y = sin x."""

    def forward(self, x: Any) -> Any:
        return np.sin(x)

    def derivative(self, y: Value, x: Value) -> Value:
        return np.cos(x)


class Cos(Operation):
    """y = cos x."""

    def forward(self, x: Any) -> Any:
        return np.cos(x)

    def derivative(self, y: Value, x: Value) -> Value:
        return -np.sin(x)


class Tan(Operation):
    """y = tan x."""

    def forward(self, x: Any) -> Any:
        return np.tan(x)

    def derivative(self, y: Value, x: Value) -> Value:
        return y * y + 1.0


class Arcsin(Operation):
    """y = arcsin x."""

    def forward(self, x: Any) -> Any:
        return np.arcsin(x)

    def derivative(self, y: Value, x: Value) -> Value:
        return overwrite(np.reciprocal, overwrite(np.sqrt, -(x * x - 1.0)))


class Arccos(Operation):
    """y = arccos x."""

    def forward(self, x: Any) -> Any:
        return np.arccos(x)

    def derivative(self, y: Value, x: Value) -> Value:
        return -overwrite(np.reciprocal, overwrite(np.sqrt, -(x * x - 1.0)))


class Arctan(Operation):
    """y = arctan x."""

    def forward(self, x: Any) -> Any:
        return np.arctan(x)

    def derivative(self, y: Value, x: Value) -> Value:
        return overwrite(np.reciprocal, x * x + 1.0)


class Arctan2(Operation):
    """y = the angle of the point (x1, x0)."""

    def forward(self, x0: Any, x1: Any) -> Any:
        return np.arctan2(x0, x1)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return gy * x1 / (x0 * x0 + x1 * x1)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return -(gy * x0 / (x0 * x0 + x1 * x1))


class Sinh(Operation):
    """y = sinh x."""

    def forward(self, x: Any) -> Any:
        return np.sinh(x)

    def derivative(self, y: Value, x: Value) -> Value:
        return np.cosh(x)


class Cosh(Operation):
    """y = cosh x."""

    def forward(self, x: Any) -> Any:
        return np.cosh(x)

    def derivative(self, y: Value, x: Value) -> Value:
        return np.sinh(x)


class Tanh(Operation):
    """y = tanh x."""

    def forward(self, x: Any) -> Any:
        return np.tanh(x)

    def derivative(self, y: Value, x: Value) -> Value:
        return -(y * y - 1.0)


sin = unary(Sin(), "sin", "Sine of an angle in radians, elementwise.")
cos = unary(Cos(), "cos", "Cosine of an angle in radians, elementwise.")
tan = unary(Tan(), "tan", "Tangent of an angle in radians, elementwise.")
arcsin = unary(Arcsin(), "arcsin", "Inverse sine, elementwise, for -1 ≤ x ≤ 1.")
arccos = unary(Arccos(), "arccos", "Inverse cosine, elementwise, for -1 ≤ x ≤ 1.")
arctan = unary(Arctan(), "arctan", "Inverse tangent, elementwise.")
arctan2 = binary(Arctan2(), "arctan2", "Angle of the point (x1, x0), elementwise.")
sinh = unary(Sinh(), "sinh", "Hyperbolic sine, elementwise.")
cosh = unary(Cosh(), "cosh", "Hyperbolic cosine, elementwise.")
tanh = unary(Tanh(), "tanh", "Hyperbolic tangent, elementwise.")
