"""`graph`: the computation behind a Variable, to look at.

A Graph is plain data: it keeps nothing alive, and the same ids and names stand in it as in a
Trace of the same variable. It shows itself as a drawing in generation columns and saves
itself as SVG, PNG, PDF or DOT.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nbgrad.engine.errors import OperandError
from nbgrad.engine.scope_guard import CollectorPaused
from nbgrad.engine.variable import Variable
from nbgrad.tracing.atomic_write import write_file
from nbgrad.tracing.build import Builder, build
from nbgrad.tracing.engines import Tensor, bridge_of
from nbgrad.tracing.files import ending
from nbgrad.tracing.fold import shown
from nbgrad.tracing.graph_walk import Raw, grad_of, survey
from nbgrad.tracing.model import FunctionInfo, VariableInfo
from nbgrad.tracing.record import Recording
from nbgrad.tracing.summaries import Handle, decode
from nbgrad.tracing.trace import Trace
from nbgrad.views.repr.html import drawing_html

from .data import Described, GraphData, Links, Node, brief, brief_grad
from .svg import Picture, graph_svg, legend, with_cards
from .text import graph_text

if TYPE_CHECKING:
    from .dot import Digraph

SHOWN_NODES, SHOWN_OF_MORE = 120, 80
"""How many nodes are drawn in an output: of a graph up to this size, and of a larger one."""
SHOWN_PIECES = 500
"""How many nodes, and pieces of lines between columns, are placed in the time of an output."""
MAX_BYTES = 100_000
"""An output takes no more."""
PICTURE_SIZE = 2.2
"""About how much longer than a drawing is a picture of it, with colours, in base64."""
SAVED_NODES = 3000
"""How many nodes are drawn in a file."""
MAX_FULL_CARDS = 80
"""Beyond this many nodes the drawing leaves the gradients out."""
MAX_NORM_ELEMENTS = 1 << 20
"""Of gradients with this many elements together the norms are worked out, of others the shape."""
NO_GRADIENT = ("none", "")
"""State and text of a gradient that is not there."""


class Graph(GraphData):
    """The graph behind a variable, as plain data.

    Attributes
    ----------
    nodes : tuple of Node
        Variables and functions, in an order in which the forward pass can have made them.
    edges : tuple of Edge
        In the direction of the forward pass; ``x + x`` has two edges from ``x``.
    root : str
        Id of the variable it is the graph of.
    generations : tuple of int
        The generations of its nodes, rising.
    variables, functions : tuple of Node

    Examples
    --------
    >>> import numpy as np
    >>> import nbgrad as ng
    >>> x = ng.Variable(np.array(3.0), name="x")
    >>> g = ng.graph(x + x)
    >>> len(g.nodes), len(g.edges), g.generations
    (3, 3, (0, 1))
    """

    def __init__(self, by_id: Mapping[str, Node], links: Mapping[str, Links], root: str) -> None:
        super().__init__(by_id, links, root)
        self._placed: dict[tuple[int, bool], Picture] = {}

    @classmethod
    def from_trace(cls, trace: Trace) -> Graph:
        """Return the graph of a trace, with the gradients that its pass computed."""
        trace = trace.shown
        freed = {v.id for step in trace.steps for v in step.freed}

        def grad_of(v: VariableInfo) -> tuple[str, str]:
            grad = None if v.kind in {"constant", "unused"} else trace.gradient(v.id)
            if grad is None:
                return NO_GRADIENT
            return "freed" if v.id in freed else "value", grad.brief

        return _from_infos(trace.variables, trace.functions, grad_of, trace.root.id)

    # -- views --------------------------------------------------------------------------

    def to_svg(self, limit: int | None = SAVED_NODES) -> str:
        """Return a drawing that stands alone, for light and dark grounds.

        Parameters
        ----------
        limit : int, optional
            About how many nodes, those nearest to the root, are drawn; None: all.
        """
        part = self if limit is None else self.nearest(limit)
        return self._svg(part, alone=True, quick=False)

    def to_dot(self) -> Digraph:
        """Return the graph for Graphviz, with a column for each generation.

        Raises
        ------
        MissingDependencyError
            If the Python package ``graphviz`` is not installed.
        """
        from .dot import digraph

        return digraph(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save the graph, in the format of the file name's ending.

        Parameters
        ----------
        path : path
            ``.svg`` or ``.dot`` (``.gv``), which need nothing else; ``.png`` or ``.pdf``,
            which Graphviz's program ``dot`` draws. An existing file is replaced only when
            all went well.

        Raises
        ------
        ValueError
            For another ending.
        MissingDependencyError
            If Graphviz is needed and not installed, with how to install it.
        """
        from .dot import dot_source, render

        suffix = ending(path)
        if suffix == ".svg":
            content: str | bytes = self.to_svg() + "\n"
        elif suffix in {".dot", ".gv"}:
            content = dot_source(self)
        elif suffix in {".png", ".pdf"}:
            content = render(self, suffix[1:])
        else:
            raise ValueError(
                f"A graph cannot be saved as {Path(path).name!r}: the name must end in .svg, .dot, "
                ".png or .pdf."
            )
        write_file(path, content)

    def _svg(self, part: Graph, *, alone: bool, quick: bool = True) -> str:
        """Write the drawing of a part of this graph; the layout is worked out once."""
        key = len(part.by_id), quick
        if key not in self._placed:
            cards = len(with_cards(part.nodes, part.edges, part.root)[0])
            self._placed[key] = Picture(
                part.nodes, part.edges, part.root, compact=cards > MAX_FULL_CARDS, quick=quick
            )
        return graph_svg(
            self._placed[key],
            title=f"graph of {self.name}",
            description=f"{self.counts}. From left to right in the order of the forward pass.",
            note=self._note(part),
            alone=alone,
        )

    def _note(self, part: Graph) -> str:
        more = len(self.by_id) - len(part.by_id)
        left = f"… {more:,} more nodes left of the dotted stubs: too many for one drawing."
        return " ".join(text for text in (left if more else "", legend(part.nodes)) if text)

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        """Return the drawing as HTML, which follows the theme, and as text; SVG when asked for.

        A notebook with an ``image/svg+xml`` output can be converted to LaTeX only where
        Inkscape is installed, so there is none unless ``include`` names it.
        """
        wanted = set(include or ("text/html", "text/plain")) - set(exclude or ())
        views = {"text/html": self._repr_html_, "text/plain": self.__str__}
        views["image/svg+xml"] = lambda: self._shown(lambda _, svg: svg, alone=True)[2]
        return {kind: write() for kind, write in views.items() if kind in wanted}

    def _repr_html_(self) -> str:
        """Return the drawing as HTML; with one that stands alone where there is room for it."""
        text = str(self)

        def html(part: Graph, svg: str, alone: str = "") -> str:
            return drawing_html(text, self.name, self.counts, svg, self._note(part), alone)

        part, svg, plain = self._shown(html, alone=False)
        if PICTURE_SIZE * len(svg) <= MAX_BYTES - len(plain):
            pictured = html(part, svg, self._svg(part, alone=True))
            return pictured if len(pictured.encode()) <= MAX_BYTES else plain
        return plain

    def _shown(self, write: Callable[[Graph, str], str], *, alone: bool) -> tuple[Graph, str, str]:
        """Return as much of the graph as `MAX_BYTES` allows, its drawing, and that as written."""
        count = SHOWN_NODES if len(self.by_id) <= SHOWN_NODES else SHOWN_OF_MORE
        while True:
            part = self.nearest(count, SHOWN_PIECES)
            svg = self._svg(part, alone=alone)
            text = write(part, svg)
            size = len(text.encode())
            if size <= MAX_BYTES or count < 12:
                return part, svg, text
            count = int(0.9 * MAX_BYTES / size * min(count, len(part.by_id)))

    def __repr__(self) -> str:
        return f"<Graph of {self.name}: {self.counts}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def __str__(self) -> str:
        return graph_text(self)


def graph(y: Variable | Tensor | Trace, *, names: Mapping[str, Any] | None = None) -> Graph:
    """Return the graph behind a variable, to look at, to save, or to ask for its nodes.

    Parameters
    ----------
    y : Variable, torch.Tensor or Trace
    names : mapping, optional
        Where to look for names of variables, such as ``locals()``; in a notebook the
        user's namespace by default. A variable's own name goes first.

    Returns
    -------
    Graph

    Raises
    ------
    OperandError
        If ``y`` is something else (a `TypeError`).
    """
    if isinstance(y, Trace):
        return Graph.from_trace(y)
    bridge = bridge_of(y)
    if bridge is not None:
        return _of_engine(*bridge.graph_of(y, names))
    if not isinstance(y, Variable):
        raise OperandError(
            f"graph() draws what is behind a Variable, not {type(y).__name__}: "
            "give it the result of a computation with Variables, or a PyTorch tensor."
        )
    with CollectorPaused():  # a collection takes longer than a graph of thousands of nodes
        return _of_variable(y, names)


def _of_variable(y: Variable, names: Mapping[str, Any] | None) -> Graph:
    rows = survey(y, names, values=False)
    variables = [f"v{i}" for i in range(len(rows.variables))]
    functions = [f"f{k}" for k in range(len(rows.functions))]
    values: dict[str, float | tuple[int, ...]] = {}
    grads: dict[str, tuple[str, str]] = {}
    room = MAX_NORM_ELEMENTS
    try:
        for key, x in zip(variables, rows.slots, strict=True):
            if isinstance(x, Variable):
                if x._data is not None:
                    values[key] = x._data.shape or float(x._data)
                if x._grad is None:
                    continue
                state, grad = grad_of(x)
                text = "" if grad is None else brief_grad(grad, room)
                room -= 0 if grad is None or grad.size > room else grad.size
                grads[key] = (state, text)
            elif isinstance(x, Raw):
                data = np.asarray(x.value)
                values[key] = data.shape or float(data)
    finally:
        rows.forget()
    # A recording without a pass: it has only the graph.
    builder = Builder(
        Recording(rows.variables, rows.functions, rows.root, np.float64(1), [], texts=rows.texts)
    )

    def describe(key: str) -> Node:
        k = int(key[1:])
        if key[0] == "f":
            return _function(builder.function(k))
        v = builder.variable(k)
        value = values.get(key)
        told = _value(v) if value is None else brief(value)
        return _variable(v, told, *grads.get(key, NO_GRADIENT))

    links: dict[str, Links] = {
        key: ([(i, variables[x]) for i, x in enumerate(inputs)], [variables[y] for y in outputs])
        for key, (_, inputs, outputs) in zip(functions, rows.functions, strict=True)
    }
    return Graph(Described([*variables, *functions], describe), links, variables[rows.root])


def trace_svg(trace: Trace) -> str:
    """Return the drawing of a trace: the graph, with the gradients of its pass."""
    return Graph.from_trace(trace).to_svg() + "\n"


def _of_engine(recording: Recording, grads: Mapping[int, Handle]) -> Graph:
    """Return the graph of another engine's tensor, its modules closed as in a trace."""
    parts = shown(build(recording))
    told = {f"v{i}": ("value", decode(h).brief) for i, h in grads.items()}
    return _from_infos(
        parts.variables, parts.functions, lambda v: told.get(v.id, NO_GRADIENT), parts.root.id
    )


def _from_infos(
    variables: Sequence[VariableInfo],
    functions: Sequence[FunctionInfo],
    grad_of: Callable[[VariableInfo], tuple[str, str]],
    root: str,
) -> Graph:
    infos: dict[str, VariableInfo | FunctionInfo] = {v.id: v for v in variables}
    infos |= {f.id: f for f in functions}

    def describe(key: str) -> Node:
        info = infos[key]
        if isinstance(info, FunctionInfo):
            return _function(info)
        return _variable(info, _value(info), *grad_of(info))

    links: dict[str, Links] = {f.id: (list(enumerate(f.inputs)), f.outputs) for f in functions}
    return Graph(Described(infos, describe), links, root)


def _variable(v: VariableInfo, value: str, state: str, grad: str) -> Node:
    return Node(
        v.id, "variable", v.name, v.generation, v.kind, v.shape, v.dtype, value, grad, state,
        source="" if v.source is None else str(v.source), second=v.backward,
    )  # fmt: skip


def _function(f: FunctionInfo) -> Node:
    return Node(
        f.id, "function", f.name, f.generation, label=f.label, symbol=f.symbol,
        rule=f.rule, source="" if f.source is None else str(f.source), second=f.backward,
        module=f.module if f.is_module else "", folded=f.folded,
    )  # fmt: skip


def _value(v: VariableInfo) -> str:
    """Write a variable's value for a card, or why there is none."""
    if v.value_state or v.value is None:
        return v.value_state or ("dropped" if v.kind == "unused" else "None")
    if v.value.size == 1 and v.value.values is None:
        return v.value.dtype  # complex numbers are not summarised
    return brief(v.value)
