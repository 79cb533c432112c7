"""Pooling: one number for each window of a picture."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, apply, called_as_a_whole, plain
from .indexing import AddAt
from .precision import floating, number, widened
from .windows import Col2Im, Windows, once, per_axis, windows_on


class Pool(Operation):
    """One number for each window."""

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        self.kernel_size, self.padding = kernel_size, padding
        self.stride = kernel_size if stride is None else stride

    def windows(self, x: Any) -> Windows:
        """Return where the windows stand."""
        return _windows(x.shape, self.kernel_size, self.stride, self.padding)


@once
def _windows(shape: tuple[int, ...], kernel_size: Any, stride: Any, padding: Any) -> Windows:
    windows = windows_on(shape, per_axis(kernel_size, 2, "kernel_size"), stride, padding, 1)
    if any(2 * p > k for p, k in zip(windows.padding, windows.kernel, strict=True)):
        raise ValueError(f"padding is at most half of the window {windows.kernel}")
    return windows


def _folded(windows: Windows, ufunc: np.ufunc, fill: float, x: Any) -> Any:
    """Combine the elements of each window: all first ones, all second ones, and so on.

    Each is a picture of its own, which NumPy goes through much faster than through small windows.
    """
    x = windows.with_margin(x, fill)
    (_, first), *others = windows.parts
    y = x[first].copy()
    for _, where in others:
        ufunc(y, x[where], out=y)
    return y


def _largest(windows: Windows, y: Any, x: Any) -> Any:
    """Return where the first largest element of each window is, or its first nan.

    It is an index of all elements of the padded pictures, in one dimension.
    """
    x = windows.with_margin(x, -np.inf)
    if windows.is_small:
        columns = windows.view(x).reshape(*x.shape[:2], len(windows.parts), *y.shape[2:])
        found = windows.steps.take(columns.argmax(2))
    else:
        found = np.full(y.shape, windows.steps[-1])
        nan = np.isnan(y)
        for (_, where), step in zip(windows.parts[-2::-1], windows.steps[-2::-1], strict=True):
            np.putmask(found, x[where] == y, step)
        if nan.any():
            for (_, where), step in zip(windows.parts[::-1], windows.steps[::-1], strict=True):
                np.putmask(found, np.isnan(x[where]) & nan, step)
    for corner in windows.corners:
        found += corner
    return found.reshape(-1)


class MaxPool2d(Pool):
    """y = the largest element of each window of x."""

    def forward(self, x: Any) -> Any:
        fold = partial(_folded, self.windows(x), np.maximum, -np.inf)
        return called_as_a_whole(fold, floating(x))

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        windows = self.windows(x)
        index = called_as_a_whole(partial(_largest, windows), plain(y), floating(plain(x)))
        g = apply(AddAt(index, (math.prod(windows.padded),)), gy.reshape(-1))
        return windows.without_margin(g.reshape(windows.padded))


class AvgPool2d(Pool):
    """y = the mean of each window of x."""

    def rule_text(self, rule: str) -> str:
        return rule.replace("/ n", f"/ {math.prod(per_axis(self.kernel_size, 2, 'kernel_size'))}")

    def forward(self, x: Any) -> Any:
        windows, x = self.windows(x), floating(x)
        total = called_as_a_whole(partial(_folded, windows, np.add, 0.0), widened(x))
        return (total / number(len(windows.parts), total)).astype(x.dtype, copy=False)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        share = (gy / len(self.windows(x).parts))[:, :, None, None]
        return apply(Col2Im(x.shape[2:], self.kernel_size, self.stride, self.padding), share)


def max_pool2d(x: Operand, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Variable:
    """Largest element of each window of pictures.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, height, width)
    kernel_size, stride, padding : int or pair of int
        The stride is the window's size by default; padded places are never the largest.
    """
    return MaxPool2d(kernel_size, stride, padding).on(x)


def avg_pool2d(x: Operand, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Variable:
    """Mean of each window of pictures.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, height, width)
    kernel_size, stride, padding : int or pair of int
        The stride is the window's size by default; padding counts as zeros.
    """
    return AvgPool2d(kernel_size, stride, padding).on(x)
