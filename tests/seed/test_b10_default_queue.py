"""B10: ``if not heapq`` tested the module: the default mode popped wrongly."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import diamond


def test_b10_default_queue():
    grads = []
    for options in ({}, {"use_heap": False}, {"use_heap": True}):
        x = ng.Variable(np.array(2.0))
        diamond(x)[-1].backward(**options)
        grads.append(float(x.grad))
    assert grads == [64.0, 64.0, 64.0]
