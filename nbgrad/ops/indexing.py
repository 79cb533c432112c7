"""Indexing, and adding gradients up where the elements came from."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nbgrad.engine import recording
from nbgrad.engine.arrays import ordinary
from nbgrad.engine.diagnostics.naming import in_code
from nbgrad.engine.errors import OperationIndexError, ShapeError, describe
from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, apply, as_input, as_operand, as_parameter, plain, short
from .shape import astype


class GetItem(Operation):
    """y = x[index]."""

    def __init__(self, index: Any) -> None:
        self.index = index

    def forward(self, x: Any) -> Any:
        return x[self.index]

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return apply(AddAt(self.index, x.shape), gy)

    @property
    def label(self) -> str:
        """The index as one writes it: ``getitem[0, 1:3]``."""
        return f"{self.public_name}[{index_text(self.index)}]"


class AddAt(Operation, aliases=True):
    """y = zeros, with x added at an index: as often as it occurs."""

    def __init__(self, index: Any, shape: tuple[int, ...]) -> None:
        self.index, self.shape = index, shape

    def forward(self, x: Any) -> Any:
        shape, index = self.shape, self.index
        if not may_repeat(index):
            y = np.zeros(shape, x.dtype)
            y[index] = x
            return y
        size, rows = math.prod(shape), isinstance(index, np.ndarray)
        if len(shape) == 1 or x.dtype.itemsize > 8 or x.size < (MANY if rows else size / 8):
            y = np.zeros(shape, np.float32 if x.dtype.char == "e" else x.dtype)
            np.add.at(y, index, x)
            return y.astype(x.dtype, copy=False)
        places = places_in_rows(shape, index) if rows else np.arange(size).reshape(shape)[index]
        values = np.broadcast_to(x, places.shape).ravel()
        total = np.bincount(places.ravel(), values, size)
        return total.astype(x.dtype, copy=False).reshape(shape)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy[self.index]

    label = GetItem.label


MANY = 256
"""From how many elements on, added to rows, one count of all places is faster than NumPy's add.at."""


def places_in_rows(shape: tuple[int, ...], index: Any) -> Any:
    """Return where the elements of the indexed rows stand among all elements."""
    within = np.arange(math.prod(shape[1:])).reshape(shape[1:])
    rows = np.arange(shape[0])[index] * within.size
    return rows.reshape(rows.shape + (1,) * within.ndim) + within


class Sort(Operation):
    """y = x in ascending order along an axis."""

    def __init__(self, axis: int = -1) -> None:
        self.axis = axis

    def forward(self, x: Any) -> Any:
        return np.sort(x, self.axis, kind="stable")

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        order = np.argsort(plain(x), self.axis, kind="stable")
        index: list[Any] = list(np.indices(order.shape, sparse=True))
        index[self.axis] = np.argsort(order, self.axis)  # the inverse permutation
        return gy[tuple(index)]


def may_repeat(index: Any) -> bool:
    """Whether an index may pick one element twice: only an integer array can."""
    items = index if isinstance(index, tuple) else (index,)
    return any(isinstance(i, np.ndarray) and i.dtype != bool and i.ndim for i in items)


def as_index(index: Any) -> Any:
    """Return an index with what NumPy takes for arrays as arrays: a copy, the user may change them."""
    return tuple(map(_as_part, index)) if isinstance(index, tuple) else _as_part(index)


def _as_part(index: Any) -> Any:
    """Return a number, a slice, None or an ellipsis as it is; anything else as an array."""
    if isinstance(index, Variable):
        if index.dtype.kind == "f":
            raise OperationIndexError(
                f"getitem: an index holds integers or booleans, and {describe(index)} is floating: "
                f"use its integer array, {in_code(index)}.data.astype(int)."
            )
        index = index.data
    if isinstance(index, (list, tuple)):
        index = [as_parameter(i) for i in index]
    elif isinstance(index, np.ndarray):
        return ordinary(index, "An index cannot be", OperationIndexError).copy()
    elif isinstance(index, (slice, int, np.generic)) or not (
        hasattr(index, "__len__") or hasattr(index, "__array__")
    ):
        return index
    # NumPy takes any sequence of numbers for an array, also a tensor or a table's column.
    array = np.array(index)
    return array if array.size else array.astype(bool if array.dtype == bool else np.intp)


def index_text(index: Any) -> str:
    """Write an index as in code."""
    if isinstance(index, tuple):
        return ", ".join(index_text(i) for i in index)
    if isinstance(index, slice):
        parts = ["" if p is None else str(p) for p in (index.start, index.stop)]
        return ":".join(parts) + ("" if index.step is None else f":{index.step}")
    return "..." if index is Ellipsis else short(index)


def getitem(x: Operand, index: Any) -> Variable:
    """Index an array: ``x[index]``, with NumPy's basic, advanced and boolean indexing.

    Parameters
    ----------
    index : int, slice, ``...``, None, array or sequence of int or bool, or a tuple of them
        An element that is picked twice gets both gradients.

    Returns
    -------
    Variable
        A view of x's array for basic indexing.

    Raises
    ------
    OperationIndexError
        If x does not have the index.
    """
    index = as_index(index)
    op = GetItem(recording.raw(index))
    recording.depends(op, "index", index)
    return op.on(x)


def sort(x: Operand, axis: int | None = -1) -> Variable:
    """Sort the elements along an axis, in ascending order.

    Parameters
    ----------
    axis : int or None
        None sorts the elements in one dimension.
    """
    if axis is None:
        return Sort().on(np.ravel(x))
    return Sort(axis).on(x)


def add_at(x: Operand, index: Any, shape: tuple[int, ...]) -> Variable:
    """Make zeros and add x at an index: what undoes `getitem`.

    Parameters
    ----------
    x : Variable or array
        Of the shape of ``zeros[index]``, or broadcasting to it.
    index
        As in `getitem`.
    shape : tuple of int
        Of the result.

    Raises
    ------
    OperationIndexError, ShapeError
        If there is no such index, or x does not fit it.
    """
    return AddAt(as_index(index), tuple(shape)).on(x)


def bincount(x: Operand, weights: Operand | None = None, minlength: int = 0) -> Any:
    """Return how often each whole number is in x: a plain array; with weights, their sums.

    Parameters
    ----------
    x : array of int, shape (n,)
    weights : Variable or array, shape (n,), optional
    minlength : int
        The least length of the result.
    """
    places = plain(as_operand(x))
    counts = np.bincount(places, minlength=minlength)
    if weights is None:
        return counts
    weights = as_input(weights)
    if weights.shape != np.shape(places):
        raise ShapeError(
            f"bincount: one weight for each number, not shape {weights.shape} for "
            f"{np.shape(places)}."
        )
    return add_at(astype(weights, np.float64), places, counts.shape)


def embedding(indices: Operand, weight: Operand) -> Variable:
    """Rows of a table, one for each index: the vectors of words.

    Parameters
    ----------
    indices : array of int, any shape
    weight : Variable or array, shape (words, features)

    Returns
    -------
    Variable, shape (*indices.shape, features)

    Raises
    ------
    OperationIndexError
        If there is no such row.
    """
    return getitem(weight, np.asarray(as_parameter(indices)))
