"""B40: cleargrad was renamed to clear_grad: step-14 code broke. Both names are there."""

import numpy as np
import pytest

import nbgrad as ng


@pytest.mark.parametrize("name", ["cleargrad", "clear_grad"])
def test_b40_both_names(name):
    x = ng.Variable(np.array(2.0))
    x.backward()
    assert x.grad == 1.0
    getattr(x, name)()
    assert x.grad is None
