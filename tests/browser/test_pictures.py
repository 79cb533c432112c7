"""Pictures of the stepper, for people to look at, and what a machine can hold of them.

They are made from saved pages, which run the widget's own module. With NBGRAD_SHOTS=1 `shots/`
keeps them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.graphs import save
from tests.browser.host import eventually, keep, wait_drawn, wait_until
from tests.browser.stepper import StepperView

Open = Callable[..., Page]
FAULTS = (Path(__file__).parent / "faults.js").read_text(encoding="utf-8")
HEIGHT = 1000
STOPS = {"start": "0", "middle": "Math.ceil(high / 2)", "last": "high"}
FORWARD = "Math.floor(low / 2)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


def go(page: Page, stop: str) -> None:
    page.evaluate(
        "([stop]) => { const slider = document.querySelector('.slider');"
        " const [low, high] = [Number(slider.min), Number(slider.max)];"
        f" slider.value = {stop}; slider.dispatchEvent(new Event('input'));"
        " return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); }",
        [stop],
    )


def picture(page: Page, name: str) -> None:
    keep(page, name, full_page=True)
    eventually(page, FAULTS, [])


def picture_stops(page: Page, name: str) -> None:
    for stop, place in STOPS.items():
        go(page, place)
        picture(page, f"{name}_{stop}")


def open_at(offline: Open, path: Path, scheme: str, width: int) -> Page:
    page = offline(
        path,
        color_scheme=scheme,
        reduced_motion="reduce",
        viewport={"width": width, "height": HEIGHT},
    )
    StepperView(page)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("graph", ["diamond", "net2", "rnn", "net1000"])
def test_start_middle_and_last(offline: Open, folder: Path, graph: str, scheme: str) -> None:
    page = open_at(offline, save(graph, folder), scheme, 800)
    for width in (800, 1400):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        picture_stops(page, f"pictures_{graph}_{scheme}_{width}")


@pytest.mark.parametrize("width", [400, 1600])
@pytest.mark.parametrize("graph", ["diamond", "net2"])
def test_narrow_and_wide(offline: Open, folder: Path, graph: str, width: int) -> None:
    page = open_at(offline, save(graph, folder), "light", width)
    picture_stops(page, f"pictures_{graph}_light_{width}")


@pytest.mark.parametrize("width", [400, 800, 1400])
@pytest.mark.parametrize("graph", ["diamond", "net2"])
def test_other_views(offline: Open, folder: Path, graph: str, width: int) -> None:
    page = open_at(offline, save(graph, folder), "light", width)
    view = StepperView(page)
    go(page, FORWARD)
    picture(page, f"pictures_{graph}_forward_{width}")
    go(page, "1")
    view.button("predict").click()
    go(page, "2")
    expect(view.root.locator(".guess")).to_be_visible()
    picture(page, f"pictures_{graph}_predict_{width}")
    view.button("predict").click()
    view.button("naive order").click()
    go(page, "high")
    picture(page, f"pictures_{graph}_naive_{width}")
    view.button("by generation").click()
    go(page, "high")
    view.variable("a" if graph == "diamond" else "W1").dispatch_event("click")
    expect(view.root.locator(".panel")).to_be_visible()
    wait_drawn(page)
    picture(page, f"pictures_{graph}_ledger_{width}")


@pytest.mark.parametrize("width", [800, 1400])
@pytest.mark.parametrize("graph", ["second", "nan"])
def test_second_derivatives_and_nan(offline: Open, folder: Path, graph: str, width: int) -> None:
    page = open_at(offline, save(graph, folder), "light", width)
    picture_stops(page, f"pictures_{graph}_{width}")


def test_all_of_a_large_net_folds(offline: Open, folder: Path) -> None:
    page = open_at(offline, save("net1000", folder), "light", 1400)
    go(page, STOPS["middle"])
    StepperView(page).button("Show all").click()
    expect(page.locator(".fold")).not_to_have_count(0)
    picture(page, "pictures_net1000_folded")
    page.locator(".fold[data-active]").click()
    expect(page.locator(".node[data-active]")).not_to_have_count(0)
    picture(page, "pictures_net1000_opened")


def one(page: Page, selector: str, nth: int = 0) -> str:
    """JavaScript for one element of the stepper."""
    assert page.locator(f".stepper {selector}").count() > nth, selector
    return f"document.querySelectorAll('.stepper {selector}')[{nth}]"


def onto(moved: str, target: str) -> str:
    """JavaScript that moves one group of the drawing onto another."""
    return f"{moved}.setAttribute('transform', {target}.getAttribute('transform'))"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("node", "nodes overlap"),
        ("chip", "chips overlap"),
        ("name", "text leaves its node"),
        ("sentence", "text is cut off"),
        ("page", "the page scrolls sideways"),
    ],
)
def test_a_fault_is_found(offline: Open, folder: Path, fault: str, said: str) -> None:
    """What the pictures are held to can fail: each fault, made on purpose, is reported."""
    page = open_at(offline, save("diamond", folder), "light", 1400)
    go(page, "2")
    eventually(page, FAULTS, [])
    nodes = one(page, ".node"), one(page, ".node", 1)
    page.evaluate(
        {
            "node": lambda: onto(*nodes),
            "chip": lambda: onto(one(page, ".chip"), one(page, ".chip", 1)),
            "name": lambda: (
                f"{one(page, '.node text')}.textContent = 'a much too long name'.repeat(3)"
            ),
            "sentence": lambda: (
                f"{{ const e = {one(page, '.said')};"
                " for (const held of ['width: 90px', 'overflow: hidden', 'white-space: nowrap'])"
                " e.style.setProperty(...held.split(': '), 'important'); }"
            ),
            "page": lambda: "document.body.style.width = '3000px'",
        }[fault]()
    )
    wait_until(
        page,
        lambda: page.evaluate(FAULTS),
        lambda faults: any(found.startswith(said) for found in faults),
    )
