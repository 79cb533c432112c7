"""Special functions that are their own family: a derivative of one is another one of a higher order."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import names_users_line
from nbgrad.engine.operation import unary

from .base import Operation, Value, apply
from .precision import floating


class OfOrder(Operation):
    """A function of an order: NumPy has the one of order 0."""

    numpy: ClassVar[Any]
    higher: ClassVar[Any]

    def __init__(self, order: int = 0) -> None:
        self.order = order

    @names_users_line
    def forward(self, x: Any) -> Any:
        x = floating(x)
        n = self.order
        y = self.higher(np.asarray(x, np.float64), n) if n else self.numpy(x)
        return y.astype(x.dtype)[()]


def derivative_of_sinc(x: Any, order: int) -> Any:
    """Return a derivative of sin(πx) / (πx).

    With z = πx and g₀ = sin(z)/z: near 0 by the power series of gₙ, elsewhere by the
    recurrence z · gₙ = sin(z + nπ/2) - n · gₙ₋₁, which is stable for |z| > n.
    """
    near = np.abs(x) * math.pi <= order + 1
    z = np.where(near, x, 0.0) * math.pi
    series = np.zeros_like(z)
    for m in range((order + 1) // 2, 16 + 2 * order):
        k = 2 * m - order
        series += (-1.0) ** m * z**k / (float(2 * m + 1) * math.factorial(k))
    # sin and cos of πx have the period 2: taking it off first keeps all digits.
    turn = np.fmod(x, 2.0) * math.pi
    far = np.where(near, 1.0, x) * math.pi
    waves = (np.sin(turn), np.cos(turn))
    g = waves[0] / far
    for n in range(1, order + 1):
        wave = waves[n % 2] * (-1 if n % 4 >= 2 else 1)
        g = (wave - n * g) / far
    return np.where(near, series, g) * math.pi**order


class Sinc(OfOrder, numpy=np.sinc, higher=derivative_of_sinc):
    """y = sin(πx) / (πx), or its derivative of an order."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy * apply(Sinc(self.order + 1), x)


_SERIES_BELOW = 30.0
_NODES = 400


def bessel_i(x: Any, order: int) -> Any:
    """Return Iₙ(x): by its power series (Abramowitz and Stegun 9.6.10), for large x by its integral.

    The integral of e^(x cos t) · cos(nt) over a period (9.6.19) is taken by the trapezoidal
    rule, which is exact to double precision with 400 nodes for all x whose Iₙ is finite.
    """
    size = np.abs(x)
    near = np.where(size <= _SERIES_BELOW, size, 0.0) / 2.0
    term = near**order / math.factorial(order)
    total = term.copy()
    for k in range(1, 100):
        term = term * (near * near / (k * (k + order)))
        total += term
    if np.any(size > _SERIES_BELOW):
        far = np.clip(size, _SERIES_BELOW, 1e4)
        sums = np.zeros_like(far)
        for j in range(_NODES):
            t = 2.0 * math.pi * j / _NODES
            sums += np.exp(-2.0 * math.sin(t / 2.0) ** 2 * far) * math.cos(order * t)
        with np.errstate(over="ignore"):
            half = np.exp(far / 2.0)
            total = np.where(size > _SERIES_BELOW, sums / _NODES * half * half, total)
    total = np.where(np.isnan(x), x, total)
    return np.where(x < 0, -total, total) if order % 2 else total


def _i0(x: Any) -> Any:
    return np.asarray(np.i0(x if x.dtype.itemsize >= 8 else x.astype(np.float64)))


class BesselI(OfOrder, numpy=_i0, higher=bessel_i):
    """y = Iₙ(x), the modified Bessel function of the first kind and an integer order."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        n = self.order
        if n == 0:
            return gy * apply(BesselI(1), x)
        return gy * (apply(BesselI(n - 1), x) + apply(BesselI(n + 1), x)) * 0.5


sinc = unary(Sinc(), "Normalised sinc function, elementwise: sin(πx) / (πx), and 1 at 0.")
i0 = unary(BesselI(), "Modified Bessel function of the first kind and order 0, elementwise.")
