"""The operators of Variable.

Each asks `dispatch.methods` for the operation that `ops/` registered under that name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from . import dispatch, recording
from .array_methods import ArrayMethods, methods
from .arrays import ordinary
from .conversions import Conversions
from .diagnostics.escaping import short
from .diagnostics.naming import in_code
from .diagnostics.numpy_warnings import computed
from .errors import InPlaceError, OperandError, ShapeError, describe, unfit
from .unsupported import unsupported

if TYPE_CHECKING:
    from .variable import Variable


def _refused(name: str) -> Callable[..., Any]:
    """Return an operator that says what to do instead."""

    def operator(*_: object) -> Any:
        raise unsupported(name)

    return operator


class Operators(Conversions, ArrayMethods):
    """Arithmetic, comparisons, and indexing."""

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


def _no_modulus(*operands: Any) -> NoReturn:
    x, n, m = (in_code(v) if isinstance(v, Operators) else short(repr(v)) for v in operands)
    raise OperandError(
        f"pow({x}, {n}, {m}): a Variable has no power with a modulus. Write ({x} ** {n}) % {m}."
    )


def _compare(ufunc: Any, left: Any, right: Any) -> Any:
    if recording.running and (recorder := recording.current()) is not None:
        return recorder.compared(ufunc, left, right)
    if not isinstance(right, (Operators, int, float, np.ndarray, np.generic, list, tuple)):
        return NotImplemented
    try:
        return computed(ufunc, left._data, _comparand(ufunc, right))
    except ValueError as error:
        raise ShapeError(
            f"{ufunc.__name__}({describe(left)}, {describe(right)}): {str(error).strip()}. Shapes are compared "
            "from the right, and 1 fits any length."
        ) from None


def _compare_any(ufunc: Any, a: Any, b: Any) -> Any:
    if recording.running and (recorder := recording.current()) is not None:
        return recorder.compared(ufunc, a, b)
    return computed(ufunc, _comparand(ufunc, a), _comparand(ufunc, b))


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
