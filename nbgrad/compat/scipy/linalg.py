"""`scipy.linalg`: triangular systems, Cholesky factors and the exponential of a matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from nbgrad import ops
from nbgrad.engine.variable import Variable, as_variable
from nbgrad.ops.base import Operation, Value, apply

__all__ = ["cho_factor", "cho_solve", "cholesky", "expm", "solve_triangular"]


class Expm(Operation):
    """y = the exponential of the matrix x."""

    public_name = "expm"
    symbol = "e^X"
    formula = "gx = the upper right block of exp [[xᵀ, gy], [0, xᵀ]]"

    def forward(self, x: Any) -> Any:
        wide = np.asarray(x, np.result_type(x, np.float32))
        return scipy.linalg.expm(wide).astype(x.dtype if x.dtype.kind == "f" else wide.dtype)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        turned, n = x.swapaxes(-1, -2), x.shape[-1]
        upper = np.concatenate([turned, gy], axis=-1)
        lower = np.concatenate([turned * 0, turned], axis=-1)
        return apply(Expm(), np.concatenate([upper, lower], axis=-2))[..., :n, n:]


def expm(x: Any) -> Variable:
    """Exponential of a matrix, or of each of a stack.

    Source of the derivative: R. Mathias, A chain rule for matrix functions and applications,
    SIAM J. Matrix Anal. Appl. 17 (1996).
    """
    return Expm().on(x)


def solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> Variable:
    """Solution y of a @ y = b, of which only one triangle is read.

    Parameters
    ----------
    a : Variable or array, shape (n, n)
    b : Variable or array, shape (n,) or (n, m)
    trans : {0, 1, 2, "N", "T", "C"}
        Other than 0 and "N": solve a.T @ y = b.
    lower : bool
        Read the lower triangle.
    unit_diagonal : bool
        Take the diagonal as ones.
    """
    a = as_variable(a)
    triangle = ops.tril(a) if lower else ops.triu(a)
    if unit_diagonal:
        triangle = ops.where(np.eye(a.shape[-1], dtype=bool), 1.0, triangle)
    return ops.solve(triangle if trans in (0, "N") else triangle.T, b)


def cholesky(a: Any, lower: bool = False) -> Variable:
    """Cholesky factor of a positive definite matrix: the upper one by default, as in SciPy."""
    return ops.cholesky(a, upper=not lower)


def cho_factor(a: Any, lower: bool = False) -> tuple[Variable, bool]:
    """Cholesky factor for `cho_solve`."""
    return cholesky(a, lower), lower


def cho_solve(c_and_lower: tuple[Any, bool], b: Any) -> Variable:
    """Solution y of a @ y = b, from the Cholesky factor of a."""
    c, lower = c_and_lower
    first = solve_triangular(c, b, 0 if lower else "T", lower)
    return solve_triangular(c, first, "T" if lower else 0, lower)
