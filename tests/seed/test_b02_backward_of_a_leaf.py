"""B2: the queue started with the creator even when None; a leaf's backward was an AttributeError."""

import numpy as np

import nbgrad as ng


def test_b02_backward_of_a_leaf():
    x = ng.Variable(np.array([2.0, 3.0]))
    x.backward()
    assert x.grad.tolist() == [1.0, 1.0]
