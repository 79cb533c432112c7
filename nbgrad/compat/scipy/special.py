"""`scipy.special`: what is not a ufunc there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special

from nbgrad import ops
from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable, as_variable

__all__ = ["log_softmax", "logsumexp", "multigammaln", "polygamma", "softmax"]


def polygamma(n: int, x: Any) -> Variable:
    """Polygamma function: the derivative of order n of `digamma`."""
    y: Variable = (
        scipy.special.psi(as_variable(x)) if n == 0 else scipy.special.zeta(n + 1.0, as_variable(x))
    )
    return y if n == 0 else y * ((-1.0) ** (n + 1) * math.factorial(n))


def multigammaln(a: Any, d: int) -> Variable:
    """Logarithm of the multivariate gamma function of dimension d."""
    a = as_variable(a)
    if d < 1 or np.any(a.data <= 0.5 * (d - 1)):
        raise OperandError(f"multigammaln: a must be above (d - 1) / 2, with d={d} of at least 1.")
    terms = [scipy.special.gammaln(a - j / 2.0) for j in range(d)]
    y: Variable = sum(terms[1:], terms[0]) + d * (d - 1) / 4.0 * math.log(math.pi)
    return y


def logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False) -> Variable:
    """Logarithm of the sum of exponentials, each times b, which must not be negative."""
    a = as_variable(a)
    if b is not None:
        if np.any(as_variable(b).data < 0):
            raise OperandError("logsumexp: the factors b must not be negative.")
        a = a + ops.log(b)
    return ops.logsumexp(a, axis, keepdims)


def softmax(x: Any, axis: Any = None) -> Variable:
    """Exponentials divided by their sum, over all axes by default."""
    x = as_variable(x)
    return ops.softmax(x.ravel(), 0).reshape(x.shape) if axis is None else ops.softmax(x, axis)


def log_softmax(x: Any, axis: Any = None) -> Variable:
    """Logarithm of `softmax`, over all axes by default."""
    x = as_variable(x)
    if axis is None:
        return ops.log_softmax(x.ravel(), 0).reshape(x.shape)
    return ops.log_softmax(x, axis)
