"""B32: None as a gradient was stored and crashed later. It means: this input has none."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import square


class Choose(ng.Function):
    def forward(self, x, index):
        return x[index.astype(int)]

    def backward(self, gy):
        gx = np.zeros(self.inputs[0].shape)
        gx[self.inputs[1].data.astype(int)] = gy
        return gx, None


def test_b32_none_as_gradient():
    x = ng.Variable(np.array([1.0, 2.0, 3.0]))
    index = ng.Variable(np.array(1.0))
    Choose()(square(x), square(index)).backward()
    assert x.grad.tolist() == [0.0, 4.0, 0.0]
    assert index.grad is None
