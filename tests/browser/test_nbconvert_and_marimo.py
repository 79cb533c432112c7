"""Beyond Jupyter's own pages: nbconvert's HTML, and marimo, which renders in a shadow root."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter, LatexExporter
from playwright.sync_api import Browser, Page, expect

import nbgrad as ng
from tests.browser.host import PATIENCE, Notebook, shoot
from tests.browser.notebooks import DIAMOND, IMPORTS, STEPPER
from tests.browser.server import JupyterServer, free_port
from tests.browser.stepper import StepperView

APP = """
import marimo

app = marimo.App()


@app.cell
def _():
    import numpy as np
    import nbgrad as ng

    x = ng.Variable(np.array(2.0))
    a = ng.square(x)
    y = ng.square(a) + ng.square(a)
    w = ng.Stepper(y)
    w
    return (ng, y)


@app.cell
def _(ng, y):
    ng.graph(y)
    return


if __name__ == "__main__":
    app.run()
"""


def test_a_converted_notebook_tells_the_story(
    opener: Callable[..., Notebook], jupyter: JupyterServer, browser: Browser, tmp_path: Path
) -> None:
    book = opener("lab", [IMPORTS, DIAMOND, STEPPER])
    StepperView(book.page)
    book.save()
    html, _ = HTMLExporter().from_notebook_node(
        nbformat.read(jupyter.root / book.path, as_version=4)
    )
    book.close()
    context = browser.new_context(offline=True, viewport={"width": 1400, "height": 900})
    context.set_default_timeout(1000 * PATIENCE)
    page = context.new_page()
    # As it is, without a network: the story, and nothing of the widget.
    (tmp_path / "book.html").write_text(html, "utf-8")
    page.goto((tmp_path / "book.html").as_uri(), wait_until="domcontentloaded")
    story = page.locator(".nbgrad-story")
    assert "widget-state+json" in html
    expect(story.get_by_role("cell", name="x.grad = 64", exact=True)).to_be_visible()
    expect(page.get_by_role("group", name="backward")).to_have_count(0)
    # With nbgrad's own script: the stepper, and no story beside it.
    script = f"<script>{ng.static_script().read_text(encoding='utf-8')}</script>"
    (tmp_path / "book.html").write_text(html.replace("</body>", f"{script}</body>"), "utf-8")
    page.goto((tmp_path / "book.html").as_uri(), wait_until="domcontentloaded")
    for button, fact in (("Last", "64"), ("Previous", r"8\s*\+\s*8")):
        page.get_by_role("group", name="backward").get_by_role("button", name=button).click()
        expect(page.get_by_text(re.compile(fact)).filter(visible=True).first).to_be_visible()
    expect(story).to_be_hidden()
    shoot(page.locator("body"), "nbconvert")
    context.close()


def test_a_notebook_becomes_latex_without_inkscape(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [IMPORTS, DIAMOND, "%graph y", "ng.graph(y)", "%backward y", "ng.trace(y)", "y"]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    NotebookClient(book, kernel_name="python3", startup_timeout=600, iopub_timeout=600).execute()
    monkeypatch.setenv("PATH", "")
    text, _ = LatexExporter().from_notebook_node(book)
    assert text.count("4 functions") == 4


@pytest.fixture
def marimo(tmp_path: Path) -> Iterator[str]:
    """Serve a notebook of marimo as an application."""
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-m", "marimo", "--yes", "run", "app.py", "--headless"]
    command += ["--no-token", "--host=127.0.0.1", f"--port={port}"]
    log = tmp_path / "marimo.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=tmp_path,
            env={**os.environ, "HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 300
    try:
        while True:
            try:
                urllib.request.urlopen(url, timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.2)
        yield url
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_marimo_shows_the_stepper(marimo: str, page: Page) -> None:
    page.goto(marimo)
    stepper = StepperView(page)
    stepper.click("Next")
    stepper.click("Next")
    stepper.expect_grads(a=16, x=None)
    stepper.slider.focus()
    page.keyboard.press("End")
    stepper.expect_grads(x=64)
    shoot(stepper.root, "stepper_marimo")
    stepper.variable("x").click()
    value = stepper.root.get_by_role("spinbutton", name="value", exact=True)
    value.fill("3")
    value.press("Enter")
    stepper.expect_grads(x=216)
    value.press("ArrowDown")
    expect(value).to_have_value("2.9")
    stepper.expect_grads(x=195.1)
    expect(value).to_be_focused()
    scroller = page.locator(".nbgrad-repr .ng-scroll").first
    expect(scroller).to_be_visible()
    assert scroller.evaluate("(e) => e.scrollWidth <= e.clientWidth + 1"), "the drawing is cut off"
