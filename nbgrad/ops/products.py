"""Products of vectors, and of vectors with matrices: NumPy's short forms of `matmul`."""

from __future__ import annotations

import numpy as np

from nbgrad.engine.variable import Variable

from .base import Operand, plain
from .linear import dot, matmul, tensordot
from .shape import expand_dims, moveaxis, ravel, squeeze


def inner(a: Operand, b: Operand) -> Variable:
    """Products summed over the last axes."""
    if not np.ndim(plain(a)) or not np.ndim(plain(b)):
        return dot(a, b)
    return tensordot(a, b, (-1, -1))


def vdot(a: Operand, b: Operand) -> Variable:
    """Products of all elements, summed.

    Parameters
    ----------
    a, b : Variable, array or number
        Of one size.
    """
    return dot(ravel(a), ravel(b))


def vecdot(x1: Operand, x2: Operand, axis: int = -1) -> Variable:
    """Dot products of the vectors along an axis.

    Parameters
    ----------
    x1, x2 : Variable or array
        That broadcast, but for the axis.
    """
    first, second = moveaxis(x1, axis, -1), moveaxis(x2, axis, -1)
    return squeeze(matmul(expand_dims(first, -2), expand_dims(second, -1)), (-2, -1))


def matvec(x1: Operand, x2: Operand) -> Variable:
    """Matrices times vectors.

    Parameters
    ----------
    x1 : Variable or array, shape (..., n, m)
    x2 : Variable or array, shape (..., m)
    """
    return squeeze(matmul(x1, expand_dims(x2, -1)), -1)


def vecmat(x1: Operand, x2: Operand) -> Variable:
    """Vectors times matrices.

    Parameters
    ----------
    x1 : Variable or array, shape (..., n)
    x2 : Variable or array, shape (..., n, m)
    """
    return squeeze(matmul(expand_dims(x1, -2), x2), -2)
