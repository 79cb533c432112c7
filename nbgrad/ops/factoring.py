"""Factors of matrices: Cholesky and QR; of one matrix or a stack of them.

Sources: I. Murray, Differentiation of the Cholesky decomposition, arXiv:1602.07527 (2016);
M. Seeger et al., Auto-differentiating linear algebra, arXiv:1710.08717 (2017).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable

from .base import Operand, Value, apply, plain, usually
from .solving import Inv, MatrixOperation, Solve, product, solved, transposed


class Cholesky(MatrixOperation):
    """y = the lower triangle with y · yᵀ = x."""

    def __init__(self, upper: bool = False) -> None:
        self.upper = upper

    def forward(self, x: Any) -> Any:
        y = solved(np.linalg.cholesky, transposed(x) if self.upper else x)
        return transposed(y) if self.upper else y

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        if self.upper:
            y, gy = transposed(y), transposed(gy)
        inverse = apply(Inv(), y)
        inner = np.matmul(transposed(y), gy)
        inner = np.tril(inner) - np.tril(np.triu(inner)) / 2.0
        g = product(transposed(inverse), inner, inverse)
        return of_symmetric((g + transposed(g)) / 2.0, x, not self.upper)


def of_symmetric(g: Value, x: Value, lower: bool) -> Value:
    """Return the gradient of a function that reads one triangle of a symmetric matrix.

    ``g`` is symmetric. If x is, to working precision, the two triangles share it evenly; else all of it
    goes to the triangle that is read, and the derivative is that of NumPy's function.
    """
    data, n = plain(x), x.shape[-1]
    close = 10 * n * np.finfo(data.dtype).eps if data.dtype.kind == "f" else 0.0
    if not data.size or (np.abs(data - transposed(data)).max() <= close * np.abs(data).max()):
        return g
    read = np.tri(n, dtype=bool) if lower else np.tri(n, dtype=bool).T
    weight = np.where(read, 2.0 - np.eye(n), 0.0).astype(g.dtype)
    return g * weight


class QR(MatrixOperation, several_outputs=True):
    """Several y: q with orthonormal columns and r, an upper triangle, with q · r = x."""

    def __init__(self, mode: Any = "reduced") -> None:
        self.mode = mode

    def forward(self, x: Any) -> Any:
        return solved(np.linalg.qr, x, mode=self.mode)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        q, r = y if all(part is not None for part in y) else apply(self, x)
        gq, gr = gy
        n, columns = x.shape[-2:]
        k = min(n, columns)
        _check_rank(plain(r), k)
        if q.shape[-1] > k:  # the other columns turn against those of x
            first, others = q[..., :k], q[..., k:]
            gq = gq[..., :k] - product(others, transposed(gq[..., k:]), first)
            q, r, gr = first, r[..., :k, :], gr[..., :k, :]
        if columns > k:  # q · r₂ = x₂: a product of q
            gq = gq + np.matmul(x[..., k:], transposed(gr[..., k:]))
        square, g_square = r[..., :k], gr[..., :k]
        m = np.matmul(square, transposed(g_square)) - np.matmul(transposed(gq), q)
        m = np.tril(m) + transposed(np.tril(m, -1))
        g = gq + np.matmul(q, m)
        g = transposed(apply(Solve(), square, transposed(g)))
        if columns == k:
            return g
        return np.concatenate([g, np.matmul(q, gr[..., k:])], axis=-1)


def _check_rank(r: Any, k: int) -> None:
    """Refuse matrices whose first k columns depend on each other to working precision."""
    if not r.size:
        return
    lengths = np.absolute(r[..., :k, :k]).max(axis=-2)
    left = np.absolute(np.diagonal(r, axis1=-2, axis2=-1)[..., :k])
    close = k * np.finfo(np.result_type(r, np.float32)).eps
    if not usually(np.logical_not(left <= lengths * close).all()):
        raise np.linalg.LinAlgError(
            f"its first {k} columns depend on each other, to working precision: q and r have no "
            "derivative there. Add a small multiple of np.eye(n, m) to it, or use the singular "
            "values of ng.svd, which have one."
        )


def cholesky(x: Operand, upper: bool = False) -> Variable:
    """Cholesky factor of a positive definite matrix: y · yᵀ = x.

    Parameters
    ----------
    x : Variable or array, shape (..., n, n)
        Symmetric; the lower triangle is read.
    upper : bool
        Read the upper triangle and return the upper factor, with yᵀ · y = x.

    Raises
    ------
    ShapeError
        If x is not square.
    MatrixError
        If x is not positive definite.
    """
    return Cholesky(upper).on(x)


def qr(x: Operand, mode: str = "reduced") -> Any:
    """Factors of a matrix: q with orthonormal columns and r, an upper triangle.

    Parameters
    ----------
    x : Variable or array, shape (..., n, m)
    mode : {"reduced", "complete", "r"}
        As in NumPy: k = min(n, m) columns of q, all n, or r alone.

    Returns
    -------
    QRResult of Variables Q, R; with ``mode="r"`` a Variable

    Raises
    ------
    OperandError
        For another mode.
    """
    from .matrix_results import QRResult

    if mode not in ("reduced", "complete", "r"):
        raise OperandError(f"qr: there are the modes 'reduced', 'complete' and 'r', not {mode!r}.")
    q, r = QR("reduced" if mode == "r" else mode).on(x)
    return r if mode == "r" else QRResult(q, r)
