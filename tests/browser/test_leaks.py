"""The page's memory, asked of the browser itself after a collection: stepping and reopening."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.graphs import save
from tests.browser.host import wait_until
from tests.browser.stepper import ROOT, StepperView

Open = Callable[..., Page]
MANY = 10 if os.environ.get("NBGRAD_FUZZ") == "1" else 1


class Held(NamedTuple):
    """What a page holds: bytes of its heap, elements and texts, listeners."""

    heap: int
    nodes: int
    listeners: int


class Memory:
    """Asks the browser, after everything that can go has gone."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("HeapProfiler.enable")

    def held(self) -> Held:
        for _ in range(3):  # what a finalizer lets go of goes the next time
            self.session.send("HeapProfiler.collectGarbage")
        dom = self.session.send("Memory.getDOMCounters")
        heap = self.session.send("Runtime.getHeapUsage")["usedSize"]
        return Held(int(heap), dom["nodes"], dom["jsEventListeners"])


# Every control of the stepper, round and round: a cycle ends where it began.
CYCLES = """async (count) => {
  const root = document.querySelector('[role="group"][data-lm-suppress-shortcuts="true"]');
  const slider = root.querySelector("input[type=range]");
  const pause = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const press = (key) => root.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  for (let k = 0; k < count; k++) {
    press("Home");
    for (let i = 0; i < 4; i++) press("ArrowRight");
    press("End");
    press("ArrowLeft");
    slider.value = slider.min;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    for (const node of [...root.querySelectorAll("[data-node-id]")].slice(0, 4)) {
      node.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
      node.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      node.dispatchEvent(new PointerEvent("pointerout", { bubbles: true }));
    }
    for (const select of root.querySelectorAll("select")) {
      const before = select.value;
      for (const option of [...select.options]) {
        select.value = option.value;
        select.dispatchEvent(new Event("change", { bubbles: true }));
      }
      select.value = before;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (k % 10 === 0) await pause();
  }
  press("Home");
  await pause();
  return count;
}"""


ROUNDS = 8


def assert_flat(page: Page, script: str, count: int, heap: int, timers: int = 1500) -> None:
    """Run a script again and again, until a round leaves no element, no listener and few bytes.

    What leaks does so in every round. What the browser keeps of code that it has compiled, and
    what waits for a timer or a finalizer, comes to an end.
    """
    StepperView(page)
    memory = Memory(page)
    page.evaluate(script, count // 5)
    before = memory.held()
    rounds = []
    for _ in range(ROUNDS):
        assert page.evaluate(script, count) == count
        page.wait_for_timeout(timers)  # a timer holds what it will act on until it has run
        after = memory.held()
        more = Held(*(b - a for a, b in zip(before, after, strict=True)))
        if more.nodes <= 0 and more.listeners <= 0 and more.heap < heap:
            return
        rounds.append(more)
        before = after
    pytest.fail(f"every round of {count} left something: {rounds}")


@pytest.mark.parametrize("graph", ["diamond", "net2"])
def test_thousands_of_steps_leave_the_heap_flat(offline: Open, tmp_path: Path, graph: str) -> None:
    """Each cycle takes four steps, jumps, selects nodes and changes what is shown."""
    hundred_bytes_a_step = 100_000 * MANY
    assert_flat(offline(save(graph, tmp_path)), CYCLES, 250 * MANY, hundred_bytes_a_step)


# Many steppers are rendered, used a little and removed, as a notebook does it.
REOPEN = """async (count) => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  if (!window.widget) {
    const url = URL.createObjectURL(new Blob([read("module")], { type: "text/javascript" }));
    window.widget = (await import(url)).default;
  }
  const pause = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const text = JSON.stringify(read("state"));
  const place = document.body.appendChild(document.createElement("div"));
  let drawn = 0;
  for (let k = 0; k < count; k++) {
    const state = JSON.parse(text);
    const listeners = new Set();
    const model = {
      get: (key) => state[key], set: (key, value) => void (state[key] = value), save_changes() {},
      on: (event, listener) => void listeners.add(listener), off: (event, listener) => void listeners.delete(listener),
    };
    const leave = await window.widget.render({ model, el: place });
    place.querySelectorAll(".buttons button")[3].click();
    state.playing = k % 2 === 0;
    for (const listener of [...listeners]) listener();
    drawn += place.querySelectorAll("[data-node-id]").length > 0;
    if (k % 5 === 0) await pause();
    leave();
    place.replaceChildren();
    if (listeners.size) throw new Error("a listener was left on the model");
  }
  place.remove();
  await pause();
  return drawn;
}"""


def test_steppers_that_were_removed_leave_the_heap_flat(offline: Open, tmp_path: Path) -> None:
    a_kilobyte_each = 100_000 * MANY
    assert_flat(offline(save("diamond", tmp_path)), REOPEN, 100 * MANY, a_kilobyte_each)


# A notebook loads the module anew for every widget, and a page never lets go of a module.
LOAD = """async (count) => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const place = document.body.appendChild(document.createElement("div"));
  for (let k = 0; k < count; k++) {
    const url = URL.createObjectURL(new Blob([read("module")], { type: "text/javascript" }));
    const widget = (await import(url)).default;
    URL.revokeObjectURL(url);
    const state = read("state");
    const model = { get: (key) => state[key], set: (key, value) => void (state[key] = value), save_changes() {}, on() {}, off() {} };
    const leave = await widget.render({ model, el: place });
    leave();
    place.replaceChildren();
  }
  place.remove();
  return count;
}"""


def test_widgets_of_a_page_share_the_unpacked_bundle(offline: Open, tmp_path: Path) -> None:
    # Of each the text of the module as it was sent, and little more.
    assert_flat(offline(save("diamond", tmp_path)), LOAD, 30, 30 * 90_000)


LEAK = """(count) => {
  window.kept ??= [];
  for (let k = 0; k < count; k++) window.kept.push(document.createElement("p"));
  return count;
}"""


def test_one_element_that_is_kept_each_time_would_be_seen(offline: Open, tmp_path: Path) -> None:
    page = offline(save("diamond", tmp_path))
    with pytest.raises(pytest.fail.Exception, match="every round of 20 left something"):
        assert_flat(page, LEAK, 20, heap=100_000, timers=0)


AGAIN = """
import numpy as np, nbgrad as ng, ipywidgets
from IPython.display import display
x = ng.Variable(np.array(2.0), 'x')
a = ng.square(x)
y = ng.square(a) + ng.square(a)
box = ipywidgets.VBox()
def again():
    old = box.children
    box.children = [ng.Stepper(y)]
    for stepper in old:
        stepper.close()
display(box)
"""


def test_cells_that_are_run_again_in_a_notebook_leave_no_stepper(
    open_notebook: Callable[..., Any],
) -> None:
    """Closed and shown anew many times, as whoever runs a cell again and again does."""
    book = open_notebook([AGAIN])
    memory = Memory(book.page)

    def run(times: int) -> Held:
        for _ in range(times):
            book.execute("again()")
            book.page.wait_for_timeout(30)
        StepperView(book.page)
        expect(book.page.locator(f"{ROOT}[aria-label*=backward i]")).to_have_count(1)
        book.page.wait_for_timeout(1500)
        return memory.held()

    before = run(10)
    run(30)
    # The host keeps a little of its own for each message; a stepper has hundreds of elements.
    wait_until(
        book.page,
        memory.held,
        lambda after: (
            after.nodes - before.nodes < 30 * 20 and after.listeners - before.listeners < 30 * 10
        ),
    )
