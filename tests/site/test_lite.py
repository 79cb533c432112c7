"""The notebooks in the site's JupyterLite: unchanged, alive, and with no request to another host."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import DRIVE
from tests.browser.host import Notebook
from tests.browser.stepper import ROOT as STEPPER
from tests.pyodide.packages import key
from tests.site.conftest import HTML

EXAMPLES = Path(__file__).parents[2] / "examples"
LITE = HTML / "lite"
NOTEBOOKS = sorted(path.name for path in (LITE / "files").glob("*.ipynb"))
CORE = {
    "pyodide-lock.json",
    "pyodide.js",
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_in_the_browser(browser: Browser, site: str, name: str) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    context.set_default_timeout(120_000)
    context.add_init_script(path=DRIVE)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    opened = time.perf_counter()
    notebook = Notebook(page, site.rstrip("/"), "lite", name)
    started = time.perf_counter()
    notebook.start()
    print(f"{name}: a kernel after {started - opened:.1f} s,", end=" ")
    if "story-head" in (EXAMPLES / name).read_text(encoding="utf-8"):  # its outputs have a stepper
        page.locator(f"{STEPPER} [data-node-id]").first.wait_for(state="attached")
        print(f"a stepper {time.perf_counter() - started:.1f} s later", end=" ")
    notebook.finish()
    print(f"done {time.perf_counter() - started:.1f} s later")
    assert notebook.errors() == []
    assert [url for url in asked if not url.startswith((site, "blob:", "data:"))] == []
    context.close()


def test_the_notebooks_are_the_examples() -> None:
    assert len(NOTEBOOKS) == len(list(EXAMPLES.glob("[0-9]*.ipynb"))) - 1, (
        "all but the one on PyTorch"
    )
    for name in NOTEBOOKS:
        assert (LITE / "files" / name).read_bytes() == (EXAMPLES / name).read_bytes()


def test_pyodide_holds_what_its_lock_file_lists_and_nothing_else() -> None:
    folder = LITE / "static" / "pyodide"
    packages = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {"nbgrad", "anywidget", "ipywidgets", "numpy"} <= set(packages)
    assert {path.name for path in folder.iterdir()} - CORE == {
        package["file_name"] for package in packages.values()
    }
    assert {key(name) for p in packages.values() for name in p["depends"]} <= set(packages)
