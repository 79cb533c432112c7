"""New shapes for the same elements, and gradients back to the old one."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from nbgrad.engine.arrays import broadcastable, ordinary, sum_to_shape
from nbgrad.engine.errors import OperandError, ShapeError
from nbgrad.engine.variable import Variable

from .axes import norm_axis, spread
from .base import Operand, Operation, OverAxes, Value, as_input, as_operand, number_of, plain


class Reshaping(Operation, aliases=True):
    """The same elements in the same order, in another shape."""

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy.reshape(x.shape)


class Reshape(Reshaping):
    """y = x in a new shape."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape

    def forward(self, x: Any) -> Any:
        return x.reshape(self.shape)


class Ravel(Reshaping):
    """y = x in one dimension."""

    def forward(self, x: Any) -> Any:
        return x.reshape(-1)


class Transpose(Operation, aliases=True):
    """y = x with its axes permuted."""

    def __init__(self, axes: tuple[int, ...] | None = None) -> None:
        self.axes = axes

    def forward(self, x: Any) -> Any:
        return np.transpose(x, self.axes)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        if self.axes is None:
            return gy.transpose()
        back = [0] * len(self.axes)
        for i, a in enumerate(self.axes):
            back[a] = i
        return gy.transpose(back)


class BroadcastTo(Operation, aliases=True):
    """y = x repeated to a larger shape."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape

    def forward(self, x: Any) -> Any:
        return np.broadcast_to(x, self.shape)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return summed_to(gy, x.shape)


class SumTo(Operation, aliases=True):
    """y = x summed to a smaller shape, which broadcasts to x's."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape

    def forward(self, x: Any) -> Any:
        if not broadcastable(self.shape, x.shape):
            raise ValueError(
                f"only a shape that broadcasts to {x.shape} can be summed to, not {self.shape}"
            )
        return sum_to_shape(x, self.shape)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return spread(gy, x.shape)


class AsType(Operation, aliases=True):
    """y = x in another dtype; what cuts fractions off is a step function."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = np.dtype(dtype)

    def rule_text(self, rule: str) -> str:
        return rule if self.dtype.kind == "f" else "gx = 0"

    def forward(self, x: Any) -> Any:
        if self.dtype.kind not in "fiu":
            raise TypeError(
                f"a Variable cannot hold {self.dtype}: convert to a floating or integer dtype, "
                "or use x.data.astype(...) for plain values"
            )
        return x.astype(self.dtype)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        dtype = plain(x).dtype
        if dtype.kind != "f":
            return gy.astype(np.float64)
        return gy.astype(dtype) if self.dtype.kind == "f" else gy.astype(dtype) * 0.0


class Copy(Operation, aliases=True):
    """y = x in an array of its own."""

    def __init__(self, order: str = "K") -> None:
        self.order = order

    def forward(self, x: Any) -> Any:
        return x.copy(self.order)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy


def summed_to(g: Value, shape: tuple[int, ...]) -> Value:
    """Sum a gradient down to a shape that broadcasts to its own."""
    if g.shape == shape:
        return g
    return SumTo(shape).on(g) if isinstance(g, Variable) else sum_to_shape(g, shape)


def summed_over(g: Value, *axes: int) -> Value:
    """Sum a gradient over axes as `summed_to` does, which takes float16 as float32."""
    summed = {axis % g.ndim for axis in axes}
    kept = [n for axis, n in enumerate(g.shape) if axis not in summed]
    ones = tuple(1 if axis in summed else n for axis, n in enumerate(g.shape))
    return summed_to(g, ones).reshape(kept)


def as_shape(shape: Any) -> Any:
    """Take an int, or any sequence of ints, for a shape; what is neither is left to NumPy."""
    if isinstance(shape, (int, np.integer)):
        return (int(shape),)
    try:
        return tuple(operator.index(n) for n in shape)
    except TypeError:
        return shape


def assigned(value: Operand, dtype: Any) -> Any:
    """Return an operand in the dtype of the array that it is put into, as NumPy writes it there.

    Raises
    ------
    OperandError
        If it is complex: NumPy would leave the imaginary part out.
    """
    value = as_operand(value)
    if isinstance(value, Variable):
        if value.dtype == dtype:
            return value
        return AsType(dtype).on(value)
    if isinstance(value, (bool, int, float)) and not isinstance(value, np.generic):
        return number_of(value, dtype)
    value = np.asarray(ordinary(value, "An array cannot take in", OperandError))
    if value.dtype.kind == "c":
        raise OperandError(
            f"An array of {dtype} cannot take in complex numbers: give it their .real."
        )
    return value.astype(dtype)


def reshape(x: Operand, shape: Any, order: str = "C") -> Variable:
    """Give the elements a new shape; one entry may be -1.

    Parameters
    ----------
    shape : int or tuple of int
        With as many elements as x.
    order : {"C", "F", "A"}
        "F" reads and writes with the first index changing fastest; "A" does where the array of
        x lies in memory like that.

    Returns
    -------
    Variable
        A view of x's array where NumPy gives one.

    Raises
    ------
    ShapeError
        If the number of elements differs.
    """
    if _is_fortran(x, order, "CFA"):
        return Transpose().on(Reshape(as_shape(shape)[::-1]).on(Transpose().on(x)))
    return Reshape(as_shape(shape)).on(x)


def _is_fortran(x: Operand, order: str, orders: str) -> bool:
    """Whether an order means that the first index changes fastest.

    Raises
    ------
    ShapeError
        For an unknown order.
    """
    if order not in tuple(orders):
        raise ShapeError(
            f"The order of elements is {', '.join(map(repr, orders[:-1]))} or {orders[-1]!r}, not "
            f"{order!r}."
        )
    flags = np.asarray(plain(as_operand(x))).flags if order == "A" else None
    return order == "F" or (flags is not None and flags.fnc)


def ravel(x: Operand, order: str = "C") -> Variable:
    """Return the elements in one dimension.

    Parameters
    ----------
    order : {"C", "F", "A", "K"}
        "F" reads with the first index changing fastest; "A" does where the array of x lies in
        memory like that, and "K" reads in the order of the memory.

    Returns
    -------
    Variable, shape (n,)
    """
    if order == "K":
        strides = np.abs(np.asarray(plain(as_operand(x))).strides)
        return Ravel().on(Transpose(tuple(np.argsort(-strides, kind="stable").tolist())).on(x))
    if _is_fortran(x, order, "CFAK"):
        return Ravel().on(Transpose().on(x))
    return Ravel().on(x)


def transpose(x: Operand, axes: Any = None) -> Variable:
    """Permute the axes; without ``axes`` reverse them.

    Parameters
    ----------
    axes : tuple of int, optional
        Which axis of x comes at each place; negative counts from the end.

    Returns
    -------
    Variable
        A view of x's array.

    Raises
    ------
    ShapeError, AxisError
        If ``axes`` is not a permutation of x's axes.
    """
    return Transpose(axes if axes is None else as_shape(axes)).on(x)


def swapaxes(x: Operand, axis1: int, axis2: int) -> Variable:
    """Interchange two axes.

    Raises
    ------
    AxisError
        If x does not have them.
    """
    return SwapAxes(axis1, axis2).on(x)


class SwapAxes(Operation, aliases=True):
    """y = x with two axes interchanged."""

    def __init__(self, axis1: int, axis2: int) -> None:
        self.axis1, self.axis2 = axis1, axis2

    def forward(self, x: Any) -> Any:
        return np.swapaxes(x, self.axis1, self.axis2)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return gy.swapaxes(self.axis1, self.axis2)


class MoveAxis(Operation, aliases=True):
    """y = x with axes moved to other places."""

    def __init__(self, source: Any, destination: Any) -> None:
        self.source, self.destination = source, destination

    def forward(self, x: Any) -> Any:
        return np.moveaxis(x, self.source, self.destination)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return np.moveaxis(gy, self.destination, self.source)


def moveaxis(x: Operand, source: Any, destination: Any) -> Variable:
    """Move axes to other places; the others keep their order.

    Parameters
    ----------
    source, destination : int or tuple of int

    Raises
    ------
    AxisError, ShapeError
        If x does not have the axes, or their numbers differ.
    """
    return MoveAxis(source, destination).on(x)


class Squeeze(Reshaping, OverAxes):
    """y = x without axes of length one."""

    def forward(self, x: Any) -> Any:
        return np.squeeze(x, self.axis)


def squeeze(x: Operand, axis: Any = None) -> Variable:
    """Remove axes of length one: all of them, or those given.

    Parameters
    ----------
    axis : int or tuple of int, optional

    Raises
    ------
    ShapeError, AxisError
        If an axis is longer than one, or not there.
    """
    return Squeeze(norm_axis(axis)).on(x)


class ExpandDims(Reshaping, OverAxes):
    """y = x with new axes of length one."""

    def forward(self, x: Any) -> Any:
        return np.expand_dims(x, self.axis)


def expand_dims(x: Operand, axis: Any) -> Variable:
    """Insert axes of length one.

    Parameters
    ----------
    axis : int or tuple of int
        Their places in the result.

    Raises
    ------
    AxisError
        If the result does not have them.
    """
    return ExpandDims(norm_axis(axis)).on(x)


def broadcast_to(x: Operand, shape: Any) -> Variable:
    """Repeat x along axes to a shape that it broadcasts to.

    Returns
    -------
    Variable
        A read-only view of x's array.

    Raises
    ------
    ShapeError
        If x does not broadcast to that shape.
    """
    return BroadcastTo(as_shape(shape)).on(x)


def sum_to(x: Operand, shape: Any) -> Variable:
    """Sum x to a shape that broadcasts to its own: what undoes `broadcast_to`.

    Raises
    ------
    ShapeError
        If that shape does not broadcast to x's.
    """
    return SumTo(as_shape(shape)).on(x)


def astype(x: Operand, dtype: Any) -> Any:
    """Convert to another dtype; the gradient is converted back.

    Parameters
    ----------
    dtype : dtype
        Floating; or integer, which cuts fractions off and has the gradient 0.

    Returns
    -------
    Variable; for bool an array of truth values, as of a comparison

    Raises
    ------
    OperandError
        For any other dtype.
    """
    if np.dtype(dtype).kind == "b":
        return as_input(x) != 0
    return AsType(dtype).on(as_operand(x))


def copy(x: Operand, order: str = "K") -> Variable:
    """Values in an array of their own.

    Parameters
    ----------
    order : {"K", "A", "C", "F"}
        The layout in memory, as in NumPy.
    """
    return Copy(order).on(x)
