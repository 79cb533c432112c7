"""Module calls: which functions ran in which module, and which calls a view shows closed.

A module call is named by its path, such as ``layers.0.linear1``; the second call of a module is
``cell#2``. A closed call is shown as one function. So is a closed run, such as ``layer.1…8``:
calls of one class that follow each other in a module with others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import accumulate, groupby, takewhile
from types import MappingProxyType

from .model import FunctionInfo, Parts

MIN_REPEATED_BLOCKS = 3
"""From this many blocks of one class on, a module that holds nothing else is shown as one."""

CHECKPOINT = "checkpoint"
"""What a call is named whose values the pass computes again: closed until it is asked for."""
RECOMPUTED = f"{CHECKPOINT} (recomputed)"
"""The class of such a call."""


def ancestors(path: str) -> list[str]:
    """Return a module call and those that it is in: ``a``, ``a.b``, ``a.b.c``."""
    return list(accumulate(path.split("."), "{}.{}".format)) if path else []


def plain(path: str) -> str:
    """Return a module's path without the numbers of its calls."""
    return ".".join(part.partition("#")[0] for part in path.split("."))


def common(a: str, b: str) -> str:
    """Return what two paths have in common."""
    pairs = zip(a.split("."), b.split("."), strict=False)
    return ".".join(p for p, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def without_checkpoints(path: str) -> str:
    """Return a path as the model's own modules have it."""
    inside = (part for part in path.split(".") if part.partition("#")[0] != CHECKPOINT)
    return ".".join(inside)


def calls_of(functions: Iterable[FunctionInfo]) -> dict[str, int]:
    """Return every module call, and how many functions ran in it."""
    found: dict[str, int] = {}
    for module, n in Counter(f.module for f in functions).items():
        for path in ancestors(module):
            found[path] = found.get(path, 0) + n
    return found


_CONTAINERS = frozenset(["ModuleList", "ModuleDict"])
"""Modules that are never called themselves: no level of their own."""


def depth_of(path: str, kinds: Mapping[str, str]) -> int:
    """Return how deep a module call is nested, containers not counted."""
    return sum(kinds.get(part) not in _CONTAINERS for part in ancestors(path))


def check_depth(modules: object) -> None:
    """Raise unless this is how deep modules may be nested to be seen."""
    if not isinstance(modules, int) or isinstance(modules, bool):
        raise TypeError(f"modules is a depth from 0, not {modules!r}.")
    if modules < 0:
        raise ValueError(f"modules is a depth from 0, not {modules}.")


def at_depth(parts: Parts, depth: int) -> set[str]:
    """Return the module calls to close so that modules nested deeper are not seen."""
    kinds = parts.modules
    return {
        path
        for path in calls_of(parts.functions)
        if depth_of(path, kinds) == depth and kinds.get(path) not in _CONTAINERS
    }


def children_of(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return the module calls directly inside each, in the order of their first function."""
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(path.rpartition(".")[0], []).append(path)
    return found


def blocks(path: str, children: Mapping[str, list[str]], kinds: Mapping[str, str]) -> str:
    """Return ``Layer × 12`` for a module call that holds 12 of one class and nothing else."""
    inside = children.get(path, [])
    classes = {kinds.get(child, "") for child in inside}
    if len(inside) < MIN_REPEATED_BLOCKS or len(classes) > 1 or not all(classes):
        return ""
    return f"{classes.pop()} × {len(inside)}"


def runs(children: Mapping[str, list[str]], kinds: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the runs of blocks of one class that stand in a module with others.

    Returns
    -------
    dict of str to list of str
        For each run, ``1…8``, the module calls that it holds.
    """
    found = {}
    for path, inside in children.items():
        if path and blocks(path, children, kinds):
            continue
        for kind, calls in groupby(inside, lambda child: kinds.get(child, "")):
            run = list(calls)
            if kind and len(run) >= MIN_REPEATED_BLOCKS:
                found[f"{run[0]}…{run[-1].rpartition('.')[2]}"] = run
    return found


def covered(closed: Collection[str], runs_in: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Return how the paths begin, each with a dot at its end, that what is closed covers."""
    return tuple(f"{member}." for one in closed for member in (one, *runs_in.get(one, ())))


def is_run(path: str) -> bool:
    """Whether a path names a run, and not a module call."""
    return "…" in path


def compressed(
    closed: set[str], children: Mapping[str, list[str]], kinds: Mapping[str, str]
) -> set[str]:
    """Return module calls to close such that repeated blocks are shown as one."""
    found = set(closed)
    whole = {p: c for p, c in children.items() if p and blocks(p, children, kinds)}
    for path, inside in (whole | runs(children, kinds)).items():
        if found.issuperset(inside):
            found -= set(inside)
            found.add(path)
    return found


def inside(path: str, children: Mapping[str, list[str]], kinds: Mapping[str, str]) -> list[str]:
    """Return the module calls that stay closed when one is opened: those directly in it.

    A container that is never called itself is passed through, unless it holds repeated blocks.
    """
    found = []
    for child in children.get(path, []):
        plain = kinds.get(child) in _CONTAINERS and not blocks(child, children, kinds)
        found += inside(child, children, kinds) if plain else [child]
    return found


def groups_of(
    parts: Parts, closed: Collection[str], together: Mapping[str, list[str]]
) -> dict[str, str]:
    """Return for each function the outermost closed run or module call, or its own id."""
    run_of = {path: run for run, members in together.items() for path in members}
    paths = {m: outermost(m, closed, run_of) for m in {f.module for f in parts.functions}}
    return {f.id: paths[f.module] or f.id for f in parts.functions}


def outermost(
    module: str, closed: Collection[str], run_of: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return the outermost closed run or module call that a module call is in, or ``""``."""
    for path in ancestors(module):
        for one in (run_of.get(path, path), path):
            if one in closed:
                return one
    return ""


def in_sight(parts: Parts, closed: Collection[str]) -> int:
    """Return how many functions are in sight when module calls are closed, reshaping included."""
    together = runs(children_of(calls_of(parts.functions)), parts.modules)
    return len(set(groups_of(parts, closed, together).values()))


def turned(
    parts: Parts,
    closed: Collection[str],
    path: str,
    children: Mapping[str, list[str]] | None = None,
    together: Mapping[str, list[str]] | None = None,
) -> set[str]:
    """Return the closed module calls after one of them was opened or closed.

    `children` is what `children_of` returns, `together` what `runs` does, where known already.
    """
    if children is None:
        children = children_of(calls_of(parts.functions))
    members = (runs(children, parts.modules) if together is None else together).get(path)
    if path not in closed:
        covered = tuple(f"{one}." for one in members or [path])
        return {one for one in closed if not f"{one}.".startswith(covered)} | {path}
    return {*closed} - {path} | {*(members or inside(path, children, parts.modules))}


def depths(parts: Parts) -> list[set[str]]:
    """Return the module calls to close, from one depth to the next, until all are open."""
    calls = calls_of(parts.functions)
    children = children_of(calls)
    deepest = max((depth_of(path, parts.modules) for path in calls), default=0)
    found: list[set[str]] = []
    for depth in range(1, deepest + 1):
        closed = at_depth(parts, depth)
        for one in (compressed(closed, children, parts.modules), closed):
            if one not in found:
                found.append(one)
    return [*found, set()]
