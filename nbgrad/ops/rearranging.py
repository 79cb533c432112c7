"""Picking, inserting, deleting and moving elements.

NumPy's function is applied to an array of positions, which tells where each element of the result
comes from; one `getitem` then picks them, and scatters their gradients back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nbgrad.engine.errors import AxisError, OperandError, OperationIndexError, ShapeError
from nbgrad.engine.variable import Variable

from .axes import axis_of
from .base import Operand, Operation, Value, alike, apply, as_input, as_operand, as_parameter, plain
from .comparison import where
from .indexing import AddAt, getitem
from .joining import concatenate, flip
from .shape import assigned, broadcast_to, copy, moveaxis, ravel, swapaxes


def places(x: Any) -> Any:
    """Return the place of each element, counted in C order, in the shape of an array."""
    return np.arange(np.size(plain(x))).reshape(np.shape(plain(x)))


def elements_at(sources: Sequence[Operand], places: Any) -> Variable:
    """Return the elements at places, counted through all sources, one after the other."""
    flat = [x.reshape(-1) for x in alike(sources)]
    return getitem(concatenate(flat) if len(flat) > 1 else flat[0], places)


def take(x: Operand, indices: Any, axis: int | None = None, mode: str = "raise") -> Variable:
    """Take elements along an axis by index.

    Parameters
    ----------
    indices : int or array of int
        An element that is picked twice gets both gradients.
    mode : {"raise", "wrap", "clip"}
        What to do with a number that the axis does not have.

    Raises
    ------
    OperationIndexError
        For a number that the axis does not have, if the mode is "raise".
    """
    x = as_operand(x)
    if axis is None:
        x, axis = ravel(x), 0
    axis = axis_of(x, axis, "take")
    n = np.shape(plain(x))[axis]
    index = np.asarray(plain(as_operand(indices)))
    index = index if index.size and index.dtype != bool else index.astype(np.intp)
    if str(mode) not in ("raise", "wrap", "clip"):
        raise OperandError(f"take: mode is 'raise', 'wrap' or 'clip', not {mode!r}.")
    if mode == "wrap":
        index = index % n
    elif mode == "clip":
        index = np.clip(index, 0, n - 1)
    return getitem(x, (*(slice(None),) * axis, index if index.ndim else int(index)))


def take_along_axis(x: Operand, indices: Any, axis: int | None = -1) -> Variable:
    """Take elements along an axis, with an index for each place of the result.

    Parameters
    ----------
    indices : array of int
        Of as many dimensions as x; the others broadcast.
    axis : int or None
        None picks among the elements in one dimension.
    """
    x = as_operand(x)
    return getitem(*_along(x, np.asarray(plain(indices)), axis, "take_along_axis"))


def partition(a: Operand, kth: Any, axis: int | None = -1) -> Variable:
    """Return the elements with the kth in its sorted place, smaller ones before it.

    Parameters
    ----------
    kth : int or sequence of int
    axis : int or None
        None takes the elements in one dimension.

    Raises
    ------
    ShapeError, AxisError
        If there is no kth element, or no such axis.
    """
    a = as_input(a)
    if axis is None:
        a, axis = a.reshape(-1), -1
    axis = axis_of(a, axis, "partition")
    try:
        order = np.argpartition(as_parameter(a), kth, axis)
    except ValueError as error:
        raise ShapeError(
            f"partition: {error} for the length of axis {axis} of {a.shape}."
        ) from None
    return take_along_axis(a, order, axis)


def put_along_axis(x: Operand, indices: Any, values: Operand, axis: int | None = -1) -> Variable:
    """Return a copy with values at given indices along an axis.

    NumPy's function of this name writes into its array, which a graph cannot remember.

    Parameters
    ----------
    indices : array of int
        Of as many dimensions as x. Of two values for one place the last one counts.
    values : Variable, array or number
        Broadcast to ``indices``.
    axis : int or None
        None counts among the elements in one dimension.
    """
    x = as_operand(x)
    source = places(x)
    flat, index = _along(source, np.asarray(plain(indices)), axis, "put_along_axis")
    shape = flat[index].shape
    flat[index] = source.size + np.arange(flat[index].size).reshape(shape)
    value = broadcast_to(assigned(values, plain(x).dtype), shape)
    return elements_at([x, value], flat.reshape(source.shape))


def _along(x: Any, indices: Any, axis: int | None, name: str) -> tuple[Any, tuple[Any, ...]]:
    """Return the array and the index of picking along an axis."""
    if axis is None:
        x, axis = x.reshape(-1), 0
    n = np.ndim(plain(x))
    axis = axis_of(x, axis, name)
    if indices.ndim != n:
        raise ShapeError(
            f"{name}: indices of shape {indices.shape} need as many dimensions as x, whose shape "
            f"is {np.shape(plain(x))}."
        )
    index: list[Any] = list(np.ogrid[tuple(slice(k) for k in np.shape(plain(x)))])
    index[axis] = indices
    return x, tuple(index)


def insert(x: Operand, obj: Any, values: Operand, axis: int | None = None) -> Variable:
    """Insert values before given indices along an axis.

    Parameters
    ----------
    obj : int, slice or array of int
        Before which places.
    values : Variable, array or number
        Broadcast to what is put in.
    """
    x = as_operand(x)
    source, values = places(x), assigned(values, plain(x).dtype)
    own = source.size + places(values)
    obj = plain(obj)
    if isinstance(obj, bool):  # for which NumPy has an AttributeError
        obj = np.bool_(obj)
    return elements_at([x, values], by_numpy("insert", np.insert, source, obj, own, axis))


def delete(x: Operand, obj: Any, axis: int | None = None) -> Variable:
    """Delete the elements at given indices along an axis.

    Parameters
    ----------
    obj : int, slice, array of int or of bool
        Which places.
    """
    x = as_operand(x)
    return elements_at([x], by_numpy("delete", np.delete, places(x), plain(obj), axis))


def trim_zeros(filt: Operand, trim: str = "fb", axis: Any = None) -> Variable:
    """Leave out the zeros at the front ("f") and the back ("b") of some axes; of all by default."""
    x = as_input(filt)
    found, index = np.nonzero(as_parameter(x)), [slice(None)] * x.ndim
    for i in range(x.ndim) if axis is None else np.atleast_1d(axis).tolist():
        i, places = axis_of(x, i, "trim_zeros"), found[i]
        first, last = (places.min(), places.max() + 1) if places.size else (x.shape[i], 0)
        index[i] = slice(first if "f" in trim.lower() else 0, last if "b" in trim.lower() else None)
    return x[tuple(index)]


def by_numpy(name: str, function: Any, *args: Any) -> Any:
    """Call NumPy's function on positions; its errors become nbgrad's."""
    try:
        return function(*args)
    except np.exceptions.AxisError as error:
        raise AxisError(
            f"{name}: {error}. Count from 0, or from the end: -1 is the last."
        ) from None
    except IndexError as error:
        raise OperationIndexError(f"{name}: {error}.") from None
    except ValueError as error:
        raise ShapeError(f"{name}: {error}.") from None


def resize(x: Operand, new_shape: int | tuple[int, ...]) -> Variable:
    """Return the elements in a new shape, repeated as often as needed.

    Parameters
    ----------
    new_shape : int or tuple of int
    """
    x = as_operand(x)
    if not np.size(plain(x)):
        return as_input(np.zeros(new_shape, plain(x).dtype))
    return elements_at([x], np.resize(places(x), new_shape))


def compress(condition: Any, x: Operand, axis: int | None = None) -> Variable:
    """Select the elements along an axis that satisfy a condition.

    Parameters
    ----------
    condition : array of bool, of one dimension
    """
    return take(x, np.flatnonzero(np.asarray(plain(condition), bool)), axis)


def extract(condition: Any, x: Operand) -> Variable:
    """Select the elements that satisfy a condition, in one dimension.

    Parameters
    ----------
    condition : array of bool, of as many elements
    """
    return compress(np.ravel(plain(condition)), x)


def choose(a: Any, choices: Any, mode: str = "raise") -> Variable:
    """Construct an array from an array of indices and a list of arrays to choose from.

    Parameters
    ----------
    a : array of int
        From 0 to one less than there are choices.
    choices : sequence of Variables, arrays and numbers
        They broadcast with a.
    mode : {"raise", "wrap", "clip"}
        What to do with other numbers.

    Raises
    ------
    OperationIndexError
        For other numbers, if the mode is "raise".
    """
    numbers, parts = np.asarray(plain(a)), alike(choices, weak_integers=True)
    n = len(parts)
    if mode == "wrap":
        numbers = numbers % n
    elif mode == "clip":
        numbers = np.clip(numbers, 0, n - 1)
    elif numbers.size and (numbers.min() < 0 or numbers.max() >= n):
        raise OperationIndexError(
            f"choose: numbers from {numbers.min()} to {numbers.max()} for {n} choices: they count "
            f"from 0 to {n - 1}."
        )
    y = parts[-1]
    for i in reversed(range(n - 1)):
        y = where(numbers == i, parts[i], y)
    return as_input(y) if n > 1 else where(np.ones(numbers.shape, bool), y, y)


def fill_diagonal(x: Operand, val: Operand, wrap: bool = False) -> Variable:
    """Return a copy with values on the main diagonal.

    NumPy's function of this name writes into its array, which a graph cannot remember.

    Parameters
    ----------
    x : Variable or array of two dimensions or more
        Of equal lengths, if there are more than two.
    val : Variable, array or number
        Taken from the first on again where there are not enough.
    wrap : bool
        Go on after the end of a tall matrix.
    """
    x = as_operand(x)
    source, val = places(x), assigned(val, plain(x).dtype)
    filled = source.copy()
    own = source.size + places(val).ravel()
    by_numpy("fill_diagonal", np.fill_diagonal, filled, own, wrap)
    return elements_at([x, val], filled)


def rot90(m: Operand, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Variable:
    """Rotate by 90 degrees in the plane of two axes.

    Parameters
    ----------
    m : Variable or array of two dimensions or more
    k : int
        How many times; from the first axis towards the second.
    axes : pair of int
    """
    first, second = (axis_of(m, a, "rot90") for a in axes)
    if first == second:
        raise ShapeError(f"rot90: axes={axes} are one axis: a plane has two.")
    k %= 4
    if k == 2:
        return flip(m, (first, second))
    if k == 1:
        return swapaxes(flip(m, second), first, second)
    return flip(swapaxes(m, first, second), second) if k else copy(m)


def rollaxis(x: Operand, axis: int, start: int = 0) -> Variable:
    """Roll an axis backwards, until it lies before a given position.

    Parameters
    ----------
    axis, start : int
    """
    n = np.ndim(plain(x))
    axis = axis_of(x, axis, "rollaxis")
    start = start + n if start < 0 else start
    return moveaxis(x, axis, start - 1 if axis < start else start)


def matrix_transpose(x: Operand) -> Variable:
    """Interchange the last two axes.

    Parameters
    ----------
    x : Variable or array, shape (..., n, m)
    """
    if np.ndim(plain(x)) < 2:
        raise ShapeError(f"matrix_transpose needs a matrix, not shape {np.shape(plain(x))}.")
    return swapaxes(x, -1, -2)


def full(shape: int | tuple[int, ...], fill_value: Operand, dtype: Any = None) -> Variable:
    """Make an array of one value, or of values that broadcast to a shape.

    Parameters
    ----------
    dtype : floating dtype, optional
    """
    value = as_input(fill_value)
    y = copy(broadcast_to(value, shape))
    return y if dtype is None or y.dtype == dtype else y.astype(dtype)


class SlidingWindow(Operation, aliases=True):
    """y = the windows of x, along new axes at the end."""

    def __init__(self, window_shape: Any, axis: Any = None) -> None:
        self.window_shape, self.axis = window_shape, axis

    def forward(self, x: Any) -> Any:
        return np.lib.stride_tricks.sliding_window_view(x, self.window_shape, self.axis)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return apply(AddAt(self.forward(places(x)), (plain(x).size,)), gy).reshape(x.shape)


def sliding_window_view(x: Operand, window_shape: Any, axis: Any = None) -> Variable:
    """Sliding windows over an array, along new axes at the end.

    Parameters
    ----------
    window_shape : int or tuple of int
    axis : int or tuple of int, optional
        Along which axes they slide; all by default.

    Returns
    -------
    Variable
        A read-only view of x's array.

    Raises
    ------
    ShapeError
        If a window is longer than its axis.
    """
    shape = tuple(window_shape) if isinstance(window_shape, (list, tuple)) else int(window_shape)
    return SlidingWindow(shape, tuple(axis) if isinstance(axis, list) else axis).on(x)
