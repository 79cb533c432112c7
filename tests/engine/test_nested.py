"""Nested containers are gone through end by end."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from nbgrad.engine.nested import ends_of, replaced


class Pair(NamedTuple):
    first: int
    second: int


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (1, -1),
        ([1, (2, [3])], [-1, (-2, [-3])]),
        ({"a": 1, "b": {"c": (2,)}}, {"a": -1, "b": {"c": (-2,)}}),
        (slice(1, 2, 3), slice(-1, -2, -3)),
        ([Pair(1, 2)], [Pair(-1, -2)]),
    ],
)
def test_every_end_is_replaced(tree, expected):
    assert replaced(tree, lambda end: -end) == expected


def test_containers_are_new_ones():
    inner = [1]
    found = replaced([inner], lambda end: end)
    assert found == [inner]
    assert found[0] is not inner


def test_the_ends_of_a_type_are_met_in_order():
    tree = [1, "no", ({"a": 2, "b": 2.5}, slice(3, None, 4)), Pair(5, 6)]
    assert list(ends_of(tree, int)) == [1, 2, 3, 4, 5, 6]
    assert list(ends_of(True, int)) == []
