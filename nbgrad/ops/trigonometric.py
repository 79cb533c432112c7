"""Trigonometric and hyperbolic functions, elementwise.

Their derivatives are written so that no square overflows and no 1 - x² cancels.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.operation import binary, unary

from .base import Operation, Value, apply, overwrite, plain, within_rules
from .hypotenuse import OverSquare
from .precision import digits_left, floating, mended, number, vanishing


class Sin(Operation, forward=np.sin):
    """y = sin x."""

    def derivative(self, y: Value, x: Value) -> Value:
        return np.cos(x)


class Cos(Operation, forward=np.cos):
    """y = cos x."""

    def derivative(self, y: Value, x: Value) -> Value:
        return -np.sin(x)


class Tan(Operation, forward=np.tan):
    """y = tan x."""

    def derivative(self, y: Value, x: Value) -> Value:
        return y * y + 1.0


class Arcsin(Operation, forward=np.arcsin):
    """y = arcsin x."""

    def derivative(self, y: Value, x: Value) -> Value:
        return apply(ArcsinSlope(), x)


@within_rules
class ArcsinSlope(Operation):
    """y = 1 / √(1 - x²)."""

    def forward(self, x: Any) -> Any:
        return overwrite(np.reciprocal, overwrite(np.sqrt, (1.0 - x) * (x + 1.0)))

    def derivative(self, y: Value, x: Value) -> Value:
        return x * y * y * y


class Arccos(Operation, forward=np.arccos):
    """y = arccos x."""

    def derivative(self, y: Value, x: Value) -> Value:
        return -apply(ArcsinSlope(), x)


class Arctan(Operation, forward=np.arctan):
    """y = arctan x."""

    def derivative(self, y: Value, x: Value) -> Value:
        return apply(ArctanSlope(), x)


@within_rules
class ArctanSlope(Operation):
    """y = 1 / (1 + x²)."""

    def forward(self, x: Any) -> Any:
        # x² would overflow before 1 / x² underflows.
        hypotenuse = np.hypot(floating(x), number(1, floating(x)))
        return 1.0 / hypotenuse / hypotenuse

    def derivative(self, y: Value, x: Value) -> Value:
        return vanishing(y, x * y * -2.0)


class Arctan2(Operation, forward=np.arctan2):
    """y = the angle of the point (x1, x0)."""

    def derivative0(self, y: Value, x0: Value, x1: Value) -> Value:
        return apply(OverSquare(), x1, x0)

    def derivative1(self, y: Value, x0: Value, x1: Value) -> Value:
        return -apply(OverSquare(), x0, x1)


class Sinh(Operation, forward=np.sinh):
    """y = sinh x."""

    def derivative(self, y: Value, x: Value) -> Value:
        return np.cosh(x)


class Cosh(Operation, forward=np.cosh):
    """y = cosh x."""

    def derivative(self, y: Value, x: Value) -> Value:
        return np.sinh(x)


class Tanh(Operation, forward=np.tanh):
    """y = tanh x."""

    def derivative(self, y: Value, x: Value) -> Value:
        return apply(TanhSlope(), y, x)


@within_rules
class TanhSlope(Operation):
    """y = 1 / cosh² x, from tanh x and x."""

    def forward(self, tanh: Any, x: Any) -> Any:
        y = tanh * tanh
        y = np.subtract(1.0, y, out=y) if isinstance(y, np.ndarray) else 1.0 - y
        return mended(y, digits_left(y), _tanh_slope, x)

    def gx0(self, gy: Value, y: Value, tanh: Value, x: Value) -> Value | None:
        return None  # the whole gradient comes through x

    def gx1(self, gy: Value, y: Value, tanh: Value, x: Value) -> Value:
        return gy * (tanh * y * -2.0)


def _tanh_slope(x: Any) -> Any:
    e = np.exp(np.absolute(floating(x)) * -2.0)
    return e * 4.0 / (e + 1.0) ** 2


class Deg2Rad(Operation, forward=np.deg2rad):
    """y = π/180 · x."""

    def derivative(self, y: Value, x: Value) -> Value:
        return number(_RADIANS, plain(y))


class Rad2Deg(Operation, forward=np.rad2deg):
    """y = 180/π · x."""

    def derivative(self, y: Value, x: Value) -> Value:
        return number(1 / _RADIANS, plain(y))


_RADIANS = np.arctan(np.longdouble(1)) / 45


class Arcsinh(Operation, forward=np.arcsinh):
    """y = arcsinh x."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy / np.hypot(x, number(1, plain(y)))


class Arccosh(Operation, forward=np.arccosh):
    """y = arccosh x."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy / overwrite(np.sqrt, x - 1.0) / overwrite(np.sqrt, x + 1.0)


class Arctanh(Operation, forward=np.arctanh):
    """y = arctanh x."""

    def derivative(self, y: Value, x: Value) -> Value:
        return apply(ArctanhSlope(), x)


@within_rules
class ArctanhSlope(Operation):
    """y = 1 / (1 - x²)."""

    def forward(self, x: Any) -> Any:
        return overwrite(np.reciprocal, (1.0 - x) * (1.0 + x))

    def derivative(self, y: Value, x: Value) -> Value:
        return x * y * y * 2.0


sin = unary(Sin(), "Sine of an angle in radians, elementwise.")
cos = unary(Cos(), "Cosine of an angle in radians, elementwise.")
tan = unary(Tan(), "Tangent of an angle in radians, elementwise.")
arcsin = unary(Arcsin(), "Inverse sine, elementwise, for -1 ≤ x ≤ 1.")
arccos = unary(Arccos(), "Inverse cosine, elementwise, for -1 ≤ x ≤ 1.")
arctan = unary(Arctan(), "Inverse tangent, elementwise.")
arctan2 = binary(Arctan2(), "Angle of the point (x1, x0), elementwise.")
sinh = unary(Sinh(), "Hyperbolic sine, elementwise.")
cosh = unary(Cosh(), "Hyperbolic cosine, elementwise.")
tanh = unary(Tanh(), "Hyperbolic tangent, elementwise.")
deg2rad = unary(Deg2Rad(), "Degrees to radians, elementwise: π/180 · x.")
rad2deg = unary(Rad2Deg(), "Radians to degrees, elementwise: 180/π · x.")
arcsinh = unary(Arcsinh(), "Inverse hyperbolic sine, elementwise.")
arccosh = unary(Arccosh(), "Inverse hyperbolic cosine, elementwise, for x ≥ 1.")
arctanh = unary(Arctanh(), "Inverse hyperbolic tangent, elementwise, for -1 ≤ x ≤ 1.")
