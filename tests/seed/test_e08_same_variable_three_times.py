"""E8, step 14: y = (x + x) + x at 3 prints 9.0, 1.0, x.grad 3.0."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import add


def test_e08_same_variable_three_times(capsys):
    x = ng.Variable(np.array(3.0))
    y = add(add(x, x), x)
    print(y.data)
    y.backward(retain_grad=True)
    print(y.grad)
    print(x.grad)
    assert capsys.readouterr().out == "9.0\n1.0\n3.0\n"
