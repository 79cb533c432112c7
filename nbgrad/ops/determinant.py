"""Determinants. Their derivative, the cofactors, needs no inverse and exists for any matrix.

In the matrix's singular values s, with u · diag(s) · v, the cofactors are det u · det v · u · c · v
with c = diag(Π sⱼ over j ≠ i). Source: G. W. Stewart, On the adjugate matrix, Linear Algebra
and its Applications 283 (1998).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import refuse_warnings
from nbgrad.engine.errors import SecondOrderError
from nbgrad.engine.operation import unary
from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, apply, plain, within_rules
from .prod import Others
from .solving import DOC, Inv, solved, transposed

_FAR_FROM_SINGULAR = 1e4


class Det(Operation):
    """y = det x."""

    def forward(self, x: Any) -> Any:
        return solved(np.linalg.det, x)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy[..., None, None] * apply(Cofactors(), x)


@within_rules
class Cofactors(Operation):
    """y = det x · (x⁻¹)ᵀ, in the limit where x is singular."""

    def forward(self, x: Any) -> Any:
        inverse = _inverse_of_regular(x)
        if inverse is not None:
            return solved(np.linalg.det, x)[..., None, None] * inverse.swapaxes(-1, -2)
        u, s, v, sign = _decomposed(x)
        others = Others(-1).forward(s)[..., None]
        return (sign * np.matmul(u, others * v)).astype(np.result_type(x, np.float16))

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        if _inverse_of_regular(plain(x)) is None:
            return apply(Minors(), x, gy)
        turned = apply(Inv(), x).swapaxes(-1, -2)
        share = (turned * gy).sum(axis=(-2, -1), keepdims=True)
        crossed = np.matmul(np.matmul(turned, gy.swapaxes(-1, -2)), turned)
        return apply(Det(), x)[..., None, None] * (turned * share - crossed)


@within_rules
class Minors(Operation):
    """y = the derivative of Σ g · (cofactors of x)."""

    def forward(self, x: Any, g: Any) -> Any:
        u, s, v, sign = _decomposed(x)
        p = np.matmul(np.matmul(u.swapaxes(-1, -2), g), v.swapaxes(-1, -2))
        one = np.eye(s.shape[-1])
        # The product of all singular values but i and j, in row i and column j.
        pairs = Others(-1).forward(np.where(one == 1, 1.0, s[..., None, :])) * (1.0 - one)
        r = -pairs * p.swapaxes(-1, -2)
        diagonal = (pairs * np.diagonal(p, axis1=-2, axis2=-1)[..., None, :]).sum(axis=-1)
        r += one * diagonal[..., None]
        return (sign * np.matmul(np.matmul(u, r), v)).astype(np.result_type(x, np.float16))

    def gx0(self, gy: Value, y: Value, x: Value, g: Value) -> Value:
        raise SecondOrderError(
            f"det of a singular matrix, x {np.shape(plain(x))}: only the first and the second "
            "derivative are computed. Differentiate it at a regular matrix."
        )

    def gx1(self, gy: Value, y: Value, x: Value, g: Value) -> Value:
        return apply(Minors(), x, gy)


class SlogDet(Operation):
    """Several y: the sign of det x, and ln |det x|."""

    several_outputs = True

    def forward(self, x: Any) -> Any:
        return solved(lambda a: tuple(np.linalg.slogdet(a)), x)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        singular = (np.linalg.slogdet(np.asarray(plain(x), np.float64))[0] == 0)[..., None, None]
        if singular.any():
            x = np.where(singular, np.eye(x.shape[-1], dtype=x.dtype), x)
        g = gy[1][..., None, None] * transposed(apply(Inv(), x))
        return np.where(singular, np.nan, g) if singular.any() else g


def regular_inverse(x: Any) -> Any:
    """Return the inverses of matrices that are all far from singular, else None."""
    if not x.size:
        return x
    try:
        inverse = solved(np.linalg.inv, x)
    except np.linalg.LinAlgError:
        return None
    sizes = [np.absolute(m).max(axis=(-2, -1)) for m in (x, inverse)]
    with np.errstate(all="ignore"):
        return inverse if (sizes[0] * sizes[1] < _FAR_FROM_SINGULAR).all() else None


def _inverse_of_regular(x: Any) -> Any:
    """Return `regular_inverse`, but None where a determinant is out of range."""
    with np.errstate(all="ignore"):
        size = np.absolute(solved(np.linalg.det, x))
    info = np.finfo(size.dtype)
    within = (size >= info.tiny) & (size <= info.max)
    return regular_inverse(x) if within.all() else None


def _decomposed(x: Any) -> tuple[Any, Any, Any, Any]:
    """Return u, s, v with x = u · diag(s) · v, and det u · det v."""
    u, s, v = np.linalg.svd(np.asarray(x, np.float64))
    sign = np.sign(np.linalg.det(u) * np.linalg.det(v))[..., None, None]
    return u, s, v, sign


det = unary(
    Det(),
    "det",
    DOC.format(
        line="Determinant of a matrix, or of each of a stack.",
        parameters="x : Variable or array, shape (..., n, n)",
        singular="",
    ),
)


class SlogdetResult(NamedTuple):
    """The sign of a determinant, and the logarithm of its size."""

    sign: Variable
    logabsdet: Variable


def slogdet(x: Operand) -> Any:
    """Sign and logarithm of the determinant, which may be beyond all numbers itself.

    Parameters
    ----------
    x : Variable or array, shape (..., n, n)

    Returns
    -------
    SlogdetResult of Variables sign and logabsdet, shape (...)

    Raises
    ------
    ShapeError
        If x is not square.
    """
    return SlogdetResult(*SlogDet().on(x))


refuse_warnings(globals())
