"""What the magics say: a line, or an exception as one short paragraph and no traceback."""

from __future__ import annotations

import sys
import traceback

from IPython.core.error import UsageError

from nbgrad.engine.diagnostics import positions as source
from nbgrad.engine.diagnostics.escaping import visible
from nbgrad.engine.errors import NbgradError


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


def usage(text: str) -> UsageError:
    """Return the error that IPython shows as a sentence; nothing in it drives a terminal."""
    return UsageError(visible(text, keep="\n"))


def sentence(error: BaseException) -> str:
    """Say what went wrong, its notes, and the innermost line of the user's code."""
    kind = "" if isinstance(error, NbgradError) else f"{type(error).__name__}: "
    lines = [f"{kind}{error}".rstrip(": ")]
    lines += getattr(error, "__notes__", [])
    if (place := users_line(error)) is not None:
        lines.append(place)
    return "\n  ".join(lines)


def users_line(error: BaseException) -> str | None:
    """Return the innermost line of a cell that an exception passed through."""
    frames = list(traceback.walk_tb(error.__traceback__))
    for frame, line in reversed(frames):
        position = source.resolve((frame.f_code, frame.f_lasti))
        if position is not None and position.cell is not None:
            return f"in [{position.cell}], line {line}: {position.text}".rstrip(": ")
    return None
