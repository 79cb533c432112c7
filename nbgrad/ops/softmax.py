"""Exponentials over axes: the largest element is subtracted first, so nothing overflows."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.variable import Variable

from .axes import Axis, norm_axis
from .base import Operand, Operation, Value, apply, called_as_a_whole, overwrite, plain, usually
from .precision import floating, least, narrowed, widened
from .reduction import Reduction


def _shifted(x: Any, axis: Axis) -> tuple[Any, Any]:
    """Return x less its largest element over axes, and that element.

    Where the largest is infinite, it is 0 below the others' -∞ in the first, so that their
    exponentials have the limit's shares. Where all are -∞, the second is 0.
    """
    if not x.size:
        return x, x.dtype.type(0)
    # ufunc.reduce spares the Python code of np.max and np.sum: half the time for a small batch.
    largest = np.maximum.reduce(x, axis=axis, keepdims=True)
    if usually(np.logical_and.reduce(np.isfinite(largest), axis=None)):
        return x - largest, largest
    largest = np.where(largest == -np.inf, x.dtype.type(0), largest)
    with np.errstate(invalid="ignore"):
        return np.where((x == largest) & (largest == np.inf), x.dtype.type(0), x - largest), largest


def _log_of_total(x: Any, axis: Axis) -> tuple[Any, Any, Any]:
    """Return ln Σ eˣ over axes, which are kept, of what has 0 as its largest element; eˣ, and Σ eˣ."""
    e = np.exp(x)
    whole = total(e, axis)
    return called_as_a_whole(logarithm, whole, e, x, axis), e, whole


def log_softmax_of(x: Any, axis: Axis) -> tuple[Any, Any, Any]:
    """Return ln softmax of an array, and two arrays whose quotient is softmax."""
    x, _ = _shifted(floating(x), axis)
    logarithm, e, whole = _log_of_total(x, axis)
    return narrowed(x - logarithm, x), e, whole


def logarithm(y: Any, e: Any, x: Any, axis: Axis) -> Any:
    """Return the logarithm of a total of e, the exponentials of x, whose largest element is 0."""
    smallest = least(y)
    if smallest >= 1.1:
        return np.log(y)
    # Beside the largest, which is 1, small ones would lose their digits.
    top = x == 0
    others = total(_without(e, top), axis)
    if smallest >= 1 and np.count_nonzero(top) == y.size:
        return narrowed(np.log1p(others), y)  # each total has one largest
    with np.errstate(divide="ignore"):
        return narrowed(np.log1p(others + (total(top, axis) - 1)), y)


def _without(x: Any, places: Any) -> Any:
    """Return a copy of x with 0 at some places: in half the time of `numpy.where`."""
    x = np.array(x)
    np.putmask(x, places, 0)
    return x


class LogSumExp(Reduction):
    """y = ln Σ eˣ."""

    def forward(self, x: Any) -> Any:
        x, largest = _shifted(floating(x), self.axis)
        y = _log_of_total(x, self.axis)[0] + largest
        y = narrowed(y, x)
        return y if self.keepdims else np.squeeze(y, self.axis)[()]

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        shares = apply(Softmax(self.axis, all_hidden=True), x)
        return overwrite(np.multiply, shares, self.unreduced(gy, x.shape))


class Softmax(Operation):
    """y = eˣ / Σ eˣ."""

    def __init__(self, axis: Axis = -1, all_hidden: bool = False) -> None:
        self.axis, self.all_hidden = norm_axis(axis), all_hidden

    def forward(self, x: Any) -> Any:
        x, _ = _shifted(floating(x), self.axis)
        if self.all_hidden and x.size:
            x = np.where(np.max(x, axis=self.axis, keepdims=True) == -np.inf, x.dtype.type(0), x)
        y = np.exp(x)
        if y.dtype.char == "e":
            return np.divide(y, total(y, self.axis)).astype(y.dtype)
        y /= total(y, self.axis)
        return y

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        g = widened(gy)
        if _is_half(y):  # its own rounding would be added up
            y = apply(self, widened(x))
        across = overwrite(np.multiply, g - total(g * y, self.axis), y)
        return balanced(across, y, self.axis)


class LogSoftmax(Operation):
    """y = x - ln Σ eˣ."""

    def __init__(self, axis: Axis = -1) -> None:
        self.axis = norm_axis(axis)

    def forward(self, x: Any) -> Any:
        return log_softmax_of(x, self.axis)[0]

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        p = apply(Softmax(self.axis), widened(x)) if _is_half(y) else np.exp(y)
        g = widened(gy)
        return balanced(g - p * total(g, self.axis), p, self.axis)


def _is_half(y: Value) -> bool:
    return bool(y.dtype.char == "e")


def balanced(g: Value, p: Value, axis: Axis) -> Value:
    """Return gradients of scores, which sum to 0 over axes, exact where a p is nearly 1.

    There 1 - p has lost its digits: the gradient is minus the sum of the others.
    """
    if not isinstance(g, Variable):
        return called_as_a_whole(where_balanced, g, p, axis)
    return where_balanced(g, p, axis)


def where_balanced(g: Value, p: Value, axis: Axis) -> Value:
    """Return `balanced`, after a look at p."""
    p = plain(p)
    if not p.size or p.item(p.argmax()) <= 0.9:
        return g
    near_one = p > 0.9
    if isinstance(g, Variable):
        others = np.where(near_one, 0.0, g).sum(axis=axis, keepdims=True)
        return np.where(near_one, -others, g)
    g = _without(g, near_one)
    np.copyto(g, -total(g, axis), where=near_one)
    return g


def total(x: Value, axis: Axis) -> Value:
    """Sum over axes, which are kept; float16 as float32."""
    if isinstance(x, Variable):
        return x.sum(axis=axis, keepdims=True)
    if x.dtype.char == "e":
        return np.add.reduce(x, axis=axis, keepdims=True, dtype=np.float32)
    return np.add.reduce(x, axis=axis, keepdims=True)


def logsumexp(x: Operand, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Logarithm of the sum of exponentials over axes, without overflow."""
    return LogSumExp(axis, keepdims).on(x)


def softmax(x: Operand, axis: Axis = -1) -> Variable:
    """Exponentials divided by their sum over axes; the last one by default.

    Parameters
    ----------
    axis : int, tuple of int or None
    """
    return Softmax(axis).on(x)


def log_softmax(x: Operand, axis: Axis = -1) -> Variable:
    """Logarithm of `softmax`, finite also where softmax rounds to 0.

    Parameters
    ----------
    axis : int, tuple of int or None
    """
    return LogSoftmax(axis).on(x)
