"""B27: under no_grad an instance kept the inputs and outputs of an earlier call."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import Square


def test_b27_no_stale_state():
    f = Square()
    y = f(ng.Variable(np.array(2.0)))
    del y
    with ng.no_grad():
        y = f(ng.Variable(np.array(3.0)))
    assert f.inputs is None
    assert f.outputs is None
    assert y.creator is None
