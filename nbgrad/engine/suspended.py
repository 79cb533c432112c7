"""A warning about ``with no_grad()`` around a ``yield``, which also applies to the consumer.

While the generator is suspended at the ``yield``, the mode stays set for the code that takes its
items. With a decorator instead, the mode applies to the generator's own lines only.
"""

from __future__ import annotations

import dis
import warnings
from collections.abc import Sequence
from functools import lru_cache
from inspect import CO_ASYNC_GENERATOR
from types import CodeType, FrameType

from .errors import GradModeWarning

_MEANT = ("contextlib", "_pytest", "pluggy")
"""Modules that suspend a generator inside its ``with`` on purpose."""


def warn_of_consumer(frame: FrameType, name: str) -> None:
    """Warn where a generator enters a ``with`` that it yields inside of."""
    caller = frame.f_back
    module = "" if caller is None else str(caller.f_globals.get("__name__"))
    if module.split(".")[0] in _MEANT or not yields_inside(frame.f_code, frame.f_lasti):
        return
    generator = frame.f_code.co_name
    warnings.warn(
        f"{name} goes on while the generator {generator} waits at its yield: whoever takes its "
        f"items is in it too, until the generator ends. Decorate it instead, @{name}() above "
        f"def {generator}, or yield outside of the with.",
        GradModeWarning,
        stacklevel=3,
    )


@lru_cache(maxsize=256)
def yields_inside(code: CodeType, offset: int) -> bool:
    """Whether the block of the ``with`` at an offset contains a ``yield``."""
    instructions = [i for i in dis.get_instructions(code) if i.opname != "CACHE"]
    entry = next((i for i in instructions if i.offset == offset), None)
    if entry is None:
        return False
    yields = _yields(instructions, is_async=bool(code.co_flags & CO_ASYNC_GENERATOR))
    if entry.opname == "SETUP_WITH":  # Python 3.10
        return any(offset < y < entry.argval for y in yields)
    table = [(e.start, e.end, e.target) for e in dis.Bytecode(code).exception_entries]  # type: ignore[attr-defined]
    first = next((i.offset for i in instructions if i.offset > offset), -1)
    handler = _handler(table, first)
    return handler is not None and any(_is_within(table, y, handler) for y in yields)


def _handler(table: list[tuple[int, int, int]], offset: int) -> int | None:
    return next((target for start, end, target in table if start <= offset < end), None)


def _is_within(table: list[tuple[int, int, int]], offset: int, handler: int) -> bool:
    """Whether an exception at an offset reaches a handler, perhaps through inner ones."""
    seen: set[int] = set()
    while offset not in seen:
        seen.add(offset)
        target = _handler(table, offset)
        if target is None or target == handler:
            return target is not None
        offset = target
    return False


def _yields(instructions: Sequence[dis.Instruction], *, is_async: bool) -> list[int]:
    """Return the offsets of the yields to the consumer; an ``await`` is not one."""
    found = []
    before = ""
    for i in instructions:
        waits = i.opname == "YIELD_FROM" or (i.opname == "YIELD_VALUE" and before == "SEND")
        if (waits and not is_async) or (i.opname == "YIELD_VALUE" and not waits):
            found.append(i.offset)
        before = i.opname
    return found
