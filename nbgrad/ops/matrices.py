"""Functions of matrices that are short expressions of products, inverses and singular values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from nbgrad.engine.errors import MatrixError, ShapeError
from nbgrad.engine.variable import Variable

from .axes import axis_of
from .base import Operand, alike, as_input, as_operand, plain, usually
from .comparison import where
from .linear import dot, matmul
from .norm import norm
from .shape import moveaxis, reshape
from .solving import Lstsq, inv, solve, solved
from .spectral import svdvals


def lstsq(x0: Operand, x1: Operand, rcond: float | None = None) -> Any:
    """Least-squares solution y of x0 @ y = x1.

    Parameters
    ----------
    x0 : Variable or array, shape (n, m)
    x1 : Variable or array, shape (n,) or (n, k)
    rcond : float, optional
        Singular values below this share of the largest count as 0.

    Returns
    -------
    LstsqResult of Variables x, residuals, rank (a constant), s
        As in NumPy: the sums of squares of what is left, the rank and the singular values of x0.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    """
    from .matrix_results import LstsqResult

    x0, x1 = as_input(x0), as_input(x1)
    if x0.ndim != 2 or x1.ndim not in (1, 2) or x0.shape[0] != x1.shape[0]:
        raise MatrixError(
            f"lstsq: x0 must be a matrix and x1 a vector or matrix with as many rows, not of "
            f"shapes {x0.shape} and {x1.shape}."
        )
    y = Lstsq(rcond).on(x0, x1)
    rank = solved(np.linalg.lstsq, plain(x0), plain(x1), rcond=rcond)[2]
    left = (x1 - x0 @ y) ** 2
    if rank < x0.shape[1] or x0.shape[0] <= x0.shape[1]:
        residuals = as_input(np.empty(0, left.dtype))
    else:
        residuals = left.sum(axis=0, keepdims=x1.ndim == 1)
    return LstsqResult(y, residuals, as_input(rank), svdvals(x0))


def matrix_power(x: Operand, n: int) -> Variable:
    """Product of n times a matrix; of its inverse for n < 0.

    Parameters
    ----------
    x : Variable or array, shape (..., m, m)

    Raises
    ------
    ShapeError
        If x is not square.
    """
    x = as_input(x)
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise MatrixError(f"matrix_power: the matrix must be square, not of shape {x.shape}.")
    if n == 0:
        return where(True, np.eye(x.shape[-1], dtype=x.dtype), x)
    power = inv(x) if n < 0 else x
    left, factors = abs(int(n)), []
    while left:
        if left % 2:
            factors.append(power)
        left //= 2
        power = matmul(power, power) if left else power
    y: Variable = reduce(matmul, factors)
    return y


def multi_dot(arrays: Sequence[Operand]) -> Variable:
    """Product of several matrices, in the order that takes the fewest multiplications.

    Parameters
    ----------
    arrays : sequence of Variable or array
        Matrices; the first and the last may be vectors.

    Raises
    ------
    ShapeError
        For fewer than two.
    """
    factors = alike(arrays)
    if len(factors) < 2:
        raise ShapeError(f"multi_dot takes two matrices or more, not {len(factors)}.")
    rows = [a.shape[0] if a.ndim > 1 else 1 for a in factors[:1]]
    rows += [a.shape[0] for a in factors[1:]]
    rows.append(factors[-1].shape[1] if factors[-1].ndim > 1 else 1)
    cost: dict[tuple[int, int], tuple[int, int]] = {(i, i): (0, i) for i in range(len(factors))}
    for length in range(1, len(factors)):
        for i in range(len(factors) - length):
            j = i + length
            cost[i, j] = min(
                (cost[i, k][0] + cost[k + 1, j][0] + rows[i] * rows[k + 1] * rows[j + 1], k)
                for k in range(i, j)
            )

    def multiplied(i: int, j: int) -> Any:
        if i == j:
            return factors[i]
        k = cost[i, j][1]
        return dot(multiplied(i, k), multiplied(k + 1, j))

    y: Variable = multiplied(0, len(factors) - 1)
    return y


def kron(a: Operand, b: Operand) -> Variable:
    """Kronecker product: a matrix of copies of b, each times an element of a."""
    a, b = (as_input(x) for x in (a, b))
    n = max(a.ndim, b.ndim)
    rows, columns = ((1,) * (n - x.ndim) + x.shape for x in (a, b))
    spread = reshape(a, tuple(m for k in rows for m in (k, 1)))
    repeated = reshape(b, tuple(m for k in columns for m in (1, k)))
    return reshape(spread * repeated, tuple(i * j for i, j in zip(rows, columns, strict=True)))


def cross(
    a: Operand,
    b: Operand,
    axisa: int = -1,
    axisb: int = -1,
    axisc: int = -1,
    axis: int | None = None,
) -> Variable:
    """Cross product of vectors with three elements.

    Parameters
    ----------
    a, b : Variable or array
        That broadcast, with three elements along an axis.
    axisa, axisb, axisc : int
        The axis of a, of b and of the result.
    axis : int, optional
        All three.

    Raises
    ------
    ShapeError
        If a vector does not have three elements.
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    first = moveaxis(a, axis_of(a, axisa, "cross"), -1)
    second = moveaxis(b, axis_of(b, axisb, "cross"), -1)
    if first.shape[-1] != 3 or second.shape[-1] != 3:
        raise ShapeError(
            f"cross takes vectors of three elements: along the axis, shapes {np.shape(plain(a))} "
            f"and {np.shape(plain(b))} have {first.shape[-1]} and {second.shape[-1]}."
        )
    after, before = [1, 2, 0], [2, 0, 1]
    y = first[..., after] * second[..., before] - first[..., before] * second[..., after]
    return moveaxis(y, -1, axisc)


def matrix_norm(x: Operand, keepdims: bool = False, ord: Any = "fro") -> Variable:  # noqa: A002
    """Norm of a matrix, or of each of a stack.

    Parameters
    ----------
    x : Variable or array, shape (..., n, m)
    ord : {"fro", "nuc", 1, -1, 2, -2, inf, -inf}
        "nuc" is the sum, 2 the largest and -2 the smallest of the singular values; 1 and inf
        are the largest sum of a column and of a row.
    """
    return norm(x, ord, (-2, -1), keepdims)


def cond(x: Operand, p: Any = None) -> Variable:
    """Condition number of a matrix, or of each of a stack.

    Parameters
    ----------
    x : Variable or array, shape (..., n, m)
    p : {None, 1, -1, 2, -2, inf, -inf, "fro", "nuc"}
        In which norm; by default the largest singular value over the smallest.
    """
    shape = np.shape(plain(as_operand(x)))
    if len(shape) < 2 or 0 in shape[-2:]:
        raise MatrixError(f"cond needs matrices with elements, not an array of shape {shape}.")
    if p in (None, 2, -2):
        s = svdvals(x)
        first, last = (s[..., 0], s[..., -1]) if p != -2 else (s[..., -1], s[..., 0])
        nothing = plain(s[..., 0]) == 0
        if usually(np.logical_not(nothing).all()):
            return first / last
        return where(nothing, np.inf, first / where(nothing, 1.0, last))
    if shape[-2:-1] != shape[-1:]:
        inv(x)  # raises the error that names the shape
    singular = (solved(np.linalg.slogdet, plain(as_operand(x)))[0] == 0)[..., None, None]
    if not singular.any():
        return matrix_norm(x, ord=p) * matrix_norm(inv(x), ord=p)
    regular = where(singular, np.eye(shape[-1]), x)
    y = matrix_norm(x, ord=p) * matrix_norm(inv(regular), ord=p)
    return where(singular[..., 0, 0], np.inf, y)


def tensorinv(a: Operand, ind: int = 2) -> Variable:
    """Inverse with respect to `tensordot`.

    Parameters
    ----------
    ind : int
        How many first axes are one side of the matrix.

    Raises
    ------
    ShapeError
        If both sides do not hold the same number of elements.
    """
    a = as_input(a)
    left, right = a.shape[:ind], a.shape[ind:]
    if math.prod(left) != math.prod(right):
        raise ShapeError(
            f"tensorinv: of shape {a.shape} the first {ind} axes hold {math.prod(left)} elements "
            f"and the others {math.prod(right)}: the numbers must be equal."
        )
    return inv(a.reshape(math.prod(left), math.prod(right))).reshape(right + left)


def tensorsolve(a: Operand, b: Operand, axes: Any = None) -> Variable:
    """Solution y of ``tensordot(a, y, y.ndim) = b``.

    Parameters
    ----------
    axes : tuple of int, optional
        Axes of a that are moved to its end first.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    """
    a, b = (as_input(x) for x in (a, b))
    if axes is not None:
        a = a.transpose([i for i in range(a.ndim) if i not in axes] + list(axes))
    shape = a.shape[b.ndim :]
    if a.shape[: b.ndim] != b.shape or math.prod(shape) != b.size:
        raise ShapeError(
            f"tensorsolve: shape {a.shape} must begin with {b.shape}, and the other axes hold "
            f"{b.size} elements too."
        )
    return solve(a.reshape(b.size, math.prod(shape)), b.ravel()).reshape(shape)
