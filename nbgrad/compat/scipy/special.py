"""`scipy.special`: what is not a ufunc there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special

from nbgrad import ops
from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable, as_variable
from nbgrad.ops.base import Operation, Value, apply
from nbgrad.ops.precision import floating
from nbgrad.ops.scipy_special import check_order

from .operands import beside

__all__ = ["log_softmax", "logsumexp", "multigammaln", "polygamma", "softmax"]


def __getattr__(name: str) -> Any:
    return getattr(scipy.special, name)


class Polygamma(Operation):
    """y = the derivative of order x0 of `digamma`, at x1."""

    public_name = "polygamma"
    symbol = "ψ⁽ⁿ⁾"
    formula = "gx1 = gy · polygamma(x0 + 1, x1)"

    def forward(self, x0: Any, x1: Any) -> Any:
        y = scipy.special.polygamma(x0, np.asarray(x1, np.float64))
        return y.astype(floating(x1).dtype)[()]

    def gxi(self, i: int, gy: Value, y: Value, xs: tuple[Value, ...]) -> Value:
        return gy * apply(Polygamma(), xs[0] + 1, xs[1])


@beside(scipy.special.polygamma)
def polygamma(n: Any, x: Any) -> Variable:
    """Polygamma function: the derivative of order n of `digamma`, with n a number or an array."""
    check_order("polygamma", 0, n)
    return Polygamma().on(np.asarray(n), x)


@beside(scipy.special.multigammaln)
def multigammaln(a: Any, d: int) -> Variable:
    """Logarithm of the multivariate gamma function of dimension d."""
    check_order("multigammaln", 1, d)
    a = as_variable(a)
    if d < 1 or np.any(a.data <= 0.5 * (d - 1)):
        raise OperandError(f"multigammaln: a must be above (d - 1) / 2, with d={d} of at least 1.")
    terms = [scipy.special.gammaln(a - j / 2.0) for j in range(int(d))]
    y: Variable = sum(terms[1:], terms[0]) + d * (d - 1) / 4.0 * math.log(math.pi)
    return y


@beside(scipy.special.logsumexp)
def logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    """Logarithm of the sum of exponentials, each times b.

    Parameters
    ----------
    a : Variable or array
    axis : int or tuple of ints, optional
    b : Variable or array, optional
        Factors, of either sign.
    keepdims : bool
    return_sign : bool
        Return the logarithm of the sum's absolute value, and its sign as an array beside it.

    Returns
    -------
    Variable, or Variable and array
        NaN where the sum is negative, unless its sign is asked for.
    """
    a = as_variable(a)
    if b is None:
        y = ops.logsumexp(a, axis, keepdims)
        sign = np.where(np.isnan(y.data), np.nan, y.data > -np.inf)
        return (y, sign) if return_sign else y
    nothing = np.asarray(b.data if isinstance(b, Variable) else b) == 0
    largest = np.max(np.where(nothing, -np.inf, a.data), axis, keepdims=True)
    shift = np.where(np.isfinite(largest), largest, 0.0).astype(a.dtype)
    total = ops.sum(b * ops.exp(ops.where(nothing, 0.0, a - shift)), axis, True)
    with np.errstate(divide="ignore", invalid="ignore"):  # a sum of 0 gives -inf
        y = ops.log(ops.abs(total) if return_sign else total) + shift
    if not keepdims:
        y, total = ops.squeeze(y, axis), ops.squeeze(total, axis)
    return (y, np.sign(total.data)) if return_sign else y


@beside(scipy.special.softmax)
def softmax(x: Any, axis: Any = None) -> Variable:
    """Exponentials divided by their sum, over all axes by default."""
    return ops.softmax(x, axis)


@beside(scipy.special.log_softmax)
def log_softmax(x: Any, axis: Any = None) -> Variable:
    """Logarithm of `softmax`, over all axes by default."""
    return ops.log_softmax(x, axis)
