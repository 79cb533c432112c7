"""The file that a command writes: whether it can be written, and what is said where not."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from nbgrad.engine.errors import NbgradError
from nbgrad.tracing.files import ending

from .errors import CommandError, because


def endings(suffixes: Iterable[str]) -> str:
    """List endings: ``.html, .json or .svg``."""
    *first, last = sorted(suffixes)
    return f"{', '.join(first)} or {last}" if first else last


def check_output(path: Path, suffixes: Collection[str]) -> None:
    """Refuse what could not be written with a `CommandError`, before anything runs."""
    folder = path.parent
    with writing(path):
        if path.is_dir():
            place = path / "steps.html"
            raise CommandError(f"{path} is a folder: name a file in it, with -o {place}.")
        suffix = ending(path)
        if suffix not in suffixes:
            what = f"{suffix} files" if suffix else "a file without an ending"
            raise CommandError(f"cannot write {what}: {path} must end in {endings(suffixes)}.")
        if not folder.is_dir():
            raise CommandError(f"cannot write {path}: there is no folder {folder}. Make it first.")
        try:
            path.stat()  # which refuses a link that leads to itself
            place = path
        except FileNotFoundError:
            place = folder
        if not os.access(place, os.W_OK):
            raise CommandError(f"cannot write {path}: {place} is write-protected.")


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say in a `CommandError` which file could not be written, and why."""
    try:
        yield
    except OSError as error:
        raise CommandError(f"cannot write {path}: {because(error)}.") from None
    except NbgradError as error:
        raise CommandError(f"cannot write {path}: {error}") from None
