"""Windows that move over the last axes of (batch, channels, ...).

`im2col` lays them out as columns, `col2im` adds columns back to where they came from, and each of
the two is the other's derivative.
"""

from __future__ import annotations

import math
import reprlib
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, apply


def per_axis(size: Any, axes: int, name: str) -> tuple[int, ...]:
    """Return a size, an int for all axes or one per axis, as a tuple."""
    if type(size) is int:
        return (size,) * axes
    if type(size) is tuple and len(size) == axes and {*map(type, size)} == {int}:
        return size
    sizes = size if np.ndim(size) else (size,) * axes
    if len(sizes) != axes or not all(_is_whole(n) for n in sizes):
        few = "an int" if axes == 1 else f"an int or {axes} of them"
        same = size in ("same", "valid") if isinstance(size, str) else False
        instead = ". With a stride of 1, dilation * (k - 1) // 2 keeps the size" if same else ""
        raise ValueError(f"{name} must be {few}, not {reprlib.repr(size)}{instead}")
    return tuple(int(n) for n in sizes)


def _is_whole(n: Any) -> bool:
    return isinstance(n, (int, float, np.integer, np.floating)) and n == n // 1


class Windows:
    """How a window of one size moves over the last axes."""

    def __init__(
        self, kernel: tuple[int, ...], stride: Any = 1, padding: Any = 0, dilation: Any = 1
    ) -> None:
        n = len(kernel)
        self.kernel = kernel
        self.stride = per_axis(stride, n, "stride")
        self.padding = per_axis(padding, n, "padding")
        self.dilation = per_axis(dilation, n, "dilation")
        if min(self.stride + self.dilation + kernel) < 1 or min(self.padding) < 0:
            raise ValueError(
                f"a window of {kernel} moves by at least 1: stride={self.stride}, "
                f"dilation={self.dilation}, and padding={self.padding} is not negative"
            )

    def over(self, lengths: tuple[int, ...]) -> Places:
        """Return where it stands on axes of these lengths."""
        return _places(self, lengths)


class Places:
    """Where windows stand on the last axes of an array.

    Attributes
    ----------
    count : tuple of int
        How many there are along each axis.
    padded : tuple of int
        The lengths of the axes with the margin.
    inner : tuple
        The index of the array in its padded one.
    parts : list of (index, index)
        Of each element of a window: where it is in the columns, and in the padded array.
    corners : array of int, shape count
        Where each window begins in the padded array, in one dimension.
    steps : list of int
        How much further each element of a window is.
    """

    def __init__(self, windows: Windows, lengths: tuple[int, ...]) -> None:
        kernel, stride, dilation = windows.kernel, windows.stride, windows.dilation
        spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
        self.kernel, self.padding = kernel, windows.padding
        self.padded = tuple(n + 2 * p for n, p in zip(lengths, self.padding, strict=True))
        room = [n - span for n, span in zip(self.padded, spans, strict=True)]
        if min(room, default=0) < 0:
            raise ValueError(
                f"a window that spans {tuple(spans)} does not fit into {lengths} with "
                f"padding {self.padding}"
            )
        self.count = tuple(r // s + 1 for r, s in zip(room, stride, strict=True))
        self.inner = tuple(slice(p, p + n) for n, p in zip(lengths, self.padding, strict=True))
        along = [
            [slice(o * d, o * d + s * (m - 1) + 1, s) for o in range(k)]
            for k, d, s, m in zip(kernel, dilation, stride, self.count, strict=True)
        ]
        offsets = product(*map(range, kernel))
        self.parts = [
            (_LEADING + o, _LEADING + w) for o, w in zip(offsets, product(*along), strict=True)
        ]
        rows = [math.prod(self.padded[i + 1 :]) for i in range(len(kernel))]
        self._within = [n * d for n, d in zip(rows, dilation, strict=True)]
        self._between = [n * s for n, s in zip(rows, stride, strict=True)]
        self.steps = np.inner(list(np.ndindex(kernel)), self._within).tolist()
        self.corners = np.tensordot(self._between, np.indices(self.count), 1)

    def columns(self, x: Any) -> Any:
        """Return all windows of an array, shape (..., *kernel, *count), mostly without a copy."""
        x = np.ascontiguousarray(self.with_margin(x))
        shape = (*x.shape[:2], *self.kernel, *self.count)
        if not x.size:
            return np.empty(shape, x.dtype)
        strides = (*x.strides[:2], *[n * x.itemsize for n in self._within + self._between])
        y: Any = np.ndarray(shape, x.dtype, x, 0, strides)
        y.flags.writeable = False
        return y

    def with_margin(self, x: Any, fill: float = 0.0) -> Any:
        """Return an array with the margin around it: `np.pad` takes longer on small ones."""
        if not any(self.padding):
            return x
        y: Any = np.full((*x.shape[:2], *self.padded), fill, x.dtype)
        y[_LEADING + self.inner] = x
        return y

    def without_margin(self, x: Value) -> Value:
        """Return a padded array without the margin."""
        return x[_LEADING + self.inner].copy() if any(self.padding) else x


_LEADING: tuple[Any, ...] = (slice(None), slice(None))
"""The index of the batch and the channels."""
_SMALL = 2048
"""Of fewer elements, a call of NumPy takes longer than its sums."""


@lru_cache(maxsize=256)
def _windows(axes: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any) -> Windows:
    return Windows(per_axis(kernel_size, axes, "kernel_size"), stride, padding, dilation)


_places = lru_cache(maxsize=256)(Places)


@lru_cache(maxsize=16)
def _elements(places: Places, pictures: int) -> Any:
    """Return where each element of the columns is in so many padded pictures, in one dimension."""
    starts = np.arange(pictures) * math.prod(places.padded)
    return np.add.outer(starts, np.add.outer(places.steps, places.corners)).reshape(-1)


class Im2Col(Operation):
    """y = the windows of x, as axes of their own."""

    def __init__(
        self, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1
    ) -> None:
        self.kernel_size, self.stride = kernel_size, stride
        self.padding, self.dilation = padding, dilation

    def windows(self, axes: int = 2) -> Windows:
        """Return where the windows stand."""
        given = axes, self.kernel_size, self.stride, self.padding, self.dilation
        try:
            return _windows(*given)
        except TypeError:  # lists have no hash
            return _windows.__wrapped__(*given)

    def forward(self, x: Any) -> Any:
        one_axis = x.ndim == 3 and np.ndim(self.kernel_size) and len(self.kernel_size) == 1
        check_axes(x, 3 if one_axis else 4)
        return np.ascontiguousarray(self.windows(x.ndim - 2).over(x.shape[2:]).columns(x))

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return apply(
            Col2Im(x.shape[2:], self.kernel_size, self.stride, self.padding, self.dilation), gy
        )


class Col2Im(Im2Col):
    """y = windows added up where they stand."""

    def __init__(
        self,
        size: Any,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
    ) -> None:
        super().__init__(kernel_size, stride, padding, dilation)
        self.size = size

    def forward(self, x: Any) -> Any:
        n = 1 if np.ndim(self.kernel_size) and len(self.kernel_size) == 1 else 2
        size = per_axis(self.size, n, "size")
        places = self.windows(n).over(size)
        if x.shape[2:] != (*places.kernel, *places.count):
            raise ValueError(
                f"windows of an array of {size} have the axes "
                f"{(*places.kernel, *places.count)}, not {x.shape[2:]}"
            )
        y = np.zeros((*x.shape[:2], *places.padded), x.dtype)
        if x.size < _SMALL * len(places.parts):
            np.add.at(y.reshape(-1), _elements(places, x.shape[0] * x.shape[1]), x.reshape(-1))
            return places.without_margin(y)
        for offset, where in places.parts:
            part = y[where]
            np.add(part, x[offset], part)  # y[where] += … would copy it to itself
        return places.without_margin(y)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return apply(Im2Col(self.kernel_size, self.stride, self.padding, self.dilation), gy)


def check_axes(x: Any, axes: int) -> None:
    """Refuse an input that does not have the axes of a batch of pictures or of signals."""
    if x.ndim != axes:
        names = "height, width" if axes == 4 else "length"
        raise ValueError(
            f"the input must have the axes (batch, channels, {names}), not the shape {x.shape}; "
            "x[None] adds an axis for the batch"
        )


def im2col(
    x: Operand, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1
) -> Variable:
    """Windows of pictures, laid out as axes of their own.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, height, width)
    kernel_size, stride, padding, dilation : int or pair of int
        As in `conv2d`.

    Returns
    -------
    Variable, shape (batch, channels, kh, kw, rows, columns)

    Raises
    ------
    ShapeError
        If the window does not fit.
    """
    return Im2Col(kernel_size, stride, padding, dilation).on(x)


def col2im(
    x: Operand,
    size: tuple[int, int],
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
) -> Variable:
    """Add windows up where they stand: what undoes `im2col`.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, kh, kw, rows, columns)
    size : pair of int
        Height and width of the result.
    kernel_size, stride, padding, dilation : int or pair of int
        As in `conv2d`.

    Raises
    ------
    ShapeError
        If x does not have the shape of windows.
    """
    return Col2Im(size, kernel_size, stride, padding, dilation).on(x)
