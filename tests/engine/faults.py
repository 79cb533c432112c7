"""Injecting exceptions: at the n-th run of a rule, or wherever Ctrl-C can strike."""

from __future__ import annotations

import contextlib
import dis
import functools
import opcode
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import nbgrad as ng
from tests.engine.hooks import hooked

ENGINE = str(Path(ng.__file__).parent / "engine")

KINDS = [
    ValueError, TypeError, KeyError, ZeroDivisionError, FloatingPointError, RecursionError,
    MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit, StopIteration, UserWarning,
    NotImplementedError, OSError,
]  # fmt: skip


class Faults:
    """Wraps Functions so that the n-th run of any of their rules raises."""

    def __init__(self, error: type[BaseException] | None = None, at: int = -1) -> None:
        self.error = error
        self.at = at
        self.runs = 0

    def count(self) -> None:
        self.runs += 1
        if self.runs - 1 == self.at and self.error is not None:
            raise self.error("injected")

    def wrap(self, f: ng.Function, forward: bool = False) -> ng.Function:
        f.__class__ = _faulty(type(f))
        f.faults, f.faults_in_forward = self, forward  # type: ignore[attr-defined]
        return f


@functools.cache
def _faulty(base: Any) -> Any:
    class Faulty(base):  # type: ignore[misc]
        def forward(self, *xs: Any) -> Any:
            if self.faults_in_forward:
                self.faults.count()
            return super().forward(*xs)

        def backward(self, *gys: Any) -> Any:
            if not self.faults_in_forward:
                self.faults.count()
            return super().backward(*gys)

    Faulty.__name__ = base.__name__
    return Faulty


def snapshot(variables: Any) -> list[Any]:
    """Everything of Variables that a pass could change."""
    return [
        (
            v.grad,
            None if v.grad is None else np.array(v.grad if not isinstance(v.grad, ng.Variable) else v.grad.data),
            v.data,
            v.data.copy(),
            v.creator,
            v.generation,
        )
        for v in variables
    ]  # fmt: skip


def unchanged(before: list[Any], after: list[Any]) -> bool:
    return all(
        g0 is g1
        and (g0 is None or c0.tobytes() == c1.tobytes())
        and d0 is d1
        and e0.tobytes() == e1.tobytes()
        and f0 is f1
        and n0 == n1
        for (g0, c0, d0, e0, f0, n0), (g1, c1, d1, e1, f1, n1) in zip(before, after, strict=True)
    )


# After these, and only after these, Python looks for signals.
_CHECKED = frozenset(
    name
    for name in opcode.opname
    if name.startswith(("CALL", "RESUME", "JUMP_BACKWARD", "JUMP_ABSOLUTE"))
    and "NO_INTERRUPT" not in name
)


@functools.cache
def _handlers(code: Any) -> list[tuple[int, int, int]]:
    """Which instructions of a code object are inside which ``try``."""
    parse = getattr(dis, "_parse_exception_table", None)  # since Python 3.11
    return [(e.start, e.end, e.target) for e in parse(code)] if parse else []


def _handler(code: Any, offset: int) -> int | None:
    return next((t for start, end, t in _handlers(code) if start <= offset < end), None)


Visit = Callable[[Any, int], None]


@contextlib.contextmanager
def _monitoring(files: str | tuple[str, ...], visit: Visit) -> Iterator[None]:
    """Call ``visit(frame, offset)`` before each instruction in these files: Python 3.12 and newer.

    There a trace function misses instructions (in 3.12.0 to 3.13.0 all, or whole frames).
    """
    monitoring, tool = sys.monitoring, 4
    kinds = monitoring.events
    events = (kinds.PY_START, kinds.PY_RESUME, kinds.INSTRUCTION)

    def instruction(code: Any, offset: int) -> Any:
        if not code.co_filename.startswith(files):
            return monitoring.DISABLE
        return visit(sys._getframe(1), offset)

    monitoring.use_tool_id(tool, "faults")
    for event in events:
        monitoring.register_callback(tool, event, instruction)
    monitoring.restart_events()
    monitoring.set_events(tool, sum(events))
    try:
        yield
    finally:
        monitoring.set_events(tool, kinds.NO_EVENTS)
        for event in events:
            monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)


@contextlib.contextmanager
def _tracing(files: str | tuple[str, ...], visit: Visit) -> Iterator[None]:
    """Do the same in Python 3.10 and 3.11."""

    def local(frame: Any, event: str, arg: Any) -> Any:
        if event == "opcode":
            visit(frame, frame.f_lasti)
        return local

    def begin(frame: Any, event: str, arg: Any) -> Any:
        if not frame.f_code.co_filename.startswith(files):
            return None
        frame.f_trace_opcodes = True
        return local(frame, "opcode", arg)

    with hooked("trace", begin):
        yield


_watching = _monitoring if sys.version_info >= (3, 12) else _tracing


@contextlib.contextmanager
def interrupt_at(
    number: int, files: str | tuple[str, ...] = ENGINE, *, anywhere: bool = False
) -> Iterator[list[str]]:
    """Raise KeyboardInterrupt at the n-th place in these files where Ctrl-C could arrive.

    Yields a list that holds the place, once it was reached. One can raise only before the next
    instruction; where that stands in another ``try``, it is not the same. With ``anywhere``,
    before any instruction at all.
    """
    count = 0
    reached: list[str] = []
    last: dict[int, tuple[Any, int]] = {}

    def visit(frame: Any, at: int) -> None:
        nonlocal count
        code = frame.f_code
        if code.co_name.startswith("test_"):
            return
        of, before = last.get(id(frame), (None, 0))
        last[id(frame)] = (code, at)
        checked = (
            of is code
            and opcode.opname[code.co_code[before]] in _CHECKED
            and _handler(code, before) == _handler(code, at)
        )
        if (checked or anywhere) and not reached:
            count += 1
            if count > number:
                reached.append(f"{Path(code.co_filename).name}:{frame.f_lineno}")
                raise KeyboardInterrupt("injected")

    with _watching(files, visit):
        yield reached
