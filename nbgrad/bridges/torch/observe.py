"""Watching PyTorch's own pass: hooks that note what flows where, and nothing more.

One hook on each function sees its upstream gradients and what it sends back, after the engine
has checked and reduced them; one on each leaf that several functions send to, or that has hooks
of the user's, sees the sum. All are taken off again, whatever happens.

The engine adds gradients up as they arrive. A trace shows them in the order of its own calls:
where three or more meet, the sums in between are worked out anew in that order, and the last
one is always the engine's, bit for bit. While gradients are on their way to a variable they
are held, so that a difference between their sum and what its function gets can be told: a
hook of the user's changed it.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, repeat
from operator import attrgetter
from threading import get_ident
from typing import Any
from weakref import ReferenceType

import torch

from nbgrad.engine.scope_guard import Exit, Guarded, guard
from nbgrad.tracing.summaries import Budget, Handle

from .graph import Graph, Key, Node
from .values import bits_equal, handle_of


@dataclass(slots=True)
class Arrival:
    """One gradient that a function sent to one of its inputs.

    Where a hook of the user's on the function changed it, `sent` is what it was before.
    """

    node: Node
    input: int
    amount: Handle
    after: Handle = None
    sent: Handle = None


@dataclass(slots=True)
class Sum:
    """What arrived at one variable.

    Attributes
    ----------
    arrivals : list of Arrival
    total : Handle
        What its function, or the leaf, got.
    hooked : bool
        Whether a hook of the user's changed the sum on the way.
    reduced : bool
        Whether it was reduced over all ranks of a distributed run.
    before_hook : Handle
        The sum as it was then.
    groups : dict
        Sums of the arrivals from inside one module call, by that call.
    """

    arrivals: list[Arrival] = field(default_factory=list)
    total: Handle = None
    hooked: bool = False
    reduced: bool = False
    before_hook: Handle = None
    groups: dict[Any, Handle] = field(default_factory=dict)


_pop: Any = OrderedDict.pop


class Observer(Guarded):
    """Notes what flows in one pass over a graph, inside a ``with``.

    Parameters
    ----------
    graph : Graph
    rank : callable
        Place of a function in the order in which the trace shows calls.
    groups : callable
        From the functions that send to one variable, the groups of them whose sum is wanted.

    Attributes
    ----------
    totals : dict
        For leaves whose gradient may be changed after it was added up: what was added.
    """

    def __init__(
        self,
        graph: Graph,
        rank: Callable[[Node], int] | None,
        groups: Callable[[Sequence[Node]], dict[Any, set[Node]]],
    ) -> None:
        self.graph = graph
        self.calls: list[Node] = []
        self.sums: dict[Key, Sum] = {}
        self.totals: dict[Node, torch.Tensor | None] = {}
        self._rank = rank
        self._groups = groups
        self._task: int | None = None
        self._thread = get_ident()
        self._on_cpu = True
        self._budget = Budget()
        self._held: dict[Key, list[_Held]] = {}
        self._handles: list[Any] = []
        self._given_back: list[Any] = []
        self._sent: dict[Node, list[torch.Tensor | None]] = {}

    # -- hooks ----------------------------------------------------------------------------

    def __enter__(self) -> Observer:
        """Put the hooks on."""
        puts = [partial(f.register_hook, self._after(f)) for f in self.graph.functions]
        puts += [partial(leaf.register_prehook, self._arrived(leaf)) for leaf in self.graph.leaves]
        # Put on, and its handle kept, without a moment between: Ctrl-C comes before or after.
        self._handles.extend(map(partial.__call__, puts))
        for node, handle in zip(self.graph.functions, self._handles, strict=False):
            self._look_before(node, handle.hooks_dict_ref())
        return self

    def _look_before(self, node: Node, table: Any) -> None:
        """Note what a function sends before the first hook of the user's on it, which ran first.

        That hook is called by one of ours, and stands again in its place after the pass, unless
        it was taken off meanwhile.
        """
        for key, theirs in table.items():
            if getattr(theirs, "__module__", None) == __name__:  # another trace's
                return
            there = filter(table.__contains__, [key])
            self._given_back.append(map(table.__setitem__, there, [theirs]))
            table[key] = self._before(node, theirs)
            return

    def _exit(self) -> Exit:
        """Return what takes the hooks off, and lets go of every tensor."""
        handles = self._handles = []
        tables = map(ReferenceType.__call__, map(attrgetter("hooks_dict_ref"), handles))
        taken: Any = map(_pop, tables, map(attrgetter("id"), handles), repeat(None))
        return guard(
            partial(deque, taken, 0),
            partial(deque, chain.from_iterable(self._given_back), 0),
            *(partial(table.clear) for table in (self._held, self.totals, self._sent)),
        )

    def _before(self, node: Node, theirs: Any) -> Callable[[Any, Any], Any]:
        def hook(grad_inputs: Any, grad_outputs: Any) -> Any:
            if self._is_ours():
                kept = [None if g is None else g.detach().clone() for g in grad_inputs]
                self._sent[node] = kept
            return theirs(grad_inputs, grad_outputs)

        return hook

    def _after(self, node: Node) -> Callable[[Any, Any], None]:
        def hook(grad_inputs: Any, grad_outputs: Any) -> None:
            if self._is_ours():
                self.called(node, grad_inputs, grad_outputs)

        return hook

    def _arrived(self, leaf: Node) -> Callable[[Any], None]:
        def hook(grad_outputs: Any) -> None:
            if grad_outputs[0] is not None and self._is_ours():
                self.summed((leaf, 0), grad_outputs[0])
                if leaf in self.totals:
                    self.totals[leaf] = grad_outputs[0].detach().clone()

        return hook

    def _is_ours(self) -> bool:
        """Whether the pass that runs here is the observed one, and not another thread's.

        A pass has a number. It begins in the thread that asked for it, or, where the graph is
        on another device, in a thread that the engine keeps for that.
        """
        task = torch._C._current_graph_task_id()
        if self._task is None and (get_ident() == self._thread or not self._on_cpu):
            self._task = task
        return task == self._task

    # -- what they note -------------------------------------------------------------------

    def seed(self, gradient: torch.Tensor) -> None:
        """Take note of the root's upstream gradient."""
        key = self.graph.root
        self._on_cpu = gradient.device.type == "cpu"
        self.sums[key] = Sum(before_hook=handle_of(gradient, self._budget))
        self._held[key] = [_Held(gradient)]

    def called(self, node: Node, gxs: Sequence[Any], gys: Sequence[Any]) -> None:
        """Take note of one function that ran."""
        shown: dict[int, Handle] = {}  # a sum sends back the tensor that it got
        for nr, gy in enumerate(gys):
            if gy is not None and ((node, nr) in self._held):
                self.summed((node, nr), gy)
                shown[id(gy)] = self.sums[node, nr].total
        if not shown:
            return
        self.calls.append(node)
        sent = self._sent.pop(node, gxs)
        for i, key in self.graph.links[node]:
            gx = gxs[i] if i < len(gxs) else None
            if gx is None:
                continue
            was = None if sent[i] is gx else sent[i]
            amount = shown.get(id(gx))
            if amount is None:
                amount = shown[id(gx)] = handle_of(gx, self._budget)
            entry = self.sums.setdefault(key, Sum())
            entry.arrivals.append(Arrival(node, i, amount))
            if was is not None and not bits_equal(was, gx):
                entry.arrivals[-1].sent = handle_of(was, self._budget)
            self._held.setdefault(key, []).append(_Held(gx))

    def summed(self, key: Key, total: torch.Tensor) -> None:
        """Take note of all that arrived at a variable, when its function or leaf gets it."""
        entry = self.sums.get(key)
        held = self._held.pop(key, None)
        if entry is None or held is None:
            return
        first = entry.arrivals[0].amount if entry.arrivals else entry.before_hook
        if len(held) == 1 and held[0].is_still(total):
            entry.total = first
            if entry.arrivals:
                entry.arrivals[0].after = first
            return
        self._add_up(entry, held, first, total)

    @torch.no_grad()
    def _add_up(self, entry: Sum, held: list[_Held], first: Handle, total: torch.Tensor) -> None:
        """Compare the sum with what the variable got, and work out the sums on the way."""
        expected = _sum([h.tensor for h in held])
        entry.total = handle_of(total, self._budget)
        # Written into in place: the bits on both sides are the new ones.
        changed = len(held) == 1 and held[0].is_memory_of(total)
        entry.hooked = changed or (expected is not None and not bits_equal(expected, total))
        reached = entry.total
        if entry.hooked and expected is not None:
            reached = first if len(held) == 1 else handle_of(expected, self._budget)
            entry.before_hook = reached
        arrivals = entry.arrivals
        if not arrivals:
            return
        order = list(range(len(arrivals)))
        if self._rank is not None:
            order.sort(key=lambda i: (self._rank(arrivals[i].node), arrivals[i].input))  # type: ignore[misc]
        arrivals[order[0]].after = arrivals[order[0]].amount
        running: torch.Tensor | None = held[order[0]].tensor
        for i in order[1:-1]:
            running = None if running is None else _sum([running, held[i].tensor])
            arrivals[i].after = None if running is None else handle_of(running, self._budget)
        arrivals[order[-1]].after = reached
        entry.arrivals = [arrivals[i] for i in order]
        same_order = len(held) == 2 or order == list(range(len(held)))
        for group, members in self._groups([a.node for a in arrivals]).items():
            inside = [i for i in order if arrivals[i].node in members]
            if len(inside) == len(held) and same_order and expected is not None:
                entry.groups[group] = reached
                continue
            part = _sum([held[i].tensor for i in inside])
            entry.groups[group] = None if part is None else handle_of(part, self._budget)

    def changed_later(
        self, leaf: Node, before: torch.Tensor | None, grad: torch.Tensor, *, reduced: bool
    ) -> None:
        """Take note of what a leaf's gradient has become since it was added up.

        Parameters
        ----------
        leaf : Node
            One of `totals`.
        before, grad : torch.Tensor
            Its gradient before the pass and after it.
        reduced : bool
            Whether the ranks of a distributed run may have changed it, and no hook.
        """
        entry, total = self.sums.get((leaf, 0)), self.totals[leaf]
        if entry is None or total is None:
            return
        with torch.no_grad():
            expected = total if before is None else _sum([before, total])
            if expected is None or bits_equal(expected, grad):
                return
            added = grad if before is None else grad - before
        if not entry.hooked:
            entry.before_hook = entry.total
        entry.total = handle_of(added, self._budget)
        entry.hooked, entry.reduced = True, reduced

    def finish(self, leaves: dict[Node, torch.Tensor | None]) -> None:
        """Take note of the leaves' sums, where the engine gave them to nobody else."""
        for leaf, total in leaves.items():
            if total is not None:
                self.summed((leaf, 0), total)


def _sum(parts: Sequence[torch.Tensor]) -> torch.Tensor | None:
    """Add tensors up as the engine does; None where their layouts cannot be added here."""
    total = parts[0]
    try:
        for part in parts[1:]:
            total = total + part if total.layout is torch.strided else part + total
    except (RuntimeError, NotImplementedError):
        return None
    return total


class _Held:
    """A gradient on its way, and its version: a hook may write into it."""

    __slots__ = ("tensor", "version")

    def __init__(self, tensor: torch.Tensor) -> None:
        self.tensor = tensor
        self.version = tensor._version

    def is_still(self, other: torch.Tensor) -> bool:
        """Whether another tensor is the same memory, and nobody has written into it since."""
        return other._version == self.version and self.is_memory_of(other)

    def is_memory_of(self, other: torch.Tensor) -> bool:
        """Whether another tensor is the same memory."""
        mine = self.tensor
        if mine is other:
            return True
        if mine.layout is not torch.strided or other.layout is not torch.strided:
            return False
        try:
            same = mine.data_ptr() == other.data_ptr() != 0
        except RuntimeError:  # a tensor without memory
            return False
        there = other.shape, other.stride(), other.dtype
        return same and (mine.shape, mine.stride(), mine.dtype) == there
