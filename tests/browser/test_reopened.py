"""A notebook that is opened again the next day: without its kernel, changed, not trusted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.host import Notebook, wait_until
from tests.browser.notebooks import DIAMOND, IMPORTS
from tests.browser.server import JupyterServer
from tests.browser.stepper import StepperView

STATE = "application/vnd.jupyter.widget-state+json"
GIVE_UP = """() => {
  const place = document.querySelector('.jp-OutputArea-output:has(.stepper)');
  place.textContent = 'Error displaying widget: model not found';
  place.classList.add('jupyter-widgets');
}"""


def test_a_notebook_that_is_opened_again(
    open_notebook: Callable[..., Notebook], jupyter: JupyterServer
) -> None:
    """The stepper lives; where no script may run, its story stands; what is gone leaves nothing."""
    book = open_notebook([IMPORTS, DIAMOND, "%backward y"])
    path = jupyter.root / book.path

    def read() -> dict[str, Any]:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return document

    def expect_models(*names: str) -> None:
        """Wait until the file keeps these: what comes up after a save is saved a moment later."""
        wait_until(book.page, models, lambda kept: kept == names)

    def models() -> tuple[str, ...]:
        states = read()["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})
        return tuple(sorted(one["model_name"] for one in states.values()))

    StepperView(book.page).click("Next")
    book.save()
    expect_models("AnyModel", "LayoutModel")

    book.shut_down()
    book.reopen()
    book.page.locator(".stepper .transport").wait_for()  # its models are restored
    view = StepperView(book.page)
    view.expect_position(1)
    view.click("Last")
    view.expect_grads(x=64)
    alone = book.page.locator(".jupyter-widgets-disconnected:has(> .stepper)")
    assert alone.evaluate("e => getComputedStyle(e, '::before').content") == "none"
    expect(book.page.get_by_text("model not found")).to_have_count(0)
    expect(book.page.locator(".nbgrad-story")).to_have_count(0)

    # A host that restores twice at once may have given up on the model: it is shown again.
    book.page.evaluate(GIVE_UP)
    expect(book.page.get_by_text("model not found")).to_be_visible()
    book.execute("import nbgrad as ng\nng.Stepper(ng.as_variable(2.0) * 3)._repr_mimebundle_()")
    StepperView(book.page).expect_position(3)
    expect(book.page.get_by_text("model not found")).to_have_count(0)

    book.run_all()
    StepperView(book.page)
    book.save()
    expect_models("AnyModel", "LayoutModel")  # and no more the first run's

    book.page.goto("about:blank")  # a page that is open might save once more
    changed = read()
    changed["cells"][0]["source"] += "\n# by somebody else"
    path.write_text(json.dumps(changed), encoding="utf-8")
    book.reopen()
    told = book.page.locator(".jp-RenderedHTML").get_by_text("x.grad = 64").filter(visible=True)
    expect(told.first).to_be_visible()
    expect(book.page.locator(".jp-RenderedHTML td").first).to_have_css("text-align", "left")
    expect(book.page.get_by_text("model not found")).to_have_count(0)

    book.command("notebook:clear-all-cell-outputs")
    book.save()
    expect_models()
