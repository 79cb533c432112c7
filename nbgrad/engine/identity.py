"""Tables and sets of Variables, by identity.

Python's own compare by ``__hash__`` and ``__eq__``, which a subclass may define: two equal ones
would be taken for one. Where no class defines them, a pass uses Python's own, which are faster.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Overridden:
    """Whether a subclass of Variable defines its own comparison."""

    seen = False


def look_at(cls: type) -> None:
    """Remember whether a class defines its own comparison."""
    own: Any = cls.__hash__
    if own is not object.__hash__:
        Overridden.seen = True


class IdentityTable(dict[Any, Any]):
    """A dictionary by identity: it holds a pair of key and value under each key's id."""

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(id(key))[1]

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(id(key), (key, value))

    def __contains__(self, key: Any) -> bool:
        return super().__contains__(id(key))

    def __iter__(self) -> Iterator[Any]:
        return (key for key, _ in super().values())

    def get(self, key: Any, default: Any = None) -> Any:
        """Return a key's value, or the default."""
        return super().get(id(key), (key, default))[1]

    def pop(self, key: Any, *default: Any) -> Any:
        """Remove a key and return its value, or the default."""
        if not default:
            return super().pop(id(key))[1]
        return super().pop(id(key), (key, *default))[1]

    def keys(self) -> Any:
        """Return the keys."""
        return [key for key, _ in super().values()]

    def items(self) -> Any:
        """Return the pairs of key and value."""
        return list(super().values())

    def values(self) -> Any:
        """Return the values."""
        return [value for _, value in super().values()]


class IdentitySet(set[Any]):
    """A set by identity, which keeps its members alive."""

    def __init__(self) -> None:
        super().__init__()
        self._members: dict[int, Any] = {}

    def add(self, item: Any) -> None:
        """Put a member in."""
        super().add(id(item))
        self._members[id(item)] = item

    def __contains__(self, item: Any) -> bool:
        return id(item) in self._members

    def __iter__(self) -> Iterator[Any]:
        return iter(self._members.values())
