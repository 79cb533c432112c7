"""A graph that is computed again: on fresh instances, with the generators left where they were."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest

import nbgrad as ng
from tests.tracing.graphs import Cube, SumAndDifference, variable


def test_it_works_under_no_grad_and_a_users_function_runs_on_a_fresh_instance() -> None:
    class Counts(ng.Function):
        def __init__(self):
            self.calls = []

        def forward(self, x):
            self.calls.append(float(x))
            self.kept = x * 2
            return self.kept

        def backward(self, gy):
            return gy * 2

    x, function = variable(1.0, "x"), Counts()
    y = function(x)
    with ng.no_grad():
        swept = ng.sweep(y, x, [5.0, 6.0])
    assert [t.root.value.value for t in swept] == [10.0, 12.0]
    assert function.calls == [1.0]
    assert function.kept == 2.0


def test_random_functions_are_said_plainly_and_leave_every_generator_where_it_was() -> None:
    class Noise(ng.Function):
        def __init__(self, generator):
            self.generator = generator

        def forward(self, x):
            return x + self.generator.normal() + np.random.normal() + random.random()  # noqa: NPY002

        def backward(self, gy):
            return gy

    generator = np.random.default_rng(0)
    x = variable(1.0, "x")
    y = Noise(generator)(x)
    state = (generator.bit_generator.state, random.getstate())
    with pytest.warns(UserWarning, match="Noise gives other numbers each time it runs"):
        swept = ng.sweep(y, x, [1.0, 2.0])
    assert any("Noise" in note for note in swept.notes)
    assert (generator.bit_generator.state, random.getstate()) == state
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ng.sweep(Cube()(x), x, [1.0])


def test_a_constant_stays_one_and_a_dropped_output_counts_as_zero() -> None:
    x = variable(2.0, "x")
    c = ng.Variable(np.array(3.0), "c", requires_grad=False)
    s, _ = SumAndDifference()(x * c, x)
    swept = ng.sweep(s, x, [1.0])
    assert swept[0].variables["c"].kind == "constant"
    assert swept[0].gradient("x") == 4.0
