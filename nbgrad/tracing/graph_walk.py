"""The graph behind a Variable: which variables and functions there are.

One walk without recursion finds them, all of them or those nearest to the result. Nodes are
then sorted by generation, which is an order in which the forward pass can have made them.
Nothing in the graph changes: a built-in operation has no Function object until ``creator`` is
read, and the walk does not read it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from heapq import heappop, heappush
from operator import attrgetter
from types import CodeType
from typing import Any, TypeAlias

import numpy as np

from nbgrad.engine.call import Call
from nbgrad.engine.diagnostics.positions import order_of
from nbgrad.engine.folded import Folded
from nbgrad.engine.operation import Operation, OperationCall
from nbgrad.engine.sentinels import CONSTANT, FREED, Retained, State
from nbgrad.engine.variable import Variable

from . import names as naming
from .operands import with_named_index
from .rows import FunctionRow, OpRow, VariableRow
from .summaries import Budget, capture
from .unnamed import complete_names

_float64 = np.float64

Node: TypeAlias = "Variable | Call"
"""What stands for a function: the Variable that it made, or of several their common Call."""

MAX_UNUSED = 12
"""A walk with a limit shows this many outputs of a function that nothing found consumes."""

MAX_HELD = 16_384
"""How many bytes of arrays an operation may hold for a trace to keep it."""


class Raw:
    """A plain array or number among a function's inputs."""

    __slots__ = ("generation", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.generation = 0


class Gone:
    """An output that was dropped: nothing is left of it but its shape and dtype."""

    __slots__ = ("dtype", "generation", "shape")

    def __init__(self, generation: int, spec: tuple[tuple[int, ...], np.dtype[Any]]) -> None:
        self.generation = generation
        self.shape, self.dtype = spec

    @property
    def spec(self) -> tuple[tuple[int, ...], str]:
        """Shape and name of the dtype."""
        return tuple(self.shape), _dtype_name(self.dtype)


class Survey:
    """A graph as rows of plain data, and for the length of a pass its live nodes.

    Attributes
    ----------
    variables, functions : list of rows
    root : int
    slots : list
        What stands behind each variable's row; see `Walk`. Emptied by `forget`.
    index, made_by : dict
        From the id of a live Variable to its row, and to that of the function that made it.
    texts : set of int, or None
        The constants that are called by their text; None when all names are complete.
    budget : Budget
    """

    def __init__(self, slots: list[Any], root: Variable) -> None:
        self.slots = slots
        self.index = dict(zip(map(id, slots), range(len(slots)), strict=True))
        self.root = self.index[id(root)]
        self.variables: list[VariableRow] = []
        self.functions: list[FunctionRow] = []
        self.made_by: dict[int, int] = {}
        self.texts: set[int] | None = None
        self.budget = Budget()

    def complete_names(self) -> None:
        """Give every row its name; see the function."""
        names = complete_names(self.variables, self.functions, self.root, self.texts)
        for row, name in zip(self.variables, names, strict=True):
            row.name = name
        self.texts = None

    def forget(self) -> None:
        """Let go of every live object."""
        self.slots.clear()
        self.index.clear()
        self.made_by.clear()


def survey(root: Variable, names: Any = None, *, values: bool = True) -> Survey:
    """Write down the graph behind a Variable.

    Parameters
    ----------
    root : Variable
    names : mapping, optional
        See `names.assign`.
    values : bool
        Whether values and gradients are kept, which takes longer for large arrays.
    """
    walk = Walk(root)
    slots = walk.found
    # What no function made comes first.
    made = bisect_right(slots, 0, key=attrgetter("generation"))
    given = [s.value if type(s) is Raw else s for s in slots[:made]]
    fixed = [i for i, s in enumerate(slots[:made]) if type(s) is Raw or s._op is CONSTANT]
    called, texts = naming.assign(given + slots[made:], made, fixed, names)
    graph = Survey(slots, root)
    budget = graph.budget if values else None
    rows, functions = graph.variables, graph.functions
    index, made_by, ops = graph.index, graph.made_by, dict[int, OpRow]()
    for k, (op, inputs, outputs, _) in enumerate(walk.functions()):
        op_row = ops.get(id(op))
        if op_row is None:
            op_row = ops[id(op)] = _op_row(op)
            if "array(" in op_row.label and outputs[0]._source is None:
                op_row = with_named_index(
                    op_row, getattr(getattr(op, "operation", op), "index", None), names
                )
        for y in outputs:
            made_by[id(y)] = k
        functions.append((op_row, _places(index, inputs), _places(index, outputs)))
    for slot, name in zip(slots, called, strict=True):
        rows.append(_variable_row(slot, name, made_by.get(id(slot), -1), root, budget))
    if walk.outputs:
        _find_unused(graph)
    graph.texts = texts
    return graph


class Walk:
    """Finds the variables, constants and outputs behind a root, which are alive meanwhile.

    Parameters
    ----------
    root : Variable or Call
    limit : int, optional
        Go by falling generation, as backward does, and stop after about this many nodes:
        what was found is the part nearest to the root.

    Attributes
    ----------
    found : list
        Variables, and `Raw` and `Gone` in the place of what is not a Variable.
    outputs : dict
        From the id of a call to its outputs, where it has several or is the root.
    ahead : set
        Ids of the variables whose function was not reached.
    """

    def __init__(self, root: Variable | Call, limit: int | None = None) -> None:
        self.found: list[Any] = [] if isinstance(root, Call) else [root]
        self.outputs: dict[int, list[Any]] = {}
        self.ahead: set[int] = set()
        self._seen = {id(root)}
        self._inputs: dict[int, Sequence[Any]] = {}
        self._calls: dict[int, Call] = {}
        self._arrays: dict[int, Raw] = {}
        self._cut: set[int] = set()
        if limit is None:
            for x in self.found:  # grows on the way
                if isinstance(x, Variable) and (x._x0 is not None or function_of(x) is not None):
                    self._go_behind(x if x._x0 is not None else x._op)
        else:
            self._find_nearest(root, limit)
        # Discovered back to front: turned round, inputs go from left to right.
        self.found.reverse()
        self.found.sort(key=attrgetter("generation"))
        if self.outputs:
            self._order_outputs()

    def functions(self) -> Iterator[tuple[Any, Sequence[Any], Sequence[Any], bool]]:
        """Yield each function once, in the order of its first output.

        Yields
        ------
        op, inputs, outputs, cut : Operation or Call, sequence, sequence, bool
            Inputs and outputs are items of `found`; cut, if some were left out.
        """
        behind, cut, calls = self._inputs, self._cut, self._calls
        done: set[int] = set()
        for x in self.found:
            key = id(x)
            if (inputs := behind.get(key)) is not None:
                yield x._op, inputs, (x,), key in cut
            elif key in calls and (key := id(call := calls[key])) not in done:
                done.add(key)
                yield call, behind[key], self.outputs[key], key in cut

    def _find_nearest(self, root: Variable | Call, limit: int) -> None:
        queue: list[tuple[int, int, Node]] = []
        queued: set[int] = set()
        new: list[Any] = [root]
        functions = 0
        while True:
            for x in new:
                node = x
                if isinstance(x, Variable):
                    op = function_of(x)
                    if op is None or id(x) in self._calls:
                        continue
                    self.ahead.add(id(x))
                    node = x if x._x0 is not None else op
                if isinstance(node, (Variable, Call)) and id(node) not in queued:
                    queued.add(id(node))
                    generation = node.generation - isinstance(node, Variable)
                    heappush(queue, (-generation, len(queued), node))
            if not queue or len(self.found) + functions >= limit:
                return
            node = heappop(queue)[2]
            self.ahead.discard(id(node))
            functions += 1
            at = len(self.found)
            self._go_behind(node, max(limit - at - functions, 2))
            new = self.found[at:]

    def _go_behind(self, node: Node, room: int | None = None) -> None:
        """Add what is behind a function: its other outputs, and its inputs up to a number."""
        if isinstance(node, Variable):
            x0, x1 = node._x0, node._x1
            inputs: Sequence[Any] = x0 if type(x0) is tuple else (x0,) if x1 is None else (x0, x1)
        elif id(node) in self.outputs:
            return
        else:
            self.outputs[id(node)] = self._outputs_of(node, room is not None)
            inputs = node.inputs
        if room is not None and len(inputs) > room:
            self._cut.add(id(node))
            inputs = inputs[:room]
        seen, found, slots = self._seen, self.found, []
        for x in reversed(inputs):
            if not isinstance(x, Variable):
                x = self._constant(x)
            elif (key := id(x)) not in seen:
                seen.add(key)
                found.append(x)
            slots.append(x)
        slots.reverse()
        self._inputs[id(node)] = slots

    def _constant(self, x: Any) -> Raw:
        """Return what stands for a constant; one array in several places is one constant."""
        known = self._arrays.get(id(x))
        if known is None:
            known = Raw(x)
            self.found.append(known)
            if isinstance(x, np.ndarray):
                self._arrays[id(x)] = known
        return known

    def _outputs_of(self, op: Call, bounded: bool) -> list[Any]:
        """Add the outputs of a call, also those that are gone; of unused ones the first few."""
        outputs: list[Any] = []
        unused = 0
        for y, spec in zip(op.alive(), op.specs, strict=True):
            slot = y if y is not None else Gone(op.generation + 1, spec)
            if id(slot) not in self._seen:
                unused += 1
                if bounded and unused > MAX_UNUSED:
                    self._cut.add(id(op))
                    continue
                self._seen.add(id(slot))
                self.found.append(slot)
            self.ahead.discard(id(slot))
            self._calls[id(slot)] = op
            outputs.append(slot)
        return outputs

    def _order_outputs(self) -> None:
        """Let the outputs of each function stand in their own order."""
        places: dict[int, list[int]] = {key: [] for key in self.outputs}
        for i, x in enumerate(self.found):
            call = self._calls.get(id(x))
            if call is not None:
                places[id(call)].append(i)
        for key, outputs in self.outputs.items():
            for i, y in zip(places[key], outputs, strict=True):
                self.found[i] = y


def function_of(v: Variable) -> Any:
    """Return the operation or call that made a variable, or None; a folded graph unfolds.

    One that cannot any more is a single function.
    """
    op = v._op
    if isinstance(op, Folded) and op.unfold():
        op = v._op
    return None if op is None or type(op) is State else op


def _places(index: dict[int, int], nodes: Sequence[Any]) -> tuple[int, ...]:
    """Return the rows of a function's inputs or outputs; those of one or two in half the time."""
    if len(nodes) == 1:
        return (index[id(nodes[0])],)
    if len(nodes) == 2:
        return index[id(nodes[0])], index[id(nodes[1])]
    return tuple([index[id(x)] for x in nodes])


def _variable_row(
    slot: Any, name: str, creator: int, root: Variable, budget: Budget | None
) -> VariableRow:
    if isinstance(slot, Variable):
        op, value, at = slot._op, slot._data, slot._source
        kind, before, spec = "intermediate", None, None
        if op is None or type(op) is State:
            kind = "constant" if op is CONSTANT else "leaf"
            if budget and slot is not root and (grad := grad_of(slot)[1]) is not None:
                before = capture(grad, budget)
        if budget is None:
            spec = None if value is None else (value.shape, _dtype_name(value.dtype))
            value = None
        elif type(value) is not _float64 and value is not None:
            value = capture(value, budget)
        marked = at is not None and order_of(at) > 0
        return VariableRow(name, kind, slot.generation, value, before, creator, at, spec, marked)
    if type(slot) is Raw:
        value = _as_number(slot.value)
        spec = spec_of(value) if budget is None else None
        value = None if budget is None else capture(value, budget)
        return VariableRow(name, "constant", 0, value, None, -1, None, spec)
    return VariableRow(name, "unused", slot.generation, None, None, creator, None, slot.spec)


def spec_of(value: Any) -> tuple[tuple[int, ...], str]:
    """Return shape and dtype of an array or a number, as plain data."""
    array = np.asarray(value)
    return tuple(array.shape), _dtype_name(array.dtype)


@lru_cache(maxsize=64)
def _dtype_name(dtype: np.dtype[Any]) -> str:
    """Return the name of a dtype in any byte order, which NumPy takes long to work out."""
    name: str = dtype.name
    return name


def _as_number(value: Any) -> Any:
    """Let a number be what it was in the computation: an int of more than 64 bits was a float."""
    large = isinstance(value, int) and not -(2**63) <= value < 2**64
    return np.float64(value) if large or isinstance(value, float) else value


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
    rules = op.operation if isinstance(op, OperationCall) else op
    gxi = None
    if isinstance(rules, Operation):
        if rules.__dict__:
            rules = rules._unbound()  # what it knows of a call would keep arrays alive
        gxi = None if rules.__dict__ and _holds_much(rules) else rules.gxi
    return OpRow(cls.__name__, op.symbol, op.label, op.formula, code, gxi)


def _holds_much(rules: Operation) -> bool:
    """Whether an operation has large arrays of its own, a mask or an index, which no trace keeps."""
    held = [x for v in rules.__dict__.values() for x in (v if isinstance(v, tuple) else (v,))]
    return sum(getattr(x, "nbytes", 0) for x in held) > MAX_HELD


def class_of(op: Operation | Call) -> type[Any]:
    """Return the class of the Function that stands behind what made a variable."""
    return op.cls if isinstance(op, Call) else type(op)


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
