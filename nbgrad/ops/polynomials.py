"""Polynomials by their coefficients, that of the highest power first: NumPy's ``np.poly…``."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.errors import OperandError, ShapeError
from nbgrad.engine.variable import Variable

from .base import Operand, alike, as_input, as_parameter
from .joining import concatenate, stack
from .matrices import lstsq
from .padding import pad
from .precision import floating
from .shape import assigned
from .signals import convolve
from .stacking import atleast_1d


def vander(x: Operand, N: int | None = None, increasing: bool = False) -> Variable:
    """Return the powers of x, shape (n,), as the columns of a matrix, shape (n, N)."""
    x = as_input(x)
    if x.ndim != 1:
        raise ShapeError(f"vander: x must be of one dimension, not of shape {x.shape}.")
    x = assigned(x, np.promote_types(x.dtype, int))
    n = x.size if N is None else N
    powers: list[Any] = [np.ones(x.shape, x.dtype)]
    for _ in range(n - 1):
        powers.append(powers[-1] * x if len(powers) > 1 else x)
    return stack(powers if increasing else powers[::-1], axis=1)[:, :n]


def _counted(x: Variable) -> Variable:
    """Return x in a dtype that holds small whole numbers, as NumPy's polynomials compute."""
    return x if x.dtype.kind == "f" else assigned(x, np.promote_types(x.dtype, int))


def polyadd(a1: Operand, a2: Operand) -> Variable:
    """Return the sum of two polynomials, shapes (n,) and (m,)."""
    a1, a2 = _of_one_length(a1, a2)
    return as_input(a1 + a2)


def polysub(a1: Operand, a2: Operand) -> Variable:
    """Return the difference of two polynomials, shapes (n,) and (m,)."""
    a1, a2 = _of_one_length(a1, a2)
    return as_input(a1 - a2)


def _of_one_length(*polynomials: Operand) -> list[Variable]:
    several = [atleast_1d(x) for x in alike(polynomials)]
    length = max(x.size for x in several)
    return [pad(x, (length - x.size, 0)) for x in several]


def polymul(a1: Operand, a2: Operand) -> Variable:
    """Return the product of two polynomials, shapes (n,) and (m,), without leading zeros."""
    first, second = (_without_leading_zeros(atleast_1d(x)) for x in alike([a1, a2]))
    return convolve(first, second)


def _without_leading_zeros(p: Variable) -> Variable:
    places = np.flatnonzero(as_parameter(p))
    return p[places[0] :] if places.size else p[-1:]


def polydiv(u: Operand, v: Operand) -> tuple[Variable, Variable]:
    """Return quotient and remainder of two polynomials, shapes (n,) and (m,).

    The remainder has no leading zeros.
    """
    rest, v = (as_input(atleast_1d(x) + 0.0) for x in alike([u, v]))
    found: list[Variable] = []
    for i in range(rest.size - v.size + 1):
        found.append(rest[i] / v[0])
        rest = rest - pad(found[-1] * v, (i, rest.size - v.size - i))
    first = 0
    while first < rest.size - 1 and np.allclose(as_parameter(rest)[first], 0, rtol=1e-14):
        first += 1
    return stack(found) if found else rest[:1] * 0.0, rest[first:]


def poly(seq_of_zeros: Operand) -> Variable:
    """Return the polynomial with the given roots, shape (n,), and leading coefficient 1.

    Raises
    ------
    ShapeError
        For a matrix, whose characteristic polynomial needs its eigenvalues.
    """
    roots = atleast_1d(seq_of_zeros)
    if roots.ndim > 1:
        raise ShapeError(
            f"poly: the roots are of one dimension, not of shape {roots.shape}. For a symmetric "
            "matrix a: np.poly(np.linalg.eigvalsh(a))."
        )
    y = as_input(np.ones(1, np.result_type(roots.dtype, np.float16)))
    for i in range(roots.size):
        y = pad(y, (0, 1)) - pad(y * roots[i], (1, 0))
    return y


def polyder(p: Operand, m: int = 1) -> Variable:
    """Return the derivative of order m of a polynomial, shape (n,)."""
    if m < 0:
        raise OperandError(f"polyder: the order must not be negative, as m={m} is.")
    y = _counted(as_input(p))
    for _ in range(m):
        y = y[:-1] * np.arange(y.size - 1, 0, -1, dtype=y.dtype)
    return y


def polyint(p: Operand, m: int = 1, k: Any = None) -> Variable:
    """Return the antiderivative of order m of a polynomial, shape (n,).

    ``k`` has the constants of integration, one for each order; zeros by default.
    """
    if m < 0:
        raise OperandError(f"polyint: the order must not be negative, as m={m} is.")
    constants = atleast_1d(np.zeros(m) if k is None else k)
    if constants.size not in (1, m):
        raise ShapeError(f"polyint: k is one constant, or m={m} of them, not {constants.size}.")
    y = _counted(as_input(p))
    for i in range(m):
        constant = constants[i : i + 1] if constants.size > 1 else constants
        y = concatenate([y / np.arange(y.size, 0, -1, dtype=y.dtype), constant])
    return y


def polyfit(
    x: Operand, y: Operand, deg: int, rcond: Any = None, *, w: Operand | None = None
) -> Variable:
    """Return the polynomial of a degree that fits points best, in the least squares sense.

    Parameters
    ----------
    x : Variable or array, shape (n,)
    y : Variable or array, shape (n,) or (n, k)
    deg : int
    rcond : float, optional
        Singular values below this share of the largest count as 0.
    w : Variable or array, shape (n,), optional
        What the distances of the points are multiplied with.
    """
    x, y = (as_input(a) for a in (x, y))
    columns = vander(floating(x), deg + 1)
    if y.ndim not in (1, 2) or y.shape[:1] != x.shape:
        raise ShapeError(f"polyfit: x and y are not of one length: shapes {x.shape} and {y.shape}.")
    if w is not None:
        w = as_input(w)
        columns, y = columns * w[:, None], y * (w if y.ndim == 1 else w[:, None])
    scale = (columns * columns).sum(axis=0) ** 0.5
    rcond = x.size * np.finfo(columns.dtype).eps if rcond is None else rcond
    found = lstsq(columns / scale, y, rcond)[0]
    return as_input((found.T / scale).T)
