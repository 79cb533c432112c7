"""B18: broadcasting was not undone: (3,) + () gave the scalar a (3,) gradient."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import add, mul


def test_b18_scalar():
    x0, x1 = ng.Variable(np.ones(3)), ng.Variable(np.array(2.0))
    add(x0, x1).backward()
    assert x0.grad.tolist() == [1.0, 1.0, 1.0]
    assert x1.grad.shape == ()
    assert x1.grad == 3.0


def test_b18_rows():
    x0, x1 = ng.Variable(np.full((2, 3), 2.0)), ng.Variable(np.ones(3))
    mul(x0, x1).backward()
    assert x0.grad.tolist() == [[1.0] * 3] * 2
    assert x1.grad.tolist() == [4.0, 4.0, 4.0]
