"""B37: max() of no generations was a ValueError. A function without inputs has generation 0."""

import numpy as np

import nbgrad as ng


class Seven(ng.Function):
    def forward(self):
        return np.array(7.0)

    def backward(self, gy):
        return ()


def test_b37_function_without_inputs():
    f = Seven()
    y = f()
    assert y.data == 7.0
    assert f.generation == 0
    assert y.generation == 1
    y.backward(retain_grad=True)
    assert y.grad == 1.0
