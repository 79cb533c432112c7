"""Run the examples again and store what comes out, clean: ``python -m tests.notebooks.store [01 …]``.

Needed when a text, a table or a drawing of nbgrad has changed. Nothing of the machine is stored:
no widget state, no times, no versions; what a widget shows is stored as its story in HTML.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat

from tests.notebooks.conftest import PATHS, ROOT, WIDGET, code_cells, execute

KEPT = ("alt", "tags")
"""Of a cell's metadata: what its picture shows, and how it is run."""


def clean(book: Any) -> None:
    """Number the cells, and drop all that would differ from run to run."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    book.metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    for number, cell in enumerate(book.cells, 1):
        cell.id = f"cell-{number:02}"
    for cell in code_cells(book):
        cell.metadata = {key: cell.metadata[key] for key in KEPT if key in cell.metadata}
        cell.outputs = list(kept(cell.outputs))


def kept(outputs: list[Any]) -> list[Any]:
    """Return the outputs without widgets and progress bars, what was printed in one piece."""
    found: list[Any] = []
    for output in outputs:
        if output.output_type in {"display_data", "execute_result"}:
            is_widget = output.data.pop(WIDGET, None) is not None
            if is_widget and "text/html" not in output.data:
                continue
            output.metadata = {}
        last = found[-1] if found else None
        if output.output_type == "stream" and last is not None and last.get("name") == output.name:
            last.text += output.text
        else:
            found.append(output)
    return found


def main(wanted: list[str]) -> None:
    """Run and store the notebooks whose names begin with one of these; all without any."""
    os.environ["PYTHONPATH"] = str(ROOT)
    for path in PATHS:
        if wanted and not path.name.startswith(tuple(wanted)):
            continue
        book = nbformat.read(path, as_version=4)
        for cell in code_cells(book):
            cell.outputs, cell.execution_count = [], None
        with tempfile.TemporaryDirectory() as folder:
            execute(book, Path(folder))
        clean(book)
        nbformat.validate(book)
        path.write_text(nbformat.writes(book, indent=1) + "\n", encoding="utf-8")
        print(f"stored {path.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
