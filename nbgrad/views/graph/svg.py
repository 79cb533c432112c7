"""A graph as SVG: generation columns, cards for variables, pills for functions.

One markup serves two places, HTML and files; `svg_style` says how it is coloured in each.
Everything that a user wrote goes through `escape`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from math import ceil

from nbgrad.tracing.model import NOT_KEPT
from nbgrad.tracing.names import card_name
from nbgrad.tracing.narration.rules import translated
from nbgrad.tracing.narration.titles import on_card, path_title, title, variable_name
from nbgrad.views.layout import placed as drawing
from nbgrad.views.layout.placed import Box, Drawing, Link
from nbgrad.views.layout.text_width import fit, fit_name, text_width
from nbgrad.views.left_out import Call, LeftOut, Value, left_out

from .data import Edge, Node
from .svg_style import BAND, LABEL, NAME, SVG_CLASS, VALUE, Pen, dark_style

PADDING = 14.0
CARD_WIDTHS, PILL_WIDTHS, MIN_SLIM_WIDTH = (104.0, 210.0), (64.0, 150.0), 64.0
FONT = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif'
MIN_SCALE, MIN_SCALE_SMALL, SMALL_WIDTH = 0.72, 0.55, 1200.0
"""How far a drawing shrinks before it scrolls; a small one, up to this width, further."""
UNUSED = "no gradient flowed"
SECOND = "Functions with a dashed ring were made by a backward pass (create_graph=True)."


class Picture:
    """A placed graph, before it is written: what each node says, and where it stands.

    The root is set apart. A compact one leaves the gradients out, which takes half the room; for
    a quick one see `nbgrad.views.layout.place`.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        edges: Sequence[Edge],
        root: str,
        *,
        compact: bool = False,
        quick: bool = False,
    ) -> None:
        nodes, edges = with_cards(nodes, edges, root)
        self.nodes, self.root, self.compact = nodes, root, compact
        functions = [n.generation for n in nodes if n.kind == "function"]
        self.shift = min(functions, default=0)
        links = [Link(e.source, e.target, e.input) for e in edges]
        inner = {e.target for e in edges}
        self.drawing: Drawing = drawing.draw(
            [self._box(n, n.id not in inner) for n in nodes], links, quick=quick
        )

    def _box(self, node: Node, first: bool) -> drawing.Node:
        """Return a node with its size; a variable without an edge behind it is placed as a leaf."""
        width, height = size(node, self.compact)
        generation = 0 if first and node.kind == "variable" else node.generation - self.shift
        return drawing.Node(node.id, node.kind, generation, width, height)


def is_slim(node: Node) -> bool:
    """Whether a variable is shown without a gradient: it never has one."""
    return node.role in {"constant", "unused"}


def size(node: Node, compact: bool = False) -> tuple[float, float]:
    """Return width and height of a node; `compact` leaves the gradients out."""
    if node.module:
        return drawing.module_width(node.name, node.module, node.value), drawing.MODULE_HEIGHT
    if node.kind == "function":
        low, high = PILL_WIDTHS
        width = text_width(node.symbol, NAME, True) + 34
        return ceil(min(max(width, low), high)), drawing.PILL_HEIGHT
    name = card_name(node.name, node.role)
    names = text_width(name, NAME, True) + text_width(node.value, VALUE)
    names += 2 * PADDING + (12 if name and node.value else 0)
    if node.role == "unused":
        names = max(names, text_width(UNUSED, LABEL) + 2 * PADDING)
        return ceil(min(names, CARD_WIDTHS[1])), drawing.UNUSED_HEIGHT
    if is_slim(node) or compact:
        return ceil(min(max(names, MIN_SLIM_WIDTH), CARD_WIDTHS[1])), drawing.SLIM_HEIGHT
    grads = text_width("grad", LABEL) + text_width(node.grad, NAME, True) + 2 * PADDING + 14
    low, high = CARD_WIDTHS
    return ceil(min(max(names, grads, low), high)), drawing.CARD_HEIGHT


def with_cards(
    nodes: Sequence[Node], edges: Sequence[Edge], root: str, *, modules: bool = True
) -> tuple[list[Node], list[Edge]]:
    """Leave out what functions, and modules that are shown closed, show themselves."""
    if not any(n.role == "constant" or n.module for n in nodes):
        return list(nodes), list(edges)
    inputs: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for edge in edges:
        if edge.input is not None:
            inputs[edge.target].append((edge.input, edge.source))
    left = left_out(
        root,
        [
            Value(n.id, n.name, n.role, n.value if n.shape == () else "")
            for n in nodes
            if n.kind == "variable"
        ],
        [
            Call(
                n.id, n.name, n.symbol, [x for _, x in sorted(inputs[n.id])],
                n.module if modules else "",
            )
            for n in nodes
            if n.kind == "function"
        ],
    )  # fmt: skip
    shown = [_with_what_it_shows(n, left) for n in nodes if n.id not in left.hidden]
    return shown, [e for e in edges if e.source not in left.hidden]


def _with_what_it_shows(node: Node, left: LeftOut) -> Node:
    """Return a function with its number, or a module with how much it holds."""
    if not node.module:
        symbol = left.symbols.get(node.id)
        return node if symbol is None else replace(node, symbol=symbol)
    text, parameters = f"{node.folded} functions", len(left.parameters.get(node.id, ()))
    more = f" · {parameters} parameter{'s' * (parameters != 1)}" if parameters else ""
    return replace(node, value=text + more)


ANCHOR_END = 'text-anchor="end"'
ANCHOR_MIDDLE = 'text-anchor="middle"'


# -- the parts ------------------------------------------------------------------------------


def graph_svg(
    placed: Picture,
    *,
    title: str,
    description: str,
    note: str = "",
    alone: bool = False,
    lang: str = "en",
) -> str:
    """Write a placed graph as SVG.

    Title and description are for screen readers and the tooltip. One that stands alone, in a file,
    has a ground and colours of its own, and below it the note.
    """
    pen = Pen(alone)
    margin = 12.0 if alone else 0.0
    foot = 26.0 if note and alone else 0.0
    drawn = placed.drawing
    width = max(drawn.width, text_width(note, LABEL) if foot else 0.0) + 2 * margin
    height = drawn.height + 2 * margin + foot
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{SVG_CLASS}" role="img" '
        f'width="{width:g}" height="{height:g}" '
        f'viewBox="{-margin:g} {-margin:g} {width:g} {height:g}"'
        + (f" font-family='{FONT}'" if alone else f' style="{_fitting(width)}"')
        + f"><title>{escape(title)}</title><desc>{escape(description)}</desc>"
    ]
    if alone:
        parts.append(dark_style())
        parts.append(pen.rect("ground", Box(-margin, -margin, width, height), 10))
    edges = "".join(map(drawing.path, drawn.routes))
    parts += [_bands(pen, placed, lang), pen.path("edge", edges) if edges else ""]
    for node in placed.nodes:
        box = drawn.boxes[node.id]
        function = node.kind == "function"
        part = _pill(pen, node, box, lang) if function else _card(pen, node, box, placed, lang)
        parts.append(f"<g>{_tip(node, lang)}{part}</g>")
    by_id = {node.id: node for node in placed.nodes} if drawn.stubs else {}
    parts += [_stub(pen, by_id[stub.of], stub.box, lang) for stub in drawn.stubs]
    if foot:
        parts.append(pen.text("note", 2, drawn.height + 20, note))
    return "".join([*parts, "</svg>"])


def _fitting(width: float) -> str:
    """Let a drawing shrink to the width that there is, as long as it can be read."""
    shrink = MIN_SCALE_SMALL if width <= SMALL_WIDTH else MIN_SCALE
    return f"width:100%;height:auto;min-width:{shrink * width:.0f}px;max-width:{width:g}px"


def _bands(pen: Pen, placed: Picture, lang: str) -> str:
    parts = []
    for band in placed.drawing.bands:
        generation = f"{band.generation + placed.shift:,}"
        box = Box(band.x, 0, band.width, placed.drawing.height)
        parts.append(pen.rect("band", box, 10))
        name = title(f"generation {generation}", lang)
        if text_width(name, BAND) > band.width - 20:
            name = generation
        parts.append(pen.text("band-name", band.x + 14, 25, name))
    return "".join(parts)


def _card(pen: Pen, node: Node, box: Box, placed: Picture, lang: str) -> str:
    """Write a variable: name and value, and below them the gradient."""
    room = box.width - 2 * PADDING
    left, right = box.x + PADDING, box.x + box.width - PADDING
    never = is_slim(node)
    slim = never or placed.compact
    look = "root" if node.id == placed.root else node.role if never else "card"
    dashes = 'stroke-dasharray="4 3"' if node.role == "unused" else ""
    parts = [pen.rect(look, box, 10 if slim else 11, dashes)]
    single = slim and node.role != "unused"
    line = box.y + (box.height / 2 + 5 if single else 25 if slim else 27)
    name = card_name(node.name, node.role)
    if lang == "ko":
        name = variable_name(name, lang)
    if text_width(name, NAME, True) + text_width(node.value, VALUE) + 10 <= room:
        value = node.value
    else:
        value = fit(node.value, max(room * 0.6, room - 60) if name else room, VALUE)
        name = fit_name(name, room - text_width(value, VALUE) - 10, NAME, True) if name else ""
    parts.append(pen.text("name", left, line, name))
    quiet = "none" if node.value in {"None", "dropped"} else "value"
    beside = name or not single
    at, anchor = (right, ANCHOR_END) if beside else (box.x + box.width / 2, ANCHOR_MIDDLE)
    parts.append(pen.text(quiet, at, line, value, anchor))
    if node.role == "unused":
        parts.append(pen.text("label", left, box.y + 45, on_card(UNUSED, lang)))
    elif not slim:
        parts.append(_gradient(pen, node, box))
    if node.cut:
        y = box.y + box.height / 2
        dots = f"M{box.x - 16:g} {y:g}h.1m5.5 0h.1m5.5 0h.1"
        parts.append(pen.path("stub", dots, 'stroke-linecap="round"'))
    return "".join(parts)


def _stub(pen: Pen, node: Node, box: Box, lang: str) -> str:
    """Write a variable that is drawn again: its name in a dotted frame."""
    name = card_name(node.name, node.role)
    if lang == "ko":
        name = variable_name(name, lang)
    text = fit(name or node.value, box.width - PADDING, LABEL, True)
    frame = pen.rect("constant", box, box.height / 2, 'stroke-dasharray="1.5 3"')
    x, y = box.x + box.width / 2, box.y + box.height / 2 + 4.5
    return f"<g>{_tip(node, lang)}{frame}{pen.text('label', x, y, text, ANCHOR_MIDDLE)}</g>"


def _gradient(pen: Pen, node: Node, box: Box) -> str:
    """Write the lower half of a card; "not computed" looks different from 0."""
    left, right = box.x + PADDING, box.x + box.width - PADDING
    y = box.y + 64
    parts = [pen.path("rule", f"M{box.x:g} {box.y + 39.5:g}h{box.width:g}")]
    label = pen.text("label", left, y - 0.5, "grad")
    if node.grad_state == "none":
        return "".join([*parts, label, pen.text("none", right, y, "–", ANCHOR_END)])
    room = box.width - 2 * PADDING - text_width("grad", LABEL) - 8
    if node.grad_state == "freed":
        look = 'text-decoration="line-through"' if node.grad else 'font-style="italic"'
        text = fit(node.grad or "freed", room, LABEL)
        return "".join([*parts, label, pen.text("freed", right, y, text, f"{ANCHOR_END} {look}")])
    sign = sign_of(node.grad)
    parts.append(pen.rect(f"{sign}-ground", Box(box.x + 6, box.y + 45, box.width - 12, 27), 5))
    parts += [label, pen.text(sign, right, y, fit(node.grad, room, NAME, True), ANCHOR_END)]
    return "".join(parts)


def sign_of(text: str) -> str:
    """Return how a gradient is tinted: ``pos``, ``neg``, ``zero`` or ``bad``."""
    if text in {"nan", "inf", "-inf"}:
        return "bad"
    if text.startswith("-"):
        return "neg"
    return "pos" if text[:1].isdigit() and text != "0" else "zero"


def _pill(pen: Pen, node: Node, box: Box, lang: str) -> str:
    """Write a function: its symbol; with a dashed ring, when an earlier pass made it."""
    if node.module:
        return _module(pen, node, box, lang)
    before = "second-" if node.second else ""
    # Only the widest pill may be narrower than its symbol.
    fits = box.width < PILL_WIDTHS[1]
    symbol = title(node.symbol, lang)
    text = symbol if fits else fit(symbol, box.width - 22, NAME, True)
    x, y = box.x + box.width / 2, box.y + box.height / 2 + 5.5
    parts = [
        pen.rect(f"{before}pill", box, box.height / 2),
        pen.text(f"{before}symbol", x, y, text, ANCHOR_MIDDLE),
    ]
    if node.second:
        ring = Box(box.x - 3.5, box.y - 3.5, box.width + 7, box.height + 7)
        parts.append(pen.rect("second-ring", ring, ring.height / 2, 'stroke-dasharray="5 4"'))
    return "".join(parts)


def _module(pen: Pen, node: Node, box: Box, lang: str) -> str:
    """Write a module that is shown closed: its class, its path, what is in it."""
    room, middle = box.width - 24, box.x + box.width / 2
    behind = Box(box.x + 5, box.y - 5, box.width, box.height)
    path = fit_name(path_title(node.module, lang), room, LABEL)
    name, inside = title(node.name, lang), on_card(node.value, lang)
    return "".join(
        [
            pen.rect("pill", behind, 12, 'opacity="0.45"'),
            pen.rect("pill", box, 12),
            pen.text("symbol", middle, box.y + 27, fit(name, room, NAME, True), ANCHOR_MIDDLE),
            pen.text("inside", middle, box.y + 47, path, ANCHOR_MIDDLE),
            pen.text("inside", middle, box.y + 66, fit(inside, room, LABEL), ANCHOR_MIDDLE),
        ]
    )


def legend(nodes: Sequence[Node]) -> str:
    """Explain the marks of a drawing that do not explain themselves."""
    return SECOND if any(node.second for node in nodes if node.kind == "function") else ""


def _tip(node: Node, lang: str) -> str:
    """Write the tooltip of a node."""
    head, *lines = node_text(node)
    if node.kind == "function":
        head = title(head, lang)
        lines = [path_title(one, lang) if one == node.module else one for one in lines]
    told = lines
    if lang == "ko":
        head = variable_name(head, lang)
        told = [translated(one, lang) if one == node.rule else on_card(one, lang) for one in lines]
    return f"<title>{escape(chr(10).join([head, *told]))}</title>"


def node_text(node: Node) -> list[str]:
    """Describe a node in lines of text."""
    if node.kind == "function":
        lines = [f"{node.name} {node.symbol}" if node.symbol != node.name else node.name]
        lines += [node.module, node.value, node.rule, f"function of generation {node.generation}"]
        if node.second:
            lines.append("made by an earlier backward pass")
        return [line for line in [*lines, node.source] if line]
    head = node.name or ("a constant" if node.role == "constant" else "unnamed")
    kind = "unused output" if node.role == "unused" else node.role
    shape = "" if node.shape is None else f"{node.shape} {node.dtype}"
    value = f"value {node.value}" if node.value and node.value != str(node.shape) else ""
    if node.value == NOT_KEPT:
        value = "value not kept by PyTorch: run the forward pass inside ng.watch(model) to see it"
    states = {"none": "not computed", "freed": "freed after backward"}
    grad = "" if is_slim(node) else f"grad {states.get(node.grad_state, node.grad)}"
    if node.role == "unused":
        grad = "no gradient flowed here: nothing used this output"
    place = f"{kind} of generation {node.generation}"
    behind = "its own past is not drawn" if node.cut else ""
    return [line for line in (head, shape, value, grad, place, behind, node.source) if line]
