"""What all operations share: their base class, their operands, and what rules compute with."""

from __future__ import annotations

import inspect
import math
import operator
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, ClassVar, NoReturn, TypeAlias

import numpy as np

from nbgrad.engine import dispatch, operation, recording
from nbgrad.engine.arrays import as_array
from nbgrad.engine.diagnostics import messages
from nbgrad.engine.diagnostics.numpy_warnings import refuse_warnings
from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable

Operand: TypeAlias = Any
"""A Variable, an array or a number."""
Value: TypeAlias = Any
"""What rules compute with: arrays and NumPy scalars, or Variables under ``create_graph``."""
as_operand = dispatch.as_operand


class Operation(operation.Operation):
    """Base class of the operations in the table. Parameters are attributes, named as in ``__init__``."""

    public_name: ClassVar[str] = ""

    def on(self, *inputs: Operand) -> Variable:
        """Apply to operands; the result is one Variable."""
        for x in inputs:
            if type(x) is not Variable:
                inputs = tuple(map(as_operand, inputs))
                break
        y: Variable = self(*inputs)
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

    def rule_text(self, rule: str) -> str:
        """Return the rule of its row as text, with its parameters' values: ``else 0.1 · gy``."""

        def value(match: re.Match[str]) -> str:
            held = vars(self).get(match[0])
            return short(held) if isinstance(held, (int, float, np.number)) else match[0]

        return _PARAMETER.sub(value, rule)


_PARAMETER = re.compile(r"\b(?:alpha|ddof|delta|eps|label_smoothing|max|min|p|slope)\b")
"""Parameters that stand in rules by name; ``axes`` and the like are words there."""


class RuleText(str):
    """A rule as text; an operation is asked for its own, which its parameters may change."""

    __slots__ = ()

    def __get__(self, operation: Operation | None, owner: Any = None) -> str:
        return self if operation is None else operation.rule_text(str(self))


class Keeping(Operation):
    """An operation whose forward keeps for its rules what they would compute again.

    Each call has an instance of its own, which lives as long as the result.

    Attributes
    ----------
    kept : tuple
        The inputs that forward was called with, and what it keeps.
    """

    kept: tuple[tuple[Any, ...], Any] = ((), None)

    def _unbound(self) -> operation.Operation:
        node = super()._unbound()
        node.__dict__.pop("kept", None)
        return node

    def kept_for(self, *xs: Value) -> Any:
        """Return what forward kept, if it was called with these inputs; else None."""
        of, value = self.kept
        return value if all(map(operator.is_, of, xs)) else None


class OverAxes(Operation):
    """An operation over axes, all of them with ``axis=None``, or along one."""

    def __init__(self, axis: Any = None) -> None:
        self.axis = axis


def short(value: Any) -> str:
    """Show a parameter: an array by its shape only."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"array{value.shape}"
    if isinstance(value, (np.generic, np.ndarray)):
        return repr(value.item())
    return np.dtype(value).name if isinstance(value, type) else str(value)


def _same(a: Any, b: Any) -> bool:
    return a is b or (type(a) is type(b) and isinstance(a, (int, float, str, tuple)) and a == b)


def as_input(x: Operand) -> Variable:
    """Return an operand as a Variable: of an array a constant, which gets no gradient."""
    x = as_operand(x)
    return x if isinstance(x, Variable) else Variable(as_array(x), requires_grad=False)


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
    and so needs a rule of its own. For the same parameters it is the same object.
    """
    return cache(cls)


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


def overwrite(ufunc: Any, temporary: Value, *others: Value) -> Value:
    """Apply a ufunc in place to an array that nothing else refers to.

    Others must not be of a wider dtype or shape. Variables and integers give a new result.
    """
    if isinstance(temporary, np.ndarray) and temporary.dtype.kind == "f":
        return ufunc(temporary, *others, out=temporary)
    return ufunc(temporary, *others)


def keep(mask: Any, gy: Value) -> Value:
    """Pass a gradient where a mask holds, zero elsewhere: also where it is not finite."""
    if mask.size < _MANY or mask.shape != gy.shape or isinstance(gy, Variable):
        return np.where(mask, gy, 0.0)
    return called_as_a_whole(_kept, mask, gy)


def one_of(mask: Any, first: np.floating[Any], second: np.floating[Any]) -> Any:
    """Return the first number where a mask holds, else the second; both have one dtype."""
    if mask.size < _MANY:
        return np.where(mask, first, second)
    return called_as_a_whole(_one_of, mask, first, second)


def _kept(mask: Any, gy: Any) -> Any:
    if gy.dtype.char not in _INTEGERS:
        return np.where(mask, gy, 0.0)
    bits = _bits(mask, gy.dtype)
    bits &= gy.view(bits.dtype)
    return bits.view(gy.dtype)


def _one_of(mask: Any, first: Any, second: Any) -> Any:
    if first.dtype.char not in _INTEGERS:
        return np.where(mask, first, second)
    bits = _bits(mask, first.dtype)
    bits &= first.view(bits.dtype) ^ second.view(bits.dtype)
    bits ^= second.view(bits.dtype)
    return bits.view(first.dtype)


def _bits(mask: Any, dtype: Any) -> Any:
    """Return integers of all bits where a mask holds, and of none elsewhere.

    By them a choice takes as long as a product, in which infinity times 0 would not be 0;
    `numpy.where` takes ten times as long where the mask changes often.
    """
    return np.negative(mask.view(np.int8)).astype(_INTEGERS[dtype.char])


_INTEGERS: dict[str, Any] = {"e": np.int16, "f": np.int32, "d": np.int64}
"""Integers of the size of floating numbers, by the characters of their dtypes."""
_MANY = 4096
"""Fewer elements `numpy.where` chooses as quickly."""


refuse_warnings(globals())
