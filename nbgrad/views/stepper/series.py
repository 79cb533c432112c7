"""What the front end gets of a series: one scene per graph, and the numbers of each take.

`series_scene` returns the scene of one take, with one more key (``js/src/series.ts``)::

    "series":
        {"axis": "iteration",
         "at": ["0", "1", ...],              # where each take stands, as written
         "notes": {"en": ["..."]},
         "sections":                          # one per graph
             [{"scene": SCENE,               # null: the one that this stands in; without "ui"
               "common": [SUMMARY, ...]}, ...],
         "takes":
             [{"section": 0,
               "numbers": [SUMMARY, ...],     # trace.summaries = common + numbers
               "trouble": [TROUBLE, ...],
               "mark": "nan",                 # nan | inf | exploding | vanishing | dead | ""
               "said": {"en": [...]},         # the take in a sentence
               "story": {"en": {"forward", "generation", "worked"}},  # may be missing
               "remarks": {"en": [...]}}, ...],                                # and these too
         "lines": [{"name": "loss", "values": [0.7, null, ...]}, ...]}

A long series of large graphs has no sentences for each step; then the take's own stands there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING, Any

from nbgrad.tracing.flow import TROUBLES
from nbgrad.tracing.json.series import series_dict
from nbgrad.tracing.narration.story import Story
from nbgrad.tracing.narration.takes import series_rows, tell_note, tell_take, write_place
from nbgrad.tracing.takes.series import Series
from nbgrad.tracing.trouble import find_trouble

from .scene import LANGUAGES, Room, remarks_of, scene, story_of_take, to_json

if TYPE_CHECKING:
    from nbgrad.tracing.model import Parts
    from nbgrad.tracing.trace import Trace

MAX_TOLD_CALLS = 4000
"""A series of this many function calls in all has the sentences of every step."""
MAX_TEXT = 4_000_000
"""Characters of a series' numbers; beyond, arrays lose pictures and elements, then takes go."""
MAX_SIZED = 100
"""The takes whose numbers the cards are made wide enough for."""
MAX_LINES = 7
MAX_ROWS = 60


def series_scene(series: Series, lang: str = "auto", take: int = 0) -> dict[str, Any]:
    """Return all that the stepper shows of a series.

    Parameters
    ----------
    series : Series
        Of one take at least.
    lang : {"auto", "en", "ko"}
    take : int
        Which take is shown at first.
    """
    if not len(series):
        raise ValueError("This series has no take yet: there is nothing to show.")
    shown = as_shown(series)
    traces = shown.traces  # each builds its model once
    languages = LANGUAGES if lang == "auto" else (lang,)
    data = thinned(shown)
    sections = []
    for k, section in enumerate(data["sections"]):
        mine = [i for i, row in enumerate(data["takes"]) if row["section"] == k]
        first, room = mine[0], Room()
        for i in mine[:: -(-len(mine) // MAX_SIZED)]:
            room.add(traces[i].parts)
        drawn = scene(traces[first], lang, room=room)
        if "error" in drawn:
            return drawn
        numbers = data["takes"][first]["numbers"]
        drawn["trace"] = {**section["trace"], "summaries": [*section["common"], *numbers]}
        drawn["naive"] = drawn["modules"] = None  # a series keeps its folding
        drawn["remarks"] = {}  # each take has its own
        sections.append({"scene": drawn, "common": section["common"]})
    around = sections[data["takes"][take]["section"]]
    first_shown, around["scene"] = around["scene"], None
    for section in sections:
        if section["scene"] is not None:
            del section["scene"]["ui"]
    return {
        **first_shown,
        "series": {
            "axis": shown.axis,
            "at": [write_place(place) for place in shown.at],
            "notes": {key: [tell_note(note, key) for note in shown.notes] for key in languages},
            "sections": sections,
            "takes": _takes(shown, traces, data["takes"], languages),
            "lines": _lines([trace.parts for trace in traces], shown.axis == "iteration"),
        },
    }


def _takes(
    series: Series, traces: Sequence[Trace], rows: list[Any], languages: Sequence[str]
) -> list[dict[str, Any]]:
    """Return what is sent for each take: numbers, troubles, sentences."""
    told = sum(len(trace.calls) for trace in traces) <= MAX_TOLD_CALLS
    takes, before = [], None
    for trace, at, row in zip(traces, series.at, rows, strict=True):
        parts = trace.parts
        found = find_trouble(parts)
        said = {key: tell_take(parts, before, found, series.axis, at, key) for key in languages}
        take = {"section": row["section"], "numbers": row["numbers"], "said": said}
        if told:
            take["story"] = {key: story_of_take(Story(parts, key)) for key in languages}
            remarks = remarks_of(parts, languages)
            if any(remarks.values()):
                take["remarks"] = remarks
        kinds = {t.kind for t in found} | ({"dead"} if parts.dead else set())
        take["mark"] = min(kinds, key=TROUBLES.index, default="")
        take["trouble"] = [asdict(t) for t in found]
        takes.append(take)
        before = parts
    return takes


def first_take(series: Series) -> int:
    """Return the take that is shown at first: the last one of a training run."""
    return len(series) - 1 if series.axis == "iteration" else 0


def as_shown(series: Series) -> Series:
    """Return a series of what views show: of PyTorch's passes, modules and reshaping folded."""
    if not any("framework" in structure for structure in series.structures):
        return series.decoded()
    shown = Series(series.axis, series.notes)
    for trace, at in zip(series.traces, series.at, strict=True):
        shown.add(trace.shown, at)
    return shown.decoded()


def thinned(series: Series) -> dict[str, Any]:
    """Write the numbers of a series, reduced until they are small enough."""
    for thin in range(3):
        if thin < 2 and _estimate(series, thin) > MAX_TEXT:
            continue
        data = series_dict(series.axis, series.notes, series._sections, series._takes, thin)
        if thin == 2 or len(to_json(data)) <= MAX_TEXT:
            return data
    raise AssertionError("the last round returns")


def _estimate(series: Series, thin: int) -> int:
    """Return about how many characters the numbers take, by the first take of the series."""
    total = 0
    for summary in (v.value for v in series[0].variables if v.value is not None):
        elements = 0 if summary.values is None else len(summary.values)
        picture = 0 if summary.thumb is None or thin else len(summary.thumb.values)
        total += 3 * (80 + 14 * (elements + picture))
    return total * len(series)


def _lines(parts: Sequence[Parts], training: bool) -> list[dict[str, Any]]:
    """Return the root's value and each leaf's gradient, take by take.

    Of a gradient the norm; of a number that does not train, such as a swept one, the number.
    """
    root = [None if p.root.value is None else p.root.value.measure for p in parts]
    lines = [{"name": parts[-1].root.name, "values": list(map(_finite, root))}]
    names = dict.fromkeys(v.name for p in parts for v in p.variables if v.kind == "leaf")
    for name in names:
        found = [
            None if (v := p.variables.get(name)) is None else p.gradients.get(v.id) for p in parts
        ]
        norms = training or any(g is not None and not g.is_scalar for g in found)
        values = [None if g is None else _finite(g.norm if norms else g.measure) for g in found]
        if any(value is not None for value in values):
            lines.append({"name": f"‖{name}.grad‖" if norms else f"{name}.grad", "values": values})
    return lines[:MAX_LINES]


def _finite(value: float | None) -> float | None:
    return float(f"{value:.6g}") if value is not None and math.isfinite(value) else None


def series_table(series: Series, lang: str = "en") -> str:
    """Return the takes as an HTML table: where each stands, the root's value, gradient norms."""
    step = -(-len(series) // MAX_ROWS)
    chosen = sorted({*range(0, len(series), step), len(series) - 1})
    parts = [series[k].shown.parts for k in chosen]
    head, rows = series_rows(series.axis, [series.at[k] for k in chosen], parts)
    cells = "".join(f"<th scope='col'>{escape(name)}</th>" for name in head)
    body = "".join(
        f"<tr><th scope='row'>{escape(row[0])}</th>"
        + "".join(f"<td class='sums'>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    notes = "".join(f"<p class='soft'>{escape(tell_note(note, lang))}</p>" for note in series.notes)
    return (
        f"<div class='nbgrad nbgrad-story'><div class='story-scroll' tabindex='0'><table><thead><tr>"
        f"{cells}</tr></thead><tbody>{body}</tbody></table></div>{notes}</div>"
    )
