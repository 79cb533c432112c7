"""The story of a trace without scripts: a drawing, and a table of all steps.

It is what a saved notebook, nbconvert, nbviewer and print show, what the widget falls back
to, and what a saved page holds for readers without scripts.  Pure HTML and CSS; everything
that a user wrote is escaped; long stories are cut with a line that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from html import escape
from typing import TYPE_CHECKING, Any

from nbgrad.tracing import format as fmt
from nbgrad.tracing.narration.interface import UI
from nbgrad.tracing.narration.language import Speaker
from nbgrad.tracing.narration.reasons import reasons
from nbgrad.tracing.narration.story import Story
from nbgrad.tracing.narration.titles import variable_name
from nbgrad.tracing.sums import write_sum
from nbgrad.views.graph.graph import Graph
from nbgrad.views.graph.svg import Picture, graph_svg
from nbgrad.views.graph.svg_style import graph_style
from nbgrad.views.repr.html import NOT_TYPESET, picture_of
from nbgrad.views.theme import style_sheet

from .static_flow import flow_html

if TYPE_CHECKING:
    from nbgrad.tracing import Step, Summary, Trace, VariableInfo

MAX_NODES = 120  # in the drawing
MAX_ALT = 2000  # characters that describe it
MAX_ROWS = 200  # in the table
MAX_CALLS = 12  # in a row
MAX_BYTES = 100_000
LEFT = " style='text-align:left'"
"""An untrusted notebook drops style sheets, and its host's own has the text of all cells on the right."""


def story_html(
    trace: Trace | None,
    message: str = "",
    *,
    lang: str = "en",
    limit: int = MAX_BYTES,
    told: Mapping[str, Any] | None = None,
    image: bool = True,
    model: str = "",
    more: str = "",
) -> str:
    """Return the static story of a trace.

    Parameters
    ----------
    trace : Trace or None
        None: only the message.
    message : str
        Why there is nothing to show.
    lang : {"en", "ko"}
    limit : int
        Bytes that the result may take; rows that would go beyond are counted instead.
    told : mapping, optional
        The narrator's sentences, as a scene has them; else they are asked for.
    image : bool
        Let a picture stand by, for where a sanitizer strips style sheets and SVG.
    model : str
        Id of the widget's model in whose place the story stands.
    more : str
        HTML that follows, such as the table of a series.
    """
    of = f" data-model='{escape(model)}'" if model else ""
    if trace is None or message:
        text = f"<p role='alert'>{escape(message)}</p>"
        return f"{_styles()}<div class='nbgrad nbgrad-story {NOT_TYPESET}'{of}>{text}</div>"
    trace = trace.shown
    if told is None:
        story = Story(trace.parts, lang, MAX_ROWS)
        told = {key: getattr(story, key) for key in ("title", "subtitle", "alt", "generation")}
    head = (
        f'<p class="story-head"><strong>{escape(told["title"])}</strong> '
        f'<span class="soft">{escape(told["subtitle"])}</span></p>'
    )
    drawing = static_drawing(trace, told["title"], told["alt"], lang, limit // 2, image=image)
    open_ = f"{_styles()}<div class='nbgrad nbgrad-story {NOT_TYPESET}' lang='{lang}'{of}>{head}{flow_html(trace, lang)}{drawing}"
    said = reasons(trace.parts, Speaker(lang))
    notes = "".join(f"<p class='soft'>{escape(sentence)}</p>" for sentence in said)
    notes += more
    room = limit - len(open_.encode()) - len(notes.encode()) - 600
    return f"{open_}{_table(trace, told['generation'], lang, room)}{notes}</div>"


@cache
def _styles() -> str:
    return style_sheet("theme.css", "story.css")


# ---- the drawing, as it is when the pass has ended


def static_drawing(
    trace: Trace,
    title: str,
    alt: str,
    lang: str = "en",
    limit: int = MAX_BYTES,
    *,
    image: bool = True,
) -> str:
    """Return the graph as SVG: of a large one as much, nearest to the root, as the limit allows."""
    whole = Graph.from_trace(trace)
    count = MAX_NODES
    while True:
        part = whole.nearest(count)
        placed = Picture(part.nodes, part.edges, part.root)
        write = partial(graph_svg, placed, title=title, description=alt[:MAX_ALT], lang=lang)
        svg = write()
        instead = ""
        if image:
            alone = write(alone=True)
            instead = f"<div class='story-picture'>{picture_of(alone, alt[:MAX_ALT])}</div>"
        if len(svg.encode()) + len(instead) <= limit or count < 12:
            break
        count //= 2
    more = len(whole.by_id) - len(part.by_id)
    rest = UI[lang]["moreNodes"].format(n=f"{more:,}") if more else ""
    note = f"<p class='soft'>{escape(rest)}</p>" if rest else ""
    hidden = " style='display:none'" if image else ""
    return (
        f"{graph_style()}{instead}<div class='story-graph' tabindex='0'{hidden}>{svg}</div>{note}"
    )


# ---- the table


def _table(trace: Trace, sentences: Sequence[Sequence[str]], lang: str, room: int) -> str:
    words, steps = UI[lang], [None, *trace.steps]
    rows: list[str] = []
    for k, step in enumerate(steps):
        sentence = sentences[k] if k < len(sentences) else ()
        row = _row(k, step, sentence, lang)
        room -= len(row.encode())
        if k >= MAX_ROWS or room < 0:
            rest = words["more"].format(n=len(steps) - k)
            rows.append(f"<tr><td></td><td colspan='2' class='soft'>{escape(rest)}</td></tr>")
            break
        rows.append(row)
    head = "".join(
        f"<th scope='col'{LEFT}>{escape(words[key])}</th>"
        for key in ("step", "told", "contributions")
    )
    return (
        f"<details open><summary>{escape(words['allSteps'].format(n=len(trace.steps)))}</summary>"
        f"<div class='story-scroll' tabindex='0'><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div></details>"
    )


def _row(k: int, step: Step | None, sentence: Sequence[str], lang: str) -> str:
    told = "".join(
        f"<b>{escape(text)}</b>" if i % 2 else escape(text) for i, text in enumerate(sentence)
    )
    sums = "" if step is None else "<br>".join(_sums(step, lang))
    return (
        f"<tr><th scope='row'>{k}</th><td{LEFT}>{told}</td><td class='sums'{LEFT}>{sums}</td></tr>"
    )


def _sums(step: Step, lang: str) -> Iterable[str]:
    """Yield ``a.grad = 8 + 8 = 16`` for each variable that the step reaches."""
    gathered: dict[str, tuple[VariableInfo, list[Summary], Summary]] = {}
    for part in step.contributions:
        variable, terms, _ = gathered.get(part.variable.id) or (part.variable, [], part.after)
        if not terms and part.before is not None:
            terms.append(part.before)
        terms.append(part.amount)
        gathered[variable.id] = (variable, terms, part.after)
    for n, (variable, terms, after) in enumerate(gathered.values()):
        if n >= MAX_CALLS:
            yield escape(UI[lang]["more"].format(n=len(gathered) - n))
            return
        total, summed = after.brief, ""
        shown = None if len(terms) < 2 or after.shape else write_sum(terms, after)
        if after.shape:
            total = f"{fmt.shape(after.shape)} {total}"
        elif shown is not None:
            total, summed = shown.total, f"{shown.left} {shown.sign} "
        name = escape(fmt.grad_name(variable_name(variable.name, lang)))
        yield f"{name} = {escape(summed)}<b>{escape(total)}</b>"
