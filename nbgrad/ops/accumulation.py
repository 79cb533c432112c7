"""Running products and extremes along an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import names_users_line
from nbgrad.engine.errors import ShapeError
from nbgrad.engine.variable import Variable

from .axes import axis_of, checked_axis
from .base import Operand, Operation, OverAxes, Value, apply, as_operand, plain
from .indexing import AddAt
from .joining import concatenate
from .precision import vanishing, within_limits
from .reduction import chosen
from .statistics import cumsum


class CumProd(OverAxes):
    """y = the product of x up to each element."""

    @names_users_line
    def forward(self, x: Any) -> Any:
        return np.cumprod(x, axis=self.axis)

    @names_users_line
    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        if self.axis is None:
            return _products_back(gy, y, x.reshape(-1)).reshape(x.shape)
        axis = self.axis
        last = (v.swapaxes(axis, -1) for v in (gy, y, x))
        return _products_back(*last).swapaxes(axis, -1)


def _products_back(gy: Value, y: Value, x: Value) -> Value:
    """Return for each i the sum over k ≥ i of gy[k] times the product of x[:k + 1] without x[i]."""
    if not x.shape[-1]:
        return gy
    quick = not isinstance(gy, Variable)  # the derivative of a quotient would lose digits
    if quick and bool(np.all(y)) and within_limits(y) and within_limits(gy):
        return np.flip(np.cumsum(np.flip(gy * y, -1), -1), -1) / x
    # sᵢ = gyᵢ + xᵢ₊₁ · sᵢ₊₁ in log₂ n steps, without dividing.
    factors, sums = x[..., 1:], gy
    step, n = 1, x.shape[-1]
    while step < n:
        more = vanishing(sums[..., step:], factors[..., : n - step])
        further = sums[..., :-step] + more
        sums = np.concatenate([further, sums[..., n - step :]], axis=-1)
        head = factors[..., : max(n - 1 - step, 0)] * factors[..., step:]
        factors = np.concatenate([head, factors[..., max(n - 1 - step, 0) :]], axis=-1)
        step *= 2
    before = np.concatenate([np.ones_like(plain(y[..., :1])), y[..., :-1]], axis=-1)
    return vanishing(sums, before)


class RunningExtreme(Operation):
    """The largest or smallest element so far; of equal ones the first gets the gradient."""

    ufunc: ClassVar[Any]

    def __init__(self, axis: int = 0) -> None:
        self.axis = axis

    def forward(self, x: Any) -> Any:
        return self.ufunc.accumulate(x, checked_axis(self.axis, np.ndim(x)))

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        rows = np.moveaxis(plain(y), self.axis, -1)
        places = np.moveaxis(np.arange(rows.size).reshape(x.shape), self.axis, -1)
        first = np.ones(rows.shape, bool)
        same = (rows[..., 1:] == rows[..., :-1]) | (
            np.isnan(rows[..., 1:]) & np.isnan(rows[..., :-1])
        )
        first[..., 1:] = ~same
        steps = np.arange(rows.shape[-1])
        source = np.maximum.accumulate(np.where(first, steps, 0), axis=-1)
        index = np.moveaxis(np.take_along_axis(places, source, -1), -1, self.axis)
        return apply(AddAt(index, (rows.size,)), gy).reshape(x.shape)


class CumMax(RunningExtreme, ufunc=np.maximum):
    """y = the largest x up to each element."""


class CumMin(RunningExtreme, ufunc=np.minimum):
    """y = the smallest x up to each element."""


def cumprod(x: Operand, axis: int | None = None, *, dtype: Any = None) -> Variable:
    """Cumulative product along an axis. Its derivatives are right for zeros too."""
    x = as_operand(chosen(x, None, 1.0, dtype))
    if axis in (0, -1) and not np.ndim(plain(x)):
        axis = None  # NumPy takes a number for an array of one element here
    return CumProd(None if axis is None else axis_of(x, axis, "cumprod")).on(x)


def cummax(x: Operand, axis: int = 0) -> Variable:
    """Cumulative maximum along an axis.

    Parameters
    ----------
    x : Variable or array of one dimension or more
    """
    return CumMax(axis).on(x)


def cummin(x: Operand, axis: int = 0) -> Variable:
    """Cumulative minimum along an axis.

    Parameters
    ----------
    x : Variable or array of one dimension or more
    """
    return CumMin(axis).on(x)


def _cumulative(of: Callable[..., Variable], what: str, first: float) -> Callable[..., Variable]:
    """Return the function of the array API: a cumulative one that may begin with a constant."""

    def function(
        x: Operand, axis: int | None = None, *, dtype: Any = None, include_initial: bool = False
    ) -> Variable:
        shape = list(np.shape(plain(as_operand(x))))
        if axis is None and len(shape) > 1:
            name = f"cumulative_{of.__name__.removeprefix('cum')}"
            raise ShapeError(
                f"{name}: along which axis of shape {tuple(shape)}? Give axis, as axis=0."
            )
        axis = 0 if axis is None else axis
        y = of(x, axis, dtype=dtype)
        if not include_initial:
            return y
        shape[axis] = 1
        return concatenate([np.full(shape, first, y.dtype), y], axis)

    function.__doc__ = f"""Cumulative {what} along an axis, as `{of.__name__}`.

Parameters
----------
x : Variable or array of one dimension or more
axis : int, optional
    It may be left out for one dimension.
include_initial : bool
    Begin with a {first:.0f}.
"""
    return function


cumulative_sum = _cumulative(cumsum, "sum", 0.0)
cumulative_prod = _cumulative(cumprod, "product", 1.0)
