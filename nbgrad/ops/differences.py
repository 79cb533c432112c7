"""Differences, slopes and areas of sampled values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nbgrad.engine.errors import OperandError, ShapeError
from nbgrad.engine.variable import Variable

from .axes import axis_of, norm_axis
from .base import Operand, alike, as_input, as_operand, plain
from .joining import concatenate
from .precision import floating
from .reduction import sum_
from .shape import assigned, ravel, reshape


def diff(
    a: Operand,
    n: int = 1,
    axis: int = -1,
    prepend: Operand | None = None,
    append: Operand | None = None,
) -> Variable:
    """Differences of neighbouring elements along an axis.

    Parameters
    ----------
    a : Variable or array of one dimension or more
    n : int
        How many times.
    prepend, append : Variable, array or number, optional
        What stands before and after the values.
    """
    if n < 0:
        raise ShapeError(f"diff: n is 0 or more, not {n}.")
    y = as_input(a)
    if not y.ndim:
        raise ShapeError("diff needs an array of one dimension or more, not of shape ().")
    axis = axis_of(y, axis, "diff")
    if n and not (prepend is None and append is None):
        parts = alike(x for x in (prepend, y, append) if x is not None)
        y = concatenate([_margin(x, y.shape, axis) for x in parts], axis)
    for _ in range(n):
        y = y[_along(axis, slice(1, None))] - y[_along(axis, slice(None, -1))]
    return y


def _margin(x: Any, shape: tuple[int, ...], axis: int) -> Any:
    """Give a number the shape that joins to an array."""
    return x if x.ndim else np.broadcast_to(x, (*shape[:axis], 1, *shape[axis + 1 :]))


def _along(axis: int, part: Any) -> tuple[Any, ...]:
    """Return the index of a part of an axis."""
    return (*(slice(None),) * axis, part)


def ediff1d(
    ary: Operand, to_end: Operand | None = None, to_begin: Operand | None = None
) -> Variable:
    """Differences of neighbouring elements, in one dimension.

    Parameters
    ----------
    to_end, to_begin : Variable, array or number, optional
        What is put after and before the differences.
    """
    x = ravel(ary)
    differences = x[1:] - x[:-1]
    before, after = (
        [] if end is None else [_as_end(end, x.dtype, name)]
        for end, name in ((to_begin, "to_begin"), (to_end, "to_end"))
    )
    given = [*before, differences, *after]
    return concatenate(given) if len(given) > 1 else given[0]


def _as_end(end: Operand, dtype: Any, name: str) -> Any:
    """Return what is put before or after differences, in their dtype."""
    found = np.asarray(plain(as_operand(end))).dtype
    if not np.can_cast(found, dtype, "same_kind"):
        raise OperandError(
            f"ediff1d: {name} of dtype {found} does not fit an array of dtype {dtype}: convert the "
            "array first, as in x.astype(float)."
        )
    return assigned(end, dtype).reshape(-1)


def trapezoid(y: Operand, x: Operand | None = None, dx: Operand = 1.0, axis: int = -1) -> Variable:
    """Integrate sampled values by the trapezoidal rule.

    Parameters
    ----------
    y : Variable or array of one dimension or more
    x : Variable or array, optional
        Where the values were sampled: of y's shape, or of one dimension.
    dx : Variable, array or number
        The distance of the samples if x is not given.
    """
    y = as_input(y)
    axis = axis_of(y, axis, "trapezoid")
    d: Any = dx
    if x is not None:
        x = as_input(x)
        d = diff(x, axis=axis if x.ndim > 1 else 0)
        if x.ndim == 1:
            d = reshape(d, (-1, *(1,) * (y.ndim - 1 - axis)))
    sums = y[_along(axis, slice(1, None))] + y[_along(axis, slice(None, -1))]
    return sum_(d * sums / 2.0, axis=axis)


def gradient(
    f: Operand, *varargs: Operand, axis: int | tuple[int, ...] | None = None, edge_order: int = 1
) -> Any:
    """Gradient of sampled values: central differences, one-sided ones at the ends.

    This is NumPy's `gradient`. `grad` is the derivative of a function.

    Parameters
    ----------
    f : Variable or array of one dimension or more
    *varargs : Variable, array or number
        Distance of the samples, or their coordinates: one for all axes, or one for each.
    axis : int or tuple of int, optional
        Along which axes; all by default.
    edge_order : {1, 2}
        Order of the differences at the ends.

    Returns
    -------
    Variable, or a tuple of them for several axes

    Raises
    ------
    ShapeError
        If an axis has fewer than ``edge_order + 1`` samples.
    """
    f = floating(as_input(f))
    axis = norm_axis(axis)
    chosen = range(f.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = [axis_of(f, a, "gradient") for a in chosen]
    if edge_order not in (1, 2):
        raise OperandError(f"gradient: edge_order is 1 or 2, not {edge_order!r}.")
    if len(varargs) not in (0, 1, len(axes)):
        raise OperandError(
            f"gradient: give one distance, or one for each of the {len(axes)} axes, "
            f"not {len(varargs)}."
        )
    distances = list(varargs) if len(varargs) == len(axes) else list(varargs or (1.0,)) * len(axes)
    slopes = [_slope(f, h, a, edge_order) for h, a in zip(distances, axes, strict=True)]
    slopes = [s if s.dtype == f.dtype else s.astype(f.dtype) for s in slopes]
    return slopes[0] if len(slopes) == 1 else tuple(slopes)


def _slope(f: Variable, h: Operand, axis: int, edge_order: int) -> Variable:
    """Return the differences along one axis; h is a distance or the samples' coordinates."""
    n = f.shape[axis]
    if n < edge_order + 1:
        raise ShapeError(
            f"gradient needs {edge_order + 1} samples or more along axis {axis}, not {n}."
        )
    steps: Any = h
    if np.ndim(plain(h)):
        if np.shape(plain(h)) != (n,):
            raise ShapeError(
                f"gradient: coordinates of shape {np.shape(plain(h))} for {n} samples along axis {axis}."
            )
        steps = diff(h)
        if np.all(plain(steps) == plain(steps)[0]):
            steps = steps[0]

    def at(start: int | None, stop: int | None = None) -> Variable:
        return f[_along(axis, slice(start, stop))]

    if not np.ndim(plain(steps)):
        inner = (at(2) - at(None, -2)) / (2.0 * steps)
        first, last = _even_ends(at, steps, edge_order)
    else:
        tail = (1,) * (f.ndim - 1 - axis)
        before, after = (reshape(s, (-1, *tail)) for s in (steps[:-1], steps[1:]))
        inner = (
            -after / (before * (before + after)) * at(None, -2)
            + (after - before) / (before * after) * at(1, -1)
            + before / (after * (before + after)) * at(2)
        )
        first, last = _uneven_ends(at, steps, edge_order)
    return concatenate([first, inner, last], axis)


def _even_ends(at: Any, h: Any, edge_order: int) -> Sequence[Variable]:
    """Return the one-sided differences at both ends, of samples at a distance h."""
    if edge_order == 1:
        return (at(1, 2) - at(0, 1)) / h, (at(-1) - at(-2, -1)) / h
    return (
        -1.5 / h * at(0, 1) + 2.0 / h * at(1, 2) - 0.5 / h * at(2, 3),
        0.5 / h * at(-3, -2) - 2.0 / h * at(-2, -1) + 1.5 / h * at(-1),
    )


def _uneven_ends(at: Any, steps: Any, edge_order: int) -> Sequence[Variable]:
    """Return the one-sided differences at both ends, of samples at these distances.

    Source of the weights: B. Fornberg, Generation of finite difference formulas on arbitrarily
    spaced grids, Mathematics of Computation 51 (1988).
    """
    if edge_order == 1:
        return (at(1, 2) - at(0, 1)) / steps[0], (at(-1) - at(-2, -1)) / steps[-1]
    d1, d2 = steps[0], steps[1]
    e1, e2 = steps[-2], steps[-1]
    return (
        -(2.0 * d1 + d2) / (d1 * (d1 + d2)) * at(0, 1)
        + (d1 + d2) / (d1 * d2) * at(1, 2)
        - d1 / (d2 * (d1 + d2)) * at(2, 3),
        e2 / (e1 * (e1 + e2)) * at(-3, -2)
        - (e2 + e1) / (e1 * e2) * at(-2, -1)
        + (2.0 * e2 + e1) / (e2 * (e1 + e2)) * at(-1),
    )
