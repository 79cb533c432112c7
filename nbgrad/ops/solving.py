"""Linear systems: inverse, solution, least squares; of one matrix or a stack of them.

Source of the derivative of the pseudoinverse: G. H. Golub and V. Pereyra, The differentiation
of pseudo-inverses and nonlinear least squares problems, SIAM J. Numer. Anal. 10 (1973).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics import messages
from nbgrad.engine.diagnostics.numpy_warnings import names_users_line
from nbgrad.engine.errors import OperandError
from nbgrad.engine.operation import binary, unary
from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, apply, plain, usually
from .shape import summed_to


class MatrixOperation(Operation):
    """An operation of linear algebra: NumPy's errors about a matrix in its rules name it."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        for name in ("gx", "gx0", "gx1"):
            if name in cls.__dict__:
                setattr(cls, name, _named_in_errors(cls.__dict__[name]))
        super().__init_subclass__(**kwargs)


def _named_in_errors(rule: Callable[..., Value]) -> Callable[..., Value]:
    @wraps(rule)
    def named(self: Operation, gy: Value, y: Value, *xs: Value) -> Value:
        try:
            return rule(self, gy, y, *xs)
        except np.linalg.LinAlgError as error:
            messages.fail_rule(self, error, xs)

    return named


class Inv(MatrixOperation):
    """y = x⁻¹."""

    def forward(self, x: Any) -> Any:
        return solved(np.linalg.inv, x)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        turned = y.swapaxes(-1, -2)
        return -np.matmul(np.matmul(turned, gy), turned)


class Solve(MatrixOperation):
    """y = x0⁻¹ · x1."""

    def forward(self, x0: Any, x1: Any) -> Any:
        return solved(np.linalg.solve, x0, x1)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        g = _solve_turned(x0, gy)
        if gy.ndim < x0.ndim:
            return summed_to(-(g[..., None] * y[..., None, :]), x0.shape)
        return summed_to(-np.matmul(g, y.swapaxes(-1, -2)), x0.shape)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return summed_to(_solve_turned(x0, gy), x1.shape)


def _solve_turned(x: Value, gy: Value) -> Value:
    """Return (xᵀ)⁻¹ · gy, of vectors when gy lacks the axis of columns."""
    turned = x.swapaxes(-1, -2)
    if gy.ndim < x.ndim:
        return apply(_SOLVE, turned, gy[..., None])[..., 0]
    return apply(_SOLVE, turned, gy)


class Pinv(MatrixOperation):
    """y = x⁺, the pseudoinverse."""

    def __init__(self, rcond: Any = None) -> None:
        self.rcond = rcond

    def forward(self, x: Any) -> Any:
        if self.rcond is None:
            return solved(np.linalg.pinv, x)
        return solved(np.linalg.pinv, x, rcond=self.rcond)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        turned, g = transposed(y), transposed(gy)
        below = np.matmul(np.matmul(g, y), turned)
        beside = product(turned, y, g)
        return (
            product(-turned, gy, turned)
            + (below - product(np.matmul(x, y), below))
            + (beside - product(beside, np.matmul(y, x)))
        )


class Lstsq(MatrixOperation):
    """y = the shortest of the vectors that make x0 · y nearest to x1."""

    def __init__(self, rcond: float | None = None) -> None:
        self.rcond = rcond

    def forward(self, x0: Any, x1: Any) -> Any:
        return solved(np.linalg.lstsq, x0, x1, rcond=self.rcond)[0]

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        if gy.ndim == 1:
            gy, y, x1 = gy[:, None], y[:, None], x1[:, None]
        inverse = apply(Pinv(self.rcond), x0)
        turned = transposed(inverse)
        outside = gy - product(inverse, x0, gy)
        return (
            product(-turned, gy, transposed(y))
            + product(x1 - np.matmul(x0, y), np.matmul(transposed(gy), inverse), turned)
            + product(turned, y, transposed(outside))
        )

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return np.matmul(transposed(apply(Pinv(self.rcond), x0)), gy)


@names_users_line
def solved(function: Any, *arrays: Any, **settings: Any) -> Any:
    """Call NumPy's routine; float16, which it lacks, goes through float32.

    LAPACK's singular values do not return for some matrices that are not finite, and its eigenvalues
    of some (2, 2) with NaN are numbers: those are refused.
    """
    if function in SINGULAR_VALUES and not usually(np.isfinite(arrays[0]).all()):
        raise np.linalg.LinAlgError("SVD did not converge: its elements must be finite")
    if function in EIGENVALUES and np.ndim(arrays[0]):
        read = np.tril if settings["UPLO"] == "L" else np.triu
        if not usually(np.isfinite(read(arrays[0])).all()):
            raise np.linalg.LinAlgError("Eigenvalues did not converge: its elements must be finite")
    dtype = np.result_type(*arrays)
    if all(a.dtype != np.float16 for a in arrays):
        y = function(*arrays, **settings)
        if FAILS_SILENTLY:
            _check_solved(function, y, arrays)
        return tuple(y) if isinstance(y, tuple) else y
    wide = (np.asarray(a, np.promote_types(a.dtype, np.float32)) for a in arrays)
    y = solved(function, *wide, **settings)
    return tuple(part.astype(dtype) for part in y) if isinstance(y, tuple) else y.astype(dtype)


SINGULAR_VALUES = (np.linalg.svd, np.linalg.pinv, np.linalg.lstsq)
EIGENVALUES = (np.linalg.eigh, np.linalg.eigvalsh)
FAILS_SILENTLY = sys.platform == "emscripten"
"""NumPy learns of a failure by a floating-point flag, which WebAssembly does not have."""


def _check_solved(function: Any, y: Any, arrays: tuple[Any, ...]) -> None:
    """Raise NumPy's error where finite matrices gave one of NaN alone."""
    if isinstance(y, tuple) or not (np.ndim(y) and y.size):
        return
    if not all(np.isfinite(a).all() for a in arrays):
        return
    if np.isnan(y).all(axis=(-2, -1) if y.ndim > 1 else -1).any():
        definite = function is np.linalg.cholesky
        said = "Matrix is not positive definite" if definite else "Singular matrix"
        raise np.linalg.LinAlgError(said)


def transposed(x: Value) -> Value:
    """Return the transposes of a stack of matrices."""
    return x.swapaxes(-1, -2)


def product(first: Value, *others: Value) -> Value:
    """Return the product of several matrices, from left to right."""
    for x in others:
        first = np.matmul(first, x)
    return first


DOC = """{line}

Parameters
----------
{parameters}

Raises
------
ShapeError
    If the shapes do not fit.{singular}
"""

_INV, _SOLVE = Inv(), Solve()

inv = unary(
    _INV,
    DOC.format(
        singular="\nMatrixError\n    If a matrix is singular.",
        line="Inverse of a matrix, or of each of a stack.",
        parameters="x : Variable or array, shape (..., n, n)",
    ),
)
solve = binary(
    _SOLVE,
    DOC.format(
        singular="\nMatrixError\n    If a matrix is singular.",
        line="Solution y of the linear system x0 @ y = x1.",
        parameters="x0 : Variable or array, shape (..., n, n)\n"
        "x1 : Variable or array, shape (n,) or (..., n, m)",
    ),
)


def pinv(x: Operand, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Variable:
    """Pseudoinverse of a matrix, or of each of a stack.

    Parameters
    ----------
    x : Variable or array, shape (..., n, m)
    rcond : float or array, optional
        Singular values below this share of the largest count as 0.
    rtol : float or array, optional
        Another name of rcond.

    Raises
    ------
    OperandError
        If both rcond and rtol are given.
    """
    if rtol is not None and rcond is not None:
        raise OperandError("pinv: rtol and rcond mean the same, give one of them.")
    if hermitian:
        x = np.tril(x) + transposed(np.tril(x, -1))
    return Pinv(plain(rcond if rtol is None else rtol)).on(x)
