"""Sums, means and extremes over axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.arrays import wide_sum
from nbgrad.engine.errors import OperandError
from nbgrad.engine.operation import unary
from nbgrad.engine.variable import Variable

from .base import (
    Axis,
    Operand,
    Operation,
    Value,
    divided,
    norm_axis,
    plain,
    spread,
    unreduced,
)


class Reduction(Operation):
    """An operation over axes: all of them with ``axis=None``."""

    def __init__(self, axis: Axis = None, keepdims: bool = False) -> None:
        if not isinstance(keepdims, (bool, np.bool_)):
            raise OperandError(
                f"{self.label}: keepdims is True or False, not {keepdims!r} (a dtype has no place here)."
            )
        self.axis = norm_axis(axis)
        self.keepdims = bool(keepdims)

    def unreduced(self, g: Value, shape: tuple[int, ...]) -> Value:
        """Give an output's gradient or value the axes that it lost."""
        return unreduced(g, shape, self.axis, self.keepdims)


class Sum(Reduction):
    """y = Σ x."""

    aliases = True

    def forward(self, x: Any) -> Any:
        if x.dtype.char == "e":
            return wide_sum(x, self.axis, self.keepdims)
        return np.add.reduce(x, axis=self.axis, keepdims=self.keepdims)  # type: ignore[call-overload]

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return spread(self.unreduced(gy, x.shape), x.shape)


class Mean(Reduction):
    """y = Σ x / n."""

    aliases = True

    def forward(self, x: Any) -> Any:
        return x.mean(axis=self.axis, keepdims=self.keepdims)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return spread(self.unreduced(divided(gy, count(x, y)), x.shape), x.shape)


def count(x: Value, y: Value) -> int:
    """Return how many elements were reduced to one."""
    return int(plain(x).size // max(plain(y).size, 1)) or 1


class Extreme(Reduction):
    """The largest or smallest element; ties share the gradient."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        shape = x.shape
        extreme = self.unreduced(plain(y), shape)
        chosen = plain(x) == extreme
        if np.isnan(plain(y)).any():
            chosen = chosen | (np.isnan(plain(x)) & np.isnan(extreme))
        ties = np.add.reduce(chosen, axis=self.axis, keepdims=True)
        g = self.unreduced(gy, shape)
        if np.any(ties > 1):
            g = g / np.maximum(ties, 1).astype(np.result_type(plain(gy), np.float32))
        return np.where(chosen, g, 0.0)


class Max(Extreme):
    """y = max x."""

    def forward(self, x: Any) -> Any:
        return np.max(x, axis=self.axis, keepdims=self.keepdims)


class Min(Extreme):
    """y = min x."""

    def forward(self, x: Any) -> Any:
        return np.min(x, axis=self.axis, keepdims=self.keepdims)


_sum_all = unary(Sum(), "sum", "", 2)
_mean_all = unary(Mean(), "mean", "", 2)


def sum_(x: Operand, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Sum over axes."""
    if axis is None and not keepdims:
        return _sum_all(x)
    return Sum(axis, keepdims).on(x)


def mean(x: Operand, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Arithmetic mean over axes; of no elements it is nan, as in NumPy."""
    if axis is None and not keepdims:
        return _mean_all(x)
    return Mean(axis, keepdims).on(x)


def max_(x: Operand, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Largest element over axes.

    ShapeError
        If there is no element.
    """
    return Max(axis, keepdims).on(x)


def min_(x: Operand, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Smallest element over axes.

    ShapeError
        If there is no element.
    """
    return Min(axis, keepdims).on(x)
