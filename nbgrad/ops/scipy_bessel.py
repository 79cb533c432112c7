"""Derivatives of SciPy's Bessel functions, of any order n, on arrays of any size."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import refuse_warnings

from .base import Operation, Value, apply, within_rules
from .precision import floating

_SIGNS = {"iv": (1.0, 0.5), "ive": (1.0, 0.5), "kv": (1.0, -0.5), "kve": (1.0, -0.5)}
"""F' = factor · (F(v - 1) + sign · F(v + 1)), for functions other than J and Y."""


@within_rules
class Bessel(Operation):
    """y = the derivative of order n, by x1, of a Bessel function F of order x0.

    It is computed in float64 by the functions of the orders around x0. Where F has a factor e^∓x
    these nearly cancel for large x, from where on the asymptotic series is differentiated
    (Abramowitz and Stegun 9.7.1 and 9.7.2).
    """

    def __init__(self, name: str, n: int = 1) -> None:
        self.name, self.n = name, n

    def forward(self, x0: Any, x1: Any) -> Any:
        x = np.asarray(x1, np.float64)
        if not self.name.endswith("e") or self.name[0] in "jy":  # e^-|Im x| is 1 for real x
            y = self._around(self.n, x0, x)
        else:
            slope = 1.0 if self.name == "kve" else -np.sign(x)  # of the exponent of the factor
            y = sum(
                math.comb(self.n, k) * slope ** (self.n - k) * self._around(k, x0, x)
                for k in range(self.n + 1)
            )
            y = np.where(np.abs(x) > 30.0 + 2.0 * x0 * x0, self._far(x0, x), y)
        return y.astype(floating(x1).dtype)[()]

    def gxi(self, i: int, gy: Value, y: Value, xs: tuple[Value, ...]) -> Value:
        return gy * apply(Bessel(self.name, self.n + 1), *xs)

    def _around(self, n: int, v: Any, x: Any) -> Any:
        """Return the derivative of order n of F, times its factor."""
        function = getattr(sys.modules["scipy.special"], self.name)
        sign, factor = _SIGNS.get(self.name, (-1.0, 0.5))
        terms = [
            factor**n * sign**k * math.comb(n, k) * function(v - n + 2.0 * k, x)
            for k in range(n + 1)
        ]
        with np.errstate(invalid="ignore"):
            return np.where(np.isinf(terms[-1]), terms[-1], sum(terms))  # the largest near 0

    def _far(self, v: Any, x: Any) -> Any:
        """Return the derivative of the series in 1 / x."""
        size, n = np.maximum(np.abs(x), 30.0), self.n
        sign, scale = (
            (1.0, math.sqrt(math.pi / 2.0))
            if self.name == "kve"
            else (-1.0, 1.0 / math.sqrt(2.0 * math.pi))
        )
        term, y = size ** (-0.5 - n), 0.0
        for k in range(14):
            y = y + term * math.prod(k + 0.5 + i for i in range(n))
            term = term * ((4.0 * v * v - (2 * k + 1) ** 2) * sign / (8 * (k + 1)) / size)
        return np.where(x < 0, np.cos(math.pi * v), (-1.0) ** n) * y * scale


refuse_warnings(globals())
