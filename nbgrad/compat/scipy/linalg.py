"""`scipy.linalg`: systems, Cholesky factors, and functions of a matrix.

SciPy's keywords that only say how an array may be used, `check_finite` and `overwrite_a` and the like,
are taken and change nothing: no operand is ever written to, and NaN gives NaN.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar

import numpy as np
import scipy.linalg

from nbgrad import ops
from nbgrad.engine.errors import OperandError, ShapeError
from nbgrad.engine.variable import Variable, as_variable
from nbgrad.ops.base import Operation, Value, apply

from .operands import beside

__all__ = [
    "block_diag", "cho_factor", "cho_solve", "cholesky", "det", "eigh", "expm", "inv", "pinv",
    "solve", "solve_banded", "solve_sylvester", "solve_triangular", "sqrtm", "svdvals",
    "toeplitz",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    return getattr(scipy.linalg, name)


F = TypeVar("F", bound=Callable[..., Any])
HINTS = {
    "check_finite", "overwrite_a", "overwrite_ab", "overwrite_b", "disp", "blocksize", "driver",
}  # fmt: skip


def as_scipys(function: F) -> F:
    """Let a function take its arguments in the order of SciPy's of its name, hints among them.

    Raises
    ------
    OperandError
        From the function that is returned, for an argument that only SciPy's has.
    """
    name = function.__name__
    signature, known = inspect.signature(getattr(scipy.linalg, name)), inspect.signature(function)

    @beside(getattr(scipy.linalg, name))
    @wraps(function)
    def called(*args: Any, **keywords: Any) -> Any:
        first, *others = signature.bind(*args, **keywords).arguments.items()
        given = {}
        for key, value in others:
            if key in known.parameters:
                given[key] = value
            elif key not in HINTS and value is not signature.parameters[key].default:
                raise OperandError(f"{name} on a Variable takes no {key}. Leave {key} out.")
        return function(first[1], **given)

    return called  # type: ignore[return-value]


det, inv, pinv, svdvals = map(as_scipys, (ops.det, ops.inv, ops.pinv, ops.svdvals))


def solved(function: Callable[..., Any], *arrays: Any) -> Any:
    """Call SciPy's routine in float32 or float64; the result has the operands' floating dtype."""
    dtype = np.result_type(*arrays)
    wide = np.result_type(dtype, np.float32)
    y = function(*(np.asarray(x, wide) for x in arrays))
    return y.astype(dtype) if dtype.kind == "f" else y


class Expm(Operation):
    """y = the exponential of the matrix x."""

    public_name = "expm"
    symbol = "e^X"
    formula = "gx = the upper right block of exp [[xᵀ, gy], [0, xᵀ]]"

    def forward(self, x: Any) -> Any:
        return solved(scipy.linalg.expm, x)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        turned, n = x.swapaxes(-1, -2), x.shape[-1]
        upper = np.concatenate([turned, gy], axis=-1)
        lower = np.concatenate([turned * 0, turned], axis=-1)
        return apply(Expm(), np.concatenate([upper, lower], axis=-2))[..., :n, n:]


@as_scipys
def expm(x: Any) -> Variable:
    """Exponential of a matrix, or of each of a stack.

    Parameters
    ----------
    x : Variable or array, shape (..., n, n)
        A number is a matrix of one element.

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Source of the derivative: R. Mathias, A chain rule for matrix functions and applications,
    SIAM J. Matrix Anal. Appl. 17 (1996).
    """
    x = as_variable(x)
    return Expm().on(x if x.ndim else x.reshape(1, 1))


class SolveTriangular(Operation):
    """y with x0 · y = x1, where one triangle of x0 is read."""

    public_name = "solve_triangular"
    symbol = "L⁻¹ ·"
    formula = "gx0 = −gx1 · yᵀ in the triangle; gx1 = solve_triangular(x0ᵀ, gy)"

    def __init__(self, trans: bool, lower: bool, unit: bool) -> None:
        self.trans, self.lower, self.unit = trans, lower, unit

    def forward(self, x0: Any, x1: Any) -> Any:
        settings = (self.trans, self.lower, self.unit)
        return solved(
            lambda a, b: scipy.linalg.solve_triangular(a, b, *settings, check_finite=False), x0, x1
        )

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return apply(SolveTriangular(not self.trans, self.lower, self.unit), x0, gy)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        n = x0.shape[0]
        g, y = -self.gx1(gy, y, x0, x1).reshape(n, -1), y.reshape(n, -1)
        outer = np.matmul(y, g.T) if self.trans else np.matmul(g, y.T)
        return np.tril(outer, -self.unit) if self.lower else np.triu(outer, +self.unit)


@as_scipys
def solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> Variable:
    """Solution y of a @ y = b, of which only one triangle is read.

    Parameters
    ----------
    a : Variable or array, shape (..., n, n)
    b : Variable or array, shape (n,) or (..., n, m)
    trans : {0, 1, 2, "N", "T", "C"}
        Other than 0 and "N": solve a.T @ y = b.
    lower : bool
        Read the lower triangle.
    unit_diagonal : bool
        Take the diagonal as ones.
    """
    a, turned = as_variable(a), trans not in (0, "N")
    if a.ndim == 2:
        return SolveTriangular(turned, lower, unit_diagonal).on(a, b)
    triangle = ops.tril(a) if lower else ops.triu(a)
    if unit_diagonal:
        triangle = ops.where(np.eye(a.shape[-1], dtype=bool), 1.0, triangle)
    return ops.solve(triangle.swapaxes(-1, -2) if turned else triangle, b)


@as_scipys
def cholesky(a: Any, lower: bool = False) -> Variable:
    """Cholesky factor of a positive definite matrix: the upper one by default, as in SciPy.

    Parameters
    ----------
    a : Variable or array, shape (..., n, n)
    lower : bool
        Return the lower factor y, with y @ y.T = a, not the upper one, with y.T @ y = a.

    Raises
    ------
    numpy.linalg.LinAlgError
        If a is not positive definite.
    """
    return ops.cholesky(a, upper=not lower)


@as_scipys
def cho_factor(a: Any, lower: bool = False) -> tuple[Variable, bool]:
    """Cholesky factor for `cho_solve`.

    Parameters
    ----------
    a : Variable or array, shape (n, n)
    lower : bool

    Returns
    -------
    factor : Variable, shape (n, n)
    lower : bool
    """
    return cholesky(a, lower), lower


@as_scipys
def cho_solve(c_and_lower: tuple[Any, bool], b: Any) -> Variable:
    """Solution y of a @ y = b, from the Cholesky factor of a.

    Parameters
    ----------
    c_and_lower : tuple
        What `cho_factor` returned: the factor, shape (n, n), and whether it is the lower one.
    b : Variable or array, shape (n,) or (n, m)
    """
    c, lower = c_and_lower
    first = solve_triangular(c, b, 0 if lower else "T", lower)
    return solve_triangular(c, first, "T" if lower else 0, lower)


@as_scipys
def solve_banded(l_and_u: tuple[int, int], ab: Any, b: Any) -> Variable:
    """Solution y of a @ y = b, for a matrix of which only diagonals near the main one are not 0.

    Parameters
    ----------
    l_and_u : (int, int)
        How many diagonals there are below and above the main one.
    ab : Variable or array, shape (l + u + 1, n)
        The diagonals, the uppermost first: ``ab[u + i - j, j] == a[i, j]``.
    b : Variable or array, shape (n,) or (n, m)

    Raises
    ------
    ShapeError
        If `ab` has another number of diagonals.
    """
    ab = as_variable(ab)
    below, above = l_and_u
    if ab.ndim != 2 or ab.shape[0] != below + above + 1:
        raise ShapeError(
            f"solve_banded: ab has shape {ab.shape}, not {below} + {above} + 1 diagonals."
        )
    return Banded(below, above).on(ab, as_variable(b))


class Banded(Operation):
    """y with a · y = x1, where a has the diagonals x0."""

    public_name = "solve_banded"
    symbol = "A⁻¹ ·"
    formula = "gx0 = the diagonals of −gx1 · yᵀ; gx1 = solve_banded(x0ᵀ, gy)"

    def __init__(self, below: int, above: int) -> None:
        self.below, self.above = below, above

    def forward(self, x0: Any, x1: Any) -> Any:
        return solved(partial(scipy.linalg.solve_banded, (self.below, self.above)), x0, x1)

    def places(self, n: int) -> list[tuple[slice, slice]]:
        """Return, for each diagonal, which rows and columns of the matrix it has."""
        found = []
        for k in range(self.above, -self.below - 1, -1):
            first, last = max(k, 0), min(n + k, n)
            last = max(last, first)
            found.append((slice(first - k, last - k), slice(first, last)))
        return found

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        n = x0.shape[1]
        turned = []
        for (rows, columns), diagonal in zip(self.places(n), x0, strict=True):
            margin = (rows.start, n - rows.stop)
            turned.append(np.pad(diagonal[columns], margin))
        return apply(Banded(self.above, self.below), np.stack(turned[::-1]), gy)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        n = x0.shape[1]
        g = -self.gx1(gy, y, x0, x1).reshape(n, -1)
        y, diagonals = y.reshape(n, -1), []
        for rows, columns in self.places(n):
            products = (g[rows] * y[columns]).sum(axis=1)
            diagonals.append(np.pad(products, (columns.start, n - columns.stop)))
        return np.stack(diagonals)


@beside(scipy.linalg.toeplitz)
def toeplitz(c: Any, r: Any = None) -> Variable:
    """Matrix whose diagonals are constant, with the first column c and the first row r."""
    c = as_variable(c).ravel()
    r = c if r is None else as_variable(r).ravel()
    values = ops.concatenate([c[::-1], r[1:]])
    rows, columns = np.arange(c.size)[:, None], np.arange(r.size)
    return values[c.size - 1 - rows + columns]


class Sylvester(Operation):
    """y with x0 · y + y · x1 = x2."""

    public_name = "solve_sylvester"
    symbol = "AX + XB"
    formula = "gx0 = −gx2 · yᵀ; gx1 = −yᵀ · gx2; gx2 = solve_sylvester(x0ᵀ, x1ᵀ, gy)"

    def forward(self, x0: Any, x1: Any, x2: Any) -> Any:
        return solved(scipy.linalg.solve_sylvester, x0, x1, x2)

    def gx2(self, gy: Value, y: Value, x0: Value, x1: Value, x2: Value) -> Value:
        return apply(self, x0.T, x1.T, gy)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value, x2: Value) -> Value:
        return -np.matmul(self.gx2(gy, y, x0, x1, x2), y.T)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value, x2: Value) -> Value:
        return -np.matmul(y.T, self.gx2(gy, y, x0, x1, x2))


@beside(scipy.linalg.solve_sylvester)
def solve_sylvester(a: Any, b: Any, q: Any) -> Variable:
    """Solution y of a @ y + y @ b = q.

    Parameters
    ----------
    a : Variable or array, shape (m, m)
    b : Variable or array, shape (n, n)
    q : Variable or array, shape (m, n)

    Returns
    -------
    Variable, shape (m, n)
    """
    return Sylvester().on(a, b, q)


class SquareRoot(Operation):
    """y = the square root of the matrix x: y · y = x."""

    public_name = "sqrtm"
    symbol = "√X"
    formula = "gx = solve_sylvester(yᵀ, yᵀ, gy)"

    def forward(self, x: Any) -> Any:
        return solved(_real_root, x)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return apply(Sylvester(), y.T, y.T, gy)


def _real_root(x: Any) -> Any:
    y = scipy.linalg.sqrtm(x)
    if np.iscomplexobj(y):
        raise OperandError(
            f"sqrtm: the root of this matrix of shape {x.shape} is complex, and a Variable holds "
            "real numbers. A matrix without negative eigenvalues has a real root."
        )
    return y


@as_scipys
def sqrtm(x: Any) -> Variable:
    """Square root of a matrix that has a real one.

    Parameters
    ----------
    x : Variable or array, shape (n, n)

    Raises
    ------
    OperandError
        If the root is complex.
    """
    return SquareRoot().on(x)


@as_scipys
def solve(
    a: Any, b: Any, lower: bool = False, *, assume_a: Any = None, transposed: bool = False
) -> Variable:
    """Solution y of a @ y = b.

    Parameters
    ----------
    a : Variable or array, shape (n, n)
    b : Variable or array, shape (n,) or (n, m)
    lower : bool
        Which triangle is read of a symmetric a.
    assume_a : {"gen", "sym", "her", "pos", "upper triangular", "lower triangular"}, optional
        With "sym", "her" and "pos" one triangle of a is read, as SciPy does.
    transposed : bool
        Solve a.T @ y = b.

    Raises
    ------
    OperandError
        For another kind of matrix.
    """
    kind = KINDS.get(assume_a, assume_a)
    if kind in ("upper triangular", "lower triangular"):
        return solve_triangular(a, b, trans=int(transposed), lower=kind == "lower triangular")
    a = as_variable(a)
    if kind in ("sym", "her", "pos"):
        read = ops.tril(a) if lower else ops.triu(a)
        a = read + ops.tril(read.T, -1) if not lower else read + ops.triu(read.T, 1)
    elif kind not in (None, "gen"):
        kinds = '"gen", "sym", "pos", "upper triangular" or "lower triangular"'
        raise OperandError(f"solve: assume_a is {kinds}, not {assume_a!r}.")
    return ops.solve(a.T if transposed else a, b)


KINDS = {"general": "gen", "symmetric": "sym", "hermitian": "her", "positive definite": "pos"}
"""SciPy's short word for a kind of matrix, by the long one."""


@as_scipys
def eigh(a: Any, lower: bool = True, eigvals_only: bool = False) -> Any:
    """Eigenvalues, and vectors, of a symmetric matrix.

    Parameters
    ----------
    a : Variable or array, shape (..., n, n)
    lower : bool
        Which triangle is read.
    eigvals_only : bool
        Return the eigenvalues alone.

    Returns
    -------
    eigenvalues : Variable, shape (..., n)
        In ascending order.
    eigenvectors : Variable, shape (..., n, n)
        As columns, in the same order.
    """
    triangle = "L" if lower else "U"
    return ops.eigvalsh(a, triangle) if eigvals_only else tuple(ops.eigh(a, triangle))


@beside(scipy.linalg.block_diag)
def block_diag(*arrays: Any) -> Variable:
    """Matrix with the given ones along its diagonal, and zeros elsewhere.

    Parameters
    ----------
    *arrays : Variables or arrays, of up to 2 dimensions
        A vector counts as one row.
    """
    parts = [ops.atleast_2d(x) for x in arrays]
    width, rows, start = sum(x.shape[1] for x in parts), [], 0
    for x in parts:
        rows.append(ops.pad(x, ((0, 0), (start, width - start - x.shape[1]))))
        start += x.shape[1]
    return ops.concatenate(rows, axis=0)
