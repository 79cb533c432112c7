"""Names and contents from strangers are shown as text and never run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import nbgrad as ng
from tests.browser.host import Notebook
from tests.browser.notebooks import IMPORTS
from tests.browser.stepper import StepperView

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
