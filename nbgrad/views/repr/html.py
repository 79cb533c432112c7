"""The HTML repr of a Variable and of a Function: pure HTML and CSS, no script, no ids.

Small functions, each writing one fragment of a snapshot. Whatever a user wrote has passed
`escape`. The style sheet hides the text repr and shows the rest. Where it is stripped (an
untrusted notebook), only the text repr is visible.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from html import escape

from nbgrad.engine.function import Function
from nbgrad.engine.variable import Variable
from nbgrad.tracing import format as fmt
from nbgrad.views.graph.data import GraphData
from nbgrad.views.graph.svg import Picture, graph_svg, legend
from nbgrad.views.graph.svg_style import graph_style
from nbgrad.views.theme import style_sheet

from .snapshot import FunctionFacts, Operand, VariableFacts, function_facts, variable_facts
from .tables import array_html

MAX_NAME_LENGTH = 40
NOT_TYPESET = "tex2jax_ignore mathjax_ignore"
"""Classes that keep notebooks from typesetting a name with dollar signs as a formula."""


def variable_html(variable: Variable) -> str:
    """Return the HTML repr of a variable of any size, in bounded time and size."""
    facts = variable_facts(variable)
    parts = [_variable_head(facts), _columns(facts)]
    if facts.creator is not None:
        parts.append(_creator(facts, facts.creator))
    if facts.graph is not None:
        parts.append(_graph(facts.graph, facts.name or "this variable"))
    return wrap(facts.text, "".join(parts), drawing=facts.graph is not None)


def function_html(function: Function) -> str:
    """Return the HTML repr of a function, in bounded time and size."""
    facts = function_facts(function)
    parts = [_function_head(facts)]
    if facts.stale:
        parts.append(f'<div class="ng-note">{escape(facts.stale)}</div>')
    if facts.summary or facts.rule:
        parts.append(f'<div class="ng-row">{_paragraph(facts.summary)}{_rule(facts.rule)}</div>')
    if facts.graph is not None:
        inputs = _operands("inputs", facts.inputs, facts.more_inputs)
        outputs = _operands("outputs", facts.outputs, facts.more_outputs)
        parts.append(f'<div class="ng-row">{inputs}{outputs}</div>')
        parts.append(_graph(facts.graph, facts.label))
    return wrap(facts.text, "".join(parts), drawing=facts.graph is not None)


def wrap(text: str, body: str, drawing: bool, fallback: str = "") -> str:
    """Join style sheets, HTML, and the fallback for where style sheets are stripped.

    Parameters
    ----------
    text : str
        The text repr.
    body : str
        HTML that shows where style sheets are in force.
    drawing : bool
        Whether there is a graph in it.
    fallback : str
        HTML that shows in place of the text repr.
    """
    styles = styles_of_repr() + (graph_style() if drawing else "")
    return (
        f'<div class="nbgrad-output {NOT_TYPESET}">{styles}'
        f'<div class="nbgrad-text">{fallback or f"<pre>{escape(text)}</pre>"}</div>'
        f'<div class="nbgrad nbgrad-repr" style="display:none">{body}</div></div>'
    )


@cache
def styles_of_repr() -> str:
    """Return the style sheet that every repr brings along."""
    return style_sheet("theme.css", "repr.css")


# -- heads --------------------------------------------------------------------------------


def _variable_head(facts: VariableFacts) -> str:
    kind = {
        "leaf": "leaf, generation 0",
        "constant": "constant, generation 0",
        "no_grad": "made under no_grad, generation 0",
    }.get(facts.kind, f"generation {facts.generation:,}")
    if facts.creator is not None:
        kind = f"from {escape(facts.creator.name)}, generation {facts.generation:,}"
    chips = "" if facts.value is None else _chips(facts.value.dtype, facts.value.shape)
    name = _name(facts.name) or '<span class="ng-unnamed">variable</span>'
    return _head(f'{name}{chips}<span class="ng-kind">{kind}</span>', facts.place, facts.line)


def _function_head(facts: FunctionFacts) -> str:
    symbol = ""
    if facts.symbol != facts.name:
        symbol = f'<span class="ng-pill">{escape(facts.symbol)}</span>'
    called = "not called yet" if facts.generation is None else f"generation {facts.generation:,}"
    label = ""
    if facts.label.lower() not in {facts.name.lower(), facts.symbol.lower()}:
        label = f'<code class="ng-chip">{escape(facts.label)}</code>'
    kind = f'<span class="ng-kind">function, {called}</span>'
    return _head(f"{_name(facts.name)}{symbol}{label}{kind}", facts.place, facts.line)


def _head(content: str, place: str, line: str) -> str:
    tip = f' title="{escape(line)}"' if line else ""
    where = f'<span class="ng-place"{tip}>{escape(place)}</span>' if place else ""
    return f'<div class="ng-head">{content}{where}</div>'


def _name(name: str) -> str:
    if not name:
        return ""
    short = name if len(name) <= MAX_NAME_LENGTH else f"{name[: MAX_NAME_LENGTH - 1]}…"
    tip = f' title="{escape(name)}"' if short != name else ""
    return f'<strong class="ng-name"{tip}>{escape(short)}</strong>'


def _chips(dtype: str, shape: Sequence[int]) -> str:
    return (
        f'<code class="ng-chip">{escape(dtype)}</code>'
        f'<code class="ng-chip">{fmt.shape(shape)}</code>'
    )


# -- value and gradient ---------------------------------------------------------------------


def _columns(facts: VariableFacts) -> str:
    if facts.value is None:
        value = '<p class="ng-why"><b>None</b> holds no data yet: set <code>x.data</code></p>'
    else:
        value = array_html(facts.value, "value")
    if facts.grad is None:
        reason, advice = facts.why
        grad = (
            f'<div class="ng-why"><b>None</b> {escape(reason)}'
            f'<div class="ng-advice">{_code_words(advice)}</div></div>'
        )
    else:
        grad = array_html(facts.grad, "gradient")
    note = ""
    if facts.grad_is_variable:
        note = '<div class="ng-note">a Variable: backward(create_graph=True) made it</div>'
    return (
        f'<div class="ng-columns"><div><div class="ng-label">value</div>{value}</div>'
        f'<div><div class="ng-label">grad</div>{grad}{note}</div></div>'
    )


def _code_words(sentence: str) -> str:
    """Set code, such as ``backward()``, in the code font."""
    words = (
        f"<code>{escape(word)}</code>" if "(" in word or "=" in word else escape(word)
        for word in sentence.split(" ")
    )
    return " ".join(words).replace(":</code>", "</code>:")


# -- creator, graph -------------------------------------------------------------------------


def _creator(facts: VariableFacts, creator: FunctionFacts) -> str:
    rule = _rule(creator.rule)
    if creator.stale:
        rule += f' <span class="ng-note">{escape(creator.stale)}</span>'
    rows = [_operands("inputs", creator.inputs, creator.more_inputs)]
    if facts.place:
        line = f'<code class="ng-line">{escape(facts.line)}</code>' if facts.line else ""
        rows.append(_field("made", f"{escape(facts.place)} {line}"))
    rows.append(_field("grad mode", "on when it was made: the graph was recorded"))
    return _details(f"creator <b>{escape(creator.name)}</b> {rule}", "".join(rows))


def _operands(title: str, operands: Sequence[Operand], more: int = 0) -> str:
    items = [_operand(x) for x in operands]
    if more:
        items.append(f'<li class="ng-note">… {more:,} more</li>')
    return _field(title, f'<ul class="ng-operands">{"".join(items)}</ul>')


def _operand(x: Operand) -> str:
    name = f"<b>{escape(x.name)}</b> " if x.name else ""
    chips = "" if x.shape is None else _chips(x.dtype, x.shape)
    value = ""
    if x.facts is not None and x.facts.values:
        value = f"<span>{fmt.number(x.facts.values[0])}</span> "
    note = f'<span class="ng-kind">{escape(x.note)}</span>' if x.note else ""
    return f"<li>{name}{value}{chips}{note}</li>"


def _field(title: str, content: str) -> str:
    return f'<div class="ng-field"><span class="ng-label">{title}</span><div>{content}</div></div>'


def _paragraph(text: str) -> str:
    return f'<div class="ng-summary">{escape(text)}</div>' if text else ""


def _rule(rule: str) -> str:
    return f'<code class="ng-formula">{escape(rule)}</code>' if rule else ""


def _graph(graph: GraphData, name: str) -> str:
    """Draw the graph behind a variable or a function, folded."""
    functions = [node for node in graph.nodes if node.kind == "function"]
    first = min(node.generation for node in functions)
    last = max(node.generation for node in functions)
    which = f"generation {last:,}" if first == last else f"generations {first:,} to {last:,}"
    number = f"{len(functions)} function{'s' * (len(functions) > 1)}"
    note, more = "", ""
    if not graph.complete:
        number = f"the nearest {number}"
        more = ", … more behind"
        left = f"generations 0 to {first - 1:,} and " if first > 1 else ""
        note = (
            f'<div class="ng-note">… more: {left}what stands left of a dotted stub is not drawn '
            "here. <code>ng.graph(…)</code> draws more.</div>"
        )
    if words := legend(graph.nodes):
        note += f'<div class="ng-note">{escape(words)}</div>'
    said = f"{number} in {which}{more}"
    svg = graph_svg(
        Picture(graph.nodes, graph.edges, graph.root, quick=True),
        title=f"graph of {name}",
        description=f"{said}. From left to right in the order of the forward pass.",
    )
    summary = f'graph <span class="ng-kind">{said}</span>'
    scroll = f'<div class="ng-scroll" tabindex="0" role="group" aria-label="graph">{svg}</div>'
    return _details(summary, scroll + note)


def drawing_html(text: str, name: str, counts: str, svg: str, note: str, alone: str) -> str:
    """Return the HTML of a whole graph.

    Parameters
    ----------
    text : str
        The text repr.
    name, counts, note : str
        What it is the graph of, how large it is, and what is left out.
    svg, alone : str
        The drawing for here, and one with colours of its own, if any: a picture of that shows
        where style sheets are stripped.
    """
    head = (
        f'<div class="ng-head"><span>graph of</span>{_name(name)}'
        f'<span class="ng-kind">{escape(counts)}</span></div>'
    )
    foot = f'<div class="ng-note">{escape(note)}</div>' if note else ""
    body = (
        f'{head}<div class="ng-body ng-drawing"><div class="ng-scroll ng-from-left" '
        f'tabindex="0" role="group" aria-label="graph">{svg}</div>{foot}</div>'
    )
    image = picture_of(alone, text) if alone else ""
    return wrap(text, body, drawing=True, fallback=image)


def picture_of(svg: str, text: str) -> str:
    """Return a standalone SVG as an image, which sanitizers of untrusted notebooks keep."""
    data = base64.b64encode(svg.encode("utf-8", "backslashreplace")).decode("ascii")
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(text)}">'


def _details(summary: str, body: str) -> str:
    return f'<details><summary>{summary}</summary><div class="ng-body">{body}</div></details>'
