"""Turns of loops, and ranges of huge graphs: what a trace of nbgrad's own is folded by.

A place in the user's code that made three functions or more, each from what the one before it
made, is in a loop, and each of these functions belongs to one turn. A turn is named as a module
call is (see `module_calls`): ``line 5.step 3``, inside ``line 5``, the loop. A loop of many turns
holds ranges of them: ``line 5.steps 11–20.step 12``.

A graph of more nodes than a drawing has room for is cut into ranges of functions, in their order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from .model import FunctionInfo, Nodes, Parts
from .record import Recording

MIN_TURNS = 3
"""Code that ran fewer times at one place is not a loop."""
MAX_SIDE_BY_SIDE = 24
"""More turns, or ranges of functions, are gathered into ranges."""
RANGE_SIZE = 10
"""How many ranges the next wider range holds."""
MAX_DRAWN_NODES = 20_000
"""A larger graph is cut into ranges of functions."""

_Turns = dict[int, int]
"""The turn of each function of a loop."""


def loops_of(recording: Recording) -> dict[int, tuple[int, int]]:
    """Return the loop and the turn, both counted from 0, of each function that ran in one."""
    places: dict[Any, list[int]] = defaultdict(list)
    rows = recording.variables
    for k, (op, _, outputs) in enumerate(recording.functions):
        position = rows[outputs[0]].position
        if type(position) is tuple:
            places[position, op.name].append(k)
    # A place is an offset in the code; where Python specialises x[t], it may change.
    same_code: Counter[Any] = Counter()
    for ((code, _), name), found in places.items():
        same_code[code, name] += len(found)
    again = {k for ((c, _), name), ks in places.items() if same_code[c, name] > 1 for k in ks}
    when = [rows[outputs[0]].generation for _, _, outputs in recording.functions]
    loops: list[tuple[list[int], _Turns]] = []
    # Functions of one place that depend on each other are in the order of their turns.
    for found in sorted(places.values(), key=lambda found: when[found[0]]):
        times = [when[k] for k in found]
        if len(found) < MIN_TURNS or any(a >= b for a, b in pairwise(times)):
            continue
        turns = next((turns for first, turns in loops if _alternate(first, times)), None)
        if turns is None:
            turns = {}
            loops.append((times, turns))
        turns.update((k, turn) for turn, k in enumerate(found))
    all_turns = {k: (n, turn) for n, (_, turns) in enumerate(loops) for k, turn in turns.items()}
    return _with_preparations(recording, all_turns, again) if all_turns else {}


def _alternate(first: Sequence[int], times: Sequence[int]) -> bool:
    """Whether a place ran once in each turn that begins at these times."""
    if len(first) != len(times):
        return False
    ends = (*first[1:], times[-1] + 1)
    return all(a <= t < b for a, t, b in zip(first, times, ends, strict=True))


def _with_preparations(
    recording: Recording, turns: dict[int, tuple[int, int]], again: set[int]
) -> dict[int, tuple[int, int]]:
    """Add what one turn alone uses, such as ``x[t] @ W``, which depends on no other turn."""
    users: dict[int, set[int]] = defaultdict(set)
    for k, (_, inputs, _) in enumerate(recording.functions):
        for x in inputs:
            users[x].add(k)
    for k in range(len(recording.functions) - 1, -1, -1):
        if k in turns or k not in again:
            continue
        outputs = recording.functions[k][2]
        places = {turns.get(user) for y in outputs for user in users[y]}
        only = places.pop() if len(places) == 1 else None
        if only is not None:
            turns[k] = only
    return turns


def nested(parts: Parts) -> Parts:
    """Return a trace whose functions have the turn or the range that they belong to as ``module``."""
    if parts.framework != "nbgrad" or parts.folded:
        return parts
    paths, kinds = _of_loops(parts)
    nodes, single = len(parts.variables) + len(parts.functions), len(parts.functions) - len(paths)
    if nodes > MAX_DRAWN_NODES and single >= MAX_DRAWN_NODES // 10:  # loops alone do not fold it
        paths, kinds = _of_ranges(parts.functions)
    if not paths:
        return parts
    functions = Nodes(
        replace(f, module=paths[f.id]) if f.id in paths else f for f in parts.functions
    )
    return replace(parts, functions=functions, modules=kinds)


def _of_loops(parts: Parts) -> tuple[dict[str, str], dict[str, str]]:
    """Return each function's path, and what a path is called on a card."""
    lines: dict[int, tuple[Any, ...]] = {}
    counts: Counter[int] = Counter()
    for key, (loop, turn) in parts.loops.items():
        counts[loop] = max(counts[loop], turn + 1)
        source = parts.functions[key].source
        if source is not None:
            place = (source.cell is None, source.cell, source.line)
            lines[loop] = min(lines.get(loop, place), place)
    paths: dict[str, str] = {}
    kinds: dict[str, str] = {}
    titles = _titles(lines, counts)
    sizes = Counter(parts.loops.values())
    for key, (loop, turn) in parts.loops.items():
        path = titles[loop]
        kinds[path] = f"step ×{counts[loop]}"
        for first, last in _ranges(turn, counts[loop]):
            path += f".steps {first + 1}–{last}"
            kinds[path] = f"steps {first + 1}–{last}"
        if sizes[loop, turn] > 1:
            path += f".step {turn + 1}"
            kinds[path] = f"step {turn + 1}"
        paths[key] = path
    return paths, kinds


def _titles(lines: Mapping[int, tuple[Any, ...]], loops: Iterable[int]) -> dict[int, str]:
    """Return what each loop is called: by its line, and by its cell where lines are alike."""
    alike = Counter(line for _, _, line in lines.values())
    titles: dict[int, str] = {}
    for loop in loops:
        _, cell, line = lines.get(loop, (True, None, 0))
        title = f"line {line}" if line else "loop"
        if alike[line] > 1 and cell is not None:
            title = f"cell {cell}, {title}"
        while title in titles.values():
            title += "#"
        titles[loop] = title
    return titles


def _ranges(at: int, count: int) -> list[tuple[int, int]]:
    """Return the ranges that a place is in, from the widest to the narrowest."""
    found = []
    width = RANGE_SIZE
    while count > MAX_SIDE_BY_SIDE and width * RANGE_SIZE < count:
        width *= RANGE_SIZE
    while count > MAX_SIDE_BY_SIDE and width >= RANGE_SIZE:
        first = at // width * width
        found.append((first, min(first + width, count)))
        width //= RANGE_SIZE
    return found


def _of_ranges(functions: Nodes[FunctionInfo]) -> tuple[dict[str, str], dict[str, str]]:
    """Cut functions into ranges of ranges, called by the generations that they span."""
    paths: dict[str, str] = {}
    kinds: dict[str, str] = {}
    count = len(functions)
    for at, f in enumerate(functions):
        parts = []
        for first, last in _ranges(at, count):
            parts.append(f"functions {first + 1}–{last}")
            path = ".".join(parts)
            if path not in kinds:
                a, b = functions[first].generation, functions[last - 1].generation
                kinds[path] = f"generations {a}–{b}" if b > a else f"generation {a}: {last - first}"
        paths[f.id] = ".".join(parts)
    return paths, kinds
