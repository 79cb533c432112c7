"""Finding where NaN, infinities, vanishing and exploding gradients begin."""

from __future__ import annotations

import numpy as np

import nbgrad as ng
from nbgrad.tracing.trouble import Trouble, find_trouble
from tests.tracing.graphs import diamond, variable


def troubles(y: ng.Variable) -> tuple[ng.Trace, list[Trouble]]:
    with np.errstate(all="ignore"):
        trace = ng.trace(y)
    return trace, find_trouble(trace.parts)


def test_a_sound_pass_has_none() -> None:
    trace, found = troubles(diamond()[1])
    assert found == []
    assert "trouble" not in trace.to_dict()


def test_the_function_that_made_the_first_nan_forward() -> None:
    x = variable([1.0, -1.0], "x")
    with np.errstate(all="ignore"):
        bad = ng.log(x)
        y = ng.sum(ng.exp(bad * 2.0))
    trace, found = troubles(y)
    first = found[0]
    assert (first.kind, first.phase) == ("nan", "forward")
    assert trace.functions[first.function].name == "Log"
    assert sum(t.phase == "forward" and t.kind == "nan" for t in found) == 1


def test_the_function_that_made_the_first_infinity_backward() -> None:
    x = variable(0.0, "x")
    y = ng.sqrt(x) + 1.0
    trace, found = troubles(y)
    (only,) = found
    assert (only.kind, only.phase, only.call, only.step) == ("inf", "backward", 1, 1)
    assert trace.functions[only.function].name == "Sqrt"
    assert trace.to_dict()["trouble"] == [
        {
            "kind": "inf", "phase": "backward", "variable": "v0", "function": only.function,
            "call": 1, "step": 1,
        }
    ]  # fmt: skip


def test_a_leaf_that_came_with_nan() -> None:
    _, found = troubles(ng.sum(variable([1.0, np.nan], "x") * 2.0))
    assert (found[0].variable, found[0].function, found[0].kind) == ("v0", None, "nan")


def test_vanishing_and_exploding() -> None:
    x = variable(1.0, "x")
    y = x
    for _ in range(8):
        y = y * 0.1
    _, found = troubles(y)
    assert [(t.kind, t.call) for t in found] == [("vanishing", 7)]
    y = x
    for _ in range(10):
        y = y * 10.0
    _, found = troubles(y)
    assert [(t.kind, t.call) for t in found] == [("exploding", 6)]


def test_a_gradient_of_zero_does_not_vanish() -> None:
    assert troubles(variable(1.0, "x") * 0.0)[1] == []


def test_a_gradient_without_a_finite_element_has_no_norm() -> None:
    x, w = variable(np.full((9, 9), np.nan), "x"), variable(np.ones((9, 9)), "w")
    trace = ng.trace(ng.sum(x * w))
    assert "w.grad (9, 9) ‖–‖ nan" in str(trace)
    assert "norm 0" not in f"{trace} {trace.to_dict()}"
