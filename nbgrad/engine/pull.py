"""One function's backward rule, for the kinds that the pass does not run itself.

These are a user's Function, an operation on any number of inputs, and functions
with several outputs, of which some may be gone or unused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .arrays import Raw
from .errors import GradientCountError, describe, describe_all, listed
from .function import Function
from .operation import Operation
from .second_order import replay
from .variable import CONSTANT, Variable

if TYPE_CHECKING:
    from .backward import Node, Pass

_ndarray = np.ndarray


def raw_values(y: Raw, inputs: tuple[Any, ...]) -> tuple[Raw, list[Raw]]:
    """Return what a rule computes with: the output's value, and each input's."""
    values = []
    for x in inputs:
        value = x._data if isinstance(x, Variable) else x
        # A 0-d array (a leaf's own, or one that was looked at) computes as a scalar.
        if type(value) is _ndarray and not value.ndim:
            value = value[()]
        values.append(value)
    if type(y) is _ndarray and not y.ndim:
        y = y[()]
    return y, values


def pull(state: Pass, node: Node) -> tuple[Function, tuple[Any, ...], list[Any], list[Any]]:
    """Run a function's rule.

    Returns
    -------
    function, inputs, gys, gxs
        ``gys`` holds None for an output that no gradient reached, ``gxs`` None for an
        input that has none.
    """
    if isinstance(node, Variable):
        op, outputs = node._op, [node]
    else:
        op, outputs = node, [ref() for ref in node.outputs]
    gys = []
    for y in outputs:
        gy = state.table.pop(y, None) if y is not None else None
        gys.append(gy)
        if y is not None and gy is not None:
            state.done.append(y)
            if state.retain:
                state.retained.append((y, gy))
    if isinstance(op, Operation):
        inputs, gxs = _pull_operation(op, node, outputs, gys, state.create_graph)
    else:
        inputs, gxs = op.inputs or (), _pull_function(state, op, outputs, gys)
    return op, inputs, gys, gxs


def _pull_operation(
    op: Operation, node: Node, outputs: list[Any], gys: list[Any], create_graph: bool
) -> tuple[tuple[Any, ...], list[Any]]:
    inputs = node._inputs if isinstance(node, Variable) and node._inputs else op.inputs or ()
    filled = _filled(op, gys, create_graph)
    if create_graph:
        ys, values = outputs, list(inputs)
    else:
        ys = [None if y is None else y._data for y in outputs]
        _, values = raw_values(None, inputs)
    gy = tuple(filled) if op.several_outputs else filled[0]
    y = tuple(ys) if op.several_outputs else ys[0]
    gxs = [
        op.rule(i)(gy, y, *values) if isinstance(x, Variable) and x._op is not CONSTANT else None
        for i, x in enumerate(inputs)
    ]
    return inputs, gxs


def to_value(value: Any) -> Raw:
    """Let a 0-d array compute as a scalar."""
    return value[()] if type(value) is np.ndarray and not value.ndim else value


def _filled(op: Function, gys: list[Any], create_graph: bool) -> list[Any]:
    """Put zeros where an output was dropped or not used."""
    filled = []
    for i, gy in enumerate(gys):
        if gy is None:
            shape, dtype = op.output_specs[i]
            gy = np.zeros(shape, dtype if dtype.kind == "f" else np.float64)
            gy = Variable(gy) if create_graph else to_value(gy)
        filled.append(gy)
    return filled


def _pull_function(state: Pass, op: Function, outputs: list[Any], gys: list[Any]) -> list[Any]:
    """Run a user's rule: it sees ndarrays, and may do with them what it likes."""
    inputs = op.inputs or ()
    filled = _filled(op, gys, state.create_graph)
    if state.create_graph:
        gxs = replay(op, outputs, filled)
    else:
        gxs = op.backward(*(np.array(gy) for gy in filled))
    result = list(gxs) if isinstance(gxs, (tuple, list)) else [gxs]
    if len(result) != len(inputs):
        raise GradientCountError(
            f"{op.label}.backward returned {len(result)} gradient{'s' * (len(result) != 1)} for "
            f"{len(inputs)} input{'s' * (len(inputs) != 1)} ({describe_all(inputs)}). "
            "Return one per input, in their order; None for an input that has none."
        )
    return result


def describe_node(node: Node) -> str:
    """Name a function, its inputs, generation and source line, for an error's note."""
    if isinstance(node, Variable):
        op, inputs, generation, source = (
            node._op, node._graph_inputs(), node.generation - 1, node.source,
        )
        names = [describe(node)]
        label = getattr(op, "label", "the root")
    else:
        op, inputs, generation = node, node.inputs or (), node.generation
        alive = [y for ref in node.outputs or () if (y := ref()) is not None]
        names = [describe(y) for y in alive]
        source = alive[0].source if alive else None
        label = op.label
    where = f", made {source}" if source is not None else ""
    return (
        f"{label}({describe_all(inputs)}) → {listed(names)}, "
        f"generation {max(generation, 0)}{where}"
    )
