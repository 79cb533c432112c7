"""Where the nodes of a graph stand, when their columns are given.

nbgrad draws generations as columns, so a node's column is known and only its height is
free.  No library at hand keeps given columns and survives an unrolled network, hence this
one.  It works in three stages, a module each:

* `order`: long edges become dummies, edges from one node share one trunk of them;
  then the order inside every column is searched for few crossings.
* `align`: which edges are to be straight.  The longest way through the graph, its
  spine, comes first.
* `height`: runs of straight edges become bodies with one height each, which are
  stacked without overlap and moved to where their edges are short.

A route is level inside every column and moves from one height to the next only in the gap
between columns.  A dummy keeps its distance from its column's nodes, so no edge can touch a
node.  All of it is iterative, uses no clock and no randomness, and bounds its work: the
same graph gets the same drawing on every machine, and a huge one gets a rougher drawing.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from .align import straight_links
from .height import settle
from .order import arrange, build_layers, places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .order import Layers

Edge: TypeAlias = tuple[int, int]
Route: TypeAlias = list[tuple[int, float]]
Twins: TypeAlias = dict[Edge, tuple[int, float]]  # how many, and the step between them

TWIN_STEP = 26.0  # between the two edges of x * x: a label fits on each
TWIN_MARGIN = 20.0  # of a node's height that its twin edges leave free


def late_columns(columns: Sequence[int], edges: Sequence[Edge]) -> list[int]:
    """Move each leaf just left of its first consumer.

    Parameters
    ----------
    columns : sequence of int
        Column of each node.
    edges : sequence of (int, int)
        Pairs of node indices, each from a column to a later one.

    Returns
    -------
    list of int
        The columns; nodes that have an incoming edge, or no edge, keep theirs.

    Examples
    --------
    >>> late_columns([0, 1, 2, 0, 3], [(0, 1), (1, 2), (2, 4), (3, 4)])
    [0, 1, 2, 2, 3]
    """
    late = list(columns)
    inner = {v for _, v in edges}
    first: dict[int, int] = {}
    for u, v in edges:
        first[u] = min(first.get(u, columns[v]), columns[v])
    for u, column in first.items():
        if u not in inner:
            late[u] = column - 1
    return late


def place(
    columns: Sequence[int], heights: Sequence[float], edges: Sequence[Edge], *, quick: bool = False
) -> tuple[list[float], list[Route]]:
    """Find each node's height in its column, and the way of each edge.

    Parameters
    ----------
    columns : sequence of int
        Column of each node.
    heights : sequence of float
        Height of each node.
    edges : sequence of (int, int)
        Pairs of node indices, each from a column to a later one. Pairs may repeat.
    quick : bool
        For an output, which has milliseconds: a graph whose edges cross often gets a rougher
        drawing.

    Returns
    -------
    y : list of float
        Centre of each node, growing downwards; the drawing begins at 0.
    routes : list of list of (int, float)
        For each edge the points (column, y) it passes, one per column in which there are
        nodes, with both ends. It begins and ends at the nodes' centres, but for edges that
        join the same two nodes: those run side by side.

    Raises
    ------
    ValueError
        If ``columns`` and ``heights`` differ in length, or an edge does not lead to a later
        column.

    Examples
    --------
    The diamond ``a = x²``, ``y = b(a) + c(a)``: the two branches are symmetrical.

    >>> y, routes = place([0, 1, 1, 2], [24, 24, 24, 24], [(0, 1), (0, 2), (1, 3), (2, 3)])
    >>> y
    [34.0, 12.0, 56.0, 34.0]
    >>> routes[0]
    [(0, 34.0), (1, 12.0)]
    """
    _check(columns, heights, edges)
    if not columns:
        return [], []
    edges = [(u, v) for u, v in edges]
    twins = _find_twins(edges, heights)
    if _is_row(columns, edges):  # nothing to order: a chain of any length is a level line
        y = [round(max(heights) / 2, 2)] * len(columns)
        return y, _routes(edges, edges, columns, y, twins)
    graph = build_layers(columns, edges)
    half = _half_heights(graph, heights, twins)
    order = arrange(graph, quick=quick)
    links = straight_links(graph, order, places(graph, order))
    y = settle(graph, order, links, half, quick=quick)
    top = min(centre - h for centre, h in zip(y, half, strict=True))
    y = [round(centre - top, 2) for centre in y]
    names = sorted(set(columns))
    ways = [(u, *_trunk(graph, u, v), v) for u, v in edges]
    return y[: graph.n_nodes], _routes(edges, ways, [names[k] for k in graph.rank], y, twins)


def _is_row(columns: Sequence[int], edges: Sequence[Edge]) -> bool:
    """Whether each column has one node, and each edge leads to the next column."""
    used = sorted(set(columns))
    if len(used) < len(columns):
        return False
    rank = dict(zip(used, range(len(used)), strict=True))
    return all(rank[columns[v]] - rank[columns[u]] == 1 for u, v in edges)


def _check(columns: Sequence[int], heights: Sequence[float], edges: Sequence[Edge]) -> None:
    if len(columns) != len(heights):
        raise ValueError(
            f"place() got {len(columns)} columns and {len(heights)} heights: "
            "give one of each per node"
        )
    for u, v in edges:
        if columns[u] >= columns[v]:
            raise ValueError(
                f"edge ({u}, {v}) leads from column {columns[u]} to column {columns[v]}: "
                "every edge must lead to a later column"
            )


def _find_twins(edges: Sequence[Edge], heights: Sequence[float]) -> Twins:
    """Find edges that join the same two nodes; they part as far as both nodes are high."""
    twins: Twins = {}
    for (u, v), count in Counter(edges).items():
        if count > 1:
            low = min(heights[u], heights[v])
            room = max(low - TWIN_MARGIN, low / 4)
            twins[u, v] = count, min(TWIN_STEP, room / (count - 1))
    return twins


def _trunk(graph: Layers, u: int, v: int) -> range:
    """Dummies that an edge passes."""
    first = graph.first_dummy[u]
    return range(first, first + graph.rank[v] - graph.rank[u] - 1)


def _half_heights(graph: Layers, heights: Sequence[float], twins: Twins) -> list[float]:
    """Halve each element's height; a dummy is as high as the twin edges in it."""
    half = [h / 2 for h in heights] + [0.0] * (len(graph.rank) - graph.n_nodes)
    for (u, v), (count, step) in twins.items():
        for d in _trunk(graph, u, v):
            half[d] = max(half[d], step * (count - 1) / 2)
    return half


def _routes(
    edges: Sequence[Edge],
    ways: Sequence[Sequence[int]],
    columns: Sequence[int],
    y: list[float],
    twins: Twins,
) -> list[Route]:
    """Return the points of each edge, whose way leads over nodes and dummies."""
    drawn: Counter[Edge] = Counter()
    routes: list[Route] = []
    for edge, way in zip(edges, ways, strict=True):
        points = [(columns[w], y[w]) for w in way]
        if edge in twins:
            count, step = twins[edge]
            shift = step * (drawn[edge] - (count - 1) / 2)
            points = [(column, round(height + shift, 2)) for column, height in points]
            drawn[edge] += 1
        routes.append(points)
    return routes
