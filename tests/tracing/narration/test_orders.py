"""The naive order beside the right one, told."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.tracing.narration.orders import (
    first_difference,
    tell_orders,
    write_pair,
    wrong_gradients,
)
from tests.tracing.graphs import diamond, variable


def compared(trace: ng.Trace, lang: str = "en") -> tuple[dict[str, tuple[str, str]], list[str]]:
    """Return the gradients that end wrong, as written and by name, and what is told."""
    right, naive = trace.parts, trace.parts.naive()
    wrong = wrong_gradients(right, naive)
    told = ["".join(said) for _, said in tell_orders(right, naive, wrong, lang)]
    return {right.variables[key].name: write_pair(pair) for key, pair in wrong.items()}, told


def test_the_two_orders_of_the_diamond() -> None:
    trace = ng.trace(diamond()[1])
    assert first_difference(trace.calls, trace.naive.calls) == 1
    wrong, told = compared(trace)
    assert wrong == {"x": ("96", "64")}
    assert told[0] == "Up to here both orders are the same; they part at step 2."
    assert "Square → a" in told[-1]
    assert "a.grad is not complete" in told[-1]
    assert "x.grad is 96 instead of 64" in told[-1]
    assert "96" in compared(trace, "ko")[1][-1]


def test_orders_that_agree() -> None:
    x = variable(2.0, "x")
    wrong, told = compared(ng.trace(ng.square(ng.square(x))))
    assert (wrong, len(told)) == ({}, 1)
    wrong, told = compared(ng.trace(ng.square(x) + ng.square(variable(3.0, "z"))))
    assert wrong == {}
    assert "alone changes no gradient" in told[1]
    assert told[-1].endswith("both give the same gradients.")


def test_gradients_that_differ_in_the_sixth_digit_differ() -> None:
    x = variable(2.0, "x")
    a = x * x
    wrong, told = compared(ng.trace(a * 1e-5 + a * 1.0))
    naive, right = wrong["x"]
    assert naive != right
    assert f"x.grad is {naive} instead of {right}" in told[-1]


@pytest.mark.parametrize("seed", range(5))
def test_two_orders_are_told_for_any_graph(seed: int) -> None:
    rng = np.random.default_rng(seed)
    nodes = [variable(v, f"x{i}") for i, v in enumerate(rng.normal(size=3))]
    for _ in range(12):
        i, j = rng.integers(0, len(nodes), 2)
        nodes.append((nodes[i] * nodes[j], nodes[i] + nodes[j], ng.sin(nodes[i]))[rng.integers(3)])
    trace = ng.trace(nodes[-1] + nodes[-2])
    for lang in ("en", "ko"):
        wrong, told = compared(trace, lang)
        assert all(told)
        assert all(a != b for a, b in wrong.values())
