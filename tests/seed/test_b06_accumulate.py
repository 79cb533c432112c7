"""B6: a gradient was overwritten, not added: x + x gave 1."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import add


def test_b06_accumulate():
    x = ng.Variable(np.array(3.0))
    add(x, x).backward()
    assert x.grad == 2.0
