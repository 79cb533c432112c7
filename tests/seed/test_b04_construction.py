"""B4: the constructor read self.data before it was there: every construction failed."""

import numpy as np

import nbgrad as ng


def test_b04_construction():
    data = np.array(1.0)
    x = ng.Variable(data)
    assert x.data is data
    assert (x.grad, x.creator, x.name, x.generation) == (None, None, None, 0)
