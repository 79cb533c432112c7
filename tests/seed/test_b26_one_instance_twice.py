"""B26: calling one instance twice lost the first graph. Each result keeps its own inputs."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import Square


def test_b26_one_instance_twice():
    f = Square()
    x0, x1 = ng.Variable(np.array(2.0)), ng.Variable(np.array(3.0))
    y0, y1 = f(x0), f(x1)
    y0.backward()
    y1.backward()
    assert (x0.grad, x1.grad) == (4.0, 6.0)


def test_b26_one_instance_on_its_own_result():
    f = Square()
    x = ng.Variable(np.array(2.0))
    y = f(f(f(x)))
    y.backward()
    assert x.grad == 8 * 2.0**7
