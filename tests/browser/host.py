"""A notebook open in JupyterLab or Notebook 7, as a test sees it.

All is driven through `window.jupyterapp` (drive.js), not through menus and shortcuts, which differ
between hosts and versions. What a person does (click, press, drag) goes through Playwright.
"""

from __future__ import annotations

import ast
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import nbformat
from playwright.sync_api import Locator, Page, ViewportSize

PLACES = {
    "lab": "/lab/tree/{path}?reset",
    "notebook": "/notebooks/{path}",
    "lite": "/lite/lab/index.html?path={path}",
}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
SHOTS = Path(__file__).parent / "shots"
KEPT = os.environ.get("NBGRAD_SHOTS") == "1"
"""Whether pictures are kept for people to look at, which takes minutes."""
T = TypeVar("T")
PATIENCE = 90.0
"""Seconds that a busy machine has for anything; what works well takes a moment."""
VIEWPORT: ViewportSize = {"width": 1400, "height": 900}
WIDTHS = (800, 1400)
SHOT_HEIGHT = 1400  # the hosts scroll in a box of their own: what is taller would be cut


def write_notebook(folder: Path, name: str, cells: Sequence[str], *, may_fail: bool = False) -> str:
    """Write a notebook of code cells and return its path as the server knows it.

    With `may_fail`, a cell that fails does not keep the ones below from running.
    """
    book = nbformat.v4.new_notebook()
    book.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    book.cells = [nbformat.v4.new_code_cell(source.strip("\n")) for source in cells]
    for cell in book.cells if may_fail else ():
        cell.metadata["tags"] = ["raises-exception"]
    nbformat.write(book, folder / f"{name}.ipynb")
    return f"{name}.ipynb"


class Notebook:
    """One notebook in one page of one host."""

    def __init__(self, page: Page, server_url: str, host: str, path: str) -> None:
        self.page = page
        self.host = host
        self.path = path
        self.url = server_url + PLACES[host].format(path=path)
        self.reopen()

    def reopen(self) -> None:
        """Load the notebook's page, as it was saved."""
        self.page.goto("about:blank")
        self.page.goto(self.url)
        self._drive("ready")

    def _drive(self, verb: str, *args: Any) -> Any:
        return self.page.evaluate(
            "([verb, args]) => window.nbDrive[verb](...args)", [verb, [self.path, *args]]
        )

    def run_all(self) -> None:
        """Run every cell."""
        self._drive("runAll")

    def start(self) -> None:
        """Start every cell, and wait for none."""
        self._drive("start")

    def finish(self) -> None:
        """Wait for the cells that were started."""
        self._drive("finish")

    def outputs(self) -> list[list[dict[str, Any]]]:
        """Return the outputs of each cell, as nbformat has them."""
        return [cell["outputs"] for cell in self._drive("outputs")]

    def errors(self) -> list[str]:
        """Return the traceback of every cell that ended in an error."""
        return [
            f"cell {index}: {output['ename']}: {output['evalue']}\n"
            + "\n".join(output["traceback"])
            for index, outputs in enumerate(self.outputs())
            for output in outputs
            if output["output_type"] == "error"
        ]

    def text(self, cell: int) -> str:
        """Return all that the cell printed or showed as text."""
        parts = [
            output.get("text") or output.get("data", {}).get("text/plain", "")
            for output in self.outputs()[cell]
        ]
        return "\n".join("".join(part) for part in parts)

    def value(self, expression: str) -> Any:
        """Return what the expression is worth in the kernel (anything that JSON can hold)."""
        reply = self._drive("evaluate", f"__import__('json').dumps({expression})")
        if reply["status"] != "ok":
            raise AssertionError(f"{expression}: {reply['ename']}: {reply['evalue']}")
        return json.loads(ast.literal_eval(reply["data"]["text/plain"]))

    def wait_for(self, expression: str, wanted: Any) -> None:
        """Wait until the expression has the wanted value in the kernel (traits come late)."""
        wait_until(self.page, lambda: self.value(expression), lambda got: got == wanted)

    def execute(self, code: str) -> None:
        """Run code in the kernel, outside any cell."""
        reply = self._drive("execute", code)
        if reply["status"] != "ok":
            raise AssertionError(f"{code}: {reply['ename']}: {reply['evalue']}")

    def theme(self, name: str) -> None:
        """Change to the "light" or "dark" theme of the host."""
        self.page.evaluate("(name) => window.nbDrive.theme(name)", THEMES[name])

    def save(self) -> None:
        self._drive("save")

    def command(self, name: str) -> None:
        """Run a command of the host."""
        self.page.evaluate("(name) => window.jupyterapp.commands.execute(name)", name)

    def shut_down(self) -> None:
        """End the kernel; the page stays."""
        self._drive("shutdown")

    def close(self) -> None:
        self._drive("shutdown")
        self.page.context.close()


def wait_until(page: Page, read: Callable[[], T], good: Callable[[T], bool]) -> T:
    """Read again and again until what is read is good, and return it."""
    end = time.monotonic() + PATIENCE
    while not good(found := read()):
        assert time.monotonic() < end, f"after {PATIENCE} s it is still {found!r}"
        page.wait_for_timeout(50)
    return found


def eventually(page: Page, look: str, wanted: object) -> None:
    """Wait until a function of the page finds what is wanted."""
    wait_until(page, lambda: page.evaluate(look), lambda found: found == wanted)


FRAMES = """() => new Promise((done) => {
  let left = 4; // one for the observers, and one for each answer to what they changed
  const next = () => (left-- ? requestAnimationFrame(next) : done());
  next();
})"""


def wait_drawn(page: Page) -> None:
    """Wait until the window has its size and the page has drawn all that it was told."""
    page.wait_for_function(
        "(size) => innerWidth === size.width && innerHeight === size.height", arg=page.viewport_size
    )
    page.evaluate(FRAMES)


# The edges at work flow for some seconds, and the kernel's sign turns: these are not waited for.
STILL = """() => document.getAnimations().every((one) =>
  one.playState !== "running" || one.effect.getComputedTiming().endTime > 3000)"""


def wait_still(page: Page) -> None:
    """Wait until all is drawn, and what moves or changes its colour has come to its end."""
    page.evaluate(FRAMES)
    page.wait_for_function(STILL)
    page.evaluate(FRAMES)


def keep(what: Page | Locator, name: str, **options: Any) -> None:
    """Keep a picture for people to look at, when NBGRAD_SHOTS=1 is set."""
    if KEPT:
        what.screenshot(path=SHOTS / f"{name}.png", **options)


def shoot(locator: Locator, name: str) -> None:
    """Keep pictures of one element at each width, for people to look at."""
    if not KEPT:
        return
    page = locator.page
    before = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": SHOT_HEIGHT})
        page.wait_for_timeout(300)  # transitions and the host's own layout
        keep(locator, f"{name}_{width}")
    if before is not None:
        page.set_viewport_size(before)
