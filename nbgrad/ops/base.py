"""What all operations share: their base class, and helpers for rules, axes and dtypes."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable
from functools import cache, partial
from operator import index
from typing import Any, ClassVar, NoReturn, TypeAlias

import numpy as np

from nbgrad.engine import numpy_protocols, operation, recording
from nbgrad.engine.diagnostics import messages
from nbgrad.engine.diagnostics.numpy_warnings import refuse_warnings
from nbgrad.engine.errors import AxisError, OperandError
from nbgrad.engine.variable import Variable

Axis: TypeAlias = "int | tuple[int, ...] | None"
Operand: TypeAlias = Any
"""A Variable, an array or a number."""
Value: TypeAlias = Any
"""What rules compute with: arrays and NumPy scalars, or Variables under ``create_graph``."""
as_operand = numpy_protocols.as_operand


class Operation(operation.Operation):
    """Base class of the operations in the table. Parameters are attributes, named as in ``__init__``."""

    public_name: ClassVar[str] = ""

    def on(self, *inputs: Operand) -> Variable:
        """Apply to operands; the result is one Variable."""
        y: Variable = self(*map(as_operand, inputs))
        return y

    def fail(self, error: Exception, inputs: tuple[Any, ...]) -> NoReturn:
        """Raise NumPy's error about a call again, with the names of operation and operands."""
        messages.fail(self, error, inputs)

    @property
    def label(self) -> str:
        """The public name, with the parameters that are not the default: ``sum(axis=0)``."""
        name = self.public_name or type(self).__name__.lower()
        init = type(self).__init__
        shown = [
            f"{p.name}={short(getattr(self, p.name, p.default))}"
            for p in list(inspect.signature(init).parameters.values())[1:]
            if not _same(getattr(self, p.name, p.default), p.default)
        ]
        return f"{name}({', '.join(shown)})" if shown else name


def short(value: Any) -> str:
    """Show a parameter: an array by its shape only."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"array{value.shape}"
    if isinstance(value, (np.generic, np.ndarray)):
        return repr(value.item())
    return np.dtype(value).name if isinstance(value, type) else str(value)


def _same(a: Any, b: Any) -> bool:
    return a is b or (type(a) is type(b) and isinstance(a, (int, float, str, tuple)) and a == b)


def alike(items: Iterable[Operand], weak_integers: bool = False) -> list[Any]:
    """Return operands as Variables and arrays: Python's numbers take the dtype of the others.

    Beside arrays of integers a Python int is of int64, unless ``weak_integers``.
    """
    operands = [as_operand(x) for x in items]
    dtypes = [x.dtype for x in operands if hasattr(x, "dtype")]
    dtype = np.result_type(*dtypes) if dtypes else None
    weak = dtype if dtype is not None and dtype.kind == "f" else None

    def array(x: Any) -> Any:
        if isinstance(x, (Variable, np.ndarray)):
            return x
        if weak_integers and type(x) is int and dtype is not None:
            return number_of(x, dtype)
        return np.asarray(x, weak)

    return [array(x) for x in operands]


def number_of(value: Any, dtype: np.dtype[Any]) -> Any:
    """Return a Python number as an array of a dtype; an integer one cuts the fraction off.

    Raises
    ------
    OperandError
        If the dtype does not hold it.
    """
    if dtype.kind == "f":
        return np.asarray(value, dtype)
    info = np.iinfo(dtype)
    whole = int(value) if isinstance(value, int) or math.isfinite(value) else None
    if whole is None or not info.min <= whole <= info.max:
        raise OperandError(
            f"{value!r} does not fit the dtype {dtype} of the array that it is put into: convert "
            "the array first, as in x.astype(float)."
        )
    return np.asarray(whole, dtype)


def plain(x: Value) -> Any:
    """Return a value's array, cut off from the graph: for masks and counts."""
    if not isinstance(x, Variable):
        return x
    if recording.running and (recorder := recording.current()) is not None:
        return recorder.plain(x)
    return x._data


def as_parameter(x: Value) -> Any:
    """Return the array of what an operation's parameter is made from: a look at its value."""
    if isinstance(x, Variable):
        recording.looked(x, "a parameter of an operation")
        return x._data
    return x


def apply(operation: Operation, *xs: Value) -> Value:
    """Apply an operation inside a rule: recorded on Variables, else on the arrays alone."""
    for x in xs:
        if isinstance(x, Variable):
            return operation.on(*xs)
    return operation.forward(*xs)


def within_rules(cls: type[Operation]) -> Callable[..., Operation]:
    """Make an operation that only rules use: it has no row and no public name.

    It is for a derivative that loses precision as an expression (1 - y² in the tails of tanh),
    and so needs a rule of its own.
    """
    return partial(cls)


def floating(x: Any) -> Any:
    """Let integers compute as float64, so that ``-x`` of an unsigned one is right."""
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def widened(x: Value) -> Value:
    """Let float16 compute as float32, whose range holds counts and squares."""
    return x.astype(np.float32) if x.dtype.char == "e" else x


def divided(g: Value, n: int) -> Value:
    """Return g / n, also where n is beyond float16."""
    return (g if n <= MAX_HALF_INTEGER else widened(g)) / n


MAX_HALF_INTEGER = 2048
"""Up to here float16 represents every integer."""


def mended(
    y: Any, limit: float, function: Callable[[Any], Any], x: Any, everywhere: bool = True
) -> Any:
    """Replace the elements of y below a limit by a function of x, in place where possible.

    ``everywhere`` says that the function, which is slower, is right for all x.
    """
    if type(y) is not np.ndarray:
        if not issubclass(type(y), np.generic):
            # While a compiled function is recorded: the values differ from call to call.
            return y.called_as_a_whole(mended, (y, limit, function, x, everywhere), 1)
        return function(x) if y < limit else y
    # The place of the smallest element is found in half the time of the element itself.
    if not y.size or y.item(y.argmin()) >= limit:
        return y
    below = y < limit
    if everywhere and np.count_nonzero(below) * 8 > y.size:
        return function(x)
    places = np.flatnonzero(below)
    y.flat[places] = function(x.flat[places])
    return y


def usually(condition: Any) -> Any:
    """Return a condition that holds for ordinary values; a compiled function relies on it."""
    expected = getattr(type(condition), "is_expected", None)
    return condition if expected is None else expected(condition)


def called_as_a_whole(function: Callable[..., Any], *xs: Any) -> Any:
    """Call a function that reads its arrays and changes none; a compiled function calls it too."""
    for x in xs:
        if hasattr(type(x), "called_as_a_whole"):
            return x.called_as_a_whole(function, xs)
    return function(*xs)


@cache
def smallest(dtype: np.dtype[Any]) -> float:
    """Return the smallest number of a dtype that has all its digits."""
    return float(np.finfo(dtype).tiny)


def within_limits(x: Any) -> Any:
    """Whether products and quotients of any two elements but 0 are in range, with all digits."""
    size, info = np.absolute(x), np.finfo(x.dtype if x.dtype.kind == "f" else np.float64)
    least, most = float(info.tiny) ** 0.5, float(info.max) ** 0.5
    return (((size > least) | (size == 0)) & (size < most)).all()


def digits_left(y: Any) -> float:
    """Return the size of 1 - y below which it has lost three digits (float32: two)."""
    return 1e-3 if y.dtype.itemsize >= 8 else 3e-2


def vanishing(factor: Value, other: Value) -> Value:
    """Return a product in which 0 of the first factor wins over a second one that is not finite."""
    nothing = np.equal(plain(factor), 0) & ~np.isfinite(plain(other))
    return factor * (np.where(nothing, 0.0, other) if nothing.any() else other)


def joint_dtype(*xs: Any) -> Any:
    """Return the floating dtype of several arrays: NumPy 1 looks at the values of 0-d ones."""
    dtype = np.result_type(*(np.asarray(x).dtype for x in xs))
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def number(value: float | np.longdouble, x: Any) -> Any:
    """Return a constant of x's dtype: for a 0-d x, NumPy 1 makes float64 of a Python float."""
    return x.dtype.type(value)


def overwrite(ufunc: Any, temporary: Value, *others: Value) -> Value:
    """Apply a ufunc in place to an array that nothing else refers to.

    Others must not be of a wider dtype or shape. Variables and integers give a new result.
    """
    if isinstance(temporary, np.ndarray) and temporary.dtype.kind == "f":
        return ufunc(temporary, *others, out=temporary)
    return ufunc(temporary, *others)


def keep(mask: Any, gy: Value) -> Value:
    """Pass a gradient where a mask holds, zero elsewhere: also where it is not finite."""
    return np.where(mask, gy, 0.0)


def checked_axis(axis: int, ndim: int) -> int:
    """Return an axis counted from the front.

    Raises
    ------
    numpy.exceptions.AxisError
        If there is no such axis.
    """
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


def axis_of(x: Operand, axis: int, name: str) -> int:
    """Return an axis of an operand counted from the front, for a function made of operations.

    Raises
    ------
    AxisError
        Naming the function.
    """
    shape = np.shape(plain(x))
    if not -len(shape) <= index(axis) < len(shape):
        raise AxisError(
            f"{name}: axis {axis} is out of bounds for an array of shape {shape}. "
            "Count from 0, or from the end: -1 is the last."
        )
    return index(axis) % len(shape)


def kept_shape(shape: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    """Return the shape that a reduction leaves with ``keepdims=True``."""
    if axis is None:
        return (1,) * len(shape)
    n = len(shape)
    axes = {a % n for a in (axis if isinstance(axis, tuple) else (axis,))} if n else set()
    return tuple(1 if i in axes else s for i, s in enumerate(shape))


def reduced_last(shape: tuple[int, ...], axis: Axis) -> tuple[list[int], list[int]]:
    """Return the axes of a shape such that those which a reduction removes come last.

    Returns
    -------
    order : list of int
        All axes, for ``transpose``.
    lengths : list of int
        The lengths of the axes that are kept. Axes of length one count as removed.
    """
    kept = [i for i, n in enumerate(kept_shape(shape, axis)) if n == shape[i] != 1]
    return kept + [i for i in range(len(shape)) if i not in kept], [shape[i] for i in kept]


def unreduced(g: Value, shape: tuple[int, ...], axis: Axis, keepdims: bool) -> Value:
    """Give a reduction's output the axes that it lost, so that it broadcasts to ``shape``."""
    if keepdims or axis is None:
        return g
    return g.reshape(kept_shape(shape, axis))


def spread(g: Value, shape: tuple[int, ...]) -> Value:
    """Broadcast a gradient to a shape: a view without a copy."""
    if issubclass(type(g), np.generic):  # a traced array only reports its shape
        return np.ndarray(shape, g.dtype, g, 0, (0,) * len(shape)) if shape else g
    return g if g.shape == shape else np.broadcast_to(g, shape)


def norm_axis(axis: Any) -> Axis:
    """Return axes as a tuple, an int or None: a list or a NumPy integer is converted."""
    if isinstance(axis, list):
        return tuple(axis)
    return int(axis) if isinstance(axis, np.integer) else axis


refuse_warnings(globals())
