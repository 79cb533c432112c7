"""A notebook that is opened again the next day: no kernel, another kernel, not trusted."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.host import Notebook
from tests.browser.notebooks import DIAMOND, IMPORTS
from tests.browser.server import JupyterServer
from tests.browser.stepper import StepperView

CELLS = [IMPORTS, DIAMOND, "%backward y"]


def test_the_stepper_lives_without_its_kernel(
    open_notebook: Callable[..., Notebook], jupyter: JupyterServer
) -> None:
    book = open_notebook(CELLS)
    view = StepperView(book.page)
    view.click("Next")
    book.save()
    saved = json.loads((jupyter.root / book.path).read_text(encoding="utf-8"))
    states = saved["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    assert sorted(one["model_name"] for one in states.values()) == ["AnyModel", "LayoutModel"]

    book.shut_down()
    book.reopen()
    view = StepperView(book.page)
    view.expect_position(1)
    view.click("Last")
    view.expect_grads(x=64)
    expect(book.page.get_by_text("model not found")).to_have_count(0)
    expect(book.page.locator(".nbgrad-story")).to_have_count(0)


def test_a_notebook_that_is_not_trusted_tells_the_story(
    open_notebook: Callable[..., Notebook], jupyter: JupyterServer
) -> None:
    book = open_notebook(CELLS)
    StepperView(book.page)
    book.save()
    path = jupyter.root / book.path
    saved = json.loads(path.read_text(encoding="utf-8"))
    saved["cells"][0]["source"] += "\n# changed by somebody else"
    path.write_text(json.dumps(saved), encoding="utf-8")
    book.reopen()
    expect(book.page.get_by_text("model not found")).to_have_count(0)
    told = book.page.locator(".jp-RenderedHTML").get_by_text("x.grad = 64").filter(visible=True)
    expect(told.first).to_be_visible()


@pytest.mark.parametrize("change", ["removed", "run again"])
def test_a_stepper_that_is_gone_leaves_no_state(
    open_notebook: Callable[..., Notebook], jupyter: JupyterServer, change: str
) -> None:
    book = open_notebook(CELLS)
    StepperView(book.page)
    book.save()
    if change == "run again":
        book.run_all()
        StepperView(book.page)
    else:
        book.command("notebook:clear-all-cell-outputs")
    book.save()
    saved = json.loads((jupyter.root / book.path).read_text(encoding="utf-8"))
    states = saved["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    assert len(states) == (2 if change == "run again" else 0)
