"""Which cell, and which line of it, a piece of code stands for.

IPython compiles every cell under a file name: ``<ipython-input-3-…>`` in a
terminal, a path made from a digest of the text in a kernel. Both are made by the
shell's compiler, so it is asked, just before each cell runs. Some magics compile
a part of the cell anew: ``%%time`` under a name that all its cells share,
``%%capture`` as a cell of its own. Such code is given the name and the line of
the cell that the user sees, once and while that cell runs.
"""

from __future__ import annotations

import contextlib
import linecache
import re
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any

from .steppers import Steppers

_INPUT = re.compile(r"<ipython-input-(\d+)-")
_SHOWN = re.compile(r"<cell (\d+)>")
_NAMELESS = ("<timed exec>", "<timed eval>", "<string>")


class Cells:
    """The execution counts of the cells that ran, by file name.

    Attributes
    ----------
    nameless : set of str
        File names of code that must be placed while its cell runs.
    steppers : Steppers
    """

    def __init__(self, ip: Any) -> None:
        self._ip = ip
        self._numbers: dict[str, int] = {}
        self._running: list[str] = []
        self._placed: dict[int, tuple[CodeType, CodeType]] = {}
        self.nameless = set(_NAMELESS)
        self.steppers = Steppers()

    def start(self, info: Any = None) -> None:
        """Note that a cell is about to run (event ``pre_run_cell``)."""
        raw = getattr(info, "raw_cell", "")
        self._running.append(raw)
        if len(self._running) == 1:
            self.steppers.start(getattr(info, "cell_id", None) or raw)
            return
        # A cell within a cell: IPython would count it as the next one.
        shown = _outermost(sys._getframe(1), self._known)
        text = getattr(info, "transformed_cell", None) or raw
        with contextlib.suppress(SyntaxError):
            text = self._ip.transform_cell(raw) if text is raw else text
        filename = self._ip.compile.get_code_name(raw, text, self._ip.execution_count)
        if shown is not None:
            self._numbers[filename] = shown
            self.nameless.add(filename)

    def stop(self, result: Any = None) -> None:
        """Note that a cell has run (event ``post_run_cell``)."""
        if self._running:
            self._running.pop()

    def number(self, filename: str) -> int | None:
        """Return the execution count of a file name's cell; None when it is not a cell."""
        known = self._numbers.get(filename)
        return self._known(filename) if known is None else known

    def _known(self, filename: str) -> int | None:
        """Return what IPython knows of a file name."""
        known: int | None = getattr(self._ip.compile, "_filename_map", {}).get(filename)
        if known is None and (match := _INPUT.match(filename) or _SHOWN.match(filename)):
            known = int(match[1])
        return known

    # -- code that was compiled under a name that does not tell ------------------------------

    def place(self, frame: FrameType) -> tuple[CodeType, int]:
        """Return the position of a frame whose code is nameless, in the cell that is seen."""
        while frame.f_code.co_filename == "<string>" and frame.f_back is not None:
            frame = frame.f_back
        code = frame.f_code
        if code.co_filename not in self.nameless:
            return code, frame.f_lasti
        known = self._placed.get(id(code))
        # What a function's frame says about the cell is where it is called, not where it stands.
        if known is None and code.co_name == "<module>" and self._running:
            self._give_place(code, frame)
            known = self._placed.get(id(code))
        return (code if known is None else known[1]), frame.f_lasti

    def _give_place(self, code: CodeType, frame: FrameType) -> None:
        """Let code, and the functions in it, stand in the running cell, some lines further down."""
        number, raw = _outermost(frame, self._known), self._running[0]
        if number is None:
            return
        name = f"<cell {number}>"
        linecache.cache[name] = (len(raw), None, raw.splitlines(keepends=True), name)
        offset = self._lines_before(frame)
        for part in _with_inner(code):
            line = part.co_firstlineno + offset
            self._placed[id(part)] = part, part.replace(co_filename=name, co_firstlineno=line)

    def _lines_before(self, frame: FrameType) -> int:
        """Return how many lines of the outermost cell stand before the code of a frame."""
        total = 0
        in_cell_magic = False
        for outer in _outwards(frame.f_back):
            code = outer.f_code
            in_cell_magic = in_cell_magic or code.co_name == "run_cell_magic"
            nameless = code.co_filename in self.nameless
            if code.co_name == "<module>" and (nameless or self.number(code.co_filename)):
                total += outer.f_lineno if in_cell_magic else outer.f_lineno - 1
                in_cell_magic = False
                if not nameless:
                    break
        return total

    def calling_line(self) -> tuple[str, int]:
        """Return file name and line of the innermost cell that is running."""
        for frame in _outwards(sys._getframe(1)):
            if self.number(frame.f_code.co_filename) is not None:
                return frame.f_code.co_filename, frame.f_lineno
        return "<nbgrad>", 1


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield a frame, its caller, and so on."""
    while frame is not None:
        yield frame
        frame = frame.f_back


def _outermost(frame: FrameType, known: Callable[[str], int | None]) -> int | None:
    """Return the execution count of the outermost cell that is running."""
    numbers = [known(outer.f_code.co_filename) for outer in _outwards(frame)]
    return next((number for number in reversed(numbers) if number is not None), None)


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    """Yield a code object and all that are defined in it."""
    waiting = [code]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(c for c in part.co_consts if isinstance(c, CodeType))
