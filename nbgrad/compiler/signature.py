"""What a call is like: shapes, dtypes, static arguments, nesting; and its arrays in order."""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from typing import Any

import numpy as np

from nbgrad.engine.sentinels import CONSTANT
from nbgrad.engine.variable import Variable

_ndarray = np.ndarray


class UnfitError(Exception):
    """An argument with which a call cannot be compiled."""


class Same:
    """An object that equals itself alone: a static argument."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)

    def __repr__(self) -> str:
        return f"{type(self.value).__name__}"


def signature_of(
    args: tuple[Any, ...], kwargs: dict[str, Any], leaves: list[Any]
) -> tuple[Any, ...]:
    """Return what is static of a call; its Variables and arrays are appended to ``leaves``."""
    parts: list[Any] = []
    for x in args:
        # The commonest kind is looked at here, for a call costs as much as the rest.
        if type(x) is Variable and (d := x._data) is not None:
            leaves.append(x)
            parts.append((d.shape, d.dtype, d.strides, x._op is CONSTANT))
        else:
            visit(x, parts, leaves)
    for name in sorted(kwargs):
        parts.append(name)
        visit(kwargs[name], parts, leaves)
    if len({id(x) for x in leaves}) != len(leaves):
        first: dict[int, int] = {}
        parts.append(tuple(first.setdefault(id(x), i) for i, x in enumerate(leaves)))
    return tuple(parts)


def visit(x: Any, parts: list[Any], leaves: list[Any]) -> None:
    """Add one argument to a signature."""
    kind = type(x)
    if isinstance(x, Variable):
        if x._data is None:
            raise UnfitError("an argument holds no data")
        leaves.append(x)
        parts.append((*of_array(x._data), x._op is CONSTANT))
    elif kind is _ndarray:
        if x.dtype.kind not in "fiub":
            raise UnfitError(f"an argument is an array of dtype {x.dtype}")
        leaves.append(x)
        parts.append(("array", *of_array(x)))
    elif isinstance(x, _ndarray):
        raise UnfitError(f"an argument is a {kind.__name__}, which computes by rules of its own")
    elif kind in (list, tuple) or (isinstance(x, tuple) and hasattr(x, "_fields")):
        parts.append((kind, len(x)))
        for item in x:
            visit(item, parts, leaves)
    elif kind is dict:
        parts.append((dict, tuple((type(k), k) for k in x)))
        for item in x.values():
            visit(item, parts, leaves)
    elif x is None or kind in (bool, int, str, bytes):
        parts.append((kind, x))
    elif kind in (float, complex) or isinstance(x, np.generic):
        parts.append((kind, repr(x)))  # 0.0 equals -0.0, and NaN no NaN
    else:
        parts.append(Same(x))


def of_array(array: Any) -> tuple[Any, ...]:
    """Return what programs depend on: layout too, for sums go along it."""
    return array.shape, array.dtype, array.strides


def mapped(tree: Any, replace: Callable[[Any], Any]) -> Any:
    """Return nested arguments with every Variable and array replaced.

    A list or dictionary in which nothing is replaced is itself: a function may write into it.
    """
    kind = type(tree)
    if isinstance(tree, (Variable, _ndarray)):
        return replace(tree)
    if kind in (list, tuple) or (isinstance(tree, tuple) and hasattr(tree, "_fields")):
        items = [mapped(item, replace) for item in tree]
        if all(map(is_, items, tree)):
            return tree
        return kind(items) if kind in (list, tuple) else kind(*items)
    if kind is dict:
        values = [mapped(v, replace) for v in tree.values()]
        return (
            tree if all(map(is_, values, tree.values())) else dict(zip(tree, values, strict=True))
        )
    return tree


def described(key: tuple[Any, ...]) -> str:
    """Write a signature: ``float64(32, 64), 3``."""
    words = []
    for part in key:
        if isinstance(part, Same):
            words.append(repr(part))
        elif isinstance(part, str):
            words.append(f"{part}=")
        elif isinstance(part, tuple) and part and part[0] == "array":
            words.append(f"array {part[2]}{part[1]}")
        elif isinstance(part, tuple) and len(part) == 4 and isinstance(part[1], np.dtype):
            words.append(f"{part[1]}{part[0]}{' constant' * part[3]}")
        elif isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], type):
            kind, what = part
            if kind in (list, tuple, dict):
                words.append(f"{kind.__name__} of {len(what) if kind is dict else what}")
            else:
                words.append(what if kind is float else repr(what))
    return ", ".join(words).replace("=, ", "=")
