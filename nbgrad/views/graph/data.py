"""A graph as data: its nodes and edges, and which of them are nearest to the root."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from heapq import heappop, heappush
from typing import TypeVar

from .nodes import Edge, Node

__all__ = ["GraphData"]

G = TypeVar("G", bound="GraphData")


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
        """Whether it is the whole graph, and not the part of it that `nearest` took."""
        return not any(node.cut for node in self.nodes)

    def nearest(self: G, limit: int) -> G:  # noqa: PYI019 - Python 3.10 has no Self
        """Return the part nearest to the root: about this many nodes, by falling generation."""
        if len(self.nodes) <= limit:
            return self
        index = {node.id: node for node in self.nodes}
        makers = {e.target: e.source for e in self.edges if e.input is None}
        near: dict[str, list[str]] = defaultdict(list)
        for edge in self.edges:
            near[edge.source if edge.input is None else edge.target].append(
                edge.target if edge.input is None else edge.source
            )
        first = makers.get(self.root)  # a loaded trace may have a leaf for its root
        kept, shown = {self.root}, {first}
        queue = [] if first is None else [(-index[first].generation, 0, first)]
        while queue and len(kept) < limit:
            function = heappop(queue)[2]
            kept.add(function)
            for x in near[function]:
                kept.add(x)
                maker = makers.get(x)
                if maker is not None and maker not in shown:
                    shown.add(maker)
                    heappush(queue, (-index[maker].generation, len(shown), maker))
        nodes = [n for n in self.nodes if n.id in kept]
        edges = [e for e in self.edges if e.source in kept and e.target in kept]
        inner = {e.target for e in edges}
        cut = {n.id for n in nodes if n.id in makers and n.id not in inner}
        marked = [replace(n, cut=True) if n.id in cut else n for n in nodes]
        return type(self)(marked, edges, self.root)

    @property
    def counts(self) -> str:
        """How many functions and variables it has."""
        n, m, last = len(self.functions), len(self.variables), self.generations[-1]
        variables = f"{m:,} variable{'s' * (m != 1)}"
        if not n:
            return variables
        return f"{n:,} function{'s' * (n != 1)}, {variables}, generations 0 to {last:,}"
