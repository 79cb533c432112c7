"""The operators and array methods of Variable.

Each asks `dispatch.methods` for the operation that `ops/` registered under that name.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import getattr_static
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from . import numpy_protocols as dispatch
from . import recording
from .arrays import ordinary
from .conversions import Conversions
from .diagnostics.escaping import short
from .diagnostics.naming import in_code
from .errors import InPlaceError, OperandError, ShapeError, describe, unfit

if TYPE_CHECKING:
    from .variable import Variable

    class _Recorded:
        def __getattr__(self, name: str) -> Callable[..., Variable]: ...

    methods: _Recorded
else:
    methods = dispatch.methods

Axis = Any


def _refused(name: str) -> Callable[..., Any]:
    """Return an operator that says what to do instead."""

    def operator(*_: object) -> Any:
        raise dispatch.unsupported(name)

    return operator


class _OfArrays:
    """Attributes that only the array has: asking a Variable for one says so.

    Not a ``__getattr__``: where a class has one, Python 3.11 reads each attribute in twice the time.
    """

    __slots__ = ()

    def __dir__(self) -> list[str]:
        kinds = {n: type(getattr_static(type(self), n, None)) for n in object.__dir__(self)}
        return [n for n, kind in kinds.items() if kind is not dispatch.OnlyOfArrays]

    for _name in dir(np.ndarray):
        if not _name.startswith("_"):
            locals()[_name] = dispatch.OnlyOfArrays(_name)
    del _name


class Operators(Conversions, _OfArrays):
    """Arithmetic, comparisons, indexing, and array methods."""

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

    def __floordiv__(self, other: Any) -> Variable:
        return methods.floor_divide(self, other)

    def __rfloordiv__(self, other: Any) -> Variable:
        return methods.floor_divide(other, self)

    def __mod__(self, other: Any) -> Variable:
        return methods.remainder(self, other)

    def __rmod__(self, other: Any) -> Variable:
        return methods.remainder(other, self)

    def __divmod__(self, other: Any) -> tuple[Variable, Variable]:
        return methods.divmod(self, other)  # type: ignore[return-value]

    def __rdivmod__(self, other: Any) -> tuple[Variable, Variable]:
        return methods.divmod(other, self)  # type: ignore[return-value]

    def __round__(self, decimals: int | None = None) -> Variable:
        return methods.round(self, 0 if decimals is None else decimals)

    def __pow__(self, other: Any, modulus: Any = None) -> Variable:
        return methods.pow(self, other) if modulus is None else _no_modulus(self, other, modulus)

    def __rpow__(self, other: Any, modulus: Any = None) -> Variable:
        return methods.pow(other, self) if modulus is None else _no_modulus(other, self, modulus)

    def __matmul__(self, other: Any) -> Variable:
        return methods.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Variable:
        return methods.matmul(other, self)

    __and__ = __rand__ = _refused("np.bitwise_and")
    __or__ = __ror__ = _refused("np.bitwise_or")
    __xor__ = __rxor__ = _refused("np.bitwise_xor")
    __lshift__ = __rlshift__ = _refused("np.left_shift")
    __rshift__ = __rrshift__ = _refused("np.right_shift")
    __invert__ = _refused("np.invert")

    def __neg__(self) -> Variable:
        return methods.neg(self)

    def __pos__(self) -> Variable:
        return methods.pos(self)

    def __abs__(self) -> Variable:
        return methods.abs(self)

    def __getitem__(self, index: Any) -> Variable:
        return methods.getitem(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise InPlaceError(
            "x[...] = value would change data that the graph depends on. "
            "Use ng.where(mask, a, b), or write into x.data before the forward pass."
        )

    def __delitem__(self, index: Any) -> None:
        raise InPlaceError(
            "del x[...] would change data that the graph depends on. "
            "Write y = np.delete(x, index), which leaves x as it is."
        )

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self == value))

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

    def reshape(self, *shape: Any, order: str = "C") -> Variable:
        """Give the elements a new shape, as `numpy.ndarray.reshape`."""
        return methods.reshape(self, _one_or_many(shape), order)

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

    def take(self, indices: Any, axis: int | None = None, mode: str = "raise") -> Variable:
        """Take elements along an axis by index."""
        return methods.take(self, indices, axis, mode)

    def copy(self) -> Variable:
        """Return the same values in an array of their own; recorded, unlike `detach`."""
        return methods.copy(self)

    def astype(self, dtype: Any) -> Any:
        """Convert to another dtype; the gradient is converted back, of an integer dtype it is 0."""
        return methods.astype(self, dtype)

    def sum(
        self,
        axis: Axis = None,
        keepdims: bool = False,
        *,
        dtype: Any = None,
        initial: Any = None,
        where: Any = None,
    ) -> Variable:
        """Sum over axes."""
        return methods.sum(self, axis, keepdims, dtype=dtype, initial=initial, where=where)

    def mean(
        self, axis: Axis = None, keepdims: bool = False, *, dtype: Any = None, where: Any = None
    ) -> Variable:
        """Mean over axes."""
        return methods.mean(self, axis, keepdims, dtype=dtype, where=where)

    def max(
        self, axis: Axis = None, keepdims: bool = False, *, initial: Any = None, where: Any = None
    ) -> Variable:
        """Largest element over axes."""
        return methods.max(self, axis, keepdims, initial=initial, where=where)

    def min(
        self, axis: Axis = None, keepdims: bool = False, *, initial: Any = None, where: Any = None
    ) -> Variable:
        """Smallest element over axes."""
        return methods.min(self, axis, keepdims, initial=initial, where=where)

    def prod(
        self,
        axis: Axis = None,
        keepdims: bool = False,
        *,
        dtype: Any = None,
        initial: Any = None,
        where: Any = None,
    ) -> Variable:
        """Product over axes."""
        return methods.prod(self, axis, keepdims, dtype=dtype, initial=initial, where=where)

    def var(
        self,
        axis: Axis = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        dtype: Any = None,
        where: Any = None,
    ) -> Variable:
        """Variance over axes."""
        return methods.var(self, axis, ddof, keepdims, dtype=dtype, where=where)

    def std(
        self,
        axis: Axis = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        dtype: Any = None,
        where: Any = None,
    ) -> Variable:
        """Compute the standard deviation over axes."""
        return methods.std(self, axis, ddof, keepdims, dtype=dtype, where=where)

    def cumsum(self, axis: int | None = None, dtype: Any = None) -> Variable:
        """Cumulative sum along an axis."""
        return methods.cumsum(self, axis, dtype=dtype)

    def cumprod(self, axis: int | None = None, dtype: Any = None) -> Variable:
        """Cumulative product along an axis."""
        return methods.cumprod(self, axis, dtype=dtype)

    def clip(self, min: Any = None, max: Any = None) -> Variable:  # noqa: A002 (NumPy's names)
        """Limit the elements to an interval."""
        return methods.clip(self, min, max)

    def round(self, decimals: int = 0) -> Variable:
        """Round to a number of decimals; its derivative is 0."""
        return methods.round(self, decimals)

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

    def dot(self, other: Any) -> Variable:
        """Dot product, as `numpy.dot`."""
        return methods.dot(self, other)

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Variable:
        """Sum of the diagonal."""
        return _numpy(np.trace, self, offset, axis1, axis2)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Variable:
        """Elements whose two indices differ by an offset."""
        return _numpy(np.diagonal, self, offset, axis1, axis2)

    # Where the largest element is, and the like, are plain integers and bools.

    def argmax(self, axis: int | None = None, *, keepdims: bool = False) -> Any:
        """Where the largest element is: an integer, or an array of them."""
        return _raw(self).argmax(axis, keepdims=keepdims)

    def argmin(self, axis: int | None = None, *, keepdims: bool = False) -> Any:
        """Where the smallest element is: an integer, or an array of them."""
        return _raw(self).argmin(axis, keepdims=keepdims)

    def argsort(self, axis: int = -1) -> Any:
        """In which order the elements ascend: an array of integers."""
        return _raw(self).argsort(axis)

    def sort(self, axis: int = -1, **_: Any) -> Any:
        """Refuse to change the array in place, as the method of an array does."""
        raise InPlaceError(f"x.sort() would change x in place: write y = np.sort(x, axis={axis}).")

    def nonzero(self) -> Any:
        """Where the elements are not 0: an array of integers for each axis."""
        return _raw(self).nonzero()

    def any(self, axis: Axis = None, *, keepdims: bool = False) -> Any:
        """Whether any element is not 0."""
        return _raw(self).any(axis, keepdims=keepdims)

    def all(self, axis: Axis = None, *, keepdims: bool = False) -> Any:
        """Whether no element is 0."""
        return _raw(self).all(axis, keepdims=keepdims)

    def to_numpy(self) -> Any:
        """Return the array, as ``x.data``: what Matplotlib asks for to plot it."""
        return self.data  # type: ignore[attr-defined]

    def tolist(self) -> Any:
        """Return the values as nested lists of Python numbers."""
        return _raw(self).tolist()

    def to_cpu(self) -> None:
        """Do nothing, as DeZero's layers ask before they save weights: the array is NumPy's."""


def _no_modulus(*operands: Any) -> NoReturn:
    x, n, m = (in_code(v) if isinstance(v, Operators) else short(repr(v)) for v in operands)
    raise OperandError(
        f"pow({x}, {n}, {m}): a Variable has no power with a modulus. Write ({x} ** {n}) % {m}."
    )


def _numpy(function: Callable[..., Any], *args: Any) -> Variable:
    y: Variable = function(*args)
    return y


def _raw(x: Operators) -> Any:
    recording.looked(x, "a search among its values")
    return x._array()  # type: ignore[attr-defined]


def _one_or_many(items: tuple[Any, ...]) -> Any:
    """Let ``x.reshape(2, 3)`` and ``x.reshape((2, 3))`` mean the same."""
    if len(items) == 1 and (items[0] is None or isinstance(items[0], (tuple, list))):
        return items[0]
    return items


def _compare(ufunc: Any, left: Any, right: Any) -> Any:
    if recording.running and (recorder := recording.current()) is not None:
        return recorder.compared(ufunc, left, right)
    if not isinstance(right, (Operators, int, float, np.ndarray, np.generic, list, tuple)):
        return NotImplemented
    try:
        return ufunc(left._data, _comparand(ufunc, right))
    except ValueError as error:
        raise ShapeError(
            f"{ufunc.__name__}({describe(left)}, {describe(right)}): {str(error).strip()}. Shapes are compared "
            "from the right, and 1 fits any length."
        ) from None


def _compare_any(ufunc: Any, a: Any, b: Any) -> Any:
    if recording.running and (recorder := recording.current()) is not None:
        return recorder.compared(ufunc, a, b)
    return ufunc(_comparand(ufunc, a), _comparand(ufunc, b))


def _comparand(ufunc: Any, x: Any) -> Any:
    """Return what NumPy can compare, without a graph."""
    if isinstance(x, Operators):
        return x._data  # type: ignore[attr-defined]
    what = f"{ufunc.__name__} cannot take"
    if isinstance(x, (list, tuple)):
        try:
            x = np.asarray(x)
        except ValueError as error:
            raise OperandError(f"{what} {unfit(x)}: {error}") from None
    x = ordinary(x, what, OperandError)
    if isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind not in "fiubcO":
        raise OperandError(f"{what} {unfit(x)} as an operand: a Variable compares with numbers.")
    return x


# Comparing through NumPy (np.greater(x, 0)) means the same as the operator.
for _ufunc in (np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal):
    dispatch.numpy_twins[_ufunc] = lambda a, b, _ufunc=_ufunc: _compare_any(_ufunc, a, b)
