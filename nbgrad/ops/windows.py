"""Windows that move over the last axes of (batch, channels, ...).

`im2col` lays them out as columns, `col2im` adds columns back to where they came from, and each of
the two is the other's derivative.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable
from functools import cached_property, lru_cache, wraps
from itertools import product
from typing import Any, TypeVar

import numpy as np

from nbgrad.engine.arrays import broadcastable
from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, apply
from .shape import summed_to

_T = TypeVar("_T")


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
    """Windows of one size on the last axes of an array of one shape.

    Attributes
    ----------
    shape : tuple of int
        Of all windows: batch, channels, the axes of a window, and how many there are along each.
    kernel, padding : tuple of int
        One number per axis.
    padded : tuple of int
        The array's shape with the margin.
    inner : tuple
        The index of the array in its padded one.
    parts : list of (index, index)
        Of each element of a window: where it is in all windows, and in the padded array.
    apart : bool
        Whether no two windows overlap.
    is_small : bool
        Whether a call of NumPy takes longer than what it computes of all windows.
    """

    def __init__(
        self, shape: tuple[int, ...], kernel_size: Any, stride: Any, padding: Any, dilation: Any
    ) -> None:
        n = _axes(kernel_size)
        self.kernel = kernel = per_axis(kernel_size, n, "kernel_size")
        check_axes(shape, n + 2)
        self.padding = padding = per_axis(padding, n, "padding")
        stride, dilation = per_axis(stride, n, "stride"), per_axis(dilation, n, "dilation")
        if min(stride + dilation + kernel) < 1 or min(padding) < 0:
            raise ValueError(
                f"a window of {kernel} moves by at least 1: stride={stride}, "
                f"dilation={dilation}, and padding={padding} is not negative"
            )
        spans = tuple(d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True))
        lengths = tuple(m + 2 * p for m, p in zip(shape[2:], padding, strict=True))
        room = [m - span for m, span in zip(lengths, spans, strict=True)]
        if min(room) < 0:
            raise ValueError(
                f"a window that spans {spans} does not fit into {shape[2:]} with padding {padding}"
            )
        count = [r // s + 1 for r, s in zip(room, stride, strict=True)]
        self.shape = (*shape[:2], *kernel, *count)
        self.padded = (*shape[:2], *lengths)
        inner = [slice(p, p + m) for m, p in zip(shape[2:], padding, strict=True)]
        self.inner = (*_LEADING, *inner)
        along = [
            [slice(o * d, o * d + s * (m - 1) + 1, s) for o in range(k)]
            for k, d, s, m in zip(kernel, dilation, stride, count, strict=True)
        ]
        self.parts = [
            (_LEADING + offset, _LEADING + where)
            for offset, where in zip(np.ndindex(kernel), product(*along), strict=True)
        ]
        self.apart = all(s >= span for s, span in zip(stride, spans, strict=True))
        self.is_small = math.prod(shape[:2]) * math.prod(count) < _SMALL
        after = [math.prod(self.padded[i + 1 :]) for i in range(n + 2)]
        self._within = [m * d for m, d in zip(after[2:], dilation, strict=True)]
        self._between = [m * s for m, s in zip(after, (1, 1, *stride), strict=True)]

    @cached_property
    def steps(self) -> Any:
        """How much further each element of a window is in the padded array, in one dimension."""
        return np.inner(list(np.ndindex(self.kernel)), self._within)

    @cached_property
    def corners(self) -> tuple[Any, Any]:
        """Where windows begin in the padded array, in one dimension: two arrays that add up to it."""
        count = (*self.shape[:2], *self.shape[2 + len(self.kernel) :])
        *rows, last = np.ix_(*[np.arange(m) * s for m, s in zip(count, self._between, strict=True)])
        return sum(rows), last

    def view(self, padded: Any) -> Any:
        """Return all windows of a padded array, as a view of it."""
        if not padded.size:
            return np.empty(self.shape, padded.dtype)
        padded = np.ascontiguousarray(padded)
        steps = (*self._between[:2], *self._within, *self._between[2:])
        strides = [n * padded.itemsize for n in steps]
        return np.ndarray(self.shape, padded.dtype, padded, 0, strides)

    def add_up(self, x: Any) -> Any:
        """Return the array to which windows are added up where they stand; they may broadcast."""
        y = np.zeros(self.padded, x.dtype)
        if self.is_small and self.apart:
            self.view(y)[...] = x
            return self.without_margin(y)
        x = x if x.shape == self.shape else np.broadcast_to(x, self.shape)
        if self.is_small:
            places = _elements if x.size <= _FEW else _elements.__wrapped__
            np.add.at(y.reshape(-1), places(self), x.reshape(-1))
        else:
            for offset, where in self.parts:
                part = y[where]
                np.add(part, x[offset], part)  # y[where] += … would copy it to itself
        return self.without_margin(y)

    def with_margin(self, x: Any, fill: float = 0.0) -> Any:
        """Return an array with the margin around it: `np.pad` takes longer on small ones."""
        if x.shape == self.padded:
            return x
        y: Any = np.full(self.padded, fill, x.dtype)
        y[self.inner] = x
        return y

    def without_margin(self, x: Value) -> Value:
        """Return a padded array without the margin."""
        return x[self.inner].copy() if any(self.padding) else x


_LEADING: tuple[Any, ...] = (slice(None), slice(None))
"""The index of the batch and the channels."""
_SMALL = 2048
"""Of fewer windows, a call of NumPy takes longer than what it computes."""
_FEW = 2**17
"""Of so many elements the places are kept: 1 MB. A kernel of 64 x 64 would hold 30 times as much."""


def once(work_out: Callable[..., _T]) -> Callable[..., _T]:
    """Work out once for the same arguments: shapes and parameters."""
    known = lru_cache(maxsize=256, typed=True)(work_out)

    @wraps(work_out)
    def found(*parameters: Any) -> _T:
        try:
            return known(*parameters)
        except TypeError:  # lists have no hash
            return work_out(*parameters)

    return found


windows_on = once(Windows)


@once
def windows_behind(shape: tuple[int, ...], size: Any, kernel_size: Any, *others: Any) -> Windows:
    """Return the windows on axes of a size, to all of which an array of a shape broadcasts."""
    size = per_axis(size, _axes(kernel_size), "size")
    found = windows_on((*shape[:2], *size), kernel_size, *others)
    if len(shape) != len(found.shape) or not broadcastable(shape, found.shape):
        raise ValueError(
            f"windows of an array of {size} have the axes {found.shape[2:]}, not {shape[2:]}"
        )
    return found


@lru_cache(maxsize=16)
def _elements(windows: Windows) -> Any:
    """Return where each element of all windows is in the padded array, in one dimension."""
    places = np.arange(math.prod(windows.padded)).reshape(windows.padded)
    return windows.view(places).reshape(-1)


def _axes(kernel_size: Any) -> int:
    return 1 if np.ndim(kernel_size) and len(kernel_size) == 1 else 2


class Im2Col(Operation):
    """y = the windows of x, as axes of their own."""

    def __init__(
        self, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1
    ) -> None:
        self.kernel_size, self.stride = kernel_size, stride
        self.padding, self.dilation = padding, dilation

    def forward(self, x: Any) -> Any:
        windows = windows_on(x.shape, self.kernel_size, self.stride, self.padding, self.dilation)
        y = windows.view(windows.with_margin(x))
        y.flags.writeable = False  # it may be x itself
        return np.ascontiguousarray(y)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return apply(
            Col2Im(x.shape[2:], self.kernel_size, self.stride, self.padding, self.dilation), gy
        )


class Col2Im(Im2Col):
    """y = windows added up where they stand."""

    def __init__(
        self, size: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1
    ) -> None:
        super().__init__(kernel_size, stride, padding, dilation)
        self.size = size

    def forward(self, x: Any) -> Any:
        return windows_behind(
            x.shape, self.size, self.kernel_size, self.stride, self.padding, self.dilation
        ).add_up(x)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        g = apply(Im2Col(self.kernel_size, self.stride, self.padding, self.dilation), gy)
        return summed_to(g, x.shape)


def check_axes(shape: tuple[int, ...], axes: int) -> None:
    """Refuse an input that does not have the axes of a batch of pictures or of signals."""
    if len(shape) != axes:
        names = "height, width" if axes == 4 else "length"
        raise ValueError(
            f"the input must have the axes (batch, channels, {names}), not the shape {shape}; "
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
        Or one that broadcasts to it.
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
