"""Which call of which module every function belongs to.

`watch` knows it. Without it a function that takes a module's parameter belongs to that module,
and one between them to what their paths have in common: a softmax between ``attn.in_proj`` and
``attn.out_proj`` to ``attn``. A part of a Sequential without parameters, such as a ReLU, is found
by its place; which one of another module's own parts ran, only `watch` knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbgrad.tracing.module_calls import ancestors, common, plain

from .checkpoints import add_checkpoints
from .graph import Graph, Key, Node
from .node_metadata import Seen, seen_of
from .operations import operation
from .sequentials import place_parts


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


def places_of(graph: Graph, modules: Mapping[str, Any]) -> Places:
    """Find the module call of each function, given the outermost modules of the namespace."""
    watched = {f: seen_of(f) for f in graph.functions}
    if any(seen.module for seen in watched.values()):
        kinds = {path: kind for seen in watched.values() for path, kind in seen.kinds.items()}
        module = {f: seen.module for f, seen in watched.items()}
    else:
        by_path = _by_path(modules)
        kinds = {path: type(one).__name__ for path, one in by_path.items()}
        owned = _by_parameter(graph, _owners(by_path))
        module = _between(graph, owned, by_path, kinds) if owned else {}
    return Places(*add_checkpoints(graph, module, kinds), watched)


def _by_parameter(graph: Graph, owners: Mapping[int, str]) -> dict[Node, str]:
    """Return the functions that take a module's parameter, also reshaped, with their call."""
    # A parameter, and which part of it: the second use of the same part is another call.
    source: dict[Key, tuple[int, ...]] = {
        (leaf, 0): (id(leaf.variable),) for leaf in graph.leaves if id(leaf.variable) in owners
    }
    uses: Counter[tuple[tuple[int, ...], str]] = Counter()
    found: dict[Node, str] = {}
    for node in graph.functions:
        known = operation(node.name())
        taken = [source[key] for _, key in graph.links[node] if key in source]
        if not taken:
            continue
        if known.reshapes and graph.arity[node] == 1:
            parts = range(len(node._input_metadata))
            source.update(((node, nr), (*taken[0], nr)) for nr in parts)
            continue
        uses.update((part, known.name) for part in taken)
        count = max(uses[part, known.name] for part in taken)
        path = owners[taken[0][0]]
        found[node] = path if count == 1 else f"{path}#{count}"
    for node in reversed(graph.functions):  # the reshaping of a parameter is its user's
        if node not in found and (node, 0) in source:
            inside = {found[user] for user in graph.users(node) if user in found}
            if len(inside) == 1:
                found[node] = inside.pop()
    return found


def _between(
    graph: Graph, owned: Mapping[Node, str], modules: Mapping[str, Any], kinds: Mapping[str, str]
) -> dict[Node, str]:
    """Place the other functions by what is before and after them."""
    users: dict[Node, list[Node]] = {}
    for (maker, _), taken in graph.consumers.items():
        users.setdefault(maker, []).extend(user for user, _ in taken)

    def nearest(nodes: Iterable[Node], beside: Any, nearer: Any) -> dict[Node, str | None]:
        """Return for each function the owned one that is nearest on the way there."""
        found: dict[Node, str | None] = {}
        for node in nodes:
            known = () if node in owned else [n for n in beside(node) if found[n] is not None]
            closest = nearer(known, key=graph.generation.__getitem__, default=None)
            found[node] = owned.get(node) if closest is None else found[closest]
        return found

    before = nearest(graph.functions, graph.makers, max)
    after = nearest(reversed(graph.functions), lambda node: users.get(node, ()), min)
    placed: dict[Node, str] = {}
    for node in graph.functions:
        a, b = before[node], after[node]
        placed[node] = owned.get(node) or (common(a, b) if a and b else "")
    place_parts(graph, placed, owned, modules)
    _give_ends(graph, placed, before, after, kinds)
    return placed


def _give_ends(
    graph: Graph,
    placed: dict[Node, str],
    before: Mapping[Node, str | None],
    after: Mapping[Node, str | None],
    kinds: Mapping[str, str],
) -> None:
    """Place what is between two blocks of one class in one of them.

    A residual block ends with a sum, which takes no parameter: the earlier block's. After the last
    block of a class as many functions are its own as have the names of those that end the others.
    """
    inside = Counter(
        path for owner in {*filter(None, before.values())} for path in ancestors(owner)[:-1]
    )
    ends: dict[str, list[Node]] = {}
    last: dict[str, list[Node]] = {}
    for node in graph.functions:
        a, b = before[node], after[node]
        if not a or placed[node] not in {"", *ancestors(a)[:-1]}:
            continue
        around = [p for p in ancestors(a) if inside[p] > 1 and len(p) > len(placed[node])]
        block = next((p for p in reversed(around) if _alike_in(p, b, inside, kinds)), "")
        for path in [block] if block else around:
            (ends if block else last).setdefault(path, []).append(node)
    for path, nodes in ends.items():
        placed.update(dict.fromkeys(_own(graph, nodes, path, placed), path))
        for node in reversed(nodes):
            begun = _alike_in(path, after[node], inside, kinds)
            if placed[node] != path and _is_used_in(graph, node, begun, placed):
                placed[node] = begun
    own = {path: [n for n in nodes if placed[n] == path] for path, nodes in ends.items()}
    names = {path: [operation(n.name()).name for n in nodes] for path, nodes in own.items()}
    for path, nodes in last.items():
        known = next((names[p] for p in names if _are_alike(p, path, kinds)), [])
        for node, name in zip(nodes, known, strict=False):
            if operation(node.name()).name != name:
                break
            placed[node] = path


def _own(
    graph: Graph, nodes: Sequence[Node], path: str, placed: Mapping[Node, str]
) -> Iterator[Node]:
    """Yield those of the functions after a block that are its own.

    What others use already is its output: the functions that take this are the next block's.
    """
    inside = {node for node, module in placed.items() if f"{module}.".startswith(f"{path}.")}
    own = inside.union(nodes)
    for node in nodes:
        made = [key for _, key in graph.links[node] if key[0] in inside]
        if made and all(user in own for key in made for user, _ in graph.consumers[key]):
            inside.add(node)
            yield node


def _is_used_in(graph: Graph, node: Node, path: str, placed: Mapping[Node, str]) -> bool:
    """Whether all that a function makes is used in a module call."""
    users = graph.users(node)
    return bool(users) and all(f"{placed[user]}.".startswith(f"{path}.") for user in users)


def _alike_in(a: str, b: str | None, inside: Mapping[str, int], kinds: Mapping[str, str]) -> str:
    """Return the innermost block around ``b`` that is of the class of block ``a``, or ``""``."""
    found = [q for q in ancestors(b or "") if inside[q] > 1 and _are_alike(a, q, kinds)]
    return found[-1] if found else ""


def _are_alike(a: str, b: str, kinds: Mapping[str, str]) -> bool:
    """Whether two module calls are of one class: a container only beside one of the same module."""
    kind = kinds.get(plain(a), "")
    if not kind or a == b or kind != kinds.get(plain(b)):
        return False
    return kind not in _CONTAINERS or a.rpartition(".")[0] == b.rpartition(".")[0]


_CONTAINERS = frozenset(["Sequential", "ModuleList", "ModuleDict"])


def _by_path(modules: Mapping[str, Any]) -> dict[str, Any]:
    """Return every module by its path."""
    found: dict[str, Any] = {}
    for name, module in modules.items():
        for path, inner in module.named_modules():
            found.setdefault(path if len(modules) == 1 else f"{name}.{path}".strip("."), inner)
    return found


def _owners(modules: Mapping[str, Any]) -> dict[int, str]:
    """Return the path of each parameter's owner, by the parameter's id."""
    owners: dict[int, str] = {}
    for path, module in modules.items():
        for parameter in module.parameters(recurse=False):
            owners.setdefault(id(parameter), path)
    return owners
