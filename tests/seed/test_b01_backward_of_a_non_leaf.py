"""B1: the root test asked for the creator, not the gradient; a non-leaf's backward was a TypeError."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import square


def test_b01_backward_of_a_non_leaf():
    x = ng.Variable(np.array(3.0))
    y = square(x)
    y.backward()
    assert x.grad == 6.0


def test_b01_a_gradient_that_is_there_is_not_replaced():
    x = ng.Variable(np.array(3.0))
    y = square(x)
    y.grad = np.array(10.0)
    y.backward()
    assert x.grad == 60.0
