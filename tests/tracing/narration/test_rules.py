"""A rule with its numbers put in."""

from __future__ import annotations

import numpy as np

import nbgrad as ng
from tests.tracing.graphs import Cube, diamond, variable
from tests.tracing.narration.test_story import told


def test_rules_with_numbers() -> None:
    story = told(diamond()[1])
    assert story.worked["f1"] == [("gx", "2 · x · gy", "2 · 4 · 1")]
    assert story.worked["f3"] == [("gx0", "gy", "1"), ("gx1", "gy", "1")]
    x, z = variable(-3.0, "x"), variable(2.0, "z")
    assert told(x * z).worked["f0"] == [
        ("gx0", "gy · x1", "1 · 2"),
        ("gx1", "gy · x0", "1 · (-3)"),
    ]
    assert told(ng.tanh(x * 0.0)).worked["f1"] == [("gx", "gy · (1 − y²)", "1 · (1 − 0²)")]


def test_rules_with_shapes_for_arrays_and_only_for_inputs_with_a_gradient() -> None:
    x = ng.Variable(np.ones((4, 3)), "x")
    w = ng.Variable(np.ones((3, 2)), "w")
    story = told(ng.mean(x @ w * 3.0))
    lines = list(story.worked.values())
    assert ("gx", "gy / n", "1 / 8") in lines[0]
    assert lines[1] == [("gx0", "gy · x1", "(4, 2) · 3")]
    assert lines[2] == [
        ("gx0", "gy · x1ᵀ", "(4, 2) · (3, 2)ᵀ"),
        ("gx1", "x0ᵀ · gy", "(4, 3)ᵀ · (4, 2)"),
    ]
    assert told(Cube()(variable(2.0))).worked["f0"] == [("gx", "", "")]
