"""B20: a Python number was a float64 array: float32 times 3.0 was float64, and its gradient too."""

import numpy as np
import pytest

import nbgrad as ng
from tests.seed.steps import mul

PRODUCTS = {
    "x * 3.0": lambda x: x * 3.0,
    "3.0 * x": lambda x: 3.0 * x,
    "the seed's mul": lambda x: mul(x, 3.0),
    "the seed's mul, left": lambda x: mul(3.0, x),
}


@pytest.mark.parametrize("shape", [(), (2,)])
@pytest.mark.parametrize("product", PRODUCTS)
def test_b20_weak_scalars(product, shape):
    x = ng.Variable(np.ones(shape, np.float32))
    y = PRODUCTS[product](x)
    y.backward()
    assert y.dtype == np.float32
    assert x.grad.dtype == np.float32
    assert np.all(x.grad == 3.0)
