"""A leaf's number edited in a running notebook: typed, dragged, stepped; the kernel computes, nothing else moves."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from nbgrad.tracing.format import number as write_number
from tests.browser.host import VIEWPORT, Notebook, eventually, wait_still
from tests.browser.notebooks import DIAMOND, IMPORTS, STEPPER
from tests.browser.server import JupyterServer
from tests.browser.stepper import StepperView, expect_accessible
from tests.browser.test_room import LOOK

ARRAY = """
import pathlib, time


class Slow(ng.Function):
    until = None

    def forward(self, x):
        while Slow.until and not pathlib.Path(Slow.until).exists():
            time.sleep(0.05)
        return x * 1.0

    def backward(self, gy):
        return gy


v = ng.Variable(np.arange(6.0).reshape(2, 3), name="v")
n = ng.Variable(np.array([1, 2]), name="n")
y = ng.sum(v * v) * ng.sum(Slow()(n))
s = ng.Stepper(y)
s
"""

WATCH = """(root) => {
    window.flashed = new Set();
    new MutationObserver((all) => all.forEach(({ target }) => window.flashed.add(target.dataset.nodeId)))
        .observe(root.parentNode, { subtree: true, attributeFilter: ["data-changed"] });
}"""


def field(stepper: StepperView) -> object:
    return stepper.root.get_by_role("spinbutton", name="value", exact=True)


def try_numbers(page: Page, stepper: StepperView) -> None:
    """At the last step with x selected, edit x of the diamond in any way; the gradient of x is 8 x³."""
    value = field(stepper)
    stepper.root.evaluate(WATCH)
    value.fill("3")
    value.press("Enter")
    stepper.expect_grads(x=216)
    eventually(page, "() => [...window.flashed].sort()", ["v0", "v1", "v2", "v3", "v4"])
    stepper.expect_position(3)
    expect(value).to_be_focused()
    value.press("ArrowDown")
    value.press("PageDown")
    value.press("ArrowUp")
    expect(value).to_have_value("2")
    stepper.expect_grads(x=64)
    value.blur()
    box = value.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 15)
    page.mouse.down()
    for far in range(31, 72, 2):
        page.mouse.move(box["x"] + far, box["y"] + 15)
    page.mouse.up()
    expect(value).to_have_value("3")
    stepper.expect_grads(x=216)
    value.fill("")
    value.press("Enter")
    expect(stepper.root.get_by_role("alert").first).to_have_text("Please type a number.")
    stepper.button("Reset").click()
    stepper.expect_grads(x=64)
    expect(value).to_have_value("2")


# Whether the field is seen whole, at its middle and its lower edge, and does not stand where the column fades.
IN_SIGHT = """() => {
    const field = document.querySelector(".edit"), more = document.querySelector(".more");
    const { left, top, bottom } = field.getBoundingClientRect();
    const seen = [(top + bottom) / 2, bottom - 2].map((y) => document.elementFromPoint(left + 20, y) === field);
    return [...seen, more.hidden || bottom <= more.getBoundingClientRect().top];
}"""
NUMBERS = ("0.0001234", "-12345.678", "1e-30", "2")


def try_windows(page: Page, stepper: StepperView) -> None:
    """However long the numbers become: the diamond is seen whole, and so is the field."""
    value = field(stepper)
    for width in (1400, 700):
        page.set_viewport_size({"width": width, "height": 800})
        value.scroll_into_view_if_needed()  # the window is lower than the stepper
        value.focus()
        for number in NUMBERS:
            value.fill(number)
            value.press("Enter")
            expect(stepper.variable("x")).to_contain_text(write_number(8 * float(number) ** 3))
            eventually(page, f"() => ({LOOK})().out", [])
            eventually(page, IN_SIGHT, [True] * 3)
    page.set_viewport_size(VIEWPORT)


def test_a_number_moves_all_others(open_notebook: Callable[..., Notebook]) -> None:
    book = open_notebook([IMPORTS, DIAMOND, STEPPER])
    page, stepper = book.page, StepperView(book.page)
    zoom = "getComputedStyle(document.querySelector('.world')).transform"
    stepper.click("Last")
    stepper.variable("x").click()
    stepper.expect_grads(x=64)
    try_windows(page, stepper)
    stepper.button("Zoom in").click()
    wait_still(page)
    before = page.evaluate(zoom)
    try_numbers(page, stepper)
    wait_still(page)
    assert page.evaluate(zoom) == before
    expect(stepper.variable("x")).to_have_attribute("aria-pressed", "true")
    assert book.value("[float(x.data), float(x.grad)]") == [2.0, 64.0]
    stepper.button("check the gradient").click()
    expect(stepper.root.get_by_text("by finite difference: 64")).to_be_visible()
    rate = stepper.root.get_by_role("spinbutton", name="learning rate")
    rate.fill("0.001")
    stepper.button("10 steps").click()
    expect(stepper.root.get_by_text("Other values than in the notebook: x.")).to_be_visible()
    assert book.value("float(x.data)") == 2.0
    stepper.button("Keep").click()
    expect(stepper.root.get_by_text("Kept in the notebook: x.")).to_be_visible()
    assert 1 < book.value("float(x.data)") < 1.9
    expect_accessible(page, scope=".stepper")
    book.execute("w.trace = ng.trace(ng.square(ng.square(x)), apply=False)")
    expect(stepper.root).to_contain_text("2 functions in 2 generations")
    expect(stepper.functions()).to_have_count(2)


def test_elements_of_an_array_and_what_does_not_fit(
    opener: Callable[..., Notebook], jupyter: JupyterServer
) -> None:
    book = opener("lab", [IMPORTS, ARRAY])
    stepper = StepperView(book.page)
    stepper.click("Last")
    stepper.variable("v").click()
    place = stepper.root.get_by_role("spinbutton", name="element")
    place.fill("")
    field(stepper).fill("9")
    field(stepper).press("Enter")
    expect(stepper.root.get_by_role("alert").first).to_have_text("Please type a number.")
    expect(stepper.variable("v")).to_have_attribute("data-grad", "[[0, 6, 12], [18, 24, 30]]")
    stepper.root.locator(".panel td.pick").nth(5).click()  # of the gradient
    expect(place).to_have_value("5")
    expect(field(stepper)).to_have_value("5")
    place.fill("4")
    expect(stepper.root.get_by_text("v[1, 1]")).to_be_visible()
    value = field(stepper)
    expect(value).to_have_value("4")
    value.fill("10")
    value.press("Enter")
    expect(stepper.variable("v")).to_have_attribute("data-grad", "[[0, 6, 12], [18, 60, 30]]")
    stepper.variable("n").click()
    expect(value).to_have_value("1")
    value.fill("0.5")
    value.press("Enter")
    expect(stepper.root.get_by_role("alert").first).to_contain_text("int64 numbers")
    expect(stepper.variable("v")).to_have_attribute("data-grad", "[[0, 6, 12], [18, 60, 30]]")
    value.fill("3")
    value.press("Enter")
    expect(stepper.variable("v")).to_have_attribute("data-grad", "[[0, 10, 20], [30, 100, 50]]")
    book.execute("Slow.until = 'go'")
    value.fill("4")
    value.press("Enter")
    busy = stepper.root.get_by_text("The kernel is busy.")
    expect(busy).to_be_visible()
    (jupyter.root / "go").touch()
    expect(stepper.variable("v")).to_have_attribute("data-grad", "[[0, 12, 24], [36, 120, 60]]")
    expect(busy).to_be_hidden()
    book.close()
