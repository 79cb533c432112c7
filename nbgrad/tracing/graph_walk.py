"""The graph behind a Variable, written down: which variables and functions there are.

One breadth-first walk without recursion finds them. Nodes are then sorted by generation,
which is an order in which the forward pass can have made them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from operator import attrgetter
from types import CodeType
from typing import Any

import numpy as np

from nbgrad.engine.call import Call
from nbgrad.engine.diagnostics.positions import order_of
from nbgrad.engine.folded import Folded
from nbgrad.engine.identity import set_by_identity
from nbgrad.engine.operation import Operation
from nbgrad.engine.sentinels import CONSTANT, State
from nbgrad.engine.variable import Variable

from . import names as naming
from .rows import OpRow, Survey, VariableRow
from .summaries import Budget, capture
from .unnamed import name_the_rest

_float64 = np.float64

Node = Any
"""What stands for a function: the Variable that it made, or of several their common Call."""


class Raw:
    """A plain array or number among a function's inputs."""

    __slots__ = ("generation", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.generation = 0


class Gone:
    """An output that was dropped: nothing is left of it but its shape and dtype."""

    __slots__ = ("generation", "spec")

    def __init__(self, generation: int, spec: tuple[tuple[int, ...], str]) -> None:
        self.generation = generation
        self.spec = spec


def survey(root: Variable, names: Any = None) -> Survey:
    """Write down the graph behind a Variable.

    Parameters
    ----------
    root : Variable
    names : mapping, optional
        See `names.assign`.
    """
    walk = Walk(root)
    slots = walk.found
    # What no function made comes first.
    made = bisect_right(slots, 0, key=attrgetter("generation"))
    given = [s.value if type(s) is Raw else s for s in slots[:made]]
    fixed = [i for i, s in enumerate(slots[:made]) if type(s) is Raw or s._op is CONSTANT]
    called = naming.assign(given + slots[made:], fixed, names)
    graph = Survey()
    for i, s in enumerate(slots):
        graph.index[s] = i
    graph.root = graph.index[root]
    graph.variables = [
        _variable_row(s, name, root, graph.budget) for s, name in zip(slots, called, strict=True)
    ]
    _add_functions(graph, walk)
    name_the_rest(graph)
    return graph


class Walk:
    """Finds every variable, constant and output behind a root.

    Attributes
    ----------
    found : list
        Variables, and `Raw` and `Gone` in the place of what is not a Variable.
    constants, gone : dict
        The slots of a node's plain inputs and dropped outputs, by (id of node, place).
    mixed : set
        The nodes that have plain inputs.
    """

    def __init__(self, root: Variable) -> None:
        self.found: list[Any] = [root]
        self.seen: set[Any] = set_by_identity([root])
        self.constants: dict[Any, Raw] = {}
        self.mixed: set[Node] = set_by_identity()
        self.gone: dict[Any, Gone] = {}
        self.groups: list[list[Any]] = []
        for v in self.found:  # grows on the way
            if isinstance(v, Variable):
                if (op := function_of(v)) is None:
                    continue
                if v._x0 is not None:
                    self.add_inputs(v, v._inputs)
                elif op not in self.seen:
                    self.seen.add(op)
                    self.add_outputs(op)
                    self.add_inputs(op, op.inputs)
        # Discovered back to front: turned round, inputs go from left to right.
        self.found.reverse()
        self.found.sort(key=attrgetter("generation"))
        for outputs in self.groups:
            self._in_order(outputs)

    def add_inputs(self, node: Node, given: tuple[Any, ...]) -> None:
        """Add what a function was called with, the last one first."""
        seen, i = self.seen, len(given)
        for x in reversed(given):
            i -= 1
            if not isinstance(x, Variable):
                self.add_constant(x, node, i)
            elif x not in seen:
                seen.add(x)
                self.found.append(x)

    def add_constant(self, x: Any, node: Node, i: int) -> None:
        """Note a constant where it stands; one array in several places is one constant."""
        known = self.constants.get(id(x)) if isinstance(x, np.ndarray) else None
        if known is None:
            known = Raw(x)
            self.found.append(known)
            if isinstance(x, np.ndarray):
                self.constants[id(x)] = known
        self.constants[id(node), i] = known
        self.mixed.add(node)

    def add_outputs(self, op: Call) -> None:
        """Add the other outputs of a call, also those that are gone."""
        outputs: list[Any] = op.alive()
        for k, y in enumerate(outputs):
            if y is None:
                dims, dtype = op.specs[k]
                y = outputs[k] = self.gone[id(op), k] = Gone(op.generation + 1, (dims, str(dtype)))
            elif y in self.seen:
                continue
            self.seen.add(y)
            self.found.append(y)
        self.groups.append(outputs)

    def _in_order(self, outputs: list[Any]) -> None:
        """Let the outputs of one function stand in their own order."""
        ids = {id(y) for y in outputs}
        places = [i for i, s in enumerate(self.found) if id(s) in ids]
        for i, y in zip(places, outputs, strict=True):
            self.found[i] = y


def function_of(v: Variable) -> Any:
    """Return the operation or call that made a variable, or None; a folded graph unfolds."""
    op = v._op
    if isinstance(op, Folded):
        op.unfold()
        op = v._op
    return None if op is None or type(op) is State else op


def _variable_row(slot: Any, name: str, root: Variable, budget: Budget) -> VariableRow:
    if isinstance(slot, Variable):
        op, value, at = slot._op, slot._data, getattr(slot, "_source", None)
        kind, before = "intermediate", None
        if op is None or type(op) is State:
            kind = "constant" if op is CONSTANT else "leaf"
            if slot is not root and (grad := slot.grad) is not None:
                before = capture(grad._data if isinstance(grad, Variable) else grad, budget)
        if type(value) is not _float64 and value is not None:
            value = capture(value, budget)
        marked = at is not None and order_of(at) > 0
        return VariableRow(name, kind, slot.generation, value, before, -1, at, None, marked)
    if type(slot) is Raw:
        value = capture(_as_number(slot.value), budget)
        return VariableRow(name, "constant", 0, value, None, -1, None)
    return VariableRow(name, "unused", slot.generation, None, None, -1, None, slot.spec)


def _as_number(value: Any) -> Any:
    """Let a number be what it was in the computation: an int of more than 64 bits was a float."""
    large = isinstance(value, int) and not -(2**63) <= value < 2**64
    return np.float64(value) if large or isinstance(value, float) else value


def _add_functions(graph: Survey, walk: Walk) -> None:
    """Write down each function once, in the order of its first output."""
    rows, nodes, functions = graph.variables, graph.nodes, graph.functions
    place = graph.index.__getitem__
    ops: dict[int, OpRow] = {}
    for at, v in enumerate(walk.found):
        if not isinstance(v, Variable):
            continue
        op = function_of(v)
        if op is None or rows[at].creator >= 0:
            continue
        node, given = (v, v._inputs) if v._x0 is not None else (op, op.inputs)
        outputs = (at,) if node is v else _outputs(op, walk, place)
        if node in walk.mixed:
            given = tuple([walk.constants.get((id(node), i), x) for i, x in enumerate(given)])
        inputs = tuple(map(place, given))
        op_row = ops.get(id(op))
        if op_row is None:
            op_row = ops[id(op)] = _op_row(op)
        k = len(functions)
        functions.append((op_row, inputs, outputs))
        for i in outputs:
            rows[i].creator = k
        if node is v:
            nodes[v] = k
        else:
            nodes.update((y, k) for y in op.alive() if y is not None)
    if walk.groups:
        _find_unused(graph)


def _outputs(op: Call, walk: Walk, place: Callable[[Any], int]) -> tuple[int, ...]:
    """Return where the outputs of a function stand, also those that are gone."""
    return tuple(place(walk.gone[id(op), k] if y is None else y) for k, y in enumerate(op.alive()))


def _find_unused(graph: Survey) -> None:
    """Mark the outputs that no function of the graph uses."""
    several = [y for _, _, outputs in graph.functions if len(outputs) > 1 for y in outputs]
    used = {x for _, inputs, _ in graph.functions for x in inputs} | {graph.root}
    for y in (y for y in several if y not in used):
        graph.variables[y].kind = "unused"


def _op_row(op: Operation | Call) -> OpRow:
    code, cls = None, class_of(op)
    if not issubclass(cls, Operation):
        rule = getattr(cls.backward, "__code__", None)
        code = rule if isinstance(rule, CodeType) else None
    return OpRow(cls.__name__, op.symbol, op.label, op.formula, code)


def class_of(op: Operation | Call) -> type[Any]:
    """Return the class of the Function that stands behind what made a variable."""
    return op.cls if isinstance(op, Call) else type(op)
