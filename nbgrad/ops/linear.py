"""Products of matrices and tensors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import names_users_line
from nbgrad.engine.operation import binary
from nbgrad.engine.variable import Variable

from .arithmetic import mul
from .axes import checked_axis
from .base import Operand, Operation, Value, as_operand, plain
from .shape import assigned, summed_to


class MatMul(Operation, forward=np.matmul):
    """y = x0 @ x1, for matrices, vectors, and stacks of matrices."""

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        if x1.ndim == 1:
            return gy[..., None] * x1 if x0.ndim > 1 else gy * x1
        if x0.ndim == 1:
            return summed_to(np.matmul(x1, gy[..., None])[..., 0], x0.shape)
        return summed_to(np.matmul(gy, x1.swapaxes(-1, -2)), x0.shape)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        if x0.ndim == 1:
            if x1.ndim == 1:
                return gy * x0
            return summed_to(x0[:, None] * gy[..., None, :], x1.shape)
        if x1.ndim == 1:
            return np.matmul(gy.reshape(-1), _as_rows(x0))
        if x1.ndim == 2 and x0.ndim > 2:
            return np.matmul(_as_rows(x0).swapaxes(0, 1), _as_rows(gy))
        return summed_to(np.matmul(x0.swapaxes(-1, -2), gy), x1.shape)


def _as_rows(x: Value) -> Value:
    """Return a stack of matrices as one matrix; with -1 NumPy could not count empty rows."""
    return x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


class TensorDot(Operation):
    """y = x0 and x1 multiplied and summed over pairs of their axes."""

    def __init__(self, axes: Any = 2) -> None:
        self.axes = axes

    @names_users_line
    def forward(self, x0: Any, x1: Any) -> Any:
        if isinstance(self.axes, int):
            if not 0 <= self.axes <= min(x0.ndim, x1.ndim):
                raise ValueError(f"there are no {self.axes} axes in both to sum over")
        else:
            for axes, x in zip(self.axes, (x0, x1), strict=True):
                for axis in np.atleast_1d(axes).tolist():
                    checked_axis(axis, x.ndim)
        return np.tensordot(x0, x1, self.axes)[()]

    def pairs(self, n0: int, n1: int) -> tuple[list[int], list[int]]:
        """Return the summed axes of operands with these numbers of dimensions."""
        if isinstance(self.axes, int):
            return list(range(n0 - self.axes, n0)), list(range(self.axes))
        first, second = ([a] if isinstance(a, int) else list(a) for a in self.axes)
        return [a % n0 for a in first], [a % n1 for a in second]

    @names_users_line
    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        summed0, summed1 = self.pairs(x0.ndim, x1.ndim)
        free0, free1 = _others(summed0, x0.ndim), _others(summed1, x1.ndim)
        g = np.tensordot(gy, x1, (list(range(len(free0), gy.ndim)), free1))
        return _in_order(g, free0 + [summed0[summed1.index(a)] for a in sorted(summed1)])

    @names_users_line
    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        summed0, summed1 = self.pairs(x0.ndim, x1.ndim)
        free0, free1 = _others(summed0, x0.ndim), _others(summed1, x1.ndim)
        g = np.tensordot(x0, gy, (free0, list(range(len(free0)))))
        return _in_order(g, [summed1[summed0.index(a)] for a in sorted(summed0)] + free1)


def _others(axes: list[int], n: int) -> list[int]:
    return [a for a in range(n) if a not in axes]


def _in_order(g: Value, axes: list[int]) -> Value:
    """Give a gradient, whose axes are these ones of its input, the input's order."""
    return g if axes == sorted(axes) else g.transpose([axes.index(a) for a in range(len(axes))])


class Dot(TensorDot, forward=np.dot):
    """y = x0 · x1, summed over x0's last axis and x1's last but one."""

    def __init__(self) -> None:
        super().__init__()

    def pairs(self, n0: int, n1: int) -> tuple[list[int], list[int]]:
        return [n0 - 1], [max(n1 - 2, 0)]


class Outer(Operation, forward=names_users_line(np.outer)):
    """y = the products of each element of x0 with each of x1."""

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return np.matmul(gy, np.ravel(x1)).reshape(x0.shape)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return np.matmul(np.ravel(x0), gy).reshape(x1.shape)


matmul = binary(
    MatMul(),
    """Matrix product: x0 @ x1.

Parameters
----------
x0 : Variable or array, shape (..., n, k) or (k,)
x1 : Variable or array, shape (..., k, m) or (k,)
    Leading axes broadcast.

Returns
-------
Variable, shape (..., n, m)
    Without the axis that a one-dimensional operand lacks.

Raises
------
ShapeError
    If the shapes do not fit.
""",
)
_dot = Dot()
outer = binary(
    Outer(),
    """Product of each element of one operand with each of the other.

Parameters
----------
x0, x1 : Variable or array, any shape
    Taken in one dimension.

Returns
-------
Variable, shape (n, m)
""",
)


def dot(x0: Operand, x1: Operand) -> Variable:
    """Dot product, as `numpy.dot`: of vectors, of matrices, or with a number.

    Parameters
    ----------
    x0, x1 : Variable, array or number
        Summed over x0's last axis and x1's last but one (its only one, if it has one).

    Raises
    ------
    ShapeError
        If these axes differ in length.
    """
    x0, x1 = as_operand(x0), as_operand(x1)
    if not np.ndim(plain(x0)) or not np.ndim(plain(x1)):
        return mul(_beside(x1, x0), _beside(x0, x1))
    return _dot.on(x0, x1)


def _beside(other: Operand, x: Operand) -> Any:
    """Return an operand in the dtype of a product with a Python int, which is of int64 here."""
    if type(x) is int and plain(other).dtype.kind in "iu":
        return np.asarray(x)
    if type(other) is int and plain(x).dtype.kind in "iu":
        return assigned(x, np.result_type(plain(x).dtype, np.asarray(other).dtype))
    return x


def tensordot(x0: Operand, x1: Operand, axes: Any = 2) -> Variable:
    """Multiply two tensors and sum over pairs of their axes.

    Parameters
    ----------
    x0, x1 : Variable or array
    axes : int or pair of (int or list of int)
        How many of x0's last and x1's first axes; or which axes of x0 and of x1.

    Raises
    ------
    ShapeError
        If the axes of a pair differ in length.
    """
    if not isinstance(axes, (int, np.integer)):
        axes = tuple(int(a) if np.ndim(a) == 0 else tuple(int(i) for i in a) for a in axes)
    return TensorDot(axes if isinstance(axes, tuple) else int(axes)).on(x0, x1)
