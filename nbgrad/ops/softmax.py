"""Exponentials over axes: the largest element is subtracted first, so nothing overflows."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.variable import Variable

from .base import Axis, Operand, Operation, Value, floating, norm_axis, overwrite
from .reduction import Reduction


def _largest(x: Any, axis: Axis) -> Any:
    """Return the largest element over axes; 0 where it is infinite or there is none."""
    if not x.size:
        return x.dtype.type(0)
    m = np.max(x, axis=axis, keepdims=True)
    return np.where(np.isfinite(m), m, x.dtype.type(0))


class LogSumExp(Reduction):
    """y = ln Σ eˣ."""

    def forward(self, x: Any) -> Any:
        x = floating(x)
        m = _largest(x, self.axis)
        with np.errstate(divide="ignore"):
            y = np.log(np.sum(np.exp(x - m), axis=self.axis, keepdims=True)) + m
        return y if self.keepdims else np.squeeze(y, self.axis)[()]

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        shares = overwrite(np.exp, x - self.unreduced(y, x.shape))
        return overwrite(np.multiply, shares, self.unreduced(gy, x.shape))


class Softmax(Operation):
    """y = eˣ / Σ eˣ."""

    def __init__(self, axis: Axis = -1) -> None:
        self.axis = norm_axis(axis)

    def forward(self, x: Any) -> Any:
        x = floating(x)
        y = np.exp(x - _largest(x, self.axis))
        y /= np.sum(y, axis=self.axis, keepdims=True)
        return y

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return y * (gy - (gy * y).sum(axis=self.axis, keepdims=True))


class LogSoftmax(Operation):
    """y = x - ln Σ eˣ."""

    def __init__(self, axis: Axis = -1) -> None:
        self.axis = norm_axis(axis)

    def forward(self, x: Any) -> Any:
        x = floating(x)
        y = x - _largest(x, self.axis)
        y -= np.log(np.sum(np.exp(y), axis=self.axis, keepdims=True))
        return y

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        total = gy.sum(axis=self.axis, keepdims=True)
        return -overwrite(np.subtract, overwrite(np.multiply, np.exp(y), total), gy)


def logsumexp(x: Operand, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Logarithm of the sum of exponentials over axes, without overflow."""
    return LogSumExp(axis, keepdims).on(x)


def softmax(x: Operand, axis: Axis = -1) -> Variable:
    """Exponentials divided by their sum over axes; the last one by default.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int, tuple of int or None
    """
    return Softmax(axis).on(x)


def log_softmax(x: Operand, axis: Axis = -1) -> Variable:
    """Logarithm of `softmax`, finite also where softmax rounds to 0.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int, tuple of int or None
    """
    return LogSoftmax(axis).on(x)
