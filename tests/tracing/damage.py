"""Documents with one value replaced, for tests of what reads them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return the path of every value in a document, its own, (), first."""
    yield path
    keys = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    for key in keys:
        yield from places(data[key], (*path, key))


def replaced(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of a document with another value at a path."""
    if not path:
        return value
    data = copy.deepcopy(data)
    owner = data
    for key in path[:-1]:
        owner = owner[key]
    owner[path[-1]] = value
    return data


def damaged(data: Any, values: list[Any]) -> Iterator[Any]:
    """Return the document with each of its values replaced by each of these."""
    for path in places(data):
        for value in values:
            yield replaced(data, path, value)
