"""B22: a 0-d gradient became a NumPy scalar after + or *. It is always an ndarray."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import diamond


def test_b22_gradients_are_arrays():
    x = ng.Variable(np.array(2.0))
    a, b, c, y = diamond(x)
    y.backward(retain_grad=True)
    assert [type(v.grad) for v in (x, a, b, c, y)] == [np.ndarray] * 5
    assert [type(v.data) for v in (x, a, b, c, y)] == [np.ndarray] * 5


def test_b22_built_in_operations_too():
    x = ng.Variable(np.array(2.0))
    y = (x * x + x) * 3
    y.backward()
    assert type(x.grad) is np.ndarray
    assert type(y.data) is np.ndarray
