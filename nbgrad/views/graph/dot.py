"""A graph for Graphviz: as DOT text, as the package's Digraph, as PNG and PDF.

The statements of nodes, edges and columns (`_statements`) serve the text, which needs nothing
but this file, and the Digraph, which needs the Python package.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from nbgrad.engine.errors import MissingDependencyError
from nbgrad.tracing.format import clean
from nbgrad.tracing.names import card_name
from nbgrad.views.layout.placed import Link, columns_of
from nbgrad.views.layout.placed import Node as Placed
from nbgrad.views.theme import colour

from .data import GraphData, Node
from .svg import is_slim, with_cards

if TYPE_CHECKING:
    import graphviz

FONT = "Helvetica,DejaVu Sans,sans-serif"
INSTALL = {
    "package": "The Python package graphviz is missing: install it with 'pip install graphviz'.",
    "program": (
        "Graphviz's program 'dot' is not found. Install it with 'apt install graphviz', "
        "'brew install graphviz', 'winget install graphviz' or 'conda install graphviz', "
        "or save the graph as .svg or .dot, which need no program."
    ),
}

Attributes = dict[str, str]
Digraph: TypeAlias = "graphviz.Digraph"


GRAPH: Attributes = {
    "rankdir": "LR",
    "nodesep": "0.25",
    "ranksep": "0.35",
    "bgcolor": "transparent",
}
NODES: Attributes = {"fontname": FONT, "fontsize": "12", "style": "filled,rounded", "penwidth": "1"}
EDGES: Attributes = {"arrowsize": "0.6"}


def _statements(graph: GraphData) -> list[str]:
    """Return a statement for each node, each edge, and the nodes of each column."""
    nodes, edges = with_cards(graph.nodes, graph.edges, graph.root, modules=False)
    links = [Link(e.source, e.target, e.input) for e in edges]
    placed = [Placed(n.id, n.kind, n.generation, 0, 0) for n in nodes]
    columns: dict[int, list[str]] = defaultdict(list)
    for node, column in zip(nodes, columns_of(placed, links, "late"), strict=True):
        columns[column].append(node.id)
    lines = []
    for n in nodes:
        text = "\\n".join(map(_escape, _lines(n)))
        lines.append(f'{n.id} [label="{text}" {_list(_look(n, n.id == graph.root))[1:]}')
    lines += [f"{e.source} -> {e.target}" for e in edges]
    return lines + [f"{{ rank=same; {'; '.join(columns[k])} }}" for k in sorted(columns)]


def _lines(node: Node) -> list[str]:
    """Return the lines of a node's label."""
    if node.kind == "function":
        return [clean(node.symbol)]
    between = " " if node.shape else " = "
    head = between.join(
        text for text in (clean(card_name(node.name, node.role)), node.value) if text
    )
    if is_slim(node):
        return [head]
    state = {"none": "–", "freed": "freed"}.get(node.grad_state, node.grad)
    return [head, f"grad {state}"]


def _look(node: Node, root: bool) -> Attributes:
    """Return shape and colours of a node, always those for a light ground."""
    if node.kind == "function":
        fill, text = ("second", "on-second") if node.second else ("pill", "on-pill")
        return {
            "shape": "box", "margin": "0.16,0.06", "color": colour(fill),
            "fillcolor": colour(fill), "fontcolor": colour(text), "tooltip": clean(node.label),
        }  # fmt: skip
    look = {
        "shape": "box",
        "color": colour("pill" if root else "edge"),
        "fillcolor": colour("soft" if is_slim(node) else "raised"),
        "fontcolor": colour("text"),
        "tooltip": f"{node.role}, generation {node.generation}",
    }
    if root:
        look["penwidth"] = "2"
    if node.role == "unused":
        look["style"] = "filled,rounded,dashed"
    return look


# -- as text ------------------------------------------------------------------------------


def dot_source(graph: GraphData) -> str:
    """Write a graph as DOT, with the nodes of a generation in one rank."""
    lines = [
        f"digraph {_quote(f'graph of {clean(graph.name)}')} {{",
        f"  graph {_list({**GRAPH, 'charset': 'UTF-8'})}",
        f"  node {_list(NODES)}",
        f"  edge {_list({**EDGES, 'color': colour('edge')})}",
        *(f"  {statement}" for statement in _statements(graph)),
    ]
    return "\n".join([*lines, "}", ""])


def _list(attributes: Attributes) -> str:
    return f"[{' '.join(f'{key}={_quote(value)}' for key, value in attributes.items())}]"


def _quote(text: str) -> str:
    return f'"{_escape(text)}"'


def _escape(text: str) -> str:
    r"""Escape a text for a quoted string, so that ``\N`` and ``&#27;`` are shown as written."""
    return text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')


# -- through the package ----------------------------------------------------------------------


def digraph(graph: GraphData) -> Digraph:
    """Return a graph as the package's Digraph.

    Raises
    ------
    MissingDependencyError
        If the package is not installed.
    """
    try:
        import graphviz
    except ImportError as error:
        raise MissingDependencyError(f"to_dot() needs graphviz. {INSTALL['package']}") from error
    return graphviz.Digraph(
        comment=clean(f"graph of {graph.name}"),
        graph_attr=GRAPH,
        node_attr=NODES,
        edge_attr={**EDGES, "color": colour("edge")},
        body=[f"\t{statement}\n" for statement in _statements(graph)],
    )


def render(graph: GraphData, form: str) -> bytes:
    """Draw a graph with Graphviz's program.

    Parameters
    ----------
    graph : Graph
    form : str
        ``"png"`` or ``"pdf"``.

    Raises
    ------
    MissingDependencyError
        If the package or the program is not installed.
    """
    try:
        import graphviz
    except ImportError as error:
        raise MissingDependencyError(
            f"Saving a graph as .{form} needs Graphviz. {INSTALL['package']} "
            "A graph can be saved as .svg or .dot without it."
        ) from error
    dot = digraph(graph)
    dot.graph_attr["bgcolor"] = "white"
    if form == "png":
        dot.graph_attr["dpi"] = "144"
    try:
        return bytes(dot.pipe(format=form))
    except graphviz.ExecutableNotFound as error:
        raise MissingDependencyError(
            f"Saving a graph as .{form} needs Graphviz. {INSTALL['program']}"
        ) from error
