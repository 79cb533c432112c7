"""B33: a preset root gradient of any shape flowed through. Its shape is checked."""

import numpy as np
import pytest

import nbgrad as ng
from tests.seed.steps import square


def test_b33_preset_shape():
    x = ng.Variable(np.array(2.0))
    y = square(x)
    y.grad = np.ones(3)
    with pytest.raises(ValueError, match=r"preset grad has shape \(3,\)"):
        y.backward()
    assert x.grad is None
    assert y.grad.tolist() == [1.0, 1.0, 1.0]
