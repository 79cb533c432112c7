"""B17: ``return gy, gy`` made both inputs and the output share one array: scaling one scaled all."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import add


def test_b17_no_shared_gradients():
    x = ng.Variable(np.array([1.0, 2.0]))
    y = ng.Variable(np.array([3.0, 4.0]))
    z = add(x, y)
    z.backward(retain_grad=True)
    x.grad *= 10
    assert y.grad.tolist() == [1.0, 1.0]
    assert z.grad.tolist() == [1.0, 1.0]
    assert not np.shares_memory(x.grad, y.grad)
