"""Arguments that are lists, tuples or dicts of arrays: taken apart and put together again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbgrad.engine.errors import OperandError

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


def leaves_like(form: Tree, tree: Tree, asker: str) -> list[Any]:
    """Return what stands at the ends of a tree, in the order of another of its form.

    Raises
    ------
    OperandError
        If their forms differ. The order of a dict's keys is no part of it.
    """
    if form is not None and not isinstance(form, (dict, list, tuple)):
        return [tree]
    if isinstance(form, dict) and isinstance(tree, dict) and form.keys() == tree.keys():
        return [leaf for key in form for leaf in leaves_like(form[key], tree[key], asker)]
    if isinstance(form, (list, tuple)) and isinstance(tree, (list, tuple)):
        if len(form) == len(tree):
            pairs = zip(form, tree, strict=True)
            return [leaf for pair in pairs for leaf in leaves_like(*pair, asker)]
    elif form is tree is None:
        return []
    raise OperandError(
        f"{asker}: the direction needs the form of the argument: {_formed(form)}, "
        f"not {_formed(tree)}."
    )


def _formed(tree: Tree) -> str:
    if isinstance(tree, dict):
        return f"a dict of {', '.join(map(repr, tree))}"
    if isinstance(tree, (list, tuple)):
        return f"a {type(tree).__name__} of {len(tree)}"
    return "None" if tree is None else "an array or a number"


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
