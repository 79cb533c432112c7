"""Arguments that are lists, tuples or dicts of arrays."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import pytest

from nbgrad.calculus.tree import leaves_like, leaves_of, with_leaves

Pair = namedtuple("Pair", "first second")  # noqa: PYI024 - a plain one


@pytest.mark.parametrize(
    ("tree", "leaves"),
    [
        (1.0, [1.0]),
        (None, []),
        ([], []),
        ([1, (2, {"b": 3, "a": [4]}), None], [1, 2, 3, 4]),
        (Pair(1, [2, 3]), [1, 2, 3]),
    ],
)
def test_a_tree_is_taken_apart_and_put_together_again(tree: Any, leaves: list[Any]) -> None:
    assert leaves_of(tree) == leaves
    again = with_leaves(tree, iter(leaves))
    assert again == tree
    assert type(again) is type(tree)


def test_other_ends_stand_in_the_same_places() -> None:
    assert with_leaves({"a": (1, 2), "b": None}, iter("xy")) == {"a": ("x", "y"), "b": None}


def test_ends_come_in_the_order_of_another_tree() -> None:
    form = {"a": (0, None), "b": [0, {"c": 0, "d": 0}]}
    tree = {"b": (3, {"d": 5, "c": 4}), "a": [1, None]}
    assert leaves_like(form, tree, "hvp") == [1, 3, 4, 5]
