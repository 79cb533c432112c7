"""Convolutions of neural networks: a product with the windows of an input, laid out as columns."""

from __future__ import annotations

import math
import reprlib
from typing import Any

import numpy as np

from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable

from .base import Keeping, Operand, Value, apply, as_input, overwrite
from .shape import summed_to
from .windows import Col2Im, Im2Col, check_axes, once, per_axis, windows_on


class Layout:
    """How a convolution over inputs x with kernels w of these shapes is a product of matrices."""

    def __init__(
        self, x: tuple[int, ...], w: tuple[int, ...], axes: int, groups: int, *parameters: Any
    ) -> None:
        check(x, w, axes, groups)
        groups = int(groups)  # NumPy takes True for no length
        self._windows = windows_on(x, w[2:], *parameters).shape
        self._im2col = Im2Col(w[2:], *parameters)
        self._col2im = Col2Im(x[2:], w[2:], *parameters)
        count, within = self._windows[-axes:], math.prod(w[1:])
        self._kernels, self._result = w, (x[0], w[0], *count)
        # The same as matrices: one for each group, of each example but for the kernels.
        self._matrices = (groups, w[0] // groups, within)
        self._columns = (x[0], groups, within, math.prod(count))
        self._rows = (x[0], groups, w[0] // groups, math.prod(count))

    def columns(self, x: Value) -> Value:
        """Return the windows of x as columns."""
        return apply(self._im2col, x).reshape(self._columns)

    def convolved(self, columns: Value, w: Value) -> Value:
        """Return the convolution."""
        return np.matmul(w.reshape(self._matrices), columns).reshape(self._result)

    def spread(self, y: Value, w: Value) -> Value:
        """Return the transposed convolution of y, which is of a convolution's shape."""
        columns = np.matmul(w.reshape(self._matrices).swapaxes(-1, -2), y.reshape(self._rows))
        return apply(self._col2im, columns.reshape(self._windows))

    def of_kernels(self, y: Value, columns: Value) -> Value:
        """Return the gradient of the kernels, where y is that of the convolution."""
        g = np.matmul(y.reshape(self._rows), columns.swapaxes(-1, -2))
        return summed_to(g, (1, *self._matrices)).reshape(self._kernels)


layout = once(Layout)
KEPT = 2**20
"""Up to this size in bytes columns are kept for the gradient of the kernels: to lay them out again
takes a fifth of the backward pass. Those of a net's large pictures would fill the memory."""


def check(
    x: tuple[int, ...], w: tuple[int, ...], axes: int, groups: Any, transposed: bool = False
) -> None:
    """Refuse shapes that do not fit; NumPy's errors would name reshaped ones."""
    check_axes(x, axes + 2)
    if not isinstance(groups, (int, np.integer)) or groups < 1:
        raise ValueError(f"groups must be an int of at least 1, not {reprlib.repr(groups)}")
    if len(w) != axes + 2:
        raise ValueError(f"the kernels have {axes + 2} axes, two of them for channels")
    channels = w[0] if transposed else w[1] * groups
    if x[1] != channels:
        raise ValueError(
            f"the input has {x[1]} channels, and the kernels are for {channels} "
            f"({groups} group{'s' if groups > 1 else ''})"
        )
    if w[0] % groups:
        raise ValueError(f"groups={groups} does not divide {w[0]} kernels")


class Convolution(Keeping, optional=1):
    """y = the windows of x0 times the kernels x1, summed, plus the bias x2.

    Subclasses say over how many axes.
    """

    axes = 2
    has_bias = True

    def __init__(
        self, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: Any = 1
    ) -> None:
        self.stride, self.padding, self.dilation = stride, padding, dilation
        self.groups = groups

    def rule_text(self, rule: str) -> str:
        return rule if self.has_bias else rule.rpartition("; ")[0]

    def of(self, x: Operand, weight: Operand, bias: Operand | None) -> Variable:
        """Apply to operands, of which the bias may be None."""
        if bias is None:
            self.has_bias = False
            return self.on(x, weight)
        try:
            bias = as_input(bias)
        except TypeError:
            raise OperandError(
                f"{self.public_name}: bias must be a Variable or array, not {reprlib.repr(bias)}."
            ) from None
        return self.on(x, weight, bias)

    def forward(self, x0: Any, x1: Any, x2: Any = None) -> Any:
        layout = self.layout(x0.shape, x1.shape)
        columns = layout.columns(x0)
        if columns.nbytes <= KEPT:
            self.kept = (x0, x1), columns  # x1: its shape is that of the windows
        return self.shifted(layout.convolved(columns, x1), x2)

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

    def layout(self, x: tuple[int, ...], w: tuple[int, ...]) -> Layout:
        """Return how it is laid out for an input and kernels of these shapes."""
        return layout(x, w, self.axes, self.groups, self.stride, self.padding, self.dilation)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value, *_: Value) -> Value:
        return self.layout(x0.shape, x1.shape).spread(gy, x1)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value, *_: Value) -> Value:
        layout, columns = self.layout(x0.shape, x1.shape), self.kept_for(x0, x1)
        return layout.of_kernels(gy, layout.columns(x0) if columns is None else columns)

    def gx2(self, gy: Value, y: Value, x0: Value, x1: Value, x2: Value) -> Value:
        g = summed_to(gy, (1, x2.size, *(1,) * self.axes))
        return (g.copy() if g is gy else g).reshape(x2.shape)


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
        parameters = self.groups, self.stride, self.padding, self.dilation, self.output_padding
        layout = self.layout(transposed(x0.shape, x1.shape, *parameters), x1.shape)
        return self.shifted(layout.spread(x0, x1), x2)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value, *_: Value) -> Value:
        layout = self.layout(gy.shape, x1.shape)
        return layout.convolved(layout.columns(gy), x1)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value, *_: Value) -> Value:
        layout = self.layout(gy.shape, x1.shape)
        return layout.of_kernels(x0, layout.columns(gy))


@once
def transposed(
    x: tuple[int, ...], w: tuple[int, ...], groups: Any, *parameters: Any
) -> tuple[int, ...]:
    """Return the shape of a transposed convolution."""
    check(x, w, 2, groups, True)
    names = ("stride", "padding", "dilation", "output_padding")
    sizes = [per_axis(size, 2, name) for size, name in zip(parameters, names, strict=True)]
    if any(not 0 <= m < s for m, s in zip(sizes[3], sizes[0], strict=True)):
        raise ValueError(f"output_padding must be below the stride, not {parameters[3]!r}")
    lengths = [
        (n - 1) * s - 2 * p + d * (k - 1) + 1 + m
        for n, k, s, p, d, m in zip(x[2:], w[2:], *sizes, strict=True)
    ]
    return (x[0], w[1] * groups, *lengths)


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
    """
    op = ConvTranspose2d(stride, padding, dilation, groups, output_padding)
    return op.of(x, weight, bias)
