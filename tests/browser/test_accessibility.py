"""axe finds nothing to complain about; Tab reaches everything; focus is seen; motion can be off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.host import Notebook, wait_drawn, wait_still
from tests.browser.notebooks import DIAMOND, IMPORTS, STEPPER
from tests.browser.stepper import BUTTONS, StepperView, expect_accessible

REPR = "y.backward()\na"


@pytest.fixture(scope="module")
def book(opener: Callable[..., Notebook], host: str) -> Notebook:
    return opener(host, [IMPORTS, DIAMOND, STEPPER, REPR])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_axe_on_the_stepper(book: Notebook, theme: str, step: int) -> None:
    book.theme(theme)
    book.execute(f"w.step = {step}")
    stepper = StepperView(book.page)
    stepper.expect_position(step)
    stepper.root.evaluate("(root) => root.setAttribute('data-axe', '')")
    wait_still(book.page)  # colours move too
    expect_accessible(book.page, "[data-axe]")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_on_a_variable(book: Notebook, theme: str) -> None:
    book.theme(theme)
    shown = book.page.locator(".jp-RenderedHTML").last
    expect(shown).to_be_visible()
    wait_still(book.page)
    shown.evaluate("(root) => root.setAttribute('data-axe-repr', '')")
    expect_accessible(book.page, "[data-axe-repr]")


def test_tab_reaches_every_control_and_every_node(book: Notebook) -> None:
    stepper = StepperView(book.page)
    book.execute("w.step = 1")
    stepper.expect_position(1)
    stepper.button("First").focus()
    reached = []
    for _ in range(40):
        reached.append(
            book.page.evaluate(
                "() => { const e = document.activeElement;"
                " return e.dataset.nodeId || e.getAttribute('aria-label') || e.textContent.trim(); }"
            )
        )
        book.page.keyboard.press("Tab")
    nodes = stepper.root.locator("[data-kind]").evaluate_all("(n) => n.map(e => e.dataset.nodeId)")
    assert set(nodes) <= set(reached)
    assert {*BUTTONS, "Play", "Step"} <= set(reached)


def test_focus_is_seen(book: Notebook) -> None:
    stepper = StepperView(book.page)
    book.execute("w.step = 1")
    stepper.expect_position(1)
    stepper.button("First").focus()
    book.page.keyboard.press("Tab")
    seen = book.page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement);"
        " return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none'; }"
    )
    assert seen


def test_with_reduced_motion_nothing_moves(book: Notebook) -> None:
    stepper = StepperView(book.page)
    book.page.emulate_media(reduced_motion="reduce")
    wait_drawn(book.page)
    stepper.reset()
    stepper.click("Next")
    stepper.expect_grads(b=1)
    running = stepper.root.evaluate(
        "(root) => document.getAnimations().filter(a => root.contains(a.effect.target)"
        " && a.playState === 'running' && a.effect.getComputedTiming().duration > 1)"
        ".map(a => (a.animationName ?? a.transitionProperty) + ' on ' + a.effect.target.outerHTML)"
    )
    book.page.emulate_media(reduced_motion="no-preference")
    assert running == []
