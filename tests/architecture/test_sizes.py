"""No file over 500 lines, no function over 50 (its docstring not counted)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import FRONT_END, PACKAGE, python_files, shown

FILE_LINES = 500
FUNCTION_LINES = 50


def sources() -> list[Path]:
    """Return what people wrote: not the bundle."""
    styles = [p for p in PACKAGE.rglob("*.css") if "static" not in p.parts]
    front_end = [p for p in FRONT_END.rglob("*") if p.suffix in {".ts", ".css"}]
    return sorted([*python_files(), *styles, *front_end])


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the name of each function and how many lines it has."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = node.end_lineno - node.lineno + 1
            if ast.get_docstring(node) is not None:
                text = node.body[0]
                lines -= text.end_lineno - text.lineno + 1
            yield f"{shown(path)}:{node.lineno} {node.name}", lines


def test_files_are_short() -> None:
    lengths = {shown(p): len(p.read_text(encoding="utf-8").splitlines()) for p in sources()}
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_functions_are_short() -> None:
    lengths = dict(pair for path in python_files() for pair in functions(path))
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES} == {}
