"""A series on a page: its slider, keys and play change the numbers, and nothing else moves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

import nbgrad as ng
from tests.browser.graphs import diamond
from tests.browser.host import wait_still
from tests.browser.stepper import expect_accessible

Open = Callable[..., Page]


def swept(tmp_path: Path) -> Path:
    path = tmp_path / "sweep.html"
    ng.sweep(diamond(), "x", np.linspace(-3, 3, 7)).save(path)
    return path


def test_the_slider_changes_the_numbers_and_nothing_else(offline: Open, tmp_path: Path) -> None:
    page = offline(swept(tmp_path))
    root, slider = page.locator(".stepper"), page.get_by_role("slider", name="x", exact=True)
    page.get_by_role("button", name="Last", exact=True).click()
    page.get_by_role("button", name="Zoom in", exact=True).click()
    page.locator('[data-node-id="v0"]').click()
    world = "getComputedStyle(document.querySelector('.world')).transform"
    wait_still(page)
    before = page.evaluate(world)
    expect(page.locator(".take-said")).to_have_text("x -3: y 162, x.grad -216.")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "x 2")
    expect(page.locator(".take-said")).to_contain_text("y 32, x.grad 64, rising")
    expect(root).to_have_attribute("data-step", "3")
    expect(page.locator(".said")).to_contain_text("x.grad = 64")
    expect(page.locator('[data-grad="64"]')).not_to_have_count(0)
    expect(page.locator(".panel")).to_contain_text("64")
    wait_still(page)
    assert page.evaluate(world) == before
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "x -3")
    expect(root).to_have_attribute("data-step", "3")
    expect_accessible(page)


def test_play_goes_to_the_end_and_marks_say_what_died(offline: Open, tmp_path: Path) -> None:
    page = offline(swept(tmp_path))
    expect(page.locator(".take-mark")).to_have_attribute("title", "x 0: gradient of zero")
    page.get_by_role("button", name="Play along x").click()
    expect(page.get_by_role("slider", name="x", exact=True)).to_have_value("6")
    expect(page.get_by_role("button", name="Play along x")).to_be_visible()


def test_takes_are_compared(offline: Open, tmp_path: Path) -> None:
    page = offline(swept(tmp_path))
    slider = page.get_by_role("slider", name="x", exact=True)
    slider.fill("4")
    page.get_by_role("button", name="Compare").click()
    slider.fill("6")
    table = page.get_by_role("table", name="x 3 against x 1")
    expect(table.get_by_role("row").nth(1)).to_have_text("x.grad8216208")
    page.locator('[data-node-id="v1"]').click()
    expect(table.get_by_role("row").nth(1)).to_contain_text("a.grad")
    expect_accessible(page)
    page.get_by_role("button", name="Compare").click()
    expect(table).to_be_hidden()


def test_every_take_shows_its_numbers_whole(offline: Open, tmp_path: Path) -> None:
    """Cards are as wide as the widest number of any take."""
    s = ng.Variable(np.array(0.5), name="s")
    ng.sweep(ng.sigmoid(s) * 2, s, np.linspace(-8, 8, 33)).save(tmp_path / "s.html")
    page = offline(tmp_path / "s.html", reduced_motion="reduce")
    page.get_by_role("button", name="Last", exact=True).click()
    shown = page.evaluate("""async () => {
        const slider = document.querySelector("input.along");
        const found = [];
        for (let k = 0; k <= Number(slider.max); k++) {
            slider.value = String(k);
            slider.dispatchEvent(new Event("input"));
            await new Promise(requestAnimationFrame);
            for (const card of document.querySelectorAll(".variable[data-grad]"))
                found.push([card.dataset.grad, card.querySelector(".number").textContent,
                            card.getAttribute("aria-label"), card.querySelector(".value").textContent]);
        }
        return found;
    }""")
    assert len({grad for grad, *_ in shown}) > 15
    for grad, number, label, value in shown:
        assert number == grad
        assert f"value {value}," in label
