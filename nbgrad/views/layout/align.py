"""Which edges are drawn straight, given the order of every layer.

Two edges of one gap can both be horizontal if they do not cross and share no end, so the
straight edges of a gap are a matching without crossings, and the best one is a heaviest
increasing subsequence.  The weights say what a reader wants straight: first the spine
(at each fork the branch with the longest way to go, at each join the longest history, of
equals the first operand), then long lines, then the rest.

One thing is more pleasant than a straight line: symmetry.  Where a node forks into two
equal branches, or joins two, neither is straight and the node stands between them.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .order import Layers, Order

SPINE_WEIGHT, LINE_WEIGHT, STUB_WEIGHT, PLAIN_WEIGHT = 6.0, 5.0, 2.5, 1.0
OFF_CENTRE_COST = 0.01  # per place off the middle: among equals, the middle one is straight


def _lengths(order: Iterable[Sequence[int]], near: list[list[int]], n_nodes: int) -> list[int]:
    """Count the nodes on the longest path that ends in each element."""
    length = [0] * len(near)
    for layer in order:
        for v in layer:
            far = near[v]
            before = length[far[0]] if len(far) == 1 else max([length[w] for w in far], default=0)
            length[v] = before + (v < n_nodes)
    return length


def _shapes(order: Iterable[Sequence[int]], near: list[list[int]], n_nodes: int) -> list[int]:
    """Tell elements apart by the shape of everything before them; equal shapes, equal numbers."""
    known: dict[tuple[int, ...], int] = {}
    shape = [0] * len(near)
    for layer in order:
        for v in layer:
            before = sorted([shape[w] for w in near[v]])
            shape[v] = known.setdefault((v < n_nodes, *before), len(known))
    return shape


@dataclass
class _Side:
    """What lies on one side of each element."""

    length: list[int]  # nodes on the longest path there
    main: list[int]  # neighbour that begins it, the first of equals; -1 if there is none
    twins: list[bool]  # whether it forks into equal branches, an even number of them


def _side(
    order: Sequence[Sequence[int]], near: list[list[int]], back: list[list[int]], n_nodes: int
) -> _Side:
    """Look one way; ``order`` runs from the far end towards the elements asking."""
    length = _lengths(order, near, n_nodes)
    shape = _shapes(order, near, n_nodes)
    main = [
        branches[0] if len(branches) == 1 else max(branches, key=length.__getitem__, default=-1)
        for branches in near
    ]
    twins = [False] * len(near)
    for v, branches in enumerate(near):
        if len(branches) > 1:
            rivals = [w for w in branches if length[w] == length[main[v]]]
            alike = all(shape[w] == shape[main[v]] and len(back[w]) == 1 for w in rivals)
            twins[v] = alike and len(rivals) % 2 == 0
    return _Side(length, main, twins)


def _off_centre(i: int, count: int) -> float:
    return abs(i - (count - 1) / 2)


def _heaviest(edges: list[tuple[int, float]]) -> list[int]:
    """Choose a heaviest set of edges without crossing or shared end; their indices.

    ``edges`` are (place of the end, weight), sorted by their start's place and, for one
    start, from the bottom up, so that two edges of one start never combine.
    """
    ends: list[int] = []  # rising, with rising totals: the staircase of best sets so far
    totals: list[float] = []
    last: list[int] = []
    before = [-1] * len(edges)
    for e, (end, weight) in enumerate(edges):
        k = bisect_left(ends, end)
        total = weight
        if k:
            total += totals[k - 1]
            before[e] = last[k - 1]
        if k < len(ends) and ends[k] == end and totals[k] >= total:
            continue
        stop = k
        while stop < len(ends) and totals[stop] <= total:
            stop += 1
        ends[k:stop], totals[k:stop], last[k:stop] = [end], [total], [e]
    chosen: list[int] = []
    e = last[-1] if last else -1
    while e >= 0:
        chosen.append(e)
        e = before[e]
    return chosen


@dataclass
class Links:
    """Straight edges: ``after[v]`` is the element right of ``v`` at its height, or -1."""

    after: list[int]
    weight: list[float]


def straight_links(graph: Layers, order: Order, place: list[int]) -> Links:
    """Choose the edges to be drawn horizontally.

    Parameters
    ----------
    graph, order, place
        The layered graph, the order of its layers, and each element's place in its layer.

    Returns
    -------
    Links
        At most one link leaves and one enters an element, and no two links cross.
    """
    n = graph.n_nodes
    past = _side(order, graph.left, graph.right, n)
    future = _side(order[::-1], graph.right, graph.left, n)
    longest = max(past.length, default=1)

    def weight(u: int, v: int) -> float:
        """How much a reader wants this edge straight; 0 if it is one of equals."""
        ahead = future.length[v] == future.length[future.main[u]]
        if ahead and future.twins[u]:
            return 0.0
        if past.twins[v] and past.length[u] == past.length[past.main[v]]:
            return 0.0
        inner = (u >= n) + (v >= n)
        value = (PLAIN_WEIGHT, STUB_WEIGHT, LINE_WEIGHT)[inner]
        if ahead and past.main[v] == u:
            value += SPINE_WEIGHT * ((past.length[u] + future.length[v]) / longest) ** 8
        return value

    links = Links([-1] * len(place), [0.0] * len(place))
    met = [0] * len(place)  # edges into each element so far, from the top
    for layer in order[:-1]:
        edges: list[tuple[int, int, float]] = []
        for u in layer:
            targets = sorted(graph.right[u], key=place.__getitem__, reverse=True)
            for i, v in enumerate(targets):
                value = weight(u, v)
                crowd = _off_centre(i, len(targets)) + _off_centre(met[v], len(graph.left[v]))
                met[v] += 1
                if value > 0:
                    edges.append((u, v, value - min(OFF_CENTRE_COST * crowd, PLAIN_WEIGHT / 2)))
        for e in _heaviest([(place[v], value) for _, v, value in edges]):
            u, v, value = edges[e]
            links.after[u], links.weight[u] = v, value
    return links
