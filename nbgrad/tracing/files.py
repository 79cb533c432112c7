"""Saving and loading: which view writes which file, and how a file is replaced."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrad.engine.errors import MissingDependencyError, TraceFormatError

from . import format as fmt

if TYPE_CHECKING:
    from .trace import Parts, Trace

Saver = Callable[["Trace", Path], None]

savers: dict[str, Saver] = {}
"""By file name ending. `nbgrad.views.stepper.exporters` adds ``.html`` and ``.svg`` when it is loaded."""

views: dict[str, str] = {
    "savers": "nbgrad.views.stepper.exporters",
    "story": "nbgrad.views.stepper.static_story:story_html",
}
"""Where the views are; loaded when first needed, since views import the trace."""

MOST_BYTES = 256 * 1024 * 1024
"""A larger file is not read."""
MOST_CONTAINERS = 16_000_000
"""Nor is one with more lists and objects; a million functions have three millions of them."""


def save(trace: Trace, path: str | os.PathLike[str]) -> None:
    """Save a trace in the format that the file name's end tells.

    Raises
    ------
    ValueError
        For an ending that means nothing here.
    MissingDependencyError
        If the views are not installed.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix == ".json":
        save_json(trace, target)
        return
    if suffix in {".html", ".svg"} and suffix not in savers:
        load_views(suffix)
    if suffix not in savers:
        known = ", ".join(sorted({".json", ".html", ".svg", *savers}))
        raise ValueError(
            f"A trace cannot be saved as {target.name!r}: the name must end in one of {known}."
        )
    replace_file(target, lambda temporary: savers[suffix](trace, temporary))


def load_views(suffix: str) -> None:
    """Let the views enter what they can save."""
    try:
        import_module(views["savers"])
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            f"Saving a trace as {suffix} needs nbgrad's views, which are missing here ({error}). "
            "Save it as .json, or install nbgrad completely."
        ) from error


def save_json(trace: Trace, target: Path) -> None:
    """Save a trace as JSON."""
    text = json.dumps(trace.to_dict(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    replace_file(target, lambda temporary: write_text(temporary, text + "\n"))


def write_text(path: Path, text: str) -> None:
    """Write UTF-8; a lone surrogate in a name becomes an escape."""
    path.write_bytes(text.encode("utf-8", "backslashreplace"))


def replace_file(target: Path, write: Callable[[Path], None]) -> None:
    """Write a file beside the target and put it in its place when it is complete."""
    handle, name = tempfile.mkstemp(
        suffix=target.suffix, prefix=f".{target.stem}-", dir=target.parent
    )
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def load(path: str | os.PathLike[str]) -> Parts:
    """Read a trace that was saved as JSON.

    Raises
    ------
    TraceFormatError
        Saying what is wrong with the file.
    """
    source = Path(path)
    found = source.stat()
    if not stat.S_ISREG(found.st_mode):  # a pipe or device may never end
        raise TraceFormatError(f"{fmt.clean(source.name)} is no trace: it is no ordinary file.")
    if found.st_size > MOST_BYTES:
        raise TraceFormatError(
            f"{fmt.clean(source.name)} is no trace: it has {found.st_size:,} bytes."
        )
    return parse(source.read_bytes(), source.name)


def parse(content: bytes, name: str) -> Parts:
    """Read a trace from the bytes of a file.

    Raises
    ------
    TraceFormatError
        Saying what is wrong with them.
    """
    from .json.reader import from_dict

    # Lists and objects are what JSON of little text makes much memory of.
    containers = content.count(b"[") + content.count(b"{")
    if containers > MOST_CONTAINERS:
        raise TraceFormatError(
            f"{fmt.clean(name)} is no trace: it has {containers:,} lists and objects."
        )
    try:
        data = json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise TraceFormatError(
            f"{fmt.clean(name)} is no trace: {_reason(error)}. "
            "Write one with trace.save('steps.json')."
        ) from error
    return from_dict(data)


def _reason(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON number")


def story_html(trace: Trace) -> str | None:
    """Return the static story of a trace, or None where there are no views."""
    module, _, name = views["story"].partition(":")
    try:
        render: Callable[[Trace], str] = getattr(import_module(module), name)
    except ModuleNotFoundError:
        return None
    return render(trace)
