"""The digits and the range of floating-point numbers, and results that keep all of theirs."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import refuse_warnings
from nbgrad.engine.variable import Variable

from .base import Value, called_as_a_whole, plain


def floating(x: Any) -> Any:
    """Let integers compute as float64, so that ``-x`` of an unsigned one is right."""
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def widened(x: Value) -> Value:
    """Let float16 compute as float32, whose range holds counts and squares."""
    return x.astype(np.float32) if x.dtype.char == "e" else x


def narrowed(y: Any, x: Any) -> Any:
    """Return a result in the dtype of its input."""
    return y if y.dtype == x.dtype else y.astype(x.dtype)


def divided(g: Value, n: int) -> Value:
    """Return g / n, also where n is beyond float16."""
    return (g if n <= MAX_HALF_INTEGER else widened(g)) / n


MAX_HALF_INTEGER = 2048
"""Up to here float16 represents every integer."""


def mended(
    y: Any, limit: float, function: Callable[[Any], Any], x: Any, everywhere: bool = True
) -> Any:
    """Replace the elements of y below a limit by a function of x, in place where possible.

    ``everywhere`` says that the function, which is slower, is right for all x.
    """
    if type(y) is not np.ndarray:
        if not issubclass(type(y), np.generic):
            # While a compiled function is recorded: the values differ from call to call.
            return y.called_as_a_whole(mended, (y, limit, function, x, everywhere), 1)
        return function(x) if y < limit else y
    if least(y) >= limit:
        return y
    below = y < limit
    if everywhere and np.count_nonzero(below) * 8 > y.size:
        return function(x)
    places = np.flatnonzero(below)
    y.flat[places] = function(x.flat[places])
    return y


@cache
def smallest(dtype: np.dtype[Any]) -> float:
    """Return the smallest number of a dtype that has all its digits."""
    return float(np.finfo(dtype).tiny)


def within_limits(x: Any) -> Any:
    """Whether products and quotients of any two elements but 0 are in range, with all digits."""
    size, info = np.absolute(x), np.finfo(x.dtype if x.dtype.kind == "f" else np.float64)
    least, most = float(info.tiny) ** 0.5, float(info.max) ** 0.5
    return (((size > least) | (size == 0)) & (size < most)).all()


def digits_left(y: Any) -> float:
    """Return the size of 1 - y below which it has lost three digits (float32: two)."""
    return 1e-3 if y.dtype.itemsize >= 8 else 3e-2


def vanishing(factor: Value, other: Value) -> Value:
    """Return a product in which 0 of the first factor wins over a second one that is not finite."""
    if isinstance(factor, Variable) or isinstance(other, Variable):
        return _vanishing(factor, other)
    return called_as_a_whole(_vanishing_arrays, factor, other)


def _vanishing_arrays(factor: Any, other: Any) -> Any:
    """Return `vanishing`, whose special cases are known by nan in a product."""
    with np.errstate(invalid="ignore"):
        y = factor * other
    return _vanishing(factor, other) if has_nan(y) else y


def has_nan(y: Any) -> bool:
    """Whether an array or number has a nan."""
    return math.isnan(least(y))


def least(y: Any) -> Any:
    """Return the smallest element, nan if there is one, and inf of none.

    It is found by its place, in half the time of a reduction.
    """
    return y.item(y.argmin()) if y.size else math.inf


def _vanishing(factor: Value, other: Value) -> Value:
    nothing = np.equal(plain(factor), 0) & ~np.isfinite(plain(other))
    return factor * (np.where(nothing, 0.0, other) if nothing.any() else other)


def joint_dtype(*xs: Any) -> Any:
    """Return the floating dtype of several arrays: NumPy 1 looks at the values of 0-d ones."""
    dtype = np.result_type(*(np.asarray(x).dtype for x in xs))
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def number(value: float | np.longdouble, x: Any) -> Any:
    """Return a constant of x's dtype: for a 0-d x, NumPy 1 makes float64 of a Python float."""
    return x.dtype.type(value)


refuse_warnings(globals())
