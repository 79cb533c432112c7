"""Eigenvalues of symmetric matrices, singular values, and their vectors; of stacks too.

The derivative of eigenvectors divides by the gaps between eigenvalues. Where two are equal
to working precision, their vectors are any basis of a plane: the part of the derivative that
turns these into each other is taken as 0. A function that does not depend on the basis (a sum
over all eigenvalues, a projection onto the plane, u · vᵀ) has its gradient all the same.

One kind cannot have it: v · g(w) · vᵀ, the function g of the matrix, whose gradient in the plane
is g', which the gradients of w and v do not hold. Where values may be equal, compute it from the
matrix itself: `inv`, `matrix_power`, ``expm`` and ``sqrtm`` of ``nbgrad.compat.scipy.linalg``.

Source: M. Giles, An extended collection of matrix derivative results for forward and reverse
mode algorithmic differentiation, Oxford (2008).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.errors import OperandError
from nbgrad.engine.operation import unary
from nbgrad.engine.variable import Variable

from .base import Operand, Value, apply, plain
from .factoring import of_symmetric
from .solving import MatrixOperation, product, solved, transposed


class Eigh(MatrixOperation, several_outputs=True):
    """Several y: the eigenvalues w and eigenvectors v of a symmetric x, with x · v = v · w."""

    def __init__(self, UPLO: Any = "L") -> None:
        self.UPLO = UPLO

    def forward(self, x: Any) -> Any:
        return solved(np.linalg.eigh, x, UPLO=self.UPLO)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        w, v = y if all(part is not None for part in y) else apply(self, x)
        gw, gv = gy
        turn = np.matmul(transposed(v), gv) * inverse_gaps(w)
        g = product(v, turn, transposed(v)) + scaled_product(v, gw, transposed(v))
        return of_symmetric((g + transposed(g)) / 2.0, x, self.UPLO == "L")


class Eigvalsh(MatrixOperation):
    """y = the eigenvalues of a symmetric x."""

    def __init__(self, UPLO: Any = "L") -> None:
        self.UPLO = UPLO

    def forward(self, x: Any) -> Any:
        return solved(np.linalg.eigvalsh, x, UPLO=self.UPLO)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        _, v = apply(Eigh(self.UPLO), x)
        return of_symmetric(scaled_product(v, gy, transposed(v)), x, self.UPLO == "L")


class Svd(MatrixOperation, several_outputs=True):
    """Several y: u, the singular values s, and vᵀ, with u · s · vᵀ = x."""

    def __init__(self, full_matrices: bool = True) -> None:
        self.full_matrices = full_matrices

    def forward(self, x: Any) -> Any:
        return solved(np.linalg.svd, x, full_matrices=self.full_matrices)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        u, s, vh = y if all(part is not None for part in y) else apply(self, x)
        gu, gs, gvh = gy
        k = s.shape[-1]
        first_u, first_vh = u[..., :k], vh[..., :k, :]
        # Where both turn alike the gap counts, where they turn oppositely the sum does.
        turn_u = np.matmul(transposed(first_u), gu[..., :k])
        turn_v = np.matmul(first_vh, transposed(gvh[..., :k, :]))
        turn_u, turn_v = turn_u - transposed(turn_u), turn_v - transposed(turn_v)
        alike, opposite = (turn_u + turn_v) / 2.0, (turn_u - turn_v) / 2.0
        sums = s[..., None, :] + s[..., :, None]
        inner = alike * inverse_gaps(s) + opposite * inverse(sums, s)
        g = product(first_u, inner, first_vh) + scaled_product(first_u, gs, first_vh)
        if x.shape[-2] > k:
            g = g + scaled_product(_beside(u, gu, k), inverse(s, s), first_vh)
        if x.shape[-1] > k:
            beside = _beside(transposed(vh), transposed(gvh), k)
            g = g + transposed(scaled_product(beside, inverse(s, s), transposed(first_u)))
        return g


def _beside(u: Value, gu: Value, k: int) -> Value:
    """Return the part of the gradient of the first k columns that leads out of their space."""
    first, g = u[..., :k], gu[..., :k]
    if u.shape[-1] == k:
        return g - product(first, transposed(first), g)
    others, g_others = u[..., k:], gu[..., k:]
    turn = np.matmul(transposed(others), g) - np.matmul(transposed(g_others), first)
    return np.matmul(others, turn)


class Svdvals(MatrixOperation):
    """y = the singular values of x."""

    def forward(self, x: Any) -> Any:
        return solved(np.linalg.svd, x, compute_uv=False)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        u, _, vh = apply(Svd(False), x)
        return scaled_product(u, gy, vh)


def scaled_product(a: Value, scale: Value, b: Value) -> Value:
    """Return a · diag(scale) · b."""
    return np.matmul(a * scale[..., None, :], b)


def inverse_gaps(w: Value) -> Value:
    """Return 1 / (w_j - w_i) of all pairs."""
    return inverse(w[..., None, :] - w[..., :, None], w)


def inverse(x: Value, values: Value) -> Value:
    """Return 1 / x; 0 where x is 0 to working precision, beside the largest of all values."""
    if not values.size:
        return x
    largest = np.max(np.abs(plain(values)), axis=-1, keepdims=True)
    if x.ndim > values.ndim:
        largest = largest[..., None]
    close = 10 * values.shape[-1] * np.finfo(values.dtype).eps
    nothing = np.abs(plain(x)) <= close * largest
    return np.where(nothing, 0.0, 1.0 / np.where(nothing, 1.0, x))


def eigh(x: Operand, UPLO: str = "L") -> Any:
    """Eigenvalues and eigenvectors of a symmetric matrix, or of each of a stack.

    Parameters
    ----------
    x : Variable or array, shape (..., n, n)
        Symmetric; one triangle is read.

    Returns
    -------
    EighResult of Variables eigenvalues, shape (..., n), and eigenvectors, shape (..., n, n)

    Notes
    -----
    Of equal eigenvalues any basis is right, and no gradient turns one into another. What does not
    depend on the basis has its gradient, but for a function v · g(w) · vᵀ of the matrix: where
    eigenvalues may be equal, compute that one from x, with `inv`, `matrix_power`, or ``expm`` and
    ``sqrtm`` of ``nbgrad.compat.scipy.linalg``.
    """
    from .matrix_results import EighResult

    w, v = Eigh(_triangle(UPLO)).on(x)
    return EighResult(w, v)


def eigvalsh(x: Operand, UPLO: str = "L") -> Variable:
    """Eigenvalues of a symmetric matrix, or of each of a stack.

    Parameters
    ----------
    x : Variable or array, shape (..., n, n)
        Symmetric; one triangle is read.
    """
    return Eigvalsh(_triangle(UPLO)).on(x)


def _triangle(name: str) -> str:
    if str(name).upper() not in ("L", "U"):
        raise OperandError(f"eigh: UPLO is 'L' or 'U', not {name!r}.")
    return str(name).upper()


def svd(
    x: Operand, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """Singular values and vectors of a matrix, or of each of a stack.

    Parameters
    ----------
    x : Variable or array, shape (..., n, m)
    full_matrices : bool
        Whether u and vᵀ are square; else they have k = min(n, m) columns and rows.
    compute_uv : bool
        Whether to return u and vᵀ beside the singular values.

    Returns
    -------
    SVDResult of Variables U, S, Vh; with ``compute_uv=False`` a Variable, shape (..., k)

    Notes
    -----
    Of equal singular values any basis is right, and no gradient turns one into another: see `eigh`.
    """
    from .matrix_results import SVDResult

    if not (hermitian or compute_uv):
        return svdvals(x)
    usv = _svd_of_symmetric(x) if hermitian else Svd(bool(full_matrices)).on(x)
    return SVDResult(*usv) if compute_uv else usv[1]


def _svd_of_symmetric(x: Operand) -> tuple[Any, Any, Any]:
    """Return u, |w| and (u · sign w)ᵀ, from the eigenvalues w and their vectors."""
    values, vectors = eigh(x)
    order = np.argsort(np.abs(plain(values)), axis=-1)[..., ::-1]
    w: Any = np.take_along_axis(values, order, -1)
    v: Any = np.take_along_axis(vectors, order[..., None, :], -1)
    return v, abs(w), transposed(v * np.sign(plain(w))[..., None, :])


svdvals = unary(
    Svdvals(),
    """Singular values of a matrix, or of each of a stack, falling.

Parameters
----------
x : Variable or array, shape (..., n, m)
""",
)
