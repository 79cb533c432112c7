"""Axes: counted from the front, reduced, and given back to what lost them."""

from __future__ import annotations

from operator import index
from typing import Any, TypeAlias

import numpy as np

from nbgrad.engine.errors import AxisError

from .base import Operand, Value, plain

Axis: TypeAlias = "int | tuple[int, ...] | None"


def checked_axis(axis: int, ndim: int) -> int:
    """Return an axis counted from the front.

    Raises
    ------
    numpy.exceptions.AxisError
        If there is no such axis.
    """
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


def axis_of(x: Operand, axis: int, name: str) -> int:
    """Return an axis of an operand counted from the front, for a function made of operations.

    Raises
    ------
    AxisError
        Naming the function.
    """
    shape = np.shape(plain(x))
    if not -len(shape) <= index(axis) < len(shape):
        raise AxisError(
            f"{name}: axis {axis} is out of bounds for an array of shape {shape}. "
            "Count from 0, or from the end: -1 is the last."
        )
    return index(axis) % len(shape)


def kept_shape(shape: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    """Return the shape that a reduction leaves with ``keepdims=True``."""
    if axis is None:
        return (1,) * len(shape)
    n = len(shape)
    axes = {a % n for a in (axis if isinstance(axis, tuple) else (axis,))} if n else set()
    return tuple(1 if i in axes else s for i, s in enumerate(shape))


def reduced_last(shape: tuple[int, ...], axis: Axis) -> tuple[list[int], list[int]]:
    """Return the axes of a shape such that those which a reduction removes come last.

    Returns
    -------
    order : list of int
        All axes, for ``transpose``.
    lengths : list of int
        The lengths of the axes that are kept. Axes of length one count as removed.
    """
    kept = [i for i, n in enumerate(kept_shape(shape, axis)) if n == shape[i] != 1]
    return kept + [i for i in range(len(shape)) if i not in kept], [shape[i] for i in kept]


def as_rows(x: Any, axis: Axis) -> Any:
    """Return an array whose last axis holds what an operation reduces."""
    order, lengths = reduced_last(x.shape, axis)
    return x.transpose(order).reshape([*lengths, -1])


def first_of(x: Any, axis: Axis) -> Any:
    """Return the first of the elements over axes, which are kept."""
    shape = kept_shape(x.shape, axis)
    return x[tuple(slice(0, 1) if n == 1 else slice(None) for n in shape)]


def unreduced(g: Value, shape: tuple[int, ...], axis: Axis, keepdims: bool) -> Value:
    """Give a reduction's output the axes that it lost, so that it broadcasts to ``shape``."""
    if keepdims or axis is None:
        return g
    return g.reshape(kept_shape(shape, axis))


def spread(g: Value, shape: tuple[int, ...]) -> Value:
    """Broadcast a gradient to a shape: a view without a copy."""
    if issubclass(type(g), np.generic):  # a traced array only reports its shape
        return np.ndarray(shape, g.dtype, g, 0, (0,) * len(shape)) if shape else g
    return g if g.shape == shape else np.broadcast_to(g, shape)


def norm_axis(axis: Any) -> Axis:
    """Return axes as a tuple, an int or None: a list or a NumPy integer is converted."""
    if isinstance(axis, list):
        return tuple(axis)
    return axis if axis is None or isinstance(axis, tuple) else int(index(axis))
