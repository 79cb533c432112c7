"""``python -m nbgrad export``: a notebook as one page, with no request to anywhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import nbgrad as ng
from nbgrad.cli.main import main
from nbgrad.views.stepper.notebook_page import page_of, read

WIDGET = "application/vnd.jupyter.widget-"

STATE = {
    "state": {
        "m1": {
            "model_module": "anywidget",
            "model_name": "AnyModel",
            "model_module_version": "~0.9.*",
            "state": {
                "_anywidget_id": "nbgrad.views.stepper.widget.Stepper",
                "_esm": "export default {}",
            },
        }
    },
    "version_major": 2,
    "version_minor": 0,
}


def notebook(path: Path, *, source: str = "1 + 1", html: str = "<p>story</p>") -> Path:
    view = {"model_id": "m1", "version_major": 2, "version_minor": 0}
    data = {"text/html": html, "application/vnd.jupyter.widget-view+json": view}
    output: dict[str, Any] = {"output_type": "display_data", "metadata": {}, "data": data}
    cell: dict[str, Any] = {
        "cell_type": "code", "id": "a", "metadata": {}, "execution_count": 1, "source": source,
        "outputs": [output],
    }  # fmt: skip
    text: dict[str, Any] = {
        "cell_type": "markdown", "id": "b", "metadata": {},
        "source": '<script>steal()</script><img src="https://example.org/x.png" onerror="steal()">',
    }  # fmt: skip
    book = {
        "cells": [cell, text],
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "widgets": {"application/vnd.jupyter.widget-state+json": STATE},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(book), encoding="utf-8")
    return path


def test_the_page_has_one_script_and_asks_nobody(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    assert main(["export", str(notebook(tmp_path / "n.ipynb")), "-o", str(target)]) == 0
    page = target.read_text(encoding="utf-8")
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    code = [text for attributes, text in scripts if "application/" not in attributes]
    assert code == [ng.static_script().read_text(encoding="utf-8")]
    assert "steal" not in "".join(code)
    assert "onerror" not in page
    assert "example.org" not in page
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//[^"']*\.(?:js|css)""", page)
    assert "default-src 'none'; script-src 'sha256-" in page
    assert "nbgrad.views.stepper.widget.Stepper" in page


HOSTILE = """\
<meta http-equiv="refresh" content="0;url=https://far.example/"><div style="background:url(//far.example/a)">text</div>
<svg><image href="https://far.example/b"/><use href="#c"/></svg><table background="https://far.example/d"></table>
<style>@import "https://far.example/e"; p { background: url('../f.png') }</style><a href="https://near.example">link</a>
"""


def test_what_an_output_would_load_is_left_out(tmp_path: Path) -> None:
    source = notebook(tmp_path / "n.ipynb", html=HOSTILE)
    book = read(source)
    view = book.cells[0].outputs[0].data.pop("application/vnd.jupyter.widget-view+json")
    other = {"text/plain": "IntSlider(3)", f"{WIDGET}view+json": {**view, "model_id": "other"}}
    book.cells[0].outputs.append(new_output("display_data", data=other))
    page = page_of(book, source)
    for gone in ("far.example", "f.png", 'http-equiv="refresh'):
        assert gone not in page
    for kept in ("text</div>", "#c", "near.example", "IntSlider(3)"):
        assert kept in page


def test_pictures_beside_the_notebook_are_in_the_page(tmp_path: Path) -> None:
    for name in ("a.png", "그림 1.png"):
        (tmp_path / name).write_bytes(b"picture")
    cell = new_markdown_cell(
        "![a](a.png) ![b](attachment:b) ![c](<그림 1.png>)",
        attachments={"b": {"image/png": "Yg=="}},
    )
    drawn = new_output("display_data", {"image/png": "Yw==\n"})
    plot = new_code_cell(outputs=[drawn], metadata={"alt": "A <falling> loss."})
    said = {"image/png": {"alt": "A point."}}
    more = new_code_cell(outputs=[new_output("display_data", {"image/png": "ZA=="}, metadata=said)])
    page = page_of(new_notebook(cells=[cell, plot, more]), tmp_path / "n.ipynb")
    pictures = BeautifulSoup(page, "html.parser").find_all("img")
    assert [p["alt"] for p in pictures] == ["a", "b", "c", "A <falling> loss.", "A point."]
    assert page.count('src="data:image/png;base64,cGljdHVyZQ=="') == 2
    assert "data:image/png;base64,Yg==" in page


TEX = r"""
$x^2$ and \\(y\\), $a_1 < b$; `$code$` and \$5.

$$\frac{1}{2}$$

\begin{align} a &= b \\ c &= d \end{align}

$\unknown{$ stays.
"""


def test_tex_is_mathml(tmp_path: Path) -> None:
    cells = [new_markdown_cell(TEX), new_code_cell("m", outputs=[new_output("display_data")])]
    cells[1].outputs[0].data = {"text/latex": r"$\displaystyle \sum_i x_i$"}
    soup = BeautifulSoup(page_of(new_notebook(cells=cells), tmp_path / "n.ipynb"), "html.parser")
    shown = [math.get("display") for math in soup.find_all("math")]
    assert shown == ["inline", "inline", "inline", "block", "block", "inline"]
    assert [code.text for code in soup.select(".jp-RenderedMarkdown code")] == ["$code$"]
    assert "stays" in soup.text


def test_its_name_follows_the_notebooks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    notebook(tmp_path / "n.ipynb")
    assert main(["export", "n.ipynb"]) == 0
    assert (tmp_path / "n.html").is_file()
    assert capsys.readouterr().out == "Wrote n.html.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.ipynb"], "there is no notebook none.ipynb"),
        (["bad.ipynb"], "bad.ipynb: not a notebook"),
        (["n.ipynb", "-o", "x.pdf"], "must end in .htm or .html"),
        (["n.ipynb", "-o", "none/x.html"], "there is no folder none"),
        (["n.ipynb", "-o", "."], "is a folder"),
        (["none.ipynb", "-o", "n.html"], "there is no notebook none.ipynb"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    notebook(tmp_path / "n.ipynb")
    (tmp_path / "bad.ipynb").write_text("{]", encoding="utf-8")
    assert main(["export", *arguments]) != 0
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


@pytest.mark.slow
def test_a_notebook_is_run_first(tmp_path: Path) -> None:
    source = notebook(tmp_path / "n.ipynb", source="print(6 * 7)")
    command = [sys.executable, "-m", "nbgrad", "export", str(source), "--execute"]
    subprocess.run(command, check=True, capture_output=True)
    assert "42" in (tmp_path / "n.html").read_text(encoding="utf-8")
    notebook(source, source="1 / 0")
    failed = subprocess.run(command, check=False, capture_output=True, text=True)
    assert failed.returncode == 1
    assert "a cell failed: ZeroDivisionError: division by zero" in failed.stderr
