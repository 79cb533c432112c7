"""``python -m nbgrad export``: a notebook as one page with working steppers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrad.tracing.atomic_write import write_file

from .errors import CommandError, because, lines_of


def export_notebook(notebook: str, output: str | None, *, execute: bool) -> Path:
    """Write a notebook as a page; return where it is.

    Raises
    ------
    CommandError
        If there is no such notebook, a cell fails, or nbconvert is not installed.
    """
    source = Path(notebook)
    target = source.with_suffix(".html") if output is None else Path(output)
    if target.suffix.lower() not in {".html", ".htm"}:
        raise CommandError(
            f"cannot write {target.suffix or 'such'} files: {target} must end in .html."
        )
    try:
        page = _page(source, execute=execute)
    except FileNotFoundError:
        raise CommandError(f"there is no notebook {source} (looked in {Path.cwd()}).") from None
    except OSError as error:
        raise CommandError(f"cannot read {source}: {because(error)}.") from None
    write_file(target, page)
    return target


def _page(source: Path, *, execute: bool) -> str:
    try:
        from nbgrad.views.stepper.notebook_page import export
    except ImportError as error:
        raise CommandError(
            f"export needs {error.name}, which is not installed here: pip install nbconvert"
        ) from None
    try:
        return export(source, execute=execute)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the notebook holds or its cells raise
        said: Any = lines_of(error)
        kind = (
            "a cell failed"
            if execute and type(error).__name__ == "CellExecutionError"
            else "not a notebook"
        )
        raise CommandError(f"{source}: {kind}: {said[0] if said else error}", 1) from None
