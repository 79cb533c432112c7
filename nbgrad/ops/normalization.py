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
from .precision import floating, number, smallest, widened
from .reduction import Mean
from .shape import reshape
from .statistics import Centre, Std, Var

TINY = 1e-30
"""An eps below which squares of small deviations count, that may leave the dtype."""


class Standardize(Keeping):
    """y = (x - mean x) / √(var x + eps), over axes."""

    def __init__(self, axis: Axis = -1, eps: float = 1e-5) -> None:
        self.axis, self.eps = axis, eps
        self.mean = Mean(axis, True)

    def forward(self, x: Any) -> Any:
        y, divisor = self._computed(x)
        self.kept = (x,), divisor
        return y.astype(floating(x).dtype, copy=False)

    def _computed(self, x: Any) -> tuple[Any, Any]:
        """Return the result, and what the deviations are divided by."""
        wide = widened(floating(x))
        mean = self.mean.forward(wide)
        d = wide - mean
        divisor = np.sqrt(self.mean.forward(d * d) + number(self.eps, wide))
        # A rounded mean counts where elements differ by little; squares may leave the dtype.
        exact = (np.absolute(mean) < 10.0 * divisor) & (divisor < np.inf)
        if self.eps < TINY or not np.logical_and.reduce(exact, None):
            d, divisor = self._with_care(wide)
        return overwrite(np.divide, d, divisor), divisor

    def _with_care(self, x: Value) -> tuple[Value, Value]:
        """Return the deviations, and √(var x + eps), also where var x is beyond the dtype."""
        d = apply(Centre(self.axis), x)
        v = apply(Var(self.axis, 0, True), d)
        if np.isfinite(plain(v)).all() and (plain(v) + self.eps >= smallest(x.dtype)).all():
            return d, np.sqrt(v + self.eps)
        return d, np.hypot(apply(Std(self.axis, 0, True), d), number(math.sqrt(self.eps), x))

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        g = widened(gy)
        mean, along = apply(self.mean, g), apply(self.mean, g * y)
        if isinstance(x, Variable):
            divisor = self._with_care(widened(floating(x)))[1]
        else:
            divisor = self.kept_for(x)
            divisor = self._computed(x)[1] if divisor is None else divisor
        return overwrite(np.divide, overwrite(np.subtract, g - mean, y * along), divisor)


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
    """Shift and scale to mean 0 and variance 1 over axes.

    Parameters
    ----------
    eps : float
        Added to the variance.
    """
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
    eps : float
        Added to the variance.
    """
    return _scaled(standardize(x, axis, eps), weight, bias)


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
    eps : float
        Added to the variance.

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
    by_channel = (-1,) + (1,) * (x.ndim - 2)
    if x.ndim > 2:
        weight, bias = (None if v is None else reshape(v, by_channel) for v in (weight, bias))
    if mean is None or var is None:
        y = standardize(x, (0, *range(2, x.ndim)), eps)
    else:
        y = (x - reshape(mean, by_channel)) / np.sqrt(reshape(var, by_channel) + eps)
    return _scaled(y, weight, bias)


def _scaled(y: Variable, weight: Operand | None, bias: Operand | None) -> Variable:
    if weight is not None:
        y = y * as_operand(weight)
    return y if bias is None else y + as_operand(bias)
