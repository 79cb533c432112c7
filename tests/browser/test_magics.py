"""The extension in a real notebook: names, %no_grad, %%backward, %graph, and what %load_ext undoes.

One notebook holds all cells, since a host takes many seconds to open one.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.host import Notebook, shoot
from tests.browser.notebooks import DIAMOND
from tests.browser.stepper import StepperView

MADE = "Variable(np.array(2.0)) * 3"
CELLS = {
    "without the extension": f"import numpy as np\nimport nbgrad as ng\n{DIAMOND}\nng.Stepper(y)",
    "load": "%load_ext nbgrad",
    "leaf": "x = Variable(np.array(2.0))",
    "cell magic": "%%backward\na = x * x\nb = a * a\nc = a * a\nb + c",
    "after the cell magic": "float(x.grad)",
    "diamond": DIAMOND,
    "line magic": "%backward y",
    "not applied": "%backward --no-apply y",
    "after the line magics": "float(x.grad)",
    "diamond again": DIAMOND,
    "naive": "%backward --order naive y",
    "after the naive order": "x.grad is None",
    "on": "%no_grad",
    "while on": f"print(({MADE}).creator is None)",
    "status": "%no_grad status",
    "off": "%no_grad off",
    "while off": f"print(({MADE}).creator is None)",
    "one cell": f"%%no_grad\nz = {MADE}\nz.creator is None",
    "after one cell": f"({MADE}).creator is None",
    "with await": "await __import__('asyncio').sleep(0)\n%no_grad on",
    "after await": f"({MADE}).creator is None",
    "off again": "%no_grad off",
    "bad state": "%no_grad maybe",
    "bad name": "%backward nothing_of_this_name",
    "no name": "%graph",
    "bad order": "%%backward --order up\n1",
    "graph": "%graph y",
    "variable": "y.backward()\nx",
    "intermediate": "a",
    "function": "y.creator",
    "reload": "%reload_ext nbgrad",
    "loaded": "print(Variable)",
    "unload": "%unload_ext nbgrad",
    "unloaded": "'Variable' in dir()",
}
STEPPERS = ("without the extension", "cell magic", "line magic", "not applied", "naive")


@pytest.fixture(scope="module")
def book(opener: Callable[..., Notebook], host: str) -> Notebook:
    return opener(host, list(CELLS.values()), may_fail=True)


def said(book: Notebook, cell: str) -> str:
    """Return what a cell printed or showed as text."""
    return book.text(list(CELLS).index(cell)).strip()


def output(book: Notebook, cell: str) -> Locator:
    return (
        book.page.locator(".jp-CodeCell")
        .nth(list(CELLS).index(cell))
        .locator(".jp-Cell-outputArea")
    )


def stepper(book: Notebook, cell: str) -> StepperView:
    return StepperView(book.page, STEPPERS.index(cell))


def test_names_come_from_the_notebook_without_the_extension_too(book: Notebook) -> None:
    view = stepper(book, "without the extension")
    for name in "xabcy":
        expect(view.variable(name)).to_be_visible()


def test_the_diamond_with_the_cell_magic(book: Notebook) -> None:
    view = stepper(book, "cell magic")
    view.click("Last")
    view.expect_grads(x=64)
    view.click("Previous")
    view.expect_grads(a=16, x=None)
    assert said(book, "after the cell magic") == "64.0"


def test_the_line_magic(book: Notebook) -> None:
    # The second one is not applied: it does not add to the 64 of the first.
    for cell in ("line magic", "not applied"):
        view = stepper(book, cell)
        view.expect_grads(x=None)
        view.click("Last")
        view.expect_grads(x=64)
    assert said(book, "after the line magics") == "64.0"


def test_the_naive_order_gives_96(book: Notebook) -> None:
    view = stepper(book, "naive")
    view.click("Last")
    view.expect_grads(x=96)
    assert said(book, "after the naive order") == "True"


def test_no_grad_holds_across_cells(book: Notebook) -> None:
    cells = ("while on", "while off", "one cell", "after one cell", "after await")
    assert [said(book, cell) for cell in cells] == ["True", "False", "True", "False", "True"]
    assert said(book, "on")
    assert said(book, "status")


def test_a_bad_argument_is_a_sentence(book: Notebook) -> None:
    for cell in ("bad state", "bad name", "no name", "bad order"):
        assert said(book, cell), f"{CELLS[cell]} said nothing"
        assert "Traceback" not in said(book, cell)
    assert book.errors() == []


def test_loading_and_unloading(book: Notebook) -> None:
    assert "Variable" in said(book, "loaded")
    assert said(book, "unloaded") == "False"


def test_a_graph_is_drawn(book: Notebook) -> None:
    drawing = output(book, "graph")
    expect(drawing.locator("svg").filter(visible=True).first).to_be_visible()
    shoot(drawing, f"graph_{book.host}")


def test_a_variable_shows_itself(book: Notebook) -> None:
    leaf, middle, function = (
        output(book, cell).locator(".jp-RenderedHTML")
        for cell in ("variable", "intermediate", "function")
    )
    expect(leaf).to_contain_text("64")
    expect(leaf).to_contain_text("float64")
    expect(middle).to_contain_text("None")
    expect(middle).to_contain_text("retain_grad")
    expect(function).to_contain_text("Add")
    fold = middle.locator("summary").first
    fold.click()
    for theme in ("light", "dark"):
        book.theme(theme)
        for name, part in (("leaf", leaf), ("intermediate", middle), ("function", function)):
            shoot(part, f"repr_{book.host}_{theme}_{name}")
    book.theme("light")
