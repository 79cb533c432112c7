"""Running a built-in operation's rules: one gradient per input, None for a constant.

The pass spends most of its time here, so operations on one and on two inputs have
their own straight-line code. With ``graph`` the rules compute with the Variables
themselves, else with their raw values. A ``spent`` gradient is the pass's own, and
nobody needs it any more: the last product is written over it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from .sentinels import CONSTANT
from .variable import Variable

_ndarray = np.ndarray

Pull = Callable[[Any, Variable, Any, bool, bool], tuple[Any, ...]]


def pull_for(rules: tuple[str, ...], by_derivative: bool) -> Pull:
    """Return what runs the rules of these names, with code of its own.

    ``by_derivative`` says that they are the chain rule, from an elementwise derivative.
    """
    shared = {("gx",): pull_unary, ("gx0", "gx1"): pull_binary}.get(rules, pull_many)
    copy = FunctionType(own(shared.__code__), shared.__globals__, shared.__name__)
    copy.__defaults__ = (False, by_derivative)  # a class attribute would be looked up at every call
    return copy


def chained(derivative: Callable[..., Any]) -> Callable[..., Any]:
    """Return the rule of an elementwise operation: the chain rule."""

    def gx(self: Any, gy: Any, *values: Any) -> Any:
        return gy * derivative(self, *values)

    return gx


def own(code: CodeType) -> CodeType:
    """Return a copy: the interpreter adapts a code's calls to what they call, here always the same."""
    return code.replace()


def pull_unary(
    op: Any,
    node: Variable,
    gy: Any,
    graph: bool,
    spent: bool = False,
    by_derivative: bool = False,
) -> tuple[Any, ...]:
    """Run the rule of an operation on one input."""
    (x,) = node._inputs
    if not isinstance(x, Variable) or x._op is CONSTANT:
        return (None,)
    if graph:
        return (op.gx(gy, node, x),)
    # A 0-d array (a leaf's own, or one that was looked at) computes as a scalar.
    a = x._data
    if type(a) is _ndarray and not a.ndim:
        a = a[()]
    y = node._data
    if type(y) is _ndarray and not y.ndim:
        y = y[()]
    if not by_derivative:
        return (op.gx(gy, y, a),)
    if spent:
        gy *= op.derivative(y, a)
        return (gy,)
    return (gy * op.derivative(y, a),)


def pull_binary(
    op: Any,
    node: Variable,
    gy: Any,
    graph: bool,
    spent: bool = False,
    by_derivative: bool = False,
) -> tuple[Any, ...]:
    """Run the rules of an operation on two inputs."""
    x0, x1 = node._inputs
    needs0 = needs1 = False
    if isinstance(x0, Variable):
        needs0 = x0._op is not CONSTANT
        a = x0._data
    else:
        a = x0
    if isinstance(x1, Variable):
        needs1 = x1._op is not CONSTANT
        b = x1._data
    else:
        b = x1
    if graph:
        return (
            op.gx0(gy, node, x0, x1) if needs0 else None,
            op.gx1(gy, node, x0, x1) if needs1 else None,
        )
    if type(a) is _ndarray and not a.ndim:
        a = a[()]
    if type(b) is _ndarray and not b.ndim:
        b = b[()]
    y = node._data
    if type(y) is _ndarray and not y.ndim:
        y = y[()]
    if by_derivative:
        if spent:
            return _written_over(op, gy, y, a, b, needs0, needs1)
        return (
            gy * op.derivative0(y, a, b) if needs0 else None,
            gy * op.derivative1(y, a, b) if needs1 else None,
        )
    return (
        op.gx0(gy, y, a, b) if needs0 else None,
        op.gx1(gy, y, a, b) if needs1 else None,
    )


def pull_sum(
    _op: Any, node: Variable, gy: Any, _graph: bool, _spent: bool = False
) -> tuple[Any, ...]:
    """Run the rules of x0 + x1, which look at no value: the commonest operation of all."""
    x0, x1 = node._inputs
    return (
        gy if isinstance(x0, Variable) and x0._op is not CONSTANT else None,
        gy if isinstance(x1, Variable) and x1._op is not CONSTANT else None,
    )


def pull_product(
    op: Any, node: Variable, gy: Any, graph: bool, spent: bool = False
) -> tuple[Any, ...]:
    """Run the rules of x0 · x1: `pull_binary` without a look at y or a call for each rule."""
    x0, x1 = node._inputs
    if isinstance(x0, Variable):
        needs0 = x0._op is not CONSTANT
        a = x0 if graph else x0._data
        if type(a) is _ndarray and not a.ndim:
            a = a[()]
    else:
        a, needs0 = x0, False
    if isinstance(x1, Variable):
        needs1 = x1._op is not CONSTANT
        b = x1 if graph else x1._data
        if type(b) is _ndarray and not b.ndim:
            b = b[()]
    else:
        b, needs1 = x1, False
    if spent:
        return _written_over(op, gy, None, a, b, needs0, needs1)
    return (gy * b if needs0 else None, gy * a if needs1 else None)


def _written_over(
    op: Any, gy: Any, y: Any, a: Any, b: Any, needs0: bool, needs1: bool
) -> tuple[Any, ...]:
    """Run the rules of an elementwise operation, the last one within the gradient's memory."""
    gx0 = gx1 = None
    if needs1:
        gx0 = gy * op.derivative0(y, a, b) if needs0 else None
        gy *= op.derivative1(y, a, b)
        gx1 = gy
    elif needs0:
        gy *= op.derivative0(y, a, b)
        gx0 = gy
    return (gx0, gx1)


def pull_many(
    op: Any,
    node: Variable,
    gy: Any,
    graph: bool,
    _spent: bool = False,
    _by_derivative: bool = False,
) -> tuple[Any, ...]:
    """Run the rules of an operation on any number of inputs."""
    inputs = node._inputs
    y, values = (node, inputs) if graph else (to_value(node._data), raw_values(inputs))
    if op.rules is None:
        return tuple(
            op.gxi(i, gy, y, values) if isinstance(x, Variable) and x._op is not CONSTANT else None
            for i, x in enumerate(inputs)
        )
    return tuple(
        op.rule(i)(gy, y, *values) if isinstance(x, Variable) and x._op is not CONSTANT else None
        for i, x in enumerate(inputs)
    )


def raw_values(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what rules compute with."""
    return tuple(to_value(x._data if isinstance(x, Variable) else x) for x in inputs)


def to_value(value: Any) -> Any:
    """Let a 0-d array compute as a scalar."""
    return value[()] if type(value) is _ndarray and not value.ndim else value
