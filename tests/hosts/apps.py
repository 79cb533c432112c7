"""The same application for each host: a stepper, what the kernel knows of its step, a button that sets it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat

from nbgrad.cli.demo import DIAMOND
from tests.pyodide.packages import npm

FRONT_END = ("@widgetti/solara-vuetify3-app@5.2.0", "font-awesome@4.5.0", "requirejs@2.3.6")
"""What Solara's pages are made of, on npm: it would fetch them from another host."""

VOILA = """\
import ipywidgets as widgets

w = ng.Stepper(y)
known = widgets.Label("the kernel knows step 0")
w.observe(lambda change: setattr(known, "value", f"the kernel knows step {change.new}"), "step")
button = widgets.Button(description="set step 2")
button.on_click(lambda _: setattr(w, "step", 2))
widgets.VBox([button, known, w])
"""

SHINY = (
    DIAMOND
    + """
from shiny import App, reactive, render, ui
from shinywidgets import output_widget, reactive_read, render_widget

app_ui = ui.page_fluid(
    ui.input_action_button("go", "set step 2"),
    ui.output_text("known"),
    output_widget("w", height="auto", fill=False),
)


def server(input, output, session):
    stepper = ng.Stepper(y)

    @render_widget
    def w():
        return stepper

    @render.text
    def known():
        return f"the kernel knows step {reactive_read(stepper, 'step')}"

    @reactive.effect
    @reactive.event(input.go)
    def _():
        stepper.step = 2


app = App(app_ui, server)
"""
)

MARIMO = """\
import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    import numpy as np
    import nbgrad as ng

    x = ng.Variable(np.array(2.0))
    a = ng.square(x)
    b = ng.square(a)
    c = ng.square(a)
    y = b + c
    stepper = ng.Stepper(y)
    w = mo.ui.anywidget(stepper)
    w
    return mo, stepper, w


@app.cell
def _(mo, w):
    mo.md(f"the kernel knows step {w.value['step']}")
    return


@app.cell
def _(mo, stepper):
    mo.ui.button(label="set step 2", on_click=lambda _: setattr(stepper, "step", 2))
    return


if __name__ == "__main__":
    app.run()
"""


SOLARA = (
    DIAMOND
    + """
import solara

step = solara.reactive(0)


@solara.component
def Page():
    w = solara.use_memo(lambda: ng.Stepper(y), [])

    def follow():
        w.observe(lambda change: step.set(change.new), "step")

    solara.use_effect(follow, [])
    solara.Button("set step 2", on_click=lambda: setattr(w, "step", 2))
    solara.Text(f"the kernel knows step {step.value}")
    solara.display(w)
"""
)


def voila(folder: Path, port: int) -> list[str]:
    cells = [nbformat.v4.new_code_cell(DIAMOND), nbformat.v4.new_code_cell(VOILA)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "app.ipynb")
    return [sys.executable, "-m", "voila", "app.ipynb", "--no-browser", f"--port={port}"]


def shiny(folder: Path, port: int) -> list[str]:
    (folder / "app.py").write_text(SHINY, encoding="utf-8")
    return [sys.executable, "-m", "shiny", "run", "app.py", "--port", str(port)]


def marimo(folder: Path, port: int) -> list[str]:
    (folder / "app.py").write_text(MARIMO, encoding="utf-8")
    command = [sys.executable, "-m", "marimo", "--yes", "run", "app.py", "--headless", "--no-token"]
    return [*command, "--host=127.0.0.1", f"--port={port}"]


def solara(folder: Path, port: int) -> list[str]:
    """Return Solara's command; its front end is laid where it keeps what it has fetched."""
    for package in FRONT_END:
        target = folder / "cdn" / package
        command = [*npm(), "pack", package, "--silent", "--pack-destination", str(folder)]
        packed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
        shutil.unpack_archive(folder / packed.stdout.strip(), folder / "unpacked", filter="data")
        target.parent.mkdir(parents=True, exist_ok=True)
        (folder / "unpacked" / "package").rename(target)
    (folder / "app.py").write_text(SOLARA, encoding="utf-8")
    command = [sys.executable, "-m", "solara", "run", "app.py", "--no-open", "--production"]
    return [*command, "--host=127.0.0.1", f"--port={port}"]


HOSTS: dict[str, Callable[[Path, int], list[str]]] = {
    "marimo": marimo,
    "voila": voila,
    "shiny": shiny,
    "solara": solara,
}
