"""A graph of 10,001 nodes: its trace and scene, its page in the browser, a step and a jump there."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

import nbgrad as ng
from nbgrad.views.stepper.scene import pack, scene
from tests.browser.conftest import browser_type_launch_args, offline  # noqa: F401
from tests.browser.graphs import chain, save
from tests.browser.stepper import StepperView

from .conftest import budget

STEPS = """async (count) => {
  const next = [...document.querySelectorAll('.buttons button')][3];
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const times = [];
  for (let k = 0; k < count; k++) {
    const start = performance.now();
    next.click();
    await null;  // the step is shown in a microtask
    await null;
    times.push(performance.now() - start);
    await frame();
  }
  return times;
}"""
JUMPS = STEPS.replace(
    "next.click();",
    "const slider = document.querySelector('.slider');"
    " slider.value = (k * 997) % Number(slider.max); slider.dispatchEvent(new Event('input'));",
)


def test_the_scene_of_ten_thousand_nodes() -> None:
    y = chain()
    start = time.process_time()
    packed = pack(scene(ng.trace(y)))[1]
    budget("10,001 nodes: trace and scene", time.process_time() - start, 5, "s")
    budget("10,001 nodes: scene as sent", len(packed) / 1e6, 2, "MB")


def test_ten_thousand_nodes_in_the_browser(
    offline: Callable[..., Page],  # noqa: F811
    tmp_path: Path,
) -> None:
    path = save("chain", tmp_path)
    start = time.perf_counter()
    page = offline(path)
    StepperView(page)
    budget("10,001 nodes: page opens", time.perf_counter() - start, 5, "s")
    for what, script, count in (("step", STEPS, 60), ("jump", JUMPS, 40)):
        taken = statistics.median(page.evaluate(script, count))
        budget(f"10,001 nodes: script of a {what}", taken, 16, "ms")
