"""For a lesson: questions at a step, an address with a step, lecture mode, handouts, code."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import nbgrad as ng
from nbgrad.engine.diagnostics import positions
from tests.browser.graphs import diamond, save, save_page
from tests.browser.host import keep
from tests.browser.stepper import StepperView

Open = Callable[..., Page]
CODE = """x = ng.Variable(np.array(2.0))
a = x**2
b = a**2
c = a**2
y = b + c
"""


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    """A page of the diamond whose lines are known."""
    names: dict[str, object] = {"np": np, "ng": ng}
    linecache.cache["lesson.py"] = (len(CODE), None, CODE.splitlines(keepends=True), "lesson.py")
    positions.keep_positions(True)
    try:
        exec(compile(CODE, "lesson.py", "exec"), names)
    finally:
        positions.keep_positions(False)
    y = names["y"]
    assert isinstance(y, ng.Variable)
    save_page(ng.trace(y, names=names), tmp_path / "lesson.html", "en")
    return tmp_path / "lesson.html"


def test_a_question_of_the_teachers_own(offline: Open, tmp_path: Path) -> None:
    ask = {"2": "What is a.grad?", "3": "Why does x get only one?"}
    save_page(ng.trace(diamond(), names={}), tmp_path / "asked.html", "en", ask=ask)
    page = offline(tmp_path / "asked.html")
    stepper = StepperView(page)
    stepper.click("Next")
    stepper.expect_grads(b=1)
    stepper.click("Next")
    question = stepper.root.get_by_label("What is a.grad?")
    expect(question).to_be_visible()
    stepper.expect_grads(a=None)
    question.fill("8")
    page.keyboard.press("Enter")
    stepper.expect_grads(a=None)
    question.fill("16")
    page.keyboard.press("Enter")
    stepper.expect_grads(a=16)
    expect(question).to_have_count(0)
    stepper.click("Next")
    stepper.expect_grads(x=64)
    expect(stepper.root.get_by_label("Why does x get only one?")).to_be_visible()
    stepper.button("Reveal").click()
    expect(stepper.root.get_by_label("Why does x get only one?")).to_have_count(0)


def test_a_step_in_the_address(offline: Open, tmp_path: Path) -> None:
    path = save("diamond", tmp_path)
    page = offline(path)
    page.goto("about:blank")
    page.goto(path.as_uri() + "#step=2")
    stepper = StepperView(page)
    stepper.expect_position(2)
    stepper.expect_grads(a=16, x=None)
    page.evaluate("() => { location.hash = 'step=3'; }")
    stepper.expect_position(3)
    page.evaluate("() => { location.hash = 'step=-2'; }")
    stepper.expect_position(-2)


def test_code_and_graph_light_each_other(offline: Open, coded: Path) -> None:
    page = offline(coded)
    stepper = StepperView(page)
    lines = stepper.root.locator(".code-line")
    assert [line.split()[1:] for line in lines.all_inner_texts()] == [
        line.split() for line in CODE.splitlines()
    ]
    lit = stepper.root.locator(".code-line[aria-current]")
    expect(lit).to_contain_text(["y = b + c"])  # the start is about y
    stepper.click("Next")
    expect(lit).to_contain_text(["y = b + c"])
    stepper.click("Next")
    expect(lit).to_have_count(2)
    lines.filter(has_text="b = a**2").click()
    nodes = stepper.root.locator("[data-lit]")
    expect(nodes).to_have_count(2)
    assert {node.get_attribute("data-kind") for node in nodes.all()} == {"variable", "function"}
    stepper.variable("x").click()
    expect(lit.filter(has_text="x = ")).to_have_count(1)
    keep(page, "code", full_page=True)
    stepper.button("Show the code").click()
    expect(lines).to_have_count(0)


def test_lecture_mode(offline: Open, coded: Path) -> None:
    page = offline(coded)
    stepper = StepperView(page)
    size = "(e) => parseFloat(getComputedStyle(e).fontSize)"
    before = stepper.live.evaluate(size)
    stepper.button("Lecture mode").click()
    expect(stepper.root.locator(".side")).to_be_hidden()
    assert stepper.live.evaluate(size) > 1.5 * before
    stepper.click("Next")
    stepper.expect_grads(b=1)
    keep(page, "lecture")
    stepper.button("Lecture mode").click()
    expect(stepper.root.locator(".side")).to_be_visible()
    assert stepper.live.evaluate(size) == before


def test_a_question_is_asked_in_a_lecture_too(offline: Open, tmp_path: Path) -> None:
    ask = {"2": "What is a.grad?"}
    save_page(ng.trace(diamond(), names={}), tmp_path / "lecture.html", "en", ask=ask)
    stepper = StepperView(offline(tmp_path / "lecture.html", reduced_motion="reduce"))
    stepper.button("Lecture mode").click()
    for said in ("sends back 1", "What is a.grad?", "x.grad = 64"):
        stepper.click("Next")
        expect(stepper.live).to_contain_text(said)


def test_a_handout_has_every_step(offline: Open, tmp_path: Path) -> None:
    page = offline(save("diamond", tmp_path, "en"), reduced_motion="reduce")
    stepper = StepperView(page)
    stepper.click("Next")
    page.emulate_media(media="print")
    pages = page.locator(".handout > li")
    expect(pages).to_have_count(4)
    expect(page.locator("h1.handout")).to_have_text("backward of y")
    expect(pages.nth(2)).to_contain_text("a.grad = 16")
    expect(pages.nth(2).locator("svg")).to_be_visible()
    expect(pages.nth(2).locator("svg text").filter(has_text="+8")).to_have_count(2)
    expect(stepper.root).to_be_hidden()
    keep(page, "handout", full_page=True)
    page.emulate_media(media="screen")
    expect(pages).to_have_count(0)
    stepper.expect_position(1)
