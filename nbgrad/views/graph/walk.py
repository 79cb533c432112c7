"""From a live Variable to plain data: the part of its graph that a repr has time to show.

The walk goes by falling generation, as backward does, so where it stops early what it has is
the part nearest to the result. Nothing of the graph is kept alive, and nothing in it changes:
a built-in operation has no Function object until somebody asks for ``creator``, and the walk
does not ask. Source lines are left out: finding one can take longer than drawing its node.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

import numpy as np

from nbgrad.engine.call import Call
from nbgrad.engine.diagnostics.positions import order_of
from nbgrad.engine.operation import Operation
from nbgrad.engine.sentinels import CONSTANT, FREED, Retained, State
from nbgrad.engine.variable import Variable
from nbgrad.tracing import names as naming
from nbgrad.tracing.format import clean
from nbgrad.tracing.graph_walk import class_of, function_of

from .data import MAX_UNUSED
from .nodes import Edge, Node, brief, brief_grad

__all__ = ["Walked", "function_text", "grad_of", "walk", "walk_call"]

NORM = 1 << 12
"""Up to this many elements the norm of a gradient is worked out for its card."""


@dataclass(frozen=True)
class Walked:
    """What a walk found: all of the graph, or the part nearest to the result."""

    nodes: list[Node]
    edges: list[Edge]
    root: str
    complete: bool


@dataclass
class _Call:
    """One function of the graph, whether a Function object stands for it or not."""

    op: Operation | Call
    generation: int
    order: int
    inputs: tuple[Any, ...]
    outputs: list[Variable] = field(default_factory=list)
    shown: bool = False
    cut: bool = False


@dataclass
class _Gone:
    """An output that was dropped: all that is known of it."""

    shape: tuple[int, ...]
    dtype: Any
    generation: int


class _Walk:
    """The state of one walk; it holds live objects, and is dropped when it ends."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.calls: dict[int, _Call] = {}
        self.queue: list[tuple[int, int, int]] = []
        self.met: dict[int, Variable] = {}
        self.count = 0

    def meet(self, x: Variable) -> None:
        """Take note of a variable, and queue the function that made it."""
        if id(x) in self.met:
            return
        self.met[id(x)] = x
        self.count += 1
        op = function_of(x)
        if op is not None:
            key = id(op) if isinstance(op, Call) else id(x)
            self.queue_call(key, op, x.generation - 1, x._inputs).outputs.append(x)

    def queue_call(self, key: int, op: Operation | Call, generation: int, inputs: Any) -> _Call:
        """Queue a function, once."""
        if key not in self.calls:
            self.calls[key] = _Call(op, generation, len(self.calls), inputs)
            heappush(self.queue, (-generation, len(self.calls), key))
        return self.calls[key]

    def run(self) -> None:
        """Go backwards until everything is met, or the limit is reached."""
        while self.queue and self.count < self.limit:
            call = self.calls[heappop(self.queue)[2]]
            call.shown = True
            self.count += 1
            room = max(self.limit - self.count, 2)
            call.cut = len(call.inputs) > room
            for x in call.inputs[:room]:
                if isinstance(x, Variable):
                    self.meet(x)
                else:
                    self.count += 1
            call.inputs = call.inputs[:room]

    def shown(self) -> list[_Call]:
        """Return the functions met, in an order in which the forward pass can have run."""
        calls = [call for call in self.calls.values() if call.shown]
        return sorted(calls, key=lambda call: (call.generation, call.order))


class _Writer:
    """Writes what a walk has met as plain data."""

    def __init__(self, walked: _Walk, names: Mapping[int, str]) -> None:
        self.walked, self.names = walked, names
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.ids: dict[int, str] = {}
        self.variables = self.functions = 0

    def write(self, root: Any) -> Walked:
        """Return the graph; `root` is a Variable or a Call."""
        calls = self.walked.shown()
        made = {id(y) for call in calls for y in call.outputs}
        if isinstance(root, Variable) and not calls:
            self.variable(root, made)
        for call in calls:
            outputs = _outputs(call, self.walked.met)
            sources = [self.variable(x, made) for x in call.inputs]
            function = self.function(call)
            self.edges += [Edge(source, function, i) for i, source in enumerate(sources)]
            self.edges += [Edge(function, self.variable(y, made)) for y in outputs]
        complete = not self.walked.queue and not any(call.cut for call in calls)
        return Walked(self.nodes, self.edges, self.ids[id(root)], complete)

    def variable(self, x: Any, made: set[int]) -> str:
        """Write down a variable once; a raw constant wherever it stands."""
        if isinstance(x, Variable) and id(x) in self.ids:
            return self.ids[id(x)]
        key = f"v{self.variables}"
        self.variables += 1
        if isinstance(x, Variable):
            self.ids[id(x)] = key
            self.nodes.append(self.describe(x, key, made))
        elif isinstance(x, _Gone):
            shape, dtype = tuple(x.shape), str(x.dtype)
            node = Node(key, "variable", "", x.generation, "unused", shape, dtype, "dropped")
            self.nodes.append(node)
        else:
            array = np.asarray(x)
            shape, dtype = tuple(array.shape), str(array.dtype)
            self.nodes.append(Node(key, "variable", "", 0, "constant", shape, dtype, brief(array)))
        return key

    def describe(self, x: Variable, key: str, made: set[int]) -> Node:
        """Describe a live variable."""
        data = x._data
        has_graph = x._op is not None and not isinstance(x._op, State)
        role = "constant" if x._op is CONSTANT else "leaf"
        if has_graph:
            role = "intermediate" if id(x) in self.walked.met else "unused"
        state, grad = grad_of(x)
        return Node(
            key,
            "variable",
            naming.wish(x, self.names),
            x.generation,
            role,
            None if data is None else tuple(data.shape),
            "" if data is None else str(data.dtype),
            "None" if data is None else brief(data),
            "" if grad is None else brief_grad(grad, NORM),
            state,
            second=order_of(getattr(x, "_source", None)) > 0,
            cut=has_graph and id(x) not in made,
        )

    def function(self, call: _Call) -> str:
        """Write down a function."""
        key = f"f{self.functions}"
        self.functions += 1
        self.ids[id(call.op)] = key
        name, label, symbol, rule = function_text(call.op)
        self.nodes.append(
            Node(
                key,
                "function",
                name,
                call.generation,
                label=label,
                symbol=symbol,
                rule=rule,
                second=any(order_of(getattr(y, "_source", None)) for y in call.outputs),
                cut=call.cut,
            )
        )
        return key


def _outputs(call: _Call, met: Mapping[int, Variable]) -> list[Any]:
    """Return the outputs; of those that nothing consumed, or that are gone, the first few."""
    if not isinstance(call.op, Call):
        return list(call.outputs)
    found: list[Any] = []
    room = MAX_UNUSED
    for y, (shape, dtype) in zip(call.op.alive(), call.op.specs, strict=False):
        if y is None or id(y) not in met:
            room -= 1
            if room < 0:
                call.cut = True
                continue
        found.append(_Gone(shape, dtype, call.generation + 1) if y is None else y)
    return found


def walk(root: Variable, limit: int, names: Mapping[int, str] | None = None) -> Walked:
    """Walk the graph behind a variable.

    Parameters
    ----------
    root : Variable
    limit : int
        The walk ends after about this many nodes; where there is more, a node is `cut`.
    names : mapping, optional
        From ``id(variable)`` to a name, for variables that have none of their own.
    """
    state = _Walk(limit)
    state.meet(root)
    state.run()
    return _Writer(state, names or {}).write(root)


def walk_call(op: Call, limit: int, names: Mapping[int, str] | None = None) -> Walked:
    """Walk the graph behind a function's call; its outputs may be gone."""
    state = _Walk(limit)
    call = state.queue_call(id(op), op, op.generation, op.inputs)
    for y in [y for y in op.alive() if y is not None][:MAX_UNUSED]:
        state.met[id(y)] = y
        call.outputs.append(y)
    state.run()
    return _Writer(state, names or {}).write(op)


def grad_of(x: Variable) -> tuple[str, Any]:
    """Return the state of a gradient, ``"none"``, ``"value"`` or ``"freed"``, and its array."""
    held = x._grad
    if held is None:
        return "none", None
    if isinstance(held, State):
        return ("freed" if held is FREED else "none"), None
    if isinstance(held, Retained):
        held = held.grad
    if isinstance(held, Variable):
        held = held._data
    return "value", held


def function_text(op: Operation | Call) -> tuple[str, str, str, str]:
    """Return a function's class, label, symbol and rule, as text that is safe to show."""
    label, name = clean(op.label), clean(class_of(op).__name__)
    return name, label, clean(op.symbol) or label, clean(op.formula, 300)
