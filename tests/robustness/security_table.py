"""The security table: what a stranger controls, against where it is shown.

    python -m tests.robustness.security_table

prints it with what became of each pair. `test_security.py` runs the same pairs as tests. A pair is
good when all of `STRINGS` pass the check of its view; strings are in `hostile.py`.
"""

from __future__ import annotations

import copy
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

import nbgrad as ng
from nbgrad.tracing import Trace
from nbgrad.views.graph.dot import dot_source
from nbgrad.views.stepper.page import page_html
from nbgrad.views.stepper.scene import scene, to_json
from nbgrad.views.theme import read_static
from tests.fuzz.checks import Dot, unseen
from tests.robustness.hostile import SOURCES, STRINGS, Shown
from tests.views.page_checks import Page, check_safe, check_svg

Check = Callable[[Shown, Shown], None]
HARMLESS = "plain"


class NotApplicable(Exception):
    """A pair that does not exist: a loaded trace has no live Variable."""


# ---------------------------------------------------------------- markup


def live(shown: Shown) -> ng.Variable:
    if shown.y is None:
        raise NotApplicable
    return shown.y


def same_elements(hostile: str, plain: str) -> None:
    """Check HTML: text of a stranger adds no element and no attribute, and shows nothing unseen."""
    assert unseen(hostile) == [], ascii(unseen(hostile))
    found, wanted = (
        Counter((e.tag, *sorted(set(e.attributes) - {"title"})) for e in check_safe(html).elements)
        for html in (hostile, plain)
    )
    assert found == wanted, found - wanted


def variable_html(hostile: Shown, plain: Shown) -> None:
    same_elements(live(hostile)._repr_html_() or "", live(plain)._repr_html_() or "")


def function_html(hostile: Shown, plain: Shown) -> None:
    a, b = (own_function(live(s))._repr_html_() or "" for s in (hostile, plain))
    same_elements(a, b)


def own_function(y: ng.Variable) -> Any:
    """Return the function that made a variable, or the one before it that is not an operation."""
    before = y.creator.inputs[0].creator
    return y.creator if before is None else before


def graph_html(hostile: Shown, plain: Shown) -> None:
    a, b = (ng.graph(s.trace)._repr_html_() for s in (hostile, plain))
    same_elements(a, b)


def trace_html(hostile: Shown, plain: Shown) -> None:
    a, b = (s.trace._repr_html_() or "" for s in (hostile, plain))
    same_elements(a, b)


def svg(hostile: Shown, plain: Shown) -> None:
    """Check XML: well-formed, without script, link or reference, and of the same elements."""
    a, b = (ng.graph(s.trace).to_svg() for s in (hostile, plain))
    assert unseen(a) == []
    found, wanted = (
        [(e.tag, *sorted(e.attrib)) for e in check_svg(text).iter()] for text in (a, b)
    )
    assert found == wanted
    assert "<!" not in a.replace("<!--", "")
    assert ET.fromstring(a) is not None


# ---------------------------------------------------------------- DOT, the page, the widget


def dot(hostile: Shown, plain: Shown) -> None:
    """Check DOT: the same nodes and edges, and nothing that Graphviz would expand."""
    graph = ng.graph(hostile.trace)
    for source in (dot_source(graph), graph.to_dot().source):
        read = Dot(source)
        assert read.edges == [(edge.source, edge.target) for edge in graph.edges]
        assert list(read.labels) == [node.id for node in graph.nodes]
        words = {token for token in read.tokens if not token.startswith('"')}
        assert not words & {"URL", "href", "image", "evil", "shapefile", "fontpath"}


def page(hostile: Shown, plain: Shown) -> None:
    """Check a saved page: three scripts, two of them data, which read back equal."""
    text = page_html(hostile.trace)
    assert set(unseen(text, "\n")) <= set(unseen(read_static("stepper.js"), "\n"))
    read, other = Page(text), Page(page_html(plain.trace))
    assert [e.tag for e in read.elements] == [e.tag for e in other.elements]
    data = {e.attributes["id"]: e.text for e in read.of("script", type="application/json")}
    assert list(data) == ["state", "module"]
    assert not set(data["state"] + data["module"]) & set("<>&\u2028\u2029")
    assert json.loads(json.loads(data["state"])["_scene"]) == json.loads(
        to_json(scene(hostile.trace))
    )
    assert json.loads(data["module"]) == read_static("stepper.js")
    for element in read.elements:
        assert not [name for name in element.attributes if name.startswith("on")]
        assert not {"href", "action", "srcdoc", "formaction"} & set(element.attributes)
    (title,) = (e for e in read.of("title") if e.path[-1] == "head")
    assert title.text == read.one("h1").text


def widget(hostile: Shown, plain: Shown) -> None:
    """Check what a notebook is given: HTML, text, and a scene that reads back equal."""
    from nbgrad.views.stepper.widget import Stepper

    steppers = [Stepper(s.trace) for s in (hostile, plain)]
    try:
        (data, _), (other, _) = (stepper._repr_mimebundle_() for stepper in steppers)
        same_elements(data["text/html"], other["text/html"])
        check_line(data["text/plain"], "\n")
        assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"}
        sent = json.loads(steppers[0]._scene)
        assert isinstance(sent.pop("live"), bool)  # whether the kernel can compute it again
        assert sent == json.loads(to_json(scene(hostile.trace)))
    finally:
        for stepper in steppers:
            stepper.close()


def formats(hostile: Shown, plain: Shown) -> None:
    """Check that nothing is offered as Markdown, LaTeX or JavaScript, which hosts would interpret."""
    shown = [
        hostile.trace,
        ng.graph(hostile.trace),
        hostile.y and own_function(hostile.y),
        hostile.y,
    ]
    for thing in shown:
        for name in ("markdown", "latex", "javascript", "json"):
            assert not hasattr(thing, f"_repr_{name}_")
    bundle = ng.graph(hostile.trace)._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}


def json_file(hostile: Shown, plain: Shown) -> None:
    """Check a saved trace: it reads back equal."""
    text = json.dumps(hostile.trace.to_dict(), allow_nan=False)
    assert Trace.from_dict(json.loads(text)) == hostile.trace


# ---------------------------------------------------------------- terminals


def check_line(text: str, allowed: str = "") -> None:
    assert unseen(text, allowed) == [], ascii(unseen(text, allowed))


def text(hostile: Shown, plain: Shown) -> None:
    """Check what is printed: no control, hidden or turning character, and no line too many."""
    for make in (
        str,
        repr,
        lambda trace: str(ng.graph(trace)),
        lambda trace: repr(ng.graph(trace)),
    ):
        printed = make(hostile.trace)
        check_line(printed, "\n")
        assert printed.count("\n") == make(plain.trace).count("\n")
    if hostile.y is not None:
        check_line(repr(own_function(hostile.y)))


def errors(hostile: Shown, plain: Shown) -> None:
    """Check messages and notes: each is one line, whatever the names in it."""
    raised = list(failures(live(hostile)))
    assert len(raised) >= 5
    for error in raised:
        for said in (str(error), *getattr(error, "__notes__", [])):
            check_line(said)


def failures(y: ng.Variable) -> Iterator[Exception]:
    """Make every kind of mistake with a variable, and with the leaf it was computed from."""
    leaf = y
    while leaf.creator is not None:
        leaf = leaf.creator.inputs[0]
    empty = ng.Variable(None, leaf.name)
    function = own_function(y)

    def broken(self: Any, gy: Any) -> Any:
        raise ValueError("a rule of the user's")

    class Broken(type(function)):  # type: ignore[misc]
        backward = broken

    Broken.__name__ = type(function).__name__
    mistakes: list[Callable[[], Any]] = [
        lambda: leaf + np.ones(7),
        lambda: np.arange(3.0) @ leaf,
        lambda: float(leaf),
        lambda: ng.reshape(leaf, (99,)),
        lambda: copy.copy(y),
        empty.backward,
        lambda: Broken()(leaf).backward(),
        lambda: Broken()(np.ones(2), "x"),
        lambda: ng.trace(y).variables["none"],
    ]
    for mistake in mistakes:
        try:
            mistake()
        except Exception as error:  # noqa: BLE001 - they are what is looked at
            yield error


SINKS: dict[str, Check] = {
    "HTML of a Variable": variable_html,
    "HTML of a Function": function_html,
    "HTML of a Graph": graph_html,
    "HTML of a Trace": trace_html,
    "SVG": svg,
    "DOT": dot,
    "saved page": page,
    "widget": widget,
    "Markdown, LaTeX, script": formats,
    "saved JSON": json_file,
    "text": text,
    "errors": errors,
}


def outcome(source: str, sink: str) -> tuple[str, dict[str, BaseException]]:
    """Return "holds", "–" or "FAILS" for a pair, and what failed by string."""
    make, check, failed = SOURCES[source], SINKS[sink], {}
    plain = make(HARMLESS)
    for name, string in STRINGS.items():
        try:
            check(make(string), plain)
        except NotApplicable:
            return "–", {}
        except Exception as error:  # noqa: BLE001 - the table says which
            failed[name] = error
    return ("FAILS" if failed else "holds"), failed


def main() -> int:
    wide = max(map(len, SOURCES)) + 2
    print(" " * wide + "  ".join(f"{k:2}" for k in range(1, len(SINKS) + 1)))
    bad = 0
    for source in SOURCES:
        cells = []
        for sink in SINKS:
            verdict, failed = outcome(source, sink)
            cells.append({"holds": "✓ ", "–": "– "}.get(verdict, "✗ "))
            for name, error in failed.items():
                bad += 1
                print(f"✗ {source} in {sink}: {name}: {error!r}"[:300], file=sys.stderr)
        print(f"{source:{wide}}{'  '.join(cells)}")
    print()
    for k, sink in enumerate(SINKS, 1):
        print(f"{k:2}  {sink}: {(SINKS[sink].__doc__ or 'HTML: no element more').splitlines()[0]}")
    print(f"\n{len(STRINGS)} strings in each: {', '.join(STRINGS)}")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
