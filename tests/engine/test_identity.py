"""A pass keeps Variables and Functions by identity, also those of classes that compare otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.identity import IdentitySet, IdentityTable, Overridden
from tests.engine.tiny import Scaled


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    """Let passes after these tests use Python's dictionaries again."""
    yield
    Overridden.seen = False


class Same(ng.Function):
    """Equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1

    def forward(self, x: Any) -> Any:
        return x * 2, x * 3

    def backward(self, g0: Any, g1: Any) -> Any:
        return g0 * 2 + g1 * 3


def by_value() -> Any:
    class ByValue(ng.Variable):
        def __eq__(self, other: object) -> Any:
            return isinstance(other, ByValue) and self.data.tobytes() == other.data.tobytes()

        def __hash__(self) -> int:
            return hash(self.data.tobytes())

    return ByValue


def unhashable() -> Any:
    class Unhashable(ng.Variable):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    return Unhashable


@pytest.mark.parametrize("function", [Scaled, Same])
def test_equal_functions_of_several_outputs_each_run(function: Any) -> None:
    x = ng.Variable(np.array(1.0))
    a, b, c, d = *function()(x), *function()(x)
    y = a + b + c + d
    y.backward()
    assert x.grad == 10


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("make", [by_value, unhashable])
def test_equal_variables_keep_their_own_gradients(make: Any, create_graph: bool) -> None:
    cls = make()
    x0, x1 = cls(np.array(1.0)), cls(np.array(1.0))
    y = x0 * 3 + x1 * 5 + x0 * x1
    y.backward(create_graph=create_graph)
    assert [float(x.grad) for x in (x0, x1)] == [4, 6]
    assert ng.grad(lambda a, b: a * 3 + b * 5, (0, 1))(1.0, 1.0) == (3, 5)


def test_a_table_by_identity_is_a_dictionary() -> None:
    cls = unhashable()
    a, b = cls(np.array(1.0)), cls(np.array(1.0))
    table = IdentityTable()
    table[a] = 1
    assert b not in table
    table[b] = 2
    assert (table[a], table.get(b), table.get(1), len(table)) == (1, 2, None, 2)
    assert [k is x for k, x in zip(table, (a, b), strict=True)] == [True, True]
    assert list(table.values()) == [1, 2]
    assert len(table.keys()) == len(table.items()) == 2
    assert (table.pop(a), table.pop(a, None)) == (1, None)
    assert a not in table
    with pytest.raises(KeyError):
        table.pop(a)


def test_a_set_by_identity_is_a_set() -> None:
    cls = unhashable()
    a, b = cls(np.array(1.0)), cls(np.array(1.0))
    members = IdentitySet()
    assert not members
    members.add(a)
    assert members
    assert a in members
    assert b not in members
    assert next(iter(members)) is a
    members.discard(b)
    assert len(members) == 1
    members.discard(a)
    assert a not in members
