"""``python -m nbgrad export``: a notebook as one page, with no request to anywhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import nbgrad as ng
from nbgrad.cli.main import main

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
        (["n.ipynb", "-o", "x.pdf"], "must end in .html"),
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
    assert "a cell failed" in failed.stderr
