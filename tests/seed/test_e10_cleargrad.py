"""E10, step 14: the same with x.cleargrad() between: x.grad is 2, then 3."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import add


def test_e10_cleargrad(capsys):
    x = ng.Variable(np.array(3.0))
    y = add(x, x)
    print(y.data)
    y.backward(retain_grad=True)
    print(y.grad)
    print(x.grad)
    print("-" * 50)
    x.cleargrad()
    y = add(add(x, x), x)
    print(y.data)
    y.backward(retain_grad=True)
    print(y.grad)
    print(x.grad)
    rule = "-" * 50
    assert capsys.readouterr().out == f"6.0\n1.0\n2.0\n{rule}\n9.0\n1.0\n3.0\n"
