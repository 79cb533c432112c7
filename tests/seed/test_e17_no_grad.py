"""E17, step 18: ``with using_config(…)`` and ``with no_grad()``: y = x² runs and has no creator."""

import numpy as np
import pytest

import nbgrad as ng
from tests.seed.steps import square

MODES = {
    "using_config": lambda: ng.using_config("enable_backprop", False),
    "no_grad": ng.no_grad,
}


@pytest.mark.parametrize("mode", MODES)
def test_e17_no_grad(mode):
    with MODES[mode]():
        x = ng.Variable(np.array(2.0))
        y = square(x)
    assert y.data == 4.0
    assert y.creator is None
    assert y.generation == 0
    assert square(x).creator is not None
