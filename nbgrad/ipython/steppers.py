"""The steppers that ``%backward`` shows, and when they are closed.

The kernel keeps a widget until it is closed. Nobody but its output knows the stepper of
a ``%backward``, and that output is gone as soon as its cell runs again.
"""

from __future__ import annotations

from typing import Any


class Steppers:
    """The steppers that the cells of a shell have shown, by cell."""

    def __init__(self) -> None:
        self._shown: dict[str, list[Any]] = {}
        self._cell = ""

    def start(self, cell: str) -> None:
        """Close what a cell has shown, since it is about to run again.

        Parameters
        ----------
        cell : str
            The cell's id, or its text where the front end tells no id.
        """
        self._cell = cell
        for stepper in self._shown.pop(cell, ()):
            stepper.close()

    def add(self, stepper: Any) -> None:
        """Note that the running cell shows a stepper."""
        self._shown.setdefault(self._cell, []).append(stepper)
