"""Inverse hyperbolic functions, elementwise.

Their derivatives are written so that no square overflows and no 1 - x² cancels.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.operation import unary

from .base import Operation, Value, apply, number, overwrite, plain, within_rules


class Arcsinh(Operation):
    """y = arcsinh x."""

    def forward(self, x: Any) -> Any:
        return np.arcsinh(x)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy / np.hypot(x, number(1, plain(y)))


class Arccosh(Operation):
    """y = arccosh x."""

    def forward(self, x: Any) -> Any:
        return np.arccosh(x)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy / overwrite(np.sqrt, x - 1.0) / overwrite(np.sqrt, x + 1.0)


class Arctanh(Operation):
    """y = arctanh x."""

    def forward(self, x: Any) -> Any:
        return np.arctanh(x)

    def derivative(self, y: Value, x: Value) -> Value:
        return apply(_ARCTANH_SLOPE, x)


@within_rules
class ArctanhSlope(Operation):
    """y = 1 / (1 - x²)."""

    def forward(self, x: Any) -> Any:
        return overwrite(np.reciprocal, (1.0 - x) * (1.0 + x))

    def derivative(self, y: Value, x: Value) -> Value:
        return x * y * y * 2.0


_ARCTANH_SLOPE = ArctanhSlope()


arcsinh = unary(Arcsinh(), "Inverse hyperbolic sine, elementwise.")
arccosh = unary(Arccosh(), "Inverse hyperbolic cosine, elementwise, for x ≥ 1.")
arctanh = unary(Arctanh(), "Inverse hyperbolic tangent, elementwise, for -1 ≤ x ≤ 1.")
