"""Pooling: one number for each window of a picture."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, apply, floating, plain
from .convolution import Col2Im, Im2Col, Windows, check_axes


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


class MaxPool2d(Pool):
    """y = the largest element of each window of x."""

    def forward(self, x: Any) -> Any:
        return self.windows(x).view(floating(x), -np.inf).max(axis=(2, 3))

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        windows = self.windows(x).view(floating(plain(x)), -np.inf)
        n = math.prod(windows.shape[2:4])
        flat = windows.reshape(*windows.shape[:2], n, *windows.shape[4:])
        first = np.argmax(flat, axis=2)[:, :, None] == np.arange(n)[:, None, None]
        return self.spread(gy[:, :, None, None] * first.reshape(windows.shape).astype(y.dtype), x)


class AvgPool2d(Pool):
    """y = the mean of each window of x."""

    def forward(self, x: Any) -> Any:
        return self.windows(x).view(floating(x)).mean(axis=(2, 3))

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
