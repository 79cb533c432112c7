"""`reduce`, `accumulate` and `reduceat` of any ufunc of two operands, such as ``np.subtract.reduce``.

They apply the ufunc to one element after another, as NumPy defines them. Where an operation does
the same at once (``np.add.reduce`` is `sum`) its row names the method, and that is taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from operator import index
from typing import Any

import numpy as np

from nbgrad.engine import dispatch
from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable

from .axes import Axis, axis_of, kept_shape, norm_axis
from .base import Operand, as_input, plain
from .comparison import where as choose
from .joining import stack
from .norm import vector_norm
from .rearranging import by_numpy, full
from .shape import assigned, moveaxis
from .softmax import logsumexp

Binary = Callable[..., Any]


def _elements(x: Variable) -> Iterator[Variable]:
    return (x[i] for i in range(len(x)))


def _computed_in(ufunc: np.ufunc, x: Operand, dtype: Any) -> Variable:
    """Return x in the dtype asked for, or that of a result: of small integers a small floating one."""
    x = as_input(x)
    kind = np.dtype(dtype or ufunc(*np.ones(2, x.dtype)).dtype)
    y: Variable = x if kind in (x.dtype, bool) else x.astype(kind)
    return y


def reduce(
    ufunc: np.ufunc,
    function: Binary,
    x: Operand,
    axis: Axis = 0,
    *,
    dtype: Any = None,
    keepdims: bool = False,
    initial: Operand | None = None,
) -> Any:
    """Apply a ufunc to the elements along axes, from the first one on."""
    x = _computed_in(ufunc, x, dtype)
    axis, shape = norm_axis(axis), x.shape
    given: Any = {} if initial is None else {"initial": 1.0}
    by_numpy(f"np.{ufunc.__name__}.reduce", partial(ufunc.reduce, **given), np.ones(shape), axis)
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(sorted(a % x.ndim for a in axes)) if x.ndim else ()
    first = moveaxis(x, axes, tuple(range(len(axes))))
    first = first.reshape((math.prod(first.shape[: len(axes)]), *first.shape[len(axes) :]))
    total: Any = None if initial is None else assigned(initial, x.dtype)
    for element in _elements(first):
        total = element if total is None else function(total, element)
    if not len(first):
        total = full(first.shape[1:], ufunc.identity if total is None else total, x.dtype)
    return total.reshape(kept_shape(shape, axis)) if keepdims else total


def accumulate(
    ufunc: np.ufunc, function: Binary, x: Operand, axis: int = 0, *, dtype: Any = None
) -> Variable:
    """Apply a ufunc to the elements up to each one along an axis."""
    x = _computed_in(ufunc, x, dtype)
    axis = axis_of(x, axis, f"np.{ufunc.__name__}.accumulate")
    totals: list[Any] = []
    for element in _elements(moveaxis(x, axis, 0)):
        totals.append(function(totals[-1], element) if totals else element)
    return stack(totals, axis) if totals else x


def reduceat(
    ufunc: np.ufunc,
    _function: Binary,
    x: Operand,
    indices: Any,
    axis: int = 0,
    *,
    dtype: Any = None,
) -> Variable:
    """Reduce from each index to the next one; where the next is not larger, take its element.

    Raises
    ------
    OperandError
        For an index outside of the axis.
    """
    x = _computed_in(ufunc, x, dtype)
    name = f"np.{ufunc.__name__}.reduceat"
    axis = axis_of(x, axis, name)
    x, starts = moveaxis(x, axis, 0), [index(i) for i in np.asarray(plain(indices))]
    wrong = [i for i in starts if not 0 <= i < len(x)]
    if wrong or not starts:
        raise OperandError(f"{name}: the indices are one or more of 0 to {len(x) - 1}: {starts}.")
    ends = [*starts[1:], len(x)]
    parts = [
        ufunc.reduce(x[i:end], 0) if i < end else x[i] for i, end in zip(starts, ends, strict=True)
    ]
    return stack(parts, axis)


dispatch.ufunc_methods.update(reduce=reduce, accumulate=accumulate, reduceat=reduceat)


def _at_once(ufunc: np.ufunc, total: Callable[..., Variable], neutral: float) -> Callable[..., Any]:
    """Return `reduce` of a ufunc by a function that does the same over whole axes."""

    def reduce_(
        x: Operand,
        axis: Axis = 0,
        *,
        dtype: Any = None,
        keepdims: bool = False,
        initial: Operand | None = None,
        where: Any = None,
    ) -> Any:
        x = _computed_in(ufunc, x, dtype)
        x = x if where is None else choose(where, x, neutral)
        y = total(x, axis=norm_axis(axis) if x.ndim else None, keepdims=keepdims)
        return y if initial is None else ufunc(y, initial)

    return reduce_


dispatch.numpy_twins[np.logaddexp, "reduce"] = _at_once(np.logaddexp, logsumexp, -np.inf)
dispatch.numpy_twins[np.hypot, "reduce"] = _at_once(np.hypot, vector_norm, 0.0)
