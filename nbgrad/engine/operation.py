"""Operation: the built-in kind of Function, and the fast way to call it.

A built-in rule is written once per input, as a pure function of the output's
gradient, the output and the inputs:

    class Mul(Operation):
        def forward(self, x0, x1): return x0 * x1
        def gx0(self, gy, y, x0, x1): return gy * x1
        def gx1(self, gy, y, x0, x1): return gy * x0

The pass calls it with arrays, or with Variables under ``create_graph``: the same
expression serves both. Being split by input, a rule for a constant is never run.
One instance serves every call with the same parameters, since nothing of a call
is kept on it: the output Variable holds the inputs.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NoReturn

import numpy as np

from . import recording
from .arrays import Raw, ordinary, to_raw
from .call import CALL, Call, call_of, generation_of, kept
from .diagnostics.numpy_warnings import computed, refuse_warnings, unrefused
from .dispatch import as_operand
from .errors import NbgradError, OperandError, add_note, describe_all, fitting, unfit
from .function import Function, as_input
from .numpy_arguments import refuse_unknown
from .rules import chained, pull_for, raw_values
from .sentinels import CONSTANT
from .variable import Variable, made_by

_ndarray = np.ndarray
_float64 = np.float64
_dtype64 = np.dtype(np.float64)
_RULES = ("gx", "gx0", "gx1", "gx2")
_ABSENT: Any = object()
"""No second operand: then the first is a list of both (step 11 of the book)."""


def _signature(*names: str) -> inspect.Signature:
    """Return what help and editors show of a public function, without the hidden default."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(name, kind, annotation="Operand") for name in names]
    return inspect.Signature(parameters, return_annotation="Variable")


_UNARY, _BINARY = _signature("x"), _signature("x0", "x1")


class Operation(Function):
    """A built-in operation: ``forward``, and one rule ``gx0, gx1, …`` per input.

    An operation on one input names its rule ``gx``. One on any number of inputs
    defines ``gxi(self, i, gy, y, xs)`` instead, with one tuple of all inputs. With several
    outputs, ``gy`` and ``y`` are tuples. An elementwise operation may give ``derivative(self, y, x)``,
    or ``derivative0`` and ``derivative1``: its rules are gx = gy · ∂y/∂x.

    A function that is the whole forward, and attributes that are True, may stand in the head:
    ``class Floor(Operation, forward=np.floor)``, ``class Flip(Operation, aliases=True)``.

    Attributes
    ----------
    rules : tuple of functions, or None
        One per input; None for operations on any number of inputs.
    takes : int
        How many inputs it has, where that is one or two, and one output; else 0.
    pull : function
        What runs the rules, chosen by their names unless the class brings one of its own.
    optional : int
        How many of the last inputs may be left out.
    aliases : bool
        Whether a gradient may share memory with gy or an input.
    several_outputs : bool
    symbol : str
        What a drawing shows in place of the name.
    formula : str
        The backward rule as text: ``gx = 2 · x · gy``.
    """

    rules: ClassVar[tuple[Any, ...] | None] = None
    takes: ClassVar[int] = 0
    optional: ClassVar[int] = 0
    pull: ClassVar[Any] = None
    aliases: ClassVar[bool] = False
    several_outputs: ClassVar[bool] = False
    symbol: ClassVar[str] = ""
    formula: ClassVar[str] = ""

    def __init_subclass__(cls, **settings: Any) -> None:
        super().__init_subclass__()
        for name, value in settings.items():
            setattr(cls, name, staticmethod(value) if callable(value) else value)
        derivatives = [n for n in ("", "0", "1") if "derivative" + n in cls.__dict__]
        for n in derivatives:
            setattr(cls, "gx" + n, chained(getattr(cls, "derivative" + n)))
        names = [n for n in _RULES if hasattr(cls, n)]
        cls.rules = tuple(getattr(cls, n) for n in names) or None
        cls.takes = 0 if len(names) > 2 or cls.several_outputs else len(names)
        if "pull" not in cls.__dict__:
            cls.pull = pull_for(tuple(names), bool(derivatives))

    @property
    def label(self) -> str:
        """The name shown in drawings and errors."""
        return super()._nbgrad_label

    @property
    def _nbgrad_label(self) -> str:
        return self.label

    def gxi(self, i: int, gy: Any, y: Any, xs: tuple[Any, ...]) -> Any:
        """Return the gradient of input ``i``."""
        if self.rules is None:
            raise NotImplementedError(f"{self.label} has no rule for its input {i}")
        return self.rules[i](self, gy, y, *xs)

    def rule(self, i: int) -> Callable[..., Any]:
        """Return the rule of input ``i``: a function of (gy, y, *xs)."""
        return lambda gy, y, *xs: self.gxi(i, gy, y, xs)

    def backward(self, *gys: Any, **_: Any) -> Any:
        """Compute the gradient of each input, as a user's Function does."""
        call = call_of(self)
        if call is None:
            raise NbgradError(f"{self.label} was not called yet: there is nothing to go back to.")
        ys: Any = call.alive()
        values: tuple[Any, ...] = call.inputs
        if isinstance(gys[0], _ndarray):
            ys, values = [y if y is None else y._data for y in ys], raw_values(values)
        y, gy = (ys, gys) if self.several_outputs else (ys[0], gys[0])
        gxs = tuple([computed(self.gxi, i, gy, y, values) for i in range(len(values))])
        return gxs if len(gxs) > 1 else gxs[0]

    def creator_of(self, y: Variable) -> Function:
        """Return the Function that a user sees as ``y.creator``: one that knows its call."""
        if call_of(self) is None:
            call = OperationCall(self, tuple(as_input(x, self) for x in y._inputs))
            node = copy.copy(self)
            call.join(node, [y])
            y._op = node
        return y._op  # type: ignore[no-any-return]

    def __call__(self, *inputs: Any) -> Any:
        """Apply the operation to any number of operands."""
        if CALL in self.__dict__:
            return self._unbound()(*inputs)
        if len(inputs) == self.takes and type(inputs[0]) is Variable:
            if len(inputs) == 1:
                return self._of_one(inputs[0])
            if type(inputs[1]) is Variable or _is_array(inputs[1]):
                return self._of_two(*inputs)
        if len(inputs) == 1 and _are_operands(inputs[0]) and self.rules is not None:
            return [self(*inputs[0])]
        if self.rules is not None and not 0 <= len(self.rules) - len(inputs) <= self.optional:
            raise OperandError(
                f"{self.label} takes {len(self.rules)} operands, but got {len(inputs)}: "
                f"{describe_all(inputs)}."
            )
        raws: list[Raw] = []
        for x in inputs:
            if type(x) is not Variable:
                inputs, raws = self._operands(inputs)
                break
            array = x._data
            if array is None:
                x._array()  # refuses it
            raws.append(array if array.ndim else array[()])
        try:
            data = self.forward(*raws)
        except Exception as error:
            data = self.mended(error, inputs, raws)
        if self.several_outputs:
            return self._several(inputs, data)
        x0, x1 = (inputs, None) if len(inputs) > 2 else self.slots(inputs)
        return made_by(self, x0, x1, generation_of(inputs), data, 2)

    def _operands(self, inputs: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[Raw]]:
        """Return the operands to record and those to compute with, where not all are Variables."""
        for x in inputs:
            if type(x) is int and _is_long(x):
                inputs = tuple(_as_float(x, self) for x in inputs)
                break
        raws = [raw_operand(x, self) for x in inputs]
        floating = [r for r in raws if not isinstance(r, (int, float)) or type(r) is _float64]
        if len(floating) < len(raws):
            raws = [weak_scalar(r, floating) for r in raws]
        return inputs, raws

    def _of_one(self, x: Variable) -> Variable:
        """Record a call on one Variable: what `__call__` does, without its questions."""
        raw = to_raw(x._array())
        try:
            data = self.forward(raw)
        except Exception as error:
            data = self.mended(error, (x,), (raw,))
        return made_by(self, x, None, x.generation, data, 3)

    def _of_two(self, x0: Variable, x1: Any) -> Variable:
        """Record a call on a Variable and another one or an array, as `_of_one` does."""
        a, b, generation = to_raw(x0._array()), x1, x0.generation
        if type(x1) is Variable:
            b = x1._array()
            generation = max(generation, x1.generation)
        b = to_raw(b)
        try:
            data = self.forward(a, b)
        except Exception as error:
            data = self.mended(error, (x0, x1), (a, b))
        return made_by(self, x0, x1, generation, data, 3)

    def slots(self, inputs: tuple[Any, ...]) -> tuple[Any, Any]:
        """Return what a result keeps as ``_x0`` and ``_x1``; see `variable`."""
        if self.rules is None or len(inputs) > 2:
            return inputs, None
        return inputs[0], inputs[1] if len(inputs) == 2 else None

    def _several(self, inputs: tuple[Any, ...], results: tuple[Raw, ...]) -> tuple[Variable, ...]:
        """Record a call with several outputs."""
        call = OperationCall(self, tuple(as_input(x, self) for x in inputs))
        node = copy.copy(self)
        node.__dict__[CALL] = call
        return tuple(call.record(node, list(results)))

    def _unbound(self) -> Operation:
        node = copy.copy(self)
        node.__dict__.pop(CALL, None)
        return node

    def note(self) -> str:
        """Return what an error's note says of it beside its name: nothing."""
        return ""

    def mended(self, error: Exception, inputs: tuple[Any, ...], raws: Sequence[Raw]) -> Any:
        """Compute again what only warns, at the user's line; raise any other error."""
        try:
            return unrefused(error, self.forward, *raws)
        except Exception as other:
            del error  # which is the same: its traceback holds this frame
            self.fail(other, inputs)

    def fail(self, error: Exception, inputs: tuple[Any, ...]) -> NoReturn:
        """Raise the error of a forward, with a note of what was called."""
        add_note(error, f"in the forward of {self.label}({describe_all(inputs)})")
        raise error


class OperationCall(Call):
    """The call of an operation with several outputs, or one whose creator was asked for."""

    __slots__ = ("operation",)

    def __init__(self, operation: Operation, inputs: tuple[Variable, ...]) -> None:
        super().__init__(type(operation), inputs, generation_of(inputs), False)
        self.operation = operation
        self.before = kept(operation)

    aliases = property(lambda self: self.operation.aliases)
    label = property(lambda self: self.operation.label)
    symbol = property(lambda self: self.operation.symbol)
    formula = property(lambda self: self.operation.formula)

    def pull_outputs(self, node: Variable, ys: list[Any], gys: list[Any], graph: bool) -> Any:
        """Run the rules on the gradient of each output."""
        gy, values = tuple(self.with_zeros(gys, graph)), self.inputs
        if not graph:
            ys, values = [None if y is None else to_raw(y._data) for y in ys], raw_values(values)
        rule, y = self.operation.gxi, tuple(ys)
        return [
            (i, x, rule(i, gy, y, values))
            for i, x in enumerate(self.inputs)
            if x._op is not CONSTANT
        ]


def unary(op: Operation, doc: str, depth: int = 1) -> Callable[[Any], Variable]:
    """Make the public function of an operation on one input.

    ``depth`` is how many calls the user's line is away: one more from an operator.
    """
    forward = op.forward
    depth_of_maker = depth + 1
    operand = as_operand if depth == 1 else _as_it_is  # x + [1, 2] is refused

    # Keyword-only parameters, or any keywords, would make each call slower.
    def function(x: Any, out: Any = None, where: Any = None, dtype: Any = None) -> Variable:
        if out is not None or where is not None or dtype is not None:
            _refuse(function, op, out, where, dtype)
        if type(x) is not Variable:
            return op(operand(x))  # type: ignore[no-any-return]
        a = x._data
        if type(a) is _ndarray and not a.ndim:
            a = a[()]
        try:
            data = forward(a)
        except Exception as error:
            data = op.mended(error, (x,), (a,))
        return made_by(op, x, None, x.generation, data, depth_of_maker)

    return _public(function, doc, _UNARY, unary(op, doc, 2) if depth == 1 else None)


def unary_keeping(kind: type[Operation], doc: str) -> Callable[[Any], Variable]:
    """Make the public function of an operation on one input that has an instance for each call."""

    def function(x: Any, out: Any = None, where: Any = None, dtype: Any = None) -> Variable:
        if out is not None or where is not None or dtype is not None:
            _refuse(function, kind(), out, where, dtype)
        return kind()(as_operand(x))  # type: ignore[no-any-return]

    return _public(function, doc, _UNARY, None)


def binary(op: Operation, doc: str, depth: int = 1) -> Callable[[Any, Any], Variable]:
    """Make the public function of an operation on two inputs; see `unary`."""
    forward = op.forward
    depth_of_maker = depth + 1
    operand = as_operand if depth == 1 else _as_it_is  # x + [1, 2] is refused

    def function(
        x0: Any, x1: Any = _ABSENT, out: Any = None, where: Any = None, dtype: Any = None
    ) -> Variable:
        if out is not None or where is not None or dtype is not None:
            _refuse(function, op, out, where, dtype)
        if type(x0) is Variable:
            a, generation = x0._data, x0.generation
            if type(a) is _ndarray and not a.ndim:
                a = a[()]
            if type(x1) is Variable:
                b = x1._data
                if x1.generation > generation:
                    generation = x1.generation
            elif _computes_beside(x1, a):
                b = x1 if type(x1) is _ndarray else _float64(x1)
            else:
                return op(x0) if x1 is _ABSENT else op(x0, operand(x1))  # type: ignore[no-any-return]
            if type(b) is _ndarray and not b.ndim:
                b = b[()]
        elif type(x1) is Variable and _computes_beside(x0, x1._data):
            a = to_raw(x0) if type(x0) is _ndarray else _float64(x0)
            b, generation = to_raw(x1._data), x1.generation
        elif x1 is _ABSENT:
            return op(x0)  # type: ignore[no-any-return]
        else:
            return op(operand(x0), operand(x1))  # type: ignore[no-any-return]
        try:
            data = forward(a, b)
        except Exception as error:
            data = op.mended(error, (x0, x1), (a, b))
        return made_by(op, x0, x1, generation, data, depth_of_maker)

    return _public(function, doc, _BINARY, binary(op, doc, 2) if depth == 1 else None)


def _refuse(function: Callable[..., Any], op: Operation, *ufuncs: Any) -> None:
    """Refuse arguments that only a ufunc has."""
    refuse_unknown(
        f"ng.{op.label}", function, dict(zip(("out", "where", "dtype"), ufuncs, strict=True))
    )


def _as_it_is(x: Any) -> Any:
    return x


def _computes_beside(x: Any, array: Any) -> bool:
    """Whether NumPy computes with a plain operand as it is: an array, a number beside float64."""
    if type(x) is float or (type(x) is int and not _is_long(x)):
        return getattr(array, "dtype", None) is _dtype64
    return _is_array(x)


def _is_array(x: Any) -> bool:
    return type(x) is _ndarray and x.dtype.kind in "fiub"


def _public(
    function: Callable[..., Variable],
    doc: str,
    signature: inspect.Signature,
    for_operators: Callable[..., Variable] | None,
) -> Callable[..., Variable]:
    """Document a public function, which the table names, and tie to it its twin for operators."""
    function.__doc__ = doc
    function.__signature__ = signature  # type: ignore[attr-defined]
    function.for_operators = for_operators or function  # type: ignore[attr-defined]
    return function


def _are_operands(x: Any) -> bool:
    """Whether a list holds the operands (step 11 of the book), not an array's numbers."""
    return isinstance(x, list) and any(isinstance(item, Variable) for item in x)


def raw_operand(x: Any, op: Operation) -> Raw:
    """Return what the rules compute with; Python numbers are left as they are.

    Raises
    ------
    OperandError
        For anything but a Variable, an array or a number.
    """
    if recording.running and (recorder := recording.current()) is not None:
        x = recorder.raw(x)
    if isinstance(x, Variable):
        return to_raw(x._array())
    if isinstance(x, _ndarray) and x.dtype.kind in "fiub":
        if type(x) is not _ndarray:  # computing the label is slow
            x = ordinary(x, f"{op.label} cannot take", OperandError)
        return to_raw(x)
    if isinstance(x, (bool, int, float)) or (isinstance(x, np.generic) and x.dtype.kind in "fiub"):
        return x
    raise OperandError(
        f"{op.label} cannot take {unfit(x)} as an operand: "
        + fitting(x, "a Variable, an array or a number")
    )


def weak_scalar(raw: Raw, others: list[Raw]) -> Raw:
    """Let a Python number take the dtype of the arrays it meets.

    float32 times 3.0 is float32: NumPy 2 does so itself, NumPy 1 not for 0-d values.
    """
    if not isinstance(raw, (int, float)) or type(raw) is _float64:
        return raw
    if not others:
        return _float64(raw) if isinstance(raw, float) else np.asarray(raw)[()]
    dtype = np.result_type(*(o.dtype for o in others))
    if dtype.kind == "f":
        return computed(dtype.type, raw)  # 1e300 is infinite in float32, and warns
    return _float64(raw) if isinstance(raw, float) else raw


def _is_long(number: int) -> bool:
    """Whether a Python int has more digits than NumPy's integers: it computes as float64."""
    return not -(2**63) <= number < 2**63


def _as_float(x: Any, op: Operation) -> Any:
    """Let a long int compute as float64."""
    if type(x) is not int or not _is_long(x):
        return x
    try:
        return float(x)
    except OverflowError as error:
        raise OperandError(
            f"{op.label} cannot take an int of {x.bit_length()} bits: float64 ends at 2**1024."
        ) from error


refuse_warnings(globals())
