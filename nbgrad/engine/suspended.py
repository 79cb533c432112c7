"""A warning about ``with no_grad()`` around a ``yield``, which also applies to the consumer.

While the generator is suspended at the ``yield``, the mode stays set for the code that takes its
items. With a decorator instead, the mode applies to the generator's own lines only.
"""

from __future__ import annotations

import dis
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from inspect import CO_ASYNC_GENERATOR, CO_GENERATOR
from itertools import pairwise
from types import CodeType, FrameType
from typing import Any

from .diagnostics.call_site import leaves
from .errors import GradModeWarning

_SUSPENDED = CO_GENERATOR | CO_ASYNC_GENERATOR
_JUMPS = {*dis.hasjrel, *dis.hasjabs}
_MEANT = ("contextlib", "_pytest", "pluggy")
"""Modules that suspend a generator inside its ``with`` on purpose."""


def warn_of_consumer(entered: FrameType, name: str, *, decorator: bool = True) -> None:
    """Warn where a generator enters a ``with`` that it yields inside of.

    Parameters
    ----------
    entered : frame
        Which called ``__enter__``: the generator, or an `contextlib.ExitStack` of its own.
    name : str
        Of what is entered.
    decorator : bool
        Whether it can be used as a decorator.
    """
    frame: FrameType | None = entered
    level, stack = 3, None  # this, __enter__, and who called it
    while frame is not None:
        code, outer = frame.f_code, frame.f_back
        if _package(frame) == "contextlib":
            stack = frame.f_locals.get("self") if code.co_name == "enter_context" else None
        elif not code.co_flags & _SUSPENDED:
            return
        elif outer is None or _package(outer) not in _MEANT:
            break
        frame, level = outer, level + 1
    if frame is None:
        return
    names = frozenset[str]()
    if stack is not None:
        names = frozenset(name for name, value in frame.f_locals.items() if value is stack)
        if not names:
            return
    if not yields_inside(code, frame.f_lasti, names):
        return
    instead = f"Decorate it instead, @{name}() above def {code.co_name}, or yield"
    warnings.warn(
        f"{name} goes on while the generator {code.co_name} waits at its yield: whoever takes its "
        f"items is in it too, until the generator ends. {instead if decorator else 'Yield'} "
        "outside of the with.",
        GradModeWarning,
        stacklevel=level,
    )


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__")).partition(".")[0]


@lru_cache(maxsize=256)
def yields_inside(code: CodeType, offset: int, names: frozenset[str] = frozenset()) -> bool:
    """Whether the block of the ``with`` at an offset contains a ``yield``.

    With names, the block is that of a ``with … as name`` around the offset, and what is entered
    there goes on behind the offset.
    """
    instructions = [i for i in dis.get_instructions(code) if i.opname != "CACHE"]
    yields = _yields(instructions, is_async=bool(code.co_flags & CO_ASYNC_GENERATOR))
    pairs = list(pairwise(instructions))
    if not names:
        blocks = [_block(code, at, first) for at, first in pairs if at.offset == offset]
        return any(is_in(y) for is_in in blocks for y in yields)
    blocks = [
        _block(code, at, first)
        for at, first in pairs
        if first.opname.startswith("STORE_") and first.argval in names
    ]
    return any(
        is_in(offset) and not _later(instructions, offset, is_in).isdisjoint(yields)
        for is_in in blocks
    )


def _block(code: CodeType, entry: dis.Instruction, first: dis.Instruction) -> Callable[[int], bool]:
    """Return what tells whether an offset is in the ``with`` that begins between two instructions."""
    if entry.opname in ("SETUP_WITH", "SETUP_ASYNC_WITH"):  # Python 3.10
        return lambda offset: entry.offset < offset < entry.argval
    found: Any = getattr(dis.Bytecode(code), "exception_entries", ())
    table = [(e.start, e.end, e.target) for e in found]
    handler = next((target for start, _, target in table if start == first.offset), None)
    return lambda offset: handler is not None and _is_within(table, offset, handler)


def _later(
    instructions: Sequence[dis.Instruction], offset: int, is_in: Callable[[int], bool]
) -> set[int]:
    """Return the offsets in a block that run after an instruction, where nothing is raised."""
    places = {i.offset: k for k, i in enumerate(instructions)}
    waiting, found = [max(k for at, k in places.items() if at <= offset)], set[int]()
    while waiting:
        k = waiting.pop()
        i = instructions[k]
        following = [] if leaves(i.opname) else [k + 1]
        if i.opcode in _JUMPS and not i.opname.startswith("SETUP_"):
            following.append(places[i.argval])
        for after in map(instructions.__getitem__, following):
            if after.offset not in found and is_in(after.offset):
                found.add(after.offset)
                waiting.append(places[after.offset])
    return found


def _is_within(table: list[tuple[int, int, int]], offset: int, handler: int) -> bool:
    """Whether an exception at an offset reaches a handler, perhaps through inner ones."""
    seen: set[int] = set()
    while offset not in seen:
        seen.add(offset)
        target = next((to for start, end, to in table if start <= offset < end), None)
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
