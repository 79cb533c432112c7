"""Which function the user's code calls at an instruction, by name.

``float(x)`` and ``math.exp(x)`` both call ``x.__float__``, and Python does not tell it which. The
caller's frame has the current instruction. From there we go back, counting what each instruction
pushes and pops, to the one that pushed the function; the names loaded there are the function's.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterable, Iterator
from types import CodeType, FrameType, ModuleType
from typing import Any, NamedTuple


class Site(NamedTuple):
    """What an instruction does.

    Attributes
    ----------
    instruction : str
        Its name in `dis`.
    callee : str
        The name of what it calls, such as ``"math.exp"``; empty for other instructions.
    function : object
        The function itself where it is found by global names; None elsewhere.
    argument : str
        The name that its only argument has; ``"…"`` for others.
    passed : frozenset of str
        The global names that calls in the call's own expression are given, such as ``float`` in
        ``map(float, xs)``; of what is not a call, in its line. Types for NumPy are left out.
    """

    instruction: str
    callee: str
    function: Any
    argument: str
    passed: frozenset[str]


_known: dict[tuple[int, int], tuple[CodeType, Site]] = {}
MAX_PLACES = 1000
"""Size of the cache."""


def site_of(frame: FrameType) -> Site:
    """Return what a frame's current instruction does."""
    code, offset = frame.f_code, frame.f_lasti
    kept = _known.get((id(code), offset))
    if kept is not None and kept[0] is code:
        return kept[1]
    site = _read(frame, code, offset)
    if len(_known) >= MAX_PLACES:
        _known.clear()
    _known[id(code), offset] = code, site
    return site


def _read(frame: FrameType, code: CodeType, offset: int) -> Site:
    instructions = [i for i in dis.get_instructions(code) if i.opname != "CACHE"]
    at = max((k for k, i in enumerate(instructions) if i.offset <= offset), default=0)
    name = instructions[at].opname
    items = _items(instructions[at])
    start = None if items is None else _start(instructions, at, items)
    if start is None:
        lines = enumerate(_with_lines(instructions))
        line = [k for k, (_, number) in lines if number == frame.f_lineno]
        return Site(name, "", None, "…", _passed(instructions, line, frame))
    names = list(_names(instructions[start:at]))
    return Site(
        name,
        ".".join(n for n, _ in names),
        _resolved(names, frame),
        _argument(instructions[start:at], len(names)),
        _passed(instructions, range(start, at + 1), frame),
    )


def _items(call: dis.Instruction) -> int | None:
    """Return how many items of the stack a call takes, its function among them; None for others."""
    n = call.arg or 0
    version = sys.version_info[:2]
    if call.opname == "CALL_FUNCTION_EX":
        if version >= (3, 14):
            return 4
        return (2 if version == (3, 10) else 3) + (n & 1)
    if call.opname == "CALL" and version == (3, 11):
        return 2  # PRECALL has taken the arguments, as `dis` counts
    return {
        "CALL_FUNCTION": n + 1,
        "CALL_FUNCTION_KW": n + 2,
        "CALL_METHOD": n + 2,
        "PRECALL": n + 2,
        "CALL": n + 2,
        "CALL_KW": n + 3,
    }.get(call.opname)


def _start(instructions: list[dis.Instruction], at: int, items: int) -> int | None:
    """Return which instruction put the lowest of ``n`` items on the stack."""
    jumps: dict[int, list[int]] = {}
    for k, i in enumerate(instructions):
        if i.opcode in dis.hasjrel or i.opcode in dis.hasjabs:
            jumps.setdefault(i.argval, []).append(k)
    waiting, seen, found = [(at, items)], set(), []
    while waiting:
        k, need = waiting.pop()
        before = [(j, True) for j in jumps.get(instructions[k].offset, ())]
        if k and not leaves(instructions[k - 1].opname):
            before.append((k - 1, False))
        for j, jump in before:
            i = instructions[j]
            arg = i.arg if i.opcode >= dis.HAVE_ARGUMENT else None
            left = need - dis.stack_effect(i.opcode, arg, jump=jump)
            if left <= 0:
                found.append(j)
            elif j not in seen:
                seen.add(j)
                waiting.append((j, left))
    return min(found, default=None)


def leaves(name: str) -> bool:
    """Whether an instruction leaves the block: the next one does not follow it."""
    return name.startswith(_LEAVING)


_LEAVING = (
    "JUMP_FORWARD", "JUMP_ABSOLUTE", "JUMP_BACKWARD", "RETURN_V", "RETURN_C", "RAISE", "RERAISE",
)  # fmt: skip
_EMPTY = ("PRECALL", "PUSH_NULL", "EXTENDED_ARG", "KW_NAMES")


def _names(instructions: list[dis.Instruction]) -> Iterator[tuple[str, str]]:
    """Yield the names by which an expression starts, and by which kind of instruction."""
    started = False
    for i in instructions:
        if i.opname in _EMPTY:
            continue
        kind = i.opname
        if not started and kind.startswith("LOAD_") and isinstance(i.argval, str):
            started = True
        elif not (started and kind in ("LOAD_ATTR", "LOAD_METHOD")):
            return
        yield i.argval, kind


def _argument(instructions: list[dis.Instruction], names: int) -> str:
    """Return the name of a call's only argument, if it is a name."""
    parts = [i for i in instructions if i.opname not in _EMPTY]
    last = parts[-1] if parts else None
    if len(parts) != names + 1 or last is None or not last.opname.startswith("LOAD_"):
        return "…"
    return str(last.argval) if str(last.argval).isidentifier() else "…"


def _resolved(names: list[tuple[str, str]], frame: FrameType) -> Any:
    """Return the object that global names stand for; modules alone are looked into."""
    if not names or names[0][1] not in ("LOAD_GLOBAL", "LOAD_NAME"):
        return None
    (root, _), *rest = names
    value = frame.f_globals.get(root, frame.f_builtins.get(root))
    for name, _ in rest:
        if not isinstance(value, ModuleType):
            return None
        value = vars(value).get(name)
    return value


_TAKE_TYPES = {"isinstance", "issubclass", "astype", "view"}


def _passed(
    instructions: list[dis.Instruction], places: Iterable[int], frame: FrameType
) -> frozenset[str]:
    """Return the global names at places that are arguments of calls, not the functions called."""
    loads, calls, called = [], [], set()
    for k in places:
        if instructions[k].opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            loads.append(k)
        items = _items(instructions[k])
        start = None if items is None else _start(instructions, k, items)
        if start is not None:
            while instructions[start].opname in _EMPTY:
                start += 1
            calls.append((start, k))
            called.add(start)
    passed = set()
    for k in loads:
        around = [call for call in calls if call[0] < k < call[1]]
        if k not in called and around:
            start, end = max(around)
            names = list(_names(instructions[start:end]))
            module = str(getattr(_resolved(names, frame), "__module__", None) or "")
            if not (
                module.startswith(("numpy", "nbgrad")) or (names and names[-1][0] in _TAKE_TYPES)
            ):
                passed.add(instructions[k].argval)
    return frozenset(passed)


def _with_lines(
    instructions: list[dis.Instruction],
) -> Iterator[tuple[dis.Instruction, int | None]]:
    """Yield instructions with the lines that they stand on."""
    line: int | None = None
    for i in instructions:
        starts: Any = i.starts_line
        if starts is not None and starts is not False:
            line = getattr(i, "line_number", None) if starts is True else starts
        yield i, line
