"""Diagonals and triangles of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.errors import ShapeError
from nbgrad.engine.variable import Variable

from .base import Operand, as_input, as_operand, plain
from .comparison import where
from .indexing import add_at, getitem
from .reduction import sum_
from .shape import moveaxis


def diagonal(a: Operand, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Variable:
    """Elements whose two indices differ by an offset.

    Parameters
    ----------
    a : Variable or array of two dimensions or more
    offset : int
        Above the main diagonal if positive.
    axis1, axis2 : int
        The axes of the matrices.
    """
    last = moveaxis(a, (axis1, axis2), (-2, -1))
    rows, columns = _diagonal_of(last.shape[-2:], offset)
    return getitem(last, (..., rows, columns))


def _diagonal_of(shape: tuple[int, ...], offset: int) -> tuple[Any, Any]:
    """Return the indices of a diagonal."""
    n, m = shape
    rows = np.arange(max(0, -offset), max(0, -offset, min(n, m - offset)))
    return rows, rows + offset


def trace(
    a: Operand, offset: int = 0, axis1: int = 0, axis2: int = 1, *, dtype: Any = None
) -> Variable:
    """Sum of what `diagonal` gives; ``dtype`` is that of the elements."""
    return sum_(diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype)


def diag(v: Operand, k: int = 0) -> Variable:
    """Diagonal of a matrix, or a matrix with that diagonal.

    Parameters
    ----------
    v : Variable or array, shape (n, m) or (n,)
    """
    v = as_input(v)
    if v.ndim == 2:
        return diagonal(v, k)
    if v.ndim != 1:
        raise ShapeError(f"diag needs one dimension or two, not shape {v.shape}.")
    n = v.size + abs(k)
    # A mask picks no element twice, so that nothing is added: -0.0 keeps its sign.
    return add_at(v, np.eye(n, k=k, dtype=bool), (n, n))


def diagflat(v: Operand, k: int = 0) -> Variable:
    """Matrix with the elements of an array on its diagonal."""
    return diag(as_input(v).ravel(), k)


def tril(m: Operand, k: int = 0) -> Variable:
    """Lower triangle; zeros above it.

    Parameters
    ----------
    m : Variable or array, shape (..., n, m)
    k : int
        The last diagonal that is kept.
    """
    return where(_triangle("tril", m, k), m, 0)


def triu(m: Operand, k: int = 0) -> Variable:
    """Upper triangle; zeros below it.

    Parameters
    ----------
    m : Variable or array, shape (..., n, m)
    k : int
        The first diagonal that is kept.
    """
    return where(_triangle("triu", m, k - 1), 0, m)


def _triangle(name: str, m: Operand, k: int) -> Any:
    """Return where a lower triangle is; of one dimension a matrix is made first, as in NumPy."""
    shape = np.shape(plain(as_operand(m)))
    if not shape:
        raise ShapeError(f"{name} needs a matrix or a vector, not a number.")
    return np.tri(shape[-2:][0], shape[-1], k, dtype=bool)
