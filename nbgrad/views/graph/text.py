"""A graph as text for terminals: a line per function, in the order of the forward pass."""

from __future__ import annotations

from collections import defaultdict

from nbgrad.tracing.format import cut, in_columns
from nbgrad.tracing.model import NOT_KEPT

from .data import GraphData, Node

MAX_LINES = 60
MAX_NAMES, MAX_CALL = 32, 80
"""Widths of the columns, in characters."""


def graph_text(graph: GraphData) -> str:
    """Return a graph as a table of its functions; of a large one the last `MAX_LINES`."""
    index = {node.id: node for node in graph.nodes}
    shown = graph.functions[-MAX_LINES:]
    wanted = {f.id for f in shown}
    inputs: dict[str, list[str]] = defaultdict(list)
    outputs: dict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        if edge.input is not None and edge.target in wanted:
            inputs[edge.target].append(_called(index[edge.source]))
        elif edge.input is None and edge.source in wanted:
            outputs[edge.source].append(_called(index[edge.target]))
    lines = [f"graph of {graph.name}: {graph.counts}"]
    if len(graph.functions) > MAX_LINES:
        lines.append(f"… {len(graph.functions) - MAX_LINES:,} more functions before these")
    rows = [("generation", "variable", "made by")] if shown else []
    rows += [
        (
            str(f.generation),
            ", ".join(outputs[f.id]),
            f"{f.label}({', '.join(inputs[f.id][:MAX_CALL])})",
        )
        for f in shown
    ]
    cells = [(g, cut(y, MAX_NAMES), cut(made, MAX_CALL)) for g, y, made in rows]
    return "\n".join([*lines, *in_columns(cells, right={0})])


def _called(node: Node) -> str:
    """Return a variable as a line of text names it: ``a = 4``."""
    if node.role == "constant" and node.name:
        return node.name
    name = node.name or node.id
    known = node.kind == "variable" and not node.shape and node.value != NOT_KEPT
    return f"{name} = {node.value}" if known else name
