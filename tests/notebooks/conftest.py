"""The example notebooks, as they are stored and as they come out when run."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PATHS = sorted(EXAMPLES.glob("*.ipynb"))
NAMES = [path.stem for path in PATHS]

WIDGET = "application/vnd.jupyter.widget-view+json"

_MEGABYTES = re.compile(r" *\d+\.\d MB")
_ADDRESS = re.compile(r"0x[0-9a-f]+")
_executed: dict[str, Any] = {}


def stored(name: str) -> Any:
    """Read a notebook as it is in the repository."""
    return nbformat.read(EXAMPLES / f"{name}.ipynb", as_version=4)


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def executed(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the notebook after all of its cells have run, top to bottom, in a new kernel."""
    if name.startswith("09"):
        pytest.importorskip("torch", reason="PyTorch is not installed here")
    if name not in _executed:
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        monkeypatch.setenv("PYTHONPATH", path)
        monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
        book = stored(name)
        for cell in code_cells(book):
            cell.outputs, cell.execution_count = [], None
        execute(book, tmp_path)
        assert [p.name for p in tmp_path.iterdir() if p.suffix in {".html", ".json", ".png"}] == []
        _executed[name] = book
    return _executed[name]


def execute(book: Any, folder: Path) -> None:
    """Run all cells in a new kernel, however slow the machine is."""
    patience = {"timeout": 600, "startup_timeout": 600, "iopub_timeout": 600}
    where = {"metadata": {"path": str(folder)}}
    # A backend of Matplotlib's that the environment names would go before the notebook's own.
    env = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    NotebookClient(book, kernel_name="python3", resources=where, **patience).execute(env=env)


def code_cells(book: Any) -> list[Any]:
    return [cell for cell in book.cells if cell.cell_type == "code"]


def prose(book: Any) -> str:
    return "\n\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")


def rich(cell: Any) -> list[Any]:
    """Return what the cell displays, but for progress bars."""
    return [
        output.data
        for output in cell.outputs
        if output.output_type in {"display_data", "execute_result"}
        and not (WIDGET in output.data and "text/html" not in output.data)
    ]


def said(cell: Any) -> str:
    """Return all that the cell printed, and then the text of what it displayed."""
    # A kernel may send what was printed in any number of pieces.
    printed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
    parts = [printed, *(data["text/plain"] for data in rich(cell))]
    text = "\n".join(part.rstrip("\n") for part in parts if part)
    return _ADDRESS.sub("0x", _MEGABYTES.sub(" # MB", text))
