"""The extension in a real notebook: names, %no_grad, %%backward, %graph, and what %load_ext undoes."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.host import Notebook, shoot
from tests.browser.notebooks import DIAMOND, IMPORTS
from tests.browser.stepper import StepperView

Open = Callable[..., Notebook]
LOAD = "import numpy as np\n%load_ext nbgrad"


def test_the_diamond_with_the_cell_magic(open_notebook: Open) -> None:
    book = open_notebook(
        [LOAD, "x = Variable(np.array(2.0))", "%%backward\na = x * x\nb = a * a\nc = a * a\nb + c"]
    )
    stepper = StepperView(book.page)
    stepper.click("Last")
    stepper.expect_grads(x=64)
    stepper.click("Previous")
    stepper.expect_grads(a=16, x=None)
    assert book.value("float(x.grad)") == 64.0


def test_the_line_magic(open_notebook: Open) -> None:
    book = open_notebook([IMPORTS, DIAMOND, "%backward y", "%backward --no-apply y"])
    assert book.value("float(x.grad)") == 64.0
    for index in (0, 1):  # the second one is not applied: it does not add to the 64 of the first
        stepper = StepperView(book.page, index)
        stepper.expect_grads(x=None)
        stepper.click("Last")
        stepper.expect_grads(x=64)


def test_the_naive_order_gives_96(open_notebook: Open) -> None:
    book = open_notebook([IMPORTS, DIAMOND, "%backward --order naive y"])
    stepper = StepperView(book.page)
    stepper.click("Last")
    stepper.expect_grads(x=96)
    assert book.value("x.grad is None") is True


def test_no_grad_holds_across_cells(open_notebook: Open) -> None:
    made = "Variable(np.array(2.0)) * 3"
    book = open_notebook(
        [
            LOAD,
            "%no_grad",
            f"print(({made}).creator is None)",
            "%no_grad status",
            "%no_grad off",
            f"print(({made}).creator is None)",
            f"%%no_grad\nz = {made}\nz.creator is None",
            f"({made}).creator is None",
            "await __import__('asyncio').sleep(0)\n%no_grad on",
            f"({made}).creator is None",
            "%no_grad off",
        ]
    )
    said = [book.text(cell).strip() for cell in range(11)]
    assert [said[n] for n in (2, 5, 6, 7, 9)] == ["True", "False", "True", "False", "True"]
    assert said[1]
    assert said[3]


def test_a_bad_argument_is_a_sentence(open_notebook: Open) -> None:
    bad = ["%no_grad maybe", "%backward nothing_of_this_name", "%graph", "%%backward --order up\n1"]
    book = open_notebook([LOAD, *bad], may_fail=True)
    for cell in range(1, 5):
        text = book.text(cell)
        assert text.strip(), f"{bad[cell - 1]} said nothing"
        assert "Traceback" not in text
    assert book.errors() == []


def test_names_come_from_the_notebook_without_the_extension_too(open_notebook: Open) -> None:
    imports = "import numpy as np\nimport nbgrad as ng"
    book = open_notebook([imports, DIAMOND, "ng.Stepper(y)"])
    stepper = StepperView(book.page)
    for name in "xabcy":
        expect(stepper.variable(name)).to_be_visible()


def test_loading_and_unloading(open_notebook: Open) -> None:
    book = open_notebook(
        [LOAD, "%reload_ext nbgrad", "print(Variable)", "%unload_ext nbgrad", "'Variable' in dir()"]
    )
    assert "Variable" in book.text(2)
    assert book.text(4) == "False"


def test_a_graph_is_drawn(open_notebook: Open) -> None:
    book = open_notebook([IMPORTS, DIAMOND, "%graph y"])
    drawing = book.page.locator(".jp-OutputArea-output").last
    expect(drawing.locator("svg").filter(visible=True).first).to_be_visible()
    shoot(drawing, f"graph_{book.host}")


def test_a_variable_shows_itself(open_notebook: Open) -> None:
    book = open_notebook([IMPORTS, DIAMOND, "y.backward()\nx", "a", "y.creator"])
    shown = book.page.locator(".jp-RenderedHTML")
    expect(shown).to_have_count(3)
    leaf, middle, function = shown.all()
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
