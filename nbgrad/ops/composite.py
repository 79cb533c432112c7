"""NumPy functions that are short expressions of the table's operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nbgrad.engine import numpy_protocols as dispatch
from nbgrad.engine.variable import Variable, as_variable

from .arithmetic import sqrt, square
from .base import Operand, plain
from .comparison import where
from .indexing import add_at, getitem
from .joining import concatenate, flip, split
from .linear import dot, tensordot
from .reduction import sum_
from .shape import broadcast_to, moveaxis, ravel, reshape, swapaxes


def atleast_1d(x: Operand) -> Variable:
    """Give a number one axis."""
    x = as_variable(x)
    return x if x.ndim else reshape(x, (1,))


def atleast_2d(x: Operand) -> Variable:
    """Make a vector one row."""
    x = as_variable(x)
    return x if x.ndim > 1 else reshape(x, (1, -1))


def vstack(tup: Sequence[Operand]) -> Variable:
    """Join arrays row-wise."""
    return concatenate([atleast_2d(x) for x in tup], 0)


def hstack(tup: Sequence[Operand]) -> Variable:
    """Join arrays column-wise."""
    parts = [atleast_1d(x) for x in tup]
    return concatenate(parts, 0 if parts[0].ndim == 1 else 1)


def column_stack(tup: Sequence[Operand]) -> Variable:
    """Join vectors as columns."""
    parts = [as_variable(x) for x in tup]
    return concatenate([x if x.ndim > 1 else reshape(x, (-1, 1)) for x in parts], 1)


def append(arr: Operand, values: Operand, axis: int | None = None) -> Variable:
    """Join two arrays."""
    return concatenate([as_variable(arr), as_variable(values)], axis)


def array_split(ary: Operand, indices_or_sections: Any, axis: int = 0) -> tuple[Variable, ...]:
    """Cut an array in parts of nearly equal length."""
    if isinstance(indices_or_sections, (int, np.integer)):
        places = np.arange(np.shape(plain(ary))[axis])
        lengths = [len(part) for part in np.array_split(places, indices_or_sections)]
        indices_or_sections = np.cumsum(lengths)[:-1].tolist()
    return split(ary, indices_or_sections, axis)


def inner(a: Operand, b: Operand) -> Variable:
    """Products summed over the last axes."""
    if not np.ndim(plain(a)) or not np.ndim(plain(b)):
        return dot(a, b)
    return tensordot(a, b, (-1, -1))


def vdot(a: Operand, b: Operand) -> Variable:
    """Products of all elements, summed."""
    return dot(ravel(a), ravel(b))


def hypot(x0: Operand, x1: Operand) -> Variable:
    """Length of the hypotenuse."""
    return sqrt(square(as_variable(x0)) + square(as_variable(x1)))


def flipud(m: Operand) -> Variable:
    """Reverse the rows."""
    return flip(m, 0)


def fliplr(m: Operand) -> Variable:
    """Reverse the columns."""
    return flip(m, 1)


def diagonal(a: Operand, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Variable:
    """Elements whose two indices differ by an offset."""
    last = moveaxis(a, (axis1, axis2), (-2, -1))
    rows, columns = _diagonal_of(last.shape[-2:], offset)
    return getitem(last, (..., rows, columns))


def _diagonal_of(shape: tuple[int, ...], offset: int) -> tuple[Any, Any]:
    """Return the indices of a diagonal."""
    n, m = shape
    rows = np.arange(max(0, -offset), max(0, -offset, min(n, m - offset)))
    return rows, rows + offset


def trace(a: Operand, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Variable:
    """Sum of the diagonal."""
    return sum_(diagonal(a, offset, axis1, axis2), axis=-1)


def diag(v: Operand, k: int = 0) -> Variable:
    """Diagonal of a matrix, or a matrix with that diagonal."""
    v = as_variable(v)
    if v.ndim == 2:
        return diagonal(v, k)
    n = v.size + abs(k)
    return add_at(v, _diagonal_of((n, n), k), (n, n))


def tril(m: Operand, k: int = 0) -> Variable:
    """Lower triangle; zeros above it."""
    n, columns = np.shape(plain(m))[-2:]
    return where(np.tri(n, columns, k, dtype=bool), m, 0.0)


def triu(m: Operand, k: int = 0) -> Variable:
    """Upper triangle; zeros below it."""
    n, columns = np.shape(plain(m))[-2:]
    return where(np.tri(n, columns, k - 1, dtype=bool), 0.0, m)


def diff(a: Operand, n: int = 1, axis: int = -1) -> Variable:
    """Differences of neighbours."""
    y = as_variable(a)
    for _ in range(n):
        rows = swapaxes(y, axis, -1)
        y = swapaxes(rows[..., 1:] - rows[..., :-1], axis, -1)
    return y


def broadcast_arrays(*args: Operand) -> tuple[Variable, ...]:
    """Repeat arrays along axes to one shape."""
    shape = np.broadcast_shapes(*(np.shape(plain(x)) for x in args))
    return tuple(broadcast_to(x, shape) for x in args)


COMPOSITES: dict[Callable[..., Any], Callable[..., Any]] = {
    np.atleast_1d: atleast_1d,
    np.atleast_2d: atleast_2d,
    np.vstack: vstack,
    np.hstack: hstack,
    np.column_stack: column_stack,
    np.append: append,
    np.array_split: array_split,
    np.inner: inner,
    np.vdot: vdot,
    np.hypot: hypot,
    np.flipud: flipud,
    np.fliplr: fliplr,
    np.diagonal: diagonal,
    np.trace: trace,
    np.diag: diag,
    np.tril: tril,
    np.triu: triu,
    np.diff: diff,
    np.broadcast_arrays: broadcast_arrays,
}

for _twin, _composite in COMPOSITES.items():
    dispatch.numpy_twins[_twin] = _composite
