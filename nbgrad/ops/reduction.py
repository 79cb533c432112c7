"""Sums, means and extremes over axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from nbgrad.engine.arrays import wide_sum
from nbgrad.engine.diagnostics.numpy_warnings import warn_user
from nbgrad.engine.errors import OperandError, ShapeError
from nbgrad.engine.operation import unary
from nbgrad.engine.variable import Variable

from .axes import Axis, norm_axis, spread, unreduced
from .base import Operand, Operation, Value, as_input, as_operand, plain, short
from .comparison import maximum, minimum
from .comparison import where as choose
from .precision import divided
from .shape import AsType, assigned


class Reduction(Operation):
    """An operation over axes: all of them with ``axis=None``."""

    def __init__(self, axis: Axis = None, keepdims: bool = False) -> None:
        if not isinstance(keepdims, (int, np.bool_)):
            raise OperandError(
                f"{self.label}: keepdims is True or False, not {short(keepdims)}: dtype and out go by name."
            )
        self.axis = norm_axis(axis)
        self.keepdims = bool(keepdims)

    def unreduced(self, g: Value, shape: tuple[int, ...]) -> Value:
        """Give an output's gradient or value the axes that it lost."""
        return unreduced(g, shape, self.axis, self.keepdims)


class Sum(Reduction, aliases=True):
    """y = Σ x."""

    def forward(self, x: Any) -> Any:
        if x.dtype.char == "e":
            return wide_sum(x, self.axis, self.keepdims)
        return np.add.reduce(x, axis=self.axis, keepdims=self.keepdims)  # type: ignore[call-overload]

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return spread(self.unreduced(gy, x.shape), x.shape)


class Mean(Reduction, aliases=True):
    """y = Σ x / n."""

    def forward(self, x: Any) -> Any:
        if x.dtype.kind != "f" or not x.size or not x.ndim:
            return x.mean(axis=self.axis, keepdims=self.keepdims)
        # As in NumPy's Python code, whose warnings name a line of its own.
        wide = np.float32 if x.dtype.char == "e" else None
        total: Any = np.add.reduce(x, axis=self.axis, dtype=wide, keepdims=self.keepdims)  # type: ignore[call-overload]
        y = total / (x.size // total.size)
        return y if y.dtype == x.dtype else y.astype(x.dtype)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return spread(self.unreduced(divided(gy, count(x, y)), x.shape), x.shape)


def count(x: Value, y: Value) -> int:
    """Return how many elements were reduced to one."""
    return int(plain(x).size // max(plain(y).size, 1)) or 1


class Extreme(Reduction):
    """The largest or smallest element; ties share the gradient."""

    numpy: ClassVar[Any]

    def forward(self, x: Any) -> Any:
        return self.numpy(x, axis=self.axis, keepdims=self.keepdims)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        shape = x.shape
        extreme = self.unreduced(plain(y), shape)
        chosen = plain(x) == extreme
        if np.isnan(plain(y)).any():
            chosen = chosen | (np.isnan(plain(x)) & np.isnan(extreme))
        ties = np.add.reduce(chosen, axis=self.axis, keepdims=True)
        g = self.unreduced(gy, shape)
        if np.any(ties > 1):
            g = g / np.maximum(ties, 1).astype(np.result_type(plain(gy), np.float32))
        return np.where(chosen, g, 0.0)


class Max(Extreme, numpy=np.max):
    """y = max x."""


class Min(Extreme, numpy=np.min):
    """y = min x."""


_sum_all = unary(Sum(), "", 3)
_mean_all = unary(Mean(), "", 3)


def sum_(
    x: Operand,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    dtype: Any = None,
    initial: Operand | None = None,
    where: Any = None,
) -> Variable:
    """Sum over axes."""
    if axis is None and not keepdims and dtype is None and initial is None and where is None:
        return _sum_all(x if type(x) is Variable else as_operand(x))
    y = Sum(axis, keepdims).on(chosen(x, where, 0.0, dtype))
    return y if initial is None else y + assigned(initial, y.dtype)


def mean(
    x: Operand, axis: Axis = None, keepdims: bool = False, *, dtype: Any = None, where: Any = None
) -> Variable:
    """Arithmetic mean over axes; of no elements it is nan, as in NumPy."""
    if axis is None and not keepdims and dtype is None and where is None:
        return _mean_all(x if type(x) is Variable else as_operand(x))
    check_floating("mean", dtype)
    if where is None or np.all(plain(where)):
        return Mean(axis, keepdims).on(chosen(x, None, 0.0, dtype))
    if plain(as_operand(x)).dtype == np.float16 and dtype is None:
        wide = mean(x, axis, keepdims, dtype=np.float32, where=where)
        return AsType(np.float16).on(wide)
    total = sum_(x, axis, keepdims, dtype=dtype, where=where)
    counted = number_of(x, where, axis, keepdims)
    if np.any(counted == 0):
        warn_user("Mean of empty slice.")
    kind = total.dtype if total.dtype.kind == "f" else np.float64
    return as_input(total / np.where(counted == 0, np.nan, counted).astype(kind))


def _extreme(
    operation: type[Extreme], of_two: Callable[..., Variable], neutral: float, doc: str
) -> Callable[..., Variable]:
    """Return the public function of `Max` or `Min`."""

    def function(
        x: Operand,
        axis: Axis = None,
        keepdims: bool = False,
        *,
        initial: Operand | None = None,
        where: Any = None,
    ) -> Variable:
        x = _with_initial(operation.public_name, x, where, initial, neutral)
        if initial is not None and not np.size(plain(as_operand(x))):
            return _of_none(x, axis, keepdims, initial)
        y = operation(axis, keepdims).on(x)
        return y if initial is None else of_two(y, assigned(initial, y.dtype))

    function.__doc__ = doc + _NO_ELEMENT
    return function


_NO_ELEMENT = """

Raises
------
ShapeError
    If there is no element, or ``where`` is given without ``initial``.
"""
max_ = _extreme(Max, maximum, -np.inf, "Largest element over axes.")
min_ = _extreme(Min, minimum, np.inf, "Smallest element over axes.")


def check_floating(name: str, dtype: Any) -> None:
    """Refuse to average in whole numbers, where NumPy cuts all fractions off."""
    if dtype is not None and np.dtype(dtype).kind != "f":
        raise OperandError(
            f"{name}: dtype is a floating one, not {np.dtype(dtype)}: round the result, as in "
            f"np.trunc(ng.{name}(x))."
        )


def chosen(x: Operand, where: Any, neutral: float, dtype: Any = None) -> Operand:
    """Return the array to reduce: in the requested dtype, neutral where excluded."""
    if dtype is not None:
        x = AsType(dtype).on(x)
    return x if where is None or where is True else _elsewhere(where, x, neutral)


def _elsewhere(where: Any, x: Operand, neutral: Any) -> Variable:
    """Return x with a neutral element where it is excluded."""
    return choose(where, x, assigned(neutral, plain(as_operand(x)).dtype))


def number_of(x: Operand, where: Any, axis: Axis, keepdims: bool) -> Any:
    """Return the number of included elements over axes."""
    mask = np.broadcast_to(np.asarray(plain(where), bool), np.shape(plain(as_operand(x))))
    return np.sum(mask, axis=norm_axis(axis), keepdims=keepdims)


def _with_initial(name: str, x: Operand, where: Any, initial: Any, neutral: float) -> Operand:
    if where is True:
        where = None
    if where is None and initial is None:
        return x
    if initial is None:
        raise ShapeError(
            f"{name}: with where there may be no element to choose from: give initial too, "
            f"as in ng.{name}(x, where=mask, initial={neutral})."
        )
    return x if where is None else _elsewhere(where, x, initial)


def _of_none(x: Operand, axis: Axis, keepdims: bool, initial: Any) -> Variable:
    """Return the extreme of an empty array: the initial value wherever one is left."""
    dtype = plain(as_operand(x)).dtype
    return as_input(assigned(sum_(x, axis, keepdims), dtype) + assigned(initial, dtype))
