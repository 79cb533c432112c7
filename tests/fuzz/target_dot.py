"""Target: a stranger's texts in DOT, as text and through the graphviz package."""

from __future__ import annotations

import nbgrad as ng
from nbgrad.tracing.format import clean
from nbgrad.views.graph.dot import dot_source
from tests.fuzz.checks import Dot
from tests.fuzz.hostile_graphs import hostile_trace, texts_of
from tests.fuzz.mutate import mutate_bytes
from tests.fuzz.seeds import texts

mutate = mutate_bytes


def seeds() -> list[bytes]:
    return [*texts(), b"\xff".join(texts()), rb"\N \G \l \\", b"&#27;&lt;", b"<b>x</b>", b'" -> "']


def target(data: bytes) -> None:
    """Write a graph as DOT; no text changes what is in it, and each label says its text."""
    graph = ng.graph(hostile_trace(texts_of(data)))
    edges = [(edge.source, edge.target) for edge in graph.edges]
    for source in (dot_source(graph), graph.to_dot().source):
        dot = Dot(source)
        assert dot.edges == edges
        assert list(dot.labels) == [node.id for node in graph.nodes]
        for node in graph.functions:
            assert dot.labels[node.id] == clean(node.symbol)
        for node in graph.variables:
            assert dot.labels[node.id].startswith(clean(node.name))
