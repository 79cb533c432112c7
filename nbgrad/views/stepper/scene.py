"""What the front end gets: a trace, its drawing and its sentences, as plain data.

`scene` is a pure function of a trace.  Its result, mirrored by ``js/src/scene.ts``::

    {"version": 1,
     "trace": ...,             # Trace.to_dict(), see tracing/SCHEMA.md
     "naive": null |           # the same graph run in the naive order, function by function
         {"calls": [CALL, ...],     # summary indices refer to trace.summaries
          "parts": 2,               # index of the first call that differs from the right order
          "wrong": {"v0": ["96", "64"]},  # gradients that end wrong, with the right ones
          "told": {"en": [[2, ["They part …"]], ...]},  # from how many calls on a sentence holds
          "story": {"en": {"function": [...], "next_function": [...]}}},
     "drawing":                # Drawing.to_dict()
         {"width", "height",
          "bands": [{"generation", "x", "width"}, ...],
          "nodes": {"v0": [x, y, width, height], ...},
          "edges": [{"from", "to", "input"?, "points": [x, y, x, y, ...]}, ...]},
     "symbols": {"f0": "x²"},  # functions that show a number in the place of its card
     "unnamed": ["v3", ...],   # constants whose card shows no name
     "parameters": {"m0": ["v1", ...]},  # of a closed module: they have no card of their own
     "elements":               # of functions whose rule does not say which elements made which:
         {"f0": {"0": [[[output, element, factor], ...], ...]}},  # by input, for each element
     "flow": null |            # gradient flow, of PyTorch's passes: a row for each parameter
         {"rows": [[id, name, norm, ratio, share of zeros, trouble, module, its norm], ...],
          "said": {"en": "vanishing at 0.weight"}},
     "modules": null |         # module calls, where the trace has any: what is shown closed, and
         {"closed": ["layers.0", ...], "calls": {"layers.0": 12, ...},  # functions in each call
          "runs": {"1…8": ["1", ...]}},  # blocks of one class that follow each other
     "remarks":                # what is worth a look, by language: kind, variable, step, sentence
         {"en": [["dead", "v5", 3, "62 % of h is dead here"], ...]},
     "limits":                 # against the seed, where a gradient vanishes and explodes
         {"vanishing": 1e-7, "exploding": 1e6},
     "story":                  # the narrator's sentences, by language
         {"en": {"title", "subtitle", "alt",
                 "forward": [...],          # by generations computed: 0 … all
                 "generation": [...],       # by step, 0 is the seed
                 "function": [...],
                 "next_generation": [...],  # why the next is next
                 "next_function": [...],
                 "worked": {"f0": [["∂y/∂a", "∂y/∂b · 2 · a", "1 · 2 · 4"], ...]},
                 "rules": {"gx = gy where x > 0, else 0": ...},  # where the words are others
                 "titles": {"step ×6": ...}}},  # of functions and paths, likewise
     "ui": {"en": {...}, "ko": {...}},      # tracing/narration/interface.py
     "lang": "auto"}

A sentence is a list of texts: those at even places are plain, those at odd places bold.
A trace that cannot be shown gives ``{"version": 1, "error": {"en": ..., "ko": ...}}``.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nbgrad.engine.scope_guard import CollectorPaused
from nbgrad.tracing.elements import elements
from nbgrad.tracing.fold import can_fold, closed_in_drawing
from nbgrad.tracing.json.writer import to_dict
from nbgrad.tracing.module_calls import calls_of, children_of, runs
from nbgrad.tracing.names import card_name
from nbgrad.tracing.narration.interface import UI
from nbgrad.tracing.narration.language import Speaker
from nbgrad.tracing.narration.orders import (
    first_difference,
    tell_orders,
    write_pair,
    wrong_gradients,
)
from nbgrad.tracing.narration.remarks import remarks, tell_flow
from nbgrad.tracing.narration.story import Story
from nbgrad.tracing.trouble import EXPLODING, VANISHING
from nbgrad.views.graph.data import brief
from nbgrad.views.layout.placed import (
    CARD_HEIGHT,
    MAX_AIRY_NODES,
    MODULE_HEIGHT,
    PILL_HEIGHT,
    SLIM_HEIGHT,
    UNUSED_HEIGHT,
    Drawing,
    Link,
    Node,
    card_width,
    draw,
    module_width,
    pill_width,
)
from nbgrad.views.layout.text_width import text_width
from nbgrad.views.left_out import Call, LeftOut, Value, left_out

from .static_flow import shown_rows

if TYPE_CHECKING:
    from nbgrad.tracing import FunctionInfo, Summary, Trace, VariableInfo
    from nbgrad.tracing.json.table import Table
    from nbgrad.tracing.model import Parts

VERSION = 1
LANGUAGES = ("en", "ko")
MAX_NODES = 20_000
MAX_TOLD = 1500  # up to this many functions every call has its own sentence
PLAIN_LIMIT = 300_000  # bytes of JSON that are sent as text; more goes as gzip
ARRAY_WIDTH = 152.0
MAX_CARD_WIDTH = 210.0  # for a name; a number is never cut
PADDING = 14.0  # of a card, left and right
UNUSED_WIDTH = 184.0  # it says that no gradient flowed there
LONG_NUMBER = "-0.0001234"

TOO_LARGE = {
    "en": "This graph has {n:,} nodes; the stepper shows up to {limit:,}. "
    "Step through a smaller part: fewer layers, fewer time steps, or one loss term.",
    "ko": "이 그래프는 노드가 {n:,}개입니다. 단계 보기는 {limit:,}개까지 보여 줍니다. "
    "층이나 시간 단계를 줄이거나 손실 항 하나만 골라 더 작은 부분을 살펴보세요.",
}


def scene(
    trace: Trace,
    lang: str = "auto",
    closed: Collection[str] | None = None,
    room: Room | None = None,
    table: Table | None = None,
) -> dict[str, Any]:
    """Return all that the stepper shows of a trace.

    Parameters
    ----------
    trace : Trace
    lang : {"auto", "en", "ko"}
        With ``"auto"`` the browser chooses, so both languages are sent.
    closed : collection of str, optional
        The module calls to show closed; by default as many as bring some forty functions in sight.
    room : Room, optional
        What the numbers of other passes over the same graph need; this one's is added.
    table : Table, optional
        Where the summaries go, of several foldings of one trace each once.
    """
    with CollectorPaused():
        whole = trace.whole.nested
        if closed is None:
            if trace.whole is trace:
                closed = closed_in_drawing(whole)
                trace = trace.folded(closed) if closed else trace.shown
            else:
                closed = {f.module for f in trace.functions if f.is_module}
                trace = trace.shown
        else:
            trace = _as_closed(trace, closed)
        n = len(trace.variables) + len(trace.functions)
        if n > MAX_NODES:
            return error_scene(
                {key: text.format(n=n, limit=MAX_NODES) for key, text in TOO_LARGE.items()}
            )
        languages = LANGUAGES if lang == "auto" else (lang,)
        data = to_dict(trace.parts, table)
        naive, left = _naive(data, trace, languages), left_out_of(trace.parts)
        return {
            "version": VERSION,
            "trace": data,
            "naive": naive,
            "drawing": drawing_of(trace.parts, room=room).to_dict(),
            "symbols": left.symbols,
            "unnamed": [v.id for v in trace.variables if not card_name(v.name, v.kind)],
            "parameters": left.parameters,
            "elements": elements(trace.parts),
            "flow": _flow(trace, languages),
            "modules": _modules(whole, closed),
            "remarks": remarks_of(trace.parts, languages),
            "limits": {"vanishing": VANISHING, "exploding": EXPLODING},
            "story": {key: _story(trace, key) for key in languages},
            "ui": {key: UI[key] for key in languages},
            "lang": lang,
        }


def numbers_of(
    trace: Trace, closed: Collection[str], room: Room, lang: str, granularity: str
) -> dict[str, Any]:
    """Return what another pass over the graph of a scene changes in what is seen.

    Parameters
    ----------
    trace, closed, room
        As in `scene`.
    lang, granularity : str
        Only the sentences of these are told, and of the right order; which elements made which
        is told with the whole scene, when the numbers rest.
    """
    parts = replace(_as_closed(trace, closed).parts, naive_calls=None)
    told, data = Story(parts, lang), to_dict(parts)
    del data["functions"]
    for row in data["variables"]:
        del row["source"], row["name"]
    each = granularity == "function" and len(parts.functions) <= MAX_TOLD
    return {
        "trace": data,
        "drawing": drawing_of(parts, room=room).to_dict(),
        "remarks": remarks_of(parts, [lang]),
        "story": {lang: {**story_of_take(told), "function": told.function if each else []}},
    }


def _as_closed(trace: Trace, closed: Collection[str]) -> Trace:
    return trace.folded(closed) if can_fold(trace.whole.nested) else trace


def remarks_of(parts: Parts, languages: Sequence[str]) -> dict[str, list[Any]]:
    """Return the remarks on a trace in each language."""
    return {key: [list(one) for one in remarks(parts, key)] for key in languages}


def _flow(trace: Trace, languages: Sequence[str]) -> dict[str, Any] | None:
    """Return the gradient flow of a pass over PyTorch's parameters; None where there are few."""
    if trace.parts.framework == "nbgrad":
        return None
    flow = trace.whole.flow()
    shown = shown_rows(flow)
    if not shown:
        return None
    modules = {row.name: row for row in flow.modules}
    whole = trace.whole.variables
    ids = {v.name: v.id for v in whole if v.kind == "leaf"}
    owners = {row.name: modules.get(row.name.rpartition(".")[0]) for row in flow}
    rows = [
        [
            ids.get(row.name), row.name, row.norm, _finite(row.ratio), row.zeros, row.trouble,
            *((owner.name, owner.norm) if (owner := owners[row.name]) else ("", None)),
        ]
        for row in shown
    ]  # fmt: skip
    return {"rows": rows, "said": {key: tell_flow(flow, Speaker(key)) for key in languages}}


def _finite(x: float | None) -> float | None:
    return x if x is not None and math.isfinite(x) else None


def closed_of(data: Mapping[str, Any]) -> list[str]:
    """Return the module calls that a scene shows closed."""
    modules = data.get("modules")
    return modules["closed"] if modules else []


def _modules(whole: Parts, closed: Collection[str]) -> dict[str, Any] | None:
    """Return the module calls for opening and closing; None where there is none."""
    calls = calls_of(whole.functions) if can_fold(whole) else {}
    if not calls:
        return None
    found = runs(children_of(calls), whole.modules)
    together = {run: sum(calls[path] for path in members) for run, members in found.items()}
    return {"closed": sorted(closed), "calls": calls | together, "runs": found}


def error_scene(sentences: Mapping[str, str]) -> dict[str, Any]:
    """Return a scene that only says why there is none."""
    return {"version": VERSION, "error": dict(sentences)}


def to_json(data: Mapping[str, Any]) -> str:
    """Write a scene as compact JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def pack(data: Mapping[str, Any]) -> tuple[str, bytes]:
    """Return a scene as (text, b"") or, when it is large, as ("", gzip)."""
    text = to_json(data)
    if len(text) <= PLAIN_LIMIT:
        return text, b""
    gzip = zlib.compressobj(6, zlib.DEFLATED, 31)
    return "", gzip.compress(text.encode("utf-8", "surrogatepass")) + gzip.flush()


# ---- the drawing


class Room:
    """How wide cards and contributions are: of several passes over one graph, the widest.

    Parameters
    ----------
    live : bool
        The graph will be computed again: a large one has room for long numbers from the start,
        so that it is placed once. A small one has no width to spare, and grows with its numbers.

    Attributes
    ----------
    cards : dict of str to float
        By the id of a variable.
    chips : dict of int to float
        What the functions of a generation send.
    """

    def __init__(self, live: bool = False) -> None:
        self.cards: dict[str, float] = {}
        self.chips: dict[int, float] = {}
        self.live = live
        self.drawn: Drawing | None = None

    def add(self, parts: Parts) -> None:
        """Make room for the numbers of a trace."""
        large = len(parts.variables) + len(parts.functions) > MAX_AIRY_NODES
        least = LONG_NUMBER if self.live and large else ""
        for v in parts.variables:
            self._widen(self.cards, v.id, _card_width(v, least))
        for call in parts.calls:
            for c in call.contributions:
                self._widen(self.cards, c.variable.id, _grad_width(c.after, least))
                width = text_width(f"+{_longer(c.amount.brief, least)}", 13.5, bold=True) + 20
                self._widen(self.chips, call.function.generation, width)

    def _widen(self, widths: dict[Any, float], key: Any, width: float) -> None:
        if width > widths.get(key, -1.0):
            widths[key], self.drawn = width, None


def drawing_of(parts: Parts, room: Room | None = None) -> Drawing:
    """Place the graph of a trace."""
    room = Room() if room is None else room
    room.add(parts)
    if room.drawn is None:
        hidden, symbols, own = left_out_of(parts)
        shown = [v for v in parts.variables if v.id not in hidden]
        nodes = [_variable_node(v, room.cards[v.id]) for v in shown]
        nodes += [_function_node(f, symbols, len(own.get(f.id, ()))) for f in parts.functions]
        links = [link for link in _links(parts.functions) if link.source not in hidden]
        room.drawn = draw(nodes, links, room=room.chips)
    return room.drawn


def left_out_of(parts: Parts) -> LeftOut:
    """Return what the drawing leaves out of a trace."""
    values = [
        Value(v.id, v.name, v.kind, v.value.brief if v.value is not None and not v.shape else "")
        for v in parts.variables
    ]
    calls = [
        Call(f.id, f.name, f.symbol, f.inputs, f.module if f.is_module else "")
        for f in parts.functions
    ]
    return left_out(parts.root.id, values, calls)


def _variable_node(v: VariableInfo, width: float) -> Node:
    height = {"constant": SLIM_HEIGHT, "unused": UNUSED_HEIGHT}.get(v.kind, CARD_HEIGHT)
    return Node(v.id, "variable", v.generation, width, height)


def _longer(text: str, least: str) -> str:
    return max(text, least, key=len)


def _card_width(v: VariableInfo, least: str) -> float:
    text = "–" if v.value is None else brief(v.value)
    if v.kind == "constant":
        shown = card_name(v.name, v.kind)
        return max(52.0, card_width(shown, text) if shown else pill_width(text))
    width = card_width(v.name, _longer(text, least), MAX_CARD_WIDTH)
    if v.shape:
        width = max(width, ARRAY_WIDTH)
    return max(width, UNUSED_WIDTH) if v.kind == "unused" else width


def _grad_width(gradient: Summary, least: str) -> float:
    """Return how wide a card is that shows a gradient whole."""
    texts = text_width("grad", 13.5) + text_width(_longer(gradient.brief, least), 15, bold=True)
    return math.ceil(texts + 8 + 2 * PADDING)


def _function_node(f: FunctionInfo, symbols: Mapping[str, str], parameters: int) -> Node:
    if f.is_module:
        inside = f"{f.folded} functions" + (f" · {parameters} parameters" if parameters else "")
        width = module_width(f.name, f.module, inside)
        return Node(f.id, "function", f.generation, width, MODULE_HEIGHT)
    width = pill_width(symbols.get(f.id) or f.symbol or f.name)
    return Node(f.id, "function", f.generation, width, PILL_HEIGHT)


def _links(functions: Iterable[FunctionInfo]) -> list[Link]:
    links = []
    for f in functions:
        links += [Link(v, f.id, k) for k, v in enumerate(f.inputs)]
        links += [Link(f.id, v) for v in f.outputs]
    return links


# ---- the sentences


def _story(trace: Trace, lang: str) -> dict[str, Any]:
    """Return the narrator's sentences; of a huge graph not those of every single call."""
    told = Story(trace.parts, lang)
    every = len(trace.functions) <= MAX_TOLD or trace.order != "generation"
    return {
        "title": told.title,
        "subtitle": told.subtitle,
        "alt": told.alt,
        **story_of_take(told),
        "next_generation": told.next_generation,
        "function": told.function if every else [],
        "next_function": told.next_function if every else [],
        **({"titles": told.titles} if told.titles else {}),
    }


def story_of_take(told: Story) -> dict[str, Any]:
    """Return the sentences that differ from take to take."""
    return {
        "forward": told.forward,
        "generation": told.generation,
        "worked": told.worked,
        **({"rules": told.rules} if told.rules else {}),
    }


# ---- the other order


def _naive(data: dict[str, Any], trace: Trace, languages: Sequence[str]) -> dict[str, Any] | None:
    """Take the calls of the naive order out of the trace, with where they differ."""
    replayed, naive = data.pop("naive", None), trace.parts.naive()
    if replayed is None or naive is None:
        return None
    stories = {}
    for key in languages:
        story = Story(naive, key)
        stories[key] = {"function": story.function, "next_function": story.next_function}
    right = trace.parts
    wrong = wrong_gradients(right, naive)
    return {
        "calls": replayed["calls"],
        "parts": first_difference(right.calls, naive.calls),
        "wrong": {key: list(write_pair(pair)) for key, pair in wrong.items()},
        "told": {key: tell_orders(right, naive, wrong, key) for key in languages},
        "story": stories,
    }
