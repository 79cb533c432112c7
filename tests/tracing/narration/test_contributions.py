"""What functions send back, and what adds up."""

from __future__ import annotations

import numpy as np

import nbgrad as ng
from nbgrad.tracing.narration.story import Story
from tests.tracing.graphs import diamond, variable
from tests.tracing.narration.telling import plain, told


def test_x_times_x() -> None:
    x = variable(3.0, "x")
    assert plain(told(x * x).generation)[1] == (
        "Generation 0. Mul uses x twice, so it sends 3 and 3 back and the two add up: x.grad = 6."
    )


def test_different_functions_at_one_variable() -> None:
    x = variable(1.0, "x")
    y = ng.square(x) + x * 3.0
    assert plain(told(y).generation)[2] == (
        "Generation 0. Square and Mul both use x and send 2 and 3 back, which add up: x.grad = 5."
    )
    many = ng.square(x) + ng.square(x) + ng.square(x)
    assert "All 3 Squares use x, so each sends 2 back and they add up: x.grad = 6." in " ".join(
        plain(told(many).generation)
    )


def test_what_arrived_in_an_earlier_step() -> None:
    x = variable(2.0, "x")
    y = ng.square(ng.square(x)) + ng.exp(x) * 0.0 + x
    said = " ".join(plain(told(y).generation))
    assert "on top of the 1 that had already arrived" in said


def test_a_gradient_from_before() -> None:
    x, y = diamond()
    x.grad = np.array(5.0)
    trace = ng.trace(y)
    assert plain(Story(trace).generation)[-1].endswith(
        "x.grad held 5 before this pass (no cleargrad), so it ends as 69."
    )
    assert "held" not in plain(told(y, apply=False).generation)[-1]
