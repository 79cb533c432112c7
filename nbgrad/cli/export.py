"""``python -m nbgrad export``: a notebook as one page with working steppers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from nbgrad.tracing.atomic_write import write_file

from .errors import CommandError, because, lines_of
from .output import check_output, writing


def export_notebook(notebook: str, output: str | None, *, execute: bool) -> Path:
    """Write a notebook as a page; return where it is.

    Raises
    ------
    CommandError
        If there is no such notebook, a cell fails, or nbconvert is not installed.
    """
    source = Path(notebook)
    target = source.with_suffix(".html") if output is None else Path(output)
    check_output(target, (".html", ".htm"))
    try:
        from nbgrad.views.stepper import notebook_page
    except ImportError as error:
        raise CommandError(
            f"export needs {error.name}, which is not installed here: pip install 'nbgrad[export]'"
        ) from None
    with _told(source, "not a notebook"):
        try:
            book = notebook_page.read(source)
        except FileNotFoundError:
            raise CommandError(f"there is no notebook {source} (looked in {Path.cwd()}).") from None
        except OSError as error:
            raise CommandError(f"cannot read {source}: {because(error)}.") from None
    if execute:
        with _told(source, "a cell failed"):
            notebook_page.run(book, source)
    with _told(source, "it cannot be shown"):
        page = notebook_page.page_of(book, source)
    with writing(target):
        write_file(target, page)
    return target


@contextlib.contextmanager
def _told(source: Path, what: str) -> Iterator[None]:
    """Say what is wrong with a notebook: whatever it holds or its cells raise."""
    try:
        yield
    except CommandError:
        raise
    except Exception as error:  # noqa: BLE001
        said = lines_of(error)[0]
        if type(error).__name__ == "CellExecutionError":  # its text is the whole cell and traceback
            said = f"{getattr(error, 'ename', '')}: {getattr(error, 'evalue', '')}"
        elif type(error).__name__ == "NoSuchKernel":
            what, said = "it cannot be run", str(error)
        raise CommandError(f"{source}: {what}: {said}", 1) from None
