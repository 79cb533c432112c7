"""B41: several outputs came as a list. They come as a tuple."""

import numpy as np

import nbgrad as ng


class Both(ng.Function):
    def forward(self, x):
        return x, -x


def test_b41_several_outputs_are_a_tuple():
    ys = Both()(ng.Variable(np.array(2.0)))
    assert type(ys) is tuple
    assert [float(y.data) for y in ys] == [2.0, -2.0]
