"""What-if: a graph of 100 nodes answers an edit within a tenth of a second."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

import nbgrad as ng
from tests.browser.conftest import browser_type_launch_args, jupyter, opener  # noqa: F401
from tests.browser.host import Notebook
from tests.browser.notebooks import IMPORTS

FUNCTIONS = 66
LINES = "x = ng.Variable(np.array(0.5))\ny = x\n" + "y = ng.sin(y) * x\n" * (FUNCTIONS // 2)

# From the event of the field to the card that says something else.
EDIT = """(value) => new Promise((done) => {
    const field = document.querySelector(".edit");
    const card = document.querySelector('[data-node-id="v0"]');
    const [before, start] = [card.textContent, performance.now()];
    new MutationObserver((_, observer) => {
        if (document.querySelector('[data-node-id="v0"]').textContent === before) return;
        observer.disconnect();
        done(performance.now() - start);
    }).observe(field.closest(".stepper").parentNode, { subtree: true, childList: true, characterData: true });
    field.value = value;
    for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
})"""


def test_the_kernel_computes_100_nodes_again_in_less_than_a_tenth_of_a_second() -> None:
    x = ng.Variable(np.array(0.5), name="x")
    y = x
    for _ in range(FUNCTIONS // 2):
        y = ng.sin(y) * x
    stepper = ng.Stepper(y)
    times = []
    for k in range(7):
        start = time.process_time()
        stepper.what_if("x", 0.5 + 0.01 * k)
        times.append(time.process_time() - start)
    print(f"{1000 * min(times):.0f} ms")
    assert min(times) < 0.1
    stepper.close()


def test_100_nodes_answer_within_a_tenth_of_a_second_in_jupyterlab(
    opener: Callable[..., Notebook],  # noqa: F811
) -> None:
    book = opener("lab", [IMPORTS, LINES, "s = ng.Stepper(y)\ns"])
    page = book.page
    page.locator('[data-node-id="v0"]').press("Enter")  # it stands outside the view of a long graph
    page.locator(".edit").wait_for()
    times = []
    for k in range(20):
        times.append(page.evaluate(EDIT, 0.5 + 0.013 * (k + 1)))
        page.wait_for_timeout(300)
    print(f"first {times[0]:.0f} ms, median {statistics.median(times):.0f}, worst {max(times):.0f}")
    assert statistics.median(times) < 100
