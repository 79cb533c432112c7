"""Saving and loading: which view writes which file."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from nbgrad.engine.errors import MissingDependencyError, TraceFormatError

from . import format as fmt
from .atomic_write import write_file

Exporter = Callable[[Any], "str | bytes"]

exporters: dict[str, Exporter | str] = {
    ".json": "nbgrad.tracing.files:to_json",
    ".html": "nbgrad.views.stepper.page:page_html",
    ".svg": "nbgrad.views.graph.graph:trace_svg",
    ".gif": "nbgrad.views.stepper.film:gif",
    ".mp4": "nbgrad.views.stepper.film:mp4",
}
"""What a trace can be saved as, by file name ending: a function of the trace that returns the
content, or ``"module:name"`` of one. `Trace.save`, its errors and the command line read this
table."""

series_exporters: dict[str, Exporter | str] = {
    ".json": "nbgrad.tracing.files:to_json",
    ".html": "nbgrad.views.stepper.page:series_html",
}
"""The same for a series of takes."""

STORY = "nbgrad.views.stepper.static_story:story_html"
SERIES_TABLE = "nbgrad.views.stepper.series:series_table"
"""What writes a trace, or a series, as HTML: views import the trace, so it is loaded when needed."""

MAX_BYTES = 768 * 1024 * 1024
"""Larger files are not read; a million functions take 650 MB."""
MAX_CONTAINERS = 20_000_000
"""Files with more lists and objects are not read; a million functions have 16.5 million."""
MAX_DEPTH = 200
"""Nor files in which they are nested deeper, where the parser cannot refuse them."""
PARSER_DIES = sys.platform == "emscripten"
"""Whether deep recursion ends the interpreter, as in Pyodide, and does not raise RecursionError."""

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def save(
    trace: Any,
    path: str | os.PathLike[str],
    known: Mapping[str, Exporter | str] = exporters,
    what: str = "A trace",
) -> None:
    """Save a trace, or a series, in the format that the file name's ending tells.

    Raises
    ------
    ValueError
        For an ending that has no exporter.
    MissingDependencyError
        If the module of the exporter is not installed.
    """
    suffix = ending(path)
    exporter = known.get(suffix)
    if exporter is None:
        endings = ", ".join(sorted(known))
        raise ValueError(
            f"{what} cannot be saved as {Path(path).name!r}: the name must end in one of {endings}."
        )
    try:
        export = exporter if callable(exporter) else find(exporter)
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            f"Saving {what.lower()} as {suffix} needs nbgrad's views, which are missing here "
            f"({error}). Save it as .json, or install nbgrad completely."
        ) from error
    write_file(path, export(trace))


def ending(path: str | os.PathLike[str]) -> str:
    """Return the ending of a file name in lower case, with its dot; ``.html`` is its own."""
    name = Path(path).name
    dot = name.rfind(".")
    return name[dot:].lower() if dot >= 0 else ""


def find(place: str) -> Callable[..., Any]:
    """Import the function of a ``"module:name"``."""
    module, _, name = place.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function


def to_json(trace: Any) -> str:
    """Return an object that has `to_dict` as JSON."""
    return (
        json.dumps(trace.to_dict(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        + "\n"
    )


def load_json(path: str | os.PathLike[str], what: str = "a trace") -> Any:
    """Read a file as JSON, unless it is too large or not a regular file."""
    source = Path(path)
    found, name = source.stat(), fmt.clean(source.name)
    if not stat.S_ISREG(found.st_mode):  # a pipe or device may never end
        raise TraceFormatError(f"{name} is not {what}: it is not a regular file.")
    if found.st_size > MAX_BYTES:
        raise TraceFormatError(f"{name} is not {what}: it has {found.st_size:,} bytes.")
    return parse_json(source.read_bytes(), source.name, what)


def parse_json(content: bytes, name: str, what: str = "a trace") -> Any:
    """Read JSON from the bytes of a file."""
    # Lists and objects take much more memory than their text.
    containers = content.count(b"[") + content.count(b"{")
    if containers > MAX_CONTAINERS:
        raise TraceFormatError(
            f"{fmt.clean(name)} is not {what}: it has {containers:,} lists and objects."
        )
    try:
        if PARSER_DIES:
            _check_depth(content)
        return json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise TraceFormatError(
            f"{fmt.clean(name)} is not {what}: {why}. "
            f"Write one with {what.removeprefix('a ')}.save('steps.json')."
        ) from error


def _check_depth(content: bytes) -> None:
    """Refuse what the parser would recurse into too deeply.

    Each round takes away the innermost pairs of brackets.

    Raises
    ------
    RecursionError
        If lists and objects stand in each other more than `MAX_DEPTH` deep.
    """
    brackets = _STRING.sub(b"", content).translate(None, _NO_BRACKETS)
    for _ in range(MAX_DEPTH // 2):
        left = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if len(left) == len(brackets):  # none of them is closed
            break
        brackets = left
    if len(brackets) > MAX_DEPTH:
        raise RecursionError


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is not a JSON number")


def rendered(place: str, thing: Any) -> str | None:
    """Return what a view's function returns, or None where there are no views."""
    try:
        render = find(place)
    except ModuleNotFoundError:
        return None
    text: str = render(thing)
    return text
