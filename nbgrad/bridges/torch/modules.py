"""Which call of which module every function belongs to.

`watch` knows it. Without it a function that takes a module's parameter belongs to that module,
and one between them to what their paths have in common: a softmax between ``attn.in_proj`` and
``attn.out_proj`` to ``attn``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbgrad.tracing.module_calls import ancestors

from .graph import Graph, Key, Node, is_leaf_node
from .operations import operation
from .seen import Seen, seen_of


@dataclass
class Places:
    """The module call of each function.

    Attributes
    ----------
    module : dict
        Path of the innermost call; the k-th call of a module has ``#k`` after its name.
    kinds : mapping
        The class of each module, by path.
    seen : mapping
        What `watch` saw of each function.
    """

    module: dict[Node, str]
    kinds: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[Node, Seen] = field(default_factory=dict)

    def classes(self) -> dict[str, str]:
        """Return the class of the module of each module call."""
        paths = {path for module in self.module.values() for path in ancestors(module)}
        found = {path: self.kinds.get(plain(path), "") for path in sorted(paths)}
        return {path: kind for path, kind in found.items() if kind}

    def groups(self, nodes: Sequence[Node]) -> dict[str, set[Node]]:
        """Return the module calls that two or more of these functions are in, with them."""
        found: dict[str, set[Node]] = {}
        for node in nodes:
            for path in ancestors(self.module.get(node, "")):
                found.setdefault(path, set()).add(node)
        times = {path: sum(n in members for n in nodes) for path, members in found.items()}
        return {path: members for path, members in found.items() if times[path] > 1}


def plain(path: str) -> str:
    """Return a module's path without the numbers of its calls."""
    return ".".join(part.partition("#")[0] for part in path.split("."))


def common(a: str, b: str) -> str:
    """Return what two paths have in common."""
    shared = []
    for p, q in zip(a.split("."), b.split("."), strict=False):
        if p != q:
            break
        shared.append(p)
    return ".".join(shared)


def places_of(graph: Graph, modules: Mapping[str, Any]) -> Places:
    """Find the module call of each function.

    Parameters
    ----------
    graph : Graph
    modules : mapping of str to torch.nn.Module
        The outermost modules of the namespace.
    """
    watched = {f: seen_of(f) for f in graph.functions}
    if any(seen.module for seen in watched.values()):
        kinds = {path: kind for seen in watched.values() for path, kind in seen.kinds.items()}
        return Places({f: seen.module for f, seen in watched.items()}, kinds, watched)
    kinds, owners = owners_of(modules)
    owned = _by_parameter(graph, owners)
    return Places(_between(graph, owned) if owned else {}, kinds, watched)


def _by_parameter(graph: Graph, owners: Mapping[int, str]) -> dict[Node, str]:
    """Return the functions that take a module's parameter, also reshaped, with their call."""
    source: dict[Key, int] = {
        (leaf, 0): id(leaf.variable) for leaf in graph.leaves if id(leaf.variable) in owners
    }
    uses: dict[tuple[int, str], int] = {}
    found: dict[Node, str] = {}
    for node in graph.functions:
        known = operation(node.name())
        taken = [source[key] for _, key in graph.edges(node) if key in source]
        if not taken:
            continue
        if known.reshapes and graph.arity[node] == 1:
            source[node, 0] = taken[0]
            continue
        counts = []
        for parameter in taken:
            key = (parameter, known.name)
            uses[key] = uses.get(key, 0) + 1
            counts.append(uses[key])
        path = owners[taken[0]]
        found[node] = path if max(counts) == 1 else f"{path}#{max(counts)}"
    for node in reversed(graph.functions):  # the reshaping of a parameter is its user's
        if node not in found and (node, 0) in source:
            users = graph.consumers.get((node, 0), [])
            inside = {found[user] for user, _ in users if user in found}
            if len(inside) == 1:
                found[node] = inside.pop()
    return found


def _between(graph: Graph, owned: Mapping[Node, str]) -> dict[Node, str]:
    """Place the other functions by what is before and after them."""
    before: dict[Node, str | None] = {}
    for node in graph.functions:
        nearest: str | None = owned.get(node)
        if nearest is None:
            made = [
                (graph.generation[maker], before[maker])
                for _, (maker, _) in graph.edges(node)
                if not is_leaf_node(maker) and before[maker] is not None
            ]
            nearest = max(made, key=lambda pair: pair[0])[1] if made else None
        before[node] = nearest
    after: dict[Node, str | None] = {}
    users: dict[Node, list[Node]] = {}
    for (maker, _), taken in graph.consumers.items():
        users.setdefault(maker, []).extend(user for user, _ in taken)
    for node in reversed(graph.functions):
        nearest = owned.get(node)
        if nearest is None:
            later = [
                (graph.generation[user], after[user])
                for user in users.get(node, ())
                if after[user] is not None
            ]
            nearest = min(later, key=lambda pair: pair[0])[1] if later else None
        after[node] = nearest
    placed: dict[Node, str] = {}
    for node in graph.functions:
        a, b = before[node], after[node]
        placed[node] = owned.get(node) or (common(a, b) if a and b else "")
    return placed


def owners_of(modules: Mapping[str, Any]) -> tuple[dict[str, str], dict[int, str]]:
    """Return the class of each module by its path, and the path of each parameter's owner."""
    kinds: dict[str, str] = {}
    owners: dict[int, str] = {}
    single = len(modules) == 1
    for name, module in modules.items():
        for path, inner in module.named_modules():
            whole = path if single else ".".join(filter(None, (name, path)))
            kinds.setdefault(whole, type(inner).__name__)
            for parameter in inner.parameters(recurse=False):
                owners.setdefault(id(parameter), whole)
    return kinds, owners
