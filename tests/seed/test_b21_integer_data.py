"""B21: integer data gave integer gradients. The rule: integer leaves get float64 gradients."""

import numpy as np
import pytest

import nbgrad as ng
from tests.seed.steps import mul, square


@pytest.mark.parametrize("dtype", ["int64", "int8", "uint16"])
def test_b21_integer_data(dtype):
    x = ng.Variable(np.array([1, 2], dtype))
    mul(square(x), 0.5).backward()
    assert x.grad.dtype == np.float64
    assert x.grad.tolist() == [1.0, 2.0]
