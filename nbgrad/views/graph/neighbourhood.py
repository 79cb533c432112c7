"""The part of a graph that a repr has time to show, as plain data.

Where the walk stops early, what it has is the part nearest to the result. Source lines are left
out: finding one can take longer than drawing its node.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nbgrad.engine.call import Call
from nbgrad.engine.diagnostics.positions import order_of
from nbgrad.engine.operation import Operation
from nbgrad.engine.sentinels import CONSTANT, State
from nbgrad.engine.variable import Variable
from nbgrad.tracing import names as naming
from nbgrad.tracing.format import clean
from nbgrad.tracing.graph_walk import Gone, Walk, class_of, grad_of, spec_of

from .data import GraphData
from .nodes import Edge, Node, brief, brief_grad

__all__ = ["function_text", "neighbourhood"]

NORM = 1 << 12
"""Up to this many elements the norm of a gradient is worked out for its card."""


def neighbourhood(
    root: Variable | Call, limit: int, names: Mapping[int, str] | None = None
) -> GraphData:
    """Return what is behind a variable, or around the call of a function.

    Parameters
    ----------
    root : Variable or Call
    limit : int
        The walk ends after about this many nodes; where there is more, a node is `cut`.
    names : mapping, optional
        From ``id(variable)`` to a name, for variables that have none of their own.
    """
    walk = Walk(root, limit)
    functions = list(walk.functions())
    consumed = {id(x) for _, inputs, _, _ in functions for x in inputs} | {id(root)}
    ids = {id(x): f"v{i}" for i, x in enumerate(walk.found)}
    nodes = [
        _variable(x, ids[id(x)], id(x) in consumed, id(x) in walk.ahead, names or {})
        for x in walk.found
    ]
    edges = []
    for k, (op, inputs, outputs, cut) in enumerate(functions):
        key = ids[id(op)] = f"f{k}"
        nodes.append(_function(op, key, outputs, cut))
        edges += [Edge(ids[id(x)], key, i) for i, x in enumerate(inputs)]
        edges += [Edge(key, ids[id(y)]) for y in outputs]
    return GraphData(nodes, edges, ids[id(root)])


def _variable(x: Any, key: str, consumed: bool, cut: bool, names: Mapping[int, str]) -> Node:
    """Describe a variable, a constant, or an output that is gone."""
    if isinstance(x, Gone):
        return Node(key, "variable", "", x.generation, "unused", *x.spec, "dropped")
    if not isinstance(x, Variable):
        return Node(
            key, "variable", "", 0, "constant", *spec_of(x.value), brief(np.asarray(x.value))
        )
    data = x._data
    if x._op is None or isinstance(x._op, State):
        role = "constant" if x._op is CONSTANT else "leaf"
    else:
        role = "intermediate" if consumed else "unused"
    state, grad = grad_of(x)
    shape, dtype = (None, "") if data is None else spec_of(data)
    return Node(
        key,
        "variable",
        naming.wish(x, names),
        x.generation,
        role,
        shape,
        dtype,
        "None" if data is None else brief(data),
        "" if grad is None else brief_grad(grad, NORM),
        state,
        second=order_of(x._source) > 0,
        cut=cut,
    )


def _function(op: Operation | Call, key: str, outputs: Sequence[Any], cut: bool) -> Node:
    name, label, symbol, rule = function_text(op)
    return Node(
        key,
        "function",
        name,
        outputs[0].generation - 1,
        label=label,
        symbol=symbol,
        rule=rule,
        second=any(order_of(getattr(y, "_source", None)) for y in outputs),
        cut=cut,
    )


def function_text(op: Operation | Call) -> tuple[str, str, str, str]:
    """Return a function's class, label, symbol and rule, as text that is safe to show."""
    label, name = clean(op.label), clean(class_of(op).__name__)
    return name, label, clean(op.symbol) or label, clean(op.formula, 300)
