"""One function's backward rule, for the kinds that the pass does not run itself.

These are a user's Function, an operation on any number of inputs, and functions
with several outputs, of which some may be gone or unused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .diagnostics.redefinition import warn, what_happened
from .errors import GradientCountError, describe, describe_all, listed
from .function import Folded, Function
from .operation import Operation
from .rules import raw_values, to_value
from .sentinels import CONSTANT
from .variable import Variable

if TYPE_CHECKING:
    from .backward import Node, Pass


def pull(state: Pass, node: Node) -> tuple[Any, Any, Any, Any]:
    """Run a function's rule.

    Returns
    -------
    op, inputs, gys, gxs
        ``gys`` holds None for an output that no gradient reached, ``gxs`` None for an
        input that has none.
    """
    op = node._op if isinstance(node, Variable) else node
    if isinstance(op, Folded):
        return _pull_folded(state, node, op)
    outputs = [node] if isinstance(node, Variable) else [ref() for ref in op.outputs or ()]
    gys = []
    for y in outputs:
        gy = None if y is None else state.table.pop(y, None)
        gys.append(gy)
        if y is not None and gy is not None:
            state.done.append(y)
            if state.retain:
                state.retained.append((y, gy))
    if not any(gy is not None for gy in gys):
        return op, (), (), []  # a folded graph has run it already
    inputs = op.inputs or ()
    filled = _filled(op, gys, state.create_graph)
    if isinstance(op, Operation):
        gxs = _pull_operation(op, inputs, outputs, tuple(filled), state.create_graph)
    else:
        warn(op, outputs)
        gxs = _pull_function(op, inputs, outputs, filled, state.create_graph)
    return (
        op,
        inputs,
        gys,
        [None if x._op is CONSTANT else gx for x, gx in zip(inputs, gxs, strict=True)],
    )


def _pull_folded(state: Pass, node: Variable, op: Folded) -> tuple[Any, Any, Any, Any]:
    """Ask a folded graph for its gradients, or let it unfold and run its last function."""
    if (gy := state.table.get(node)) is None:
        return op, (), (), []  # it went with another output of one function
    alone = len(state.table) == 1 and not state.queue
    if alone and not state.create_graph and state.observer is None:
        gxs = op.gradients(node, gy)
        if gxs is not None:
            del state.table[node]
            state.done.append(node)
            if state.retain:
                state.retained.append((node, gy))
            return op, op.inputs, (gy,), gxs
    op.unfold()
    if not node._inputs:
        last = node._op
        return pull(state, node if len(last.outputs) == 1 else last)
    del state.table[node]
    state.done.append(node)
    if state.retain:
        state.retained.append((node, gy))
    gxs = node._op.pull(node, gy, state.create_graph, False)
    return node._op, node._inputs, (gy,), gxs


def _pull_operation(
    op: Operation, inputs: tuple[Any, ...], outputs: list[Any], gys: tuple[Any, ...], graph: bool
) -> list[Any]:
    """Run the rules of an operation with several outputs."""
    if graph:
        ys, values = tuple(outputs), inputs
    else:
        ys = tuple(None if y is None else to_value(y._data) for y in outputs)
        values = raw_values(inputs)
    return [
        None if x._op is CONSTANT else op.rule(i)(gys, ys, *values) for i, x in enumerate(inputs)
    ]


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


def _pull_function(
    op: Function, inputs: tuple[Any, ...], outputs: list[Any], gys: list[Any], graph: bool
) -> list[Any]:
    """Run a user's rule: it sees ndarrays, and may do with them what it likes."""
    if graph:
        from .diagnostics.second_order import (
            replay,  # rarely needed, and a third of a millisecond to import
        )

        result = replay(op, outputs, gys)
    else:
        result = op.backward(*(np.array(gy) for gy in gys))
    gxs = list(result) if isinstance(result, (tuple, list)) else [result]
    if result is None and not inputs:
        gxs = []
    if len(gxs) != len(inputs):
        given = f"{len(gxs)} gradient{'s' * (len(gxs) != 1)}" if result is not None else "None"
        raise GradientCountError(
            f"{op.label}.backward returned {given} for "
            f"{len(inputs)} input{'s' * (len(inputs) != 1)} ({describe_all(inputs)}). "
            "Return one per input, in their order; None for an input that has none."
        )
    return gxs


def describe_node(node: Node) -> str:
    """Name a function, its inputs, generation and source line, for an error's note."""
    if isinstance(node, Variable):
        op, inputs, generation, source = (
            node._op,
            node._graph_inputs(),
            node.generation - 1,
            node.source,
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
    if getattr(op, "rules_at_call", None) is not None and (what := what_happened(op)):
        where += f"; {label} has been {what} since"
    return (
        f"{label}({describe_all(inputs)}) → {listed(names)}, generation {max(generation, 0)}{where}"
    )
