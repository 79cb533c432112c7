"""B12: ``use_haep`` inside was a NameError at the first input with a creator."""

import numpy as np
import pytest

import nbgrad as ng
from tests.seed.steps import square


def test_b12_use_heap_spelling():
    x = ng.Variable(np.array(2.0))
    y = square(square(x))
    y.backward(use_heap=True)
    assert x.grad == 32.0
    with pytest.raises(TypeError, match="use_haep"):
        y.backward(use_haep=True)
