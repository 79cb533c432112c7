"""Measures of a drawing: crossings, bends, and how near things come to each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import inf

from tests.views.layout.graphs import Graph

Routes = Sequence[Sequence[tuple[int, float]]]


@dataclass(frozen=True)
class Measures:
    """Of one drawing, in pixels; ``gap`` and ``clearance`` are negative where things overlap."""

    crossings: int  # edges that share a trunk cross as one line
    bends: int  # strokes between two columns that are not level
    travel: float  # their vertical length in all
    height: float
    gap: float  # least distance of two nodes in a column
    clearance: float  # least distance of an edge and a node that it passes


def measure(graph: Graph, y: Sequence[float], routes: Routes) -> Measures:
    strokes = _strokes(graph, y, routes)
    slopes = [abs(a - b) for pairs in strokes.values() for a, b in pairs]
    edges = [(c - h / 2, c + h / 2) for c, h in zip(y, graph.heights, strict=True)]
    columns = _columns(graph, y)
    return Measures(
        crossings=sum(_crossings(pairs) for pairs in strokes.values()),
        bends=sum(slope > 0.5 for slope in slopes),
        travel=sum(slopes),
        height=max((low for _, low in edges), default=0.0)
        - min((top for top, _ in edges), default=0.0),
        gap=min((b[1] - a[2] for col in columns.values() for a, b in pairwise(col)), default=inf),
        clearance=_clearance(columns, routes),
    )


def _columns(graph: Graph, y: Sequence[float]) -> dict[int, list[tuple[float, float, float]]]:
    """Return per column its nodes from the top, as (centre, upper edge, lower edge)."""
    columns = defaultdict(list)
    for column, centre, height in zip(graph.columns, y, graph.heights, strict=True):
        columns[column].append((centre, centre - height / 2, centre + height / 2))
    return {column: sorted(nodes) for column, nodes in columns.items()}


def _strokes(
    graph: Graph, y: Sequence[float], routes: Routes
) -> dict[tuple[int, int], set[tuple[float, float]]]:
    """Return per pair of neighbouring columns the distinct strokes between them."""
    strokes = defaultdict(set)
    for (u, v), route in zip(graph.edges, routes, strict=True):
        points = [(graph.columns[u], y[u]), *route[1:-1], (graph.columns[v], y[v])]
        for (c, a), (d, b) in pairwise(points):
            strokes[c, d].add((round(a, 1), round(b, 1)))
    return strokes


def _crossings(pairs: Iterable[tuple[float, float]]) -> int:
    """Count pairs of strokes whose ends stand in opposite order."""
    total = 0
    ends: list[float] = []
    for _, group in groupby(sorted(pairs), key=lambda stroke: stroke[0]):
        new = [end for _, end in group]
        total += sum(len(ends) - bisect_right(ends, end) for end in new)
        for end in new:
            insort(ends, end)
    return total


def _clearance(columns: dict[int, list[tuple[float, float, float]]], routes: Routes) -> float:
    least = inf
    for route in routes:
        for column, height in route[1:-1]:
            nodes = columns[column]
            i = bisect_left(nodes, (height,))
            for _, top, low in nodes[max(0, i - 1) : i + 1]:
                least = min(least, max(top - height, height - low))
    return least
