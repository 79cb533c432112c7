"""A graph for Graphviz: as DOT text, as the package's Digraph, as PNG and PDF.

One description of nodes, edges and columns (`_describe`) serves the text, which needs nothing
but this file, and the Digraph, which needs the Python package.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

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


@dataclass(frozen=True)
class _Described:
    """A graph in Graphviz's terms; a label is a list of lines."""

    nodes: list[tuple[str, list[str], Attributes]]
    edges: list[tuple[str, str]]
    columns: list[list[str]]


GRAPH: Attributes = {
    "rankdir": "LR",
    "nodesep": "0.25",
    "ranksep": "0.35",
    "bgcolor": "transparent",
}
NODES: Attributes = {"fontname": FONT, "fontsize": "12", "style": "filled,rounded", "penwidth": "1"}
EDGES: Attributes = {"arrowsize": "0.6"}


def _describe(graph: GraphData) -> _Described:
    """Describe nodes, edges, and which nodes share a column."""
    nodes, edges = with_cards(graph.nodes, graph.edges, graph.root, modules=False)
    links = [Link(e.source, e.target, e.input) for e in edges]
    kinds: list[Any] = [Placed(n.id, _kind(n), n.generation, 0, 0) for n in nodes]
    columns: dict[int, list[str]] = defaultdict(list)
    for node, column in zip(nodes, columns_of(kinds, links, "late"), strict=True):
        columns[column].append(node.id)
    return _Described(
        [(n.id, _lines(n), _look(n, n.id == graph.root)) for n in nodes],
        [(e.source, e.target) for e in edges],
        [columns[k] for k in sorted(columns)],
    )


def _kind(node: Node) -> Any:
    return node.kind


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
    described = _describe(graph)
    lines = [
        f"digraph {_quote(f'graph of {clean(graph.name)}')} {{",
        f"  graph {_list({**GRAPH, 'charset': 'UTF-8'})}",
        f"  node {_list(NODES)}",
        f"  edge {_list({**EDGES, 'color': colour('edge')})}",
    ]
    for key, label, look in described.nodes:
        text = "\\n".join(map(_escape, label))
        lines.append(f'  {key} [label="{text}" {_list(look)[1:]}')
    lines += [f"  {source} -> {target}" for source, target in described.edges]
    lines += [f"  {{ rank=same; {'; '.join(column)} }}" for column in described.columns]
    return "\n".join([*lines, "}", ""])


def _list(attributes: Attributes) -> str:
    return f"[{' '.join(f'{key}={_quote(value)}' for key, value in attributes.items())}]"


def _quote(text: str) -> str:
    return f'"{_escape(text)}"'


def _escape(text: str) -> str:
    r"""Escape a text for a quoted string, so that ``\N`` and the like are literal."""
    return _plain(text).replace("\\", "\\\\").replace('"', '\\"')


def _plain(text: str) -> str:
    """Escape entities, so that Graphviz shows ``&#27;`` as it is written."""
    return text.replace("&", "&amp;")


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
    described = _describe(graph)
    dot = graphviz.Digraph(
        comment=clean(f"graph of {graph.name}"),
        graph_attr=GRAPH,
        node_attr=NODES,
        edge_attr={**EDGES, "color": colour("edge")},
    )
    for key, label, look in described.nodes:
        # Escaped, so that a name such as <b> is not read as markup, nor \N as an abbreviation.
        text = graphviz.nohtml("\\n".join(graphviz.escape(_plain(line)) for line in label))
        look = {k: graphviz.escape(_plain(v)) for k, v in look.items()}
        dot.node(key, label=text, **look)
    for source, target in described.edges:
        dot.edge(source, target)
    for column in described.columns:
        with dot.subgraph(graph_attr={"rank": "same"}) as rank:
            for key in column:
                rank.node(key)
    return dot


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
