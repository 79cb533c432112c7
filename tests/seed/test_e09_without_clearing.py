"""E9, step 14: both sums on one x without clearing: x.grad is 2, then 2 + 3 = 5."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import add


def test_e09_without_clearing(capsys):
    x = ng.Variable(np.array(3.0))
    y = add(x, x)
    print(y.data)
    y.backward(retain_grad=True)
    print(y.grad)
    print(x.grad)
    print("-" * 50)
    y = add(add(x, x), x)
    print(y.data)
    y.backward(retain_grad=True)
    print(y.grad)
    print(x.grad)
    rule = "-" * 50
    assert capsys.readouterr().out == f"6.0\n1.0\n2.0\n{rule}\n9.0\n1.0\n5.0\n"
