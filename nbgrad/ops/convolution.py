"""Convolutions of neural networks: a product with the windows of an input, laid out as columns."""

from __future__ import annotations

import math
import reprlib
from typing import Any

import numpy as np

from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, apply, as_input, overwrite
from .shape import summed_to
from .windows import Col2Im, Im2Col, check_axes, per_axis


class Convolution(Operation, optional=1):
    """y = the windows of x0 times the kernels x1, summed, plus the bias x2.

    Subclasses say over how many axes.
    """

    axes = 2

    def __init__(
        self, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: Any = 1
    ) -> None:
        self.stride, self.padding, self.dilation = stride, padding, dilation
        self.groups = groups

    def columns(self, kernel: tuple[int, ...]) -> Im2Col:
        """Return the operation that lays out the windows."""
        return Im2Col(kernel, self.stride, self.padding, self.dilation)

    def check(self, x: Any, w: Any, axis: int) -> None:
        """Refuse shapes that do not fit; NumPy's errors would name reshaped ones.

        The kernels' axis of the input's channels is `axis`: 1, of each group, or 0, of all.
        """
        check_axes(x, self.axes + 2)
        if not isinstance(self.groups, (int, np.integer)) or self.groups < 1:
            groups = reprlib.repr(self.groups)
            raise ValueError(f"groups must be an int of at least 1, not {groups}")
        if w.ndim != self.axes + 2:
            raise ValueError(f"the kernels have {self.axes + 2} axes, two of them for channels")
        channels = w.shape[axis] * (self.groups if axis else 1)
        if x.shape[1] != channels:
            raise ValueError(
                f"the input has {x.shape[1]} channels, and the kernels are for {channels} "
                f"({self.groups} group{'s' if self.groups > 1 else ''})"
            )
        if w.shape[0] % self.groups:
            raise ValueError(f"groups={self.groups} does not divide {w.shape[0]} kernels")

    def of(self, x: Operand, weight: Operand, bias: Operand | None) -> Variable:
        """Apply to operands, of which the bias may be None."""
        if bias is None:
            return self.on(x, weight)
        try:
            bias = as_input(bias)
        except TypeError:
            raise OperandError(
                f"{self.public_name}: bias must be a Variable or array, not {reprlib.repr(bias)}."
            ) from None
        return self.on(x, weight, bias)

    def forward(self, x0: Any, x1: Any, x2: Any = None) -> Any:
        self.check(x0, x1, 1)
        return self.shifted(self.convolved(x0, x1), x2)

    def shifted(self, y: Any, bias: Any) -> Any:
        """Add the bias, if there is one, to an array that nothing else refers to."""
        if bias is None:
            return y
        if bias.size not in (1, y.shape[1]):
            raise ValueError(
                f"bias must have an element for each of the {y.shape[1]} kernels, "
                f"not the shape {bias.shape}"
            )
        bias = bias.reshape(-1, *(1,) * self.axes)
        return overwrite(np.add, y, bias) if bias.dtype == y.dtype else y + bias

    def convolved(self, x: Value, w: Value) -> Value:
        """Return the convolution, of arrays or of Variables."""
        columns = apply(self.columns(w.shape[2:]), x)
        y = np.matmul(self.as_matrices(w), self.in_groups(columns))
        return y.reshape(x.shape[0], w.shape[0], *columns.shape[-self.axes :])

    def spread(self, y: Value, w: Value, size: tuple[int, ...]) -> Value:
        """Return what `convolved` is the transpose of: its gradient with respect to x."""
        matrices = self.as_matrices(w).swapaxes(-1, -2)
        columns = np.matmul(matrices, self.in_groups(y))
        channels = w.shape[1] * self.groups
        columns = columns.reshape(y.shape[0], channels, *w.shape[2:], *y.shape[2:])
        back = Col2Im(size, w.shape[2:], self.stride, self.padding, self.dilation)
        return apply(back, columns)

    def of_kernels(self, y: Value, x: Value, shape: tuple[int, ...]) -> Value:
        """Return the gradient of `convolved` with respect to w."""
        columns = apply(self.columns(shape[2:]), x)
        g = np.matmul(self.in_groups(y), self.in_groups(columns).swapaxes(-1, -2))
        return summed_to(g, (1, *g.shape[1:])).reshape(shape)

    def as_matrices(self, w: Value) -> Value:
        """Return kernels as one matrix per group."""
        rows = w.shape[0] // self.groups
        return w.reshape(self.groups, rows, math.prod(w.shape[1:]))

    def in_groups(self, y: Value) -> Value:
        """Return channels, and what belongs to them, as rows of one matrix per group."""
        columns = math.prod(y.shape[-self.axes :])
        rows = math.prod(y.shape[1 : -self.axes]) // self.groups
        return y.reshape(y.shape[0], self.groups, rows, columns)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value, *_: Value) -> Value:
        return self.spread(gy, x1, x0.shape[2:])

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value, *_: Value) -> Value:
        return self.of_kernels(gy, x0, x1.shape)

    def gx2(self, gy: Value, y: Value, x0: Value, x1: Value, x2: Value) -> Value:
        return summed_to(gy, (x2.size, *(1,) * self.axes)).reshape(x2.shape)


class Conv1d(Convolution):
    """y = the windows of x0 along one axis times the kernels x1, summed, plus the bias x2."""

    axes = 1


class Conv2d(Convolution):
    """y = the windows of x0 over two axes times the kernels x1, summed, plus the bias x2."""


class ConvTranspose2d(Convolution):
    """y = the kernels x1, each times an element of x0, added up where they stand, plus the bias x2."""

    def __init__(
        self,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        output_padding: Any = 0,
    ) -> None:
        super().__init__(stride, padding, dilation, groups)
        self.output_padding = output_padding

    def forward(self, x0: Any, x1: Any, x2: Any = None) -> Any:
        self.check(x0, x1, 0)
        windows = self.columns(x1.shape[2:]).windows(2)
        more = per_axis(self.output_padding, 2, "output_padding")
        size = tuple(
            (n - 1) * s - 2 * p + d * (k - 1) + 1 + m
            for n, s, p, d, k, m in zip(
                x0.shape[2:], windows.stride, windows.padding, windows.dilation, windows.kernel,
                more, strict=True,
            )
        )  # fmt: skip
        if any(not 0 <= m < s for m, s in zip(more, windows.stride, strict=True)):
            raise ValueError(
                f"output_padding must be below the stride, not {self.output_padding!r}"
            )
        return self.shifted(self.spread(x0, x1, size), x2)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value, *_: Value) -> Value:
        return self.convolved(gy, x1)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value, *_: Value) -> Value:
        return self.of_kernels(x0, gy, x1.shape)


def conv1d(
    x: Operand,
    weight: Operand,
    bias: Operand | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Variable:
    """Convolution along one axis, as in nets: the kernels are not reversed.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, length)
    weight : Variable or array, shape (kernels, channels / groups, k)
    bias : Variable or array, shape (kernels,), optional
    stride, padding, dilation : int
        The step of the window, zeros at either end, and the step within the window.
    groups : int
        Into how many parts channels and kernels are divided, each convolved by itself.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    """
    return Conv1d(stride, padding, dilation, groups).of(x, weight, bias)


def conv2d(
    x: Operand,
    weight: Operand,
    bias: Operand | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Variable:
    """Convolution over two axes, as in nets: the kernels are not reversed.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, height, width)
    weight : Variable or array, shape (kernels, channels / groups, kh, kw)
    bias : Variable or array, shape (kernels,), optional
    stride, padding, dilation : int or pair of int
        The step of the window, zeros on each side, and the step within the window.
    groups : int
        Into how many parts channels and kernels are divided, each convolved by itself.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    """
    return Conv2d(stride, padding, dilation, groups).of(x, weight, bias)


def conv_transpose2d(
    x: Operand,
    weight: Operand,
    bias: Operand | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Variable:
    """Transposed convolution over two axes: from a small picture to a large one.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, height, width)
    weight : Variable or array, shape (channels, kernels / groups, kh, kw)
    bias : Variable or array, shape (kernels,), optional
    stride, padding, dilation, groups
        Of the convolution that leads back.
    output_padding : int or pair of int
        Rows and columns added below and to the right.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    """
    op = ConvTranspose2d(stride, padding, dilation, groups, output_padding)
    return op.of(x, weight, bias)
