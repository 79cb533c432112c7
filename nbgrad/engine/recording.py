"""Recording a function to compile it.

A recorder is notified of new Variables, and of each use of a value outside the graph, such as
``float(x)``. While nothing is recorded, the check costs one test of an empty set.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Protocol

from .scope_guard import call_with


class Recorder(Protocol):
    """What a recorder is notified of."""

    def made(self, y: Any) -> None:
        """Take note of a Variable that an operation made, or that no graph was kept for."""

    def called(self, call: Any, function: Any, outputs: list[Any]) -> None:
        """Take note of a call, when all its outputs are there."""

    def leaf(self, x: Any, data: Any) -> Any:
        """Take note of a new leaf; return its array."""

    def looked(self, x: Any, how: str) -> None:
        """Take note of a look at a Variable's value."""

    def compared(self, ufunc: Any, a: Any, b: Any) -> Any:
        """Return the mask of a comparison."""

    def plain(self, x: Any) -> Any:
        """Return a Variable's array, cut off from the graph."""

    def detached(self, x: Any, y: Any) -> None:
        """Take note that a new leaf has the array of another Variable."""

    def constant(self, array: Any) -> Any:
        """Return a constant Variable of a traced array, or None for any other one."""

    def raw(self, x: Any) -> Any:
        """Return the array of a traced one, also within a tuple; anything else as it is."""

    def depends(self, op: Any, name: str, value: Any) -> None:
        """Take note of the traced array or Variable that an operation's parameter is made from."""


running: set[object] = set()
"""The active recorders of the process; while it is empty, the context need not be read."""
_current: ContextVar[Recorder | None] = ContextVar("nbgrad_recorder", default=None)


def current() -> Recorder | None:
    """Return the recorder of the running code, or None."""
    return _current.get() if running else None


def looked(x: Any, how: str) -> None:
    """Tell the recorder, if there is one, of a look at a value."""
    if running and (recorder := _current.get()) is not None:
        recorder.looked(x, how)


def raw(x: Any) -> Any:
    """Return the array of a traced one, also within a tuple; anything else as it is."""
    if running and (recorder := _current.get()) is not None:
        return recorder.raw(x)
    return x


def depends(op: Any, name: str, value: Any) -> None:
    """Tell the recorder, if there is one, what an operation's parameter is made from."""
    if running and (recorder := _current.get()) is not None:
        recorder.depends(op, name, value)


def record(recorder: Recorder | None, function: Callable[..., Any], *args: Any) -> Any:
    """Call a function under a recorder; None hides it from an outer one."""
    return call_with(_current, recorder, running, function, *args)
