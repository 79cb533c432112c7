"""The naive order beside the right one."""

from __future__ import annotations

import nbgrad as ng
from nbgrad.tracing.narration.story import Story
from tests.tracing.graphs import Cube, SumAndDifference, diamond, variable


def test_96_where_64_is_right() -> None:
    x, y = diamond()
    naive = ng.trace(y, order="naive")
    assert naive.gradient("x") == 96
    assert x.grad is None
    assert not naive.applied
    assert [c.function.name for c in naive.calls] == ["Add", "Square", "Square", "Square", "Square"]
    assert [s.generation for s in naive.steps] == [2, 1, 0, 1, 0]
    assert [c.amount.value for _, c in naive.contributions("x")] == [32.0, 64.0]


def test_the_stack() -> None:
    _, y = diamond()
    naive = ng.trace(y, order="naive")
    stacks = [[naive.variables[w.function.outputs[0]].name for w in s.waiting] for s in naive.steps]
    assert stacks == [["c", "b"], ["a", "b"], ["b"], ["a"], []]


def test_the_naive_replay_stands_beside_a_small_trace() -> None:
    _, y = diamond()
    trace = ng.trace(y, apply=False)
    assert trace.naive == ng.trace(y, order="naive")
    assert ng.trace(y, naive=False).naive is None
    assert trace.naive.naive is None
    assert ng.Trace.from_dict(trace.to_dict()).naive == trace.naive


def test_where_no_branches_meet_both_orders_agree() -> None:
    x = variable(2.0, "x")
    y = ng.exp(ng.square(x) * 0.5)
    assert ng.trace(y, order="naive").gradient("x") == ng.trace(y).gradient("x")


def test_deeply_rejoining_graphs_are_cut_off() -> None:
    x = variable(1.0, "x")
    y = x
    for _ in range(60):
        y = y + y * 0.0
    naive = ng.trace(y, order="naive")
    assert naive.truncated
    assert len(naive.calls) == 1000 + 2 * len(naive.functions)
    assert "Cut off" in str(naive)
    assert "too many calls" in "".join(Story(naive).next_function[-1])
    beside = ng.trace(y).naive
    assert beside.truncated
    assert len(beside.calls) <= 200 + 2 * len(naive.functions)


def test_naive_with_users_functions_several_outputs_and_arrays() -> None:
    a = variable([2.0, 3.0], "a")
    s, d = SumAndDifference()(Cube()(a), a * 2.0)
    y = ng.sum(s * d)
    right, naive = ng.trace(y, naive=True, apply=False), ng.trace(y, order="naive")
    assert right.naive == naive
    assert naive.gradient("a").shape == (2,)
