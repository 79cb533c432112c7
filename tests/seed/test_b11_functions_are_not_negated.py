"""B11: the heap was given ``-f``, a negated Function: a TypeError."""

import numpy as np
import pytest

import nbgrad as ng
from tests.seed.steps import Square, diamond


def test_b11_functions_are_not_negated():
    x = ng.Variable(np.array(2.0))
    diamond(x)[-1].backward(use_heap=True)
    assert x.grad == 64.0
    with pytest.raises(TypeError):
        -Square()
