"""A Variable or a Function as plain data for its repr, which keeps nothing alive.

Of the graph it has the part that can be drawn in time. Source lines are left out, since finding
one can take longer than drawing its node.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nbgrad.engine.call import Call, call_of
from nbgrad.engine.diagnostics.messages import why_no_grad
from nbgrad.engine.diagnostics.positions import Position, order_of, resolve
from nbgrad.engine.diagnostics.redefinition import what_happened
from nbgrad.engine.function import Function
from nbgrad.engine.operation import Operation
from nbgrad.engine.sentinels import CONSTANT, NO_GRAD, State
from nbgrad.engine.variable import Variable
from nbgrad.tracing import names as naming
from nbgrad.tracing.format import clean
from nbgrad.tracing.graph_walk import Gone, Walk, class_of, grad_of, spec_of
from nbgrad.tracing.summaries import Summary, summarise
from nbgrad.views.graph.data import GraphData, Links, Node, brief, brief_grad

MAX_NODES, MAX_TANGLED_NODES = 40, 20
"""How many nodes of the graph are drawn in ten milliseconds; where branches join again and
again the layout takes longer."""
TANGLED_LOOPS = 1
_KINDS = {None: "leaf", NO_GRAD: "no_grad", CONSTANT: "constant"}
"""For how a variable was made what the repr calls it, if no function made it."""
MAX_OPERANDS = 12
MAX_TEXT = 400
MAX_NORM_ELEMENTS = 1 << 12
"""Up to this many elements the norm of a gradient is worked out for its card."""
MAX_ELEMENTS = 200
"""How many elements the text repr may show."""


@dataclass(frozen=True)
class Operand:
    """An input or output of a function, in one line."""

    name: str
    shape: tuple[int, ...] | None
    dtype: str
    facts: Summary | None
    note: str = ""


@dataclass(frozen=True)
class FunctionFacts:
    """What the repr of a function shows; of the creator of a variable the fields up to ``stale``."""

    name: str
    label: str
    symbol: str
    rule: str
    generation: int | None = None
    inputs: Sequence[Operand] = ()
    more_inputs: int = 0
    stale: str = ""
    """What happened to its class since the call, in a sentence."""
    text: str = ""
    summary: str = ""
    outputs: Sequence[Operand] = ()
    more_outputs: int = 0
    place: str = ""
    line: str = ""
    graph: GraphData | None = None


@dataclass(frozen=True)
class VariableFacts:
    """What the repr of a variable shows.

    Attributes
    ----------
    text : str
        Its text repr.
    kind : str
        ``"leaf"``, ``"constant"``, ``"no_grad"`` or ``"intermediate"``.
    why : (str, str)
        Why there is no gradient, and what to do about it; both empty when there is one.
    place, line : str
        Where it was made, and the source line.
    """

    text: str
    name: str
    kind: str
    generation: int
    value: Summary | None
    grad: Summary | None
    grad_is_variable: bool
    why: tuple[str, str]
    creator: FunctionFacts | None
    place: str
    line: str
    graph: GraphData | None


def variable_facts(x: Variable) -> VariableFacts:
    """Take a snapshot of a variable."""
    known = naming.all_names()
    op = x._op
    made = op is not None and not isinstance(op, State)
    state, grad = grad_of(x)
    place, line = _place(x._source)
    return VariableFacts(
        text=_text(x),
        name=naming.wish(x, known),
        kind=_KINDS.get(op, "intermediate"),
        generation=x.generation,
        value=None if x._data is None else summarise(x._data, sampled=True),
        grad=None if grad is None else summarise(grad, sampled=True),
        grad_is_variable=isinstance(x._grad, Variable),
        why=("", "") if state == "value" else why_no_grad(x),
        # Without asking for the Function object, which a built-in operation has none of yet.
        creator=_called(op, x._inputs, x.generation - 1, known) if made else None,
        place=place,
        line=line,
        graph=neighbourhood(x, known) if made else None,
    )


def function_facts(function: Function) -> FunctionFacts:
    """Take a snapshot of a function."""
    known, call = naming.all_names(), call_of(function)
    shown: dict[str, Any] = {"text": clean(repr(function), MAX_TEXT), "summary": _summary(function)}
    if call is None:
        if isinstance(function, Operation):
            return FunctionFacts(*function_text(function), **shown)
        return FunctionFacts(*function_text(Call(type(function), (), 0, False)), **shown)
    outputs = call.alive()
    pairs = zip(outputs[:MAX_OPERANDS], call.specs, strict=False)
    first = next((y for y in outputs if y is not None), None)
    place, line = _place(getattr(first, "_source", None))
    return replace(
        _called(call, call.inputs, call.generation, known),
        **shown,
        outputs=[_dropped(spec) if y is None else _operand(y, known) for y, spec in pairs],
        more_outputs=max(0, len(outputs) - MAX_OPERANDS),
        place=place,
        line=line,
        graph=neighbourhood(call, known),
    )


def _called(
    op: Operation | Call, inputs: tuple[Any, ...], generation: int, known: dict[int, str]
) -> FunctionFacts:
    """Describe a call: the function, and what it was called with."""
    return FunctionFacts(
        *function_text(op),
        generation=generation,
        inputs=[_operand(x, known) for x in inputs[:MAX_OPERANDS]],
        more_inputs=max(0, len(inputs) - MAX_OPERANDS),
        stale=_stale(op) if isinstance(op, Call) else "",
    )


def neighbourhood(
    root: Variable | Call, names: Mapping[int, str], limit: int = MAX_NODES
) -> GraphData:
    """Return what is behind a variable, or around the call of a function, as can be drawn in time.

    The names, by ``id(variable)``, are for variables that have none of their own. The walk ends
    after about as many nodes as the limit says; where there is more, a node is `cut`.
    """
    walk = Walk(root, limit)
    functions = list(walk.functions())
    consumed = {id(root)}
    for _, inputs, _, _ in functions:
        consumed.update(map(id, inputs))
    written: dict[int, Node] = {}
    nodes: dict[str, Node] = {}
    for i, x in enumerate(walk.found):
        used, cut, key = id(x) in consumed, id(x) in walk.ahead, f"v{i}"
        nodes[key] = written[id(x)] = _variable(x, key, used, cut, names)
    links: dict[str, Links] = {}
    for k, (op, inputs, outputs, cut) in enumerate(functions):
        made = [written[id(y)] for y in outputs]
        node = written[id(op)] = nodes[f"f{k}"] = _function(op, f"f{k}", made, cut)
        taken = [written[id(x)].id for x in inputs]
        links[node.id] = list(enumerate(taken)), [y.id for y in made]
    found = GraphData(nodes, links, written[id(root)].id)
    if found.loops + 1 > TANGLED_LOOPS and len(nodes) > MAX_TANGLED_NODES and limit == MAX_NODES:
        return neighbourhood(root, names, MAX_TANGLED_NODES)
    return found


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
        "" if grad is None else brief_grad(grad, MAX_NORM_ELEMENTS),
        state,
        second=x._source is not None and order_of(x._source) > 0,
        cut=cut,
    )


def _function(op: Operation | Call, key: str, outputs: list[Node], cut: bool) -> Node:
    name, label, symbol, rule = function_text(op)
    return Node(
        key,
        "function",
        name,
        outputs[0].generation - 1,
        label=label,
        symbol=symbol,
        rule=rule,
        second=True in [y.second for y in outputs],
        cut=cut,
    )


def function_text(op: Operation | Call) -> tuple[str, str, str, str]:
    """Return a function's class, label, symbol and rule, as text that is safe to show."""
    label, name = clean(op.label), clean(class_of(op).__name__)
    return name, label, clean(op.symbol) or label, clean(op.formula, 300)


def _dropped(spec: tuple[tuple[int, ...], Any]) -> Operand:
    return Operand("", tuple(spec[0]), str(spec[1]), None, "dropped: counts as zero")


def _operand(x: Any, known: dict[int, str]) -> Operand:
    data = x._data if isinstance(x, Variable) else np.asarray(x)
    if data is None:
        return Operand(naming.wish(x, known), None, "", None, "no data")
    note = ""
    if not isinstance(x, Variable) or x._op is CONSTANT:
        note = "constant"
    elif x._op is NO_GRAD:
        note = "made under no_grad"
    facts = summarise(data, sampled=True) if data.size == 1 else None
    return Operand(naming.wish(x, known), tuple(data.shape), str(data.dtype), facts, note)


def _place(position: Position | None) -> tuple[str, str]:
    source = None if position is None else resolve(position)
    if source is None:
        return "", ""
    return clean(str(source), 80), clean(source.text, 160)


def _stale(call: Call) -> str:
    what = what_happened(call)
    return f"{clean(call.label)} has been {what} since" if what else ""


def _summary(function: Function) -> str:
    """Return the first line of a function's docstring."""
    own = type(function).__dict__.get("__doc__") or ""
    lines = str(own).strip().splitlines()
    return clean(lines[0], 160) if lines else ""


def _text(x: Variable) -> str:
    """Return the text repr, bounded whatever NumPy's print options and the number of axes."""
    data = x._data
    if data is None or data.size <= MAX_ELEMENTS:
        return repr(x)
    for edge in (3, 2, 1):
        if math.prod(min(n, 2 * edge) for n in data.shape) <= MAX_ELEMENTS:
            with np.printoptions(threshold=MAX_ELEMENTS, edgeitems=edge):
                return repr(x)
    return f"variable(array of shape {tuple(data.shape)}, {data.dtype})"
