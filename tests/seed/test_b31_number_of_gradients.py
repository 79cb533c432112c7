"""B31: too few or too many gradients were dropped silently by zip. It is an error with numbers."""

import numpy as np
import pytest

import nbgrad as ng


class Wrong(ng.Function):
    def __init__(self, count):
        self.count = count

    def forward(self, x0, x1):
        return x0 + x1

    def backward(self, gy):
        return (gy,) * self.count


@pytest.mark.parametrize("count", [0, 1, 3])
def test_b31_number_of_gradients(count):
    x0, x1 = ng.Variable(np.array(1.0)), ng.Variable(np.array(2.0))
    y = Wrong(count)(x0, x1)
    with pytest.raises(
        ValueError, match=rf"Wrong\.backward returned {count} gradients? for 2 inputs"
    ):
        y.backward()
    assert x0.grad is None
    assert x1.grad is None
