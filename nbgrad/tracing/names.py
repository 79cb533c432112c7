"""What a variable is called in a trace.

Its own ``name`` goes first; then the name under which the very same object stands in a
mapping such as ``locals()``, by default in the user's namespaces, or how it is reached from one
(``net.w``, ``params[0]``). A leaf of a cell that was
run again is ``old x``, the upstream gradient of an earlier pass ``y.grad``. What is left is called by its id, ``v0, v1, …``; an unnamed number by
its text. Nothing here keeps a Variable alive.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from operator import methodcaller
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.escaping import MAX_NAME
from nbgrad.engine.diagnostics.naming import MAX_NAME_SEARCH_OBJECTS, global_at_birth, reached
from nbgrad.engine.diagnostics.positions import SeedMark
from nbgrad.engine.sentinels import State
from nbgrad.engine.variable import Variable

from . import format as fmt
from .namespaces import namespaces

AUTOMATIC = re.compile(r"v\d+( \(\d+\))?")
"""A name that was given automatically."""


def assign(
    nodes: Sequence[Any], leaves: int, constants: Iterable[int], names: Any = None
) -> tuple[list[str], set[int]]:
    """Find what the user calls every node of a graph.

    Parameters
    ----------
    nodes : sequence
        Variables, and plain arrays and numbers that stand in the graph as constants.
    leaves : int
        How many of them, the first, no function made.
    constants : iterable of int
        Positions of the nodes that are constants.
    names : mapping of str to object, optional
        Where to look for names.

    Returns
    -------
    names : list of str
        Empty for a node without a name. `distinct` tells nodes of one name apart.
    texts : set of int
        Which nodes are numbers that are called by their text.
    """
    known = namespace_names(names)
    if any(
        isinstance(x, Variable) and x.name is None and id(x) not in known
        for x in (*nodes[:leaves], nodes[-1])
        if x is nodes[-1] or getattr(x, "_op", x) is None
    ):
        known = namespace_names(names, known)
    wished = [wish(node, known) for node in nodes]
    texts: set[int] = set()
    for i in constants:
        if not wished[i] and (text := literal(nodes[i])):
            wished[i] = text
            texts.add(i)
    return wished, texts


def mappings(names: Any) -> Iterable[Mapping[str, Any]]:
    """Return where to look for names: what was given, else the user's namespaces.

    Raises
    ------
    TypeError
        If it is not a mapping.
    """
    if names is None:
        return namespaces()
    if not isinstance(names, Mapping):
        raise TypeError(
            f"names must be a mapping from names to Variables such as locals(), "
            f"not {type(names).__name__}."
        )
    return [names]


def namespace(names: Any) -> Mapping[str, Any]:
    """Return where to look for names as one mapping, in which the nearest object has a name."""
    found: dict[str, Any] = {}
    for mapping in mappings(names):
        for name, value in list(mapping.items()):
            found.setdefault(name, value)
    return found


def namespace_names(names: Any, known: Mapping[int, str] | None = None) -> dict[int, str]:
    """Return the name of each object of a mapping, by its id; of the user's namespaces for None.

    With those that are known already, also how objects are reached from a name.
    """
    found: dict[int, str] = dict(known or {})
    gradients: dict[int, str] = {}  # of an earlier pass with create_graph
    pairs: Iterable[tuple[Any, Any]]
    if known is None:  # in copies: another thread may assign names meanwhile
        pairs = chain.from_iterable(map(list, map(methodcaller("items"), mappings(names))))
    else:
        pairs = _by_paths(names)
    for name, value in pairs:
        # Not isinstance(), which may run code of the object.
        if not issubclass(type(value), (Variable, np.ndarray)) or not isinstance(name, str):
            continue
        if not name.startswith("_"):
            found.setdefault(id(value), name)
            if isinstance(value, Variable) and isinstance(value._grad, Variable):
                gradients.setdefault(id(value._grad), f"{name}.grad")
    return gradients | found


def _by_paths(names: Any) -> Iterator[tuple[str, Any]]:
    distinct = {id(mapping): mapping for mapping in mappings(names)}.values()
    return islice(chain.from_iterable(map(reached, distinct)), MAX_NAME_SEARCH_OBJECTS)


class _Names(dict[int, str]):
    """What the user calls objects; how others are reached is looked for when one is asked for."""

    complete = False

    def get(self, key: int, default: Any = None) -> Any:
        if key not in self and not self.complete:
            self.complete = True
            self.update(namespace_names(None, self))
        return super().get(key, default)


def all_names() -> dict[int, str]:
    """Return what the user calls each object, or how it is reached from a name."""
    return _Names(namespace_names(None))


def wish(node: Any, known: Mapping[int, str]) -> str:
    """Return the name that the user gave a node, or an empty string."""
    if isinstance(node, Variable):
        own = node.name
        if own is None and (own := known.get(id(node))) is None:
            own = _of_leaf(node, known)
    else:
        own = known.get(id(node))
    if own is None:
        return ""
    plain = type(own) is str and len(own) <= MAX_NAME and own.isidentifier()
    return own if plain else fmt.clean(str(own), MAX_NAME)


def _of_leaf(node: Variable, known: Mapping[int, str]) -> str | None:
    """Name a leaf without a name: the seed of an earlier pass, or one whose cell was run again."""
    if node._source is None or not (node._op is None or type(node._op) is State):
        return None
    if isinstance(node._source, SeedMark):
        root = node._source.root()
        called = wish(root, known) if root is not None else ""
        return fmt.grad_name(called) if called else None
    name = global_at_birth(node) if known else None
    return f"old {name}" if name is not None and name in known.values() else None


def literal(value: Any) -> str:
    """Return the text of a number, and nothing for an array."""
    if isinstance(value, Variable):
        value = value._data
    if isinstance(value, (np.ndarray, np.generic)):
        if value.ndim:
            return ""
        value = value.item()
    if isinstance(value, float):
        text = repr(value)
        return text if len(text) <= 8 else fmt.number(value)
    return repr(value) if isinstance(value, int) else ""


def card_name(name: str, kind: str) -> str:
    """Return the name on a card: a constant that goes by its number or its id has none."""
    if kind == "constant" and (AUTOMATIC.fullmatch(name) or _is_number(name)):
        return ""
    return name


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def distinct(wished: Sequence[str], repeatable: Container[int]) -> list[str]:
    """Name nodes without a name by their ids; number the second and later ones of a name."""
    taken: set[str] = set()
    again: dict[str, int] = {}
    result = list(wished)
    for i, name in enumerate(wished):
        if name and i not in repeatable:
            result[i] = free(name, taken, again)
            taken.add(result[i])
    for i, name in enumerate(wished):
        if not name:
            own = f"v{i}"
            result[i] = own if own not in taken else free(own, taken, again)
    return result


def free(name: str, taken: set[str], again: dict[str, int]) -> str:
    """Return a name with the next number that is free; `again` has the last one of each."""
    found = name
    while found in taken:
        again[name] = again.get(name, 1) + 1
        number = f" ({again[name]})"
        found = name[: MAX_NAME - len(number)] + number
    return found
