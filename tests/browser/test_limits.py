"""What cannot be shown says why; a huge graph opens and steps; what is removed leaves nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import nbgrad as ng
from nbgrad.views.stepper import page as pages
from tests.browser.graphs import diamond, net2, save, save_page
from tests.browser.host import wait_until
from tests.browser.stepper import StepperView, expect_accessible

Open = Callable[..., Page]


def newer_scene(data: dict[str, Any]) -> str:
    return json.dumps({**data, "version": 99})


def newer_trace(data: dict[str, Any]) -> str:
    return json.dumps({**data, "trace": {**data["trace"], "version": 99}})


def lost_root(data: dict[str, Any]) -> str:
    return json.dumps({**data, "trace": {**data["trace"], "root": "v999"}})


def cut(data: dict[str, Any]) -> str:
    return json.dumps(data)[:5000]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (newer_scene, "newer nbgrad"),
        (newer_trace, "newer nbgrad"),
        (lost_root, "broken"),
        (cut, "broken"),
    ],
)
def test_what_cannot_be_read_says_why(
    offline: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[dict[str, Any]], str],
    words: str,
) -> None:
    monkeypatch.setattr(pages, "pack", lambda data: (spoil(data), b""))
    path = tmp_path / "steps.html"
    save_page(ng.trace(diamond()), path)
    page = offline(path)
    shown = page.locator(".stepper.message")
    expect(shown).to_contain_text(words)
    expect(page.locator(".stepper")).to_have_count(1)
    expect_accessible(page)


def test_a_packed_payload_that_is_broken_says_so(
    offline: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "pack", lambda data: ("", b"no gzip"))
    path = tmp_path / "steps.html"
    save_page(ng.trace(diamond()), path)
    expect(offline(path).locator(".stepper.message")).to_contain_text("cannot be unpacked")


@pytest.mark.parametrize(("lang", "words"), [("en", "33 nodes"), ("ko", "33개")])
def test_a_graph_beyond_the_limit_says_so(
    offline: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, words: str
) -> None:
    monkeypatch.setattr("nbgrad.views.stepper.scene.MAX_NODES", 20)
    path = tmp_path / "steps.html"
    save_page(ng.trace(net2()), path, lang)
    expect(offline(path).locator(".stepper.message")).to_contain_text(words)


# ---- ten thousand nodes


def test_ten_thousand_nodes_open_and_step(offline: Open, tmp_path: Path) -> None:
    path = save("chain", tmp_path)
    assert path.stat().st_size < 2_800_000
    page = offline(path)
    stepper = StepperView(page)
    slider = page.locator(".slider")
    expect(slider).to_have_attribute("max", "5000")
    for _ in range(3):
        stepper.click("Next")
    stepper.expect_position(3)
    slider.fill("3988")
    stepper.expect_position(3988)
    wait_until(page, page.locator(".node").count, lambda count: count < 450)


# ---- removal

WATCH = """
(() => {
  const alive = (window.alive = { listeners: 0, observers: 0, timers: 0 });
  const lasting = (target) => target === window || target === document || target instanceof MediaQueryList
    || target === document.documentElement || target === document.body;
  for (const [name, sign] of [["addEventListener", 1], ["removeEventListener", -1]]) {
    const before = EventTarget.prototype[name];
    EventTarget.prototype[name] = function (...args) {
      if (lasting(this)) alive.listeners += sign;
      return before.apply(this, args);
    };
  }
  for (const kind of ["ResizeObserver", "MutationObserver", "IntersectionObserver"]) {
    const Before = window[kind];
    window[kind] = class extends Before {
      observe(...args) { if (!this.on) alive.observers += 1; this.on = true; super.observe(...args); }
      disconnect() { if (this.on) alive.observers -= 1; this.on = false; super.disconnect(); }
    };
  }
})();
"""
MOUNT = """async (count) => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const url = URL.createObjectURL(new Blob([read("module")], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const listeners = new Set();
  const state = read("state");
  const place = document.body.appendChild(document.createElement("div"));
  const model = {
    get: (key) => state[key], set: (key, value) => void (state[key] = value), save_changes() {},
    on: (event, listener) => void listeners.add(listener), off: (event, listener) => void listeners.delete(listener),
  };
  const nodes = () => document.querySelectorAll("*").length;
  const pause = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const before = { ...window.alive, nodes: nodes(), model: listeners.size };
  let most = 0;
  for (let k = 0; k < count; k++) {
    const leave = await widget.render({ model, el: place });
    place.querySelectorAll(".buttons button")[3].click();
    state.playing = true;
    for (const listener of [...listeners]) listener();
    await pause();
    most = Math.max(most, nodes());
    leave();
    state.playing = false;
  }
  await pause();
  return { before, after: { ...window.alive, nodes: nodes(), model: listeners.size }, most };
}"""


def test_rendering_and_removing_fifty_times_leaves_nothing(offline: Open, tmp_path: Path) -> None:
    path = save("diamond", tmp_path)
    page = offline(path)
    page.add_init_script(WATCH)
    page.reload()
    StepperView(page)
    seen = page.evaluate(MOUNT, 50)
    assert seen["most"] > seen["before"]["nodes"] + 100
    assert seen["after"] == seen["before"]
