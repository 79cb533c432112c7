"""Names of variables that nobody named, or whose names are gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.diagnostics.positions import keep_positions

x, w, b = (
    ng.Variable(np.ones(shape), name=name)
    for name, shape in (("x", (2, 3)), ("w", (3, 3)), ("b", 3))
)


def inner_names(y: ng.Variable) -> list[str]:
    """Return the names of what functions made, without the root's."""
    made = [v for v in ng.trace(y, apply=False, names={}).variables if v.kind == "intermediate"]
    return [v.name for v in made[:-1]]


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda: ng.sum(x @ w + b), ["x @ w", "x @ w + b"]),
        (lambda: ng.sum((x + b) * -(x - 1)), ["x - 1", "x + b", "-(x - 1)", "(x + b) * -(x - 1)"]),
        (lambda: ng.sum((x @ w).T[0] ** 2), ["x @ w", "(x @ w).T", "(x @ w).T[0]", "(x @ w).T[0]**2"]),
        (lambda: ng.sum(ng.sum(x, axis=0)), ["sum(x, axis=0)"]),
        (
            lambda: ng.sum(ng.split(x, 2)[1] * 3),
            ["split(x, sections=2)[1]", "split(x, sections=2)[1] * 3"],
        ),
        # Longer ones keep their outermost parts.
        (
            lambda: ng.mean(ng.square(ng.tanh(ng.tanh(x @ w + b) @ w) - b)),
            [
                "x @ w", "x @ w + b", "tanh(x @ w + b)", "tanh(x @ w + b) @ w",
                "tanh(tanh(x @ w + b) @ w)", "tanh(…) - b", "square(tanh(…) - b)",
            ],
        ),
        (lambda: ng.sum((x @ w @ w @ w @ w @ w @ w @ w) * b), [
            "x @ w", *(" @ ".join(["x", *"w" * k]) for k in range(2, 7)), "… @ w @ w",
            "… @ w @ w * b",
        ]),
    ],
)  # fmt: skip
def test_what_has_no_name_is_called_by_its_expression(
    build: Callable[[], Any], expected: list[str]
) -> None:
    assert inner_names(build()) == expected


def test_a_cut_expression_that_says_nothing_of_its_own_stays_an_id() -> None:
    h = x
    for _ in range(40):
        h = ng.tanh(h + b)
    names = inner_names(ng.sum(h))
    assert len(set(names)) == len(names)
    assert sum("…" in name for name in names) <= 4
    assert names[-1].startswith("v")


def test_names_of_a_loop_and_of_a_function_that_has_returned() -> None:
    keep_positions(True)
    try:
        names = [v.name for v in ng.trace(looped(), apply=False).variables]
    finally:
        keep_positions(False)
    assert {"h (step 1)", "h (step 2)", "z (step 0)", "z (step 1)"} <= set(names), names


def test_what_an_earlier_pass_made_is_called_by_its_gradients() -> None:
    x = ng.Variable(np.array(2.0))
    y = ng.sin(x) * x**3
    y.backward(create_graph=True)
    z = ng.square(x.grad)
    names = [v.name for v in ng.trace(z, names={"x": x, "y": y, "z": z}).variables]
    assert {"y.grad", "y.grad * x**3", "3 * x**2", "x.grad"} <= set(names), names
    del y  # its gradient has no name then
    assert "y.grad" not in [v.name for v in ng.trace(z, names={"x": x, "z": z}).variables]


def looped() -> ng.Variable:
    def net(x: ng.Variable) -> ng.Variable:
        z = x @ w
        for _ in range(2):
            h = ng.tanh(z)
            z = h + b
        return z

    return ng.sum(net(x))
