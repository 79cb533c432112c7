"""Norms over axes, at any magnitude: powers are taken of elements scaled to a length near 1."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import names_users_line
from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable

from .axes import Axis, as_rows, kept_shape, norm_axis
from .base import Operand, OverAxes, Value, apply, as_input, as_operand, plain, within_rules
from .kink import slope_at_zero
from .precision import floating, widened
from .reduction import Reduction, sum_
from .shape import moveaxis
from .spectral import svdvals


class Norm(Reduction):
    """y = (Σ |x|ᵖ)^(1/p), with p = 2 by default."""

    def __init__(self, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> None:  # noqa: A002
        super().__init__(axis, keepdims)
        self.ord = ord

    def forward(self, x: Any) -> Any:
        with np.errstate(over="ignore", under="ignore"):
            y = np.linalg.norm(x, self.ord, self.axis, self.keepdims)
        p = self.power
        if p == 0 or math.isinf(p) or not x.size:
            return y
        low, high = bounds(y.dtype, p)
        far = ~((y > low) & (y < high)) & (y == y)
        if p not in (1, 2) and not far.any():
            size = np.absolute(x)
            far = np.logical_not((size > low) & (size < high)).any()
        if not np.any(far):
            return y
        return np.where(far, scaled_length(x, self.axis, self.keepdims, p), y).astype(y.dtype)[()]

    def rule_text(self, rule: str) -> str:
        p = self.power
        if p == 2:
            return rule
        if p in (0, 1):
            return "gx = gy · sign x" if p else "gx = 0"
        if math.isinf(p):
            return "gx = gy · sign x where |x| = y, else 0"
        return f"gx = gy · sign x · (|x| / y)^({p:g} − 1)"

    @property
    def power(self) -> float:
        """The number p."""
        return 2.0 if self.ord in (None, "fro") else float(self.ord)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        g, p = self.unreduced(gy, x.shape), self.power
        length = self.unreduced(y, x.shape)
        if p == 2:
            slope = slope_at_zero(gy, y)
            g = g * apply(Direction(self.axis), length, x)
            return g if slope is None else g + x * self.unreduced(slope, x.shape)
        sign = np.sign(plain(x))
        if p == 0:
            return g * (sign * 0)
        if p == 1:
            return g * sign
        if math.isinf(p):
            chosen = np.abs(plain(x)) == plain(length)
            ties = np.add.reduce(chosen, axis=self.axis, keepdims=True)
            ties = np.maximum(ties, 1).astype(np.result_type(sign, np.float32))
            return g * (np.where(np.isnan(plain(length)), length, chosen) * sign / ties)
        # A 1 in place of 0: the sign makes it 0 again, also for p < 2.
        nowhere = plain(length) == 0
        none = (sign == 0) | nowhere
        size, length = np.where(none, 1.0, np.abs(x)), np.where(none, 1.0, length)
        far = np.isinf(plain(length))
        if far.any():  # by an infinite element, or beyond the largest number
            small = np.absolute(scaled(plain(x), self.axis)[0])
            size = np.where(far, small, size)
            length = np.where(far, scaled_length(small, self.axis, True, p), length)
        # The smaller one above: for p < 1 that is the length.
        power = (size / length) ** (p - 1.0) if p > 1 else (length / size) ** (1.0 - p)
        return g * (power * np.where(nowhere, 0.0, sign))


@within_rules
class Direction(OverAxes):
    """y = x / ‖x‖ over axes, from ‖x‖ and x; 0 where x is."""

    def forward(self, length: Any, x: Any) -> Any:
        if not x.size:
            return x
        low, high = bounds(length.dtype, 2.0)
        if ((length > low) & (length < high)).all():
            return x / length
        small, _ = scaled(x, self.axis)
        length = np.sqrt(np.sum(small * small, axis=self.axis, keepdims=True))
        y = small / (length + (length == 0))
        return y.astype(x.dtype if x.dtype.kind == "f" else np.float64)

    def gx0(self, gy: Value, y: Value, length: Value, x: Value) -> Value | None:
        return None  # the whole gradient comes through x

    @names_users_line
    def gx1(self, gy: Value, y: Value, length: Value, x: Value) -> Value:
        g = widened(gy)
        across = g - y * (g * y).sum(axis=self.axis, keepdims=True)
        return across / (length + (plain(length) == 0))


@cache
def bounds(dtype: Any, p: float) -> tuple[float, float]:
    """Return the bounds between which powers and their sums neither overflow nor underflow."""
    info, root = np.finfo(dtype), min(1.0 / max(abs(p), 1.0), 0.5)
    return float(info.tiny) ** root / float(info.eps), float(info.max) ** root * float(info.eps)


def scaled(x: Any, axis: Axis) -> tuple[Any, Any]:
    """Return an array in float64 with its largest element over axes from 1/2 to 1, and its exponent.

    Infinite elements become ±1 and the others 0, with an exponent beyond all numbers.
    """
    wide = np.asarray(x, np.result_type(x, np.float64))
    largest = np.max(np.absolute(wide), axis=axis, keepdims=True)
    exponent = np.where(np.isfinite(largest), np.frexp(largest)[1], 0)
    infinite = largest == np.inf
    if infinite.any():
        wide = np.where(infinite, np.isinf(wide) * np.sign(wide), wide)
        exponent = np.where(infinite, 2**15, exponent)
        return np.ldexp(wide, np.where(infinite, 0, -exponent)), exponent
    return np.ldexp(wide, -exponent), exponent


def scaled_length(x: Any, axis: Axis, keepdims: bool, p: float = 2.0) -> Any:
    """Return (Σ |x|ᵖ)^(1/p) over axes in float64, without a power that is out of range."""
    size = np.absolute(np.asarray(x, np.result_type(x, np.float64)))
    if p > 0:
        size, exponent = scaled(size, axis)
    else:
        least = np.min(size, axis=axis, keepdims=True)
        exponent = np.where((least > 0) & np.isfinite(least), np.frexp(least)[1], 0)
        size = np.ldexp(size, -exponent)
    with np.errstate(all="ignore"):
        total = np.sum(size**p, axis=axis, keepdims=True)
        y = np.ldexp(np.sqrt(total) if p == 2 else total ** (1.0 / p), exponent)
    return y if keepdims else np.squeeze(y, axis)


def norm(x: Operand, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Variable:  # noqa: A002
    """Norm of a vector over axes: (Σ |x|ᵖ)^(1/p).

    Parameters
    ----------
    ord : number, inf, -inf, "fro" or "nuc", optional
        p; 2 by default. Of a matrix (two axes): None, "fro", "nuc", 1, -1, 2, -2, inf, -inf.
    axis : int or pair of int, optional
        Over which axes; all by default.

    Raises
    ------
    OperandError
        For a matrix norm that there is not.
    AxisError
        If x does not have the axis.
    """
    x, axis = as_operand(x), norm_axis(axis)
    axes = tuple(range(np.ndim(plain(x)))) if axis is None else axis
    matrix = isinstance(axes, tuple) and len(axes) == 2
    if not matrix or ord in (None, "fro"):
        return Norm(ord, axis, keepdims).on(x)
    return _matrix_norm(x, ord, axes, keepdims)  # type: ignore[arg-type]


def _matrix_norm(x: Operand, ord: Any, axes: tuple[int, int], keepdims: bool) -> Variable:  # noqa: A002
    """Return the largest or smallest sum of a row or column."""
    if ord in (1, 2, math.inf, "nuc") and not np.size(plain(as_operand(x))):
        return sum_(floating(as_input(x)), axes, keepdims)
    if ord in (2, -2, "nuc"):
        return _of_singular_values(x, ord, axes, keepdims)
    if ord not in (1, -1, math.inf, -math.inf):
        raise OperandError(
            f"norm: a matrix of shape {np.shape(plain(x))} has no norm ord={ord!r}. "
            "There are None, 'fro', 'nuc', 1, -1, 2, -2, inf and -inf."
        )
    x = floating(as_input(x))
    rows, columns = axes if abs(ord) == 1 else axes[::-1]
    sums = abs(x).sum(axis=rows, keepdims=True)
    extreme = sums.max if ord > 0 else sums.min
    y: Variable = extreme(axis=columns, keepdims=True)
    return y if keepdims else y.squeeze(axes)


def _of_singular_values(x: Operand, ord: Any, axes: tuple[int, int], keepdims: bool) -> Variable:  # noqa: A002
    s = svdvals(moveaxis(x, axes, (-2, -1)))
    y = s.sum(axis=-1) if ord == "nuc" else s[..., 0 if ord == 2 else -1]
    return y.reshape(kept_shape(np.shape(plain(x)), axes)) if keepdims else y


def vector_norm(
    x: Operand,
    axis: Axis = None,
    keepdims: bool = False,
    ord: Any = 2,  # noqa: A002 (NumPy's name)
) -> Variable:
    """Norm of the elements over axes, taken as one vector: (Σ |x|ᵖ)^(1/p).

    Parameters
    ----------
    ord : number, inf or -inf
        p.
    """
    axis = norm_axis(axis)
    if isinstance(axis, int) or (ord == 2 and (axis is None or 0 < len(axis) <= 2)):
        return Norm(None if ord == 2 else ord, axis, keepdims).on(x)
    x = as_input(x)
    shape = kept_shape(x.shape, axis)
    y = Norm(ord, -1).on(as_rows(x, axis))
    return y.reshape(shape if keepdims else _without(shape, axis))


def _without(shape: tuple[int, ...], axes: tuple[int, ...] | None) -> tuple[int, ...]:
    gone = set(range(len(shape))) if axes is None else {a % len(shape) for a in axes}
    return tuple(n for i, n in enumerate(shape) if i not in gone)
