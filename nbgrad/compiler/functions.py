"""What a program calls as a whole: users' Functions, operations whose parameters vary."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from nbgrad.engine.arrays import to_raw
from nbgrad.engine.call import Call, generation_of, kept, like_before
from nbgrad.engine.errors import GradientCountError
from nbgrad.engine.function import Function, compute
from nbgrad.engine.nested import replaced
from nbgrad.engine.operation import Operation
from nbgrad.engine.sentinels import CONSTANT
from nbgrad.engine.variable import Variable

from .program import Value
from .traced import TracedArray


class UserFunction:
    """A user's Function, called as it is: each call has an object of its own.

    Attributes
    ----------
    aliases : bool
        True: what memory a user's gradients share is not known.
    """

    aliases = True

    def __init__(self, call: Call, function: Function) -> None:
        self.constant = [x._op is CONSTANT for x in call.inputs]
        self.template = like_before(function, call.before)
        self.before = dict(self.template.__dict__)
        self.takes_list = call.takes_list
        self.label = call.label

    def forward(self, *arrays: Any) -> tuple[Any, ...]:
        """Return the called object, and what it computed."""
        node = like_before(self.template, self.before)
        inputs = tuple(map(leaf_of, arrays, self.constant))
        call = Call(type(node), inputs, generation_of(inputs), self.takes_list)
        call.before = kept(node)
        results = compute(node, [x._data for x in call.inputs], self.takes_list)
        outputs = [leaf_of(y, False) for y in results]
        call.join(node, outputs)
        # The rule may ask for its outputs, which it knows by weak references.
        return (CalledFunction(node, outputs), *(to_raw(y._data) for y in outputs))

    def backward(self, called: CalledFunction, *gys: Any) -> tuple[Any, ...]:
        """Return the gradient of each input."""
        node = called.node
        result = node.backward(*(np.array(gy) for gy in gys))
        gxs = tuple(result) if isinstance(result, (tuple, list)) else (result,)
        if len(gxs) != len(node.inputs):
            raise GradientCountError(f"{self.label}.backward returned {len(gxs)} gradients.")
        return tuple(gx._data if isinstance(gx, Variable) else gx for gx in gxs)


class CalledFunction:
    """A called Function and its outputs."""

    __slots__ = ("node", "outputs")

    def __init__(self, node: Function, outputs: list[Variable]) -> None:
        self.node = node
        self.outputs = outputs


def leaf_of(array: Any, constant: bool) -> Variable:
    """Return a leaf, or a constant, that holds an array; None for an input that was not given."""
    x = Variable(None, requires_grad=not constant)
    x._data = None if array is None else np.asarray(array)
    return x


class WithParameters:
    """An operation with a parameter that differs from call to call, such as a mask or an index."""

    def __init__(self, op: Operation, parameters: dict[str, Any]) -> None:
        self.op = op
        self.parameters = parameters
        self.aliases = op.aliases
        self.label = op.label


class CallWithParameters:
    """An operation's forward, or one of its rules, called with the parameters of each call."""

    def __init__(self, op: Operation, names: tuple[str, ...], rule: int | None) -> None:
        self.op = op
        self.names = names
        self.rule = rule
        self.label = type(op).__name__.lower()

    def __call__(self, parameters: tuple[Any, ...], *operands: Any) -> Any:
        """Return the result for these parameters."""
        node = with_values(self.op, dict(zip(self.names, parameters, strict=True)))
        return method_of(node, self.rule)(*operands)


def with_values(op: Operation, parameters: dict[str, Any]) -> Operation:
    """Return the operation with other parameters."""
    node = copy.copy(op)
    node.__dict__.update(parameters)
    return node


def method_of(op: Operation, rule: int | None) -> Callable[..., Any]:
    """Return an operation's forward, or the rule of an input."""
    return op.forward if rule is None else op.rule(rule)


def forward_of(op: Operation) -> Callable[..., Any]:
    """Return a forward that gives the operation that was called, too: it has kept something."""
    kind, attributes = type(op), vars(op._unbound())

    def forward(*operands: Any) -> tuple[Operation, Any]:
        node = kind.__new__(kind)  # copy.copy takes five times as long
        node.__dict__.update(attributes)
        return node, node.forward(*operands)

    return forward


def rule_of_called(i: int) -> Callable[..., Any]:
    """Return the rule of an input, of the operation that `forward_of` gives."""
    return lambda node, gy, y, *xs: node.gxi(i, gy, y, xs)


def for_tracing(op: Any, trace: Any, rule: int | None = None) -> Callable[..., Any]:
    """Return what is called with traced arrays."""
    if not isinstance(op, WithParameters):
        return method_of(op, rule)
    traced = replaced(op.parameters, lambda v: TracedArray(trace, v) if isinstance(v, Value) else v)
    return method_of(with_values(op.op, traced), rule)


def name_of(op: Any, rule: int | None = None) -> str:
    """Return what a call of an operation as a whole is called in the source."""
    name = getattr(op, "public_name", "") or type(op).__name__.lower()
    return name if rule is None else f"{name}_gx{rule}"


def as_a_whole(op: Any, rule: int | None = None) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """Return what a program calls where the single steps are unknown, and its first arguments."""
    if not isinstance(op, WithParameters):
        return method_of(op, rule), ()
    names = tuple(op.parameters)
    return CallWithParameters(op.op, names, rule), (tuple(op.parameters.values()),)
