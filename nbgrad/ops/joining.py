"""Joining, splitting and repeating arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import names_users_line
from nbgrad.engine.errors import DataTypeError, OperandError, ShapeError
from nbgrad.engine.variable import Variable

from .axes import axis_of, checked_axis, norm_axis
from .base import Operand, Operation, OverAxes, Value, apply, as_operand, as_parameter, plain
from .indexing import AddAt
from .shape import AsType, summed_over


class Concatenate(Operation, aliases=True):
    """y = the inputs one after the other along an axis."""

    def __init__(self, axis: int = 0) -> None:
        self.axis = axis
        self.starts: list[int] = []

    def forward(self, *xs: Any) -> Any:
        y = np.concatenate(xs, axis=self.axis)
        self.starts = [0, *np.cumsum([x.shape[self.axis] for x in xs]).tolist()]
        return y

    def gxi(self, i: int, gy: Value, y: Value, xs: tuple[Value, ...]) -> Value:
        part = slice(self.starts[i], self.starts[i + 1])
        return gy[(slice(None),) * (self.axis % gy.ndim) + (part,)]


class Stack(Operation, aliases=True):
    """y = the inputs side by side along a new axis."""

    def __init__(self, axis: int = 0) -> None:
        self.axis = axis

    def forward(self, *xs: Any) -> Any:
        return np.stack(xs, axis=self.axis)

    def gxi(self, i: int, gy: Value, y: Value, xs: tuple[Value, ...]) -> Value:
        return gy[(slice(None),) * (self.axis % gy.ndim) + (i,)]


class Split(Operation, aliases=True, several_outputs=True):
    """Several y: x cut along an axis."""

    def __init__(self, sections: Any, axis: int = 0) -> None:
        self.sections, self.axis = sections, axis

    def forward(self, x: Any) -> Any:
        return tuple(np.split(x, self.sections, checked_axis(self.axis, np.ndim(x))))

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        axis = self.axis % x.ndim
        if sum(g.shape[axis] for g in gy) == x.shape[axis]:
            return np.concatenate(gy, axis=axis)
        # Decreasing split points give parts that overlap, as in np.split.
        places = [0, *self.sections, x.shape[axis]]
        parts = [
            apply(AddAt((*(slice(None),) * axis, slice(*ends)), x.shape), g)
            for g, ends in zip(gy, pairwise(places), strict=True)
        ]
        return sum(parts[1:], parts[0])


class Flip(OverAxes, aliases=True):
    """y = x in reverse order along axes."""

    def forward(self, x: Any) -> Any:
        return np.flip(x, self.axis)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return np.flip(gy, self.axis)


class Roll(Operation):
    """y = x shifted along axes, with what falls off put in at the other end."""

    def __init__(self, shift: Any, axis: Any = None) -> None:
        self.shift, self.axis = shift, axis

    def forward(self, x: Any) -> Any:
        return np.roll(x, self.shift, self.axis)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        back = tuple(-s for s in self.shift) if isinstance(self.shift, tuple) else -self.shift
        return np.roll(gy, back, self.axis)


class Repeat(Operation, aliases=True):
    """y = each element of x repeated along an axis."""

    def __init__(self, repeats: Any, axis: int = 0) -> None:
        self.repeats, self.axis = repeats, axis

    def forward(self, x: Any) -> Any:
        return np.repeat(x, self.repeats, self.axis)

    @names_users_line
    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        axis = self.axis % x.ndim
        if isinstance(self.repeats, int):
            shape = (*x.shape[: axis + 1], self.repeats, *x.shape[axis + 1 :])
            return summed_over(gy.reshape(shape), axis + 1)
        source = np.repeat(np.arange(x.shape[axis]), self.repeats)
        return apply(AddAt((*(slice(None),) * axis, source), x.shape), gy)


class Tile(Operation, aliases=True):
    """y = copies of x side by side."""

    def __init__(self, reps: tuple[int, ...]) -> None:
        self.reps = reps

    def forward(self, x: Any) -> Any:
        return np.tile(x, self.reps)

    @names_users_line
    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        n = len(plain(y).shape)
        reps = (1,) * (n - len(self.reps)) + self.reps
        shape = (1,) * (n - x.ndim) + x.shape
        pairs = [size for pair in zip(reps, shape, strict=True) for size in pair]
        return summed_over(gy.reshape(pairs), *range(0, 2 * n, 2)).reshape(x.shape)


def concatenate(
    arrays: Sequence[Operand],
    axis: int | None = 0,
    *,
    dtype: Any = None,
    casting: str = "same_kind",
) -> Variable:
    """Join arrays one after the other along an axis that they have.

    Parameters
    ----------
    arrays : sequence of Variables and arrays
        Of one shape but for that axis.
    axis : int or None
        None joins their elements in one dimension.
    dtype : floating dtype, optional
        Of the result.

    Raises
    ------
    ShapeError, AxisError
        If the shapes do not fit, or there is no such axis.
    DataTypeError
        If casting does not allow the conversion to dtype.
    """
    arrays = _several(arrays, "concatenate")
    if axis is None:
        y = Concatenate().on(*(_flat(x) for x in arrays))
    else:
        y = Concatenate(axis).on(*arrays)
    return y if dtype is None else _cast(y, dtype, casting, arrays, "concatenate")


def stack(
    arrays: Sequence[Operand], axis: int = 0, *, dtype: Any = None, casting: str = "same_kind"
) -> Variable:
    """Join arrays of one shape along a new axis.

    Parameters
    ----------
    arrays : sequence of Variables, arrays and numbers
    axis : int
        The new axis's place in the result.
    dtype : floating dtype, optional
        Of the result.

    Raises
    ------
    ShapeError, AxisError
        If the shapes differ, or there is no such place.
    DataTypeError
        If casting does not allow the conversion to dtype.
    """
    arrays = _several(arrays, "stack")
    y = Stack(axis).on(*arrays)
    return y if dtype is None else _cast(y, dtype, casting, arrays, "stack")


def _cast(y: Variable, dtype: Any, casting: str, arrays: list[Any], name: str) -> Variable:
    """Return joined arrays in the dtype that was asked for."""
    for x in arrays:
        own = np.asarray(plain(x)).dtype
        if not np.can_cast(own, dtype, casting):  # type: ignore[arg-type]
            raise DataTypeError(
                f"{name}: casting={casting!r} allows no conversion of {own} to {np.dtype(dtype)}. "
                'Give casting="unsafe", or convert with x.astype(dtype) first.'
            )
    return AsType(dtype).on(y)


def _several(arrays: Any, name: str) -> list[Any]:
    """Return the operands as a list: the rows of one array or Variable too."""
    if isinstance(arrays, (Variable, np.ndarray)) and not arrays.ndim:
        raise OperandError(f"{name} needs a sequence of arrays, not one of shape ().")
    try:
        items = list(arrays)
    except TypeError as error:
        raise OperandError(
            f"{name} needs a sequence of arrays, not {type(arrays).__name__}."
        ) from error
    if not items:
        raise ShapeError(f"{name} needs at least one array.")
    return [as_operand(x) for x in items]


def _flat(x: Operand) -> Operand:
    return x.reshape(-1) if isinstance(x, (Variable, np.ndarray)) else np.reshape(x, -1)


def split(x: Operand, indices_or_sections: Any, axis: int = 0) -> tuple[Variable, ...]:
    """Split an array along an axis.

    Returns
    -------
    tuple of Variable
        Views of x's array. Parts that are dropped or not used have gradient zero.

    Raises
    ------
    ShapeError, AxisError
        If the division is not even, or there is no such axis.
    """
    sections = indices_or_sections
    if not isinstance(sections, (int, np.integer)):
        sections = tuple(int(i) for i in sections)
    parts: tuple[Variable, ...] = Split(sections, axis)(x)
    return parts


def flip(x: Operand, axis: Any = None) -> Variable:
    """Reverse the order of elements along axes; all of them by default.

    Parameters
    ----------
    axis : int or tuple of int, optional
    """
    return Flip(norm_axis(axis)).on(x)


def fftshift(x: Operand, axes: Any = None) -> Variable:
    """Roll axes by half of their length: frequency 0 comes to the middle."""
    return _rolled_by_half(x, axes, 1, "np.fft.fftshift")


def ifftshift(x: Operand, axes: Any = None) -> Variable:
    """Roll axes back to where they were before `fftshift`."""
    return _rolled_by_half(x, axes, -1, "np.fft.ifftshift")


def _rolled_by_half(x: Operand, axes: Any, sign: int, name: str) -> Variable:
    shape = np.shape(plain(x))
    axes = range(len(shape)) if axes is None else np.atleast_1d(axes).tolist()
    axes = tuple(axis_of(x, axis, name) for axis in axes)
    return roll(x, tuple(sign * (shape[axis] // 2) for axis in axes), axes)


def flipud(m: Operand) -> Variable:
    """Reverse the rows."""
    return flip(m, 0)


def fliplr(m: Operand) -> Variable:
    """Reverse the columns.

    Parameters
    ----------
    m : Variable or array of two dimensions or more
    """
    return flip(m, 1)


def roll(x: Operand, shift: Any, axis: Any = None) -> Variable:
    """Roll elements along axes: those beyond the last place come in at the first.

    Parameters
    ----------
    shift : int or tuple of int
    axis : int or tuple of int, optional
        Without it, the elements are shifted in one dimension.
    """
    return Roll(shift, norm_axis(axis)).on(x)


def repeat(x: Operand, repeats: Any, axis: int | None = None) -> Variable:
    """Repeat each element.

    Parameters
    ----------
    repeats : int or array of int
        How often: the same for all, or one number for each along the axis.

    Raises
    ------
    ShapeError, AxisError
        If the numbers do not fit the axis, or there is no such axis.
    """
    if isinstance(repeats, (int, np.integer)):
        repeats = int(repeats)
    else:
        repeats = np.array(as_parameter(repeats), int)
        if repeats.size == 1:
            repeats = int(repeats.item())
    if axis is None:
        return Repeat(repeats).on(_flat(x))
    return Repeat(repeats, axis).on(x)


def tile(x: Operand, reps: Any) -> Variable:
    """Construct an array by repeating x along each axis.

    Parameters
    ----------
    reps : int or tuple of int
        How many copies along each axis, counted from the last.
    """
    counts = (reps,) if isinstance(reps, (int, np.integer)) else reps
    return Tile(tuple(int(r) for r in counts)).on(x)
