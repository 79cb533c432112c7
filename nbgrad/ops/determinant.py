"""Determinants. Their derivative, the cofactors, needs no inverse and exists for any matrix.

In the matrix's singular values s, with u · diag(s) · v, the cofactors are det u · det v · u · c · v
with c = diag(Π sⱼ over j ≠ i). Source: G. W. Stewart, On the adjugate matrix, Linear Algebra
and its Applications 283 (1998). Rows and columns are scaled by powers of two first, and products
kept as mantissa and exponent: a determinant may be beyond all numbers where its cofactors are not.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.errors import SecondOrderError
from nbgrad.engine.operation import unary

from .base import Operand, Operation, Value, apply, plain, within_rules
from .minors import FAR, are_few, cofactors, cofactors_slope, shifted
from .precision import floating
from .prod import others_in_parts
from .solving import DOC, Inv, MatrixOperation, solved, transposed

_FAR_FROM_SINGULAR = 1e4


class Det(MatrixOperation):
    """y = det x."""

    def forward(self, x: Any) -> Any:
        return solved(np.linalg.det, x)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy[..., None, None] * apply(Cofactors(), x)


@within_rules
class Cofactors(Operation):
    """y = det x · (x⁻¹)ᵀ, in the limit where x is singular."""

    def forward(self, x: Any) -> Any:
        if x.shape[-1] in (2, 3):
            wide = floating(x)
            return _cofactors_of_two(wide) if x.shape[-1] == 2 else _crossed(wide, wide)
        inverse = _inverse_of_regular(x)
        if inverse is not None:
            return solved(np.linalg.det, x)[..., None, None] * inverse.swapaxes(-1, -2)
        if are_few(x):
            return _of_finite(cofactors, x)
        scaled = _Scaled(x)
        products, powers = others_in_parts(scaled.s)
        top = powers.max(axis=-1, keepdims=True, initial=-FAR)
        c = shifted(products, powers - top)[..., None]
        y = scaled.sign * np.matmul(scaled.u, c * scaled.v)
        return scaled.unscaled(y, top[..., None], x)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        if x.shape[-1] in (2, 3) or _inverse_of_regular(plain(x)) is None:
            return apply(Minors(), x, gy)
        turned = apply(Inv(), x).swapaxes(-1, -2)
        share = (turned * gy).sum(axis=(-2, -1), keepdims=True)
        crossed = np.matmul(np.matmul(turned, gy.swapaxes(-1, -2)), turned)
        return apply(Det(), x)[..., None, None] * (turned * share - crossed)


@within_rules
class Minors(Operation):
    """y = the derivative of Σ g · (cofactors of x)."""

    def forward(self, x: Any, g: Any) -> Any:
        if x.shape[-1] == 2:
            return _cofactors_of_two(g)
        if x.shape[-1] == 3:
            x = floating(x)
            return _crossed(x, g) + _crossed(g, x)
        if are_few(x):
            return _of_finite(cofactors_slope, x, g)
        scaled = _Scaled(x)
        u, s, v = scaled.u, scaled.s, scaled.v
        g, power = _of_one_power(np.asarray(g, np.float64), -scaled.powers)
        p = np.matmul(np.matmul(u.swapaxes(-1, -2), g), v.swapaxes(-1, -2))
        one = np.eye(s.shape[-1])
        # The product of all singular values but i and j, in row i and column j.
        pairs, top = _of_one_power(*others_in_parts(np.where(one == 1, 1.0, s[..., None, :])))
        pairs = pairs * (1.0 - one)
        r = -pairs * p.swapaxes(-1, -2)
        diagonal = (pairs * np.diagonal(p, axis1=-2, axis2=-1)[..., None, :]).sum(axis=-1)
        r += one * diagonal[..., None]
        y = scaled.sign * np.matmul(np.matmul(u, r), v)
        return scaled.unscaled(y, power + top, x)

    def gx0(self, gy: Value, y: Value, x: Value, g: Value) -> Value:
        if x.shape[-1] == 2:
            return gy * 0.0
        if x.shape[-1] == 3:
            return apply(Minors(), g, gy)
        raise SecondOrderError(
            f"det of a singular matrix, x {np.shape(plain(x))}: only the first and the second "
            "derivative are computed. Differentiate it at a regular matrix."
        )

    def gx1(self, gy: Value, y: Value, x: Value, g: Value) -> Value:
        return apply(Minors(), x, gy)


class SlogDet(MatrixOperation, several_outputs=True):
    """Several y: the sign of det x, and ln |det x|."""

    def forward(self, x: Any) -> Any:
        return solved(np.linalg.slogdet, x)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        singular = (solved(np.linalg.slogdet, plain(x))[0] == 0)[..., None, None]
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


def _cofactors_of_two(x: Any) -> Any:
    """Return the cofactors of matrices (2, 2): each is an element."""
    return x[..., ::-1, ::-1] * np.array([[1.0, -1.0], [-1.0, 1.0]], x.dtype)


def _crossed(a: Any, b: Any) -> Any:
    """Return of matrices (3, 3) the cross products of each next row and the one after it."""
    a, b = np.roll(a, -1, axis=-2), np.roll(b, -2, axis=-2)
    left, right = (np.roll(a, -1, -1), np.roll(b, -2, -1)), (np.roll(a, -2, -1), np.roll(b, -1, -1))
    return left[0] * left[1] - right[0] * right[1]


class _Scaled:
    """Singular values and vectors of matrices whose rows and columns were scaled.

    ``powers`` are the powers of two that each element was divided by, ``total`` that of the
    determinant; ``sign`` is det u · det v. What is not finite is 0 here.
    """

    def __init__(self, x: Any) -> None:
        wide = np.asarray(x, np.float64)
        self.finite = np.isfinite(wide).all(axis=(-2, -1), keepdims=True)
        wide = np.where(self.finite, wide, 0.0)
        powers: Any = np.zeros(wide.shape, np.int64)
        for axis in (-1, -2):
            largest = np.absolute(np.ldexp(wide, -powers)).max(axis, keepdims=True, initial=0.0)
            powers = powers + np.frexp(largest)[1]
        self.powers = powers
        self.total = np.trace(powers, axis1=-2, axis2=-1)[..., None, None]
        self.u, self.s, self.v = np.linalg.svd(np.ldexp(wide, -powers))
        sign = np.sign(np.linalg.det(self.u) * np.linalg.det(self.v))
        self.sign = sign[..., None, None]

    def unscaled(self, y: Any, power: Any, x: Any) -> Any:
        """Return cofactors of the scaled matrix, times a power of two, as those of x."""
        y = shifted(y, power + self.total - self.powers)
        return np.where(self.finite, y, np.nan).astype(np.result_type(x, np.float16))


def _of_one_power(x: Any, powers: Any) -> tuple[Any, Any]:
    """Return x · 2^powers as matrices of size 1 or less, and the power of two of each."""
    mantissa, own = np.frexp(x)
    powers = powers + np.where(mantissa == 0, -FAR, own)
    top = powers.max(axis=(-2, -1), keepdims=True, initial=-FAR)
    return shifted(mantissa, powers - top), top


def _of_finite(function: Any, x: Any, *others: Any) -> Any:
    """Call a function of matrices of float64; what is not finite gives NaN."""
    finite = np.isfinite(x).all(axis=(-2, -1), keepdims=True)
    y = function(np.where(finite, x, 0.0).astype(np.float64), *others)
    return np.where(finite, y, np.nan).astype(np.result_type(x, np.float16))


det = unary(
    Det(),
    DOC.format(
        line="Determinant of a matrix, or of each of a stack.",
        parameters="x : Variable or array, shape (..., n, n)",
        singular="",
    ),
)


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
    from .matrix_results import SlogdetResult

    return SlogdetResult(*SlogDet().on(x))
