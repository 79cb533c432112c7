"""The array methods of Variable.

Each asks `dispatch.methods` for the operation that `ops/` registered under that name. ``numpys`` are
arguments that only NumPy's method has: those that matter for its result are refused with advice.
More positional arguments than a method has here (``order``) are in NumPy's order.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import getattr_static
from typing import TYPE_CHECKING, Any

import numpy as np

from . import dispatch, recording
from .errors import InPlaceError
from .numpy_protocols import call_function
from .unsupported import OnlyOfArrays

if TYPE_CHECKING:
    from .variable import Variable

    class _Recorded:
        def __getattr__(self, name: str) -> Callable[..., Variable]: ...

    methods: _Recorded
else:
    methods = dispatch.methods

Axis = Any


class _OfArrays:
    """Attributes that only the array has: asking a Variable for one says so.

    Not a ``__getattr__``: where a class has one, Python 3.11 reads each attribute in twice the time.
    """

    __slots__ = ()

    def __dir__(self) -> list[str]:
        kinds = {n: type(getattr_static(type(self), n, None)) for n in object.__dir__(self)}
        return [n for n, kind in kinds.items() if kind is not OnlyOfArrays]

    for _name in (*dir(np.ndarray), "ptp"):  # a method up to NumPy 1
        if not _name.startswith("_"):
            locals()[_name] = OnlyOfArrays(_name)
    del _name


class ArrayMethods(_OfArrays):
    """The methods of arrays that a Variable has too."""

    __slots__ = ()

    @property
    def shape(self: Any) -> tuple[int, ...]:
        """Shape of the array."""
        return self._array().shape  # type: ignore[no-any-return]

    @shape.setter
    def shape(self, shape: Any) -> None:
        raise InPlaceError("x.shape = … would change x in place: write y = x.reshape(shape).")

    @property
    def ndim(self: Any) -> int:
        """Number of dimensions."""
        return self._array().ndim  # type: ignore[no-any-return]

    @property
    def size(self: Any) -> int:
        """Number of elements."""
        return self._array().size  # type: ignore[no-any-return]

    @property
    def dtype(self: Any) -> np.dtype[Any]:
        """Dtype of the array."""
        return self._array().dtype  # type: ignore[no-any-return]

    @dtype.setter
    def dtype(self, dtype: Any) -> None:
        raise InPlaceError("x.dtype = … would change x in place: write y = x.astype(dtype).")

    @property
    def T(self) -> Variable:
        """The transpose: all axes reversed."""
        return methods.transpose(self)

    @T.setter
    def T(self, transpose: Any) -> None:
        raise InPlaceError(
            "x.T = … would change x in place: the transpose is another Variable, y = x.T."
        )

    def reshape(self, *shape: Any, order: str = "C", **numpys: Any) -> Variable:
        """Give the elements a new shape, as `numpy.ndarray.reshape`."""
        return methods.reshape(self, _one_or_many(shape), order, **numpys)

    def ravel(self, order: str = "C") -> Variable:
        """Return the elements in one dimension."""
        return methods.ravel(self, order)

    def flatten(self, order: str = "C") -> Variable:
        """Return the elements in one dimension, the same as `ravel`."""
        return methods.ravel(self, order)

    def transpose(self, *axes: Any) -> Variable:
        """Permute the axes, as `numpy.ndarray.transpose`."""
        return methods.transpose(self, _one_or_many(axes) if axes else None)

    def swapaxes(self, axis1: int, axis2: int) -> Variable:
        """Interchange two axes."""
        return methods.swapaxes(self, axis1, axis2)

    def squeeze(self, axis: Axis = None) -> Variable:
        """Remove axes of length one."""
        return methods.squeeze(self, axis)

    def repeat(self, repeats: Any, axis: int | None = None) -> Variable:
        """Repeat each element."""
        return methods.repeat(self, repeats, axis)

    @property
    def mT(self) -> Variable:
        """The transpose of a matrix, or of each of a stack: the last two axes interchanged."""
        return methods.matrix_transpose(self)

    def take(self, indices: Any, axis: int | None = None, *order: Any, **numpys: Any) -> Variable:
        """Take elements along an axis by index, with mode as of `numpy.take`."""
        if order:
            return _numpy("take", self, indices, axis, *order, **numpys)
        return methods.take(self, indices, axis, **numpys)

    def copy(self, order: str = "C") -> Variable:
        """Return the same values in an array of their own; recorded, unlike `detach`."""
        return methods.copy(self, order)

    def astype(self, dtype: Any, **numpys: Any) -> Any:
        """Convert to another dtype; the gradient is converted back, of an integer dtype it is 0."""
        return methods.astype(self, dtype, **numpys)

    def sum(self, axis: Axis = None, keepdims: bool = False, *order: Any, **named: Any) -> Variable:
        """Sum over axes, with dtype, initial and where as of `numpy.sum`."""
        if order:
            return _numpy("sum", self, axis, keepdims, *order, **named)
        return methods.sum(self, axis, keepdims, **named)

    def mean(
        self, axis: Axis = None, keepdims: bool = False, *order: Any, **named: Any
    ) -> Variable:
        """Mean over axes, with dtype and where as of `numpy.mean`."""
        if order:
            return _numpy("mean", self, axis, keepdims, *order, **named)
        return methods.mean(self, axis, keepdims, **named)

    def max(self, axis: Axis = None, keepdims: bool = False, *order: Any, **named: Any) -> Variable:
        """Largest element over axes, with initial and where as of `numpy.max`."""
        if order:
            return _numpy("max", self, axis, keepdims, *order, **named)
        return methods.max(self, axis, keepdims, **named)

    def min(self, axis: Axis = None, keepdims: bool = False, *order: Any, **named: Any) -> Variable:
        """Smallest element over axes, with initial and where as of `numpy.min`."""
        if order:
            return _numpy("min", self, axis, keepdims, *order, **named)
        return methods.min(self, axis, keepdims, **named)

    def prod(
        self, axis: Axis = None, keepdims: bool = False, *order: Any, **named: Any
    ) -> Variable:
        """Product over axes, with dtype, initial and where as of `numpy.prod`."""
        if order:
            return _numpy("prod", self, axis, keepdims, *order, **named)
        return methods.prod(self, axis, keepdims, **named)

    def var(
        self, axis: Axis = None, ddof: float = 0, keepdims: bool = False, *order: Any, **named: Any
    ) -> Variable:
        """Variance over axes, with dtype, where and mean as of `numpy.var`."""
        if order:
            return _numpy("var", self, axis, ddof, keepdims, *order, **named)
        return methods.var(self, axis, ddof, keepdims, **named)

    def std(
        self, axis: Axis = None, ddof: float = 0, keepdims: bool = False, *order: Any, **named: Any
    ) -> Variable:
        """Compute the standard deviation over axes, with dtype, where and mean as of `numpy.std`."""
        if order:
            return _numpy("std", self, axis, ddof, keepdims, *order, **named)
        return methods.std(self, axis, ddof, keepdims, **named)

    def cumsum(
        self, axis: int | None = None, dtype: Any = None, *order: Any, **numpys: Any
    ) -> Variable:
        """Cumulative sum along an axis."""
        if order:
            return _numpy("cumsum", self, axis, dtype, *order, **numpys)
        return methods.cumsum(self, axis, dtype=dtype, **numpys)

    def cumprod(
        self, axis: int | None = None, dtype: Any = None, *order: Any, **numpys: Any
    ) -> Variable:
        """Cumulative product along an axis."""
        if order:
            return _numpy("cumprod", self, axis, dtype, *order, **numpys)
        return methods.cumprod(self, axis, dtype=dtype, **numpys)

    def clip(self, min: Any = None, max: Any = None, *order: Any, **numpys: Any) -> Variable:  # noqa: A002 (NumPy's names)
        """Limit the elements to an interval."""
        if order:
            return _numpy("clip", self, min, max, *order, **numpys)
        return methods.clip(self, min, max, **numpys)

    def round(self, decimals: int = 0, *order: Any, **numpys: Any) -> Variable:
        """Round to a number of decimals; its derivative is 0."""
        if order:
            return _numpy("round", self, decimals, *order, **numpys)
        return methods.round(self, decimals, **numpys)

    def exp(self) -> Variable:
        """Exponential eˣ of each element."""
        return methods.exp(self)

    def log(self) -> Variable:
        """Natural logarithm of each element."""
        return methods.log(self)

    def tanh(self) -> Variable:
        """Hyperbolic tangent of each element."""
        return methods.tanh(self)

    def relu(self) -> Variable:
        """Each element, or 0 where it is negative."""
        return methods.relu(self)

    def sigmoid(self) -> Variable:
        """1 / (1 + e⁻ˣ) of each element."""
        return methods.sigmoid(self)

    def dot(self, other: Any, *order: Any, **numpys: Any) -> Variable:
        """Dot product, as `numpy.dot`."""
        if order:
            return _numpy("dot", self, other, *order, **numpys)
        return methods.dot(self, other, **numpys)

    def trace(
        self, offset: int = 0, axis1: int = 0, axis2: int = 1, *order: Any, **numpys: Any
    ) -> Variable:
        """Sum of the diagonal."""
        return _numpy("trace", self, offset, axis1, axis2, *order, **numpys)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Variable:
        """Elements whose two indices differ by an offset."""
        return _numpy("diagonal", self, offset, axis1, axis2)

    # Where the largest element is, and the like, are plain integers and bools.

    def argmax(self, axis: int | None = None, out: Any = None, *, keepdims: bool = False) -> Any:
        """Where the largest element is: an integer, or an array of them."""
        return _raw(self).argmax(axis, out, keepdims=keepdims)

    def argmin(self, axis: int | None = None, out: Any = None, *, keepdims: bool = False) -> Any:
        """Where the smallest element is: an integer, or an array of them."""
        return _raw(self).argmin(axis, out, keepdims=keepdims)

    def argsort(self, axis: int = -1, kind: Any = None, **numpys: Any) -> Any:
        """In which order the elements ascend: an array of integers."""
        return _raw(self).argsort(axis, kind, **numpys)

    def sort(self, axis: int = -1, **_: Any) -> Any:
        """Refuse to change the array in place, as the method of an array does."""
        raise InPlaceError(f"x.sort() would change x in place: write y = np.sort(x, axis={axis}).")

    def nonzero(self) -> Any:
        """Where the elements are not 0: an array of integers for each axis."""
        return _raw(self).nonzero()

    def any(self, axis: Axis = None, out: Any = None, **numpys: Any) -> Any:
        """Whether any element is not 0."""
        return _raw(self).any(axis, out, **numpys)

    def all(self, axis: Axis = None, out: Any = None, **numpys: Any) -> Any:
        """Whether no element is 0."""
        return _raw(self).all(axis, out, **numpys)

    def to_numpy(self) -> Any:
        """Return the array, as ``x.data``: what Matplotlib asks for to plot it."""
        return self.data  # type: ignore[attr-defined]

    def tolist(self) -> Any:
        """Return the values as nested lists of Python numbers."""
        return _raw(self).tolist()

    def to_cpu(self) -> None:
        """Do nothing, as DeZero's layers ask before they save weights: the array is NumPy's."""


def _numpy(name: str, *args: Any, **numpys: Any) -> Variable:
    """Answer a method as NumPy's function of its name: these arguments are in NumPy's order."""
    y: Variable = call_function(getattr(np, name), args, numpys, f"x.{name}")
    return y


def _raw(x: ArrayMethods) -> Any:
    recording.looked(x, "a search among its values")
    return x._array()  # type: ignore[attr-defined]


def _one_or_many(items: tuple[Any, ...]) -> Any:
    """Let ``x.reshape(2, 3)`` and ``x.reshape((2, 3))`` mean the same."""
    if len(items) == 1 and (items[0] is None or isinstance(items[0], (tuple, list, np.ndarray))):
        return items[0]
    return items
