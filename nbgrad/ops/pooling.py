"""Pooling: one number for each window of a picture."""

from __future__ import annotations

import math
from functools import partial
from itertools import islice, product
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import names_users_line
from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, apply, called_as_a_whole, keep, plain
from .convolution import Col2Im, Im2Col, Windows, check_axes
from .precision import floating, number, widened


class Pool(Operation):
    """One number for each window."""

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        self.kernel_size, self.padding = kernel_size, padding
        self.stride = kernel_size if stride is None else stride

    def windows(self, x: Any) -> Windows:
        """Return where the windows stand."""
        check_axes(x, 4)
        windows = Im2Col(self.kernel_size, self.stride, self.padding).windows(2)
        if any(2 * p > k for p, k in zip(windows.padding, windows.kernel, strict=True)):
            raise ValueError(f"padding is at most half of the window {windows.kernel}")
        return windows

    def spread(self, columns: Value, x: Value) -> Value:
        """Add windows up where they stand in x."""
        return apply(Col2Im(x.shape[2:], self.kernel_size, self.stride, self.padding), columns)


def _folded(windows: Windows, ufunc: np.ufunc, fill: float, x: Any) -> Any:
    """Combine the elements of each window: all first ones, all second ones, and so on.

    Each is a picture of its own, which NumPy goes through much faster than through small windows.
    """
    columns = windows.view(x, fill)
    y = columns[:, :, 0, 0].copy()
    for i, j in islice(product(*map(range, windows.kernel)), 1, None):
        ufunc(y, columns[:, :, i, j], out=y)
    return y


def _first_equal(windows: Windows, y: Any, x: Any) -> Any:
    """Return where the first element of each window stands that is its largest, or its first nan."""
    columns = windows.view(x, -np.inf)
    mask, searched = np.empty(columns.shape, bool), np.ones(y.shape, bool)
    nan = np.isnan(y)
    nan = nan if nan.any() else None
    for i, j in product(*map(range, windows.kernel)):
        found = columns[:, :, i, j] == y
        if nan is not None:
            found |= nan & np.isnan(columns[:, :, i, j])
        np.logical_and(found, searched, out=mask[:, :, i, j])
        np.greater(searched, found, out=searched)
    return mask


class MaxPool2d(Pool):
    """y = the largest element of each window of x."""

    def forward(self, x: Any) -> Any:
        return called_as_a_whole(
            partial(_folded, self.windows(x), np.maximum, -np.inf), floating(x)
        )

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        first = partial(_first_equal, self.windows(x))
        mask = called_as_a_whole(first, plain(y), floating(plain(x)))
        return self.spread(keep(mask, gy[:, :, None, None]), x)


class AvgPool2d(Pool):
    """y = the mean of each window of x."""

    @names_users_line
    def forward(self, x: Any) -> Any:
        windows, x = self.windows(x), floating(x)
        total = called_as_a_whole(partial(_folded, windows, np.add, 0.0), widened(x))
        return (total / number(math.prod(windows.kernel), total)).astype(x.dtype)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        kernel = self.windows(x).kernel
        share = (gy / math.prod(kernel))[:, :, None, None]
        return self.spread(np.broadcast_to(share, (*x.shape[:2], *kernel, *gy.shape[2:])), x)


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
