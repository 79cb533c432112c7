"""Arguments that are lists, tuples or dicts of arrays: taken apart and put together again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Tree = Any
"""An array, a number or a Variable; or a list, tuple or dict of trees. None is an empty one."""


def leaves_of(tree: Tree) -> list[Any]:
    """Return what stands at the ends, in order."""
    if tree is None:
        return []
    if not isinstance(tree, (dict, list, tuple)):
        return [tree]
    values = tree.values() if isinstance(tree, dict) else tree
    return [leaf for value in values for leaf in leaves_of(value)]


def with_leaves(tree: Tree, leaves: Iterator[Any]) -> Tree:
    """Return a tree of the same form with other ends."""
    if tree is None:
        return None
    if isinstance(tree, dict):
        return {key: with_leaves(value, leaves) for key, value in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(with_leaves(value, leaves) for value in tree))
    if isinstance(tree, (list, tuple)):
        return type(tree)(with_leaves(value, leaves) for value in tree)
    return next(leaves)
