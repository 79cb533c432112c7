"""Nested lists, tuples, dictionaries and slices, gone through end by end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def replaced(tree: Any, replace: Callable[[Any], Any]) -> Any:
    """Return nested tuples, named or not, lists, dicts and slices with every end replaced."""
    kind = type(tree)
    if kind is tuple or kind is list:
        return kind([replaced(item, replace) for item in tree])
    if kind is dict:
        return {key: replaced(item, replace) for key, item in tree.items()}
    if kind is slice:
        return slice(replace(tree.start), replace(tree.stop), replace(tree.step))
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return kind(*(replaced(item, replace) for item in tree))
    return replace(tree)


def ends_of(tree: Any, kind: type) -> Iterator[Any]:
    """Yield the ends of one type."""
    if type(tree) is kind:
        yield tree
    elif isinstance(tree, (tuple, list, dict)):
        for item in tree.values() if isinstance(tree, dict) else tree:
            yield from (item,) if type(item) is kind else ends_of(item, kind)
    elif type(tree) is slice:
        yield from ends_of((tree.start, tree.stop, tree.step), kind)
