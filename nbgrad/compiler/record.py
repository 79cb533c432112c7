"""A run of the user's function, recorded as a program of NumPy calls.

The function itself runs: its Variables are the user's own, and each operation computes its
result. Beside that the recorder notes what NumPy does within the operation, by
calling its forward once more with traced arrays. Arrays among the arguments are traced
themselves, so that what the function does with them in plain NumPy is noted too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbgrad.engine.arrays import to_raw
from nbgrad.engine.diagnostics import positions
from nbgrad.engine.function import Function
from nbgrad.engine.grad_mode import Override, override
from nbgrad.engine.nested import ends_of, replaced
from nbgrad.engine.operation import Operation, OperationCall, weak_scalar
from nbgrad.engine.recording import record
from nbgrad.engine.scope_guard import ErrorState
from nbgrad.engine.sentinels import CONSTANT, NO_GRAD
from nbgrad.engine.variable import Variable

from .functions import (
    UserFunction,
    WithParameters,
    as_a_whole,
    for_tracing,
    forward_of,
    name_of,
)
from .program import Call, Value, same_bits
from .traced import Trace, TracedArray, UntraceableError, plain, value_of

LOOK_ADVICE = (
    " looks at a value, which may differ from call to call: choose by ng.where or ng.maximum, or do it "
    "outside of the compiled function and give it a plain number"
)


class Node:
    """A recorded function: what the backward pass needs to know of it.

    Attributes
    ----------
    op : Operation or UserFunction
    inputs : tuple
        A Variable for each input that is one, else None.
    operands : tuple
        What its rules compute with: values and constants.
    outs : list of Value
    outputs : list of Variable
    generation : int
        Counted from the arguments, as if they were leaves.
    handle : Value or None
        The called object of a user's Function, or of an operation that has kept something.
    """

    __slots__ = ("generation", "handle", "inputs", "op", "operands", "outputs", "outs", "place")

    def __init__(self, op: Any, inputs: tuple[Any, ...], operands: tuple[Any, ...]) -> None:
        self.op = op
        self.inputs = inputs
        self.operands = operands
        self.outs: list[Value] = []
        self.outputs: list[Variable] = []
        self.generation = 0
        self.handle: Any = None
        self.place: Any = None


class Reason:
    """Why a signature runs uncompiled: what was done, and where."""

    __slots__ = ("place", "text")

    def __init__(self, text: str, place: positions.Position | None = None) -> None:
        self.text = text
        self.place = place

    def __str__(self) -> str:
        where = positions.resolve(self.place)
        return f"{where}: {self.text}" if where is not None else self.text


class Recorder(Trace):
    """Told of a run by the engine.

    Attributes
    ----------
    inputs : list of Variable or TracedArray
        The arguments' leaves, then the outer Variables in the order in which they were reached.
    nodes : list of Node
        In the order in which they were made.
    reason : Reason or None
        Why the run cannot be compiled.
    """

    def __init__(self, grad: bool, place: positions.Position | None = None) -> None:
        super().__init__()
        self.grad = grad
        self.place = place
        self.inputs: list[Any] = []
        self.given = self.leaves = 0
        self.values: dict[int, Value] = {}
        self.generations: dict[int, int] = {}
        self.nodes: list[Node] = []
        self.node_of: dict[int, Node] = {}
        self.inside: dict[int, Any] = {}
        self.parameters: dict[int, dict[str, Any]] = {}
        self.alive: list[Any] = []
        self.reason: Reason | None = None
        self.strict = False

    def refuse(self, text: str, here: bool = False) -> None:
        """Note why the run cannot be compiled; the first reason counts.

        ``here`` says that the user's line which runs now is to blame, else the function is.
        """
        if self.reason is None:
            self.reason = Reason(text, positions.here() if here else self.place)

    # -- inputs -------------------------------------------------------------------------

    def add_input(self, x: Any) -> Value:
        """Take a Variable, or an array that was given as an argument, as an input."""
        array = x._data if isinstance(x, Variable) else x
        value = Value(to_raw(array) if isinstance(x, Variable) else array)
        self.inputs.append(x)
        self.alive.append(x)
        self.values[id(x)] = value
        self.generations[id(x)] = 0
        return value

    def value(self, x: Variable) -> Value:
        """Return a Variable's value; an unknown one is an outer Variable."""
        known = self.values.get(id(x))
        if known is not None:
            return known
        if id(x) in self.inside:
            if x._op is NO_GRAD:
                self.refuse(
                    f"{NO_GRAD.text} inside the function: call the function under no_grad, "
                    "or give what was computed there as an argument"
                )
            raw = to_raw(x._data)
            self.values[id(x)] = known = Call("constant", raw, ()).result(raw)
            self.generations[id(x)] = 0
            return known
        return self.add_input(x)

    # -- what the engine tells ------------------------------------------------------------

    def leaf(self, x: Any, data: Any) -> Any:
        """Take note of a new leaf; return its array."""
        self.inside[id(x)] = x
        if type(data) is TracedArray:
            self.values[id(x)] = self._as_raw(data._traced_value)
            self.generations[id(x)] = 0
            return plain(data)
        return data

    def looked(self, x: Any, how: str) -> None:
        """Take note of a look at a Variable's value."""
        self.refuse(how + LOOK_ADVICE, True)

    def look(self, traced: TracedArray, how: str) -> None:
        """Take note of a look at a traced array's value."""
        if self.strict:
            raise UntraceableError(how)
        self.refuse(how + LOOK_ADVICE, True)

    def compared(self, ufunc: Any, a: Any, b: Any) -> Any:
        """Return the mask of a comparison."""
        operands: list[Any] = []
        for x in (a, b):
            if isinstance(x, Variable):
                operands.append(self.plain(x))
            elif isinstance(x, (int, float, np.ndarray, np.generic, TracedArray)):
                operands.append(x)
            elif isinstance(x, (list, tuple)):
                operands.append(np.asarray(x))
            else:
                return NotImplemented
        if self.reason is not None:
            return ufunc(*map(plain, operands))
        return self.note("ufunc", ufunc, tuple(operands), {})

    def plain(self, x: Any) -> Any:
        """Return a Variable's array, cut off from the graph."""
        return x._data if self.reason is not None else TracedArray(self, self.value(x))

    def detached(self, x: Any, y: Any) -> None:
        """Take note that a new leaf has the array of another Variable."""
        self.values[id(y)] = self.value(x)
        self.generations[id(y)] = 0

    def constant(self, array: Any) -> Any:
        """Return a constant Variable of a traced array, or None for any other one."""
        if type(array) is not TracedArray:
            return None
        x = Variable(None, requires_grad=False)
        x._data = np.asarray(plain(array))
        self.alive.append(x)
        self.values[id(x)] = self._as_raw(array._traced_value)
        self.generations[id(x)] = 0
        return x

    def raw(self, x: Any) -> Any:
        """Return the array of a traced one, also within a tuple; anything else as it is."""
        return replaced(x, plain)

    def depends(self, op: Any, name: str, value: Any) -> None:
        """Take note of the traced array or Variable that an operation's parameter is made from."""
        if isinstance(value, Variable):
            value = TracedArray(self, self.value(value)).astype(getattr(op, name).dtype)
        found = replaced(value, value_of)
        inside = list(ends_of(found, Value))
        if name == "index" and any(v.example.dtype == bool for v in inside):
            self.refuse(
                "an index of bools picks more or fewer elements from call to call: choose with "
                "ng.where, or a product by the mask",
                True,
            )
        if inside:
            if name == "condition" and found.example.dtype != bool:
                found = TracedArray(self, found).astype(bool)._traced_value
            self.alive.append(op)
            self.parameters[id(op)] = {name: found}

    def made(self, y: Any) -> None:
        """Take note of a Variable that an operation made, or that no graph was kept for."""
        self.inside[id(y)] = y
        if self.reason is not None or id(y) in self.values or y._op is NO_GRAD:
            return
        if override.get().shown != self.grad:  # type: ignore[union-attr]
            self.refuse("the grad mode changes inside the function")
            return
        if isinstance(y._op, Operation):
            self._operation(y._op, y._inputs, [y])

    def called(self, call: Any, function: Any, outputs: list[Any]) -> None:
        """Take note of a call, when all its outputs are there."""
        if self.reason is not None:
            return
        if isinstance(call, OperationCall):
            self._operation(call.operation, call.inputs, outputs)
        else:
            self._function(call, function, outputs)

    # -- noting an operation ----------------------------------------------------------------

    def _operation(self, op: Operation, inputs: Any, outputs: list[Any]) -> None:
        parameters = self.parameters.get(id(op))
        called: Any = op if parameters is None else WithParameters(op, parameters)
        node = Node(called, *self._operands(inputs))
        numbers = [raw_of(x) for x in inputs]
        others = [r for r in numbers if not isinstance(r, (int, float)) or type(r) is np.float64]
        operands = tuple(
            v if isinstance(v, Value) else weak_scalar(raw, others)
            for v, raw in zip(node.operands, numbers, strict=True)
        )
        first = len(self.calls)
        results = self.attempt(for_tracing(called, self), operands)
        known = [to_raw(np.asarray(raw_of(x))) for x in outputs]
        if results is None or not all(map(is_that, results, known)):
            del self.calls[first:]
            if "kept" in vars(op) and parameters is None:
                call = Call("python", forward_of(op), operands, unpack=True, label=name_of(op))
                node.handle, *results = self.add_opaque(call, [op, *known])
            else:
                whole, first_arguments = as_a_whole(called)
                results = self.opaque(
                    whole, (*first_arguments, *operands), known, name_of(op), op.several_outputs
                )
        if "kept" in vars(op):
            # A rule called as a whole would find there what the example's forward has kept.
            op = op._unbound()
            node.op = op if parameters is None else WithParameters(op, parameters)
        self._finish(node, outputs, results, first)

    def _operands(self, inputs: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        variables, operands = [], []
        for x in inputs:
            if isinstance(x, Variable) and x._data is None:
                x = None  # an input that a user's Function was not given
            variables.append(x if isinstance(x, Variable) else None)
            if isinstance(x, Variable):
                operands.append(self.value(x))
            elif type(x) is TracedArray:
                operands.append(self._as_raw(x._traced_value))
            else:
                operands.append(x)
        return tuple(variables), tuple(operands)

    def _as_raw(self, value: Value) -> Value:
        """Let a 0-d array compute as a scalar."""
        if not value.is_array or value.example.ndim:
            return value
        scalar: Value = self.note("item", "item", (TracedArray(self, value), ()), {})._traced_value
        return scalar

    def attempt(self, function: Callable[..., Any], operands: tuple[Any, ...]) -> Any:
        """Call with traced arrays; return the results' values, or None if that cannot be noted."""
        first, viewed = len(self.calls), set(self.viewed)
        before, self.strict = (self.strict, self.errors), True
        try:
            # The operation has given NumPy's warnings itself: here they are only called for.
            with ErrorState(all="call", call=_no_warning):
                self.errors = np.geterr()
                result = function(
                    *(TracedArray(self, v) if isinstance(v, Value) else v for v in operands)
                )
            results = result if type(result) is tuple else (result,)
            found = [value_of(r) for r in results]
        except Exception:  # noqa: BLE001 - whatever a rule does with what is not an array
            del self.calls[first:]
            self.viewed = viewed
            return None
        finally:
            self.strict, self.errors = before
        return found

    def opaque(
        self,
        function: Any,
        operands: tuple[Any, ...],
        examples: list[Any],
        label: str,
        unpack: bool = False,
    ) -> list[Value]:
        """Note a call as a whole."""
        call = Call("python", function, operands, unpack=unpack, label=label)
        return self.add_opaque(call, examples)

    def _function(self, called: Any, function: Function, outputs: list[Any]) -> None:
        node = Node(None, *self._operands(called.inputs))
        node.op = whole = UserFunction(called, function)
        first = len(self.calls)
        call = Call(
            "python", whole.forward, node.operands, effects=True, unpack=True, label=whole.label
        )
        node.handle, *results = self.add_opaque(call, [function, *map(raw_of, outputs)])
        self._finish(node, outputs, results, first)

    def _finish(self, node: Node, outputs: list[Any], results: list[Any], first: int) -> None:
        node.generation = max(
            (self.generations[id(x)] for x in node.inputs if x is not None), default=0
        )
        node.place = outputs[0]._source
        for call in self.calls[first:]:
            call.place = node.place
        for y, value in zip(outputs, results, strict=True):
            if not isinstance(value, Value):
                value = Call("constant", value, ()).result(value)
            elif value.is_array and not value.example.ndim:
                value = self._as_raw(value)
            node.outs.append(value)
            node.outputs.append(y)
            self.alive.append(y)
            self.values[id(y)] = value
            self.generations[id(y)] = node.generation + 1
            self.node_of[id(y)] = node
            self.inside[id(y)] = y
        self.nodes.append(node)


def _no_warning(kind: str, flag: int) -> None:
    """Say nothing of a floating-point error."""


def raw_of(x: Any) -> Any:
    """Return what an operation's forward computes with, but for Python's numbers."""
    array = x._data if isinstance(x, Variable) else plain(x)
    return to_raw(array) if isinstance(array, np.ndarray) else array


def is_that(value: Any, known: Any) -> bool:
    """Whether a noted result is the one that the operation computed."""
    example = np.asarray(value.example if isinstance(value, Value) else value)
    return (
        example.dtype == known.dtype
        and example.shape == known.shape
        and (example.strides == known.strides or not example.ndim)
        and same_bits(example, known)
    )


def needs_gradient(x: Any) -> bool:
    """Whether a pass computes the gradient of an input."""
    return isinstance(x, Variable) and x._op is not CONSTANT


def run_recorded(recorder: Recorder, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Run a function with a recorder listening, in a mode that keeps the graph."""
    mode = override.get()
    try:
        positions.note_all(True, recorder)
        override.set(Override(True, None, mode, recorder.grad))
        return record(recorder, lambda: function(*args, **kwargs))
    finally:
        override.set(mode)
        positions.note_all(False, recorder)
