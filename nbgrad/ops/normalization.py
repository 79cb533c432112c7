"""Normalization and dropout."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nbgrad.engine import recording
from nbgrad.engine.errors import OperandError, ShapeError
from nbgrad.engine.variable import Variable

from .axes import Axis, norm_axis
from .base import Keeping, Operand, Operation, Value, apply, as_input, as_operand, overwrite, plain
from .precision import floating, joint_dtype, number, smallest, widened
from .shape import summed_to
from .statistics import Centre, Std, Var

TINY = 1e-30
"""An eps below which squares of small deviations count, that may leave the dtype."""


class Norm(Keeping):
    """An operation that begins with n = (x - mean x) / √(var x + eps), over axes."""

    def __init__(self, axis: Axis = -1, eps: float = 1e-5) -> None:
        self.axis, self.eps = axis, eps

    def computed(self, x: Any) -> tuple[Any, Any]:
        """Return n and the divisor, of float16 as float32, and keep them."""
        wide = x if x.dtype.char in "fd" else widened(floating(x))
        # NumPy's means take twice as long for a small array.
        total = np.add.reduce(wide, axis=self.axis, keepdims=True)
        count = wide.size // (total.size or 1) or 1
        mean = total / count
        d = wide - mean
        total = np.add.reduce(d * d, axis=self.axis, keepdims=True)
        divisor = np.sqrt(total / count + number(self.eps, wide))
        if self.eps < TINY or not _is_exact(mean, divisor):
            d, divisor = self._with_care(wide)
        found = overwrite(np.divide, d, divisor), divisor
        self.kept = (x,), found
        return found

    def n_of(self, x: Value) -> Value:
        """Return n: recorded, of a Variable."""
        if isinstance(x, Variable):
            return Standardize(self.axis, self.eps).on(x)
        n: Value = (self.kept_for(x) or self.computed(x))[0]
        return n

    def _with_care(self, x: Value) -> tuple[Value, Value]:
        """Return the deviations, and √(var x + eps), also where var x is beyond the dtype."""
        d = apply(Centre(self.axis), x)
        v = apply(Var(self.axis, 0, True), d)
        if np.isfinite(plain(v)).all() and (plain(v) + self.eps >= smallest(x.dtype)).all():
            return d, np.sqrt(v + self.eps)
        return d, np.hypot(apply(Std(self.axis, 0, True), d), number(math.sqrt(self.eps), x))

    def through_n(self, g: Value, n: Value, x: Value) -> Value:
        """Return the gradient of x from that of n."""
        if isinstance(x, Variable):
            along = (g * n).mean(self.axis, True)
            divisor = self._with_care(widened(floating(x)))[1]
            return (g - g.mean(self.axis, True) - n * along) / divisor
        _, divisor = self.kept_for(x) or self.computed(x)
        along = np.add.reduce(g * n, axis=self.axis, keepdims=True)
        count = g.size // (along.size or 1) or 1
        gx = g - np.add.reduce(g, axis=self.axis, keepdims=True) / count
        gx -= n * (along / count)
        gx /= divisor
        return gx


def _is_exact(mean: Any, divisor: Any) -> bool:
    """Whether deviations from a mean are exact, and their squares within the dtype.

    Where elements differ by little, the mean's rounding counts.
    """
    if not divisor.size:
        return True
    near = np.absolute(mean) < 10.0 * divisor
    # The place of an extreme is found in half the time of a reduction.
    return bool(near.item(near.argmin()) and divisor.item(divisor.argmax()) < math.inf)


class Standardize(Norm):
    """y = (x - mean x) / √(var x + eps), over axes."""

    def forward(self, x: Any) -> Any:
        return self.computed(x)[0].astype(floating(x).dtype, copy=False)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        n = y if isinstance(x, Variable) else self.n_of(x)
        return self.through_n(widened(gy), n, x)


class LayerNorm(Norm, optional=1):
    """y = n · x1 + x2, where n is x0 standardized over axes.

    Attributes
    ----------
    ones : tuple of int
        The axes of length 1 that a weight and a bias lack to broadcast to x.
    """

    ones: tuple[int, ...] = ()

    def of(self, x: Operand, weight: Operand | None, bias: Operand | None) -> Variable:
        """Apply to operands, of which weight and bias may be None."""
        if weight is None:
            if bias is None:
                return Standardize(self.axis, self.eps).on(x)
            weight = 1.0
        return self.on(x, weight) if bias is None else self.on(x, weight, bias)

    def forward(self, x0: Any, x1: Any, x2: Any = None) -> Any:
        y = self.computed(x0)[0] * (self.aligned(x1) if self.ones else x1)
        if x2 is not None:
            y = y + (self.aligned(x2) if self.ones else x2)
        if x0.dtype.char != "e":
            return y
        return y.astype(joint_dtype(x0, x1, x1 if x2 is None else x2), copy=False)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value, *_: Value) -> Value:
        g = widened(gy) * (self.aligned(x1) if self.ones else x1)
        g = g if g.shape == x0.shape else summed_to(g, x0.shape)
        return self.through_n(g, self.n_of(x0), x0)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value, *_: Value) -> Value:
        g = gy * self.n_of(x0)
        return self.summed(g, x1) if self.ones else summed_to(g, x1.shape)

    def gx2(self, gy: Value, y: Value, x0: Value, x1: Value, x2: Value) -> Value:
        if gy.shape == x2.shape:
            return np.copy(gy)
        return self.summed(gy, x2) if self.ones else summed_to(gy, x2.shape)

    def aligned(self, parameter: Value) -> Value:
        """Return what has an element for each channel in a shape that broadcasts to x."""
        return np.reshape(parameter, (-1, *self.ones))

    def summed(self, g: Value, parameter: Value) -> Value:
        """Sum a gradient to the shape of a parameter that was aligned."""
        return summed_to(g, (parameter.size, *self.ones)).reshape(parameter.shape)


class BatchNorm(LayerNorm):
    """y = n · x1 + x2, where n is x0 standardized over all axes but that of the channels."""

    def __init__(self, ndim: int, eps: float = 1e-5) -> None:
        super().__init__((0, *range(2, ndim)), eps)
        self.ones = (1,) * (ndim - 2)


class Dropout(Operation):
    """y = x / (1 - p) for elements drawn with probability 1 - p, else 0."""

    def __init__(self, p: float, rng: Any = None) -> None:
        self.p = p
        self.rng = rng
        self.factors: Any = None

    def forward(self, x: Any) -> Any:
        x = floating(x)
        if self.factors is None:
            drawn = self.rng.random(np.shape(x)) >= self.p
            self.factors = drawn.astype(x.dtype) / x.dtype.type(1.0 - self.p or 1.0)
            self.rng = None
        return x * self.factors

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy * self.factors


_default_generator: list[np.random.Generator] = []
"""nbgrad's own generator, once it has been needed."""


def dropout(x: Operand, p: float = 0.5, training: bool = True, rng: Any = None) -> Variable:
    """Set elements to 0 with probability p and scale the others, so that the mean stays.

    Parameters
    ----------
    p : float
        From 0 to 1.
    training : bool
        If False, return x.
    rng : int or numpy.random.Generator, optional
        A seed, or where to draw from; by default nbgrad's own generator, which leaves
        ``numpy.random`` as it is.

    Raises
    ------
    OperandError
        If p is not from 0 to 1.
    """
    if not 0 <= p <= 1:
        raise OperandError(f"dropout: the probability p is from 0 to 1, not {p!r}.")
    if not training:
        return as_input(x)
    if isinstance(x, Variable):
        recording.looked(x, "dropout, which draws anew in each call")
    if rng is None:
        if not _default_generator:
            _default_generator.append(np.random.default_rng())
        rng = _default_generator[0]
    return Dropout(p, np.random.default_rng(rng)).on(x)


def standardize(x: Operand, axis: Axis = -1, eps: float = 1e-5) -> Variable:
    """Shift and scale to mean 0 and variance 1 over axes."""
    return Standardize(norm_axis(axis), eps).on(x)


def layer_norm(
    x: Operand,
    weight: Operand | None = None,
    bias: Operand | None = None,
    axis: Axis = -1,
    eps: float = 1e-5,
) -> Variable:
    """Layer normalization: mean 0 and variance 1 over the features of each example.

    Parameters
    ----------
    weight, bias : Variable or array, optional
        The scale and shift after it; they broadcast to x.
    axis : int or tuple of int
        The features: the last axis by default.
    """
    axis = axis if type(axis) is int else norm_axis(axis)
    return LayerNorm(axis, eps).of(x, weight, bias)


def batch_norm(
    x: Operand,
    weight: Operand | None = None,
    bias: Operand | None = None,
    mean: Operand | None = None,
    var: Operand | None = None,
    eps: float = 1e-5,
) -> Variable:
    """Batch normalization: mean 0 and variance 1 of each channel over the batch.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, ...)
    weight, bias : Variable or array, shape (channels,), optional
        The scale and shift after it.
    mean, var : Variable or array, shape (channels,), optional
        Statistics to use in place of the batch's, as in prediction.

    Raises
    ------
    ShapeError
        If x has no axis of channels.
    """
    x = as_input(x)
    if x.ndim < 2:
        raise ShapeError(f"batch_norm takes the axes (batch, channels, ...), not shape {x.shape}.")
    if (mean is None) != (var is None):
        raise OperandError("batch_norm takes mean and var together, or neither.")
    op = BatchNorm(x.ndim, eps)
    if mean is None or var is None:
        return op.of(x, weight, bias)
    mean, var = (op.aligned(as_operand(v)) for v in (mean, var))
    y: Variable = (x - mean) / np.sqrt(var + eps)
    if weight is not None:
        y = y * op.aligned(as_operand(weight))
    return y if bias is None else y + op.aligned(as_operand(bias))
