"""B25: a second pass mixed in old intermediate gradients: 64, then 256. It is 64, then 128."""

import numpy as np
import pytest

import nbgrad as ng
from tests.seed.steps import diamond


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("second", [False, True])
def test_b25_second_pass(first, second):
    x = ng.Variable(np.array(2.0))
    a, *_, y = diamond(x)
    y.backward(retain_grad=first)
    assert x.grad == 64.0
    y.backward(retain_grad=second)
    assert x.grad == 128.0
    assert a.grad == (16.0 if second else None)
