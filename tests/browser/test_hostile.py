"""Names and contents from strangers are shown as text and never run."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import nbgrad as ng
from nbgrad.tracing import Trace
from tests.browser.host import Notebook
from tests.browser.notebooks import IMPORTS
from tests.browser.stepper import StepperView
from tests.robustness.hostile import FIELDS, STRINGS, document

IMG = "<img src=x onerror='window.hacked = 1'>"
SCRIPT = "</script><script>window.hacked = 1</script>"
SVG = "\"><svg onload='window.hacked = 1'>"

CELL = f"""
class Evil(ng.Function):
    "{IMG}"
    def forward(self, x): return x * 2
    def backward(self, gy): return gy * 2
Evil.__name__ = Evil.__qualname__ = {IMG!r}
x = ng.Variable(np.array(2.0), name={IMG!r})
a = Evil()(x); a.name = {SCRIPT!r}
y = ng.square(a); y.name = {SVG!r}
"""

VIEWS = {
    "stepper": "ng.Stepper(y)",
    "variable": "y",
    "function": "a.creator",
    "graph": "ng.graph(y)",
    "trace": "ng.trace(y)",
}


def hacked(page: Page) -> bool:
    page.wait_for_timeout(500)
    return bool(page.evaluate("() => 'hacked' in window"))


def test_a_hostile_name_does_not_run(open_notebook: Callable[..., Notebook]) -> None:
    book = open_notebook([IMPORTS, CELL, *VIEWS.values()])
    stepper = StepperView(book.page)
    expect(stepper.root).to_contain_text("<img")
    for _ in range(2):
        stepper.click("Next")
    for node in stepper.root.locator("[data-kind]").all():
        node.click()
        assert stepper.root.locator("img, script").count() == 0
    assert not hacked(book.page)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_hostile_name_on_a_saved_page(
    offline: Callable[..., Page], tmp_path: Path, *, javascript: bool
) -> None:
    x = ng.Variable(np.array(2.0), name=IMG)
    a = ng.square(x)
    a.name = SCRIPT
    y = ng.square(a)
    y.name = SVG
    ng.trace(y).save(tmp_path / "steps.html")
    page = offline(tmp_path / "steps.html", java_script_enabled=javascript)
    expect(page.locator("body")).to_contain_text("<img")
    assert page.locator("img").count() == 0
    if javascript:
        assert not hacked(page)


def hostile_trace() -> Trace:
    """Return a loaded trace with every hostile string, in turn, in each of its texts."""
    data, given = document(), cycle([IMG, SCRIPT, SVG, *STRINGS.values()])
    for kind, paths in FIELDS.items():
        for node in data[kind]:
            for path in paths:
                *inner, key = path.split(".")
                (node[inner[0]] if inner else node)[key] = next(given)
    return Trace.from_dict(data)


def test_a_page_saved_from_a_hostile_trace_asks_for_nothing(
    offline: Callable[..., Page], tmp_path: Path
) -> None:
    hostile_trace().save(tmp_path / "steps.html")
    page = offline(tmp_path / "steps.html")
    events: list[str] = []
    page.on("dialog", lambda dialog: (events.append(dialog.message), dialog.dismiss()))
    page.on("popup", lambda other: events.append(other.url))
    page.on("download", lambda download: events.append(download.url))
    page.on("pageerror", lambda error: events.append(str(error)))
    page.on("request", lambda request: events.append(request.url))
    page.reload()
    stepper = StepperView(page)
    for node in stepper.root.locator("[data-kind]").all():
        node.click()
    stepper.click("Last")
    assert not hacked(page)
    assert [e for e in events if not e.startswith(("file:", "blob:"))] == []
    assert page.locator("img, iframe, object, embed, a[href], form").count() == 0


def test_a_page_runs_no_script_that_is_not_its_own(
    offline: Callable[..., Page], tmp_path: Path
) -> None:
    """Were a name not escaped, the content security policy would still stop it."""
    hostile_trace().save(tmp_path / "steps.html")
    text = (tmp_path / "steps.html").read_text(encoding="utf-8")
    injected = f"{SCRIPT[9:]}<img src=x onerror='window.hacked = 1'></main>"
    assert "</main>" in text
    (tmp_path / "broken.html").write_text(text.replace("</main>", injected), encoding="utf-8")
    page = offline(tmp_path / "broken.html")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.reload()
    expect(page.locator("main img")).to_have_count(1)
    StepperView(page).click("Last")
    assert not hacked(page)
    assert [text for text in said if "Content Security Policy" in text]
