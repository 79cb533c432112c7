"""A trace as a page of its own: one file, no network, the widget's own module inside.

The template (``static/page.html``, from ``js/src/page.html``) has a strict content security
policy: nothing is fetched, and the only scripts are those in the file.  The static story
shows until the stepper has started, so the page says everything without scripts too.
"""

from __future__ import annotations

import base64
import json
import re
from html import escape
from typing import TYPE_CHECKING, Any

from nbgrad.engine.scope_guard import CollectorPaused
from nbgrad.tracing.json.table import Table
from nbgrad.tracing.narration.interface import UI
from nbgrad.views.theme import read_static

from .page_foldings import foldings_state
from .scene import pack, scene
from .series import first_take, series_scene, series_table
from .static_story import story_html

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbgrad.tracing import Trace
    from nbgrad.tracing.takes import Series

STORY_LIMIT = 400_000
# Characters that would end a script, or a line of it.
UNSAFE_IN_SCRIPTS = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def page_html(trace: Trace, lang: str = "auto", **state: Any) -> str:
    """Return a page that steps without a kernel.

    ``state`` has the traits that it opens with: ``step=2``, ``ask={"2": "What is a.grad?"}``.
    """
    table = Table()
    with CollectorPaused():
        data = scene(trace, lang, table=table)
        foldings = foldings_state(trace, lang, data, table)
        return _page(data, trace, lang, state, foldings)


def series_html(series: Series, lang: str = "auto", **state: Any) -> str:
    """Return the page of a series: the stepper with a slider along its axis."""
    take = state.setdefault("take", first_take(series))
    data = series_scene(series, lang, take)
    table = series_table(series, "ko" if lang == "ko" else "en")
    return _page(data, series[take].shown, lang, state, more=table)


def _page(
    data: dict[str, Any],
    trace: Trace,
    lang: str,
    state: dict[str, Any],
    foldings: dict[str, Any] | None = None,
    more: str = "",
) -> str:
    """Return the page of a scene; `more` follows the story, for readers without scripts."""
    language = "ko" if lang == "ko" else "en"
    told = data.get("story", {}).get(language)
    state = {**state, "lang": lang, **(foldings or _packed(data))}
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
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], read_static("page.html"))


def _packed(data: Mapping[str, Any]) -> dict[str, str]:
    text, packed = pack(data)
    base = {"_packed64": base64.b64encode(packed).decode("ascii")} if packed else {}
    return {"_scene": text, **base}


def script_json(value: Any) -> str:
    """Write JSON that can stand in a ``<script>``."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(UNSAFE_IN_SCRIPTS)
