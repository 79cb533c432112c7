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
import sys
import weakref
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from . import recording
from .arrays import Raw, to_raw
from .diagnostics import positions as source
from .diagnostics.messages import fail
from .diagnostics.positions import note
from .errors import NbgradError, OperandError, describe_all, unfit
from .function import Function, _as_input
from .grad_mode import override, process
from .rules import chained, own, pull_for
from .sentinels import NO_GRAD
from .variable import Variable

_new = Variable.__new__
_ndarray = np.ndarray
_float64 = np.float64
_mode = override.get
_positions = source.state
_known = source.known.get
_getframe = sys._getframe
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
    or ``derivative0`` and ``derivative1``: its rules are gx = gy · ∂y/∂x. What runs
    the rules is chosen by their names, unless the class brings a ``pull`` of its own.
    """

    aliases: ClassVar[bool] = False
    several_outputs: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        derivatives = [n for n in ("", "0", "1") if "derivative" + n in cls.__dict__]
        for n in derivatives:
            setattr(cls, "gx" + n, chained(getattr(cls, "derivative" + n)))
        names = [n for n in _RULES if hasattr(cls, n)]
        cls.rules = tuple(getattr(cls, n) for n in names) or None
        if cls.several_outputs:
            cls.pull = None
        elif "pull" not in cls.__dict__:
            cls.pull = pull_for(tuple(names), bool(derivatives))

    def rule(self, i: int) -> Callable[..., Any]:
        """Return the rule of input ``i``: a function of (gy, y, *xs)."""
        if self.rules is not None:
            return self.rules[i].__get__(self)  # type: ignore[no-any-return]
        return lambda gy, y, *xs: self.gxi(i, gy, y, xs)  # type: ignore[attr-defined]

    def backward(self, *gys: Any, **_: Any) -> Any:
        """Compute the gradient of each input, as a user's Function does."""
        if self.outputs is None:
            raise NbgradError(f"{self.label} was not called yet: there is nothing to go back to.")
        ys = [ref() for ref in self.outputs]
        y = ys if self.several_outputs else ys[0]
        gy = gys if self.several_outputs else gys[0]
        values = [x._data if isinstance(gys[0], _ndarray) else x for x in self.inputs]
        if isinstance(gys[0], _ndarray) and isinstance(y, Variable):
            y = y._data
        gxs = tuple(self.rule(i)(gy, y, *values) for i in range(len(self.inputs)))
        return gxs if len(gxs) > 1 else gxs[0]

    def bind(self, y: Variable) -> Function:
        """Return the Function object that a user sees as ``y.creator``."""
        node = copy.copy(self)
        node.inputs = tuple(_as_input(x, self) for x in y._inputs)
        node.outputs = [weakref.ref(y)]
        node.generation = y.generation - 1
        node.output_specs = ((y.shape, y.dtype),)
        return node

    def __call__(self, *inputs: Any) -> Any:
        """Apply the operation to any number of operands."""
        if self.outputs is not None:
            return self._unbound()(*inputs)
        if len(inputs) == 1 and _are_operands(inputs[0]) and self.rules is not None:
            return [self(*inputs[0])]
        if self.rules is not None and len(inputs) != len(self.rules):
            raise OperandError(
                f"{self.label} takes {len(self.rules)} operands, but got {len(inputs)}: "
                f"{describe_all(inputs)}."
            )
        raws = [raw_operand(x, self) for x in inputs]
        floating = [r for r in raws if not isinstance(r, (int, float)) or type(r) is _float64]
        raws = [weak_scalar(r, floating) for r in raws]
        try:
            data = self.forward(*raws)
        except Exception as error:
            fail(error, self, inputs)
        if self.several_outputs:
            return self._several(inputs, data)
        return record(self, inputs, data)

    def _unbound(self) -> Operation:
        node = copy.copy(self)
        for name in ("inputs", "outputs", "generation", "output_specs"):
            node.__dict__.pop(name, None)
        return node

    def _several(self, inputs: tuple[Any, ...], results: tuple[Raw, ...]) -> tuple[Variable, ...]:
        """Record a call with several outputs, which share one Function object."""
        outputs = tuple(record(self, (), y) for y in results)
        if outputs and outputs[0]._op is not NO_GRAD:
            self._unbound()._record(tuple(_as_input(x, self) for x in inputs), list(outputs))
        return outputs


def _are_operands(x: Any) -> bool:
    """Whether a list holds the operands (step 11 of the book), not an array's numbers."""
    return isinstance(x, list) and any(isinstance(item, Variable) for item in x)


def record(op: Operation, inputs: tuple[Any, ...], data: Raw) -> Variable:
    """Make the output Variable of a call."""
    y: Variable = _new(Variable)
    y._data = data
    y._grad = y.name = None
    mode = _mode()
    if process.enable_backprop if mode is None else mode.value:
        y._op = op
        y._inputs = inputs
        y.generation = 1 + max([x.generation for x in inputs if isinstance(x, Variable)], default=0)
    else:
        y._op = NO_GRAD
        y._inputs = ()
        y.generation = 0
    y._source = note(y) if _positions.enabled else None
    return y


def unary(op: Operation, name: str, doc: str, depth: int = 1) -> Callable[[Any], Variable]:
    """Make the public function of an operation on one input.

    ``depth`` is how many calls the user's line is away: one more from an operator.
    """
    forward = op.forward

    def function(x: Any) -> Variable:
        if type(x) is not Variable:
            return op(x)  # type: ignore[no-any-return]
        a = x._data
        if type(a) is _ndarray and not a.ndim:
            a = a[()]
        try:
            data = forward(a)
        except Exception as error:
            fail(error, op, (x,))
        y: Variable = _new(Variable)
        y._data = data
        y._grad = y.name = None
        mode = _mode()
        if process.enable_backprop if mode is None else mode.value:
            y._op = op
            y._inputs = (x,)
            y.generation = x.generation + 1
        else:
            y._op = NO_GRAD
            y._inputs = ()
            y.generation = 0
        if _positions.enabled:
            frame = _getframe(depth)
            at = _known(frame.f_lasti)
            y._source = at if at and at[0] is frame.f_code else note(y, depth + 1)
        else:
            y._source = None
        return y

    return _named(function, name, doc, _UNARY, unary(op, name, doc, 2) if depth == 1 else None)


def binary(op: Operation, name: str, doc: str, depth: int = 1) -> Callable[[Any, Any], Variable]:
    """Make the public function of an operation on two inputs; see `unary`."""
    forward = op.forward

    def function(x0: Any, x1: Any = _ABSENT) -> Variable:
        if type(x0) is Variable:
            a = x0._data
            if type(a) is _ndarray and not a.ndim:
                a = a[()]
            if type(x1) is Variable:
                b = x1._data
                if type(b) is _ndarray and not b.ndim:
                    b = b[()]
                g = x0.generation
                if x1.generation > g:
                    g = x1.generation
            elif type(x1) is float and type(a) is _float64:
                b = x1
                g = x0.generation
            else:
                return op(x0) if x1 is _ABSENT else op(x0, x1)  # type: ignore[no-any-return]
        else:
            return op(x0) if x1 is _ABSENT else op(x0, x1)  # type: ignore[no-any-return]
        try:
            data = forward(a, b)
        except Exception as error:
            fail(error, op, (x0, x1))
        y: Variable = _new(Variable)
        y._data = data
        y._grad = y.name = None
        mode = _mode()
        if process.enable_backprop if mode is None else mode.value:
            y._op = op
            y._inputs = (x0, x1)
            y.generation = g + 1
        else:
            y._op = NO_GRAD
            y._inputs = ()
            y.generation = 0
        if _positions.enabled:
            frame = _getframe(depth)
            at = _known(frame.f_lasti)
            y._source = at if at and at[0] is frame.f_code else note(y, depth + 1)
        else:
            y._source = None
        return y

    return _named(function, name, doc, _BINARY, binary(op, name, doc, 2) if depth == 1 else None)


def _named(
    function: Callable[..., Variable],
    name: str,
    doc: str,
    signature: inspect.Signature,
    deeper: Callable[..., Variable] | None,
) -> Callable[..., Variable]:
    """Name a public function; ``deeper`` is its twin for the operators of Variable."""
    function.__code__ = own(function.__code__)
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    function.__module__ = "nbgrad"
    function.__signature__ = signature  # type: ignore[attr-defined]
    function.for_operators = deeper or function  # type: ignore[attr-defined]
    return function


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
        return to_raw(x._array()) if isinstance(x._array(), _ndarray) else x._data
    if isinstance(x, _ndarray) and x.dtype.kind in "fiub":
        return to_raw(x)
    if isinstance(x, (bool, int, float)) or (isinstance(x, np.generic) and x.dtype.kind in "fiub"):
        return x
    raise OperandError(
        f"{op.label} cannot take {unfit(x)} as an operand: give it a Variable, an array or a "
        "number; np.array(...) makes an array of a list."
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
        return dtype.type(raw)
    return _float64(raw) if isinstance(raw, float) else raw
