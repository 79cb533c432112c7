"""`trace.save("steps.html")`: one file that works from disk, without network, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import nbgrad as ng
from tests.browser.host import eventually, shoot, wait_still
from tests.browser.stepper import StepperView, expect_accessible

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    x = ng.Variable(np.array(2.0))
    a = ng.square(x)
    b, c = ng.square(a), ng.square(a)
    y = b + c
    path = tmp_path_factory.mktemp("saved") / "steps.html"
    ng.trace(y, names={"x": x, "a": a, "b": b, "c": c, "y": y}).save(path)
    return path


def test_it_steps_from_disk_without_network(offline: Open, saved: Path) -> None:
    stepper = StepperView(offline(saved))
    stepper.reset()
    stepper.expect_grads(y=1, x=None)
    stepper.click("Next")
    stepper.expect_grads(b=1, c=1)
    stepper.expect_active("b", "c", functions_of=2)
    stepper.click("Next")
    stepper.expect_grads(a=16)
    stepper.click("Last")
    stepper.expect_grads(x=64)
    stepper.click("Previous")
    stepper.expect_grads(x=None)
    stepper.click("First")
    stepper.click("Play")
    stepper.expect_grads(x=64)


def test_keys_work_without_touching_anything_first(offline: Open, saved: Path) -> None:
    page = offline(saved)
    stepper = StepperView(page)
    stepper.slider.focus()
    page.keyboard.press("End")
    stepper.expect_grads(x=64)
    page.keyboard.press("Home")
    stepper.expect_grads(x=None)
    stepper.drag_to(2)
    stepper.expect_grads(a=16, x=None)


def test_it_logs_no_error(offline: Open, saved: Path) -> None:
    page = offline(saved)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.reload()
    StepperView(page).click("Last")
    wait_still(page)
    assert said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_on_the_whole_page(offline: Open, saved: Path, scheme: str) -> None:
    page = offline(saved, color_scheme=scheme)
    stepper = StepperView(page)
    for name in ("First", "Next", "Last"):
        stepper.click(name)
        wait_still(page)
        expect_accessible(page)
    stepper.click("Previous")
    shoot(page.locator("body"), f"page_{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_scripts_the_story_is_there(offline: Open, saved: Path, scheme: str) -> None:
    page = offline(saved, java_script_enabled=False, color_scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("svg").first).to_be_visible()
    for fact in (r"8\s*\+\s*8", "16", "64"):
        expect(page.get_by_text(re.compile(fact)).filter(visible=True).first).to_be_visible()
    expect(page.get_by_role("slider")).to_have_count(0)
    shoot(page.locator("body"), f"page_without_scripts_{scheme}")


def test_nothing_hangs_over_at_phone_width(offline: Open, saved: Path) -> None:
    page = offline(saved, viewport={"width": 400, "height": 800})
    StepperView(page)
    eventually(page, "() => document.documentElement.scrollWidth <= innerWidth", True)
