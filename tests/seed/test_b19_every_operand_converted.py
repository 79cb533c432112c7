"""B19: only the second operand was converted: add(3, x), mul(3, x), square(3.0) failed."""

import numpy as np

import nbgrad as ng
from tests.seed import steps


def test_b19_the_seeds_own_functions():
    x = ng.Variable(np.array(2.0))
    assert steps.add(3, x).data == 5.0
    assert steps.mul(3, x).data == 6.0
    assert steps.square(3.0).data == 9.0


def test_b19_the_built_in_operations():
    x = ng.Variable(np.array(2.0))
    assert ng.add(3, x).data == 5.0
    assert ng.mul(3, x).data == 6.0
    assert ng.square(3.0).data == 9.0
