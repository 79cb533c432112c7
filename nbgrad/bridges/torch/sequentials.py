"""Parts of a Sequential without parameters: which functions ran in them.

A Sequential runs its parts one after the other, so what follows a Linear there is the ReLU that
stands after it. A part is found only beside one whose functions are known, and only where the
function is the one of its class; a single one that is left has what is between its neighbours.
Modules that call their parts in a forward of their own say nothing of an order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

from nbgrad.tracing.module_calls import ancestors, plain

from .graph import Graph, Node
from .operations import operation

_SINGLE = re.compile(r"(Linear|Conv\dd|ConvTranspose\dd|BatchNorm\dd|LayerNorm|GroupNorm|PReLU)")
"""Modules with parameters that are one function, besides reshaping."""
_OTHERWISE = {
    "Linear": "addmm", "Conv": "convolution", "ConvTranspose": "convolution",
    "ReLU6": "hardtanh", "SELU": "elu", "Dropout": "mul", "ZeroPad": "constant_pad_nd",
    "ConstantPad": "constant_pad_nd", "AdaptiveAvgPool": "mean",
}  # fmt: skip
"""Functions of modules that are not named as their function is."""


@dataclass(frozen=True)
class _Part:
    path: str
    module: Any

    @property
    def kind(self) -> str:
        """The name of its class, without the number of dimensions."""
        return re.sub(r"\dd$", "", type(self.module).__name__)

    @property
    def is_single(self) -> bool:
        """Whether it is one function that takes parameters, besides reshaping."""
        return bool(_SINGLE.fullmatch(type(self.module).__name__))

    @property
    def runs_nothing(self) -> bool:
        """Whether it only reshapes, if it does anything."""
        if self.kind == "Dropout":
            return not (self.module.training and self.module.p)
        return self.kind in ("Identity", "Flatten", "Unflatten")

    def is_named(self, name: str) -> bool:
        """Whether a function is the one that its class, PyTorch's own, is named after."""
        if not type(self.module).__module__.startswith("torch.nn."):
            return False
        squeezed = name.removeprefix("native_").replace("_", "")
        return _OTHERWISE.get(self.kind) == name or squeezed.startswith(self.kind.lower())


def place_parts(
    graph: Graph, placed: dict[Node, str], owned: Mapping[Node, str], modules: Mapping[str, Any]
) -> None:
    """Place functions of a Sequential in its parts that have no parameters.

    Parameters
    ----------
    graph : Graph
    placed : dict
        The module call of each function, changed in place.
    owned : mapping
        Of those that take a parameter.
    modules : mapping of str to torch.nn.Module
        Every module by its path.
    """
    calls: dict[str, list[Node]] = {}
    for node, path in owned.items():
        if not operation(node.name()).reshapes:
            calls.setdefault(path, []).append(node)
    walk = _Walk(graph, placed)
    for parts in _sequentials(modules):
        for number in {path.partition("#")[2] for path in calls}:
            at = f"#{number}" if number else ""
            ends = [calls.get(part.path + at, []) for part in parts]
            walk.fill(parts, ends, at)


def _sequentials(modules: Mapping[str, Any]) -> Iterator[list[_Part]]:
    """Yield the parts of each Sequential, with those of the Sequentials in it."""
    for path, module in modules.items():
        around = modules.get(path.rpartition(".")[0]) if path else None
        if _in_order(module) and not (around is not None and _in_order(around)):
            yield list(_parts(path, module))


def _parts(path: str, module: Any) -> Iterator[_Part]:
    for name, part in module._modules.items():
        inner = f"{path}.{name}" if path else name
        if _in_order(part):
            yield from _parts(inner, part)
        elif part is not None:
            yield _Part(inner, part)


def _in_order(module: Any) -> bool:
    return isinstance(module, nn.Sequential) and type(module).forward is nn.Sequential.forward


class _Walk:
    """Goes from a function that is known to those after it and before it."""

    def __init__(self, graph: Graph, placed: dict[Node, str]) -> None:
        self.graph = graph
        self.placed = placed

    def fill(self, parts: Sequence[_Part], ends: Sequence[Sequence[Node]], at: str) -> None:
        """Place what is between the parts of one call whose functions are known."""
        known = [k for k, nodes in enumerate(ends) if nodes]
        for i, j in zip([-1, *known], [*known, len(parts)], strict=True):
            between = parts[i + 1 : j]
            if not between or not known:
                continue
            first = ends[i][-1] if i >= 0 and parts[i].is_single else None
            last = ends[j][0] if j < len(parts) and parts[j].is_single else None
            after, left = self._match(between, first, at, forward=True)
            before, rest = self._match(left[::-1], last, at, forward=False)
            if len(rest) == 1 and after is not None and before is not None:
                self._give(self._all_between(after, before), rest[0].path + at)

    def _match(
        self, parts: Sequence[_Part], node: Node | None, at: str, *, forward: bool
    ) -> tuple[Node | None, list[_Part]]:
        """Place functions in parts, from one that is known on, as long as each is its part's.

        Returns the last one, and the parts that are left.
        """
        step = self._next if forward else self._previous
        left = list(parts)
        while left and node is not None:
            part = left[0]
            if not part.runs_nothing:
                beside = step(node)
                if beside is None or not part.is_named(operation(beside.name()).name):
                    break
                node = beside
                self._give([node], part.path + at)
            left.pop(0)
        return node, left

    def _next(self, node: Node) -> Node | None:
        """Return the only function that uses a result, reshaping passed over."""
        while len(users := self.graph.consumers.get((node, 0), [])) == 1:
            node = users[0][0]
            if not operation(node.name()).reshapes:
                return node
        return None

    def _previous(self, node: Node) -> Node | None:
        """Return the only function whose result is used here and nowhere else."""
        while len(makers := self._makers(node)) == 1:
            node = makers.pop()
            if len(self.graph.consumers[node, 0]) != 1:
                return None
            if not operation(node.name()).reshapes:
                return node
        return None

    def _makers(self, node: Node) -> set[Node]:
        """Return the functions that made what a function takes, those of a leaf reshaped left out."""
        makers = self.graph.makers(node)
        return {m for m in makers if not operation(m.name()).reshapes or self._makers(m)}

    def _all_between(self, first: Node, last: Node) -> list[Node]:
        """Return the functions on the ways from one function to another."""
        found: dict[Node, None] = {}
        waiting = [last]
        generation = self.graph.generation
        while waiting:
            for maker in self._makers(waiting.pop()) - {first, *found}:
                if generation[maker] <= generation[first]:  # another way leads here
                    return []
                found[maker] = None
                waiting.append(maker)
        return list(found)

    def _give(self, nodes: Sequence[Node], path: str) -> None:
        """Place functions in a part, unless some are known to be elsewhere."""
        around = {"", *ancestors(plain(path))}
        if all(self.placed[node] in around for node in nodes):
            self.placed.update(dict.fromkeys(nodes, path))
