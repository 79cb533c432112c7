"""B8: the comprehension over the outputs was misspelt (a NameError): every output counts."""

import numpy as np

import nbgrad as ng


class Twice(ng.Function):
    def forward(self, x):
        return x * 2, x * 3

    def backward(self, g0, g1):
        return 2 * g0 + 3 * g1


def test_b08_gradients_of_outputs():
    x = ng.Variable(np.array(1.0))
    y0, y1 = Twice()(x)
    (y0 + y1).backward()
    assert x.grad == 5.0
