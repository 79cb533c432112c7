"""A graph as plain data: nodes, edges, what stands on each card, and which are nearest to the root."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heappop, heappush
from math import inf
from typing import Any, Literal, TypeAlias, TypeVar

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
    kind: Literal["variable", "function"]
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


class Described(Mapping[str, Node]):
    """Nodes by their ids, each of which is described when it is first asked for."""

    def __init__(self, ids: Iterable[str], describe: Callable[[str], Node]) -> None:
        self._nodes: dict[str, Node | None] = dict.fromkeys(ids)
        self._describe = describe

    def __getitem__(self, key: str) -> Node:
        node = self._nodes[key]
        if node is None:
            node = self._nodes[key] = self._describe(key)
        return node

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self.items()),)


Links: TypeAlias = tuple[Sequence[tuple[int, str]], Sequence[str]]
"""A function's inputs, each with its place, and its outputs."""


class GraphData:
    """Nodes and edges of the graph behind a variable; `Graph` shows them.

    Parameters
    ----------
    by_id : mapping of str to Node
    links : mapping of str to Links
        Of each function.
    root : str
    """

    def __init__(self, by_id: Mapping[str, Node], links: Mapping[str, Links], root: str) -> None:
        self.by_id = by_id
        self.links = links
        self.root = root

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Variables and functions."""
        return tuple(self.by_id.values())

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Edges into and out of each function."""
        found: list[Edge] = []
        for function, (inputs, outputs) in self.links.items():
            found.extend(Edge(x, function, i) for i, x in inputs)
            found.extend(Edge(function, y) for y in outputs)
        return tuple(found)

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
        return self.by_id[self.root].name

    @property
    def complete(self) -> bool:
        """Whether it is the whole graph, and not the part nearest to the root."""
        return not any(node.cut for node in self.nodes)

    @cached_property
    def makers(self) -> dict[str, str]:
        """The function that made each variable."""
        return {y: function for function, (_, outputs) in self.links.items() for y in outputs}

    @cached_property
    def loops(self) -> int:
        """How many more edges than nodes there are."""
        edges = sum(len(inputs) + len(outputs) for inputs, outputs in self.links.values())
        return edges - len(self.by_id)

    def nearest(  # noqa: PYI019 - Python 3.10 has no Self
        self: G, limit: int, pieces: float = inf
    ) -> G:
        """Return the part nearest to the root: about this many nodes, by falling generation.

        Where branches join again and again there are fewer nodes, since routing the edges takes
        the time.

        Parameters
        ----------
        limit : int
            About how many nodes.
        pieces : float
            About how many nodes, and pieces of lines from one column to the next, together.
        """
        if len(self.by_id) <= limit and self.loops <= MAX_LOOPS * limit and pieces == inf:
            return self
        makers = self.makers
        first = makers.get(self.root)  # a loaded trace may have a leaf for its root
        kept, shown, cut = {self.root}, {first}, set[str]()
        queue = [] if first is None else [(-self.by_id[first].generation, 0, first)]
        loops, lines = 0, _Lines()
        while queue and len(kept) < limit and loops < MAX_LOOPS * limit:
            turned, _, function = queue[0]
            inputs, outputs = self.links[function]
            near = _taken(inputs, kept, max(limit - len(kept) - 1, 2))
            lines.add(-turned, near, outputs)
            if len(kept) > 1 and lines.exceed(pieces, 2 * len(kept) + loops + len(near)):
                break
            heappop(queue)
            kept.add(function)
            before = len(kept)
            unused = [y for y in outputs if y not in kept]
            kept.update(near)
            loops += len(near) - (len(kept) - before)
            kept.update(unused[:MAX_UNUSED])
            if len(near) < len(inputs) or len(unused) > MAX_UNUSED:
                cut.add(function)
            for x in near:
                maker = makers.get(x)
                if maker is not None and maker not in shown:
                    shown.add(maker)
                    heappush(queue, (-self.by_id[maker].generation, len(shown), maker))
        if not queue and not cut:
            return self
        cut |= {y for y in kept if y in makers and makers[y] not in kept}
        nodes = {key: self.by_id[key] for key in self.by_id if key in kept}
        nodes |= {key: replace(nodes[key], cut=True) for key in cut}
        links = {f: _within(self.links[f], kept, limit) for f in self.links if f in kept}
        return type(self)(nodes, links, self.root)

    @cached_property
    def counts(self) -> str:
        """How many functions and variables it has."""
        n, last = len(self.links), self.by_id[self.root].generation
        m = len(self.by_id) - n
        variables = f"{m:,} variable{'s' * (m != 1)}"
        if not n:
            return variables
        return f"{n:,} function{'s' * (n != 1)}, {variables}, generations 0 to {last:,}"


class _Lines:
    """How many columns the lines of a drawing pass, as functions come by falling generation."""

    def __init__(self) -> None:
        self._begins: dict[str, int] = {}
        self._uses: Counter[str] = Counter()
        self._passed = self._written = 0

    def add(self, generation: int, inputs: Sequence[str], outputs: Sequence[str]) -> None:
        """Add the lines into a function; those of its outputs begin right of it."""
        for y in outputs:
            self._lengthen(y, generation + 1)
        for x in inputs:
            self._lengthen(x, generation)
            self._uses[x] += 1

    def _lengthen(self, x: str, generation: int) -> None:
        columns = 2 * (self._begins.get(x, generation) - generation)
        self._begins[x] = generation
        self._passed += columns  # edges share their line
        self._written += columns * self._uses[x]

    def exceed(self, pieces: float, others: int) -> bool:
        """Whether there are more pieces, with others, or so many that their text is too long."""
        return 2 * self._passed + others > pieces or self._written > 2 * pieces


def _taken(inputs: Sequence[tuple[int, str]], kept: AbstractSet[str], room: int) -> list[str]:
    """Return the inputs of a function that are kept, and so many others."""
    taken = []
    for _, x in inputs:
        room -= x not in kept
        if room >= 0 or x in kept:
            taken.append(x)
    return taken


def _within(links: Links, kept: AbstractSet[str], limit: int) -> Links:
    """Return a function's links to nodes that are kept; at most ``limit`` to one of them."""
    counts: Counter[str] = Counter()
    inputs = []
    for i, x in links[0]:
        if x in kept:
            counts[x] += 1
            if counts[x] <= limit:
                inputs.append((i, x))
    return inputs, [y for y in links[1] if y in kept]


def brief(value: Any) -> str:
    """Write a value for a card: a number, or the shape of an array, of a summary, or as given."""
    shape = value if isinstance(value, tuple) else getattr(value, "shape", ())
    return fmt.shape(shape) if shape else fmt.number(float(value))


def brief_grad(array: Any, most: int) -> str:
    """Write a gradient for a card: the number, or the norm; of a large array the shape."""
    array = np.asarray(array)
    return fmt.shape(array.shape) if array.size > most else summarise(array).brief
