"""B28: backward on a result made under no_grad: NoneType has no generation. It is a sentence."""

import numpy as np
import pytest

import nbgrad as ng
from tests.seed.steps import square


def test_b28_backward_after_no_grad():
    x = ng.Variable(np.array(2.0))
    with ng.no_grad():
        y = square(x)
    with pytest.raises(RuntimeError, match="made under no_grad"):
        y.backward()
    assert x.grad is None
    assert y.grad is None
