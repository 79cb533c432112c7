"""Closer: one element of a gradient, the arithmetic of a NaN, what is worth a look, the list by size."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

import nbgrad as ng
from tests.browser.graphs import not_a_number, save_page, variable
from tests.browser.host import keep, wait_until
from tests.browser.stepper import StepperView

Open = Callable[..., Page]


def net(rows: int = 3) -> ng.Trace:
    rng = np.random.default_rng(0)
    x, w = (
        variable(rng.normal(size=(rows, 2)).round(2), "X"),
        variable([[1.0, 2, -3], [0.5, -1, 4]], "W1"),
    )
    b = variable([-0.5, -1.0, 0.25], "b")
    z = x @ w + b
    h = ng.relu(z)
    return ng.trace(ng.sum(h * h) + ng.sum(z), names={"z": z, "h": h}, retain_grad=True)


def test_an_element_says_what_made_it(offline: Open, tmp_path: Path) -> None:
    trace = net()
    save_page(trace, tmp_path / "net.html", "en")
    page = offline(tmp_path / "net.html", reduced_motion="reduce")
    stepper = StepperView(page)
    stepper.click("Last")
    told = stepper.root.locator(".panel .element")
    wanted = {
        "W1": ("W1.grad[0, 2] = Σ over i of X[i, 0] · (X @ W1).grad[i, 2]", (0, 2)),
        "X": ("X.grad[0, 1] = Σ over i of (X @ W1).grad[0, i] · W1[1, i]", (0, 1)),
        "b": ("b.grad[2] = Σ over i of z.grad[i, 2]", (2,)),
        "z": ("(h.grad[1, 0] where z[1, 0] > 0, else 0)", (1, 0)),
        "h": ("h.grad[1, 0] = ", (1, 0)),
    }
    for name, (text, index) in wanted.items():
        stepper.root.locator(f'.node[aria-label^="{name},"]').dispatch_event("click")
        grad = np.asarray(trace.gradient(name))
        flat = int(np.ravel_multi_index(index, grad.shape))
        stepper.root.locator(".panel td.pick").nth(flat).click()
        expect(told.first).to_contain_text(text)
        expect(told.first).to_contain_text(f"{grad[index]:.4g}"[:5])
    # by keys: the arrows walk the cells and leave the step alone
    cell = stepper.root.locator(".panel td.pick").first
    cell.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(told.first).to_contain_text("h.grad[0, 1]")
    stepper.expect_position(stepper.position())


class Turned(ng.Function):
    """y, z = x backwards, 3 · x."""

    def forward(self, x: Any) -> Any:
        return x[::-1], 3 * x

    def backward(self, gy: Any, gz: Any) -> Any:
        return gy[::-1] + 3 * gz


def test_an_element_of_several_outputs_says_what_made_it(offline: Open, tmp_path: Path) -> None:
    x, u = variable([1.0, 2, 3, 4], "x"), variable([1.0, 2], "u")
    p, q = ng.split(x, 2)
    turned, tripled = Turned()(u)
    s = ng.softmax(q)
    y = ng.sum(p * p * turned) + ng.sum(s * tripled)
    names = {"p": p, "q": q, "s": s, "turned": turned, "tripled": tripled}
    save_page(ng.trace(y, names=names), tmp_path / "several.html", "en")
    stepper = StepperView(offline(tmp_path / "several.html", reduced_motion="reduce"))
    stepper.click("Last")
    told = stepper.root.locator(".panel .element")
    wanted = {
        ("x", 3): ["x.grad[3] = q.grad[1]", "= 0.5898"],
        ("q", 1): [
            "q.grad[1] = (s · (s.grad − Σ s.grad · s))[1]",
            "= (-0.1966) · s.grad[0] + 0.1966 · s.grad[1]",
            "= (-0.1966) · 3 + 0.1966 · 6 = 0.5898",
        ],
        ("u", 0): ["u.grad[0] = (Turned.backward(turned.grad, tripled.grad))[0]", "= 4.807"],
    }
    for (name, flat), lines in wanted.items():
        stepper.root.locator(f'.node[aria-label^="{name},"]').dispatch_event("click")
        stepper.root.locator(".panel td.pick").nth(flat).click()
        expect(told.first.locator("p")).to_have_text(lines)


def test_a_nan_shows_its_arithmetic(offline: Open, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        save_page(ng.trace(not_a_number(), names={}), tmp_path / "nan.html", "en")
    page = offline(tmp_path / "nan.html", reduced_motion="reduce")
    stepper = StepperView(page)
    stepper.click("Last")
    stepper.root.locator('.node[aria-label^="l,"]').click()
    expect(stepper.root.locator(".panel .element").first).to_contain_text("l[1] = log(0) = -inf")
    stepper.root.locator('.node[aria-label^="x,"]').click()
    expect(stepper.root.locator(".panel .element").first).to_contain_text(
        "x.grad[1] = l.grad[1] / x[1]"
    )
    keep(page, "nan_closer", full_page=True)


def test_dead_units_are_said_and_the_list_sorts_by_size(offline: Open, tmp_path: Path) -> None:
    trace = net(64)
    save_page(trace, tmp_path / "dead.html", "en")
    page = offline(tmp_path / "dead.html", reduced_motion="reduce")
    stepper = StepperView(page)
    value = trace.variables["h"].value
    assert value is not None
    share = f"{100 * (value.share_of_zeros or 0):.0f} % of h is dead here"
    stepper.button("Worth a look").click()
    expect(stepper.button(share)).to_be_visible()
    expect(stepper.root.get_by_role("button", name="largest gradient: ")).to_be_visible()
    stepper.button(share).click()
    expect(stepper.root.locator(".panel .name")).to_have_text("h")
    expect(stepper.root.locator(".panel .remark")).to_have_text(share)
    expect(
        stepper.root.locator('[data-kind="variable"][data-active]').filter(has_text="h")
    ).not_to_have_count(0)
    stepper.click("Last")
    stepper.button("Show as a list").click()
    names = stepper.root.locator(".list tbody th")
    expect(names).to_have_count(len(trace.variables))
    before = names.all_inner_texts()
    stepper.root.get_by_role("columnheader", name="grad").get_by_role("button").click()
    after = wait_until(page, names.all_inner_texts, lambda shown: shown != before)
    norms = {v.name: trace.gradient(v.id) for v in trace.variables}
    sizes = [norm.norm or 0.0 for name in after if (norm := norms[name]) is not None]
    assert sizes == sorted(sizes, reverse=True)
