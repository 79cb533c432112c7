"""Signals: convolution, correlation, and phases without jumps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import names_users_line
from nbgrad.engine.errors import ShapeError
from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, alike, apply, as_operand, plain
from .joining import flip


class Convolve(Operation):
    """y = x0 and x1 multiplied at opposite distances and summed."""

    def __init__(self, mode: str = "full") -> None:
        self.mode = mode

    def forward(self, x0: Any, x1: Any) -> Any:
        return np.convolve(x0, x1, self.mode)  # type: ignore[call-overload]

    def whole(self, gy: Value, x0: Value, x1: Value) -> Value:
        """Put zeros around a gradient where this mode cuts the convolution off."""
        widths = []
        for n, n0, n1 in zip(gy.shape, x0.shape, x1.shape, strict=True):
            before = self.before(n0, n1)
            widths.append((before, n0 + n1 - 1 - before - n))
        return np.pad(gy, widths)

    def before(self, n0: int, n1: int) -> int:
        """Return how many places of the full convolution are cut off at its start."""
        least = min(n0, n1) - 1
        return {"full": 0, "same": least // 2, "valid": least}[self.mode]

    def valid(self) -> Operation:
        """Return the convolution at the places of full overlap."""
        return _VALID

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return apply(self.valid(), self.whole(gy, x0, x1), _turned(x1))

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return apply(self.valid(), self.whole(gy, x0, x1), _turned(x0))


def _turned(x: Value) -> Value:
    return x[(slice(None, None, -1),) * x.ndim]


class Unwrap(Operation, aliases=True):
    """y = x plus a multiple of the period, so that neighbours are close."""

    def __init__(
        self, discont: float | None = None, axis: int = -1, period: float = 2.0 * math.pi
    ) -> None:
        self.discont, self.axis, self.period = discont, axis, period

    @names_users_line
    def forward(self, x: Any) -> Any:
        y = np.unwrap(x, self.discont, self.axis, period=self.period)
        return y.astype(x.dtype, copy=False) if x.dtype.kind == "f" else y

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy


_VALID = Convolve("valid")


def convolve(a: Operand, v: Operand, mode: str = "full") -> Variable:
    """Convolution of two signals: Σ a[n - k] · v[k].

    Parameters
    ----------
    a, v : Variable or array, of one dimension
    mode : {"full", "same", "valid"}
        All places where they overlap, as many as the longer signal has, or only those of full
        overlap.

    Raises
    ------
    ShapeError
        If a signal is empty or has more than one dimension, or for another mode.
    """
    return Convolve(mode).on(*_signals("convolve", a, v, mode))


def correlate(a: Operand, v: Operand, mode: str = "valid") -> Variable:
    """Correlation of two signals: Σ a[n + k] · v[k].

    Parameters
    ----------
    a, v : Variable or array, of one dimension
    mode : {"valid", "same", "full"}
        Only the places of full overlap, as many as the longer signal has, or all.

    Raises
    ------
    ShapeError
        If a signal is empty or has more than one dimension, or for another mode.
    """
    a, v = _signals("correlate", a, v, mode)
    if a.shape[0] < v.shape[0]:
        return flip(correlate(v, a, mode))
    return Convolve(mode).on(a, v[::-1])


def _signals(name: str, a: Operand, v: Operand, mode: str) -> tuple[Any, Any]:
    if mode not in ("full", "same", "valid"):
        raise ShapeError(f"{name}: mode is 'full', 'same' or 'valid', not {mode!r}.")
    a, v = (x if x.ndim else x.reshape(1) for x in alike([a, v]))
    if a.ndim != 1 or v.ndim != 1 or not a.size or not v.size:
        raise ShapeError(
            f"{name} needs two signals of one dimension that are not empty, not of shapes "
            f"{a.shape} and {v.shape}."
        )
    return a, v


def unwrap(
    p: Operand, discont: float | None = None, axis: int = -1, *, period: Operand = 2.0 * math.pi
) -> Variable:
    """Unwrap phases: add multiples of the period where neighbours differ by more than half of it.

    Parameters
    ----------
    p : Variable or array of one dimension or more
    discont : number, optional
        How large a jump is taken out; half of the period by default.
    period : Variable or number
    """
    y = Unwrap(discont, axis, plain(period)).on(p)
    if isinstance(period, Variable):
        multiples = np.rint((y.data - plain(as_operand(p))) / plain(period))
        y = y + (period - plain(period)) * multiples
    return y
