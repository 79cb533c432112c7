"""Running a built-in operation's rules.

Each function here is a ``pull``: it takes the gradient of an operation's output and returns,
for each input but constants, ``(i, x, gx)``: which input, the Variable, its gradient (or None).
The pass spends most of its time here, so operations on one and on two inputs have their own
straight-line code. With ``graph`` the rules compute with the Variables themselves, else with
their raw values. A ``spent`` gradient is the pass's own, and nothing else reads it: the last
product is written over it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from .diagnostics.numpy_warnings import at_users_line, refuse_warnings
from .sentinels import CONSTANT
from .variable import Variable

_ndarray = np.ndarray
LARGE = 16_384
"""From how many elements on a spent gradient's memory is used again."""

Parts: TypeAlias = "tuple[tuple[int, Variable, Any], ...]"
Pull: TypeAlias = Callable[[Any, Variable, Any, bool, bool], Parts]


def pull_for(rules: tuple[str, ...], by_derivative: bool) -> Pull:
    """Return what runs the rules of these names.

    ``by_derivative`` says that they are the chain rule, from an elementwise derivative.
    """
    if rules == ("gx",):
        return pull_derivative if by_derivative else pull_unary
    if rules == ("gx0", "gx1"):
        return pull_derivatives if by_derivative else pull_binary
    return pull_many


def chained(derivative: Callable[..., Any]) -> Callable[..., Any]:
    """Return the rule of an elementwise operation: the chain rule."""

    def gx(self: Any, gy: Any, *values: Any) -> Any:
        return gy * derivative(self, *values)

    return gx


def pull_unary(op: Any, node: Variable, gy: Any, graph: bool, _spent: bool = False) -> Parts:
    """Run the rule of an operation on one input."""
    x = node._x0
    if not isinstance(x, Variable) or x._op is CONSTANT:
        return ()
    if graph:
        return ((0, x, op.gx(gy, node, x)),)
    # A 0-d array (a leaf's own, or one that was looked at) computes as a scalar.
    a = x._data
    if type(a) is _ndarray and not a.ndim:
        a = a[()]
    y = node._data
    if type(y) is _ndarray and not y.ndim:
        y = y[()]
    return ((0, x, op.gx(gy, y, a)),)


def pull_derivative(op: Any, node: Variable, gy: Any, graph: bool, spent: bool = False) -> Parts:
    """Run the chain rule of an elementwise operation on one input."""
    x = node._x0
    if not isinstance(x, Variable) or x._op is CONSTANT:
        return ()
    if graph:
        return ((0, x, gy * op.derivative(node, x)),)
    a = x._data
    if type(a) is _ndarray and not a.ndim:
        a = a[()]
    y = node._data
    if type(y) is _ndarray and not y.ndim:
        y = y[()]
    if spent:
        return ((0, x, multiplied(gy, op.derivative(y, a))),)
    return ((0, x, gy * op.derivative(y, a)),)


def pull_binary(op: Any, node: Variable, gy: Any, graph: bool, _spent: bool = False) -> Parts:
    """Run the rules of an operation on two inputs."""
    x0, x1 = node._x0, node._x1
    y, a, b = (node, x0, x1) if graph else (raw(node), raw(x0), raw(x1))
    if not (isinstance(x1, Variable) and x1._op is not CONSTANT):
        if not (isinstance(x0, Variable) and x0._op is not CONSTANT):
            return ()
        return ((0, x0, op.gx0(gy, y, a, b)),)
    if not (isinstance(x0, Variable) and x0._op is not CONSTANT):
        return ((1, x1, op.gx1(gy, y, a, b)),)
    return (0, x0, op.gx0(gy, y, a, b)), (1, x1, op.gx1(gy, y, a, b))


def pull_derivatives(op: Any, node: Variable, gy: Any, graph: bool, spent: bool = False) -> Parts:
    """Run the chain rule of an elementwise operation on two inputs."""
    x0, x1 = node._x0, node._x1
    y, a, b = (node, x0, x1) if graph else (raw(node), raw(x0), raw(x1))
    needs1 = isinstance(x1, Variable) and x1._op is not CONSTANT
    parts = []
    if isinstance(x0, Variable) and x0._op is not CONSTANT:
        d = op.derivative0(y, a, b)
        if spent and not needs1:
            return ((0, x0, multiplied(gy, d)),)
        parts.append((0, x0, gy * d))
    if needs1:
        d = op.derivative1(y, a, b)
        gy = multiplied(gy, d) if spent else gy * d
        parts.append((1, x1, gy))
    return tuple(parts)


def pull_sum(_op: Any, node: Variable, gy: Any, _graph: bool, _spent: bool = False) -> Parts:
    """Run the rules of x0 + x1, which look at no value: the commonest operation of all."""
    x0, x1 = node._x0, node._x1
    if not (isinstance(x1, Variable) and x1._op is not CONSTANT):
        if not (isinstance(x0, Variable) and x0._op is not CONSTANT):
            return ()
        return ((0, x0, gy),)
    if not (isinstance(x0, Variable) and x0._op is not CONSTANT):
        return ((1, x1, gy),)
    return (0, x0, gy), (1, x1, gy)


def pull_product(_op: Any, node: Variable, gy: Any, graph: bool, spent: bool = False) -> Parts:
    """Run the rules of x0 · x1: the derivative by each factor is the other one."""
    x0, x1 = node._x0, node._x1
    needs0 = needs1 = False
    a, b = x0, x1
    if isinstance(x0, Variable):
        needs0 = x0._op is not CONSTANT
        if not graph:
            a = x0._data
            if type(a) is _ndarray and not a.ndim:
                a = a[()]
    if isinstance(x1, Variable):
        needs1 = x1._op is not CONSTANT
        if not graph:
            b = x1._data
            if type(b) is _ndarray and not b.ndim:
                b = b[()]
    if not (needs0 and needs1):
        if not (needs0 or needs1):
            return ()
        i, x, other = (0, x0, b) if needs0 else (1, x1, a)
        gy = multiplied(gy, other) if spent else gy * other
        return ((i, x, gy),)
    gx0 = gy * b
    gy = multiplied(gy, a) if spent else gy * a
    return (0, x0, gx0), (1, x1, gy)


def multiplied(gy: Any, factor: Any) -> Any:
    """Multiply a spent gradient, a large one in its own memory.

    What is refused for its warning is computed again (`numpy_warnings`), so it must be there
    still; at a size where the memory counts, to say beforehand how to warn does not.
    """
    if gy.size < LARGE:
        return gy * factor
    with at_users_line():
        gy *= factor
    return gy


def pull_many(op: Any, node: Variable, gy: Any, graph: bool, _spent: bool = False) -> Parts:
    """Run the rules of an operation on any number of inputs."""
    inputs, rules = node._x0, op.rules
    if type(inputs) is not tuple:
        inputs = node._inputs
    y, values = (node, inputs) if graph else (raw(node), raw_values(inputs))
    parts = []
    for i, x in enumerate(inputs):
        if isinstance(x, Variable) and x._op is not CONSTANT:
            gx = op.gxi(i, gy, y, values) if rules is None else rules[i](op, gy, y, *values)
            parts.append((i, x, gx))
    return tuple(parts)


def raw(x: Any) -> Any:
    """Return what rules compute with in place of an input."""
    if isinstance(x, Variable):
        x = x._data
    return x[()] if isinstance(x, _ndarray) and not x.ndim else x


def raw_values(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what rules compute with in place of the inputs."""
    values = []
    for x in inputs:
        if isinstance(x, Variable):
            x = x._data
        values.append(x[()] if isinstance(x, _ndarray) and not x.ndim else x)
    return tuple(values)


refuse_warnings(globals())
