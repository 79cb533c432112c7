"""Tables and sets of Variables, by identity.

Python's own compare by ``__hash__`` and ``__eq__``, which a subclass may define: two equal ones
would be taken for one. Where no class defines them, a pass uses Python's own, which are faster.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, MutableSet
from typing import Any


class Overridden:
    """Whether a subclass of Variable defines its own comparison."""

    seen = False


def look_at(cls: type) -> None:
    """Remember whether a class defines its own comparison."""
    own: Any = cls.__hash__
    if own is not object.__hash__:
        Overridden.seen = True


class IdentityTable(MutableMapping[Any, Any]):
    """A dictionary by identity: it holds a pair of key and value under each key's id."""

    def __init__(self) -> None:
        self._pairs: dict[int, tuple[Any, Any]] = {}

    def __getitem__(self, key: Any) -> Any:
        return self._pairs[id(key)][1]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._pairs[id(key)] = key, value

    def __delitem__(self, key: Any) -> None:
        del self._pairs[id(key)]

    def __iter__(self) -> Iterator[Any]:
        return (key for key, _ in self._pairs.values())

    def __len__(self) -> int:
        return len(self._pairs)


class IdentitySet(MutableSet[Any]):
    """A set by identity, which keeps its members alive."""

    def __init__(self) -> None:
        self._members = IdentityTable()

    def add(self, item: Any) -> None:
        """Put a member in."""
        self._members[item] = True

    def discard(self, item: Any) -> None:
        """Take a member out, if it is one."""
        self._members.pop(item, None)

    def __contains__(self, item: Any) -> bool:
        return item in self._members

    def __iter__(self) -> Iterator[Any]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)
