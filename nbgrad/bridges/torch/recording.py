"""From PyTorch's graph and what was observed to the rows that a Trace is built of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from graphlib import TopologicalSorter
from types import CodeType
from typing import Any, TypeAlias

import numpy as np
import torch
from torch.nn.modules._functions import BackwardHookFunction

from nbgrad.tracing import names as naming
from nbgrad.tracing.model import NO_GRADIENT, NOT_A_LEAF, NOT_KEPT
from nbgrad.tracing.record import CallRow, Engine, Recording
from nbgrad.tracing.rows import FunctionRow, OpRow, VariableRow
from nbgrad.tracing.summaries import Budget, Handle, Summary, decode
from nbgrad.tracing.sums import plus
from nbgrad.tracing.unnamed import name_by_module

from . import saved
from .graph import Graph, Key, Node, in_pass_order
from .modules import Places
from .names import Names
from .node_metadata import Seen
from .observe import Observer, Sum
from .operations import Operation, as_called, fitted, operation
from .values import dtype_name, handle_of

ALL_REDUCE = OpRow(
    "all_reduce", "all-reduce", "all_reduce over the ranks", "gx = mean of gy over the ranks", None
)
HOOK = OpRow("hook", "hook", "a hook of yours", "", None)
MODULE_HOOK = OpRow("module_hook", "module hook", "a module's backward hook", "", None)
_TORCH = torch.__path__[0]


_Sent: TypeAlias = "dict[int, list[tuple[int, int, Handle, Handle]]]"
"""What each function sent: to which of its inputs, which variable that is, amount and sum."""


@dataclass(slots=True)
class _Function:
    """A function on its way into a row; inputs and outputs count variables."""

    op: OpRow
    inputs: list[int]
    outputs: list[int]
    node: Node | None
    edges: dict[int, int] = field(default_factory=dict)  # PyTorch's input number: ours
    module: str = ""
    reshapes: bool = False
    generation: int = 0


class Rows:
    """The graph as rows; of the live graph only node identities are kept, until `trace`."""

    def __init__(
        self,
        graph: Graph,
        names: Names,
        values: Mapping[Key, torch.Tensor],
        before: Mapping[Node, torch.Tensor | None],
        places: Places,
    ) -> None:
        self.graph = graph
        self._budget = Budget()
        self._values = values
        self._places = places
        self._names = names
        self.variables: list[VariableRow] = []
        self.devices: list[str] = []  # of each variable
        self.unreached: set[int] = set()  # leaves
        self.functions: list[_Function] = []
        self.index: dict[Key, int] = {}
        self.place: dict[Node, int] = {}
        self._constants: dict[int, int] = {}
        for leaf in graph.leaves:
            tensor = leaf.variable
            grad = before.get(leaf)
            self.index[leaf, 0] = self._add(
                names.of_leaf(tensor), "leaf", handle_of(tensor, self._budget),
                (tuple(tensor.shape), dtype_name(tensor.dtype)), _device(tensor.device),
                before=None if grad is None else handle_of(grad, self._budget),
            )  # fmt: skip
        for node in graph.functions:
            self._function(node, names)

    def _add(
        self, name: str, kind: str, value: Handle, spec: Any, device: str = "", *,
        before: Handle = None, position: Any = None,
    ) -> int:  # fmt: skip
        """Add a variable, which gets its generation and its creator later; return its place."""
        self.variables.append(VariableRow(name, kind, 0, value, before, -1, position, spec))
        self.devices.append(device)
        return len(self.variables) - 1

    def _function(self, node: Node, names: Names) -> None:
        seen = self._places.seen[node]
        known = operation(node.name())
        inputs, edges, kept = self._inputs(node, known)
        outputs = []
        for nr, spec in enumerate(node._input_metadata):
            key = (node, nr)
            used = key in self.graph.consumers or key == self.graph.root
            outputs.append(self._output(key, spec, names, seen, used=used))
            self.index[key] = outputs[-1]
        function = _Function(
            _op_row(node, known, kept, self.graph.arity[node]), inputs, outputs, node, edges,
            self._places.module.get(node, ""), known.reshapes,
        )  # fmt: skip
        self.place[node] = len(self.functions)
        self.functions.append(function)

    def _output(self, key: Key, spec: Any, names: Names, seen: Seen, *, used: bool) -> int:
        tensor = self._values.get(key)
        handle = seen.values.get(key[1])
        if tensor is not None:
            handle = handle_of(tensor, self._budget)
        kind = "intermediate" if used else "unused"
        shape = tuple(map(int, spec.shape))
        return self._add(
            names.of_made(key), kind, handle, (shape, dtype_name(spec.dtype)),
            _device(spec.device), position=seen.position,
        )  # fmt: skip

    def _inputs(
        self, node: Node, known: Operation
    ) -> tuple[list[int], dict[int, int], tuple[int, ...]]:
        """Return a function's inputs, which of PyTorch's edges each is, and the operands shown."""
        inputs: list[int] = []
        edges: dict[int, int] = {}
        kept = []
        linked = dict(self.graph.links[node])
        operands = known.operands
        for i in range(max(self.graph.arity[node], len(operands) if known.name == "pow" else 0)):
            key = linked.get(i)
            if key is not None:
                edges[i] = len(inputs)
                inputs.append(self.index[key])
            else:
                value = saved.operand(node, operands[i]) if i < len(operands) else None
                if value is None:
                    continue
                inputs.append(self._constant(value))
            kept.append(i)
        return inputs, edges, tuple(kept)

    def _constant(self, value: Any) -> int:
        """Return the place of a constant; one tensor in several places is one constant."""
        tensor = isinstance(value, torch.Tensor)
        key = value.data_ptr() if tensor and value.numel() else None
        if key is not None and key in self._constants:
            return self._constants[key]
        handle = handle_of(value, self._budget) if tensor else np.float64(value)
        shape = tuple(value.shape) if tensor else ()
        dtype = dtype_name(value.dtype) if tensor else "float64"
        if shape:
            name = self._names.of_constant(value)
        else:
            name = naming.literal(value.item() if tensor else value)
        place = self._add(name, "constant", handle, (shape, dtype))
        if key is not None and shape:
            self._constants[key] = place
        return place

    # -- after the pass -------------------------------------------------------------------

    def recording(
        self, observer: Observer, order: str, *, create_graph: bool, applied: bool
    ) -> Recording:
        """Return the recording of an observed pass."""
        sums = observer.sums
        for leaf in self.graph.leaves:
            place = self.index[leaf, 0]
            if not leaf.variable.requires_grad:  # frozen since the forward pass
                sums.pop((leaf, 0), None)
            if (leaf, 0) not in sums and self.variables[place].before is None:
                self.unreached.add(place)
        self._show_hooks(sums)
        self._set_generations()
        variables = self.variables  # leaves and constants stay in the order of their use
        order_of = sorted(range(len(variables)), key=lambda i: variables[i].generation)
        calls = self._calls(observer, order)
        root = self._root()
        seed = sums[self.graph.root].before_hook
        groups = {
            (self.index[key], path): handle
            for key, entry in sums.items()
            for path, handle in entry.groups.items()
            if handle is not None and not entry.hooked
        }
        return self._as_rows(order_of, calls, root, seed, order, create_graph, applied, groups)

    def _show_hooks(self, sums: dict[Key, Sum]) -> None:
        """Where a hook of the user's changed a gradient, let a function stand for it."""
        self.hooks: dict[int, tuple[int, Key]] = {}  # function: changed variable's key
        for key, entry in list(sums.items()):
            if not entry.hooked:
                continue
            real = self.index[key]
            shown = self._before(real, "this rank" if entry.reduced else "before the hook")
            for function in self.functions:
                function.inputs = [shown if x == real else x for x in function.inputs]
            self.hooks[len(self.functions)] = (shown, key)
            op = ALL_REDUCE if entry.reduced else HOOK
            self.functions.append(_Function(op, [real], [shown], None))
        self._show_hooks_of_functions(sums)

    def _before(self, i: int, what: str) -> int:
        """Add a variable as it was before a hook or the other ranks changed its gradient."""
        was = self.variables[i]
        name = was.name and f"{was.name} ({what})"
        return self._add(name, "intermediate", was.value, was.spec, self.devices[i])

    def _root(self) -> int:
        """Return the variable that the pass starts from: before a hook of the user's on it."""
        real = self.index[self.graph.root]
        hooked = (shown for shown, key in self.hooks.values() if self.index[key] == real)
        return next(hooked, real)

    def _show_hooks_of_functions(self, sums: Mapping[Key, Sum]) -> None:
        """Where a hook on a function changed what it sent, let a function stand for it."""
        self.through: dict[tuple[int, int], int] = {}  # a function's input: the hook
        for entry in sums.values():
            for arrival in entry.arrivals:
                if arrival.sent is None:
                    continue
                k = self.place[arrival.node]
                at = self.functions[k].edges[arrival.input]
                target = self.functions[k].inputs[at]
                new = self._before(target, "before the hook")
                self.functions[k].inputs[at] = new
                self.through[k, at] = len(self.functions)
                self.functions.append(_Function(HOOK, [target], [new], None))

    def _set_generations(self) -> None:
        """Give every node its generation, and the variables their creators."""
        for k, function in enumerate(self.functions):
            for y in function.outputs:
                self.variables[y].creator = k
        for k in self._forward_order():
            function = self.functions[k]
            function.generation = max(
                (self.variables[x].generation for x in function.inputs), default=0
            )
            for y in function.outputs:
                self.variables[y].generation = function.generation + 1

    def _forward_order(self) -> Iterable[int]:
        """Return the functions such that each comes after those that made its inputs."""
        if not self.hooks and not self.through:
            return range(len(self.functions))
        makers = {
            k: {self.variables[x].creator for x in function.inputs} - {-1}
            for k, function in enumerate(self.functions)
        }
        return TopologicalSorter(makers).static_order()

    def _calls(self, observer: Observer, order: str) -> list[CallRow]:
        """Return the calls in the order in which they are shown."""
        sent: _Sent = {}
        reached: dict[int, list[bool]] = {}
        shown_as = {key: shown for shown, key in self.hooks.values()}
        for key, entry in observer.sums.items():
            target = shown_as.get(key, self.index[key])
            for arrival in entry.arrivals:
                k = self.place[arrival.node]
                at = self.functions[k].edges[arrival.input]
                hook = self.through.get((k, at))
                if hook is None:
                    sent.setdefault(k, []).append((at, target, arrival.amount, arrival.after))
                    continue
                (before,) = self.functions[hook].outputs
                sent.setdefault(k, []).append((at, before, arrival.sent, arrival.sent))
                sent[hook] = [(0, target, arrival.amount, arrival.after)]
                reached[hook] = [True]
        for k, (_, key) in self.hooks.items():
            total = observer.sums[key].total
            sent[k] = [(0, self.index[key], total, total)]
            reached[k] = [True]
        for node in observer.calls:
            k = self.place[node]
            got = [(node, nr) in observer.sums for nr in range(len(self.functions[k].outputs))]
            reached[k] = got
            sent.setdefault(k, []).sort(key=lambda part: part[0])
        sequence = [self.place[node] for node in observer.calls]
        places = (
            self._by_generation(sent) if order == "generation" else self._as_run(sequence, sent)
        )
        places = [k for k in places if k in reached]
        if self.through:
            totals = {
                shown_as.get(key, self.index[key]): entry.arrivals[-1].after
                for key, entry in observer.sums.items()
                if entry.arrivals
            }
            _add_up_as_shown(places, sent, totals)
        return [(k, None if len(reached[k]) == 1 else reached[k], sent.get(k, [])) for k in places]

    def _by_generation(self, sent: Mapping[int, Sequence[Any]]) -> list[int]:
        """Play the queue of generations: the largest first, then first come, first served."""
        root = self.variables[self._root()].creator

        def makers(k: int) -> list[int]:
            made_by = (self.variables[x].creator for _, x, _, _ in sent.get(k, ()))
            return [maker for maker in made_by if maker >= 0]

        if root < 0:
            return []
        return in_pass_order(root, lambda k: self.functions[k].generation, makers)

    def _as_run(self, sequence: list[int], sent: Mapping[int, Sequence[Any]]) -> list[int]:
        """Return the order in which PyTorch ran, a hook just before what it changed."""
        before = {self.variables[sent[k][0][1]].creator: k for k in self.hooks}
        order: list[int] = []
        after: dict[int, list[int]] = {}
        for (k, _), hook in self.through.items():
            after.setdefault(k, []).append(hook)
        for k in sequence:
            if k in before:
                order.append(before.pop(k))
            order += [k, *after.get(k, ())]
        order.extend(self.hooks.keys() - set(order))
        return order

    def _as_rows(
        self, order_of: list[int], calls: list[CallRow], root: int, seed: Handle, order: str,
        create_graph: bool, applied: bool, groups: Mapping[tuple[int, str], Handle],
    ) -> Recording:  # fmt: skip
        place = {old: new for new, old in enumerate(order_of)}
        self.place_of = {key: place[i] for key, i in self.index.items()}
        ordered = [self.variables[i] for i in order_of]
        numbers = (i for i, v in enumerate(ordered) if v.spec and not v.spec[0])
        texts = {i for i in numbers if ordered[i].kind == "constant" and ordered[i].name}
        nameless = {i for i, v in enumerate(ordered) if not v.name and v.kind != "constant"}
        sums = {(place[x], path): handle for (x, path), handle in groups.items()}
        for v, name in zip(ordered, naming.distinct([v.name for v in ordered], texts), strict=True):
            v.name = name
        functions: list[FunctionRow] = [
            (f.op, tuple(place[x] for x in f.inputs), tuple(place[y] for y in f.outputs))
            for f in self.functions
        ]
        moved = [
            (k, ran, [(i, place[x], amount, after) for i, x, amount, after in parts])
            for k, ran, parts in calls
        ]
        modules = [f.module for f in self.functions]
        in_model = bool(self._places.kinds)
        nameless.discard(place[root])
        names = name_by_module(ordered, functions, modules, nameless, in_model=in_model)
        for v, name in zip(ordered, names, strict=True):
            v.name = name
        return Recording(
            ordered, functions, place[root], seed, moved, order, create_graph=create_graph,
            applied=applied, engine=self._engine(order_of, sums, modules),
        )  # fmt: skip

    def _engine(
        self, order_of: list[int], sums: dict[tuple[int, str], Handle], modules: list[str]
    ) -> Engine:
        ordered = [self.variables[i] for i in order_of]
        return Engine(
            framework="torch",
            module=modules,
            sequence=[None if f.node is None else f.node._sequence_nr() for f in self.functions],
            reshapes=[f.reshapes for f in self.functions],
            device=[self.devices[i] for i in order_of],
            value_state=[
                NOT_KEPT if v.value is None and v.kind != "unused" else "" for v in ordered
            ],
            none_reason=[
                NOT_A_LEAF if v.kind == "intermediate" else NO_GRADIENT * (i in self.unreached)
                for i, v in zip(order_of, ordered, strict=True)
            ],
            modules=self._places.classes(),
            sums=sums,
            rank=rank_here(),
        )


def _add_up_as_shown(places: Sequence[int], sent: _Sent, totals: Mapping[int, Handle]) -> None:
    """Work out the sums on the way anew, since a hook on a function is shown as a call of its own.

    A sum that is not known in full has its shape alone; the last one is what it was.
    """
    arriving: dict[int, list[tuple[int, int]]] = {}
    for k in places:
        for n, part in enumerate(sent.get(k, ())):
            arriving.setdefault(part[1], []).append((k, n))
    for target, parts in arriving.items():
        running: Handle = None
        for k, n in parts:
            at, _, amount, _ = sent[k][n]
            if (k, n) == parts[-1]:
                running = totals.get(target, amount)
            elif running is None:
                running = amount
            else:
                one = decode(amount)
                hidden = Summary(one.shape, one.dtype, None, None, None, None, None)
                running = plus(decode(running), one) or hidden
            sent[k][n] = (at, target, amount, running)


def rank_here() -> tuple[int, int] | None:
    """Return which rank of how many this process is, where a group of processes is joined."""
    dist = torch.distributed
    if not dist.is_available() or not dist.is_initialized():
        return None
    return dist.get_rank(), dist.get_world_size()


def _device(device: torch.device) -> str:
    return "" if device.type == "cpu" else str(device)


def _op_row(node: Node, known: Operation, kept: tuple[int, ...], arity: int) -> OpRow:
    custom = getattr(node, "_forward_cls", None)
    if custom is None:
        alpha = getattr(node, "_saved_alpha", 1) if known.name == "add" else 1
        return _known_row(as_called(known, node), kept, max(len(kept), arity), alpha)
    name = custom.__name__
    if custom is BackwardHookFunction:
        return MODULE_HOOK
    return OpRow(name, name, name, "", users_rule(node))


def users_rule(node: Node) -> CodeType | None:
    """Return the code of a function's ``backward()`` where the user wrote it."""
    custom = getattr(node, "_forward_cls", None)
    code = getattr(getattr(custom, "backward", None), "__code__", None)
    return code if isinstance(code, CodeType) and not code.co_filename.startswith(_TORCH) else None


@lru_cache(maxsize=1024)
def _known_row(known: Operation, kept: tuple[int, ...], count: int, alpha: float) -> OpRow:
    rule = fitted(known.rule, kept, count)
    symbol = known.symbol
    if alpha != 1:
        rule = rule.replace("gx1 = gy", f"gx1 = {alpha} · gy")
        symbol = f"+ {alpha} ·"
    return OpRow(known.name, symbol, known.name, rule, None)
