"""Arrays put together and taken apart: NumPy's short forms of `concatenate`, `stack` and `split`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from nbgrad.engine.dispatch import holds_variable
from nbgrad.engine.errors import ShapeError
from nbgrad.engine.variable import Variable, as_variable

from .axes import axis_of
from .base import Operand, alike, as_input, plain
from .joining import concatenate, split, stack
from .shape import astype, broadcast_to, expand_dims, moveaxis, reshape


def array(x: Any, dtype: Any = None) -> Variable:
    """Make one Variable of nested lists of Variables, arrays and numbers.

    ``np.array`` cannot do this: an array holds no graph.

    Parameters
    ----------
    x : Variable, array, number, or nested list of them
        The items of a list have one shape.
    dtype : floating dtype, optional

    Returns
    -------
    Variable

    Raises
    ------
    ShapeError
        If the items of a list differ in shape.
    """
    y = as_variable(_joined(x, iter(alike(_leaves(x, _is_list)))))
    return y if dtype is None or y.dtype == dtype else astype(y, dtype)


def _joined(x: Any, leaves: Iterator[Any]) -> Any:
    """Stack what a nested list holds; ``leaves`` gives its leaves in order."""
    if not _is_list(x):
        return next(leaves)
    items = [_joined(item, leaves) for item in x]
    shapes = list(dict.fromkeys(item.shape for item in items))
    if len(shapes) > 1:
        raise ShapeError(
            f"array needs items of one shape, not of {' and '.join(map(str, shapes[:3]))}: "
            "ng.concatenate joins arrays of different lengths."
        )
    return stack(items)


def _deepened(x: Any, shapes: dict[int, Any]) -> Any:
    """Give an array of fewer axes the shape that is written for their number."""
    return x if x.ndim >= len(shapes) else x.reshape(shapes[x.ndim](x.shape))


_ROWS: dict[int, Any] = {0: lambda _: (1, 1), 1: lambda s: (1, *s)}
_DEEP: dict[int, Any] = {0: lambda _: (1, 1, 1), 1: lambda s: (1, *s, 1), 2: lambda s: (*s, 1)}


def _at_least(shapes: dict[int, Any], doc: str) -> Callable[..., Any]:
    """Return the public function that gives several arrays as many axes as there are shapes."""

    def function(*arrays: Operand) -> Any:
        found = tuple(as_input(_deepened(x, shapes)) for x in alike(arrays))
        return found[0] if len(found) == 1 else found

    function.__doc__ = f"""View inputs as arrays of {doc}.

Returns
-------
Variable, or a tuple of them for several arrays
"""
    return function


atleast_1d = _at_least({0: lambda _: (1,)}, "one dimension or more")
atleast_2d = _at_least(_ROWS, "two dimensions or more: a vector as one row")
atleast_3d = _at_least(_DEEP, "three dimensions or more: (n,) as (1, n, 1), (n, m) as (n, m, 1)")


def vstack(tup: Sequence[Operand], *, dtype: Any = None, casting: str = "same_kind") -> Variable:
    """Stack arrays row-wise: along the first axis, a vector as one row.

    Parameters
    ----------
    dtype : floating dtype, optional
        Of the result.
    """
    return concatenate([_deepened(x, _ROWS) for x in alike(tup)], 0, dtype=dtype, casting=casting)


def hstack(tup: Sequence[Operand], *, dtype: Any = None, casting: str = "same_kind") -> Variable:
    """Stack arrays column-wise: along the second axis, vectors along their only one.

    Parameters
    ----------
    dtype : floating dtype, optional
        Of the result.
    """
    parts = [x if x.ndim else x.reshape(1) for x in alike(tup)]
    axis = 0 if parts and parts[0].ndim == 1 else 1
    return concatenate(parts, axis, dtype=dtype, casting=casting)


def dstack(tup: Sequence[Operand]) -> Variable:
    """Stack arrays along the third axis."""
    return concatenate([_deepened(x, _DEEP) for x in alike(tup)], 2)


def column_stack(tup: Sequence[Operand]) -> Variable:
    """Stack vectors as columns, and matrices by their columns."""
    return concatenate([x if x.ndim > 1 else x.reshape(-1, 1) for x in alike(tup)], 1)


def append(arr: Operand, values: Operand, axis: int | None = None) -> Variable:
    """Append values to the end of an array."""
    return concatenate(alike((arr, values)), axis)


def block(arrays: Any) -> Variable:
    """Assemble an array from nested lists of blocks, the innermost along the last axis.

    Parameters
    ----------
    arrays : nested list of Variables, arrays and numbers

    Raises
    ------
    ShapeError
        If blocks do not fit together, or the lists are not equally deep.
    """
    deepest = _depth(arrays)
    leaves = alike(_leaves(arrays, lambda item: isinstance(item, list)))
    most = max([deepest, *(x.ndim for x in leaves)])
    rest = iter(leaves)

    def joined(item: Any, depth: int) -> Any:
        if isinstance(item, list):
            return concatenate([joined(inner, depth - 1) for inner in item], -depth)
        x = next(rest)
        return x.reshape((1,) * (most - x.ndim) + x.shape)

    return as_input(joined(arrays, deepest))


def _depth(item: Any) -> int:
    if not isinstance(item, list):
        return 0
    depths = {_depth(inner) for inner in item}
    if len(depths) != 1:
        raise ShapeError(
            "block needs lists that are equally deep and not empty: "
            + ("one is empty." if not depths else f"their depths are {sorted(depths)}.")
        )
    return 1 + depths.pop()


def _is_list(x: Any) -> bool:
    """Whether something is a list to look into: one of numbers alone is an array."""
    return isinstance(x, (list, tuple)) and holds_variable(x)


def _leaves(item: Any, is_list: Callable[[Any], bool]) -> list[Any]:
    """Return what a nested list holds, in order."""
    return [x for inner in item for x in _leaves(inner, is_list)] if is_list(item) else [item]


def array_split(ary: Operand, indices_or_sections: Any, axis: int = 0) -> tuple[Variable, ...]:
    """Split an array into parts of nearly equal length.

    Parameters
    ----------
    indices_or_sections : int or sequence of int
        How many parts, or where to split.
    """
    if isinstance(indices_or_sections, (int, np.integer)):
        places = np.arange(np.shape(plain(ary))[axis])
        lengths = [len(part) for part in np.array_split(places, indices_or_sections)]
        indices_or_sections = np.cumsum(lengths)[:-1].tolist()
    return split(ary, indices_or_sections, axis)


def hsplit(ary: Operand, indices_or_sections: Any) -> tuple[Variable, ...]:
    """Split an array column-wise: along the second axis, a vector along its only one."""
    return split(ary, indices_or_sections, 1 if np.ndim(plain(ary)) > 1 else 0)


def vsplit(ary: Operand, indices_or_sections: Any) -> tuple[Variable, ...]:
    """Split an array row-wise: along the first axis.

    Parameters
    ----------
    ary : Variable or array of two dimensions or more
    """
    return split(_with_axes(ary, 2, "vsplit"), indices_or_sections, 0)


def dsplit(ary: Operand, indices_or_sections: Any) -> tuple[Variable, ...]:
    """Split an array along the third axis.

    Parameters
    ----------
    ary : Variable or array of three dimensions or more
    """
    return split(_with_axes(ary, 3, "dsplit"), indices_or_sections, 2)


def _with_axes(ary: Operand, least: int, name: str) -> Operand:
    if np.ndim(plain(ary)) < least:
        raise ShapeError(
            f"{name} needs an array of {least} dimensions or more, not of shape "
            f"{np.shape(plain(ary))}: np.split cuts along any axis."
        )
    return ary


def unstack(x: Operand, axis: int = 0) -> tuple[Variable, ...]:
    """Split an array into the arrays along an axis: what undoes `stack`."""
    n = np.shape(plain(x))[axis_of(x, axis, "unstack")]
    return tuple(piece.squeeze(axis) for piece in split(x, n, axis)) if n else ()


def broadcast_arrays(*args: Operand) -> tuple[Variable, ...]:
    """Broadcast arrays against each other.

    Raises
    ------
    ShapeError
        If they do not broadcast.
    """
    shape = _broadcast_shape(args, "broadcast_arrays")
    return tuple(broadcast_to(x, shape) for x in args)


def _broadcast_shape(args: tuple[Operand, ...], name: str) -> tuple[int, ...]:
    shapes = [np.shape(plain(x)) for x in args]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise ShapeError(
            f"{name}: the shapes {', '.join(map(str, shapes))} do not broadcast."
        ) from None


def meshgrid(*xi: Operand, sparse: bool = False, indexing: str = "xy") -> tuple[Variable, ...]:
    """Coordinate matrices of a grid, from coordinate vectors.

    Parameters
    ----------
    *xi : Variable, array or number, of one dimension
    sparse : bool
        Leave axes of length one in place of repeated values.
    indexing : {"xy", "ij"}
        "xy" puts the second array along the first axis, as plots do.

    Returns
    -------
    tuple of Variable
        One for each array.
    """
    if indexing not in ("xy", "ij"):
        raise ShapeError(f"meshgrid: indexing is 'xy' or 'ij', not {indexing!r}.")
    order = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        order[:2] = [1, 0]
    spread = []
    for i, x in enumerate(xi):
        shape = [1] * len(xi)
        shape[order[i]] = -1
        spread.append(reshape(as_input(x), tuple(shape)))
    return tuple(spread) if sparse else broadcast_arrays(*spread)


def apply_along_axis(func1d: Any, axis: int, arr: Operand, *args: Any, **kwargs: Any) -> Variable:
    """Apply a function to each vector along an axis; its results take the place of that axis.

    Parameters
    ----------
    func1d : callable
        Takes a Variable, shape (n,), and the further arguments; returns Variables, arrays or
        numbers of one shape.
    arr : Variable or array of one dimension or more
    """
    arr = as_input(arr)
    rows = moveaxis(arr, axis_of(arr, axis, "apply_along_axis"), -1)
    outer = rows.shape[:-1]
    found = [func1d(rows[i], *args, **kwargs) for i in np.ndindex(outer)]
    y = stack([array(x) if isinstance(x, (list, tuple)) else as_input(x) for x in found])
    inner = y.shape[1:]
    y = y.reshape(outer + inner)
    start = axis % arr.ndim
    return moveaxis(y, range(len(outer), y.ndim), range(start, start + len(inner))) if inner else y


def apply_over_axes(func: Any, a: Operand, axes: Any) -> Variable:
    """Apply a reduction, ``func(a, axis)``, to one axis after the other; all axes are kept."""
    y = as_input(a)
    for axis in np.atleast_1d(axes).tolist():
        kept = axis_of(y, axis, "apply_over_axes")
        reduced = as_input(func(y, kept))
        y = reduced if reduced.ndim == y.ndim else expand_dims(reduced, kept)
    return y
