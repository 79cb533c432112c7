"""A graph as plain data: nodes, edges, what stands on each card, and which are nearest to the root."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heappop, heappush
from typing import Any, TypeVar

import numpy as np

from nbgrad.tracing import format as fmt
from nbgrad.tracing.graph_walk import MAX_UNUSED
from nbgrad.tracing.summaries import summarise

MAX_LOOPS = 0.55
"""This many times may branches join, for each node of the limit: beyond it the layout takes long."""

G = TypeVar("G", bound="GraphData")


@dataclass(frozen=True, slots=True)
class Node:
    """A variable or a function of a graph, as plain data.

    Attributes
    ----------
    id : str
        ``v0, v1, …`` and ``f0, f1, …``, counted in the order of the forward pass.
    kind : str
        ``"variable"`` or ``"function"``.
    name : str
        A variable's name, empty when it has none; a function's class.
    generation : int
    role : str
        Of a variable: ``"leaf"``, ``"intermediate"``, ``"constant"`` or ``"unused"``
        (an output that nothing behind the result consumed). Of a function: empty.
    shape : tuple of int, or None
    dtype : str
    value, grad : str
        In short: a number, a shape, a norm; empty when there is none.
    grad_state : str
        ``"none"``, ``"value"`` or ``"freed"``.
    label, symbol, rule : str
        Of a function: name with parameters, what a drawing shows, backward rule.
    source : str
        Where it was made.
    second : bool
        Made by an earlier backward pass, under ``create_graph=True``.
    module : str
        Of a module that is shown closed: its path; else empty.
    folded : int
        How many functions it stands for.
    cut : bool
        There is more behind it that is not in the graph.
    """

    id: str
    kind: str
    name: str
    generation: int
    role: str = ""
    shape: tuple[int, ...] | None = None
    dtype: str = ""
    value: str = ""
    grad: str = ""
    grad_state: str = "none"
    label: str = ""
    symbol: str = ""
    rule: str = ""
    source: str = ""
    second: bool = False
    module: str = ""
    folded: int = 0
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """From a variable into a function, or from a function to its output; ``x + x`` has two."""

    source: str
    target: str
    input: int | None = None


class GraphData:
    """Nodes and edges of the graph behind a variable; `Graph` shows them."""

    def __init__(self, nodes: Iterable[Node], edges: Iterable[Edge], root: str) -> None:
        self.nodes = tuple(nodes)
        self.edges = tuple(edges)
        self.root = root

    @property
    def variables(self) -> tuple[Node, ...]:
        """The variables, constants included."""
        return tuple(node for node in self.nodes if node.kind == "variable")

    @property
    def functions(self) -> tuple[Node, ...]:
        """The functions."""
        return tuple(node for node in self.nodes if node.kind == "function")

    @property
    def generations(self) -> tuple[int, ...]:
        """The generations of the nodes, rising."""
        return tuple(sorted({node.generation for node in self.nodes}))

    @property
    def name(self) -> str:
        """The name of the variable it is the graph of."""
        return next(node.name for node in self.nodes if node.id == self.root)

    @property
    def complete(self) -> bool:
        """Whether it is the whole graph, and not the part nearest to the root."""
        return not any(node.cut for node in self.nodes)

    def nearest(self: G, limit: int) -> G:  # noqa: PYI019 - Python 3.10 has no Self
        """Return the part nearest to the root: about this many nodes, by falling generation.

        Where branches join again and again there are fewer nodes, since routing the edges takes
        the time.
        """
        loops = len(self.edges) - len(self.nodes)
        if len(self.nodes) <= limit and loops <= MAX_LOOPS * limit:
            return self
        index = {node.id: node for node in self.nodes}
        makers = {e.target: e.source for e in self.edges if e.input is None}
        inputs: dict[str, list[str]] = defaultdict(list)
        outputs: dict[str, list[str]] = defaultdict(list)
        for edge in self.edges:
            if edge.input is None:
                outputs[edge.source].append(edge.target)
            else:
                inputs[edge.target].append(edge.source)
        first = makers.get(self.root)  # a loaded trace may have a leaf for its root
        kept, shown, cut = {self.root}, {first}, set[str]()
        queue = [] if first is None else [(-index[first].generation, 0, first)]
        loops = 0
        while queue and len(kept) < limit and loops < MAX_LOOPS * limit:
            function = heappop(queue)[2]
            kept.add(function)
            before = len(kept)
            near = inputs[function][: max(limit - len(kept), 2)]
            unused = [y for y in outputs[function] if y not in kept]
            kept.update(near)
            loops += len(near) - (len(kept) - before)
            kept.update(unused[:MAX_UNUSED])
            if len(near) < len(inputs[function]) or len(unused) > MAX_UNUSED:
                cut.add(function)
            for x in near:
                maker = makers.get(x)
                if maker is not None and maker not in shown:
                    shown.add(maker)
                    heappush(queue, (-index[maker].generation, len(shown), maker))
        nodes = [n for n in self.nodes if n.id in kept]
        edges = _without_repetitions(
            [e for e in self.edges if e.source in kept and e.target in kept], limit
        )
        cut |= (kept & makers.keys()) - {e.target for e in edges}
        marked = [replace(n, cut=True) if n.id in cut else n for n in nodes]
        return type(self)(marked, edges, self.root)

    @cached_property
    def counts(self) -> str:
        """How many functions and variables it has."""
        n, m, last = len(self.functions), len(self.variables), self.generations[-1]
        variables = f"{m:,} variable{'s' * (m != 1)}"
        if not n:
            return variables
        return f"{n:,} function{'s' * (n != 1)}, {variables}, generations 0 to {last:,}"


def _without_repetitions(edges: list[Edge], limit: int) -> list[Edge]:
    """Return edges of which a variable and a function have at most ``limit`` in common."""
    counts: Counter[tuple[str, str]] = Counter()
    found = []
    for edge in edges:
        pair = edge.source, edge.target
        counts[pair] += 1
        if counts[pair] <= limit:
            found.append(edge)
    return found


def brief(array: Any) -> str:
    """Write a value, an array or a summary, for a card: the number, or the shape."""
    return fmt.shape(array.shape) if array.shape else fmt.number(float(array))


def brief_grad(array: Any, most: int) -> str:
    """Write a gradient for a card: the number, or the norm; of a large array the shape."""
    array = np.asarray(array)
    return fmt.shape(array.shape) if array.size > most else summarise(array).brief
