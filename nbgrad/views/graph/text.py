"""A graph as text for terminals: a line per function, in the order of the forward pass."""

from __future__ import annotations

from nbgrad.tracing.format import cut, in_columns
from nbgrad.tracing.model import NOT_KEPT

from .data import GraphData, Node

MAX_LINES = 60
MAX_NAMES, MAX_CALL = 32, 80
"""Widths of the columns, in characters."""
MIN_NAME = 3
"""Width of the shortest name with its comma."""


def graph_text(graph: GraphData) -> str:
    """Return a graph as a table of its functions; of a large one the last `MAX_LINES`."""
    shown = [graph.by_id[f] for f in list(graph.links)[-MAX_LINES:]]
    called: dict[str, tuple[str, str]] = {}
    for f in shown:
        inputs, outputs = graph.links[f.id]
        made = ", ".join(_called(graph.by_id[y]) for y in outputs[: MAX_NAMES // MIN_NAME + 1])
        given = ", ".join(_called(graph.by_id[x]) for _, x in inputs[: MAX_CALL // MIN_NAME + 1])
        called[f.id] = made, f"{f.label}({given})"
    lines = [f"graph of {graph.name}: {graph.counts}"]
    if len(graph.links) > MAX_LINES:
        lines.append(f"… {len(graph.links) - MAX_LINES:,} more functions before these")
    rows = [("generation", "variable", "made by")] if shown else []
    rows += [(str(f.generation), *called[f.id]) for f in shown]
    cells = [(g, cut(y, MAX_NAMES), cut(made, MAX_CALL)) for g, y, made in rows]
    return "\n".join([*lines, *in_columns(cells, right={0})])


def _called(node: Node) -> str:
    """Return a variable as a line of text names it: ``a = 4``."""
    if node.role == "constant" and node.name:
        return node.name
    name = node.name or node.id
    known = node.kind == "variable" and not node.shape and node.value != NOT_KEPT
    return f"{name} = {node.value}" if known else name
