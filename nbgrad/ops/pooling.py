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
from .windows import Col2Im, Im2Col, Places, check_axes


class Pool(Operation):
    """One number for each window."""

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        self.kernel_size, self.padding = kernel_size, padding
        self.stride = kernel_size if stride is None else stride

    def places(self, x: Any) -> Places:
        """Return where the windows stand."""
        check_axes(x, 4)
        windows = Im2Col(self.kernel_size, self.stride, self.padding).windows(2)
        if any(2 * p > k for p, k in zip(windows.padding, windows.kernel, strict=True)):
            raise ValueError(f"padding is at most half of the window {windows.kernel}")
        return windows.over(x.shape[2:])


def _folded(places: Places, ufunc: np.ufunc, fill: float, x: Any) -> Any:
    """Combine the elements of each window: all first ones, all second ones, and so on.

    Each is a picture of its own, which NumPy goes through much faster than through small windows.
    """
    x = places.with_margin(x, fill)
    (_, first), *others = places.parts
    y = x[first].copy()
    for _, where in others:
        ufunc(y, x[where], out=y)
    return y


def _largest(places: Places, y: Any, x: Any) -> Any:
    """Return where the first largest element of each window is, or its first nan.

    It is an index of all elements of the padded pictures, in one dimension.
    """
    x = places.with_margin(x, -np.inf)
    found: Any = np.empty(y.shape, np.intp)
    found.fill(places.steps[-1])
    for (_, where), step in zip(places.parts[-2::-1], places.steps[-2::-1], strict=True):
        np.putmask(found, x[where] == y, step)
    nan = np.isnan(y)
    if nan.any():
        for (_, where), step in zip(places.parts[::-1], places.steps[::-1], strict=True):
            np.putmask(found, np.isnan(x[where]) & nan, step)
    found += places.corners
    size = math.prod(places.padded)
    found += np.arange(0, y.shape[0] * y.shape[1] * size, size).reshape(*y.shape[:2], 1, 1)
    return found.reshape(-1)


class MaxPool2d(Pool):
    """y = the largest element of each window of x."""

    def forward(self, x: Any) -> Any:
        return called_as_a_whole(partial(_folded, self.places(x), np.maximum, -np.inf), floating(x))

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        places = self.places(x)
        shape = (*x.shape[:2], *places.padded)
        index = called_as_a_whole(partial(_largest, places), plain(y), floating(plain(x)))
        g = apply(AddAt(index, (math.prod(shape),)), gy.reshape(-1))
        return places.without_margin(g.reshape(shape))


class AvgPool2d(Pool):
    """y = the mean of each window of x."""

    def rule_text(self, rule: str) -> str:
        return rule.replace("/ n", f"/ {math.prod(Im2Col(self.kernel_size).windows(2).kernel)}")

    def forward(self, x: Any) -> Any:
        places, x = self.places(x), floating(x)
        total = called_as_a_whole(partial(_folded, places, np.add, 0.0), widened(x))
        return (total / number(math.prod(places.kernel), total)).astype(x.dtype)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        kernel = self.places(x).kernel
        share = (gy / math.prod(kernel))[:, :, None, None]
        columns = np.broadcast_to(share, (*x.shape[:2], *kernel, *gy.shape[2:]))
        return apply(Col2Im(x.shape[2:], self.kernel_size, self.stride, self.padding), columns)


def max_pool2d(x: Operand, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Variable:
    """Largest element of each window of pictures.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, height, width)
    kernel_size, stride, padding : int or pair of int
        The stride is the window's size by default; padded places are never the largest.

    Raises
    ------
    ShapeError
        If the window does not fit.
    """
    return MaxPool2d(kernel_size, stride, padding).on(x)


def avg_pool2d(x: Operand, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Variable:
    """Mean of each window of pictures.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, height, width)
    kernel_size, stride, padding : int or pair of int
        The stride is the window's size by default; padding counts as zeros.

    Raises
    ------
    ShapeError
        If the window does not fit.
    """
    return AvgPool2d(kernel_size, stride, padding).on(x)
