"""Joining and splitting: what a variable of many costs, and parts that are dropped."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad import ops
from nbgrad.ops.joining import Concatenate, Stack


@pytest.mark.parametrize("graph", [False, True], ids=["arrays", "create_graph"])
@pytest.mark.parametrize(("join", "operation"), [(ng.stack, Stack), (ng.concatenate, Concatenate)])
def test_every_rule_gets_the_same_tuple_of_inputs(
    join: Any, operation: Any, graph: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that got its own copy of n inputs would make the pass take n² steps."""
    given = []

    def gxi(self: Any, i: int, gy: Any, y: Any, xs: Any) -> Any:
        given.append(xs)
        return rule(self, i, gy, y, xs)

    rule = operation.gxi
    monkeypatch.setattr(operation, "gxi", gxi)
    xs = [ng.Variable(np.array([float(i)])) for i in range(20)]
    join(xs).sum().backward(create_graph=graph)
    assert len(given) == len(xs)
    assert {id(values) for values in given} == {id(given[0])}
    assert len(given[0]) == len(xs)


def test_split_counts_dropped_parts_as_zero() -> None:
    x = ng.Variable(np.arange(6.0))
    a, _, c = ops.split(x, 3)
    del _
    (a * 2 + c).sum().backward()
    assert x.grad.tolist() == [2, 2, 0, 0, 1, 1]


def test_split_at_falling_places() -> None:
    x = ng.Variable(np.arange(4.0))
    sum((i + 1) * part.sum() for i, part in enumerate(ops.split(x, [3, 1]))).backward()
    assert x.grad.tolist() == [1, 4, 4, 3]
