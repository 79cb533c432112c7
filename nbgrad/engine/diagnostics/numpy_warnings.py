"""NumPy's warnings (a division by zero, an overflow) at the user's line.

NumPy names the line that called it, which is one of nbgrad's: the same for every ``ng.log``.
Where nbgrad has a session, in a notebook and on the command line, it stands in for what shows
warnings, and names the line of the user's that led there, once for each such line.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from .naming import is_ours

_NUMPY = str(Path(np.__file__).parent)


class WarningsAtUsersLine:
    """Stands in for `warnings.showwarning` between `start` and `stop`."""

    def __init__(self) -> None:
        self._before: Any = None
        self._shown: set[tuple[str, str, int]] = set()

    def start(self) -> None:
        """Stand in."""
        self._before, warnings.showwarning = warnings.showwarning, self.show

    def stop(self) -> None:
        """Restore the previous function, unless it was replaced again meanwhile."""
        if warnings.showwarning == self.show:
            warnings.showwarning = self._before

    def forget(self, _: Any = None) -> None:
        """Let every line warn again, since a new cell runs."""
        self._shown.clear()

    def show(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: Any = None,
        line: str | None = None,
    ) -> None:
        """Show a warning at the user's line."""
        place = users_line(filename) if issubclass(category, RuntimeWarning) else None
        if place is not None:
            origin, user = place
            # Python has registered nbgrad's line, and would suppress the warning for the user's
            # next line.
            registry = origin.f_globals.get("__warningregistry__", {})
            registry.pop((str(message), category, lineno), None)
            filename, lineno, line = user.f_code.co_filename, user.f_lineno, None
            key = (str(message), filename, lineno)
            if key in self._shown and not _always(str(message), category):
                return
            self._shown.add(key)
        self._before(message, category, filename, lineno, file, line)


def users_line(filename: str) -> tuple[FrameType, FrameType] | None:
    """Return the frame that warns, and the user's that led to it by way of nbgrad."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != filename:
        frame = frame.f_back
    origin, by_way_of_nbgrad = frame, False
    while frame is not None:
        if is_ours(frame):
            by_way_of_nbgrad = True
        elif not frame.f_code.co_filename.startswith(_NUMPY):
            break
        frame = frame.f_back
    if origin is None or frame is None or not by_way_of_nbgrad:
        return None
    return origin, frame


def _always(text: str, category: type[Warning]) -> bool:
    """Whether the user wants to see every warning of a kind."""
    for action, message, kind, _module, _line in warnings.filters:
        if issubclass(category, kind) and (message is None or message.match(text)):
            return action == "always"
    return False
