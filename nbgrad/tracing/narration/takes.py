"""A series of takes in sentences: the numbers of each take, and their trend."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbgrad.tracing import format as fmt
from nbgrad.tracing.model import Parts
from nbgrad.tracing.trouble import Trouble, first_of_kinds

from .language import Runs, Segments, Speaker, segments
from .phrases import Phrases
from .sentences import SENTENCES

MAX_GRADS = 3
"""The gradients of this many leaves are told for each take."""
MAX_STEADY_SHARE = 0.02
"""A norm that changes by less than this share is called steady."""


def tell_take(
    parts: Parts,
    before: Parts | None,
    found: list[Trouble],
    axis: str,
    at: float | str,
    lang: str = "en",
) -> Segments:
    """Tell one take: the root's value, gradients of leaves, and what was found to be wrong.

    The take before it is there to say whether norms rise or fall.
    """
    speaker = Speaker(lang)
    phrases = Phrases(parts.variables, speaker)
    said: list[Runs] = [[(False, _value(parts, phrases))]]
    leaves = [v for v in parts.variables if v.kind == "leaf" and v.id in parts.gradients]
    said += [[(False, _grad(parts, before, v.id, phrases))] for v in leaves[:MAX_GRADS]]
    for t in first_of_kinds(found):
        what = phrases.name(t.variable)
        what = what if t.phase == "forward" else fmt.grad_name(what)
        said.append([(False, speaker.text(f"take_{t.kind}", what=what))])
    joined: Runs = []
    for k, runs in enumerate(said):
        joined += [*([(False, ", ")] if k else []), *runs]
    return segments(speaker.say("take", axis=axis, at=write_place(at), said=joined))


NOTES = (
    "graph_changes", "graph_differs", "sweep_same_functions", "sweep_random", "functions.1", "functions",
)  # fmt: skip
"""The sentences that the notes of a series are made of."""


def tell_note(note: str, lang: str) -> str:
    """Say a note of a series, which is kept in English, in another language.

    A note of the user's own, which is none of the table's sentences, stays as it is.
    """
    for key in NOTES:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(SENTENCES[key][0]))
        match = re.fullmatch(pattern, note)
        if match is not None:
            values = {name: tell_note(value, lang) for name, value in match.groupdict().items()}
            return Speaker(lang).text(key, **values)
    return note


def write_place(at: float | str) -> str:
    """Write where a take stands."""
    return at if isinstance(at, str) else str(at) if isinstance(at, int) else fmt.number(at)


def _value(parts: Parts, phrases: Phrases) -> str:
    root = parts.root
    if root.value is None:
        return phrases.name(root)
    return phrases.speaker.text("take_value", y=phrases.name(root), value=root.value.brief)


def _grad(parts: Parts, before: Parts | None, key: str, phrases: Phrases) -> str:
    gradient, x = parts.gradients[key], phrases.name(key)
    if gradient.is_zero:
        return phrases.speaker.text("take_dead", x=x)
    earlier = None if before is None else before.gradients.get(key)
    told = {"x": x, "value": fmt.number(gradient.measure)}
    sentence = "take_slope" if gradient.is_scalar else "take_grad"
    if earlier is None or earlier.norm is None or gradient.norm is None:
        return phrases.speaker.text(sentence, **told)
    where = phrases.speaker.text(trend(earlier.norm, gradient.norm))
    return phrases.speaker.text(f"{sentence}_trend", trend=where, **told)


def trend(before: float, now: float) -> str:
    """Return ``"rising"``, ``"falling"`` or ``"steady"``."""
    if abs(now - before) <= MAX_STEADY_SHARE * max(abs(before), abs(now)):
        return "steady"
    return "rising" if now > before else "falling"


def series_rows(
    axis: str, at: Sequence[float | str], takes: Sequence[Parts]
) -> tuple[list[str], list[list[str]]]:
    """Return a table's head, and a row for each take: where, the root's value, the gradients."""
    names = list(
        dict.fromkeys(
            v.name for p in takes for v in p.variables if v.kind == "leaf" and v.id in p.gradients
        )
    )
    root = takes[-1].root.name if takes else ""
    rows = []
    for place, parts in zip(at, takes, strict=True):
        value = parts.root.value
        shown = "–" if value is None else fmt.number(value.measure)
        norms = [
            fmt.number(parts.gradients[v.id].measure)
            if (v := parts.variables.get(name)) is not None and v.id in parts.gradients
            else "–"
            for name in names
        ]
        rows.append([write_place(place), shown, *norms])
    return [axis, root, *(f"{name}.grad" for name in names)], rows
