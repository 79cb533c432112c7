"""Arrays as the engine holds them.

NumPy computes slowly with 0-d arrays: two of them give a scalar, and mixing the two is slower
still. So inside the engine every 0-d value is a NumPy scalar; it becomes a 0-d array where a user
sees it (`Variable.data`, `Variable.grad`). A leaf keeps the user's array.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from .diagnostics.numpy_warnings import refuse_warnings
from .errors import DataTypeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[Any]"
Raw: TypeAlias = Any
"""An ndarray of one or more dimensions, or a NumPy scalar: what rules compute with."""

NUMPY_2 = int(np.__version__.split(".")[0]) >= 2


def check_dtype(array: Array, where: str) -> None:
    """Refuse arrays that are not real floating or integer ones.

    Raises
    ------
    DataTypeError
        Naming the dtype and how to convert.
    """
    kind = array.dtype.kind
    if kind in "fiu":
        return
    if kind == "b":
        advice = "convert it with array.astype(float)"
    elif kind == "c":
        advice = "keep the real and the imaginary part in two Variables"
    else:
        advice = "convert it to numbers first, for example np.array(..., dtype=float)"
    raise DataTypeError(
        f"{where} cannot hold an array of dtype {array.dtype}: "
        f"only real floating and integer arrays can be differentiated; {advice}."
    )


def as_data(data: Any) -> Any:
    """Return what a Variable holds; None means that it holds nothing yet.

    Raises
    ------
    DataTypeError
        Naming the given type or dtype, and how to convert.
    """
    if data is None:
        return None
    if hasattr(data, "_data") and hasattr(data, "detach"):
        raise DataTypeError(
            "A Variable cannot hold a Variable. Use it as it is, or x.detach() for one of the same "
            "array without the graph."
        )
    if not isinstance(data, np.ndarray):
        kind = f"{type(data).__module__}.{type(data).__qualname__}".removeprefix("builtins.")
        raise DataTypeError(
            f"{type(data)} is not supported as a Variable's data: it must be an ndarray, "
            f"not {kind}. Convert it with np.array(...) or ng.as_variable(...)."
        )
    array = ordinary(data, "A Variable cannot hold", DataTypeError)
    check_dtype(array, "A Variable")
    return array


_RULES = ("__array_ufunc__", "__array_function__", "__add__", "__mul__", "__matmul__", "__pow__")


def ordinary(array: Any, what: str, error: type[Exception]) -> Any:
    """Return an array of a subclass as a plain one of the same memory; anything else as it is.

    Raises
    ------
    error
        Naming the type and how to convert, for one that computes by rules of its own: a matrix, or
        a masked array.
    """
    kind = array.__class__  # a traced array says what it stands for
    if kind is np.ndarray or not isinstance(array, np.ndarray):
        return array
    if all(getattr(kind, name) is getattr(np.ndarray, name) for name in _RULES):
        return array.view(np.ndarray)
    filled = ", or masked.filled(value)" if hasattr(array, "filled") else ""
    raise error(
        f"{what} a {type(array).__name__}: it computes by rules of its own, which the gradients "
        f"would not follow. Make it an ordinary array with np.asarray(...){filled}."
    )


def as_array(obj: Any) -> Array:
    """Convert a number, NumPy scalar or (nested) list of numbers to an ndarray.

    Parameters
    ----------
    obj : float, int, NumPy scalar, ndarray, Variable, or a list of numbers
        An ndarray is returned as it is, not copied; so is a Variable, whose graph would be lost
        (the book's own ``add`` calls ``as_array`` on its operands).

    Returns
    -------
    ndarray
        0-d for a number.

    Raises
    ------
    DataTypeError
        If no real floating or integer array comes out.
    """
    if isinstance(obj, np.ndarray):
        return ordinary(obj, "as_array cannot take", DataTypeError)  # type: ignore[no-any-return]
    if hasattr(obj, "_data") and hasattr(obj, "detach"):
        return obj  # type: ignore[no-any-return]
    if obj is None or isinstance(obj, (str, bytes)) or hasattr(obj, "backward"):
        raise DataTypeError(
            f"as_array needs numbers or arrays, not {type(obj).__name__} ({obj!r})."
        )
    try:
        array = np.asarray(obj)
    except (TypeError, ValueError) as error:
        raise DataTypeError(f"as_array cannot make an array of {obj!r}: {error}") from error
    check_dtype(array, "as_array: a Variable")
    return array


def to_raw(value: Any) -> Raw:
    """Turn a 0-d array into a NumPy scalar; leave anything else as it is."""
    return value[()] if isinstance(value, np.ndarray) and not value.ndim else value


def broadcastable(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    """Whether an array of one shape broadcasts to exactly another."""
    if len(small) > len(large):
        return False
    tail = large[len(large) - len(small) :]
    return small == tail or all(s in (1, n) for s, n in zip(small, tail, strict=True))


_add_up: Any = np.add.reduce  # ndarray.sum's Python code takes half of a small sum


def wide_sum(array: Raw, axis: Any, keepdims: bool = False) -> Raw:
    """Sum over axes: float16 as float32, and many rows of float32 as float64.

    Added one by one, as NumPy adds rows, ones stop at 2048 in float16, and float32 loses a
    digit for each ten times as many.
    """
    dtype = array.dtype
    if dtype.char == "e":
        return _add_up(array, axis, np.float32, keepdims=keepdims).astype(dtype)
    if dtype.char == "f" and _number(array.shape, axis) > _WIDE_SUM:
        return _add_up(array, axis, np.float64, keepdims=keepdims).astype(dtype)
    return _add_up(array, axis, keepdims=keepdims)


def _number(shape: tuple[int, ...], axis: Any) -> int:
    """Return how many elements are summed to one."""
    if isinstance(axis, int):
        return shape[axis]
    return math.prod(shape if axis is None else [shape[a] for a in axis])


_WIDE_SUM = 2**11
"""How many float32 numbers may be added one by one."""


def sum_to_shape(array: Raw, shape: tuple[int, ...]) -> Raw:
    """Undo broadcasting: sum an array down to a shape that broadcasts to its own."""
    lead = array.ndim - len(shape)
    if lead:
        axis = 0 if lead == 1 else tuple(range(lead))
        few = array.size <= _WIDE_SUM and array.dtype.char != "e"
        array = _add_up(array, axis) if few else wide_sum(array, axis)
    if array.shape != shape:
        stretched = tuple([i for i, n in enumerate(shape) if n == 1 != array.shape[i]])
        array = wide_sum(array, stretched, keepdims=True)
    return array


refuse_warnings(globals())
