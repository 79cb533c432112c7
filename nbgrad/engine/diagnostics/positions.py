"""Where in the user's code a node was made.

Off by default. While on (in a notebook, or under `detect_anomaly`), every node
keeps a code object and an instruction offset; the line is worked out when
it is shown, since finding it costs more than the operation.
"""

from __future__ import annotations

import linecache
import os
import sys
import weakref
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from types import CodeType, FrameType
from typing import Any, NamedTuple, TypeAlias

from nbgrad.engine import recording
from nbgrad.engine.scope_guard import Exit, Guarded, guard

Position: TypeAlias = "tuple[CodeType, int] | PassMark"

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + os.sep


class PassMark(NamedTuple):
    """What a node keeps that a backward pass made (``create_graph=True``).

    Attributes
    ----------
    order : int
        1 for a first derivative's graph, 2 for a second's, …
    position : Position or None
        Where backward() was called.
    """

    order: int
    position: tuple[CodeType, int] | None


class SeedMark(PassMark):
    """What the upstream gradient keeps with which such a pass began: also its root, while that lives."""

    root: weakref.ref[Any]


def mark_seed(seed: Any, root: Any) -> None:
    """Let the upstream gradient of a pass know whose gradient it is."""
    if isinstance(seed._source, PassMark):
        seed._source = SeedMark(*seed._source)
        seed._source.root = weakref.ref(root)


class _State:
    """Whether the positions of new nodes are kept, and how a position is shown.

    ``enabled``, ``watchers`` and ``marking`` are sets of tokens, one for each request: to keep
    positions, to be told of each node (``watch``), to mark the nodes of a pass. ``cell_of`` maps
    a file name to the cell's number. Several pieces of code share the file names in ``nameless``,
    such as ``<timed exec>``; ``place`` finds the position of a frame of such code.
    """

    __slots__ = ("cell_of", "enabled", "marking", "nameless", "place", "watch", "watchers")

    def __init__(self) -> None:
        self.enabled: set[object] = set()
        self.marking: set[object] = set()
        self.watchers: set[object] = set()
        self.watch: Callable[[Any], None] | None = None
        self.cell_of: Callable[[str], int | None] = lambda filename: None
        self.nameless: set[str] = set()
        self.place: Callable[[FrameType], Position] = lambda frame: (frame.f_code, frame.f_lasti)


state = _State()
known: dict[int, tuple[CodeType, int]] = {}
"""A cache of positions by offset, so that a loop's nodes share one object. Code objects may have
the same offset: check the entry's code. Empty while each node has to be reported."""

_getframe = sys._getframe
_mark: ContextVar[PassMark | None] = ContextVar("nbgrad_pass_mark", default=None)


def keep_positions(wanted: bool, whose: object = "anybody's") -> None:
    """Turn positions on or off for one user of them; they are kept while any user wants them."""
    (state.enabled.add if wanted else state.enabled.discard)(whose)
    if not state.enabled:
        known.clear()


def note_all(wanted: bool, whose: object) -> None:
    """Let every new node go through `note`, or no longer."""
    for wishes in (state.enabled, state.marking):
        (wishes.add if wanted else wishes.discard)(whose)
    known.clear()


def watch_nodes(watch: Callable[[Any], None], watcher: object) -> None:
    """Call ``watch`` with every new node, as long as the watcher is alive."""
    state.watch = watch
    for wishes in (state.watchers, state.enabled):
        wishes.add(weakref.ref(watcher, wishes.discard))
    known.clear()


def stop_watching(watcher: object) -> None:
    """Stop watching for a watcher that is still alive, for example in a traceback."""
    for wishes in (state.watchers, state.enabled):
        wishes.discard(weakref.ref(watcher))


class Source(NamedTuple):
    """A line of the user's code.

    Attributes
    ----------
    line : int
        Line number, from 1.
    cell : int or None
        Execution count of the notebook cell, when it is one.
    file : str or None
        File name, when it is not a cell.
    text : str
        The line itself, stripped; empty when it cannot be read.
    """

    line: int
    cell: int | None = None
    file: str | None = None
    text: str = ""

    def __str__(self) -> str:
        if self.cell is not None:
            return f"in [{self.cell}], line {self.line}"
        return f"{self.file}, line {self.line}"


def order_of(position: Position | None) -> int:
    """Which derivative's pass made a node: 0 for the forward pass."""
    return position.order if isinstance(position, PassMark) else 0


class marking(Guarded):  # noqa: N801 - read as a verb in a with statement
    """Mark every node made inside as made by the backward pass from a root."""

    __slots__ = ("_mark", "_token")

    def __init__(self, root: Position | None, called_at: Position | None) -> None:
        called_at = None if isinstance(called_at, PassMark) else called_at
        self._mark = PassMark(order_of(root) + 1, called_at)
        self._token = object()

    def _exit(self) -> Exit:
        return guard(
            partial(_mark.set, _mark.get()),
            partial(state.marking.discard, self._token),
            partial(state.enabled.discard, self._token),
        )

    def __enter__(self) -> None:
        state.marking.add(self._token)
        state.enabled.add(self._token)
        known.clear()
        _mark.set(self._mark)


def note(node: Any, depth: int = 1) -> Position | None:
    """Take note of a new node: return the position that it keeps.

    ``depth`` is the number of frames to the user's line, where that is known: frame objects are
    as expensive as an operation, so those in between are not touched.
    """
    if recording.running and (recorder := recording.current()) is not None:
        node._source = here()
        recorder.made(node)
        return node._source  # type: ignore[no-any-return]
    if state.marking and (mark := _mark.get()) is not None:
        return mark
    if state.watchers and state.watch is not None:
        state.watch(node)
    frame = _getframe(depth)
    code = frame.f_code
    if code.co_filename.startswith(PACKAGE):
        return here()
    if code.co_filename in state.nameless:
        return state.place(frame)
    position = code, frame.f_lasti
    if not state.marking and not state.watchers:
        known[position[1]] = position
        if state.marking or state.watchers:  # changed meanwhile by another thread
            known.clear()
    return position


def place() -> Position | None:
    """Return what a new leaf keeps: the mark of the pass that makes it, or its position."""
    return _mark.get() if state.marking and _mark.get() is not None else here()


def here() -> Position | None:
    """Return the position of the innermost frame outside nbgrad."""
    frame = _getframe(1)
    while frame.f_code.co_filename.startswith(PACKAGE):
        if frame.f_back is None:
            return None
        frame = frame.f_back
    if frame.f_code.co_filename in state.nameless:
        return state.place(frame)
    return frame.f_code, frame.f_lasti


def resolve(position: Position | None) -> Source | None:
    """Turn a kept position into a line of the user's code."""
    if isinstance(position, PassMark):
        position = position.position
    if position is None:
        return None
    code, offset = position
    line = code.co_firstlineno
    for start, end, number in code.co_lines():
        if start <= offset < end and number is not None:
            line = number
    text = linecache.getline(code.co_filename, line).strip()
    cell = state.cell_of(code.co_filename)
    if cell is not None:
        return Source(line, cell=cell, text=text)
    return Source(line, file=os.path.basename(code.co_filename), text=text)
