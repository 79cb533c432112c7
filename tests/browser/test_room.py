"""Every size of window: a small graph is seen whole, drawing and buttons together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

import nbgrad as ng
from nbgrad.engine.diagnostics.positions import keep_positions
from tests.browser.graphs import save
from tests.browser.host import Notebook, eventually, keep, wait_drawn, wait_until
from tests.browser.notebooks import DIAMOND, IMPORTS, STEPPER
from tests.browser.stepper import StepperView

Open = Callable[..., Page]

# What of the drawing is out of sight, how high its smallest text and drawing and buttons together are.
LOOK = """() => {
  const root = document.querySelector('.stepper');
  const box = (selector) => root.querySelector(selector).getBoundingClientRect();
  const stage = box('.stage');
  const out = [...root.querySelectorAll('.node')].filter((node) => {
    const { left, right, top, bottom } = node.querySelector('.card, .pill').getBoundingClientRect();
    return left < stage.left - 1 || right > stage.right + 1 || top < stage.top - 1 || bottom > stage.bottom + 1;
  }).map((node) => node.getAttribute('aria-label'));
  const scale = new DOMMatrix(getComputedStyle(root.querySelector('.world')).transform).a;
  const texts = [...root.querySelectorAll('.node text, .chip text')].filter((text) => text.textContent && text.getBoundingClientRect().width);
  const type = Math.min(...texts.map((text) => scale * parseFloat(getComputedStyle(text).fontSize)));
  return { out, type, together: box('.transport').bottom - box('.head').top, stage: stage.height };
}"""
# Of the functions at work and what stands beside them, what is not whole in sight.
NEIGHBOURS = """() => {
  const root = document.querySelector('.stepper');
  const stage = root.querySelector('.stage').getBoundingClientRect();
  const active = [...root.querySelectorAll('.node[data-active]')];
  const at = new Set(active.filter((node) => node.matches('.function')).map((node) => Number(node.dataset.generation)));
  return active.filter((node) => {
    const generation = Number(node.dataset.generation);
    const { left, right, top, bottom } = node.querySelector('.card, .pill').getBoundingClientRect();
    const out = left < stage.left - 1 || right > stage.right + 1 || top < stage.top - 1 || bottom > stage.bottom + 1;
    return out && (at.has(generation) || at.has(generation - 1));
  }).map((node) => node.getAttribute('aria-label'));
}"""

# At every step, what of it the names of the generations, the map, the stage's edge, a contribution or a warning sign
# cover, and the signs that one of these covers.
COVERED = """async () => {
  const root = document.querySelector('.stepper');
  const box = (element) => element.getBoundingClientRect();
  const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const found = [];
  const look = (step) => {
    const stage = box(root.querySelector('.stage'));
    const loose = [...root.querySelectorAll('.warning circle, .chip rect, .head-of rect, .minimap')].filter((one) => box(one).width);
    const signs = loose.filter((one) => one.matches('.warning circle'));
    for (const sign of signs)
      for (const other of [...loose, ...root.querySelectorAll('.card, .pill')])
        if (other !== sign && other.parentNode !== sign.closest('.node') && over(box(sign), box(other))) found.push([step, sign.closest('.node').textContent, other.parentNode.textContent]);
    const covers = [...root.querySelectorAll('.head-of rect, .minimap')].map(box).filter((one) => one.width);
    const at = root.querySelector('.function[data-active]')?.dataset.generation;
    const parts = [...root.querySelectorAll('.chip, .function[data-active] .pill, .variable[data-generation="' + at + '"][data-fresh] .card')];
    const all = parts.map(box);
    const span = (low, high) => Math.max(0, ...all.map((one) => one[high])) - Math.min(1e6, ...all.map((one) => one[low]));
    if (span('left', 'right') > 0.9 * stage.width || span('top', 'bottom') > 0.95 * stage.height - 40) return 0; // more than the stage can hold
    for (const part of parts) {
      const here = box(part);
      const cut = here.left < stage.left - 1 || here.right > stage.right + 1 || here.top < stage.top - 1 || here.bottom > stage.bottom + 1;
      const beneath = parts.some((other) => part.matches('.chip') && other !== part && over(here, box(other)));
      if (cut || beneath || covers.some((one) => over(here, one))) found.push([step, part.closest('.node, .chip').textContent]);
    }
    return parts.length + signs.length;
  };
  const slider = root.querySelector('input.slider');
  let parts = 0;
  for (let step = Number(slider.min); step <= Number(slider.max); step++) {
    slider.value = step;
    slider.dispatchEvent(new Event('input'));
    await new Promise(requestAnimationFrame);
    parts += look(step);
  }
  return [found, parts];
}"""


# Contributions that lie on the head of another edge than their own, whose middle is theirs.
ASTRAY = """() => {
  const root = document.querySelector('.stepper');
  const edges = [...root.querySelectorAll('.edges path.edge')].map((path) => {
    const seen = path.getScreenCTM();
    const length = path.getTotalLength();
    return [...Array(41)].map((_, k) => path.getPointAtLength((length * k) / 40).matrixTransform(seen));
  });
  const astray = [...root.querySelectorAll('.chip')].filter((chip) => {
    const { left, right, top, bottom } = chip.querySelector('rect').getBoundingClientRect();
    const from = ([x, y]) => (point) => Math.hypot(point.x - x, point.y - y);
    const away = edges.map((points) => Math.min(...points.map(from([(left + right) / 2, (top + bottom) / 2]))));
    const own = away.indexOf(Math.min(...away));
    return edges.some((points, k) => k !== own && points.slice(0, 5).some(({ x, y }) => left < x && x < right && top < y && y < bottom));
  });
  return [astray.map((chip) => chip.textContent), root.querySelectorAll('.chip').length];
}"""


def at_every_step(page: Page, look: str) -> list[Any]:
    """Return what a function of the page finds at the seed and after each step."""
    found: list[Any] = page.evaluate(
        """async () => {
          const slider = document.querySelector('.stepper input.slider');
          const found = [];
          for (let step = 0; step <= Number(slider.max); step++) {
            slider.value = step;
            slider.dispatchEvent(new Event('input'));
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            found.push(look());
          }
          return found;
        }""".replace("look()", f"({look})()")
    )
    return found


def expect_whole(page: Page, steps: int, room: Callable[[], float]) -> list[Any]:
    """Wait until at every step all of the drawing is in sight, together with the buttons."""
    return wait_until(
        page,
        lambda: [room(), *at_every_step(page, LOOK)],
        lambda found: (
            [look["out"] for look in found[1:]] == [[]] * steps
            and max(look["together"] for look in found[1:]) <= found[0]
        ),
    )[1:]


def expect_room(page: Page, height: float, most: float) -> None:
    """Wait until drawing and buttons are not higher than the window, nor the drawing too low."""
    wait_until(
        page,
        lambda: page.evaluate(LOOK),
        lambda found: found["together"] <= height and 140 <= found["stage"] <= most,
    )


def expect_uncovered(page: Page, least: int) -> None:
    """Wait until nothing of any step is covered, of so many parts at least."""
    wait_until(
        page,
        lambda: page.evaluate(COVERED),
        lambda seen: seen[0] == [] and seen[1] >= least,
    )


def test_the_diamond_is_seen_whole_at_every_width(offline: Open, tmp_path: Path) -> None:
    x = ng.Variable(np.array(2.0), name="x")
    keep_positions(True)
    try:
        a = x**2
        y = a**2 + a**2
        ng.trace(y, names={"a": a, "y": y}).save(tmp_path / "literal.html")
    finally:
        keep_positions(False)
    seen = 0
    for path in (save("diamond", tmp_path), tmp_path / "literal.html"):
        page = offline(path, reduced_motion="reduce")
        StepperView(page)
        for width in (480, 520, 620, 660, 700, 768, 900, 1000, *range(1056, 1096, 4), 1200, 1440):
            page.set_viewport_size({"width": width, "height": 800})
            looks = expect_whole(page, 4, lambda: 800)
            assert min(look["type"] for look in looks) >= 7.9, width
            seen += len(looks)
        expect(page.locator(".minimap")).to_be_hidden()
    # Both squares are one rule, told in the names of the code, with its numbers.
    StepperView(page).click("Previous")
    expect(page.locator(".call:has(.times) + .formula")).to_contain_text("∂a")
    expect(page.locator(".call:has(.times) + .formula")).to_contain_text("1·2·4")
    assert seen > 100


def test_low_windows_show_drawing_and_buttons_together(offline: Open, tmp_path: Path) -> None:
    for graph, most in (("diamond", 640), ("net2", 640), ("rnn", 640)):
        page = offline(save(graph, tmp_path), reduced_motion="reduce")
        StepperView(page)
        for width, height in ((1366, 529), (1366, 640), (683, 450), (700, 420), (1280, 720)):
            page.set_viewport_size({"width": width, "height": height})
            expect_room(page, height, most)
            if height < 530:
                keep(page, f"room_{graph}_{width}x{height}")


def test_a_contribution_lies_on_no_other_edge_s_head(offline: Open, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x, weight, bias = (
        ng.Variable(rng.normal(size=shape), name=name)
        for shape, name in (((3, 4), "x"), (4, "weight"), (4, "bias"))
    )
    y = ng.mean_squared_error(ng.layer_norm(x, weight, bias), rng.normal(size=(3, 4)))
    ng.trace(y, names={"y": y}).save(tmp_path / "fan.html")
    page = offline(tmp_path / "fan.html", reduced_motion="reduce")
    StepperView(page)
    for width in (1400, 1060, 700):
        page.set_viewport_size({"width": width, "height": 800})
        wait_until(page, lambda: at_every_step(page, ASTRAY)[-1], lambda found: found == [[], 3])


def test_a_large_graph_is_followed(offline: Open, tmp_path: Path) -> None:
    page = offline(
        save("net2", tmp_path), reduced_motion="reduce", viewport={"width": 700, "height": 700}
    )
    StepperView(page)
    for width in (1060, 700):
        page.set_viewport_size({"width": width, "height": 700})
        wait_until(page, lambda: at_every_step(page, NEIGHBOURS), lambda out: out == [[]] * 8)
    # A map of the whole shows where one is, and a click on it goes elsewhere.
    minimap, frame = page.locator(".minimap"), page.locator(".map-frame")
    for place in (0.1, 0.9):
        box = minimap.bounding_box()
        assert box is not None
        at = box["x"] + place * box["width"]
        page.mouse.click(at, box["y"] + box["height"] / 2)
        wait_until(
            page,
            frame.bounding_box,
            lambda seen, at=at: seen and seen["x"] - 2 <= at <= seen["x"] + seen["width"] + 2,
        )


def test_what_is_far_apart_is_seen_together_on_a_narrow_page(offline: Open, tmp_path: Path) -> None:
    x = ng.Variable(np.array(2.0), name="x")
    y = ng.sin(x) * x**3
    y.backward(create_graph=True)
    z = ng.square(x.grad)
    ng.trace(z, names={"y": y, "z": z}, apply=False).save(tmp_path / "second.html")
    page = offline(
        tmp_path / "second.html", reduced_motion="reduce", viewport={"width": 360, "height": 740}
    )
    StepperView(page)
    wait_until(page, lambda: at_every_step(page, NEIGHBOURS)[:3], lambda out: out == [[]] * 3)


def test_nothing_of_the_step_is_covered(offline: Open, tmp_path: Path) -> None:
    """Neither by the names of the generations, the map, the stage's edge, nor by a contribution."""
    rng = np.random.default_rng(0)
    w = ng.Variable(rng.normal(size=(3, 3)), name="w")
    b = ng.Variable(np.zeros(3), name="b")
    x = rng.normal(size=(4, 3))
    z = ng.tanh(ng.tanh(x @ w + b) @ w) - 1
    chain = ng.mean(z * z)
    ng.trace(chain, names={"loss": chain}).save(tmp_path / "chain.html")
    nan = ng.Variable(np.array(np.nan), name="x")
    a = ng.square(nan)
    y = ng.square(a) + ng.square(a)
    ng.trace(y, names={"a": a, "y": y}).save(tmp_path / "signs.html")
    for path, least, widths in (
        (tmp_path / "chain.html", 25, (360, 560, 800, 1060)),
        (save("diamond", tmp_path), 8, (360, 1060)),
        (tmp_path / "signs.html", 40, (360, 560, 700, 1060)),
        (save("rnn", tmp_path), 60, (700,)),
    ):
        page = offline(path, reduced_motion="reduce")
        StepperView(page)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 700})
            expect_uncovered(page, least)


def test_the_handle_changes_the_height(offline: Open, tmp_path: Path) -> None:
    page = offline(save("rnn", tmp_path), viewport={"width": 1200, "height": 800})
    stepper = StepperView(page)
    handle = stepper.root.get_by_role("separator", name="Height of the drawing")
    wait_drawn(page)
    first = page.evaluate(LOOK)["stage"]

    def expect_height(pixels: float) -> None:
        wait_until(
            page, lambda: page.evaluate(LOOK)["stage"], lambda height: abs(height - pixels) <= 2
        )

    handle.focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    expect_height(first - 72)
    stepper.expect_position(0)
    box = handle.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 105, steps=5)
    page.mouse.up()
    expect_height(first + 28)
    handle.dblclick()
    expect_height(first)


def test_a_place_with_a_height_of_its_own_hides_no_button(offline: Open, tmp_path: Path) -> None:
    """Shiny gives an output 400 px and hides what is beyond them."""
    page = offline(save("diamond", tmp_path), reduced_motion="reduce")
    StepperView(page)
    page.locator("#stepper").evaluate(
        "(e) => { e.style.height = '400px'; e.style.overflow = 'hidden'; }"
    )
    page.set_viewport_size({"width": 1100, "height": 901})
    wait_drawn(page)
    place = page.locator("#stepper").bounding_box()
    transport = page.locator(".transport").bounding_box()
    assert place is not None
    assert transport is not None
    assert transport["y"] + transport["height"] <= place["y"] + place["height"] + 1
    eventually(page, f"() => ({LOOK})().out", [])
    # A place that was very narrow for a moment: what the sentence needed there is not kept.
    said = page.locator(".said").bounding_box()
    page.locator("#stepper").evaluate("(e) => { e.style.width = '40px'; }")
    wait_drawn(page)
    page.locator("#stepper").evaluate("(e) => { e.style.width = ''; }")
    wait_drawn(page)
    again = page.locator(".said").bounding_box()
    assert said is not None
    assert again is not None
    assert again["height"] <= said["height"]


def test_a_wide_formula_is_seen_to_go_on(offline: Open, tmp_path: Path) -> None:
    """It fades at its end and is scrolled by key; a matrix of four columns fits."""
    rng = np.random.default_rng(0)
    x, w = ng.Variable(rng.normal(size=(3, 4)), name="x"), ng.Variable(np.ones(15), name="w")
    ng.trace(ng.sum(ng.square(x)) + ng.sum(ng.sin(ng.tanh(w))), names={}).save(
        tmp_path / "wide.html"
    )
    page = offline(tmp_path / "wide.html", reduced_motion="reduce")
    StepperView(page).click("Last")
    for width in (360, 700, 1060, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        wait_drawn(page)
        formulas = page.locator(".now > .formula")
        expect(formulas).to_have_count(2)
        wide = formulas.evaluate_all("found => found.map((e) => e.scrollWidth > e.clientWidth + 1)")
        fades = formulas.evaluate_all(
            "found => found.map((e) => getComputedStyle(e).maskImage !== 'none' && e.tabIndex === 0)"
        )
        assert wide == fades, width
        assert wide[1]
        if width in {360, 1440}:
            assert not wide[0], width


ROOM = """() => {
    let e = document.querySelector('.stepper');
    while (e && !(e.scrollHeight > e.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(e).overflowY)))
        e = e.parentElement;
    return e ? e.clientHeight : innerHeight;
}"""
"""The height of what scrolls around a stepper."""


def test_a_laptop_with_the_file_browser_open(open_notebook: Callable[..., Notebook]) -> None:
    book = open_notebook([IMPORTS, DIAMOND, STEPPER])
    if book.host == "lab":
        book.command("filebrowser:activate")
    for width, height in ((1440, 900), (1366, 768)):
        book.page.set_viewport_size({"width": width, "height": height})
        # A busy host comes late to its layout.
        expect_whole(book.page, 4, lambda: float(book.page.evaluate(ROOM)))
        StepperView(book.page).root.scroll_into_view_if_needed()
        keep(book.page, f"laptop_{book.host}_{width}")
    expect(book.page.locator(".stepper")).to_have_count(1)


def test_a_shape_gives_way_to_a_name_that_is_whole_without_it(
    offline: Open, tmp_path: Path
) -> None:
    keep_positions(True)
    try:
        h = ng.Variable(np.zeros((3, 4)))
        weights = [
            ng.Variable(np.ones(shape), name)
            for shape, name in [((2, 4), "Wx"), ((4, 4), "Wh"), (4, "b")]
        ]
        for _ in range(6):
            h = ng.tanh(np.ones((3, 2)) @ weights[0] + h @ weights[1] + weights[2])
        y = ng.sum(h**2)
    finally:
        keep_positions(False)
    path = tmp_path / "rnn.html"
    ng.trace(y, names={"h": h}).save(path)
    page = offline(path, reduced_motion="reduce")
    first = page.locator('.node[aria-label^="h (step 0),"]')
    for width, texts in ((700, ["h (step 0)", ""]), (1440, ["h (step 0)", "(3, 4)"])):
        page.set_viewport_size({"width": width, "height": 800})
        wait_drawn(page)
        expect(first.locator(".name")).to_have_text(texts[0])
        expect(first.locator(".value")).to_have_text(texts[1])
