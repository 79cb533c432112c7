"""Modules of a PyTorch pass on a saved page: opened and closed by click and keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import nbgrad as ng
from nbgrad.engine.diagnostics.positions import keep_positions
from tests.browser.host import wait_until


def test_modules_open_and_close_without_a_kernel(
    offline: Callable[..., Page], tmp_path: Path
) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed here")
    torch.manual_seed(0)
    layer = torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, dropout=0.0)
    model = torch.nn.TransformerEncoder(layer, 3, enable_nested_tensor=False)
    with ng.watch(model):
        loss = model(torch.randn(2, 3, 8)).square().mean()
    path = tmp_path / "page.html"
    ng.trace(loss, names=locals()).folded(["layers.0", "layers.1", "layers.2"]).save(path)
    page = offline(path)
    modules, root = page.locator(".node.module"), page.locator(".stepper")
    expect(modules).to_have_count(3)
    modules.last.dispatch_event("click")
    panel = page.locator("[data-panel]")
    expect(panel.locator(".parameters li")).to_have_count(12)
    page.get_by_role("button", name="Last").click()
    expect(panel.locator(".parameters")).to_contain_text("‖")
    before = page.locator(".node").count()
    panel.get_by_role("button", name="Open layers.2").click()
    expect(panel.get_by_role("button", name="Close layers.2")).to_be_visible()
    wait_until(page, page.locator(".node").count, lambda count: count > before)
    panel.get_by_role("button", name="Close layers.2").click()
    expect(page.locator(".node")).to_have_count(before)
    root.locator(".node.module").last.focus()
    page.keyboard.press("o")
    expect(page.locator(".node")).not_to_have_count(before)
    strip = page.get_by_role("slider", name="Gradient flow")
    expect(page.locator(".flow rect")).to_have_count(36)
    strip.focus()
    page.keyboard.press("ArrowRight")
    expect(strip).to_have_attribute("aria-valuetext", re.compile("layers.*‖grad‖"))
    expect(page.locator("[data-panel]")).to_contain_text("layers.")


def test_a_loop_is_one_step_that_opens(offline: Callable[..., Page], tmp_path: Path) -> None:
    x, u = ng.Variable(np.ones((8, 2, 3)), name="x"), ng.Variable(np.ones((3, 3)), name="U")
    keep_positions(True)
    try:
        h = ng.Variable(np.zeros((2, 3)), name="h0")
        for t in range(8):
            h = ng.tanh(x[t] + h @ u) * 0.5
        trace = ng.trace(ng.sum(h))
    finally:
        keep_positions(False)
    trace.save(tmp_path / "page.html")
    page = offline(tmp_path / "page.html")
    loop = page.locator(".node.module")
    expect(loop).to_have_count(1)
    expect(loop).to_contain_text("step ×8")
    page.get_by_role("button", name="Last").click()
    leaf = page.locator(f'[data-node-id="{trace.variables["U"].id}"]')
    expect(leaf).to_have_attribute("data-grad", re.compile("."))
    wanted = leaf.get_attribute("data-grad") or ""
    loop.dblclick()
    expect(loop).to_have_count(8)
    expect(loop.nth(2)).to_contain_text("step 3")
    page.get_by_role("button", name="Last").click()
    expect(leaf).to_have_attribute("data-grad", wanted)
    page.keyboard.press("c")
    expect(loop).to_have_count(1)
    korean = offline(tmp_path / "page.html", locale="ko-KR")
    expect(korean.locator(".node.module")).to_contain_text("단계 ×8")
    expect(korean.locator(".node.module title")).not_to_contain_text("line")
