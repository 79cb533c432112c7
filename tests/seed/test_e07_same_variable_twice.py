"""E7, step 14: y = x + x at 3 prints 6.0, y.grad 1.0, x.grad 2.0."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import add


def test_e07_same_variable_twice(capsys):
    x = ng.Variable(np.array(3.0))
    y = add(x, x)
    print(y.data)
    y.backward(retain_grad=True)
    print(y.grad)
    print(x.grad)
    assert capsys.readouterr().out == "6.0\n1.0\n2.0\n"
