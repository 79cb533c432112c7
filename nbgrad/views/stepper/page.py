"""A trace as a page of its own: one file, no network, the widget's own module inside.

The template (``static/page.html``, from ``js/src/page.html``) has a strict content security
policy: nothing is fetched, and the only scripts are those in the file.  The static story
shows until the stepper has started, so the page says everything without scripts too.
"""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from nbgrad.tracing.atomic_write import write_file
from nbgrad.tracing.module_calls import (
    calls_of,
    children_of,
    depths,
    in_sight,
    is_open,
    runs,
    turned,
)
from nbgrad.tracing.narration.interface import UI
from nbgrad.views.theme import read_static

from .scene import closed_of, pack, scene
from .series import first_take, series_scene, series_table
from .static_story import story_html

if TYPE_CHECKING:
    import os

    from nbgrad.tracing import Trace
    from nbgrad.tracing.model import Parts
    from nbgrad.tracing.takes import Series

__all__ = ["page_html", "save_page", "series_html"]

STORY_LIMIT = 400_000
DEPTHS_LIMIT = 2_000_000
"""Bytes that the scenes of other depths may take in a page."""
MAX_SINGLE = 12
"""Of a folding with more modules closed, those with one of them open are left out."""
MAX_VISIBLE_FUNCTIONS = 300
"""Depths with more visible functions are left out, since drawing them would take long."""
MAX_COUNTED_FUNCTIONS = 2000
"""The same limit before reshaping is folded, which takes long itself."""
# Characters that would end a script, or a line of it.
UNSAFE_IN_SCRIPTS = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def save_page(trace: Trace, path: str | os.PathLike[str], lang: str = "auto", **state: Any) -> None:
    """Save a trace as a page that steps without a kernel.

    Parameters
    ----------
    trace : Trace
    path : path
    lang : {"auto", "en", "ko"}
    **state
        Traits that the page opens with, such as ``step=2`` or ``ask={"2": "What is a.grad?"}``.
    """
    write_file(path, page_html(trace, lang, **state))


def page_html(trace: Trace, lang: str = "auto", **state: Any) -> str:
    """Return the page; `state` sets traits, such as ``step=2``."""
    return _page(scene(trace, lang), trace, lang, state)


def series_html(series: Series, lang: str = "auto", **state: Any) -> str:
    """Return the page of a series: the stepper with a slider along its axis."""
    take = state.setdefault("take", first_take(series))
    data = series_scene(series, lang, take)
    table = series_table(series, "ko" if lang == "ko" else "en")
    return _page(data, series[take].shown, lang, state, table)


def _page(
    data: dict[str, Any], trace: Trace, lang: str, state: dict[str, Any], more: str = ""
) -> str:
    """Return the page of a scene; `more` follows the story, for readers without scripts."""
    text, packed = pack(data)
    language = "ko" if lang == "ko" else "en"
    told = data.get("story", {}).get(language)
    state = {**state, "_scene": text, "lang": lang}
    if packed:
        state["_packed64"] = base64.b64encode(packed).decode("ascii")
    state |= _depths(trace, lang, data, {"_scene": text, "_packed64": state.get("_packed64", "")})
    message = data.get("error", {}).get(language, "")
    values = {
        "lang": language,
        "title": escape(told["title"] if told else "nbgrad"),
        "story": story_html(
            trace, message, lang=language, limit=STORY_LIMIT, told=told, image=False, more=more
        ),
        "intro": escape(UI[language]["pageIntro"]),
        "state": script_json(state),
        "module": script_json(read_static("stepper.js")),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], _template())


def _depths(trace: Trace, lang: str, data: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    """Return other foldings of a trace, as far as they are small enough, and the ways between them.

    Without a kernel a page opens and closes modules by these alone: first those in which one module
    of the shown folding is open, then every depth, those nearest to the shown one first, then those
    in which one block of an opened run is open.
    """
    if data.get("modules") is None:
        return {}
    whole, now = trace.whole.nested, set(closed_of(data))
    every = depths(whole)
    place = every.index(now) if now in every else -1
    near = sorted(range(len(every)), key=lambda k: abs(k - place))
    single = _opened(whole, now, now)
    blocks = [one for first in single for one in _opened(whole, first, first - now)]
    foldings, scenes, room = [now], [shown], DEPTHS_LIMIT
    for closed in (*single, *(every[k] for k in near), *blocks):
        if closed in foldings or in_sight(whole, closed) > MAX_COUNTED_FUNCTIONS:
            continue
        if len(trace.whole.folded(closed).functions) > MAX_VISIBLE_FUNCTIONS:
            continue
        text, gzip = pack(scene(trace, lang, closed))
        packed = base64.b64encode(gzip).decode("ascii")
        room -= len(text.encode()) + len(packed)
        if room < 0:
            break
        foldings.append(closed)
        scenes.append({"_scene": text, "_packed64": packed})
    if len(scenes) == 1:
        return {}
    paths = [path for path, n in data["modules"]["calls"].items() if n > 1]
    children = children_of(calls_of(whole.functions))
    found = runs(children, whole.modules)
    for closed, one in zip(foldings, scenes, strict=True):
        inside = tuple(f"{c}." for c in closed)
        wanted = {p: turned(whole, closed, p, children) for p in paths if not p.startswith(inside)}
        one["ways"] = {}
        for path, target in wanted.items():
            fit = [
                k
                for k, other in enumerate(foldings)
                if (is_open(path, other, found) if path in closed else path in other)
            ]
            if fit:
                one["ways"][path] = min((len(foldings[k] ^ target), k) for k in fit)[1]
    return {"_depths": scenes, "_depth": 0}


def _opened(whole: Parts, closed: set[str], paths: set[str]) -> list[set[str]]:
    """Return the foldings in which one of these modules is open, unless there are too many."""
    return [turned(whole, closed, p) for p in sorted(paths)] if len(paths) <= MAX_SINGLE else []


@cache
def _template() -> str:
    return read_static("page.html")


def script_json(value: Any) -> str:
    """Write JSON that can stand in a ``<script>``."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(UNSAFE_IN_SCRIPTS)
