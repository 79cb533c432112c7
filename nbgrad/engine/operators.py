"""The operators and array methods of Variable.

Each asks `dispatch.methods` for the operation that `ops/` registered under that name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import dispatch
from .dispatch import methods

if TYPE_CHECKING:
    from .variable import Variable

Axis = Any


class Operators:
    """Arithmetic, comparisons, indexing and array methods."""

    __slots__ = ()

    def __add__(self, other: Any) -> Variable:
        return methods.add(self, other)

    def __radd__(self, other: Any) -> Variable:
        return methods.add(other, self)

    def __sub__(self, other: Any) -> Variable:
        return methods.sub(self, other)

    def __rsub__(self, other: Any) -> Variable:
        return methods.sub(other, self)

    def __mul__(self, other: Any) -> Variable:
        return methods.mul(self, other)

    def __rmul__(self, other: Any) -> Variable:
        return methods.mul(other, self)

    def __truediv__(self, other: Any) -> Variable:
        return methods.div(self, other)

    def __rtruediv__(self, other: Any) -> Variable:
        return methods.div(other, self)

    def __pow__(self, other: Any) -> Variable:
        return methods.pow(self, other)

    def __rpow__(self, other: Any) -> Variable:
        return methods.pow(other, self)

    def __matmul__(self, other: Any) -> Variable:
        return methods.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Variable:
        return methods.matmul(other, self)

    def __neg__(self) -> Variable:
        return methods.neg(self)

    def __pos__(self) -> Variable:
        return methods.pos(self)

    def __abs__(self) -> Variable:
        return methods.abs(self)

    def __getitem__(self, index: Any) -> Variable:
        return methods.getitem(self, index)

    # Comparisons answer with plain bool arrays: there is nothing to differentiate.

    def __eq__(self, other: object) -> Any:
        return _compare(np.equal, self, other)

    def __ne__(self, other: object) -> Any:
        return _compare(np.not_equal, self, other)

    def __lt__(self, other: Any) -> Any:
        return _compare(np.less, self, other)

    def __le__(self, other: Any) -> Any:
        return _compare(np.less_equal, self, other)

    def __gt__(self, other: Any) -> Any:
        return _compare(np.greater, self, other)

    def __ge__(self, other: Any) -> Any:
        return _compare(np.greater_equal, self, other)

    @property
    def T(self) -> Variable:
        """The transpose: all axes reversed."""
        return methods.transpose(self)

    def reshape(self, *shape: Any) -> Variable:
        """Give the elements a new shape, as `numpy.ndarray.reshape`."""
        return methods.reshape(self, _one_or_many(shape))

    def transpose(self, *axes: Any) -> Variable:
        """Permute the axes, as `numpy.ndarray.transpose`."""
        return methods.transpose(self, _one_or_many(axes) if axes else None)

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Variable:
        """Sum over axes."""
        return methods.sum(self, axis, keepdims)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Variable:
        """Mean over axes."""
        return methods.mean(self, axis, keepdims)

    def max(self, axis: Axis = None, keepdims: bool = False) -> Variable:
        """Largest element over axes."""
        return methods.max(self, axis, keepdims)

    def astype(self, dtype: Any) -> Variable:
        """Convert to another floating dtype; the gradient is converted back."""
        return methods.astype(self, dtype)


def _one_or_many(items: tuple[Any, ...]) -> Any:
    """Let ``x.reshape(2, 3)`` and ``x.reshape((2, 3))`` mean the same."""
    if len(items) == 1 and (items[0] is None or isinstance(items[0], (tuple, list))):
        return items[0]
    return items


def _compare(ufunc: Any, left: Any, right: Any) -> Any:
    if isinstance(right, Operators):
        right = right._data  # type: ignore[attr-defined]
    elif not isinstance(right, (int, float, np.ndarray, np.generic, list, tuple)):
        return NotImplemented
    return ufunc(left._data, right)


# Comparing through NumPy (np.greater(x, 0)) means the same as the operator.
for _ufunc in (np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal):
    dispatch.numpy_twins[_ufunc] = lambda a, b, _ufunc=_ufunc: _ufunc(
        getattr(a, "_data", a), getattr(b, "_data", b)
    )
