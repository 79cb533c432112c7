"""Linear systems: inverse and solution; of one matrix or a stack of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.operation import binary, unary

from .base import Operation, Value, apply
from .shape import summed_to


class Inv(Operation):
    """y = x⁻¹."""

    def forward(self, x: Any) -> Any:
        return solved(np.linalg.inv, x)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        turned = y.swapaxes(-1, -2)
        return -np.matmul(np.matmul(turned, gy), turned)


class Solve(Operation):
    """y = x0⁻¹ · x1."""

    def forward(self, x0: Any, x1: Any) -> Any:
        return solved(np.linalg.solve, x0, x1)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        g = _solve_turned(x0, gy)
        if gy.ndim < x0.ndim:
            return summed_to(-(g[..., None] * y[..., None, :]), x0.shape)
        return summed_to(-np.matmul(g, y.swapaxes(-1, -2)), x0.shape)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return summed_to(_solve_turned(x0, gy), x1.shape)


def _solve_turned(x: Value, gy: Value) -> Value:
    """Return (xᵀ)⁻¹ · gy, of vectors when gy lacks the axis of columns."""
    turned = x.swapaxes(-1, -2)
    if gy.ndim < x.ndim:
        return apply(_SOLVE, turned, gy[..., None])[..., 0]
    return apply(_SOLVE, turned, gy)


def solved(function: Any, *arrays: Any) -> Any:
    """Call NumPy's routine; float16, which it lacks, goes through float32."""
    dtype = np.result_type(*arrays)
    if dtype != np.float16:
        return function(*arrays)
    return function(*(np.asarray(a, np.float32) for a in arrays)).astype(dtype)


DOC = """{line}

Parameters
----------
{parameters}

Raises
------
ShapeError
    If the shapes do not fit{singular}.
"""

_INV, _SOLVE = Inv(), Solve()

inv = unary(
    _INV,
    "inv",
    DOC.format(
        singular=", or a matrix is singular",
        line="Inverse of a matrix, or of each of a stack.",
        parameters="x : Variable or array, shape (..., n, n)",
    ),
)
solve = binary(
    _SOLVE,
    "solve",
    DOC.format(
        singular=", or a matrix is singular",
        line="Solution y of the linear system x0 @ y = x1.",
        parameters="x0 : Variable or array, shape (..., n, n)\n"
        "x1 : Variable or array, shape (n,) or (..., n, m)",
    ),
)
