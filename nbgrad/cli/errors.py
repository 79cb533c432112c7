"""The error of a command that cannot be carried out, and how exceptions are worded in it."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

from nbgrad.engine.diagnostics.escaping import visible


class CommandError(Exception):
    """A line on stderr, more lines below it, and an exit code."""

    def __init__(self, message: str, code: int = 2, more: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.more = more

    def __str__(self) -> str:
        """Return the lines; a file's name in them does nothing to a terminal."""
        return "\n  ".join(map(visible, (*self.args, *self.more)))


def lines_of(error: BaseException) -> list[str]:
    """Return an exception's last lines as Python shows them, its notes included."""
    return "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()


def because(error: OSError) -> str:
    """Return what the system says of a file."""
    return error.strerror or str(error)
