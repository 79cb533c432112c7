"""The stepper for other eyes and hands: zoom, touch, forced colours, keyboard alone, Korean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.graphs import save
from tests.browser.host import eventually, keep, wait_drawn, wait_still, wait_until
from tests.browser.stepper import StepperView, expect_accessible

Open = Callable[..., Page]
FAULTS = (Path(__file__).parent / "faults.js").read_text(encoding="utf-8")
WORLD = "() => getComputedStyle(document.querySelector('.world')).transform"
SCALE = "() => new DOMMatrix(getComputedStyle(document.querySelector('.world')).transform).a"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


# ---- zoom


@pytest.mark.parametrize("graph", ["diamond", "net2"])
def test_at_200_percent_nothing_is_lost(offline: Open, folder: Path, graph: str) -> None:
    page = offline(
        save(graph, folder),
        viewport={"width": 700, "height": 450},
        device_scale_factor=2,
        reduced_motion="reduce",
    )
    stepper = StepperView(page)
    for _ in range(3):
        stepper.click("Next")
        wait_drawn(page)
        eventually(page, FAULTS, [])
    keep(page, f"zoom_{graph}", full_page=True)


def test_zoomed_by_css_it_still_steps(offline: Open, folder: Path) -> None:
    page = offline(save("diamond", folder))
    stepper = StepperView(page)
    page.evaluate("() => { document.documentElement.style.zoom = 2; }")
    stepper.click("Next")
    stepper.click("Next")
    stepper.expect_grads(a=16)
    stepper.variable("a").click()
    expect(stepper.root.locator(".panel .name")).to_have_text("a")
    eventually(page, "() => document.documentElement.scrollWidth <= innerWidth", True)


# ---- touch


@pytest.fixture
def touched(offline: Open, folder: Path) -> Page:
    page = offline(
        save("net2", folder),
        viewport={"width": 400, "height": 800},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    )
    StepperView(page)
    return page


def touch(page: Page, *moments: list[tuple[float, float]]) -> None:
    """Put fingers down where the first moment says, move them through the rest, take them off."""
    session = page.context.new_cdp_session(page)
    for k, fingers in enumerate(moments):
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(fingers)]
        kind = "touchMove" if k else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_tap_selects_a_node_and_presses_buttons(touched: Page) -> None:
    stepper = StepperView(touched)
    stepper.button("Next").tap()
    stepper.expect_position(1)
    stepper.variable("mse").tap()
    expect(stepper.root.locator(".panel .name")).to_have_text("mse")
    stepper.root.get_by_role("button", name="Close").tap()
    expect(stepper.root.locator(".panel")).to_have_count(0)


def test_a_swipe_pans_and_does_not_select(touched: Page) -> None:
    box = touched.locator(".stage").bounding_box()
    assert box is not None
    before = touched.evaluate(WORLD)
    y = box["y"] + 60
    touch(touched, *[[(box["x"] + 150 + 20 * k, y)] for k in range(8)])
    wait_until(touched, lambda: touched.evaluate(WORLD), lambda there: there != before)
    expect(touched.locator(".panel")).to_have_count(0)


def test_two_fingers_zoom_and_so_do_the_buttons(touched: Page) -> None:
    box = touched.locator(".stage").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 120
    before = touched.evaluate(SCALE)
    touch(touched, *[[(x - 30 - 10 * k, y), (x + 30 + 10 * k, y)] for k in range(7)])
    pinched = wait_until(
        touched, lambda: touched.evaluate(SCALE), lambda scale: scale > before * 1.3
    )
    touched.get_by_role("button", name="Zoom out").tap()
    wait_until(touched, lambda: touched.evaluate(SCALE), lambda scale: scale < pinched)


def test_what_is_tapped_is_large_enough(touched: Page) -> None:
    touched.locator(".node").first.dispatch_event("click")  # its panel has links and a cross
    small = touched.locator(".stepper").evaluate(
        "(root) => [...root.querySelectorAll('button, select, input, [role=separator]')]"
        ".map((e) => [e.className, e.getBoundingClientRect()])"
        ".filter(([, b]) => b.width && (b.width < 39.5 || b.height < 39.5))"
        ".map(([name, b]) => `${name} ${b.width} x ${b.height}`)"
    )
    assert small == []


# ---- colours


def test_forced_colours(offline: Open, folder: Path) -> None:
    page = offline(save("net2", folder), forced_colors="active", reduced_motion="reduce")
    stepper = StepperView(page)
    stepper.click("Next")
    stepper.click("Next")
    unseen = stepper.root.evaluate(
        "(root) => [...root.querySelectorAll('.node, .chip')].filter((node) => {"
        " const ground = getComputedStyle(node.querySelector('.card, .pill, .chip rect'));"
        " const text = [...node.querySelectorAll('text')].find((t) => t.textContent);"
        " return text && ground.fill === getComputedStyle(text).fill; })"
        ".map((node) => node.getAttribute('class'))"
    )
    assert unseen == []
    active, other = (
        stepper.root.locator(selector).first.evaluate(
            "(e) => getComputedStyle(e).stroke + getComputedStyle(e).strokeWidth"
        )
        for selector in (".band[data-active] rect", ".band:not([data-active]) rect")
    )
    assert active != other
    pressed, free = (
        stepper.root.locator(f".segmented button[aria-pressed={value}]").evaluate(
            "(e) => getComputedStyle(e).borderTopWidth"
        )
        for value in ("true", "false")
    )
    assert pressed != free
    keep(page, "forced_colours", full_page=True)
    # Edges that a backward pass made are seen as well as the others.
    page = offline(save("second", folder), forced_colors="active", reduced_motion="reduce")
    StepperView(page)
    strokes = page.locator(".edge").evaluate_all(
        "found => [...new Set(found.map((edge) => getComputedStyle(edge).stroke))]"
    )
    assert len(strokes) == 1, strokes


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_more_contrast(offline: Open, folder: Path, scheme: str) -> None:
    page = offline(save("net2", folder), contrast="more", color_scheme=scheme)
    stepper = StepperView(page)
    stepper.click("Next")
    wait_still(page)
    expect_accessible(page)


# ---- keys


def test_with_the_keyboard_alone(offline: Open, folder: Path) -> None:
    """Step, select, read, close, search, predict: without a mouse, the focus always seen."""
    page = offline(save("diamond", folder))
    stepper = StepperView(page)
    press = page.keyboard.press

    def walk_to(name: str) -> None:
        for _ in range(60):
            press("Tab")
            focused = page.locator(":focus")
            if not focused.count():  # between the page's end and its beginning
                continue
            label = focused.get_attribute("aria-label") or focused.inner_text()
            if label.startswith(name):
                return
        raise AssertionError(f"Tab does not reach {name}")

    walk_to("Next")
    press("Enter")
    press("Space")
    stepper.expect_position(2)
    walk_to("a,")
    press("Enter")
    expect(stepper.root.locator(".panel .name")).to_have_text("a")
    expect(stepper.root.locator(".ledger tbody tr")).to_have_count(2)
    press("ArrowRight")
    stepper.expect_grads(x=64)
    press("Escape")
    expect(stepper.root.locator(".panel")).to_have_count(0)
    page.locator("body").evaluate("() => document.activeElement.blur()")
    walk_to("Find")
    page.keyboard.type("b")
    press("Enter")
    expect(stepper.root.locator(".panel .name")).to_have_text("b")
    expect(page.locator(":focus")).to_have_attribute("data-kind", "variable")


def test_a_guess_by_keyboard(offline: Open, folder: Path) -> None:
    page = offline(save("diamond", folder))
    stepper = StepperView(page)
    stepper.button("predict").focus()
    page.keyboard.press("Enter")
    for _ in range(2):
        stepper.slider.focus()
        page.keyboard.press("ArrowRight")
    stepper.expect_position(2)
    guess = stepper.root.locator(".guess-input")
    guess.focus()
    page.keyboard.type("16")
    page.keyboard.press("Enter")
    stepper.expect_grads(a=16)


# ---- motion


def test_with_reduced_motion_chips_do_not_travel(offline: Open, folder: Path) -> None:
    page = offline(save("net2", folder), reduced_motion="reduce")
    stepper = StepperView(page)
    for _ in range(3):
        stepper.click("Next")
        assert page.evaluate("() => document.getAnimations().length") == 0


# ---- language


@pytest.mark.parametrize("how", ["lang", "browser"])
def test_korean(offline: Open, folder: Path, how: str) -> None:
    lang, locale = ("ko", "en-US") if how == "lang" else ("auto", "ko-KR")
    page = offline(save("net2", folder, lang), locale=locale, reduced_motion="reduce")
    root = page.locator(".stepper")
    expect(root).to_have_attribute("lang", "ko")
    for name in ("처음", "이전", "재생", "다음"):
        expect(root.get_by_role("button", name=name, exact=True)).to_be_visible()
    for _ in range(3):
        root.get_by_role("button", name="다음", exact=True).click()
    expect(root.locator("[aria-live]")).to_contain_text("세대")
    english = root.locator(".cap, .tools button, .legend span, .said").filter(has_text="generation")
    expect(english).to_have_count(0)
    for width in (400, 800, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        wait_drawn(page)
        eventually(page, FAULTS, [])
        keep(page, f"korean_{how}_{width}", full_page=True)
