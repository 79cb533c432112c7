"""B14: dropping one of two outputs was an AttributeError; it counts as a zero gradient."""

import numpy as np

import nbgrad as ng


class Two(ng.Function):
    def forward(self, x):
        return x * 2, x * 3

    def backward(self, g0, g1):
        return 2 * g0 + 3 * g1


def test_b14_dropped_output():
    x = ng.Variable(np.array([1.0, 1.0]))
    y0, y1 = Two()(x)
    del y1
    y0.backward()
    assert x.grad.tolist() == [2.0, 2.0]
