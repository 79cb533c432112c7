"""Reductions that leave out nan, the mark of a missing value: it gets the gradient 0."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from nbgrad.engine.variable import Variable

from . import reduction, statistics
from .accumulation import cumprod
from .base import Axis, Operand, as_operand, norm_axis, plain
from .comparison import where as choose
from .prod import prod


def present(x: Operand, where: Any = None) -> Any:
    """Return which elements count: those that are not nan."""
    mask = ~np.isnan(plain(as_operand(x)))
    return mask if where is None else mask & np.asarray(plain(where), bool)


def nansum(
    x: Operand,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    dtype: Any = None,
    initial: Operand | None = None,
    where: Any = None,
) -> Variable:
    """Sum over axes, ignoring nan."""
    mask = present(x, where)
    return reduction.sum_(x, axis, keepdims, dtype=dtype, initial=initial, where=mask)


def nanprod(
    x: Operand,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    dtype: Any = None,
    initial: Operand | None = None,
    where: Any = None,
) -> Variable:
    """Product over axes, ignoring nan."""
    return prod(x, axis, keepdims, dtype=dtype, initial=initial, where=present(x, where))


def nanmean(
    x: Operand, axis: Axis = None, keepdims: bool = False, *, dtype: Any = None, where: Any = None
) -> Variable:
    """Arithmetic mean over axes, ignoring nan; nan where all elements are."""
    return reduction.mean(x, axis, keepdims, dtype=dtype, where=present(x, where))


def nanvar(
    x: Operand,
    axis: Axis = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    correction: float | None = None,
    dtype: Any = None,
    where: Any = None,
) -> Variable:
    """Variance over axes, ignoring nan."""
    ddof = ddof if correction is None else correction
    return statistics.var(x, axis, ddof, keepdims, dtype=dtype, where=present(x, where))


def nanstd(
    x: Operand,
    axis: Axis = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    correction: float | None = None,
    dtype: Any = None,
    where: Any = None,
) -> Variable:
    """Compute the standard deviation over axes, ignoring nan."""
    ddof = ddof if correction is None else correction
    return statistics.std(x, axis, ddof, keepdims, dtype=dtype, where=present(x, where))


def nanmax(
    x: Operand,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    initial: Operand | None = None,
    where: Any = None,
) -> Variable:
    """Largest element over axes, ignoring nan; nan where all elements are."""
    return _extreme(reduction.max_, -np.inf, x, axis, keepdims, initial, where)


def nanmin(
    x: Operand,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    initial: Operand | None = None,
    where: Any = None,
) -> Variable:
    """Smallest element over axes, ignoring nan; nan where all elements are."""
    return _extreme(reduction.min_, np.inf, x, axis, keepdims, initial, where)


def _extreme(
    extreme: Callable[..., Variable],
    beyond: float,
    x: Operand,
    axis: Axis,
    keepdims: bool,
    initial: Operand | None,
    where: Any,
) -> Variable:
    mask = present(x)
    if mask.all():
        return extreme(x, axis, keepdims, initial=initial, where=where)
    y = extreme(choose(mask, x, beyond), axis, keepdims, initial=initial, where=where)
    empty = ~mask.any(axis=norm_axis(axis), keepdims=keepdims)
    if initial is not None or not np.any(empty):
        return y
    warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=3)
    return choose(empty, np.nan, y)


def nancumsum(x: Operand, axis: int | None = None, *, dtype: Any = None) -> Variable:
    """Cumulative sum along an axis, with nan as 0.

    Parameters
    ----------
    x : Variable or array, any shape
    axis : int, optional
        Without it, over the elements in one dimension.
    """
    return statistics.cumsum(choose(present(x), x, 0.0), axis, dtype=dtype)


def nancumprod(x: Operand, axis: int | None = None, *, dtype: Any = None) -> Variable:
    """Cumulative product along an axis, with nan as 1.

    Parameters
    ----------
    x : Variable or array, any shape
    axis : int, optional
        Without it, over the elements in one dimension.
    """
    return cumprod(choose(present(x), x, 1.0), axis, dtype=dtype)
