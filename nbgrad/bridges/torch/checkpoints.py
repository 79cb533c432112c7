"""Non-reentrant checkpoints: what each computed, as a call of its own.

Their functions stand in the graph like any others, but saved nothing: the pass computes their
values again. So a checkpoint is shown as one function, which can be opened like a module call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import reduce
from typing import Any

from nbgrad.tracing.module_calls import CHECKPOINT, RECOMPUTED, ancestors, common, plain

from . import saved
from .graph import Graph, Node
from .operations import operation


def add_checkpoints(
    graph: Graph, module: Mapping[Node, str], kinds: Mapping[str, str]
) -> tuple[dict[Node, str], dict[str, str]]:
    """Return module calls and their classes with a call for each checkpoint.

    It stands inside the module call that all of its functions are in.

    Parameters
    ----------
    graph : Graph
    module : mapping
        The module call of each function.
    kinds : mapping
        The class of each module, by path.
    """
    placed, classes = dict(module), dict(kinds)
    times: Counter[str] = Counter()
    for members in _checkpoints(graph):
        outer = reduce(common, [placed.get(node, "") for node in members])
        whole = f"{outer}.{CHECKPOINT}".strip(".")
        times[whole] += 1
        call = whole if times[whole] == 1 else f"{whole}#{times[whole]}"
        for node in members:
            placed[node] = _below(call, placed.get(node, ""), outer)
        before, kind = plain(outer), plain(whole)
        for path in [p for p in classes if before in ("", *ancestors(p)[:-1])]:
            if kind not in ancestors(path):
                classes[_below(kind, path, before)] = classes[path]
        classes[kind] = RECOMPUTED
    return placed, classes


def _below(call: str, path: str, outer: str) -> str:
    """Return a path with a call put in after the one that it is in."""
    return f"{call}.{path[len(outer) :].strip('.')}".strip(".")


def _checkpoints(graph: Graph) -> list[list[Node]]:
    """Return the functions of each checkpoint, those of an inner one after its outer one's.

    PyTorch numbers functions as they run, so what ran between two of them ran in it too.
    """
    own: dict[Any, list[Node]] = {}
    for node in graph.functions:
        frame = saved.checkpoint_of(node)
        if frame is not None:
            own.setdefault(frame, []).append(node)
    if not own:
        return []
    found = []
    for nodes in own.values():
        numbers = [node._sequence_nr() for node in nodes]
        first, last = min(numbers), max(numbers)
        inside = {node for node in graph.functions if first <= node._sequence_nr() <= last}
        inside.update(node for node in graph.functions if _is_for(graph, node, inside))
        found.append((first, -last, [node for node in graph.functions if node in inside]))
    return [members for _, _, members in sorted(found, key=lambda one: one[:2])]


def _is_for(graph: Graph, node: Node, inside: set[Node]) -> bool:
    """Whether a function only arranges a parameter for functions of a checkpoint."""
    if not operation(node.name()).reshapes or graph.makers(node):
        return False
    users = graph.users(node)
    return bool(users) and inside.issuperset(users)
