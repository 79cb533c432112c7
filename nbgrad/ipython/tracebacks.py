"""Tracebacks that end on the user's own line.

A mistake in one line of a cell passes through several of nbgrad's. Those say nothing to
whoever made it, so they are left out; ``%xmode Verbose`` shows them. What nbgrad did not
raise on purpose is shown in full: it may be a fault of its own.
"""

from __future__ import annotations

import contextlib
import dis
import os
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from nbgrad.engine.diagnostics.naming import is_ours

from .hints import add_hints

_PYTHON = str(Path(contextlib.__file__).parent) + os.sep
_RAISE = dis.opmap["RAISE_VARARGS"]
_METHODS = ("structured_traceback", "get_parts_of_chained_exception")


class Tracebacks:
    """The tracebacks of one shell."""

    def __init__(self, ip: Any) -> None:
        self._ip = ip
        self._formatter = ip.InteractiveTB
        self._shown = {name: getattr(self._formatter, name) for name in _METHODS}

    def start(self) -> None:
        """Stand in for what shows tracebacks."""
        for name in _METHODS:
            setattr(self._formatter, name, getattr(self, name))

    def stop(self) -> None:
        """Take the methods back, unless others have been put in their place since."""
        for name in _METHODS:
            if vars(self._formatter).get(name) == getattr(self, name):
                delattr(self._formatter, name)

    def structured_traceback(
        self, etype: Any = None, evalue: Any = None, etb: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Format an exception as the shell does, without nbgrad's own lines and with hints."""
        if isinstance(evalue, BaseException) and isinstance(etb, TracebackType):
            with contextlib.suppress(Exception):  # no hint is worth the error that it is about
                add_hints(evalue, etb, self._ip.user_ns)
            etb = self._shortened(etb)
        return self._shown["structured_traceback"](etype, evalue, etb, *args, **kwargs)

    def get_parts_of_chained_exception(self, evalue: Any) -> Any:
        """Return the exception that another one came from."""
        parts = self._shown["get_parts_of_chained_exception"](evalue)
        if not parts:
            return parts
        etype, cause, etb = parts
        return etype, cause, self._shortened(etb)

    def _shortened(self, etb: Any) -> Any:
        return etb if self._formatter.mode == "Verbose" else without_library(etb)


def without_library(tb: TracebackType | None) -> TracebackType | None:
    """Return a copy of a traceback without nbgrad's frames, where the user's say enough."""
    entries = []
    entry = tb
    while entry is not None:
        entries.append(entry)
        entry = entry.tb_next
    inside = [_is_inside(entries[: i + 1]) for i in range(len(entries))]
    if all(inside) or (inside[-1] and not _on_purpose(entries[-1])):
        return tb
    kept = [e for e, ours in zip(entries, inside, strict=True) if not ours]
    shortened: TracebackType | None = None
    for e in reversed(kept):
        shortened = TracebackType(shortened, e.tb_frame, e.tb_lasti, e.tb_lineno)
    return shortened


def _is_inside(way: list[TracebackType]) -> bool:
    """Whether the last frame of a way is nbgrad's, or one that nbgrad called in Python itself."""
    *before, last = (e.tb_frame for e in way)
    while before and _is_pythons(last):
        last = before.pop()
    return is_ours(last)


def _is_pythons(frame: FrameType) -> bool:
    file = frame.f_code.co_filename
    return file.startswith(_PYTHON) and "site-packages" not in file and not is_ours(frame)


def _on_purpose(entry: TracebackType) -> bool:
    """Whether an exception comes from a ``raise`` of nbgrad's, not from what the line called."""
    frame = entry.tb_frame
    return is_ours(frame) and frame.f_code.co_code[entry.tb_lasti] == _RAISE
