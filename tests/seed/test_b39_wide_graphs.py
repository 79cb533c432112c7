"""B39: the list was sorted again at each push: quadratic on wide graphs. A heap is not."""

import time

import numpy as np

import nbgrad as ng
from tests.seed.steps import Square


class Total(ng.Function):
    def forward(self, *xs):
        return sum(xs)

    def backward(self, gy):
        return (gy,) * len(self.inputs)


def seconds(width):
    x = ng.Variable(np.array(2.0))
    y = Total()(*(Square()(x) for _ in range(width)))
    start = time.process_time()
    y.backward()
    assert x.grad == 4.0 * width
    return time.process_time() - start


def test_b39_wide_graphs():
    small = min(seconds(1000) for _ in range(3))
    assert (
        min(seconds(16_000) for _ in range(3)) < 16 * 6 * small
    )  # the seed's queue: 256 times as long and more
