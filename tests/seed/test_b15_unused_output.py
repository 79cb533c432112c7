"""B15: an output that is alive but not used gave the rule None: a TypeError. It gives zeros."""

import numpy as np

import nbgrad as ng


class Two(ng.Function):
    def forward(self, x):
        return x * 2, np.stack([x, x])

    def backward(self, g0, g1):
        assert g1.shape == (2, 2)
        return 2 * g0 + g1.sum(axis=0)


def test_b15_unused_output():
    x = ng.Variable(np.array([1.0, 1.0]))
    y0, y1 = Two()(x)
    y0.backward()
    assert x.grad.tolist() == [2.0, 2.0]
    assert y1.grad is None
