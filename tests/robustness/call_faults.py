"""Raising at the n-th call of any function of the library, whichever that is."""

from __future__ import annotations

import contextlib
import dis
import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import nbgrad as ng
from tests.engine.hooks import hooked

PACKAGE = str(Path(ng.__file__).parent)
KINDS = [MemoryError, KeyboardInterrupt, RuntimeError, UserWarning, RecursionError]
"""What may come anywhere; UserWarning stands for a warning turned into an error."""


@functools.cache
def _first_yield(code: CodeType) -> int:
    """Return where a generator first stops; nowhere in other functions."""
    if not code.co_flags & (inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR):
        return sys.maxsize
    return next(i.offset for i in dis.get_instructions(code) if i.opname == "YIELD_VALUE")


def _is_call(frame: FrameType, folder: str) -> bool:
    """Whether a function of these files begins: not a generator that goes on, or is closed."""
    code = frame.f_code
    return code.co_filename.startswith(folder) and frame.f_lasti < _first_yield(code)


def _name(frame: FrameType) -> str:
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_code.co_name}"


@contextlib.contextmanager
def fail_at_call(
    number: int, error: type[BaseException] = RuntimeError, folder: str = PACKAGE
) -> Iterator[list[str]]:
    """Raise where the n-th call of a function of these files begins.

    Yields a list that holds the function's name, once it was reached.
    """
    left = number
    reached: list[str] = []

    def begin(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal left
        if reached or not _is_call(frame, folder):
            return
        left -= 1
        if left < 0:
            reached.append(_name(frame))
            raise error("injected")

    with hooked("trace", begin):
        yield reached


def calls_of(action: Callable[[], Any], folder: str = PACKAGE) -> list[str]:
    """Return the functions of these files that an action calls, in their order."""
    names: list[str] = []

    def begin(frame: FrameType, event: str, arg: Any) -> None:
        if _is_call(frame, folder):
            names.append(_name(frame))

    with hooked("trace", begin):
        action()
    return names
