"""B3: Variable read f.input and f.output, Function kept inputs and outputs."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import Square


def test_b03_one_protocol():
    f = Square()
    x = ng.Variable(np.array(3.0))
    y = f(x)
    assert y.creator is f
    assert f.inputs[0] is x
    assert f.outputs[0]() is y
    y.backward()
    assert x.grad == 6.0
