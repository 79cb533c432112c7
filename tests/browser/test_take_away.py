"""What the toolbar saves: a page that steps, the drawing as SVG and as PNG."""

from __future__ import annotations

import json
import struct
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.graphs import save
from tests.browser.host import Notebook, keep
from tests.browser.notebooks import DIAMOND, IMPORTS, STEPPER
from tests.browser.stepper import StepperView

Open = Callable[..., Page]
SVG = "{http://www.w3.org/2000/svg}"


def take(page: Page, name: str, folder: Path) -> Path:
    """Save by the toolbar's menu."""
    stepper = StepperView(page)
    stepper.button("Save").click()
    with page.expect_download() as waiting:
        stepper.root.get_by_role("button", name=name).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def expect_steps(page: Page) -> None:
    """The page opens at step 2 of the diamond and goes on from there."""
    stepper = StepperView(page)
    stepper.expect_position(2)
    stepper.expect_grads(a=16, x=None)
    stepper.click("Next")
    stepper.expect_grads(x=64)
    stepper.click("First")
    stepper.expect_grads(x=None)


def test_a_page_saved_from_jupyterlab(
    opener: Callable[..., Notebook], offline: Open, tmp_path: Path
) -> None:
    book = opener("lab", [IMPORTS, DIAMOND, STEPPER])
    book.execute("w.step = 2")
    StepperView(book.page).expect_position(2)
    path = take(book.page, "Page", tmp_path)
    book.close()
    assert path.name == "backward-y.html"
    expect_steps(offline(path))


def test_a_saved_page_saves_itself(offline: Open, tmp_path: Path) -> None:
    page = offline(save("diamond", tmp_path))
    stepper = StepperView(page)
    stepper.click("Next")
    stepper.click("Next")
    path = take(page, "Page", tmp_path)
    again = offline(path)
    expect_steps(again)
    expect(again.get_by_role("heading", level=1)).to_have_count(1)


def test_a_large_page_saves_itself(offline: Open, tmp_path: Path) -> None:
    page = offline(save("net1000", tmp_path))
    StepperView(page).click("Next")
    saved = StepperView(offline(take(page, "Page", tmp_path)))
    saved.expect_position(1)
    saved.click("Next")
    saved.expect_position(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_drawing_as_svg(offline: Open, tmp_path: Path, browser: Browser, scheme: str) -> None:
    page = offline(save("diamond", tmp_path), color_scheme=scheme, reduced_motion="reduce")
    StepperView(page).click("Next")
    path = take(page, "SVG", tmp_path)
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    assert root.tag == f"{SVG}svg"
    texts = {text.text for text in root.iter(f"{SVG}text")}
    assert {"x", "a", "b", "c", "y", "x²", "+1", "generation 2"} <= texts
    assert not list(root.iter(f"{SVG}script"))
    picture = browser.new_page(viewport={"width": 1000, "height": 500})
    picture.goto(path.as_uri())
    expect(picture.locator("text", has_text="generation 2")).to_be_visible()
    keep(picture, f"saved_svg_{scheme}")
    picture.close()


def test_all_of_a_drawing_is_saved_whatever_is_in_sight(offline: Open, tmp_path: Path) -> None:
    """In a narrow place a part of net-2 is seen; SVG and PNG hold all of it, and the view stays."""
    page = offline(
        save("net2", tmp_path), reduced_motion="reduce", viewport={"width": 500, "height": 900}
    )
    StepperView(page).click("Next")
    before = page.locator(".world").get_attribute("style")
    drawing = json.loads(
        page.evaluate("() => JSON.parse(document.getElementById('state').textContent)._scene")
    )["drawing"]
    width, height = drawing["width"] + 24, drawing["height"]
    text = take(page, "SVG", tmp_path).read_text(encoding="utf-8")
    root = ET.fromstring(text)
    assert root.get("viewBox") == f"0 0 {width:g} {height:g}"
    assert {"X", "t", "loss", "W1", "b2"} <= {text.text for text in root.iter(f"{SVG}text")}
    data = take(page, "PNG", tmp_path).read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    size = struct.unpack(">II", data[16:24])
    assert all(
        abs(got - 2 * wanted) <= 2 for got, wanted in zip(size, (width, height), strict=True)
    )
    assert page.locator(".world").get_attribute("style") == before
