"""Target: a stranger's texts in HTML, in SVG, on a saved page and in its script."""

from __future__ import annotations

import json
from html import escape

import nbgrad as ng
from nbgrad.views.stepper.page import page_html
from nbgrad.views.stepper.scene import scene, to_json
from nbgrad.views.theme import read_static
from tests.fuzz.checks import unseen
from tests.fuzz.hostile_graphs import hostile_trace, hostile_variable, texts_of
from tests.fuzz.mutate import mutate_bytes
from tests.fuzz.seeds import texts
from tests.views.page_checks import check_safe, check_svg

mutate = mutate_bytes


def seeds() -> list[bytes]:
    return [
        bytes([which]) + text for which in range(4) for text in (*texts(), b"\xff".join(texts()))
    ]


def target(data: bytes) -> None:
    """Show texts in one of the ways there are."""
    which, given = data[:1] or b"\0", texts_of(data[1:])
    check = (check_loaded, check_live, check_drawing, check_page)[which[0] % 4]
    check(given)


def check_markup(html: str | None) -> None:
    assert html is not None
    assert unseen(html) == [], ascii(unseen(html))
    check_safe(html)


def check_loaded(texts: list[str]) -> None:
    check_markup(hostile_trace(texts)._repr_html_())


def check_live(texts: list[str]) -> None:
    y = hostile_variable(texts)
    check_markup(y._repr_html_())
    check_markup(y.creator.inputs[0].creator._repr_html_())


def check_drawing(texts: list[str]) -> None:
    graph = ng.graph(hostile_trace(texts))
    check_svg(graph.to_svg())
    check_markup(graph._repr_html_())


def check_page(texts: list[str]) -> None:
    """Read a page's scripts back: the data are equal, and no text ends a script early."""
    trace = hostile_trace(texts)
    page = page_html(trace)
    for key, wanted in (("state", to_json(scene(trace))), ("module", read_static("stepper.js"))):
        head = f'<script type="application/json" id="{key}">'
        assert page.count(head) == 1
        script = page.split(head)[1].split("</script>")[0]
        assert not set(script) & set("<>&\u2028\u2029")
        found = json.loads(script)
        assert (found["_scene"] if key == "state" else found) == wanted
    assert page.count("<script") == page.count("</script>") == 3
    assert f"<title>{escape(told_title(trace))}</title>" in page


def told_title(trace: ng.Trace) -> str:
    return str(scene(trace)["story"]["en"]["title"])
