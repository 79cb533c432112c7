"""The length and the angle of a point in the plane, elementwise.

Squares would overflow long before a length does, and underflow: lengths are `numpy.hypot`'s, and
what has them in a denominator is computed of the point scaled to a length near 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.operation import binary

from .base import Operation, Value, apply, plain, within_rules
from .kink import with_slope
from .precision import joint_dtype


class Hypot(Operation, forward=np.hypot):
    """y = √(x0² + x1²)."""

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return with_slope(gy * apply(Share(), x0, x1), gy, y, x0)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return with_slope(gy * apply(Share(), x1, x0), gy, y, x1)


@within_rules
class Share(Operation):
    """y = x0 / √(x0² + x1²); 0 at (0, 0)."""

    def forward(self, x0: Any, x1: Any) -> Any:
        (x0, x1), _, dtype = scaled(x0, x1)
        h = np.hypot(x0, x1)
        return (x0 / (h + (h == 0))).astype(dtype)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return gy * (apply(Share(), x1, x0) * _bend(x1, x0))

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return -(gy * (y * _bend(x1, x0)))


def _bend(x0: Value, x1: Value) -> Value:
    """Return x0 / (x0² + x1²); 0 at (0, 0)."""
    at_zero = np.equal(plain(x0), 0) & np.equal(plain(x1), 0)
    x1 = np.where(at_zero, 1.0, x1) if at_zero.any() else x1
    return apply(OverSquare(), x0, x1)


@within_rules
class OverSquare(Operation):
    """y = x0 / (x0² + x1²)."""

    def forward(self, x0: Any, x1: Any) -> Any:
        (x0, x1), exponent, dtype = scaled(x0, x1)
        return np.ldexp(x0 / (x0 * x0 + x1 * x1), -exponent).astype(dtype)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        h = apply(_HYPOT, x0, x1)
        # Not the difference of squares, and not a sum beyond the largest number.
        size = plain(h)
        unit = np.where(size > np.finfo(size.dtype).max / 2, 0.25, 1.0).astype(size.dtype)
        apart, together = x1 * unit - x0 * unit, x1 * unit + x0 * unit
        return gy * (apart / h * (together / h) / h / h)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        a, b, h = apply(Share(), x0, x1), apply(Share(), x1, x0), apply(_HYPOT, x0, x1)
        return -(gy * (a * b * 2.0 / h / h))


def scaled(x0: Any, x1: Any) -> tuple[tuple[Any, Any], Any, Any]:
    """Return a point in float64 or wider with its larger coordinate from 1/2 to 1, or at an infinite corner.

    Returns
    -------
    point : pair of arrays
    exponent : array of int
        The point times 2 to this power is the one given.
    dtype : dtype
        Of the result.
    """
    dtype = joint_dtype(x0, x1)
    wide = np.result_type(dtype, np.float64)
    x0, x1 = np.asarray(x0, wide), np.asarray(x1, wide)
    largest = np.maximum(np.absolute(x0), np.absolute(x1))
    exponent = power = np.frexp(largest)[1]
    corner = np.isinf(largest)
    if corner.any():
        x0, x1 = (np.where(corner, np.isinf(x) * np.sign(x), x) for x in (x0, x1))
        exponent, power = np.where(corner, 2**15, power), np.where(corner, 0, power)
    return (np.ldexp(x0, -power), np.ldexp(x1, -power)), exponent, dtype


_HYPOT = Hypot()

hypot = binary(_HYPOT, "Length of the hypotenuse, elementwise: √(x0² + x1²).")
