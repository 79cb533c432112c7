"""Margins around an array."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.arrays import ordinary
from nbgrad.engine.diagnostics.numpy_warnings import names_users_line
from nbgrad.engine.errors import OperandError, listed
from nbgrad.engine.variable import Variable

from .axes import axis_of
from .base import Operand, Operation, Value, apply, as_input, plain
from .comparison import where
from .indexing import AddAt
from .joining import concatenate, repeat
from .order import median
from .precision import widened
from .reduction import max_, mean, min_
from .shape import AsType

STATISTICS = {"maximum": max_, "mean": mean, "median": median, "minimum": min_}
"""Modes whose margin holds a statistic of the elements along the axis."""


class Pad(Operation, aliases=True):
    """y = x with a margin."""

    def __init__(self, pad_width: Any, mode: str = "constant", constant_values: Any = 0) -> None:
        self.pad_width, self.mode, self.constant_values = pad_width, mode, constant_values

    @names_users_line
    def forward(self, x: Any) -> Any:
        if self.mode == "constant":
            return np.pad(x, self.pad_width, constant_values=self.constant_values)
        if self.mode not in ("edge", "reflect", "symmetric", "wrap"):
            raise ValueError(
                f"mode {self.mode!r} has no rule; there are 'constant', 'edge', 'reflect', "
                f"'symmetric', 'wrap', 'linear_ramp', {listed(map(repr, STATISTICS))}; make another "
                "margin yourself and join it with ng.concatenate"
            )
        return np.pad(x, self.pad_width, self.mode)  # type: ignore[call-overload]

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        if self.mode == "constant":
            widths = np.broadcast_to(self.pad_width, (x.ndim, 2)).tolist()
            inside = (slice(w, w + n) for (w, _), n in zip(widths, x.shape, strict=True))
            return gy[tuple(inside)]
        places = np.arange(plain(x).size).reshape(x.shape)
        source = np.pad(places, self.pad_width, self.mode)  # type: ignore[call-overload]
        return apply(AddAt(source, (plain(x).size,)), gy).reshape(x.shape)


def pad(
    x: Operand,
    pad_width: Any,
    mode: str = "constant",
    *,
    constant_values: Operand = 0,
    end_values: Any = 0,
    stat_length: Any = None,
) -> Variable:
    """Pad an array.

    Parameters
    ----------
    pad_width : int, (before, after), or one such pair for each axis
        Or a dictionary from axes to them.
    mode : {"constant", "edge", "reflect", "symmetric", "wrap", "linear_ramp", "maximum", "mean", \
"median", "minimum"}
    constant_values : number or Variable, or as many numbers as `pad_width`
        What a constant margin holds.
    end_values : number or Variable, or as many numbers as `pad_width`
        Where a linear ramp ends.
    stat_length : int, or as many as `pad_width`, optional
        Of how many elements next to the margin a statistic is; of all by default.

    Raises
    ------
    ShapeError
        If the widths do not fit the axes, or for another mode.
    OperandError
        If a statistic or a ramp has no elements to start from.
    """
    if isinstance(pad_width, dict):
        given = {axis_of(x, axis, "pad"): width for axis, width in pad_width.items()}
        pad_width = [np.broadcast_to(given.get(i, 0), 2) for i in range(np.ndim(plain(x)))]
    if isinstance(constant_values, Variable) and mode == "constant":
        inside = np.pad(np.ones(np.shape(plain(x)), bool), pad_width)
        return where(inside, Pad(pad_width).on(x), constant_values)
    if mode != "linear_ramp" and mode not in STATISTICS:
        constant_values = ordinary(constant_values, "pad: constant_values cannot be", OperandError)
        if np.iscomplexobj(constant_values):
            raise OperandError("pad: constant_values cannot be complex: give it their .real.")
        return Pad(pad_width, mode, constant_values).on(x)
    y = as_input(x)
    if not y.size:
        raise OperandError(f"pad: mode {mode!r} has no elements to start from: shape {y.shape}.")
    if y.dtype.kind != "f" and mode not in ("maximum", "minimum"):
        return _rounded(y, pad_width, mode, plain(end_values), stat_length)
    widths = _pairs(pad_width, y.ndim)
    ends = (
        [(end_values,) * 2] * y.ndim
        if np.ndim(plain(end_values)) == 0
        else _pairs(end_values, y.ndim)
    )
    lengths = [(None, None)] * y.ndim if stat_length is None else _pairs(stat_length, y.ndim)
    for axis in range(y.ndim):
        y = y.swapaxes(0, axis)
        before, after = (
            _margin(y, mode, *side)
            for side in zip((0, -1), widths[axis], ends[axis], lengths[axis], strict=True)
        )
        y = concatenate([before, y, after]).swapaxes(0, axis)
    return y


def _rounded(x: Variable, pad_width: Any, mode: Any, end_values: Any, stat_length: Any) -> Variable:
    """Pad integers with a margin that is rounded to integers, and so has the derivative 0."""
    kwargs: Any = {"end_values": end_values}
    if mode in STATISTICS:
        kwargs = {"stat_length": stat_length}
    inside = np.pad(np.ones(x.shape, bool), pad_width)
    return where(inside, Pad(pad_width).on(x), np.pad(plain(x), pad_width, mode, **kwargs))


def _pairs(values: Any, ndim: int) -> list[list[Any]]:
    """Return a pair for each axis, as NumPy broadcasts what it is given for a margin."""
    pairs: list[list[Any]] = np.broadcast_to(plain(values), (ndim, 2)).tolist()
    return pairs


def _margin(
    x: Variable, mode: str, side: int, width: int, end: Any, length: int | None
) -> Variable:
    """Return what is put before (side 0) or after (-1) the first axis."""
    if mode == "linear_ramp":
        edge = widened(x[side][None])
        steps = np.arange(width, dtype=edge.dtype).reshape(-1, *(1,) * (x.ndim - 1)) / max(width, 1)
        ramp = (edge - end) * steps + end
        return AsType(x.dtype).on(ramp if side == 0 else ramp[::-1])
    n = len(x) if length is None else min(length, len(x))
    part = x[:n] if side == 0 else x[len(x) - n :]
    return repeat(STATISTICS[mode](part, 0, keepdims=True), width, 0)
