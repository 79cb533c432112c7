"""B9: the tie-break counter fell back to 0, so the heap compared Functions: a TypeError."""

import numpy as np
import pytest

import nbgrad as ng
from tests.seed.steps import add, square


@pytest.mark.parametrize("use_heap", [False, True])
def test_b09_ties_in_the_heap(use_heap):
    x0 = ng.Variable(np.array(2.0))
    x1 = ng.Variable(np.array(3.0))
    y = add(square(square(x0)), square(square(x1)))
    y.backward(use_heap=use_heap)
    assert (x0.grad, x1.grad) == (32.0, 108.0)
