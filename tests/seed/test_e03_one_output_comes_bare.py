"""E3, step 12: f(x0, x1) with one output returns that Variable; 2 + 5 is array(7)."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import add


def test_e03_one_output_comes_bare():
    ys = add(ng.Variable(np.array(2)), ng.Variable(np.array(5)))
    assert type(ys) is ng.Variable
    assert repr(ys.data) == "array(7)"
