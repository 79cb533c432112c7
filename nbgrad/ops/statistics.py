"""Products, spreads and running sums over axes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable

from .base import Axis, Operand, Operation, Value, kept_shape, norm_axis, plain
from .reduction import Reduction, count


class Prod(Reduction):
    """y = the product of all x."""

    def forward(self, x: Any) -> Any:
        return np.multiply.reduce(x, axis=self.axis, keepdims=self.keepdims)  # type: ignore[call-overload]

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        g = self.unreduced(gy, x.shape)
        if np.all(plain(x)):
            return g * self.unreduced(y, x.shape) / x
        return g * products_of_others(x, self.axis)


def products_of_others(x: Value, axis: Axis) -> Value:
    """Return for each element the product of the others over some axes, without dividing."""
    n = x.ndim
    reduced = [
        i for i, (a, b) in enumerate(zip(kept_shape(x.shape, axis), x.shape, strict=True)) if a != b
    ]
    kept = [i for i in range(n) if i not in reduced]
    order = kept + reduced
    moved = x.transpose(order)
    rows = moved.reshape([x.shape[i] for i in kept] + [-1])
    others = _products_before(rows) * _products_before(rows[..., ::-1])[..., ::-1]
    return others.reshape(moved.shape).transpose([order.index(i) for i in range(n)])


def _products_before(rows: Value) -> Value:
    """Multiply what comes before each element of a row, in log₂ n steps."""
    first = np.ones((*rows.shape[:-1], 1), rows.dtype)
    products = np.concatenate([first, rows[..., :-1]], axis=-1)
    step = 1
    while step < rows.shape[-1]:
        further = products[..., step:] * products[..., :-step]
        products = np.concatenate([products[..., :step], further], axis=-1)
        step *= 2
    return products


class Var(Reduction):
    """y = Σ (x - mean)² / (n - ddof)."""

    def __init__(self, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> None:
        super().__init__(axis, keepdims)
        self.ddof = ddof

    def forward(self, x: Any) -> Any:
        return np.var(x, axis=self.axis, ddof=self.ddof, keepdims=self.keepdims)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        weight = self.unreduced(gy * (2.0 * self.weight(x, y)), x.shape)
        return (x - x.mean(axis=self.axis, keepdims=True)) * weight

    def weight(self, x: Value, y: Value) -> float:
        """Return 1 / (n - ddof)."""
        freedom = count(x, y) - self.ddof
        return 1.0 / freedom if freedom > 0 else math.inf


class Std(Var):
    """y = √(Σ (x - mean)² / (n - ddof))."""

    def forward(self, x: Any) -> Any:
        return np.std(x, axis=self.axis, ddof=self.ddof, keepdims=self.keepdims)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        # Where y is 0, so is every deviation: dividing by 1 gives 0.
        divisor = y + (plain(y) == 0)
        weight = self.unreduced(gy * self.weight(x, y) / divisor, x.shape)
        return (x - x.mean(axis=self.axis, keepdims=True)) * weight


class CumSum(Operation):
    """y = the sum of x up to each element."""

    def __init__(self, axis: int | None = None) -> None:
        self.axis = axis

    def forward(self, x: Any) -> Any:
        return np.cumsum(x, axis=self.axis)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        axis = self.axis or 0
        return np.flip(np.cumsum(np.flip(gy, axis), axis), axis).reshape(x.shape)


class Norm(Reduction):
    """y = (Σ |x|ᵖ)^(1/p), with p = 2 by default."""

    def __init__(self, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> None:  # noqa: A002
        super().__init__(axis, keepdims)
        self.ord = ord

    def forward(self, x: Any) -> Any:
        return np.linalg.norm(x, self.ord, self.axis, self.keepdims)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        g = self.unreduced(gy, x.shape)
        length = self.unreduced(y, x.shape)
        if self.ord in (None, 2, "fro"):
            return g / (length + (plain(length) == 0)) * x
        p = float(self.ord)
        sign = np.sign(plain(x))
        if p == 0:
            return g * (sign * 0)
        if p == 1:
            return g * sign
        if math.isinf(p):
            chosen = np.abs(plain(x)) == plain(length)
            ties = np.add.reduce(chosen, axis=self.axis, keepdims=True)
            return g * (chosen * sign / np.maximum(ties, 1).astype(sign.dtype))
        # A 1 in place of 0: the sign makes it 0 again, also for p < 2.
        ratio = (np.abs(x) + (sign == 0)) / (length + (plain(length) == 0))
        return g * ratio ** (p - 1.0) * sign


def prod(x: Operand, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Product over axes. Zeros among the elements are no problem for its derivatives."""
    return Prod(axis, keepdims).on(x)


def var(x: Operand, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Variable:
    """Variance over axes: Σ (x - mean)² / (n - ddof)."""
    return Var(axis, ddof, keepdims).on(x)


def std(x: Operand, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Variable:
    """Spread over axes, the standard deviation: the root of `var`."""
    return Std(axis, ddof, keepdims).on(x)


def cumsum(x: Operand, axis: int | None = None) -> Variable:
    """Sum up to each element along an axis.

    Parameters
    ----------
    x : Variable or array, any shape
    axis : int, optional
        Without it, over the elements in one dimension.
    """
    return CumSum(norm_axis(axis)).on(x)  # type: ignore[arg-type]


def norm(x: Operand, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Variable:  # noqa: A002
    """Norm of a vector over axes: (Σ |x|ᵖ)^(1/p).

    Parameters
    ----------
    x : Variable or array, any shape
    ord : number, inf, -inf or "fro", optional
        p; 2 by default. Of a matrix (two axes): None, "fro", 1, -1, inf, -inf.
    axis : int or pair of int, optional
        Over which axes; all by default.

    Raises
    ------
    OperandError
        For a matrix norm that needs singular values.
    AxisError
        If x does not have the axis.
    """
    axis = norm_axis(axis)
    axes = tuple(range(np.ndim(plain(x)))) if axis is None else axis
    matrix = isinstance(axes, tuple) and len(axes) == 2
    if not matrix or ord in (None, "fro"):
        return Norm(ord, axis, keepdims).on(x)
    return _matrix_norm(x, ord, axes, keepdims)  # type: ignore[arg-type]


def _matrix_norm(x: Operand, ord: Any, axes: tuple[int, int], keepdims: bool) -> Variable:  # noqa: A002
    """Return the largest or smallest sum of a row or column."""
    if ord not in (1, -1, math.inf, -math.inf):
        raise OperandError(
            f"norm: the matrix norm ord={ord!r} of shape {np.shape(plain(x))} needs singular values, "
            "which have no rule here. There are None, 'fro', 1, -1, inf and -inf."
        )
    rows, columns = axes if abs(ord) == 1 else axes[::-1]
    sums = abs(x).sum(axis=rows, keepdims=True)
    extreme = sums.max if ord > 0 else sums.min
    y: Variable = extreme(axis=columns, keepdims=True)
    return y if keepdims else y.squeeze(axes)
