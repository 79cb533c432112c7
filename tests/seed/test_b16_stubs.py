"""B16: the Function of steps 17-18 had no forward and backward: a plain AttributeError."""

import numpy as np
import pytest

import nbgrad as ng


class OnlyForward(ng.Function):
    def forward(self, x):
        return x + 1


def test_b16_no_forward():
    with pytest.raises(NotImplementedError, match="Function has no forward: define forward"):
        ng.Function()(ng.Variable(np.array(1.0)))


def test_b16_no_backward():
    y = OnlyForward()(ng.Variable(np.array(1.0)))
    with pytest.raises(NotImplementedError, match="OnlyForward has no backward: define backward"):
        y.backward()
