"""B38: forward(self, xs) was called with several arguments: a TypeError hid the real complaint."""

import numpy as np
import pytest

import nbgrad as ng


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_b38_base_signatures(count):
    xs = [ng.Variable(np.array(1.0))] * count
    with pytest.raises(NotImplementedError, match="has no forward"):
        ng.Function()(*xs)
    with pytest.raises(NotImplementedError, match="has no backward"):
        ng.Function().backward(*xs)
