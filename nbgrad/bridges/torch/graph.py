"""The graph that PyTorch made, as functions and variables.

A node of PyTorch's graph is a function that ran; an edge to a node's output number is a
variable. ``AccumulateGrad`` nodes are not functions: they stand for the leaves. A generation is
the longest way from the leaves, as in nbgrad.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any, TypeAlias, TypeVar

import torch

F = TypeVar("F")
Node: TypeAlias = Any
Key: TypeAlias = "tuple[Node, int]"
"""A variable: a node and the number of its output."""


def is_leaf_node(node: Node) -> bool:
    """Whether a node adds a gradient up into a leaf."""
    return hasattr(node, "variable")


@dataclass
class Graph:
    """The nodes behind an output.

    Attributes
    ----------
    root : Key
    functions : list of Node
        In rising generation, of one generation as the forward pass made them.
    leaves : list of Node
        The nodes that add up into leaves, in the order in which the forward pass used them.
    generation : dict
        Of every node; 0 for a leaf, and for a function of leaves.
    consumers : dict
        For each variable the (function, input) pairs that take it.
    links : dict
        For each node the inputs that have a gradient: their places and variables. PyTorch makes
        its list anew whenever it is asked.
    arity : dict
        How many inputs each node has, those without a gradient too.
    """

    root: Key
    functions: list[Node] = field(default_factory=list)
    leaves: list[Node] = field(default_factory=list)
    generation: dict[Node, int] = field(default_factory=dict)
    consumers: dict[Key, list[tuple[Node, int]]] = field(default_factory=dict)
    links: dict[Node, list[tuple[int, Key]]] = field(default_factory=dict)
    arity: dict[Node, int] = field(default_factory=dict)

    def of_variable(self, key: Key) -> int:
        """Return a variable's generation."""
        node = key[0]
        return 0 if is_leaf_node(node) else self.generation[node] + 1

    def makers(self, node: Node) -> list[Node]:
        """Return the functions that made what a function takes, once for each input."""
        return [maker for _, (maker, _) in self.links[node] if not is_leaf_node(maker)]

    def users(self, node: Node) -> list[Node]:
        """Return the functions that take what a function made, once for each input."""
        keys = ((node, nr) for nr in range(len(node._input_metadata)))
        return [user for key in keys for user, _ in self.consumers.get(key, ())]


def age(tensor: torch.Tensor) -> int:
    """Return how late a function made a tensor, counted from 1; 0 for a leaf.

    PyTorch counts in each thread.
    """
    return 0 if tensor.grad_fn is None else 1 + int(tensor.grad_fn._sequence_nr())


def root_of(tensor: torch.Tensor) -> Key:
    """Return the variable that a tensor is."""
    edge = torch.autograd.graph.get_gradient_edge(tensor)
    return edge.node, edge.output_nr


def walk(tensor: torch.Tensor) -> Graph:
    """Find every function and leaf behind a tensor, without recursion."""
    graph = Graph(root_of(tensor))
    order: list[Node] = []  # every node after those that it goes back to
    links = graph.links
    waiting: list[tuple[Node, Iterator[tuple[int, Key]]]] = []

    def enter(node: Node) -> None:
        following = node.next_functions
        graph.arity[node] = len(following)
        links[node] = [(i, key) for i, key in enumerate(following) if key[0] is not None]
        waiting.append((node, iter(links[node])))

    enter(graph.root[0])
    while waiting:
        node, rest = waiting[-1]
        for _, (following, _) in rest:
            if following not in links:
                enter(following)
                break
        else:
            order.append(node)
            waiting.pop()
    for node in order:
        if is_leaf_node(node):
            graph.leaves.append(node)
            continue
        highest = 0
        for i, key in graph.links[node]:
            highest = max(highest, graph.of_variable(key))
            graph.consumers.setdefault(key, []).append((node, i))
        graph.generation[node] = highest
        graph.functions.append(node)
    graph.functions.sort(key=lambda f: (graph.generation[f], f._sequence_nr()))
    return graph


def in_pass_order(
    first: F, generation: Callable[[F], int], makers: Callable[[F], Iterable[F]]
) -> list[F]:
    """Return what a pass from a function runs: the largest generation first, then first come."""
    found: list[F] = []
    queue, queued = [(-generation(first), 0, first)], {first}
    while queue:
        found.append(heappop(queue)[2])
        for maker in makers(found[-1]):
            if maker not in queued:
                queued.add(maker)
                heappush(queue, (-generation(maker), len(queued), maker))
    return found


def ranks(graph: Graph) -> dict[Node, int]:
    """Return each function's place in the order of the pass."""
    root = graph.root[0]
    if is_leaf_node(root):
        return {}
    order = in_pass_order(root, graph.generation.__getitem__, graph.makers)
    return {node: place for place, node in enumerate(order)}
